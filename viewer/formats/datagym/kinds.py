"""What kind of geometry many values hold, and which hold nested ones, told by their bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.formats.datagym.records import NULL, ByKey, Raws, elements_in, is_odd, members_in
from viewer.formats.datagym.shapes import OLD_KEY, TYPES, geometry_in
from viewer.formats.json_tools import BadJson, Bytes, is_object, value_of
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.values import shown_text
from viewer.model.table import Ints

NESTED = "nested_geometries"
NO_OBJECT, NO_GEOMETRY = "no object", "no geometry"
_LONGEST_GAP = 200
_WORD = 8  # bytes of a first key, with its quote, that tell it from all others
_MOST_WORDS = 1_000
_LOOKED_AT = 1_000
_SPELLED = re.compile(rb'"nested_geometries"')
_EMPTY = re.compile(rb'"nested_geometries"\s*:\s*\{\s*\}\s*\}\Z')
_NESTED = msgspec.json.Decoder(dict[str, Raws])


class _Nested(msgspec.Struct):
    nested_geometries: msgspec.Raw | None = None


_VALUE = msgspec.json.Decoder(_Nested)
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


def names_of(data: Bytes, starts: Ints, raws: Raws) -> list[str]:
    """Return what the geometry of each value is called; OLD_KEY where that does not tell.

    Values that begin with the same bytes have the same first key, which is looked up once.

    Args:
        starts: of the values in `data`.
        raws: the values.
    """
    if not raws:
        return []
    gap = bytes(memoryview(raws[0])[:_LONGEST_GAP]).find(b'"')
    heads = _windows(data, starts, gap + _WORD) if gap > 0 else None
    if heads is None or not (heads[:, :gap] == heads[0, :gap]).all():
        return [_name_of(raw) for raw in raws]
    words = np.ascontiguousarray(heads[:, gap:]).view(np.uint64).ravel()
    _, firsts, numbers = np.unique(words, return_index=True, return_inverse=True)
    if len(firsts) > _MOST_WORDS:
        return [_name_of(raw) for raw in raws]
    places: list[int] = firsts.tolist()
    named = [_name_of(raws[at]) for at in places]
    odd = [at for at, name in enumerate(named) if name not in TYPES]
    found: list[str] = np.array(named, dtype=object)[numbers.ravel()].tolist()
    others: list[int] = np.flatnonzero(np.isin(numbers.ravel(), odd)).tolist()
    for at in others:
        found[at] = _name_of(raws[at])
    return found


def _windows(data: Bytes, starts: Ints, width: int) -> NDArray[np.uint8] | None:
    """Return (n, width) the bytes from each start on; None where the file ends before."""
    every = np.frombuffer(data, np.uint8)
    if len(every) < width or int(starts.max()) > len(every) - width or int(starts.min()) < 0:
        return None
    return np.lib.stride_tricks.sliding_window_view(every, width)[starts]


def _name_of(raw: msgspec.Raw) -> str:
    members = _members(raw)
    if members is None:
        return NO_OBJECT
    name = next((name for name in TYPES if name in members), "")
    return name or (OLD_KEY if OLD_KEY in members else NO_GEOMETRY)


def _members(raw: msgspec.Raw) -> ByKey | None:
    try:
        return _OBJECT.decode(raw)
    except FAST_REFUSES:
        is_open = bytes(memoryview(raw)[:1]) == b"{"
        return members_in(raw) if is_open else None


def type_of_old(raw: msgspec.Raw, types: Sequence[str]) -> str:
    """Return the type of a value of the old generation."""
    try:
        record = value_of(bytes(raw))
    except BadJson:
        return NO_GEOMETRY
    found = geometry_in(record, types) if is_object(record) else None
    return found[0] if found else NO_GEOMETRY


def nested_in(data: Bytes, ends: Ints, raws: Raws, odd: list[str]) -> dict[int, dict[str, Raws]]:
    """Return the nested values of those that have some, by class, by the number of the value.

    Most have an empty object at their end, spelled in the same bytes.

    Args:
        ends: of the values in `data`.
        raws: the values.
        odd: gets the name of each class of which something else than a list stands there.
    """
    if _SPELLED.search(data) is None:
        return {}
    tails = (_EMPTY.search(bytes(raw)) for raw in raws[:_LOOKED_AT])
    empty = next((tail.group() for tail in tails if tail), b"")
    asked = np.arange(len(raws))
    ending = _windows(data, ends - len(empty), len(empty)) if empty else None
    if ending is not None:
        asked = np.flatnonzero((ending != np.frombuffer(empty, np.uint8)).any(axis=1))
    found = {number: _nested_of(raws[number], odd) for number in asked.tolist()}
    return {number: inside for number, inside in found.items() if inside}


def _nested_of(raw: msgspec.Raw, odd: list[str]) -> dict[str, Raws]:
    """Return the nested values of a value by class; of a damaged one as far as they go."""
    try:
        held = _VALUE.decode(raw).nested_geometries
    except FAST_REFUSES:
        held = members_in(raw).get(NESTED)
    if held is None or bytes(memoryview(held)[:1]) != b"{":
        odd += [NESTED] if held is not None and bytes(held) != NULL else []
        return {}
    try:
        found = _NESTED.decode(held)
    except FAST_REFUSES:
        inside = members_in(held)
        odd += [shown_text(key) for key, one in inside.items() if is_odd(one)]
        found = {key: elements_in(one) for key, one in inside.items()}
    return {key: raws for key, raws in found.items() if raws}
