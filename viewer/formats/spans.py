"""Where in the document each raw value of the fast parser stands."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache

import msgspec
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_WORD = 8
_FEW = 32  # raw values that are asked one by one


def address(buffer: bytes | memoryview | msgspec.Raw) -> int:
    """Return where a buffer's first byte lies in memory."""
    return int(np.frombuffer(buffer, np.uint8).__array_interface__["data"][0])


def spans_of(data: bytes | memoryview, raws: Sequence[msgspec.Raw]) -> tuple[Ints, Ints]:
    """Return (starts, ends) of raw values of `data`, in the order given.

    A Raw of msgspec is a view into the bytes it was decoded from, so the distance of the two
    buffers is its place.
    """
    word = _word_of_address()
    if word is None or len(raws) < _FEW:
        return _one_by_one(data, raws)
    starts, lengths = _words(raws, word)
    starts -= address(data)
    return starts, starts + lengths


def _one_by_one(data: bytes | memoryview, raws: Sequence[msgspec.Raw]) -> tuple[Ints, Ints]:
    base = address(data)
    starts = np.fromiter((address(raw) - base for raw in raws), np.int64, len(raws))
    lengths = np.fromiter(map(len, map(memoryview, raws)), np.int64, len(raws))
    return starts, starts + lengths


def _words(raws: Sequence[msgspec.Raw], word: int) -> tuple[Ints, Ints]:
    """Return the words number `word` and the next of each object, without a call per object."""
    places = np.fromiter(map(id, raws), np.int64, len(raws))
    first = int(places.min())
    places -= first
    places //= _WORD
    count = int(places.max()) + msgspec.Raw.__basicsize__ // _WORD
    memory = np.frombuffer(memoryview((ctypes.c_int64 * count).from_address(first)), np.int64)
    return memory[places + word], memory[places + (word + 1)]


@cache
def _word_of_address() -> int | None:
    """Return which word of a Raw holds its address, the next its length; None if none is found.

    Values of different lengths at known addresses tell it; only words of the objects themselves
    are looked at.
    """
    data = b"[%s]" % b",".join(b"1" * length for length in range(1, 10))
    raws = msgspec.json.decode(data, type=list[msgspec.Raw])
    if ctypes.sizeof(ctypes.c_void_p) != _WORD or any(id(raw) % _WORD for raw in raws):
        return None
    starts, ends = _one_by_one(data, raws)
    places, sizes = starts + address(data), ends - starts
    for word in range(msgspec.Raw.__basicsize__ // _WORD - 1):
        found, lengths = _words(raws, word)
        if (found == places).all() and (lengths == sizes).all():
            return word
    return None
