"""Masks of one slice as run-lengths inside their bounding box."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.errors import GeometryError

Runs = NDArray[np.int32]
Bitmap = NDArray[np.bool_]


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
