"""Masks spelled as a full grid of 0 and 1, read without a look at each number."""

from __future__ import annotations

import re

import numpy as np

from viewer.geometry.mask import Bitmap

_OPENING = re.compile(rb'\s*\{\s*"mask"\s*:\s*\[\s*\[')
_ENDING = b"]]}"
_BETWEEN = np.frombuffer(b"],[", dtype=np.uint8)
_ZERO, _ONE, _COMMA = b"01,"
_BLANKS = b" \t\r\n"


def grid_of(data: bytes) -> Bitmap | None:
    """Return the (height, width) bitmap of `{"mask": [[0, 1, ...], ...]}`.

    None for everything else, also for grids of other numbers or with rows of unequal length. A
    grid that is taken is read as any JSON reader reads it: each byte is checked to be where it
    belongs, and two digits in a row are not taken, so that leaving out blanks joins no numbers.
    """
    opening = _OPENING.match(data)
    if opening is None:
        return None
    body = data[opening.end() :].translate(None, _BLANKS)
    first = body.find(b"]")
    if first < 1 or not body.endswith(_ENDING):
        return None
    values = np.frombuffer(body[: -len(_ENDING)] + bytes(_BETWEEN), dtype=np.uint8)
    line = first + len(_BETWEEN)  # bytes of a row and of what parts it from the next
    if first % 2 == 0 or len(values) % line:
        return None
    rows = values.reshape(-1, line)
    digits, commas = rows[:, 0:first:2], rows[:, 1:first:2]
    ones = digits == _ONE
    is_grid = bool(
        (ones | (digits == _ZERO)).all()
        and (commas == _COMMA).all()
        and (rows[:, first:] == _BETWEEN).all()
    )
    return ones if is_grid else None
