"""Where in the document each raw value of the fast parser stands."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def address(buffer: bytes | memoryview | msgspec.Raw) -> int:
    """Return where a buffer's first byte lies in memory."""
    return int(np.frombuffer(buffer, np.uint8).__array_interface__["data"][0])


def spans_of(data: bytes | memoryview, raws: Sequence[msgspec.Raw]) -> tuple[Ints, Ints]:
    """Return (starts, ends) of raw values of `data`, in the order given.

    A Raw of msgspec is a view into the bytes it was decoded from, so the distance of the two
    buffers is its place.
    """
    lengths = np.fromiter(map(len, map(memoryview, raws)), np.int64, len(raws))
    starts = _chained(data, address(raws[0]) - address(data), lengths) if raws else lengths
    if starts is None:
        base = address(data)
        starts = np.fromiter((address(raw) - base for raw in raws), np.int64, len(raws))
    return starts, starts + lengths


def _chained(data: bytes | memoryview, first: int, lengths: Ints) -> Ints | None:
    """Return the starts of values that follow each other at the same distance, None if they do not.

    Between two elements of a list is white space with one comma; when the bytes of every gap are
    those of the first gap, and no value begins with white space, each start follows from the one
    before it. One look at the bytes proves it for all.
    """
    if len(lengths) < 2:
        return np.full(len(lengths), first, dtype=np.int64)
    view = np.frombuffer(data, np.uint8)
    end = first + int(lengths[0])
    gap = bytes(view[end : end + 256])
    width = len(gap) - len(gap.lstrip(b", \t\r\n"))
    steps = lengths + width
    starts = first + np.concatenate(([0], np.cumsum(steps[:-1])))
    ends = starts + lengths
    if gap[:width].count(b",") != 1 or int(ends[-1]) > len(view):
        return None
    opened = (view[starts] == ord("{")).all()
    same = all((view[ends[:-1] + at] == gap[at]).all() for at in range(width))
    return starts if opened and same else None
