"""Layers of one byte per device pixel: hairlines in them, and how these are widened."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

FEW_LINES = 3000  # OpenCV draws so many as fast as a whole layer is summed up
Layer = NDArray[np.uint8]
Floats = NDArray[np.float64]


def draw_segments(layer: Layer, ends: Floats, value: int) -> None:
    """Draw (n, 2, 2) lines; those along the screen's axes, as of cuts and masks, all at once."""
    points = device(ends)
    for axis in (0, 1) if len(points) > FEW_LINES else ():
        is_along = points[:, 0, 1 - axis] == points[:, 1, 1 - axis]
        if np.count_nonzero(is_along) > FEW_LINES:
            _runs(layer if axis == 0 else layer.T, points[is_along][:, :, [axis, 1 - axis]], value)
            points = points[~is_along]
    cv2.polylines(layer, list(points), False, value)


def _runs(layer: Layer, ends: NDArray[np.int32], value: int) -> None:
    """Draw (n, 2, 2) lines along the rows of the layer, both ends included."""
    rows, columns = layer.shape
    low, high = ends[:, :, 0].min(axis=1), ends[:, :, 0].max(axis=1)
    is_in = (ends[:, 0, 1] >= 0) & (ends[:, 0, 1] < rows) & (high >= 0) & (low < columns)
    if not is_in.any():
        return
    row = ends[is_in, 0, 1].astype(np.int64) * (columns + 1)
    steps = np.zeros(rows * (columns + 1), dtype=np.int32)
    np.add.at(steps, row + np.maximum(low[is_in], 0), 1)
    np.add.at(steps, row + np.minimum(high[is_in] + 1, columns), -1)
    covered = np.cumsum(steps.reshape(rows, columns + 1), axis=1)[:, :columns] > 0
    layer[covered] = value


def device(points: Floats) -> NDArray[np.int32]:
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
