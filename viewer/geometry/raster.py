"""From shapes to masks: a pixel belongs to a shape when its centre is inside (even-odd rule)."""

from __future__ import annotations

from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.mask import EMPTY, Mask
from viewer.geometry.measure import THIN, bounds
from viewer.geometry.rings import largest_first
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
from viewer.geometry.space import pixel_from_voxel, voxel_from_pixel


def rasterised(shape: Shape, columns: int, rows: int) -> Mask:
    """Return the pixels of a picture of `columns` x `rows` whose centres are inside a shape.

    A point is the one pixel it lies in; lines and skeletons cover nothing.
    """
    match shape:
        case Point(x, y):
            return _pixel(x, y, columns, rows)
        case Polyline() | Skeleton():
            return EMPTY
        case Box() | RotatedBox():
            return _scanned((shape.corners,), columns, rows)
        case Polygon():
            return _scanned(shape.rings, columns, rows)
        case Regions():
            return _regions(shape, columns, rows)
        case Ellipse():
            return _ellipse(shape, columns, rows)
        case Mask():
            return _cropped(shape, columns, rows)
        case _:
            assert_never(shape)


def _pixel(x: float, y: float, columns: int, rows: int) -> Mask:
    column, row = np.floor(x), np.floor(y)
    if not (0 <= column < columns and 0 <= row < rows):
        return EMPTY
    return Mask(int(column), int(row), 1, 1, np.array([0, 1], dtype=np.int32))


def _regions(shape: Regions, columns: int, rows: int) -> Mask:
    """The largest region is filled and its holes cleared, then the next."""
    if shape.are_apart:
        return _scanned(shape.rings, columns, rows)
    x0, y0, x1, y1 = np.clip(bounds(shape), 0, max(columns, rows)).tolist()
    left, top = int(np.floor(x0)), int(np.floor(y0))
    right, bottom = min(int(np.ceil(x1)), columns), min(int(np.ceil(y1)), rows)
    if right <= left or bottom <= top:
        return EMPTY
    filled = np.zeros((bottom - top, right - left), dtype=np.bool_)
    for part in largest_first(shape.parts):
        for ring in part.rings:
            mask = _scanned((ring,), columns, rows)
            row, column = mask.y - top, mask.x - left
            at = np.s_[row : row + mask.height, column : column + mask.width]
            filled[at] = np.where(mask.to_array(), ring is part.vertices, filled[at])
    return Mask.from_array(filled, left, top)


def _scanned(rings: tuple[Points, ...], columns: int, rows: int) -> Mask:
    """Even-odd scanline over pixel centres, without a bitmap.

    Every edge toggles, in each row whose centre line it crosses, all pixels from the crossing on;
    toggles that meet cancel, and what remains are the ends of the runs.
    """
    turns = [_crossings(ring, columns, rows) for ring in rings]
    cells, counts = np.unique(np.concatenate(turns), return_counts=True)
    ends = cells[counts % 2 == 1].reshape(-1, 2)
    if not len(ends):
        return EMPTY
    stride = columns + 1
    row = ends[:, 0] // stride
    left, top = int((ends[:, 0] % stride).min()), int(row[0])
    width = int((ends[:, 1] % stride).max()) - left
    height = int(row[-1]) + 1 - top
    flat = (ends - row[:, None] * stride - left + (row[:, None] - top) * width).ravel()
    return Mask(left, top, width, height, _runs(flat, width * height))


def _crossings(ring: Points, columns: int, rows: int) -> NDArray[np.int64]:
    """Where the edges of a ring cross the centre lines of rows.

    Returns the first pixel centre not left of each crossing, counted as row * (columns + 1) +
    column.
    """
    there = np.roll(ring, -1, axis=0)
    low = np.minimum(ring[:, 1], there[:, 1])
    high = np.maximum(ring[:, 1], there[:, 1])
    first = np.clip(np.ceil(voxel_from_pixel(low)), 0, rows).astype(np.int64)
    after = np.clip(np.ceil(voxel_from_pixel(high)), 0, rows).astype(np.int64)
    times = after - first
    edge = np.repeat(np.arange(len(ring)), times)
    begun = np.cumsum(times) - times
    row = np.arange(len(edge)) - begun[edge] + first[edge]
    run, rise = (there - ring)[edge].T
    x = ring[edge, 0] + (pixel_from_voxel(row) - ring[edge, 1]) / rise * run
    column = np.clip(np.ceil(voxel_from_pixel(x)), 0, columns).astype(np.int64)
    return row * (columns + 1) + column


def _runs(turns: NDArray[np.int64], size: int) -> NDArray[np.int32]:
    """Run-lengths from sorted cells at which the value changes, of `size` cells."""
    meets, counts = np.unique(turns, return_counts=True)
    ends = meets[counts % 2 == 1]  # a run that ends where the next row's begins is one run
    if ends[-1] == size:
        ends = ends[:-1]
    return np.diff(np.concatenate([[0], ends, [size]])).astype(np.int32)


def _ellipse(shape: Ellipse, columns: int, rows: int) -> Mask:
    x0, y0, x1, y1 = np.clip(bounds(shape), -1, max(columns, rows) + 1).tolist()
    left, top = max(int(np.floor(x0)), 0), max(int(np.floor(y0)), 0)
    right, bottom = min(int(np.ceil(x1)), columns), min(int(np.ceil(y1)), rows)
    if min(shape.rx, shape.ry) < THIN or right <= left or bottom <= top:
        return EMPTY
    across = pixel_from_voxel(np.arange(left, right)) - shape.cx
    down = pixel_from_voxel(np.arange(top, bottom))[:, None] - shape.cy
    (cosine, _), (sine, _) = shape.turn.tolist()
    u = (across * cosine + down * sine) / shape.rx
    v = (down * cosine - across * sine) / shape.ry
    return Mask.from_array(u**2 + v**2 <= 1, left, top)


def _cropped(mask: Mask, columns: int, rows: int) -> Mask:
    left, top = max(-mask.x, 0), max(-mask.y, 0)
    right, bottom = min(columns - mask.x, mask.width), min(rows - mask.y, mask.height)
    if (left, top, right, bottom) == (0, 0, mask.width, mask.height):
        return mask
    if right <= left or bottom <= top:
        return EMPTY
    return Mask.from_array(mask.to_array()[top:bottom, left:right], mask.x + left, mask.y + top)
