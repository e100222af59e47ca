"""Masks on their own pixels: where these lie on the screen, and many masks laid over each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter

from viewer.paint.framing import Affine
from viewer.paint.layers import Layer
from viewer.render.lines import Raster

Cells = NDArray[np.intp]
N = TypeVar("N", np.uint8, np.uint32)
# Of a pixel; which of two a device pixel's middle on their edge belongs to is not left to rounding.
ON_EDGE = 1e-9


@dataclass(frozen=True, eq=False)
class _Way:
    """One axis of a layer, and the way that masks count along it.

    Args:
        first: device pixel that `cells` begins at.
        cells: of each device pixel, its cell.
        begin: the mask pixel of cell 0.
        count: of the cells.
    """

    first: int
    cells: Cells
    begin: int
    count: int

    @property
    def doubled(self) -> Cells:
        """Of each device pixel, 2 c + 1 within a cell, 2 c where cell c begins at its corner."""
        before = np.r_[self.cells[:1], self.cells[:-1]]
        at_edge = before != self.cells
        return np.where(at_edge, 2 * np.maximum(before, self.cells), 2 * self.cells + 1)

    def met(self, start: int, count: int) -> tuple[slice, slice]:
        """Return which cells, and which of `count` pixels from `start` on, are the same."""
        low = max(start, self.begin)
        high = max(min(start + count, self.begin + self.count), low)
        return slice(low - self.begin, high - self.begin), slice(low - start, high - start)


@dataclass(frozen=True, eq=False)
class MaskGrid:
    """The pixels of a plane that masks may cover, as far as a layer shows them.

    Args:
        columns, rows: along x and y of the masks.
        is_turned: x of the masks goes down the layer.
    """

    columns: _Way
    rows: _Way
    is_turned: bool

    @property
    def shape(self) -> tuple[int, int]:
        """Cells, row by row."""
        return self.rows.count, self.columns.count

    @property
    def corner(self) -> tuple[int, int]:
        """Column and row of a layer that its part over the cells begins at."""
        across, down = self._on_layer
        return across.first, down.first

    def on_layer(self, cells: NDArray[N]) -> NDArray[N]:
        """Return what each device pixel of the part shows: the cell that its middle lies in."""
        return self._taken(cells, self.columns.cells, self.rows.cells)

    def lines_on_layer(self, doubled: Layer) -> Layer:
        """Return the device pixels of lines between cells.

        Args:
            doubled: (2 rows, 2 columns); of odd rows and columns the cells, else what lies
                before them.
        """
        return self._taken(doubled, self.columns.doubled, self.rows.doubled)

    def part_of(self, raster: Raster) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """Return the cells that a mask with its margin covers, and what of it covers them."""
        height, width = raster.padded.shape
        across, from_x = self.columns.met(raster.mask.x - 1, width)
        down, from_y = self.rows.met(raster.mask.y - 1, height)
        return (down, across), (from_y, from_x)

    @property
    def _on_layer(self) -> tuple[_Way, _Way]:
        return (self.rows, self.columns) if self.is_turned else (self.columns, self.rows)

    def _taken(self, cells: NDArray[N], columns: Cells, rows: Cells) -> NDArray[N]:
        shown = cells.take(columns, axis=1).take(rows, axis=0)  # the other way takes thrice as long
        return np.ascontiguousarray(shown.T) if self.is_turned else shown


def grid_of(rasters: Sequence[Raster], affine: Affine, shape: tuple[int, ...]) -> MaskGrid | None:
    """Return where masks lie on a layer; None beside it, or for empty masks.

    Args:
        rasters: at least one; all with pixels of one size.
        affine: (2, 3) device pixels from plane mm; along the axes.
        shape: rows and columns of the layer.
    """
    is_turned = abs(affine[0, 1]) > abs(affine[0, 0])
    pixel_mm, masks = rasters[0].pixel_mm, [raster.mask for raster in rasters]
    x = min(mask.x for mask in masks), max(mask.x + mask.width for mask in masks)
    y = min(mask.y for mask in masks), max(mask.y + mask.height for mask in masks)
    columns = _way(x, affine[int(is_turned), [0, 2]], pixel_mm[0], shape[int(not is_turned)])
    rows = _way(y, affine[int(not is_turned), [1, 2]], pixel_mm[1], shape[int(is_turned)])
    return None if columns is None or rows is None else MaskGrid(columns, rows, is_turned)


def _way(extent: tuple[int, int], scaled: Affine, pixel_mm: float, most: int) -> _Way | None:
    """Return how pixels from `extent[0]` to `extent[1]`, and one beside each, lie on an axis."""
    scale, origin = float(scaled[0]) * pixel_mm, float(scaled[1])
    low, high = sorted(origin + scale * end for end in extent)
    first, last = max(int(low) - 2, 0), min(int(high) + 2, most)
    if first >= last:
        return None
    middles = np.arange(first, last) + 0.5
    at = np.floor((middles - origin) / scale + ON_EDGE)
    at = np.clip(at, extent[0] - 1, extent[1]).astype(np.intp)
    begin = int(at.min())
    return _Way(first, at - begin, begin, int(at.max()) - begin + 1)


def filled(grid: MaskGrid, masks: Iterable[tuple[Raster, int]]) -> NDArray[np.uint32]:
    """Return masks in translucent colours, one over the other, on the part of a layer.

    Args:
        masks: each with its colour as premultiplied ARGB.
    """
    pixels = np.zeros(grid.shape, dtype=np.uint32)
    canvas = image_of(pixels)
    with QPainter(canvas) as painter:
        for raster, color in masks:
            cells, own = grid.part_of(raster)
            inside = raster.padded[own] * np.uint32(color)
            painter.drawImage(QPoint(cells[1].start, cells[0].start), image_of(inside))
    return grid.on_layer(pixels)


def outlined(grid: MaskGrid, masks: Iterable[tuple[Raster, int]]) -> Layer:
    """Return the hairlines along the pixel edges of masks, on the part of a layer.

    Where device pixels are larger than the masks', lines between two of their middles get lost.

    Args:
        masks: each with the value of its line; later ones lie above.
    """
    upright, level, corners = (np.zeros(grid.shape, dtype=np.uint8) for _ in range(3))
    for raster, value in masks:
        cells, own = grid.part_of(raster)
        lines = _lines_of(raster.padded, value)
        for layer, line in zip((upright, level, corners), lines, strict=True):
            cv2.copyTo(line[own], line[own], layer[cells])
    doubled = np.zeros((2 * grid.shape[0], 2 * grid.shape[1]), dtype=np.uint8)
    doubled[1::2, ::2], doubled[::2, 1::2], doubled[::2, ::2] = upright, level, corners
    return grid.lines_on_layer(doubled)


def _lines_of(padded: Layer, value: int) -> tuple[Layer, Layer, Layer]:
    """Return a value where a mask's line runs left of a pixel, above it, and at their corner.

    Counted through row by row: all around a mask is clear, so that rows do not touch.
    """
    width = padded.shape[1]
    cells = padded.ravel() * np.uint8(value)
    upright, level = np.zeros_like(cells), np.zeros_like(cells)
    np.bitwise_xor(cells[1:], cells[:-1], out=upright[1:])
    np.bitwise_xor(cells[width:], cells[:-width], out=level[width:])
    corners = upright | level
    corners[width:] |= upright[:-width]
    corners[1:] |= level[:-1]
    shape = padded.shape
    return upright.reshape(shape), level.reshape(shape), corners.reshape(shape)


def image_of(pixels: NDArray[np.uint32], ratio: float = 1.0) -> QImage:
    """Return (h, w) premultiplied ARGB as an image that looks at them, so they must stay."""
    height, width = pixels.shape
    layout = QImage.Format.Format_ARGB32_Premultiplied
    image = QImage(pixels.data, width, height, width * 4, layout)
    if ratio != 1.0:
        image.setDevicePixelRatio(ratio)
    return image
