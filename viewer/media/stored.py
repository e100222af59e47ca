"""Stored values out of pixel cells: shifted, masked and sign extended (PS3.5 8.1.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.media.volume import PixelFormat


def stored_values(cells: NDArray[Any], form: PixelFormat) -> None:
    """Turn pixel cells into stored values, in place.

    Bits outside Bits Stored (overlays, padding of the cell) are cleared, negative values are
    extended over the whole cell.

    Args:
        cells: integers of Bits Allocated bits, signed as Pixel Representation says.
    """
    unused = form.bits_allocated - form.bits_stored
    if unused <= 0 or form.kind == "f" or cells.dtype.kind == "f":
        return
    above = form.bits_allocated - 1 - form.high_bit
    if form.is_signed:
        np.left_shift(cells, above, out=cells)
        np.right_shift(cells, unused, out=cells)  # arithmetic: keeps the sign
        return
    if above != unused:
        np.right_shift(cells, unused - above, out=cells)
    np.bitwise_and(cells, np.array((1 << form.bits_stored) - 1, cells.dtype), out=cells)


def stored_value(cell: int, form: PixelFormat) -> int:
    """One cell's stored value, such as the padding value's."""
    kind = "i" if form.is_signed else "u"
    size = max(8, form.bits_allocated)
    unsigned = np.array([cell & ((1 << size) - 1)], f"u{size // 8}")
    cells = unsigned.view(f"{kind}{size // 8}")
    stored_values(cells, form)
    return int(cells[0])


def bits(raw: bytes, first: int, count: int) -> NDArray[np.uint8]:
    """`count` values of one bit each from bit `first`; the lowest bit of a byte comes first."""
    packed = np.frombuffer(raw, np.uint8)
    return np.unpackbits(packed, bitorder="little")[first : first + count]
