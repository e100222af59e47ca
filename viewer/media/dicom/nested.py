"""Items and elements inside sequences that a header kept as they stand, in any encoding."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from viewer.media.dicom.bounds import EndlessHeaderError
from viewer.media.dicom.walker import (
    ITEM,
    ITEM_END,
    SEQUENCE_END,
    UNDEFINED,
    Encoding,
    NeedMoreError,
    UnwalkableError,
    skip_sequence,
)

# What damaged bytes raise here.
BROKEN = (NeedMoreError, UnwalkableError, EndlessHeaderError, struct.error)
_ELEMENTS_LIMIT = 100_000  # of one item
_ITEMS_LIMIT = 500_000  # of one sequence


def items_in(data: bytes, start: int, end: int, encoding: Encoding) -> Iterator[tuple[int, int]]:
    """Yield where the elements of each item of a sequence begin and end.

    Args:
        data: holds the items from `start` to `end`; a delimiter ends the sequence before.

    Raises:
        UnwalkableError, NeedMoreError, struct.error: damaged.
        EndlessHeaderError: more items than any sequence has.

    Source: DICOM PS3.5 7.5.
    """
    at = start
    for _number in range(_ITEMS_LIMIT):
        if at + 8 > end:
            return
        tag, length = encoding.pair(data, at)
        at += 8
        if tag == SEQUENCE_END:
            return
        if tag != ITEM:
            raise UnwalkableError("a sequence holds something that is no item")
        stop = _item_end(data, at, encoding) if length == UNDEFINED else at + length
        if stop > end:
            raise NeedMoreError
        yield at, stop
        at = stop + 8 if length == UNDEFINED else stop
    raise EndlessHeaderError


def elements_in(
    data: bytes, start: int, end: int, encoding: Encoding
) -> Iterator[tuple[int, int, int]]:
    """Yield tag, begin and end of the value of each element of one item.

    Raises:
        UnwalkableError, NeedMoreError, struct.error: damaged.
        EndlessHeaderError: more elements than any item has.
    """
    at = start
    element = encoding.element
    for _number in range(_ELEMENTS_LIMIT):
        if at >= end:
            return
        tag, length, begin = element(data, at)
        at = skip_sequence(data, begin, encoding) if length == UNDEFINED else begin + length
        if at > end:
            raise NeedMoreError
        yield tag, begin, at
    raise EndlessHeaderError


def _item_end(data: bytes, at: int, encoding: Encoding) -> int:
    """Return where the delimiter of an item of undefined length begins."""
    while encoding.pair(data, at)[0] != ITEM_END:
        _tag, length, at = encoding.element(data, at)
        at = skip_sequence(data, at, encoding) if length == UNDEFINED else at + length
    return at
