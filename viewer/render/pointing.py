"""Which drawn shapes lie under the pointer: one answer for views and tools."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.measure import Bounds
from viewer.geometry.shapes import Points
from viewer.model.annotation import AnnotationId
from viewer.render.lines import Lines, Rects
from viewer.render.mark_index import index_of
from viewer.render.overlay import Mark
from viewer.review.kept import kept_for_views

Place: TypeAlias = tuple[float, float]  # p, q
Scale: TypeAlias = tuple[float, float]  # screen px per unit of p and of q
Order: TypeAlias = tuple[int, float, float]  # the lower, the better

EDGE_PX = 6.0  # screen px that the pointer may be off a line
POINT_PX = 12.0  # and off a point, which has no inside
FAR = float("inf")


def marks_at(marks: tuple[Mark, ...], at: Place, px_per_mm: float) -> tuple[AnnotationId, ...]:
    """Return all labels under the pointer, best first, so that repeated clicks go through them.

    Args:
        marks: as drawn.
        at: pointer in plane mm.
        px_per_mm: the view's zoom.
    """
    found: dict[AnnotationId, Order] = {}
    for mark in index_of(marks).near(at, POINT_PX / px_per_mm):
        order = order_at(mark.drawn, at, (px_per_mm, px_per_mm))
        if order is not None:
            found[mark.id] = min(order, found.get(mark.id, order))
    return tuple(sorted(found, key=found.__getitem__))


def order_at(drawn: Lines, at: Place, px_per_unit: Scale) -> Order | None:
    """Return how well a place hits what is drawn, None where it does not.

    On a line or a point comes first, then near a point, then inside; then the smallest area, which
    lines and points have none of; then small before large.
    """
    x0, y0, x1, y1 = drawn_bounds(drawn)
    beside = POINT_PX / px_per_unit[0], POINT_PX / px_per_unit[1]
    if not (x0 - beside[0] <= at[0] <= x1 + beside[0]):
        return None
    if not (y0 - beside[1] <= at[1] <= y1 + beside[1]):
        return None
    size = (x1 - x0) * px_per_unit[0] + (y1 - y0) * px_per_unit[1]
    area = drawn_area(drawn) * px_per_unit[0] * px_per_unit[1]
    if edge_distance_px(drawn, at, px_per_unit) <= EDGE_PX:
        return 0, area, size
    places = [_dots(each) for each in (drawn.points, drawn.nodes) if each is not None]
    if any(_nearest(each, at, px_per_unit) <= POINT_PX for each in places):
        return 1, area, size
    return (2, area, size) if is_inside(drawn, at) else None


@kept_for_views(8192)
def drawn_bounds(drawn: Lines) -> Bounds:
    """Return p0, q0, p1, q1 around everything that is drawn."""
    if not len(drawn.corners):
        return (FAR, FAR, -FAR, -FAR)
    low, high = drawn.corners.min(axis=0).tolist(), drawn.corners.max(axis=0).tolist()
    return (*low, *high)


@kept_for_views(8192)
def drawn_area(drawn: Lines) -> float:
    """Return what the outlines of a shape enclose, in the square of its unit."""
    rects = [each for each in (drawn.fills, drawn.bands, drawn.columns) if each is not None]
    if drawn.raster is not None:
        dx, dy = drawn.raster.pixel_mm
        return drawn.raster.mask.area * dx * dy
    filled = sum(float(np.abs((each[:, 2:] - each[:, :2]).prod(axis=1)).sum()) for each in rects)
    return filled + sum(abs(_enclosed(ring)) for ring in drawn.rings)


def edge_distance_px(drawn: Lines, at: Place, px_per_unit: Scale) -> float:
    """Return the distance on the screen from a place to the nearest line or point."""
    segments = [_segments(ring, closed=True) for ring in drawn.rings]
    segments += [_segments(line, closed=False) for line in drawn.lines]
    segments += [_dots(each) for each in (drawn.points, drawn.nodes) if each is not None]
    segments += [rects for rects in (drawn.outline, drawn.ticks) if rects is not None]
    if drawn.bands is not None:
        segments.append(drawn.bands[:, [0, 1, 2, 1]])
        segments.append(drawn.bands[:, [0, 3, 2, 3]])
    if drawn.columns is not None:
        segments.append(drawn.columns[:, [0, 1, 0, 3]])
        segments.append(drawn.columns[:, [2, 1, 2, 3]])
    return min((_nearest(part, at, px_per_unit) for part in segments), default=FAR)


def distances_px(segments: Rects, at: Place, px_per_unit: Scale) -> NDArray[np.float64]:
    """Return the (n,) distances on the screen from a place to each segment p0, q0, p1, q1."""
    scale = np.array(px_per_unit)
    run, away = (
        (segments[:, 2:] - segments[:, :2]) * scale,
        (np.array(at) - segments[:, :2]) * scale,
    )
    length = (run**2).sum(axis=1)
    along = np.clip((away * run).sum(axis=1) / np.where(length > 0, length, 1), 0, 1)
    return np.hypot(*(away - run * along[:, None]).T)


def is_inside(drawn: Lines, at: Place) -> bool:
    """Return whether a place lies in the filled part (even-odd over the rings)."""
    rings = drawn.rings if drawn.areas is None else drawn.areas
    if sum(_crossings(ring, at) for ring in rings) % 2 == 1:
        return True
    if drawn.raster is not None:
        return drawn.raster.holds(*at)
    areas = (drawn.fills, drawn.bands, drawn.columns)
    return any(_holds(rects, at) for rects in areas if rects is not None)


def _segments(points: Points, *, closed: bool) -> Rects:
    if len(points) == 1:
        return _dots(points)
    ends = np.roll(points, -1, axis=0) if closed else points[1:]
    return np.hstack([points if closed else points[:-1], ends])


def _dots(points: Points) -> Rects:
    return np.hstack([points, points])


def _nearest(segments: Rects, at: Place, px_per_unit: Scale) -> float:
    return float(distances_px(segments, at, px_per_unit).min(initial=FAR))


def _crossings(ring: Points, at: Place) -> int:
    p, q = at
    x0, y0 = ring.T
    x1, y1 = np.roll(ring, -1, axis=0).T
    spans = (y0 > q) != (y1 > q)
    rise = np.where(spans, y1 - y0, 1.0)
    return int((spans & (p < x0 + (q - y0) * (x1 - x0) / rise)).sum())


def _enclosed(ring: Points) -> float:
    """Signed area within a ring."""
    x, y = (ring - ring[0]).T
    return float(x @ np.roll(y, -1) - np.roll(x, -1) @ y) / 2


def _holds(rects: Rects, at: Place) -> bool:
    low, high = np.minimum(rects[:, :2], rects[:, 2:]), np.maximum(rects[:, :2], rects[:, 2:])
    return bool(((low <= at) & (at <= high)).all(axis=1).any())
