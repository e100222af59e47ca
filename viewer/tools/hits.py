"""What a tool can take under the pointer: handles, the middles of sides, and whole labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.mask import Mask
from viewer.geometry.measure import bounds, outline
from viewer.geometry.shapes import Box, Ellipse, Point, Points, Polygon, Polyline, Shape
from viewer.model.annotation import AnnotationId
from viewer.render.lines import shape_lines
from viewer.render.pointing import EDGE_PX, POINT_PX, Order, distances_px, order_at
from viewer.tools.pointer import Item, Scale, Scene

Part = Literal["handle", "midpoint", "edge"]

VERTEX_PX = 8.0  # screen px: half of the 16 that catch a vertex
MIDPOINT_PX = 6.0


@dataclass(frozen=True, eq=False)
class Handles:
    """Where a shape can be taken, in pixel space.

    Args:
        points: (n, 2) vertices; eight corners and sides of a box or ellipse from the top left
            clockwise; the place of a point.
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
        number: of the handle in `Handles.points`; for a middle or an edge of a ring the number
            of the vertex before it.
    """

    id: AnnotationId
    placement: int
    part: Part
    number: int


def handles_of(shape: Shape) -> Handles:
    """Return the handles of a shape; a mask has none."""
    middles, after = np.empty((0, 2)), np.empty(0, dtype=np.int64)
    match shape:
        case Point(x, y):
            points = np.array([(x, y)])
        case Box() | Ellipse():
            x0, y0, x1, y1 = bounds(shape)
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            ring = [(x0, y0), (x, y0), (x1, y0), (x1, y), (x1, y1), (x, y1), (x0, y1), (x0, y)]
            points = np.array(ring)
        case Polygon() | Polyline():
            points = np.concatenate([ring for ring, _ in outline(shape)])
            starts, ends, after = _sides(shape)
            middles = (starts + ends) / 2
        case Mask():
            points = np.empty((0, 2))
    return Handles(points, middles, after)


def pile_at(scene: Scene, x: float, y: float, px_per_unit: Scale) -> tuple[Item, ...]:
    """Return the items under the pointer, best first, as `render.pointing` orders them."""
    dx, dy = spacing = scene.spacing_mm or (1.0, 1.0)  # as drawn, so that the lines are at hand
    px_per_mm = px_per_unit[0] / dx, px_per_unit[1] / dy
    beside = POINT_PX / np.array(px_per_unit)
    low, high = scene.boxes[:, :2] - beside, scene.boxes[:, 2:] + beside
    found: list[tuple[Order, int]] = []
    for number in np.flatnonzero(((low <= (x, y)) & (high >= (x, y))).all(axis=1)).tolist():
        drawn = shape_lines(scene.items[number].shape, spacing)
        order = order_at(drawn, (x * dx, y * dy), px_per_mm)
        if order is not None:
            found.append((order, number))
    return tuple(scene.items[number] for _, number in sorted(found))


def handle_hit(item: Item, x: float, y: float, px_per_unit: Scale) -> Hit | None:
    """Return the handle, else the middle, of an item under the pointer."""
    if item.locked:
        return None
    handles = handles_of(item.shape)
    number = _nearest(handles.points, (x, y), px_per_unit, _reach_px(item.shape, x, y, px_per_unit))
    if number is not None:
        return Hit(item.id, item.placement, "handle", number)
    number = _nearest(handles.middles, (x, y), px_per_unit, MIDPOINT_PX)
    if number is not None:
        return Hit(item.id, item.placement, "midpoint", int(handles.after[number]))
    return None


def _reach_px(shape: Shape, x: float, y: float, px_per_unit: Scale) -> float:
    """How near a handle must be; within a small box less, so that its middle moves it."""
    if isinstance(shape, Point):
        return POINT_PX
    if isinstance(shape, Box | Ellipse):
        x0, y0, x1, y1 = bounds(shape)
        if x0 <= x <= x1 and y0 <= y <= y1:
            side_px = min((x1 - x0) * px_per_unit[0], (y1 - y0) * px_per_unit[1])
            return min(VERTEX_PX, side_px / 3)
    return VERTEX_PX


def edge_hit(item: Item, x: float, y: float, px_per_unit: Scale) -> Hit | None:
    """Return the side of a ring or line under the pointer, by the vertex before it."""
    if item.locked or not isinstance(item.shape, Polygon | Polyline):
        return None
    starts, ends, after = _sides(item.shape)
    if not len(starts):
        return None
    away = distances_px(np.hstack([starts, ends]), (x, y), px_per_unit)
    nearest = int(away.argmin())
    if away[nearest] > EDGE_PX:
        return None
    return Hit(item.id, item.placement, "edge", int(after[nearest]))


def _sides(shape: Polygon | Polyline) -> tuple[Points, Points, NDArray[np.int64]]:
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
