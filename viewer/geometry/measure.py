"""Sizes, places and outlines of shapes, in pixel space; physical sizes given a pixel spacing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, assert_never

import msgspec
import numpy as np

from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Box, Ellipse, Point, Points, Polygon, Polyline, Shape

if TYPE_CHECKING:
    import shapely

Bounds: TypeAlias = tuple[float, float, float, float]  # x0, y0, x1, y1
Ring: TypeAlias = tuple[Points, bool]  # vertices, closed

ELLIPSE_SIDES = 96
DECIMALS = 9  # of a pixel, where rings cross: finer ones only make trouble
THIN = 1e-9  # an ellipse of smaller radius has no inside


@dataclass(frozen=True)
class Physical:
    """Sizes in mm.

    Args:
        size_mm: width and height of the bounding box.
        length_mm: perimeter of what is closed, length of a line; None for points and masks.
        area_mm2: enclosed area; None for points and lines.
        longest_mm: largest distance between two vertices; None for points and masks.
    """

    size_mm: tuple[float, float]
    length_mm: float | None
    area_mm2: float | None
    longest_mm: float | None


def polygon_area(vertices: Points, holes: Sequence[Points] = ()) -> float:
    """Return the area inside a ring and outside its holes; where rings cross, even-odd."""
    import shapely

    if len(vertices) < 3:
        return 0.0
    polygon = shapely.Polygon(vertices, holes)
    if polygon.is_valid:
        return float(polygon.area)
    rings = [np.round(ring, DECIMALS) for ring in (vertices, *holes)]
    lines = shapely.unary_union([_line(ring, True) for ring in rings])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    middles = shapely.get_coordinates(shapely.point_on_surface(faces)).tolist()
    inside = [face for face, at in zip(faces, middles, strict=True) if _is_in(rings, *at)]
    return sum((float(face.area) for face in inside), 0.0)


def area_px(shape: Shape) -> float | None:
    """Return the enclosed area in square pixels; None for points and lines."""
    match shape:
        case Box() | Ellipse() | Polygon() | Mask():
            return float(shape.area)
        case Point() | Polyline():
            return None
        case _:
            assert_never(shape)


def length_px(shape: Shape) -> float | None:
    """Return the perimeter, or a line's length, in pixels; None for points and masks."""
    return _length(shape, (1.0, 1.0))


def bounds(shape: Shape) -> Bounds:
    """Return (x0, y0, x1, y1) around a shape, in pixel space."""
    match shape:
        case Point(x, y):
            return (x, y, x, y)
        case Box(x, y, width, height):
            return (x, y, x + width, y + height)
        case Ellipse(cx, cy):
            across, down = shape.reach
            return (cx - across, cy - down, cx + across, cy + down)
        case Polygon(vertices, holes):
            return _around(np.concatenate([vertices, *holes]))
        case Polyline(vertices):
            return _around(vertices)
        case Mask(x, y, width, height):
            return (float(x), float(y), float(x + width), float(y + height))
        case _:
            assert_never(shape)


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
        case Box(x, y, width, height):
            return Box(x + dx, y + dy, width, height)
        case Ellipse(cx, cy):
            return msgspec.structs.replace(shape, cx=cx + dx, cy=cy + dy)
        case Polygon(vertices, holes):
            return Polygon(vertices + moved, tuple(hole + moved for hole in holes))
        case Polyline(vertices):
            return Polyline(vertices + moved)
        case Mask(x, y):
            return msgspec.structs.replace(shape, x=x + round(dx), y=y + round(dy))
        case _:
            assert_never(shape)


def same_shape(one: Shape | None, other: Shape | None) -> bool:
    """Return whether two shapes are of one kind and have the very same numbers."""
    match one, other:
        case Polygon(), Polygon():
            mine, theirs = (one.vertices, *one.holes), (other.vertices, *other.holes)
            return len(mine) == len(theirs) and all(map(np.array_equal, mine, theirs))
        case Polyline(), Polyline():
            return np.array_equal(one.vertices, other.vertices)
        case Mask(), Mask():
            boxes = [(mask.x, mask.y, mask.width, mask.height) for mask in (one, other)]
            return boxes[0] == boxes[1] and np.array_equal(one.to_array(), other.to_array())
        case _:
            return one == other


def outline(shape: Shape) -> tuple[Ring, ...]:
    """Return the lines to draw: (vertices, closed), the outer ring first, then the holes.

    A mask has none: it is drawn along `Mask.edges`.
    """
    match shape:
        case Point(x, y):
            return ((np.array([(x, y)]), False),)
        case Box():
            x0, y0, x1, y1 = bounds(shape)
            return ((np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]), True),)
        case Ellipse(cx, cy, rx, ry):
            angles = np.linspace(0, 2 * np.pi, ELLIPSE_SIDES, endpoint=False)
            own = np.stack([rx * np.cos(angles), ry * np.sin(angles)], axis=1)
            return ((own @ shape.turn.T + (cx, cy), True),)
        case Polygon(vertices, holes):
            return ((vertices, True), *((hole, True) for hole in holes))
        case Polyline(vertices):
            return ((vertices, False),)
        case Mask():
            return ()
        case _:
            assert_never(shape)


def physical(shape: Shape, spacing_mm: tuple[float, float]) -> Physical:
    """Return a shape's sizes where pixels are (dx, dy) mm wide and high."""
    dx, dy = spacing_mm
    x0, y0, x1, y1 = bounds(shape)
    area = area_px(shape)
    return Physical(
        size_mm=((x1 - x0) * dx, (y1 - y0) * dy),
        length_mm=_length(shape, spacing_mm),
        area_mm2=None if area is None else area * dx * dy,
        longest_mm=_longest(shape, spacing_mm),
    )


def _length(shape: Shape, spacing: tuple[float, float]) -> float | None:
    if isinstance(shape, Point | Mask):
        return None
    if isinstance(shape, Ellipse):
        return _ellipse_perimeter(*_half_axes(shape, spacing))
    rings = outline(shape)
    return float(sum(_line(ring * spacing, closed).length for ring, closed in rings))


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

            corners = shapely.convex_hull(shapely.MultiPoint(outline(shape)[0][0] * spacing))
            places = shapely.get_coordinates(corners)
            away = places[:, None] - places
            return float(np.sqrt((away**2).sum(axis=2)).max())


def _line(ring: Points, closed: bool) -> shapely.Point | shapely.LineString:
    import shapely

    if len(ring) == 1:
        return shapely.Point(ring[0])
    return shapely.LineString(np.vstack([ring, ring[:1]]) if closed else ring)


def _is_in(rings: Sequence[Points], x: float, y: float) -> bool:
    """Whether a ray to the right crosses an odd number of edges (even-odd rule)."""
    count = 0
    for ring in rings:
        here, there = ring, np.roll(ring, -1, axis=0)
        spans = (here[:, 1] <= y) != (there[:, 1] <= y)
        a, b = here[spans], there[spans]
        at = a[:, 0] + (y - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
        count += int((at > x).sum())
    return count % 2 == 1
