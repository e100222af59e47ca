"""What dragging, nudging, adding and removing do to a shape; pure geometry in pixel space."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from viewer.geometry.mask import Mask
from viewer.geometry.measure import Bounds, bounds, middle_of, translated
from viewer.geometry.rings import encloses
from viewer.geometry.shapes import (
    Box,
    Ellipse,
    NodeState,
    Outlined,
    Point,
    Points,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Shape,
    Skeleton,
)

Size = tuple[int, int]  # width and height of the image in pixels
Pair = tuple[float, float]
LEAST_PX = 2.0  # a drawing smaller than this is no label
ROTATION = 8  # number of the handle that turns an ellipse or a rotated box


def moved(shape: Shape, dx: float, dy: float, size: Size) -> Shape:
    """Return the shape moved by (dx, dy), held inside the image.

    What lay outside before may stay there, but goes no further out.
    """
    x0, y0, x1, y1 = bounds(shape)
    within = _held(dx, x0, x1, size[0]), _held(dy, y0, y1, size[1])
    if isinstance(shape, Mask):
        within = (float(np.trunc(within[0])), float(np.trunc(within[1])))
    return translated(shape, *within)


def with_handle(shape: Shape, number: int, x: float, y: float, size: Size) -> Shape:
    """Return the shape with handle `number` at (x, y), held inside the image.

    What can be turned is stretched along its own axes; by ROTATION its top is turned towards
    (x, y).
    """
    if number == ROTATION and isinstance(shape, Ellipse | RotatedBox):
        return _turned(shape, x, y)
    x, y = min(max(x, 0.0), float(size[0])), min(max(y, 0.0), float(size[1]))
    match shape:
        case Point():
            return Point(x, y)
        case Box():
            x0, y0, x1, y1 = _stretched(bounds(shape), number, x, y)
            return Box(x0, y0, x1 - x0, y1 - y0)
        case RotatedBox(width=width, height=height):
            (cx, cy), (u, v) = _stretched_within(shape, (width / 2, height / 2), number, (x, y))
            return RotatedBox.around(cx, cy, 2 * u, 2 * v, shape.angle)
        case Ellipse(rx=rx, ry=ry):
            (cx, cy), (rx, ry) = _stretched_within(shape, (rx, ry), number, (x, y))
            return Ellipse(cx, cy, rx, ry, shape.angle)
        case Polygon() | Regions() | Polyline() | Skeleton():
            return _with_ring(shape, number, lambda ring, at: _replaced(ring, at, (x, y)))
        case Mask():
            return shape


def with_vertex(shape: Shape, after: int, x: float, y: float) -> Shape:
    """Return the ring or line with a new vertex behind vertex `after`; others stay as they are."""
    if not isinstance(shape, Polygon | Regions | Polyline):
        return shape
    return _with_ring(shape, after, lambda ring, at: np.insert(ring, at + 1, (x, y), axis=0))


def without_vertex(shape: Shape, number: int) -> Shape | None:
    """Return the ring or line without a vertex; None where too few would be left.

    A ring keeps three, a line two; a hole with three goes whole, and so does one region of several.
    """
    if not isinstance(shape, Polygon | Regions | Polyline):
        return None
    ring = ring_of(shape, number)[0]
    least = 2 if isinstance(shape, Polyline) else 3
    if len(shape.rings[ring]) > least:
        return _with_ring(shape, number, lambda points, at: np.delete(points, at, axis=0))
    return None if isinstance(shape, Polyline) else without_ring(shape, ring)


def with_region(shape: Polygon | Regions, ring: Points) -> Regions:
    """Return a label of polygons with one region more."""
    return Regions((*_parts(shape), Polygon(ring)))


def with_hole(shape: Polygon | Regions, ring: Points) -> Polygon | Regions | None:
    """Return a label of polygons with a hole in the smallest region around a ring; None without.

    It lies beside the region's other holes.
    """
    parts = _parts(shape)
    x0, y0, x1, y1 = bounds(Polygon(ring))
    around: list[int] = []
    for at, part in enumerate(parts):
        left, top, right, bottom = bounds(part)
        is_near = left <= x0 and top <= y0 and x1 <= right and y1 <= bottom
        if is_near and encloses(part, ring):
            around.append(at)
    if not around:
        return None
    at = around[-1] if len(around) == 1 else min(around, key=lambda at: parts[at].area or 0.0)
    cut = Polygon(parts[at].vertices, (*parts[at].holes, ring))
    return _joined((*parts[:at], cut, *parts[at + 1 :]))


def without_ring(shape: Polygon | Regions, ring: int) -> Polygon | Regions | None:
    """Return a label of polygons without a hole, or without the region of an outer ring.

    None where nothing would be left.
    """
    left: list[Polygon] = []
    for part in _parts(shape):
        is_here = 0 <= ring < len(part.rings)
        kept = _without_hole(part, ring) if is_here else part
        ring -= len(part.rings)
        if kept is not None:
            left.append(kept)
    return _joined(left) if left else None


def with_state(shape: Skeleton, node: int, state: NodeState) -> Skeleton:
    """Return a skeleton of which one node is seen otherwise."""
    states = (*shape.states[:node], state, *shape.states[node + 1 :])
    return Skeleton(shape.points, states, shape.edges)


def _parts(shape: Polygon | Regions) -> tuple[Polygon, ...]:
    return (shape,) if isinstance(shape, Polygon) else shape.parts


def _joined(parts: Sequence[Polygon]) -> Polygon | Regions:
    return parts[0] if len(parts) == 1 else Regions(tuple(parts))


def _without_hole(shape: Polygon, ring: int) -> Polygon | None:
    """Return a polygon without one of its rings, None without the outer one."""
    if ring == 0:
        return None
    return msgspec.structs.replace(shape, holes=(*shape.holes[: ring - 1], *shape.holes[ring:]))


def extent(shape: Shape) -> tuple[float, float]:
    """Return width and height around a shape, in pixels."""
    x0, y0, x1, y1 = bounds(shape)
    return x1 - x0, y1 - y0


def _held(step: float, low: float, high: float, limit: int) -> float:
    return min(max(step, min(0.0, -low)), max(0.0, limit - high))


def _turned(shape: Ellipse | RotatedBox, x: float, y: float) -> Shape:
    """Turn the top of a shape towards a place; at its middle there is no direction."""
    cx, cy = middle_of(shape)
    right, down = x - cx, y - cy
    if not right and not down:
        return shape
    return msgspec.structs.replace(shape, angle=math.atan2(right, -down))


def _stretched_within(
    shape: Ellipse | RotatedBox, halves: Pair, number: int, at: Pair
) -> tuple[Pair, Pair]:
    """Return middle and half sides of what is stretched along its own axes."""
    ((u, v), (x, y)), (across, down) = ((middle_of(shape), at) @ shape.turn).tolist(), halves
    x0, y0, x1, y1 = _stretched((u - across, v - down, u + across, v + down), number, x, y)
    cx, cy = (shape.turn @ ((x0 + x1) / 2, (y0 + y1) / 2)).tolist()
    return (cx, cy), ((x1 - x0) / 2, (y1 - y0) / 2)


def _stretched(box: Bounds, number: int, x: float, y: float) -> Bounds:
    """Bounds with one of eight handles moved; crossing the far side turns the box over."""
    x0, y0, x1, y1 = box
    if number in (0, 6, 7):
        x0 = x
    if number in (2, 3, 4):
        x1 = x
    if number in (0, 1, 2):
        y0 = y
    if number in (4, 5, 6):
        y1 = y
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def ring_of(shape: Outlined, number: int) -> tuple[int, int]:
    """Return the ring that holds a vertex counted over all rings, and its number there."""
    at = number
    for ring, points in enumerate(shape.rings):
        if at < len(points):
            return ring, at
        at -= len(points)
    raise IndexError(number)


def _with_ring(shape: Outlined, number: int, change: Callable[[Points, int], Points]) -> Shape:
    ring, at = ring_of(shape, number)
    rings = list(shape.rings)
    rings[ring] = change(rings[ring], at)
    return shape.with_rings(rings)


def _replaced(ring: Points, at: int, place: tuple[float, float]) -> Points:
    changed = ring.copy()
    changed[at] = place
    return changed
