"""Sizes, places and outlines of shapes, in pixel space; physical sizes given a pixel spacing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, assert_never

import msgspec
import numpy as np

from viewer.geometry.mask import Mask
from viewer.geometry.rings import line_of
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

Bounds: TypeAlias = tuple[float, float, float, float]  # x0, y0, x1, y1
Ring: TypeAlias = tuple[Points, bool]  # vertices, closed

ELLIPSE_SIDES = 96
THIN = 1e-9  # an ellipse of smaller radius has no inside


@dataclass(frozen=True)
class Physical:
    """Sizes in mm.

    Args:
        size_mm: width and height of the bounding box; of a rotated box its own sides.
        length_mm: perimeter of what is closed, length of a line or of all edges of a skeleton; None
            for points, masks and nodes without edges.
        area_mm2: enclosed area; None for points, lines, skeletons and tangles of rings.
        longest_mm: largest distance between two vertices; None for points and masks.
    """

    size_mm: tuple[float, float]
    length_mm: float | None
    area_mm2: float | None
    longest_mm: float | None


def area_px(shape: Shape) -> float | None:
    """Return the enclosed area in square pixels; None for points, lines, skeletons and tangles."""
    match shape:
        case Polygon() | Regions():
            return shape.area
        case Box() | RotatedBox() | Ellipse() | Mask():
            return float(shape.area)
        case Point() | Polyline() | Skeleton():
            return None
        case _:
            assert_never(shape)


def length_px(shape: Shape) -> float | None:
    """Return the perimeter, or the length of lines, in pixels; None where `Physical` has none."""
    return _length(shape, (1.0, 1.0))


def bounds(shape: Shape) -> Bounds:
    """Return (x0, y0, x1, y1) around a shape, in pixel space."""
    match shape:
        case Point(x, y):
            return (x, y, x, y)
        case Box(x, y, width, height):
            return (x, y, x + width, y + height)
        case RotatedBox() | Ellipse():
            (cx, cy), (across, down) = middle_of(shape), shape.reach
            return (cx - across, cy - down, cx + across, cy + down)
        case Polygon() | Regions() | Polyline() | Skeleton():
            return _around(np.concatenate(shape.rings))
        case Mask(x, y, width, height):
            return (float(x), float(y), float(x + width), float(y + height))
        case _:
            assert_never(shape)


def middle_of(shape: RotatedBox | Ellipse) -> tuple[float, float]:
    """Return what a shape is turned about, in pixel space."""
    return (shape.cx, shape.cy) if isinstance(shape, Ellipse) else shape.centre


def _around(points: Points) -> Bounds:
    (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return (x0, y0, x1, y1)


def centre(shape: Shape) -> tuple[float, float]:
    """Return the middle of a shape's bounds, in pixel space."""
    x0, y0, x1, y1 = bounds(shape)
    return ((x0 + x1) / 2, (y0 + y1) / 2)


def translated(shape: Shape, dx: float, dy: float) -> Shape:
    """Return the shape moved by (dx, dy) pixels; a mask moves by whole pixels."""
    moved = np.array([dx, dy])
    match shape:
        case Point(x, y):
            return Point(x + dx, y + dy)
        case Box(x, y) | RotatedBox(x, y):
            return msgspec.structs.replace(shape, x=x + dx, y=y + dy)
        case Ellipse(cx, cy):
            return msgspec.structs.replace(shape, cx=cx + dx, cy=cy + dy)
        case Polygon() | Regions() | Polyline() | Skeleton():
            return shape.with_rings([ring + moved for ring in shape.rings])
        case Mask(x, y):
            return msgspec.structs.replace(shape, x=x + round(dx), y=y + round(dy))
        case _:
            assert_never(shape)


def same_shape(one: Shape | None, other: Shape | None) -> bool:
    """Return whether two shapes are of one kind and have the very same numbers."""
    match one, other:
        case Polygon(), Polygon():
            mine, theirs = one.rings, other.rings
            return len(mine) == len(theirs) and all(map(np.array_equal, mine, theirs))
        case Regions(), Regions():
            pairs = zip(one.parts, other.parts, strict=False)
            return len(one.parts) == len(other.parts) and all(same_shape(a, b) for a, b in pairs)
        case Polyline(), Polyline():
            return np.array_equal(one.vertices, other.vertices)
        case Skeleton(), Skeleton():
            words = [(each.states, each.edges) for each in (one, other)]
            return words[0] == words[1] and np.array_equal(one.points, other.points)
        case Mask(), Mask():
            boxes = [(mask.x, mask.y, mask.width, mask.height) for mask in (one, other)]
            return boxes[0] == boxes[1] and np.array_equal(one.to_array(), other.to_array())
        case _:
            return one == other


def outline(shape: Shape) -> tuple[Ring, ...]:
    """Return the lines to draw: (vertices, closed), the outer ring first, then the holes.

    Of a skeleton its edges, which leave nodes out that none goes to. A mask has none: it is drawn
    along `Mask.edges`.
    """
    match shape:
        case Point(x, y):
            return ((np.array([(x, y)]), False),)
        case Box() | RotatedBox():
            return ((shape.corners, True),)
        case Ellipse(cx, cy, rx, ry):
            angles = np.linspace(0, 2 * np.pi, ELLIPSE_SIDES, endpoint=False)
            own = np.stack([rx * np.cos(angles), ry * np.sin(angles)], axis=1)
            return ((own @ shape.turn.T + (cx, cy), True),)
        case Polygon() | Regions():
            return tuple((ring, True) for ring in shape.rings)
        case Polyline(vertices):
            return ((vertices, False),)
        case Skeleton():
            return tuple((ends, False) for ends in shape.ends)
        case Mask():
            return ()
        case _:
            assert_never(shape)


def physical(shape: Shape, spacing_mm: tuple[float, float]) -> Physical:
    """Return a shape's sizes where pixels are (dx, dy) mm wide and high."""
    dx, dy = spacing_mm
    area = area_px(shape)
    return Physical(
        size_mm=size_of(shape, spacing_mm),
        length_mm=_length(shape, spacing_mm),
        area_mm2=None if area is None else area * dx * dy,
        longest_mm=_longest(shape, spacing_mm),
    )


def size_of(shape: Shape, spacing: tuple[float, float] = (1.0, 1.0)) -> tuple[float, float]:
    """Return width and height of the bounds, of a rotated box its own; by default in pixels."""
    if isinstance(shape, RotatedBox):
        width, height = np.hypot(*(np.array(spacing)[:, None] * shape.turn)).tolist()
        return shape.width * width, shape.height * height
    x0, y0, x1, y1 = bounds(shape)
    return (x1 - x0) * spacing[0], (y1 - y0) * spacing[1]


def _length(shape: Shape, spacing: tuple[float, float]) -> float | None:
    if isinstance(shape, Point | Mask):
        return None
    if isinstance(shape, Ellipse):
        return _ellipse_perimeter(*_half_axes(shape, spacing))
    rings = outline(shape)
    if not rings:
        return None
    return float(sum(line_of(ring * spacing, closed).length for ring, closed in rings))


def _half_axes(shape: Ellipse, spacing: tuple[float, float]) -> tuple[float, float]:
    """Longer and shorter radius where pixels are (dx, dy) wide and high."""
    stretched = np.array(spacing)[:, None] * shape.turn * (shape.rx, shape.ry)
    longer, shorter = np.linalg.svd(stretched, compute_uv=False).tolist()
    return longer, shorter


def ellipse_of(middle: Points, first: Points, last: Points) -> Ellipse:
    """Return the ellipse with two conjugate half diameters, each (2,), around its middle."""
    turned, (rx, ry), _ = np.linalg.svd(np.stack([first, last], axis=1))
    angle = float(np.arctan2(turned[1, 0], turned[0, 0]))
    return Ellipse(float(middle[0]), float(middle[1]), float(rx), float(ry), angle)


def _ellipse_perimeter(a: float, b: float) -> float:
    """Perimeter by Ramanujan's second formula, off by less than 1 part in 2000."""
    if a + b == 0:
        return 0.0
    h = ((a - b) / (a + b)) ** 2
    return float(np.pi * (a + b) * (1 + 3 * h / (10 + np.sqrt(4 - 3 * h))))


def _longest(shape: Shape, spacing: tuple[float, float]) -> float | None:
    match shape:
        case Point() | Mask():
            return None
        case Ellipse():
            return 2 * _half_axes(shape, spacing)[0]
        case _:
            import shapely

            corners = shapely.convex_hull(shapely.MultiPoint(_vertices(shape) * spacing))
            places = shapely.get_coordinates(corners)
            away = places[:, None] - places
            return float(np.sqrt((away**2).sum(axis=2)).max())


def _vertices(shape: Shape) -> Points:
    """(n, 2) places that may be farthest apart."""
    if isinstance(shape, Skeleton):
        return shape.points
    if isinstance(shape, Regions):
        return np.concatenate([part.vertices for part in shape.parts])
    return outline(shape)[0][0]
