"""The picture of an oblique plane: the nearest voxels while it turns, mixed ones at rest.

Both take each slice as a prism along the stack's normal, as `geometry.oblique` says: tilted slices
lie where they were acquired, and in a gap there is nothing. Mixed values lie on straight lines
between the two slices around a place and between the pixels of each; never across a gap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.oblique import ObliquePlane, is_straight, slices_at
from viewer.geometry.oblique_masks import Grid, grid_around
from viewer.geometry.space import pixel_from_voxel, voxel_from_pixel
from viewer.geometry.stack import Stack
from viewer.media.instance import Rescale
from viewer.media.volume import Pixels, Volume
from viewer.render.reslice import Plate
from viewer.review.kept import Kept, kept_for_views

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

TURNING_PIXELS = 512 * 512  # of a picture while the plane turns
RESTING_PIXELS = 1024 * 1024
_ROWS = 64  # of a picture worked out at once: their numbers stay in the processor's cache
_BITS = 30  # of whole numbers that stand for fractions
_BINS = 128  # of a slice's thickness where slices are not even
_EVEN = 1e-3  # of a step or pixel: slices that deviate less stand on a grid

_mixed: Kept[tuple[Volume, ObliquePlane, int, int], Plate] = Kept(6, for_views=True)


def oblique_picture(volume: Volume, plane: ObliquePlane, index: int) -> Plate:
    """Return the picture of a plane at once: mixed if it was prepared, else the nearest voxels.

    Raises:
        GeometryError: no such plane.
    """
    if is_mixed_at_hand(volume, plane, index):
        return prepare_mixed(volume, plane, index)
    grid = picture_grid(plane, index, TURNING_PIXELS)
    return nearest(volume, plane, index, grid)


def is_mixed_at_hand(volume: Volume, plane: ObliquePlane, index: int) -> bool:
    """Whether the picture at rest was worked out of all that is decoded."""
    return (volume, plane, index, int(volume.ready.sum())) in _mixed


def prepare_mixed(
    volume: Volume, plane: ObliquePlane, index: int, check: Callable[[], None] = lambda: None
) -> Plate:
    """Work out the picture at rest; in a background job.

    Args:
        volume, plane, index: as in `oblique_picture`.
        check: called again and again; raises where the answer is no longer wanted.
    """
    grid = picture_grid(plane, index, RESTING_PIXELS)
    key = (volume, plane, index, int(volume.ready.sum()))
    return _mixed.get(key, lambda: mixed(volume, plane, index, grid, check))


def picture_grid(plane: ObliquePlane, index: int, most: int) -> Grid:
    """Return the pixels of a plane that lie in its stack, as fine as those of the slices.

    Args:
        plane: the family.
        index: of the plane in it.
        most: how many there may be; where more are needed they are coarser.
    """
    spacing = min(plane.stack.spacing_mm)
    return grid_around(plane, plane.section(index), spacing, most)


def nearest(volume: Volume, plane: ObliquePlane, index: int, grid: Grid) -> Plate:
    """Return the voxels in which the middles of a grid's pixels lie."""
    cells, factor = volume.cells
    sight = _Sight(plane, index, grid, factor)
    lattice = _lattice(volume.stack)
    slices, x, y = lattice.counted(sight)
    shape, flat = (grid.height, grid.width), cells.reshape(-1, *cells.shape[3:])
    pixels = np.zeros((*shape, *cells.shape[3:]), cells.dtype)
    valid = np.empty(shape, np.bool_)
    numbers = np.empty(shape, np.int32) if volume.presentation.rescales else None
    is_ready = None if volume.ready.all() else volume.ready
    for top in range(0, grid.height, _ROWS):
        part = slice(top, min(top + _ROWS, grid.height))
        k, here = lattice.slices(slices, part)
        columns = lattice.pixels(x, lattice.columns, part, k)
        rows = lattice.pixels(y, lattice.rows, part, k)
        here &= x.holds(columns)
        here &= y.holds(rows)
        if is_ready is not None:
            here &= is_ready.take(k, mode="clip")
        if numbers is not None:
            np.multiply(k, here, out=numbers[part])
        at: NDArray[Any] = k if cells.size < 2**31 else k.astype(np.int64)
        for side, axis, counted in ((1, y, rows), (2, x, columns)):
            counted >>= axis.bits
            at *= cells.shape[side]
            at += counted
        at *= here  # what lies outside may have gone beyond all numbers
        flat.take(at, axis=0, out=pixels[part], mode="clip")
        valid[part] = here
    return _plate(volume, pixels, valid, numbers, grid)


def mixed(
    volume: Volume,
    plane: ObliquePlane,
    index: int,
    grid: Grid,
    check: Callable[[], None] = lambda: None,
) -> Plate:
    """Return values mixed on straight lines between the voxels around the middles of pixels.

    What lies within half a pixel of the border, or beside a gap, takes the outermost voxels;
    padding and slices that are not decoded are not mixed in.
    """
    parts: list[tuple[Floats, NDArray[np.bool_]]] = []
    mixer = _Mixer(volume, _Sight(plane, index, grid, volume.cells[1]))
    for top in range(0, grid.height, _ROWS):
        check()
        parts.append(mixer.rows(slice(top, min(top + _ROWS, grid.height))))
    values = np.concatenate([values for values, _ in parts]).astype(np.float32)
    valid = np.concatenate([valid for _, valid in parts])
    rescale = Rescale(unit=volume.unit) if volume.presentation.rescales else volume.rescale
    return Plate(values, grid.rect, None if valid.all() else valid, rescale)


class _Sight:
    """Where the pixels of a grid lie along the axes of a stack; each number runs evenly.

    `x` and `y` count cells from the corner of the first one of slice 0, `along` mm of the normal
    from its position: pairs of what the columns (w,) and the rows (h,) of the picture add.
    """

    def __init__(self, plane: ObliquePlane, index: int, grid: Grid, factor: int) -> None:
        stack = plane.stack
        away = plane.origin_mm(index) - stack.origins[0]
        dx, dy = stack.spacing_mm
        self.x, self.y, self.along = (
            (
                grid.p * float(plane.e_p @ way) / side,
                grid.q * float(plane.e_q @ way) / side + float(away @ way) / side + start,
            )
            for way, side, start in (
                (stack.row_direction, dx * factor, float(pixel_from_voxel(0.0)) / factor),
                (stack.column_direction, dy * factor, float(pixel_from_voxel(0.0)) / factor),
                (stack.normal, 1.0, 0.0),
            )
        )
        self.factor = factor
        self.cells = (-(-stack.columns // factor), -(-stack.rows // factor), stack.count)


class _Counted:
    """Numbers that run evenly across a picture as whole multiples of 2**-bits.

    Args:
        evenly: what columns and rows of the picture add.
        count: numbers from 0 to it lie inside.
        beside: how far they may be displaced.
    """

    def __init__(self, evenly: tuple[Floats, Floats], count: float, beside: float = 0.0) -> None:
        across, down = evenly
        reach = float(np.abs(across).max(initial=0) + np.abs(down).max(initial=0))
        self.bits = int(_BITS - np.ceil(np.log2(max(reach, count) + beside + 2)))
        self._across, self._down = self.counted(across), self.counted(down)
        self._end = np.uint32(round(count * 2.0**self.bits))

    def counted(self, numbers: Floats) -> Ints:
        """Return numbers in these units."""
        return np.rint(numbers * 2.0**self.bits).astype(np.int32)

    def rows(self, part: slice) -> Ints:
        """Return those of some rows of the picture."""
        return self._across + self._down[part, None]

    def holds(self, numbers: Ints) -> NDArray[np.bool_]:
        """Whether numbers lie inside; those below 0 are very large without a sign."""
        return numbers.view(np.uint32) < self._end


@dataclass(frozen=True, eq=False)
class _Lattice:
    """How the slices of a stack stand: evenly above each other, or each by itself.

    Args:
        bin_mm: along the normal, from the lowest end: a step where slices are even.
        low_mm: the lowest end, from the position of slice 0.
        table: (bins,) the slice that each bin belongs to, -1 for none; None where it is the bin.
        columns, rows: (slices,) how many pixels each is displaced; None where none is.
    """

    bin_mm: float
    low_mm: float
    bins: int
    table: Ints | None
    columns: Floats | None
    rows: Floats | None

    def counted(self, sight: _Sight) -> tuple[_Counted, _Counted, _Counted]:
        """Return bins along the normal, columns and rows of a picture's pixels."""
        across, down = sight.along
        bins = (across / self.bin_mm, (down - self.low_mm) / self.bin_mm)
        beside = [
            0.0 if shift is None else float(np.abs(shift).max()) / sight.factor
            for shift in (self.columns, self.rows)
        ]
        width, height, _ = sight.cells
        return (
            _Counted(bins, self.bins),
            _Counted(sight.x, width, beside[0]),
            _Counted(sight.y, height, beside[1]),
        )

    def slices(self, bins: _Counted, part: slice) -> tuple[Ints, NDArray[np.bool_]]:
        """Return the slice in which each pixel of some rows lies, and whether it is in one."""
        numbers = bins.rows(part)
        here = bins.holds(numbers)
        numbers >>= bins.bits
        if self.table is None:
            return numbers, here
        k = self.table.take(numbers, mode="clip")
        return k, here & (k >= 0)

    def pixels(self, axis: _Counted, shifts: Floats | None, part: slice, k: Ints) -> Ints:
        """Return columns or rows of the pixels of some rows of the picture."""
        numbers = axis.rows(part)
        if shifts is not None:
            numbers -= axis.counted(shifts).take(k, mode="clip")
        return numbers


@kept_for_views(64)
def _lattice(stack: Stack) -> _Lattice:
    away = stack.origins - stack.origins[0]
    positions = stack.positions_mm - stack.positions_mm[0]
    dx, dy = stack.spacing_mm
    columns, rows = away @ stack.row_direction / dx, away @ stack.column_direction / dy
    low = -float(stack.strips_mm[0, 0])
    high = float(positions[-1] + stack.strips_mm[-1, 1])
    even = np.arange(stack.count) * stack.step_mm
    shifts = (None, None) if is_straight(stack) else (columns, rows)
    is_even = np.abs(positions - even).max() <= _EVEN * stack.step_mm
    if is_even and np.abs(stack.strips_mm - stack.step_mm / 2).max() <= _EVEN * stack.step_mm:
        return _Lattice(stack.step_mm, low, stack.count, None, *shifts)
    bins = stack.count * _BINS
    bin_mm = (high - low) / bins
    middles = low + pixel_from_voxel(np.arange(bins)) * bin_mm
    table = slices_at(stack, middles + stack.positions_mm[0]).astype(np.int32)
    return _Lattice(bin_mm, low, bins, table, *shifts)


class _Mixer:
    """Mixes voxels of a volume for the pixels of one picture."""

    def __init__(self, volume: Volume, sight: _Sight) -> None:
        stack, cells = volume.stack, volume.cells[0]
        self._volume, self._sight, self._cells = volume, sight, cells
        self._flat = cells.reshape(-1, *cells.shape[3:])
        away = stack.origins - stack.origins[0]
        dx, dy = stack.spacing_mm
        self._columns = away @ stack.row_direction / (dx * sight.factor)
        self._rows = away @ stack.column_direction / (dy * sight.factor)
        self._positions = stack.positions_mm - stack.positions_mm[0]
        apart = stack.steps_mm - stack.strips_mm[:-1, 1] - stack.strips_mm[1:, 0]
        both = volume.ready[:-1] & volume.ready[1:]
        self._joined = np.append((apart <= _EVEN * stack.step_mm) & both, False)
        rescales = volume.presentation.rescales
        self._slopes = np.array([each.slope for each in rescales])
        self._intercepts = np.array([each.intercept for each in rescales])

    def rows(self, part: slice) -> tuple[Floats, NDArray[np.bool_]]:
        """Return values of some rows of the picture, and where there are any."""
        x, y, along = (
            across + down[part, None]
            for across, down in (self._sight.x, self._sight.y, self._sight.along)
        )
        volume = self._volume
        k = slices_at(volume.stack, along + volume.stack.positions_mm[0])
        here = (k >= 0) & volume.ready[k]
        column, row = np.floor(x - self._columns[k]), np.floor(y - self._rows[k])
        width, height, _ = self._sight.cells
        here &= (column >= 0) & (column < width) & (row >= 0) & (row < height)
        below = np.clip(np.searchsorted(self._positions, along, side="right") - 1, 0, None)
        is_between = (along >= self._positions[0]) & self._joined[below]
        low = np.where(is_between, below, k)
        high = np.where(is_between, np.minimum(below + 1, volume.count - 1), k)
        run = np.where(is_between, self._positions[high] - self._positions[low], 1.0)
        share = np.where(is_between, (along - self._positions[low]) / run, 0.0)
        values, weights = 0.0, 0.0
        for k_side, weight in ((low, 1 - share), (high, share)):
            added, held = self._in_slice(k_side, x, y, weight)
            values, weights = values + added, weights + held
        if volume.padding is not None:
            padding = volume.padding_in(self._stored(k, column, row))
            here &= ~padding if padding is not None else True
        total = np.where(weights > 0, weights, 1.0)
        return np.asarray(values) / (total if np.ndim(values) == 2 else total[..., None]), here

    def _stored(self, k: NDArray[np.intp], column: Floats, row: Floats) -> Pixels:
        """Return the voxels of some slices; those outside are the outermost."""
        _, height, width = self._cells.shape[:3]
        i = np.clip(column, 0, width - 1).astype(np.intp)
        j = np.clip(row, 0, height - 1).astype(np.intp)
        return self._flat.take((k * height + j) * width + i, axis=0, mode="clip")

    def _in_slice(
        self, k: NDArray[np.intp], x: Floats, y: Floats, weight: Floats
    ) -> tuple[Floats, Floats]:
        """Return the weighted values between the pixels of one slice each, and their weights."""
        width, height, _ = self._sight.cells
        column = np.clip(voxel_from_pixel(x - self._columns[k]), 0, width - 1)
        row = np.clip(voxel_from_pixel(y - self._rows[k]), 0, height - 1)
        left, top = np.floor(column), np.floor(row)
        right, down = column - left, row - top
        total, held = np.zeros(1), np.zeros(1)
        for i, part_i in ((0, 1 - right), (1, right)):
            for j, part_j in ((0, 1 - down), (1, down)):
                stored = self._stored(k, left + i, top + j)
                share = weight * part_i * part_j
                padding = self._volume.padding_in(stored)
                if padding is not None:
                    share = share * ~padding
                held = held + share
                values = stored.astype(np.float64)
                if len(self._slopes):
                    values = values * self._slopes[k] + self._intercepts[k]
                total = total + values * (share if values.ndim == 2 else share[..., None])
        return total, held


def _plate(
    volume: Volume, pixels: Pixels, valid: NDArray[np.bool_], numbers: Ints | None, grid: Grid
) -> Plate:
    """Return voxels as a picture: without padding, and in units where slices differ in them.

    Args:
        numbers: the slice of each, where their rescales differ.
    """
    padding = volume.padding_in(pixels)
    if padding is not None:
        valid &= ~padding
    shown = None if valid.all() else valid
    rescales = volume.presentation.rescales
    if numbers is None:
        return Plate(pixels, grid.rect, shown, volume.rescale)
    slopes = np.array([each.slope for each in rescales], np.float32)
    intercepts = np.array([each.intercept for each in rescales], np.float32)
    values = pixels.astype(np.float32) * slopes[numbers] + intercepts[numbers]
    return Plate(values, grid.rect, shown, Rescale(unit=volume.unit))
