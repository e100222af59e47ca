"""Which frames an object is on: those stored, those between, and the stretches they belong to.

`segments` of a label lists, by feature id, the first and last frame of each stretch in which the
object is there; `key_frame_feature_map` which frames were drawn, as flags by frame or as a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.formats.json_tools import BadJson, Bytes, is_list, is_object, value_of
from viewer.formats.problems import FAST_REFUSES
from viewer.model.table import BETWEEN, DERIVED, KEY, Ints

Range = tuple[int, int]  # first and last frame, as the file counts
LARGEST = 2**31 - 1
_FLAGS = msgspec.json.Decoder(dict[str, dict[str, bool]])


@dataclass(frozen=True, eq=False)
class Stretches:
    """The frames of one object, rising, as the file counts them.

    Args:
        frames: (n,) frame numbers.
        stored: (n,) place of each frame's record among those given, -1 for a derived one.
        roles: (n,) KEY, BETWEEN or DERIVED.
        runs: (n,) number of the stretch.
    """

    frames: Ints
    stored: Ints
    roles: NDArray[np.int8]
    runs: NDArray[np.int32]


def stretches_of(
    frames: Sequence[int] | Ints,
    ranges: Sequence[Range] | None,
    keys: frozenset[int] | None,
    last: int,
) -> Stretches:
    """Return the frames of an object that follow from what is stored.

    Args:
        frames: of the stored records, each once.
        ranges: its segments; None where the file says nothing of it.
        keys: frames that were drawn; None where all were.
        last: no derived frame is beyond this one, nor is any derived when it is negative.
    """
    order = np.argsort(np.array(frames, dtype=np.int64), kind="stable")
    stored = np.array(frames, dtype=np.int64)[order]
    drawn = np.ones(len(stored), np.bool_) if keys is None else np.isin(stored, list(keys))
    roles = np.where(drawn, KEY, BETWEEN).astype(np.int8)
    spans = sorted(ranges or ())
    gaps = _derived(stored[drawn], stored, spans, last)
    if not len(gaps):
        return Stretches(stored, order, roles, _runs(stored, spans))
    every = np.concatenate((stored, gaps))
    by_frame = np.argsort(every, kind="stable")
    places = np.concatenate((order, np.full(len(gaps), -1)))[by_frame]
    all_roles = np.concatenate((roles, np.full(len(gaps), DERIVED, np.int8)))[by_frame]
    return Stretches(every[by_frame], places, all_roles, _runs(every[by_frame], spans))


def _derived(keys: Ints, stored: Ints, spans: Sequence[Range], last: int) -> Ints:
    """Return the frames inside stretches that are not stored, from each one's first key on."""
    found = list[Ints]()
    reached = -1
    for first, end in spans:
        at = int(np.searchsorted(keys, max(first, reached + 1)))
        end = min(end, last)
        if at < len(keys) and keys[at] <= end:
            found.append(np.arange(int(keys[at]), end + 1, dtype=np.int64))
        reached = max(reached, end)
    if not found:
        return np.empty(0, dtype=np.int64)
    return np.setdiff1d(np.concatenate(found), stored, assume_unique=True)


def _runs(frames: Ints, spans: Sequence[Range]) -> NDArray[np.int32]:
    """Return the number of the stretch of each frame; those outside of all form one more."""
    if not spans:
        return np.zeros(len(frames), dtype=np.int32)
    firsts, lasts = np.array(spans, dtype=np.int64).T
    at = np.searchsorted(firsts, frames, side="right") - 1
    inside = (at >= 0) & (frames <= lasts[at])
    return np.where(inside, at, len(spans)).astype(np.int32)


def missing_count(first: int, ranges: Iterable[Range], last: int) -> int:
    """Return at most how many frames from `first` on there are, without making a list of them."""
    return sum(max(0, min(b, last) - max(a, first) + 1) for a, b in ranges)


def ranges_of(value: object) -> tuple[list[Range], bool]:
    """Return the stretches of an object, and whether everything in `value` was one."""
    if not is_list(value):
        return [], False
    found = [pair for pair in map(_range, value) if pair is not None]
    return found, len(found) == len(value)


def _range(value: object) -> Range | None:
    if not is_list(value) or len(value) != 2:
        return None
    first, last = (frame_number(number) for number in value)
    return None if first is None or last is None or last < first else (first, last)


def keys_of(value: object) -> tuple[frozenset[int] | None, bool]:
    """Return the frames that were drawn, None for all, and whether `value` could be read.

    Both spellings are taken: {"13": true, "18": false} and [13, 19]. An empty list, or flags that
    are all false, say that none was; an object without flags says nothing.
    """
    if is_object(value):
        numbers = frames_of_keys(tuple(value))
        flags = list(value.values())
        if numbers is not None and set(map(type, flags)) <= {bool}:
            return (frozenset(compress(numbers, flags)) if flags else None), True
        named = [(frame_of_key(key), flag) for key, flag in value.items()]
        found = {frame for frame, flag in named if frame is not None and flag is True}
        good = all(frame is not None and isinstance(flag, bool) for frame, flag in named)
    elif is_list(value):
        numbers = [frame_number(number) for number in value]
        found = {number for number in numbers if number is not None}
        good = len(found) == len(value)
    else:
        return None, False
    return (frozenset(found) if found or (good and value != {}) else None), good


def frame_number(value: object) -> int | None:
    """Return a frame number of a file; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        return None
    return value


@lru_cache(maxsize=2**16)
def frame_of_key(key: str) -> int | None:
    """Return the frame number that a key of `frames` spells; None for what is none."""
    if not (key.isascii() and key.isdecimal() and len(key) <= 10):
        return None
    return frame_number(int(key))


@lru_cache(maxsize=4)
def frames_of_keys(keys: tuple[str, ...]) -> tuple[int, ...] | None:
    """Return the frame numbers that keys spell, in their order; None unless each is plain.

    A plain key is spelled as its number is printed, so that different keys are different frames.
    """
    text = "".join(keys)
    if not (text.isascii() and text.isdecimal() and len(min(keys, key=len)) > 0):
        return () if not keys else None
    if max(map(len, keys)) > len(str(LARGEST)):
        return None
    numbers = tuple(map(int, keys))
    is_plain = tuple(map(str, numbers)) == keys and max(numbers) <= LARGEST
    return numbers if is_plain else None


def key_frames_of(data: Bytes) -> Mapping[str, object]:
    """Return a key-frame map by feature id; of a value that is no object, nothing."""
    try:
        return _FLAGS.decode(data)
    except FAST_REFUSES:
        return plain_object(data) or {}


def plain_object(data: Bytes) -> dict[str, object] | None:
    """Return the object of a raw value; None for anything else."""
    try:
        value = value_of(bytes(data))
    except BadJson:
        return None
    return value if is_object(value) else None
