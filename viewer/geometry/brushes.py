"""What a brush sweeps over, and masks with pixels added and taken away."""

from __future__ import annotations

import numpy as np

from viewer.geometry.mask import EMPTY, Bitmap, Mask
from viewer.geometry.shapes import Points
from viewer.geometry.space import pixel_from_voxel


def swept(places: Points, radii: tuple[float, float], size: tuple[int, int]) -> Mask:
    """Return the pixels that a round brush touches on its way, held inside the image.

    A pixel belongs to it whose centre the brush covers, and that under each of the places, so that
    the smallest brush paints single pixels.

    Args:
        places: (n, 2) of its middle in pixel space, in order; n >= 1.
        radii: in pixels along x and y; they differ where pixels are not square.
        size: width and height of the image.
    """
    rx, ry = (max(radius, 1e-6) for radius in radii)
    reach = np.array([rx, ry])
    low = np.floor(places.min(axis=0) - reach).astype(np.int64)
    high = np.ceil(places.max(axis=0) + reach).astype(np.int64)
    left, top = (max(int(at), 0) for at in low)
    right, bottom = (min(int(at) + 1, side) for at, side in zip(high, size, strict=True))
    if left >= right or top >= bottom:
        return EMPTY
    x = pixel_from_voxel(np.arange(left, right, dtype=np.float64)) / rx
    y = pixel_from_voxel(np.arange(top, bottom, dtype=np.float64)) / ry
    ways = places / reach
    covered = np.zeros((bottom - top, right - left), dtype=np.bool_)
    for start, end in zip(ways, ways[1:] if len(ways) > 1 else ways, strict=False):
        covered |= _near(x[None, :], y[:, None], start, end)
    columns, rows = np.floor(places).astype(np.int64).T
    inside = (columns >= left) & (columns < right) & (rows >= top) & (rows < bottom)
    covered[rows[inside] - top, columns[inside] - left] = True
    return Mask.from_array(covered, left, top)


def united(mask: Mask, other: Mask) -> Mask:
    """Return the pixels of either mask."""
    if not mask.area or not other.area:
        return mask if mask.area else other
    left, top = min(mask.x, other.x), min(mask.y, other.y)
    right = max(mask.x + mask.width, other.x + other.width)
    bottom = max(mask.y + mask.height, other.y + other.height)
    pixels = np.zeros((bottom - top, right - left), dtype=np.bool_)
    for each in (mask, other):
        x, y = each.x - left, each.y - top
        pixels[y : y + each.height, x : x + each.width] |= each.to_array()
    return Mask.from_array(pixels, left, top)


def without(mask: Mask, other: Mask) -> Mask:
    """Return the pixels of a mask that another one does not have."""
    left, top = max(mask.x, other.x), max(mask.y, other.y)
    right = min(mask.x + mask.width, other.x + other.width)
    bottom = min(mask.y + mask.height, other.y + other.height)
    if left >= right or top >= bottom:
        return mask
    pixels = mask.to_array()
    gone = other.to_array()[top - other.y : bottom - other.y, left - other.x : right - other.x]
    pixels[top - mask.y : bottom - mask.y, left - mask.x : right - mask.x] &= ~gone
    return Mask.from_array(pixels, mask.x, mask.y)


def _near(x: Points, y: Points, start: Points, end: Points) -> Bitmap:
    """Which places lie within 1 of the way from `start` to `end`."""
    way = end - start
    length = float(way @ way)
    along = ((x - start[0]) * way[0] + (y - start[1]) * way[1]) / (length or 1.0)
    along = np.clip(along, 0.0, 1.0)
    dx, dy = x - start[0] - along * way[0], y - start[1] - along * way[1]
    return dx * dx + dy * dy <= 1.0
