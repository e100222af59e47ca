"""Lines of a plane's pixel space as they run through the strips of its slices, in plane mm.

On a reformat of tilted, uneven or gapped slices a straight line of pixel space is broken: each
slice's part of it lies in that slice's strip.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.mask import Mask, Segments
from viewer.geometry.shapes import Points
from viewer.geometry.views import ViewPlane

_Strips = NDArray[np.intp]


def traced(points: Points, view: ViewPlane, *, closed: bool) -> Points:
    """Return (m, 2) plane mm of the (n, 2) vertices of a line, turns at strips' ends included.

    Args:
        points: in the plane's pixel space.
        view: the plane.
        closed: the last vertex joins the first.
    """
    if view.is_regular or len(points) == 1:
        return view.mm_of_pixels(points)
    starts = points if closed else points[:-1]
    ends = np.roll(points, -1, axis=0) if closed else points[1:]
    pieces, _ = _pieces(starts, ends, view.stack.count)
    strips = _strips_of(pieces, view.stack.count)
    both = pieces.reshape(-1, 2)
    placed = view.mm_of_pixels(both, np.repeat(strips, 2))
    is_new = np.ones(len(placed), dtype=np.bool_)
    is_new[1:] = (placed[1:] != placed[:-1]).any(axis=1)
    return placed[is_new]


def _pieces(starts: Points, ends: Points, count: int) -> tuple[Segments, NDArray[np.intp]]:
    """Parts of segments, none of which leaves the strip of its slice, and which they are of.

    Returns:
        (m, 4) x0, y0, x1, y1, and (m,) the number of each part's segment.
    """
    y0, y1 = starts[:, 1], ends[:, 1]
    low = np.maximum(np.floor(np.minimum(y0, y1)) + 1, 1).astype(np.int64)
    high = np.minimum(np.ceil(np.maximum(y0, y1)) - 1, count - 1).astype(np.int64)
    crossed = np.maximum(high - low + 1, 0)
    parts = crossed + 1
    segment = np.repeat(np.arange(len(starts)), parts)
    nth = np.arange(len(segment)) - np.repeat(np.cumsum(parts) - parts, parts)
    is_down = (y1 >= y0)[segment]

    def cut(number: NDArray[np.int64]) -> Points:
        """The `number`th place of each part's segment: its start, its crossings, its end."""
        whole = np.where(is_down, low[segment] + number - 1, high[segment] - number + 1)
        run = (y1 - y0)[segment]
        share = (whole - y0[segment]) / np.where(crossed[segment] > 0, run, 1.0)
        x = starts[segment, 0] + share * (ends - starts)[segment, 0]
        places = np.stack([x, whole.astype(np.float64)], axis=1)
        places[number == 0] = starts[segment][number == 0]
        is_end = number == parts[segment]
        places[is_end] = ends[segment][is_end]
        return places

    return np.hstack([cut(nth), cut(nth + 1)]), segment


def _strips_of(pieces: Segments, count: int) -> _Strips:
    """(m,) the slice of each part; one that runs along the end of a slice goes with the last."""
    middles = (pieces[:, 1] + pieces[:, 3]) / 2
    strips = np.clip(np.floor(middles), 0, count - 1).astype(np.intp)
    flat = (pieces[:, 1] == pieces[:, 3]) & (middles == np.floor(middles))
    free = np.flatnonzero(~flat)
    for at in np.flatnonzero(flat) if len(free) else ():
        before = free[int(np.searchsorted(free, at)) - 1]  # of the first ones: round to the last
        if strips[before] + 1 == middles[at]:
            strips[at] = strips[before]
    return strips


def in_strips(rects: Segments, view: ViewPlane) -> Segments:
    """Return (m, 4) plane mm of (n, 4) rectangles x0, y0, x1, y1, parted where strips do not meet.

    Lines along x or y are rectangles too.
    """
    if view.is_regular or not len(rects):
        return view.mm_of_pixels(rects.reshape(-1, 2)).reshape(-1, 4)
    pieces, of = _pieces(rects[:, :2], rects[:, 2:], view.stack.count)
    whole = np.floor(pieces[:, 1:4:2].min(axis=1))
    strips = np.clip(whole, 0, view.stack.count - 1)
    pieces[:, 0::2] = rects[of][:, 0::2]
    placed = view.mm_of_pixels(pieces.reshape(-1, 2), np.repeat(strips, 2)).reshape(-1, 4)
    return _joined(placed)


def _joined(rects: Segments) -> Segments:
    """Join rectangles to those above them with the same sides."""
    joined: list[list[float]] = []
    for p0, q0, p1, q1 in np.round(rects, 9).tolist():
        last = joined[-1] if joined else None
        if last is not None and last[0] == p0 and last[2] == p1 and last[3] == q0 and q1 > q0:
            last[3] = q1
        else:
            joined.append([p0, q0, p1, q1])
    return np.array(joined, dtype=np.float64).reshape(-1, 4)


def mask_lines(mask: Mask, view: ViewPlane) -> tuple[Segments, Segments]:
    """Return edges and rectangles, (n, 4) and (m, 4) plane mm, of a mask row by row of its plane.

    Args:
        mask: in the plane's pixel space; rows beyond the slices are left out.
        view: the plane.
    """
    bitmap = np.pad(mask.to_array(), ((1, 1), (0, 0)))
    edges: list[tuple[float, float, float, float, int]] = []
    rects: list[tuple[float, float, float, float, int]] = []
    for row in range(mask.height):
        k = mask.y + row
        if not 0 <= k < view.stack.count:
            continue
        above, here, below = bitmap[row : row + 3]
        for x0, x1 in _runs(here, mask.x):
            rects.append((x0, k, x1, k + 1, k))
            edges.extend(((x0, k, x0, k + 1, k), (x1, k, x1, k + 1, k)))
        edges.extend((x0, k, x1, k, k) for x0, x1 in _runs(here & ~above, mask.x))
        edges.extend((x0, k + 1, x1, k + 1, k) for x0, x1 in _runs(here & ~below, mask.x))
    return _placed(edges, view), _placed(rects, view)


def _placed(parts: list[tuple[float, float, float, float, int]], view: ViewPlane) -> Segments:
    numbers = np.array(parts, dtype=np.float64).reshape(-1, 5)
    strips = np.repeat(numbers[:, 4], 2)
    return view.mm_of_pixels(numbers[:, :4].reshape(-1, 2), strips).reshape(-1, 4)


def _runs(cells: NDArray[np.bool_], x: int) -> list[tuple[int, int]]:
    padded = np.concatenate([[False], cells, [False]])
    ends = np.flatnonzero(padded[1:] != padded[:-1]).reshape(-1, 2) + x
    return [(start, end) for start, end in ends.tolist()]
