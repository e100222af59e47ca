"""Colour spaces of DICOM as RGB of 8 bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotDecode
from viewer.media.instance import HALF_WIDTH, Instance, PixelFormat

RGB = NDArray[np.uint8]  # (rows, columns, 3)

_RGB_OF_YBR = np.array(
    [[1.0, 1.0, 1.0], [0.0, -0.114 * 1.772 / 0.587, 1.772], [1.402, -0.299 * 1.402 / 0.587, 0.0]],
    np.float32,
)  # PS3.3 C.7.6.3.1.2, rows Y, CB, CR


_PARTIAL_GAIN = np.array([255 / 219, 255 / 224, 255 / 224], np.float32)  # PS3.3 C.7.6.3.1.2
_PARTIAL_ZERO = np.array([16.0, 128.0, 128.0], np.float32)


def native_colour(raw: bytes, instance: Instance) -> RGB:
    """RGB of one uncompressed colour frame.

    Raises:
        CannotDecode: half-width colours of a picture whose pixels make no pairs.
    """
    form = instance.format
    rows, columns = instance.rows, instance.columns
    cells = np.frombuffer(raw, f"{form.byte_order}u{form.bits_allocated // 8}")
    if form.photometric in HALF_WIDTH:
        if columns % 2:
            raise CannotDecode(
                f"{instance.file.name}: {form.photometric} needs an even number of columns, not"
                f" {columns}; export the file again."
            )
        samples = full_of_half_width(cells, rows, columns)
    elif form.is_planar:
        samples = cells.reshape(3, rows, columns).transpose(1, 2, 0)
    else:
        samples = cells.reshape(rows, columns, 3)
    return rgb_of(samples, form)


def rgb_of(samples: NDArray[Any], form: PixelFormat) -> RGB:
    """RGB of (rows, columns, 3) samples in the frame's own colour space."""
    if form.bits_stored > 8:
        samples = samples >> (form.bits_stored - 8)
    samples = samples.astype(np.uint8, copy=False)
    if form.photometric.startswith("YBR_FULL"):
        return rgb_of_ybr(samples)
    if form.photometric.startswith("YBR_PARTIAL"):
        return rgb_of_partial_ybr(samples)
    return np.ascontiguousarray(samples)


def rgb_of_ybr(samples: NDArray[np.uint8]) -> RGB:
    """RGB of full range YBR (PS3.3 C.7.6.3.1.2), rounded to the nearest."""
    centred = samples.astype(np.float32)
    centred[..., 1:] -= 128
    return _rounded(centred @ _RGB_OF_YBR)


def rgb_of_partial_ybr(samples: NDArray[np.uint8]) -> RGB:
    """RGB of YBR with black at 16 and white at 235 (PS3.3 C.7.6.3.1.2, CCIR 601-2)."""
    centred = (samples.astype(np.float32) - _PARTIAL_ZERO) * _PARTIAL_GAIN
    return _rounded(centred @ _RGB_OF_YBR)


def _rounded(values: NDArray[Any]) -> RGB:
    return np.clip(np.floor(values + 0.5), 0, 255).astype(np.uint8)


def full_of_half_width(cells: NDArray[Any], rows: int, columns: int) -> NDArray[Any]:
    """YBR (rows, columns, 3) of every pixel, from pairs of pixels stored as Y Y CB CR."""
    quads = cells.reshape(-1, 4)
    full = np.empty((len(quads), 2, 3), cells.dtype)
    full[:, :, 0] = quads[:, :2]
    full[:, :, 1] = quads[:, 2:3]
    full[:, :, 2] = quads[:, 3:4]
    return full.reshape(rows, columns, 3)
