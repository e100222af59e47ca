"""What lies under the pointer: handles, edges, points and insides, the best first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.mask import Mask
from viewer.geometry.measure import area_px, bounds, contains, outline
from viewer.geometry.shapes import Box, Ellipse, Point, Points, Polygon, Polyline, Shape
from viewer.model.annotation import AnnotationId
from viewer.tools.pointer import Item, Scale, Scene

Part = Literal["handle", "midpoint", "edge", "point", "fill"]

EDGE_PX = 6.0  # screen px, as the sizes below
VERTEX_PX = 8.0  # half of the 16 px that catch a vertex
MIDPOINT_PX = 6.0
POINT_PX = 12.0
_RANKS: dict[Part, int] = {"handle": 0, "midpoint": 1, "edge": 2, "point": 3, "fill": 4}


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
    """One thing under the pointer.

    Args:
        number: of the handle in `Handles.points`; for a middle or an edge of a ring the number
            of the vertex before it, else -1.
    """

    id: AnnotationId
    placement: int
    part: Part
    number: int = -1


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


def hit_test(scene: Scene, x: float, y: float, px_per_unit: Scale) -> tuple[Hit, ...]:
    """Return one hit for each item under the pointer: edge, point, fill; smallest area first."""
    return tuple(hit for _, _, hit in sorted(_hits(scene, x, y, px_per_unit), key=_by_rank))


def handle_hit(item: Item, x: float, y: float, px_per_unit: Scale) -> Hit | None:
    """Return the handle, else the middle, of an item under the pointer."""
    if item.locked:
        return None
    handles = handles_of(item.shape)
    reach = POINT_PX if isinstance(item.shape, Point) else VERTEX_PX
    number = _nearest(handles.points, (x, y), px_per_unit, reach)
    if number is not None:
        return Hit(item.id, item.placement, "handle", number)
    number = _nearest(handles.middles, (x, y), px_per_unit, MIDPOINT_PX)
    if number is not None:
        return Hit(item.id, item.placement, "midpoint", int(handles.after[number]))
    return None


def edge_hit(item: Item, x: float, y: float, px_per_unit: Scale) -> Hit | None:
    """Return the side of a ring or line under the pointer, by the vertex before it."""
    if item.locked or not isinstance(item.shape, Polygon | Polyline):
        return None
    starts, ends, after = _sides(item.shape)
    if not len(starts):
        return None
    away = _distances(starts, ends, (x, y), px_per_unit)
    nearest = int(away.argmin())
    if away[nearest] > EDGE_PX:
        return None
    return Hit(item.id, item.placement, "edge", int(after[nearest]))


def _hits(scene: Scene, x: float, y: float, scale: Scale) -> list[tuple[int, float, Hit]]:
    reach = POINT_PX / np.array(scale)
    low, high = scene.boxes[:, :2] - reach, scene.boxes[:, 2:] + reach
    near = np.flatnonzero(((low <= (x, y)) & (high >= (x, y))).all(axis=1))
    found: list[tuple[int, float, Hit]] = []
    for number in near.tolist():
        item = scene.items[number]
        part = _part_at(item.shape, x, y, scale)
        if part is not None:
            area = area_px(item.shape) or 0.0
            found.append((_RANKS[part], area, Hit(item.id, item.placement, part)))
    return found


def _by_rank(found: tuple[int, float, Hit]) -> tuple[int, float]:
    return found[:2]


def _part_at(shape: Shape, x: float, y: float, scale: Scale) -> Part | None:
    if isinstance(shape, Point):
        away = np.hypot((shape.x - x) * scale[0], (shape.y - y) * scale[1])
        return "point" if away <= POINT_PX else None
    starts, ends = _segments(shape)
    if len(starts) and _distances(starts, ends, (x, y), scale).min() <= EDGE_PX:
        return "edge"
    return "fill" if contains(shape, x, y) else None


def _segments(shape: Shape) -> tuple[Points, Points]:
    """Return starts and ends (n, 2) of all sides of an outline; one vertex makes a dot."""
    if isinstance(shape, Mask):
        edges = shape.edges()
        return edges[:, :2], edges[:, 2:]
    rings = outline(shape)
    starts = [ring if closed or len(ring) == 1 else ring[:-1] for ring, closed in rings]
    ends = [
        np.roll(ring, -1, axis=0) if closed or len(ring) == 1 else ring[1:]
        for ring, closed in rings
    ]
    return np.concatenate(starts), np.concatenate(ends)


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


def _distances(
    starts: Points, ends: Points, at: tuple[float, float], scale: Scale
) -> NDArray[np.float64]:
    """Return the (n,) distances in screen px from a place to each segment."""
    along, to = (ends - starts) * scale, (np.array(at) - starts) * scale
    length = (along**2).sum(axis=1)
    part = np.clip((along * to).sum(axis=1) / np.where(length > 0, length, 1), 0, 1)
    away = to - along * part[:, None]
    return np.hypot(away[:, 0], away[:, 1])
