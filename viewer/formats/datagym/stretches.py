"""Objects of a video task: on which frames each is seen, and on which it was drawn.

`frames` lists every frame on which an object is visible, `object` only its key frames.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.formats.datagym.records import ByKey, elements_in, members_in
from viewer.formats.json_tools import BadJson, is_object, value_of
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.values import shown_text
from viewer.model.table import DERIVED, KEY, Ints

VISIBLE = "visibleObjectId"
_LARGEST = 2**31 - 1


class _Visible(msgspec.Struct):
    id: str | None = msgspec.field(default=None, name=VISIBLE)


_SEEN = msgspec.json.Decoder(list[_Visible])
_KEYS = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True, eq=False)
class VideoObject:
    """One object and its frames, rising.

    Args:
        raw: its key frames as the file has them.
        raws: the records, in the order of their frames.
        frames: (n,) frame numbers, from 0.
        stored: (n,) number of each frame's record, -1 for what is between.
        roles: (n,) KEY or DERIVED.
        runs: (n,) number of the stretch on which it is seen without a gap.
        unseen: frames of records on which it is not visible.
        lost: frames on which it is visible before it was ever drawn there.
        odd: records that have no frame number.
    """

    id: str
    raw: msgspec.Raw
    raws: list[msgspec.Raw]
    frames: Ints
    stored: Ints
    roles: NDArray[np.int8]
    runs: NDArray[np.int32]
    unseen: int = 0
    lost: int = 0
    odd: int = 0


@dataclass(eq=False)
class Video:
    """The objects of one task.

    Args:
        nameless: ids that frames show and that have no key frames.
    """

    objects: list[VideoObject] = field(default_factory=list[VideoObject])
    nameless: list[str] = field(default_factory=list[str])


def video_of(frames: ByKey, objects: ByKey) -> Video:
    """Return the objects of a video task."""
    visible = _visible(frames)
    found = Video()
    for id, raw in objects.items():
        keys = _key_frames(raw)
        if keys:
            found.objects.append(_object(id, raw, keys, visible.pop(id, [])))
        else:
            found.nameless.append(shown_text(id))
            visible.pop(id, None)
    found.nameless += [shown_text(id) for id in visible]
    return found


def _visible(frames: ByKey) -> dict[str, list[int]]:
    """Return the frames on which each object is seen."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for key, raw in frames.items():
        number = frame_of(key)
        for id in _ids(raw) if number is not None else ():
            found[id].append(number if number is not None else 0)
    return found


def _ids(raw: msgspec.Raw) -> Iterator[str]:
    try:
        yield from (one.id for one in _SEEN.decode(raw) if one.id is not None)
    except FAST_REFUSES:
        for element in elements_in(raw):
            try:
                value = value_of(bytes(element))
            except BadJson:
                continue
            id = value.get(VISIBLE) if is_object(value) else None
            if isinstance(id, str):
                yield id


def frame_of(key: str) -> int | None:
    """Return the frame number that a key spells; None for what is none."""
    if not (key.isascii() and key.isdecimal() and len(key) <= 10):
        return None
    return number if (number := int(key)) <= _LARGEST else None


def records_of(raw: msgspec.Raw) -> Mapping[str, msgspec.Raw]:
    """Return the records of an object by the keys of their frames, as far as they go."""
    try:
        return _KEYS.decode(raw)
    except FAST_REFUSES:
        return members_in(raw)


def _key_frames(raw: msgspec.Raw) -> dict[int, msgspec.Raw]:
    found = {frame_of(key): record for key, record in records_of(raw).items()}
    return dict(sorted(_numbered(found), key=lambda pair: pair[0]))


def _numbered(found: Mapping[int | None, msgspec.Raw]) -> Iterator[tuple[int, msgspec.Raw]]:
    for frame, record in found.items():
        if frame is not None:
            yield frame, record


def _object(
    id: str, raw: msgspec.Raw, keys: dict[int, msgspec.Raw], seen: list[int]
) -> VideoObject:
    drawn = np.fromiter(keys, np.int64, len(keys))
    visible = np.unique(np.array(seen, dtype=np.int64))
    every = np.union1d(drawn, visible)
    is_key = np.isin(every, drawn)
    runs = _runs(every)
    is_begun = _has_key_before(is_key, runs)
    stored = np.where(is_key, np.cumsum(is_key) - 1, -1)
    return VideoObject(
        shown_text(id),
        raw,
        list(keys.values()),
        every[is_begun],
        stored[is_begun],
        np.where(is_key, KEY, DERIVED).astype(np.int8)[is_begun],
        runs[is_begun].astype(np.int32),
        unseen=int((~np.isin(drawn, visible)).sum()),
        lost=int((~is_begun).sum()),
        odd=len(records_of(raw)) - len(keys),
    )


def _runs(frames: Ints) -> Ints:
    """Return the number of the unbroken stretch that each frame belongs to."""
    breaks = np.diff(frames) != 1
    return np.append(0, np.cumsum(breaks)).astype(np.int64)


def _has_key_before(is_key: NDArray[np.bool_], runs: Ints) -> NDArray[np.bool_]:
    """Return which frames are drawn, or have a drawn one before them in their stretch."""
    places = np.arange(len(runs))
    last_key = np.maximum.accumulate(np.where(is_key, places, -1))
    return (last_key >= 0) & (runs[np.maximum(last_key, 0)] == runs)
