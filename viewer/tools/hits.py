"""What a tool can take under the pointer: handles, the middles of sides, and whole labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.mask import Mask
from viewer.geometry.measure import bounds, middle_of, outline
from viewer.geometry.shapes import (
    Box,
    Ellipse,
    Point,
    Points,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Shape,
    Skeleton,
)
from viewer.model.annotation import AnnotationId
from viewer.render.pointing import EDGE_PX, POINT_PX, Order, distances_px, order_at
from viewer.tools.pointer import Item, Scale, Scene
from viewer.tools.reshaping import ROTATION

Part = Literal["handle", "midpoint", "edge"]

VERTEX_PX = 8.0  # screen px: half of the 16 that catch a vertex
MIDPOINT_PX = 6.0
ROTATION_PX = 24.0  # above the top of an ellipse or a rotated box


@dataclass(frozen=True, eq=False)
class Handles:
    """Where a shape can be taken, in pixel space.

    Args:
        points: (n, 2) vertices or nodes; eight corners and sides of a box, or along its own axes of
            what can be turned, from the top left clockwise; the place of a point.
        middles: (m, 2) where a vertex can be put in: middle m follows the vertex `after[m]`.
        after: (m,) number of the vertex before each middle.
    """

    points: Points
    middles: Points
    after: NDArray[np.int64]


@dataclass(frozen=True)
class Hit:
    """A place where an item can be taken.

    Args:
        number: of the handle in `Handles.points`, or ROTATION; for a middle or an edge of a ring
            the number of the vertex before it.
    """

    id: AnnotationId
    placement: int
    part: Part
    number: int


def handles_of(shape: Shape, *, is_fixed: bool = False) -> Handles:
    """Return the handles of a shape; a mask has none.

    Args:
        shape: in pixel space.
        is_fixed: no vertex can be put in.
    """
    middles, after = np.empty((0, 2)), np.empty(0, dtype=np.int64)
    match shape:
        case Point(x, y):
            points = np.array([(x, y)])
        case Box():
            points = _eight(*bounds(shape))
        case RotatedBox() | Ellipse():
            u, v = _halves(shape)
            points = _eight(-u, -v, u, v) @ shape.turn.T + middle_of(shape)
        case Skeleton():
            points = shape.points
        case Polygon() | Regions() | Polyline():
            points = np.concatenate(shape.rings)
            starts, ends, sides = _sides(shape)
            if not is_fixed:
                middles, after = (starts + ends) / 2, sides
        case Mask():
            points = np.empty((0, 2))
    return Handles(points, middles, after)


def _eight(x0: float, y0: float, x1: float, y1: float) -> Points:
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return np.array([(x0, y0), (x, y0), (x1, y0), (x1, y), (x1, y1), (x, y1), (x0, y1), (x0, y)])


def _halves(shape: RotatedBox | Ellipse) -> tuple[float, float]:
    """How far a shape goes from its middle along its own axes."""
    if isinstance(shape, Ellipse):
        return shape.rx, shape.ry
    return shape.width / 2, shape.height / 2


def rotation_of(shape: Shape, px_per_unit: Scale) -> tuple[float, float] | None:
    """Return where a shape can be turned, in pixel space: 24 px above its own top; None if not."""
    if not isinstance(shape, Ellipse | RotatedBox):
        return None
    (x, y), up = middle_of(shape), shape.turn @ (0.0, -1.0)
    away = _halves(shape)[1] + ROTATION_PX / float(np.hypot(*(up * px_per_unit)))
    return x + away * float(up[0]), y + away * float(up[1])


def pile_at(scene: Scene, x: float, y: float, px_per_unit: Scale) -> tuple[Item, ...]:
    """Return the items under the pointer, best first, as `render.pointing` orders them."""
    at, px_per_mm = scene.place_mm(x, y), scene.px_per_mm(px_per_unit)
    beside = POINT_PX / np.array(px_per_unit)
    low, high = scene.boxes[:, :2] - beside, scene.boxes[:, 2:] + beside
    near = np.flatnonzero(((low <= (x, y)) & (high >= (x, y))).all(axis=1)).tolist()
    items = [scene.items[number] for number in near]
    items += () if scene.cuts is None else scene.cuts.near(at, POINT_PX / min(px_per_mm))
    found: list[tuple[Order, int]] = []
    for number, item in enumerate(items):
        order = order_at(scene.lines_of(item), at, px_per_mm)
        if order is not None:
            found.append((order, number))
    return tuple(items[number] for _, number in sorted(found))


def handle_hit(item: Item, x: float, y: float, px_per_unit: Scale) -> Hit | None:
    """Return the handle, else the middle, of an item under the pointer."""
    if item.locked:
        return None
    handles = handles_of(item.shape, is_fixed=item.is_fixed)
    number = _nearest(handles.points, (x, y), px_per_unit, _reach_px(item.shape, x, y, px_per_unit))
    if number is not None:
        return Hit(item.id, item.placement, "handle", number)
    rotation = rotation_of(item.shape, px_per_unit)
    if rotation and _nearest(np.array([rotation]), (x, y), px_per_unit, VERTEX_PX) is not None:
        return Hit(item.id, item.placement, "handle", ROTATION)
    number = _nearest(handles.middles, (x, y), px_per_unit, MIDPOINT_PX)
    if number is not None:
        return Hit(item.id, item.placement, "midpoint", int(handles.after[number]))
    return None


def _reach_px(shape: Shape, x: float, y: float, px_per_unit: Scale) -> float:
    """How near a handle must be; within a small box less, so that its middle moves it."""
    if isinstance(shape, Point):
        return POINT_PX
    if not isinstance(shape, Box | RotatedBox | Ellipse):
        return VERTEX_PX
    corners = handles_of(shape).points
    first, right, down = corners[0], corners[2] - corners[0], corners[6] - corners[0]
    sides = np.stack([right, down])
    along = sides @ (np.array([x, y]) - first)
    if (along < 0).any() or (along > (sides**2).sum(axis=1)).any():
        return VERTEX_PX
    return min(VERTEX_PX, float(np.hypot(*(sides * px_per_unit).T).min()) / 3)


def edge_hit(item: Item, x: float, y: float, px_per_unit: Scale) -> Hit | None:
    """Return the side of a ring or line under the pointer, by the vertex before it."""
    has_sides = isinstance(item.shape, Polygon | Regions | Polyline)
    if item.locked or item.is_fixed or not has_sides:
        return None
    starts, ends, after = _sides(item.shape)
    if not len(starts):
        return None
    away = distances_px(np.hstack([starts, ends]), (x, y), px_per_unit)
    nearest = int(away.argmin())
    if away[nearest] > EDGE_PX:
        return None
    return Hit(item.id, item.placement, "edge", int(after[nearest]))


def _sides(shape: Shape) -> tuple[Points, Points, NDArray[np.int64]]:
    """Return starts, ends and number of the start among all vertices, of every side."""
    starts: list[Points] = []
    ends: list[Points] = []
    numbers: list[NDArray[np.int64]] = []
    first = 0
    for ring, closed in outline(shape):
        count = len(ring) if closed and len(ring) > 2 else len(ring) - 1
        starts.append(ring[:count])
        ends.append(np.roll(ring, -1, axis=0)[:count])
        numbers.append(np.arange(first, first + count))
        first += len(ring)
    return np.concatenate(starts), np.concatenate(ends), np.concatenate(numbers)


def _nearest(points: Points, at: tuple[float, float], scale: Scale, reach: float) -> int | None:
    if not len(points):
        return None
    away = np.hypot(*((points - at) * scale).T)
    nearest = int(away.argmin())
    return nearest if away[nearest] <= reach else None
