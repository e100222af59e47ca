"""Stored values out of pixel cells: shifted, masked and sign extended (PS3.5 8.1.1)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.media.instance import Instance, PixelFormat


def stored_values(cells: NDArray[Any], form: PixelFormat) -> None:
    """Turn pixel cells into stored values, in place.

    Bits outside Bits Stored (overlays, padding of the cell) are cleared, negative values are
    extended over the whole cell.

    Args:
        cells: integers of Bits Allocated bits, signed as Pixel Representation says.
        form: which bits of a cell hold the value.
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


def too_short(instance: Instance, number: int) -> str:
    """A sentence for a file that ends before frame `number` of its pixels does."""
    need = (instance.frame_bits + 7) // 8
    which = f"frame {number + 1} of its pixel data" if number else "its pixel data"
    return (
        f"{instance.file.name}: {which} is shorter than the {need} bytes that"
        f" {instance.columns} x {instance.rows} pixels need; export the file again."
    )
