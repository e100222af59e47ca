"""Which labels lie under the pointer."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.shapes import Points
from viewer.model.annotation import AnnotationId
from viewer.render.overlay import Mark, Rects

FAR = float("inf")


def marks_at(
    marks: tuple[Mark, ...], p: float, q: float, tolerance: float
) -> tuple[AnnotationId, ...]:
    """Return all labels under the pointer, best first, so that repeated clicks go through them.

    Lines and points within the tolerance come before insides; small before large.

    Args:
        marks: as drawn.
        p: pointer in plane mm.
        q: pointer in plane mm.
        tolerance: mm that the pointer may be off a line (6 px at the view's zoom).
    """
    found: dict[AnnotationId, tuple[int, float]] = {}
    for mark in marks:
        box = mark_bounds(mark)
        near = box[0] - tolerance <= p <= box[2] + tolerance
        if not (near and box[1] - tolerance <= q <= box[3] + tolerance):
            continue
        rank = 0 if edge_distance(mark, p, q) <= tolerance else 1 if is_inside(mark, p, q) else 2
        if rank < 2:
            order = (rank, (box[2] - box[0]) * (box[3] - box[1]))
            found[mark.id] = min(order, found.get(mark.id, order))
    return tuple(sorted(found, key=found.__getitem__))


@lru_cache(maxsize=8192)
def mark_bounds(mark: Mark) -> tuple[float, float, float, float]:
    """Return p0, q0, p1, q1 around everything that is drawn of a mark."""
    parts = [*mark.rings, *mark.lines]
    if mark.points is not None:
        parts.append(mark.points)
    several = (mark.edges, mark.bands, mark.ticks)
    parts.extend(rects.reshape(-1, 2) for rects in several if rects is not None)
    if not parts:
        return (FAR, FAR, -FAR, -FAR)
    lows = np.min([part.min(axis=0) for part in parts if len(part)], axis=0)
    highs = np.max([part.max(axis=0) for part in parts if len(part)], axis=0)
    return float(lows[0]), float(lows[1]), float(highs[0]), float(highs[1])


def edge_distance(mark: Mark, p: float, q: float) -> float:
    """Return the distance in mm from a place to the nearest line or point of a mark."""
    segments = [_segments(ring, closed=True) for ring in mark.rings]
    segments += [_segments(line, closed=False) for line in mark.lines]
    if mark.points is not None:
        segments.append(np.hstack([mark.points, mark.points]))
    segments += [rects for rects in (mark.edges, mark.ticks) if rects is not None]
    if mark.bands is not None:
        segments.append(mark.bands[:, [0, 1, 2, 1]])
        segments.append(mark.bands[:, [0, 3, 2, 3]])
    return min((_distance(part, p, q) for part in segments if len(part)), default=FAR)


def is_inside(mark: Mark, p: float, q: float) -> bool:
    """Return whether a place lies in the filled part of a mark (even-odd over its rings)."""
    crossings = sum(_crossings(ring, p, q) for ring in mark.rings)
    if crossings % 2 == 1:
        return True
    return any(_holds(rects, p, q) for rects in (mark.fills, mark.bands) if rects is not None)


def _segments(points: Points, *, closed: bool) -> Rects:
    ends = np.roll(points, -1, axis=0) if closed else points[1:]
    starts = points if closed else points[:-1]
    if len(starts) == 0:
        return np.hstack([points, points])
    return np.hstack([starts, ends])


def _distance(segments: Rects, p: float, q: float) -> float:
    start, run = segments[:, :2], segments[:, 2:] - segments[:, :2]
    away = np.array([p, q]) - start
    length = np.maximum((run**2).sum(axis=1), 1e-300)
    along = np.clip((away * run).sum(axis=1) / length, 0.0, 1.0)
    return float(np.sqrt(((away - run * along[:, None]) ** 2).sum(axis=1)).min())


def _crossings(ring: Points, p: float, q: float) -> int:
    x0, y0 = ring.T
    x1, y1 = np.roll(ring, -1, axis=0).T
    spans = (y0 > q) != (y1 > q)
    rise = np.where(spans, y1 - y0, 1.0)
    return int((spans & (p < x0 + (q - y0) * (x1 - x0) / rise)).sum())


def _holds(rects: NDArray[np.float64], p: float, q: float) -> bool:
    low, high = np.minimum(rects[:, :2], rects[:, 2:]), np.maximum(rects[:, :2], rects[:, 2:])
    at = np.array([p, q])
    return bool(((low <= at) & (at <= high)).all(axis=1).any())
