"""What dragging, nudging, adding and removing do to a shape; pure geometry in pixel space."""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec
import numpy as np

from viewer.geometry.mask import Mask
from viewer.geometry.measure import Bounds, bounds, translated
from viewer.geometry.shapes import Box, Ellipse, Point, Points, Polygon, Polyline, Shape

Size = tuple[int, int]  # width and height of the image in pixels
LEAST_PX = 2.0  # a drawing smaller than this is no label
ROTATION = 8  # number of the handle that turns an ellipse


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

    An ellipse is stretched along its own axes; by ROTATION its top is turned towards (x, y).
    """
    if number == ROTATION and isinstance(shape, Ellipse):
        return _turned(shape, x, y)
    x, y = min(max(x, 0.0), float(size[0])), min(max(y, 0.0), float(size[1]))
    match shape:
        case Point():
            return Point(x, y)
        case Box():
            x0, y0, x1, y1 = _stretched(bounds(shape), number, x, y)
            return Box(x0, y0, x1 - x0, y1 - y0)
        case Ellipse(cx, cy, rx, ry):
            (u, v), (x, y) = (((cx, cy), (x, y)) @ shape.turn).tolist()  # along its own axes
            x0, y0, x1, y1 = _stretched((u - rx, v - ry, u + rx, v + ry), number, x, y)
            cx, cy = (shape.turn @ ((x0 + x1) / 2, (y0 + y1) / 2)).tolist()
            return Ellipse(cx, cy, (x1 - x0) / 2, (y1 - y0) / 2, shape.angle)
        case Polygon() | Polyline():
            return _with_ring(shape, number, lambda ring, at: _replaced(ring, at, (x, y)))
        case Mask():
            return shape


def with_vertex(shape: Shape, after: int, x: float, y: float) -> Shape:
    """Return the ring or line with a new vertex behind vertex `after`; others stay as they are."""
    if not isinstance(shape, Polygon | Polyline):
        return shape
    return _with_ring(shape, after, lambda ring, at: np.insert(ring, at + 1, (x, y), axis=0))


def without_vertex(shape: Shape, number: int) -> Shape | None:
    """Return the ring or line without a vertex; None where too few would be left.

    A ring keeps three, a line two; a hole with three goes whole.
    """
    if not isinstance(shape, Polygon | Polyline):
        return None
    ring = _ring_of(shape, number)[0]
    rings = _rings(shape)
    least = 2 if isinstance(shape, Polyline) else 3
    if len(rings[ring]) > least:
        return _with_ring(shape, number, lambda points, at: np.delete(points, at, axis=0))
    if ring == 0:
        return None
    holes = tuple(hole for number, hole in enumerate(rings) if number not in (0, ring))
    return msgspec.structs.replace(shape, holes=holes)


def extent(shape: Shape) -> tuple[float, float]:
    """Return width and height around a shape, in pixels."""
    x0, y0, x1, y1 = bounds(shape)
    return x1 - x0, y1 - y0


def _held(step: float, low: float, high: float, limit: int) -> float:
    return min(max(step, min(0.0, -low)), max(0.0, limit - high))


def _turned(shape: Ellipse, x: float, y: float) -> Ellipse:
    """Turn the top of an ellipse towards a place; at its centre there is no direction."""
    right, down = x - shape.cx, y - shape.cy
    if not right and not down:
        return shape
    return msgspec.structs.replace(shape, angle=math.atan2(right, -down))


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


def _rings(shape: Polygon | Polyline) -> tuple[Points, ...]:
    holes = shape.holes if isinstance(shape, Polygon) else ()
    return (shape.vertices, *holes)


def _ring_of(shape: Polygon | Polyline, number: int) -> tuple[int, int]:
    """Return the ring that holds a vertex counted over all rings, and its number there."""
    at = number
    for ring, points in enumerate(_rings(shape)):
        if at < len(points):
            return ring, at
        at -= len(points)
    raise IndexError(number)


def _with_ring(
    shape: Polygon | Polyline, number: int, change: Callable[[Points, int], Points]
) -> Shape:
    ring, at = _ring_of(shape, number)
    rings = list(_rings(shape))
    rings[ring] = change(rings[ring], at)
    if isinstance(shape, Polyline):
        return Polyline(rings[0])
    return Polygon(rings[0], tuple(rings[1:]))


def _replaced(ring: Points, at: int, place: tuple[float, float]) -> Points:
    changed = ring.copy()
    changed[at] = place
    return changed
