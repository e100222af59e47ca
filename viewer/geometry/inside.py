"""Which cells of a plane lie inside a shape, where each row of cells stands at a place of its own.

Rows of a plane through a tilted or unevenly spaced stack make no grid, so that their cells are
told one row at a time; on a grid the answer is that of `raster.rasterised`.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.measure import THIN, outline
from viewer.geometry.shapes import Box, Ellipse, Points, Polygon

Area: TypeAlias = Box | Ellipse | Polygon
Bitmap = NDArray[np.bool_]
Floats = NDArray[np.float64]


def cells_inside(shape: Area, p: Floats, q: Floats) -> Bitmap:
    """Return which cells have their centres inside a shape (even-odd rule).

    Args:
        shape: in the space of p and q.
        p: (rows, cells) of the centres, ascending in each row.
        q: (rows,) of each row.

    Returns:
        (rows, cells).
    """
    if isinstance(shape, Ellipse):
        return _in_ellipse(shape, p, q)
    rings = [ring for ring, _ in outline(shape)]
    inside = np.zeros(p.shape, dtype=np.bool_)
    for row, height in enumerate(q.tolist()):
        crossings = np.sort(np.concatenate([_crossings(ring, height) for ring in rings]))
        if len(crossings):
            inside[row] = np.searchsorted(crossings, p[row], side="right") % 2 == 1
    return inside


def _crossings(ring: Points, height: float) -> Floats:
    """Where the edges of a ring cross a level line; an end on it counts to the edge above."""
    there = np.roll(ring, -1, axis=0)
    low, high = np.minimum(ring[:, 1], there[:, 1]), np.maximum(ring[:, 1], there[:, 1])
    begins, ends = ring[(low <= height) & (height < high)], there[(low <= height) & (height < high)]
    run, rise = (ends - begins).T
    return begins[:, 0] + (height - begins[:, 1]) / rise * run


def _in_ellipse(shape: Ellipse, p: Floats, q: Floats) -> Bitmap:
    if min(shape.rx, shape.ry) < THIN:
        return np.zeros(p.shape, dtype=np.bool_)
    across, down = p - shape.cx, q[:, None] - shape.cy
    (cosine, _), (sine, _) = shape.turn.tolist()
    u = (across * cosine + down * sine) / shape.rx
    v = (down * cosine - across * sine) / shape.ry
    return u**2 + v**2 <= 1
