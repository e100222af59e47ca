"""Layers of one byte per device pixel: hairlines in them, and how these are widened."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

FEW_LINES = 1000  # OpenCV draws so many as fast
DEAR = 0.3  # pixels drawn one by one to those of the rows they are in, which are summed up
Layer = NDArray[np.uint8]
Floats = NDArray[np.float64]
Whole = NDArray[np.int32]
Cells = NDArray[np.int64]


def draw_segments(layer: Layer, ends: Floats, value: int) -> None:
    """Draw (n, 2, 2) lines; those along the screen's axes, as of cuts and masks, all at once."""
    points = device(ends)
    for axis in (0, 1) if len(points) > FEW_LINES else ():
        is_along = points[:, 0, 1 - axis] == points[:, 1, 1 - axis]
        if np.count_nonzero(is_along) > FEW_LINES:
            _runs(layer, points[is_along], axis, value)
            points = points[~is_along]
    draw_lines(layer, list(points), value, closed=False)


def draw_lines(layer: Layer, lines: Sequence[Whole], value: int, *, closed: bool) -> None:
    """Draw hairlines through whole device pixels."""
    if len(lines):
        cv2.polylines(layer, lines, closed, value)


def _runs(layer: Layer, ends: Whole, axis: int, value: int) -> None:
    """Draw (n, 2, 2) lines along one axis of the screen, both ends included."""
    length, breadth = layer.shape[1 - axis], layer.shape[axis]
    at, first, last = (
        ends[:, 0, 1 - axis],
        ends[:, :, axis].min(axis=1),
        ends[:, :, axis].max(axis=1),
    )
    is_in = (at >= 0) & (at < breadth) & (last >= 0) & (first < length)
    at, first = at[is_in].astype(np.int64), np.maximum(first[is_in], 0).astype(np.int64)
    counts = np.minimum(last[is_in] + 1, length) - first
    used, places = np.unique(at, return_inverse=True)
    if counts.sum() > used.size * length * DEAR:
        _sums(layer if axis == 0 else layer.T, used, (places, first, counts), value)
        return
    step, across = (1, layer.shape[1]) if axis == 0 else (layer.shape[1], 1)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    along = np.repeat(first, counts) + np.arange(len(before)) - before
    layer.reshape(-1)[np.repeat(at, counts) * across + along * step] = value


def _sums(layer: Layer, used: Cells, runs: tuple[Cells, Cells, Cells], value: int) -> None:
    """Draw runs that cover some rows many times over: where more have begun than ended.

    Args:
        layer: whose rows the runs go along.
        used: the rows that have any.
        runs: of each the place of its row among those, where it begins, and how many pixels.
    """
    places, first, counts = runs
    width = layer.shape[1] + 1
    begins, cells = places * width + first, len(used) * width
    steps = np.bincount(begins, minlength=cells) - np.bincount(begins + counts, minlength=cells)
    rows = layer[used]
    rows[np.cumsum(steps.reshape(-1, width), axis=1)[:, :-1] > 0] = value
    layer[used] = rows


def device(points: Floats) -> Whole:
    """Nearest pixel corner; far ones are pulled in, since OpenCV counts in 16.16 bits."""
    whole = np.rint(points)
    return np.clip(whole, -16000, 16000, out=whole).astype(np.int32)


def widened(layer: Layer, width_px: float) -> Layer:
    """Dilate hairlines to an even width about the pixel corners that they stand for."""
    side = max(2 * round(width_px / 2), 1)
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    disc = (x**2 + y**2 <= (side / 2) ** 2 + 0.1).astype(np.uint8)
    anchor = (side - 1 - side // 2, side - 1 - side // 2) if side > 1 else (0, 0)
    return np.asarray(cv2.dilate(layer, disc, anchor=anchor), dtype=np.uint8)
