"""Closed rings: what several of them enclose, even-odd and region by region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import shapely
    from shapely.geometry.base import BaseGeometry

    from viewer.geometry.shapes import Points, Polygon

DECIMALS = 9  # of a pixel, where rings cross: finer ones only make trouble
MOST_CROSSINGS = 10_000  # of rings; to cut more of them into faces takes many seconds
MOST_NEAR = 500_000  # pairs of sides whose boxes meet; to look at more takes seconds
_AT_ONCE = 64  # segments that are held against all others


def is_closed(ring: Points) -> bool:
    """Whether the first of (n, 2) vertices is repeated at the end."""
    return len(ring) > 1 and bool((ring[0] == ring[-1]).all())


def opened(ring: Points) -> Points:
    """Return a ring without its first vertex at the end, if it is repeated there."""
    return ring[:-1] if is_closed(ring) else ring


def polygon_area(vertices: Points, holes: Sequence[Points] = ()) -> float | None:
    """Return the area inside a ring and outside its holes; where rings cross, even-odd.

    None for a tangle of rings (`are_tangled`).
    """
    import shapely

    if len(vertices) < 3:
        return 0.0
    polygon = shapely.Polygon(vertices, holes)
    if polygon.is_valid:
        return float(polygon.area)
    if are_tangled((vertices, *holes)):
        return None
    return sum((float(face.area) for face in _faces((vertices, *holes))), 0.0)


def filled_area(parts: Sequence[Polygon]) -> float:
    """Return the area of regions that are filled the largest first, each before its holes."""
    return float(_filled(parts).area)


def filled_rings(parts: Sequence[Polygon]) -> tuple[Points, ...]:
    """Return rings whose inside, even-odd, is that of regions filled the largest first."""
    import shapely

    found: list[Points] = []
    for face in shapely.get_parts(_filled(parts)):
        rings = (face.exterior, *face.interiors)
        found.extend(shapely.get_coordinates(ring)[:-1] for ring in rings)
    return tuple(found)


def largest_first(parts: Sequence[Polygon]) -> list[Polygon]:
    """Return regions by the area of their outer rings; equal ones as they stand in the file.

    Of a ring that crosses itself it is that of the shoelace formula.
    """
    import shapely

    sizes = [shapely.Polygon(p.vertices).area if len(p.vertices) > 2 else 0.0 for p in parts]
    return [parts[at] for at in sorted(range(len(parts)), key=lambda at: -sizes[at])]


def are_tangled(rings: Sequence[Points]) -> bool:
    """Whether rings cross, or lie beside each other, too often to work out what they enclose."""
    import shapely

    ends = [np.stack([ring, np.roll(ring, -1, axis=0)], axis=1) for ring in rings]
    pairs = np.sort(np.concatenate(ends).view(np.complex128)[..., 0], axis=1)  # by x, then y
    each = np.unique(pairs, axis=0)  # what lies on one another is one line
    sides = each.view(np.float64).reshape(-1, 2, 2)
    count = len(sides)
    if count * count < 2 * MOST_CROSSINGS:
        return False
    boxes = np.asarray(shapely.linestrings(sides), dtype=np.object_)
    tree, near, met = shapely.STRtree(boxes), 0, 0
    for first in range(0, count, _AT_ONCE):
        mine, others = tree.query(boxes[first : first + _AT_ONCE])
        near += len(mine)
        if near > 2 * MOST_NEAR:  # each is met from both sides
            return True
        met += int(_cross(sides[first + mine], sides[others]).sum())
        if met > 2 * MOST_CROSSINGS:
            return True
    return False


def _cross(some: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which of (n, 2, 2) sides meet the n others between the ends of both."""
    (a, b), (c, d) = (np.moveaxis(ends, 1, 0) for ends in (some, others))
    return (_side(a, b, c) * _side(a, b, d) < 0) & (_side(c, d, a) * _side(c, d, b) < 0)


def _side(start: Points, end: Points, at: Points) -> NDArray[np.float64]:
    """(n,) above 0 on one side of lines, below 0 on the other."""
    (x, y), (px, py) = (end - start).T, (at - start).T
    return np.sign(x * py - y * px)


def are_apart(parts: Sequence[Polygon]) -> bool:
    """Whether no ring crosses another and no region covers any of another: even-odd is enough."""
    import shapely

    if any(len(part.vertices) < 3 for part in parts):
        return False
    return bool(
        shapely.MultiPolygon([(part.vertices, list(part.holes)) for part in parts]).is_valid
    )


def encloses(part: Polygon, ring: Points) -> bool:
    """Whether all vertices and sides of a ring lie in a polygon, beside its holes."""
    return bool(_filled((part,)).covers(_inside(ring)))


def line_of(ring: Points, closed: bool) -> shapely.Point | shapely.LineString:
    """Return the line through (n, 2) vertices; a point for a single one."""
    import shapely

    if len(ring) == 1:
        return shapely.Point(ring[0])
    return shapely.LineString(np.vstack([ring, ring[:1]]) if closed else ring)


def _filled(parts: Sequence[Polygon]) -> BaseGeometry:
    """What regions fill, the largest first, each before its holes.

    Those whose order does not matter are taken together: one by one, many would take minutes.
    """
    import shapely

    filled: BaseGeometry = shapely.Polygon()
    for some in _at_once(largest_first(parts)):
        outer = [_inside(part.vertices) for part in some]
        holes = [_inside(hole) for part in some for hole in part.holes]
        filled = _areas(shapely.union_all([filled, *outer]))
        filled = _areas(filled.difference(shapely.union_all(holes))) if holes else filled
    return filled


def _at_once(parts: Sequence[Polygon]) -> list[list[Polygon]]:
    """Return regions in steps; within a step each is apart from all that have holes.

    So holes of a step clear nothing but what their own region filled, and what came before.
    """
    import shapely

    made = [shapely.box(*_bounds(part)) for part in parts]
    boxes = np.array(made, dtype=np.object_)
    later, earlier = shapely.STRtree(boxes).query(boxes)
    has_holes = np.array([bool(part.holes) for part in parts])
    is_ordered = (earlier < later) & (has_holes[earlier] | has_holes[later])
    later, earlier = later[is_ordered], earlier[is_ordered]
    order = np.argsort(later, kind="stable")
    later, earlier = later[order], earlier[order]
    steps = np.zeros(len(parts), dtype=np.int64)
    for number in np.unique(later).tolist():
        first, end = np.searchsorted(later, [number, number + 1])
        steps[number] = 1 + steps[earlier[first:end]].max()
    return [
        [parts[at] for at in np.flatnonzero(steps == step).tolist()]
        for step in range(int(steps.max()) + 1)
    ]


def _bounds(part: Polygon) -> tuple[float, float, float, float]:
    """(x0, y0, x1, y1) of all rings of a region."""
    points = np.concatenate(part.rings)
    (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return x0, y0, x1, y1


def _inside(ring: Points) -> BaseGeometry:
    """What a ring encloses, even-odd where it crosses itself."""
    import shapely

    if len(ring) < 3:
        return shapely.Polygon()
    polygon = shapely.Polygon(ring)
    return polygon if polygon.is_valid else shapely.union_all(_faces((ring,)))


def _areas(found: BaseGeometry) -> BaseGeometry:
    """A geometry without the points and lines in which areas merely touch."""
    import shapely

    faces = [part for part in shapely.get_parts(found) if isinstance(part, shapely.Polygon)]
    return shapely.MultiPolygon([face for face in faces if not face.is_empty])


def _faces(rings: Sequence[Points]) -> list[shapely.Polygon]:
    """Return the faces between rings that lie inside, by the even-odd rule."""
    import shapely

    rounded = [np.round(ring, DECIMALS) for ring in rings]
    lines = shapely.union_all([line_of(ring, True) for ring in rounded])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    middles = shapely.get_coordinates(shapely.point_on_surface(faces)).tolist()
    return [face for face, at in zip(faces, middles, strict=True) if is_in(rounded, *at)]


def is_in(rings: Sequence[Points], x: float, y: float) -> bool:
    """Whether a ray to the right crosses an odd number of edges (even-odd rule)."""
    count = 0
    for ring in rings:
        here, there = ring, np.roll(ring, -1, axis=0)
        spans = (here[:, 1] <= y) != (there[:, 1] <= y)
        a, b = here[spans], there[spans]
        at = a[:, 0] + (y - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
        count += int((at > x).sum())
    return count % 2 == 1
