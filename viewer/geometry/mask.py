"""Masks of one slice as run-lengths inside their bounding box."""

from __future__ import annotations

from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.errors import GeometryError

Runs = NDArray[np.int32]
Bitmap = NDArray[np.bool_]  # (height, width)
Segments = NDArray[np.float64]  # (n, 4) x0, y0, x1, y1
Spans = NDArray[np.int64]  # (n, 2) [from, to)


class Mask(msgspec.Struct, frozen=True, tag=True, eq=False, dict=True):
    """Pixels of one slice, row by row, inside a bounding box.

    Pixel (column, row) is index, not corner: in pixel space the mask covers the squares
    [column, column + 1) x [row, row + 1).

    Args:
        x, y: column and row of the box's first pixel.
        width, height: size of the box in pixels; 0 x 0 for an empty mask.
        runs: alternating lengths of clear and set pixels in row-major order, beginning with
            clear; they sum to width * height.

    Raises:
        GeometryError: the runs do not fill the box, or a length is negative.
    """

    x: int
    y: int
    width: int
    height: int
    runs: Runs

    def __post_init__(self) -> None:
        runs = np.array(self.runs, dtype=np.int32)
        if runs.ndim != 1 or (runs < 0).any() or self.width < 0 or self.height < 0:
            raise GeometryError("run-lengths must be a list of counts that are not negative")
        if int(runs.sum(dtype=np.int64)) != self.width * self.height:
            raise GeometryError(
                f"run-lengths cover {int(runs.sum(dtype=np.int64))} pixels, "
                f"the box {self.width} x {self.height} has {self.width * self.height}"
            )
        runs.flags.writeable = False
        msgspec.structs.force_setattr(self, "runs", runs)

    @staticmethod
    def from_array(bitmap: Bitmap, x: int = 0, y: int = 0) -> Mask:
        """Return the mask of the set pixels of a (height, width) bitmap, cropped to them.

        Args:
            bitmap: its first pixel is column `x` and row `y` of the slice.
            x: column of the bitmap's first pixel.
            y: row of the bitmap's first pixel.
        """
        rows = np.flatnonzero(bitmap.any(axis=1))
        if not len(rows):
            return EMPTY
        top, bottom = int(rows[0]), int(rows[-1]) + 1
        columns = np.flatnonzero(bitmap[top:bottom].any(axis=0))
        left, right = int(columns[0]), int(columns[-1]) + 1
        flat = bitmap[top:bottom, left:right].astype(np.bool_, copy=False).ravel()
        turns = np.flatnonzero(flat[1:] != flat[:-1]) + 1
        ends = np.concatenate([[0] * (1 + bool(flat[0])), turns, [flat.size]])
        return Mask(x + left, y + top, right - left, bottom - top, np.diff(ends).astype(np.int32))

    def to_array(self) -> Bitmap:
        """Return the (height, width) bitmap of the box."""
        values = np.arange(len(self.runs)) % 2 == 1
        return np.repeat(values, self.runs).reshape(self.height, self.width)

    @property
    def area(self) -> int:
        """Number of set pixels."""
        return int(self.runs[1::2].sum(dtype=np.int64))

    @cached_property
    def _run_ends(self) -> NDArray[np.int64]:
        return np.cumsum(self.runs, dtype=np.int64)

    def _are_set(self, flat: NDArray[np.int64]) -> Bitmap:
        """Whether pixels, counted row by row in the box, are set."""
        return np.searchsorted(self._run_ends, flat, side="right") % 2 == 1

    def column_spans(self, column: int) -> Spans:
        """Return (n, 2) rows [from, to) of the set pixels in a column of the slice."""
        if not 0 <= column - self.x < self.width:
            return np.empty((0, 2), dtype=np.int64)
        cells = np.arange(self.height, dtype=np.int64) * self.width + (column - self.x)
        return _spans(self._are_set(cells)) + self.y

    def row_spans(self, row: int) -> Spans:
        """Return (n, 2) columns [from, to) of the set pixels in a row of the slice."""
        if not 0 <= row - self.y < self.height:
            return np.empty((0, 2), dtype=np.int64)
        cells = np.arange(self.width, dtype=np.int64) + (row - self.y) * self.width
        return _spans(self._are_set(cells)) + self.x

    def edges(self) -> Segments:
        """Return the outline along the pixel edges, in pixel space.

        Each segment is as long as the outline goes straight; holes are outlined as well.
        """
        bitmap = np.pad(self.to_array(), 1)
        level = _runs_of_lines(bitmap[1:] != bitmap[:-1])
        upright = _runs_of_lines((bitmap[:, 1:] != bitmap[:, :-1]).T)
        across = np.stack([level[:, 1], level[:, 0], level[:, 2], level[:, 0]], axis=1)
        down = np.stack([upright[:, 0], upright[:, 1], upright[:, 0], upright[:, 2]], axis=1)
        # Padding moved everything by one pixel; the lines lie behind it again.
        return np.concatenate([across - (1, 0, 1, 0), down - (0, 1, 0, 1)]) + np.array(
            [self.x, self.y, self.x, self.y], dtype=np.float64
        )


def _spans(cells: Bitmap) -> Spans:
    """(n, 2) intervals [from, to) in which a row of cells is set."""
    padded = np.concatenate([[False], cells, [False]])
    return np.flatnonzero(padded[1:] != padded[:-1]).reshape(-1, 2)


def _runs_of_lines(lines: Bitmap) -> Spans:
    """(n, 3) line, from, to: where each row of `lines`, whose ends are clear, is set."""
    width = lines.shape[1]
    flat = lines.ravel()
    ends = (np.flatnonzero(flat[1:] != flat[:-1]) + 1).reshape(-1, 2)
    line = ends[:, :1] // width
    return np.concatenate([line, ends - line * width], axis=1)


EMPTY = Mask(0, 0, 0, 0, np.zeros(0, dtype=np.int32))
