"""Masks on an oblique plane: each pixel of it shows the voxel that its middle lies in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.mask import EMPTY, Mask
from viewer.geometry.oblique import ObliquePlane
from viewer.geometry.space import Floats, pixel_from_voxel, voxel_from_pixel
from viewer.geometry.stack import Stack

NEARLY = 1e-6  # of a pixel: what ends so near to one's side ends there
MOST_PIXELS = 4_000_000  # of a grid; a finer one is made coarser


@dataclass(frozen=True)
class Grid:
    """Pixels of an oblique plane; pixel space counts from the corner of the first, as always.

    Args:
        p0, q0: plane mm of the first pixel's corner.
        pixel_mm: side of a pixel.
        width, height: their number.
    """

    p0: float
    q0: float
    pixel_mm: float
    width: int
    height: int

    @property
    def rect(self) -> tuple[float, float, float, float]:
        """(p0, q0, p1, q1) that the pixels fill, plane mm, edge to edge."""
        wide, high = self.width * self.pixel_mm, self.height * self.pixel_mm
        return (self.p0, self.q0, self.p0 + wide, self.q0 + high)

    @property
    def p(self) -> Floats:
        """(width,) plane mm of the middles of columns."""
        return self.p0 + pixel_from_voxel(np.arange(self.width)) * self.pixel_mm

    @property
    def q(self) -> Floats:
        """(height,) plane mm of the middles of rows."""
        return self.q0 + pixel_from_voxel(np.arange(self.height)) * self.pixel_mm


def grid_around(
    plane: ObliquePlane, places_mm: Floats, pixel_mm: float, most: int = MOST_PIXELS
) -> Grid:
    """Return the pixels of a plane that lie around the projections of places.

    All grids of one pixel size stand on one another: they count from the corner of what is shown.

    Args:
        plane: the family.
        places_mm: (n, 3) patient mm, n >= 1.
        pixel_mm: side of a pixel; larger where there would be too many.
        most: how many there may be.
    """
    shown = plane.plane_of_patient(places_mm)
    low, high = shown.min(axis=0), shown.max(axis=0)
    corner = np.array(plane.bounds_mm[:2])
    while True:
        first = np.floor((low - corner) / pixel_mm + NEARLY)
        after = np.ceil((high - corner) / pixel_mm - NEARLY)
        width, height = np.maximum(after - first, 1).astype(np.int64).tolist()
        if width * height <= most:
            p0, q0 = (corner + first * pixel_mm).tolist()
            return Grid(p0, q0, pixel_mm, width, height)
        pixel_mm *= max(float(np.sqrt(width * height / most)), 1.01)


def masks_on(
    masks: Sequence[tuple[int, Mask]],
    plane: ObliquePlane,
    index: int,
    reach_mm: Floats,
    check: Callable[[], None] = lambda: None,
) -> tuple[Mask, Grid]:
    """Return which pixels of a plane lie in masks, in the pixel space of the grid returned.

    Args:
        masks: slices, each with its mask in the slice's pixel space.
        plane: the family.
        index: of the plane in it.
        reach_mm: (slices, 2) how far a slice reaches below and above its position: its slab for
            what was drawn on it, its strip for what fills voxels.
        check: called for each mask; may raise to stop.
    """
    stack = plane.stack
    held = [(k, mask) for k, mask in masks if 0 <= k < stack.count and mask.area]
    if not held:
        return EMPTY, Grid(0.0, 0.0, 1.0, 0, 0)
    places = np.concatenate([_corners(stack, k, mask, reach_mm) for k, mask in held])
    grid = grid_around(plane, places, min(stack.spacing_mm))
    origin, ways = plane.origin_mm(index), (plane.e_p, plane.e_q)
    bitmap = np.zeros((grid.height, grid.width), dtype=np.bool_)

    def coordinate(way: Floats) -> Floats:
        """(height, width) of the pixels' middles, along a direction of the patient."""
        across, down = (grid.p * float(ways[0] @ way), grid.q * float(ways[1] @ way))
        return across + down[:, None] + float(origin @ way)

    along = coordinate(stack.normal)
    x, y = (coordinate(way) for way in (stack.row_direction, stack.column_direction))
    for k, mask in held:
        check()
        away = along - stack.positions_mm[k]
        in_slab = np.nonzero((away >= -reach_mm[k, 0]) & (away < reach_mm[k, 1]))
        column = _pixel(x[in_slab] - stack.origins[k] @ stack.row_direction, stack.spacing_mm[0])
        row = _pixel(y[in_slab] - stack.origins[k] @ stack.column_direction, stack.spacing_mm[1])
        column, row = column - mask.x, row - mask.y
        inside = (column >= 0) & (column < mask.width) & (row >= 0) & (row < mask.height)
        bitmap[in_slab[0][inside], in_slab[1][inside]] |= mask.to_array()[
            row[inside], column[inside]
        ]
    return Mask.from_array(bitmap), grid


def as_slices(mask: Mask, index: int, axis: int) -> list[tuple[int, Mask]]:
    """Return a mask that was drawn on plane `index` of a reformat as masks of the slices."""
    found: list[tuple[int, Mask]] = []
    for row, cells in enumerate(mask.to_array()):
        part = cells[:, None] if axis == 0 else cells[None, :]
        place = (index, mask.x) if axis == 0 else (mask.x, index)
        found.append((mask.y + row, Mask.from_array(part, *place)))
    return found


def _pixel(mm: Floats, side_mm: float) -> NDArray[np.intp]:
    return np.floor(pixel_from_voxel(mm / side_mm)).astype(np.intp)


def _corners(stack: Stack, k: int, mask: Mask, reach_mm: Floats) -> Floats:
    """(8, 3) patient mm of the corners of a mask's slab."""
    dx, dy = stack.spacing_mm
    x, y = (
        voxel_from_pixel((mask.x, mask.x + mask.width)),
        voxel_from_pixel((mask.y, mask.y + mask.height)),
    )
    ways = np.stack([stack.row_direction * dx, stack.column_direction * dy])
    flat = np.array([(i, j) for i in x for j in y]) @ ways + stack.origins[k]
    low, high = -reach_mm[k, 0] * stack.normal, reach_mm[k, 1] * stack.normal
    return np.concatenate([flat + low, flat + high])
