"""Segments and key-frame map of an object, kept in agreement with the frames that it is on."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from viewer.formats.json_tools import is_list, is_object
from viewer.formats.labelbox.stretches import Range, frame_of_key
from viewer.formats.patches import GONE, Change, ObjectPatch, Put


@dataclass(frozen=True)
class Frames:
    """How the frames of an object differ from the file's, as the file counts them.

    Args:
        left: frames that it is not on any more.
        come: frames that it was not on before.
        stored: every frame that has a record, with whether it was drawn.
    """

    left: frozenset[int]
    come: frozenset[int]
    stored: Mapping[int, bool]


def agreed_ranges(ranges: Sequence[Range], frames: Frames) -> list[Range]:
    """Return the segments: without the frames that were left, with those that came.

    A frame that came belongs to the stretch that it follows or else precedes, if something is there
    on the frame next to it. A stretch that was cut and in which nothing is stored any more goes.
    """
    kept = [piece for each in ranges for piece in _without(each, frames)]
    there = sorted(frames.stored.keys() - frames.come)
    for frame in sorted(frames.come):
        kept = sorted(_with(kept, frame, there))
        insort(there, frame)
    return kept


def _without(whole: Range, frames: Frames) -> list[Range]:
    first, last = whole
    cuts = sorted(frame for frame in frames.left if first <= frame <= last)
    if not cuts:
        return [whole]
    pieces: list[Range] = []
    for cut in [*cuts, last + 1]:
        if first < cut:
            pieces.append((first, cut - 1))
        first = cut + 1
    stored = sorted(frames.stored)
    return [(a, b) for a, b in pieces if _between(stored, a, b)]


def _between(numbers: Sequence[int], first: int, last: int) -> bool:
    at = bisect_left(numbers, first)
    return at < len(numbers) and numbers[at] <= last


def _with(ranges: Sequence[Range], frame: int, there: Sequence[int]) -> list[Range]:
    """Return stretches that hold one more frame.

    Before its first stored frame nothing is there of a stretch.

    Args:
        there: frames that are stored, rising.
    """
    for at, (first, last) in enumerate(ranges):
        if first <= frame <= last:
            inside = [(first, last)]
            if not _between(there, first, frame + 1):
                parts = (first, frame), (frame + 1, last)
                inside = [parts[0], *(one for one in parts[1:] if _between(there, *one))]
            return [*ranges[:at], *inside, *ranges[at + 1 :]]
    for at, (first, last) in enumerate(ranges):
        if last == frame - 1 and _between(there, first, last):
            return [*ranges[:at], (first, frame), *ranges[at + 1 :]]
    for at, (first, last) in enumerate(ranges):
        if first == frame + 1 and _between(there, first, first):
            return [*ranges[:at], (frame, last), *ranges[at + 1 :]]
    return [*ranges, (frame, frame)]


def agreed_keys(value: object, frames: Frames) -> Change:
    """Return the patch of an object's key-frame entry, in the spelling it has: flags, or a list.

    An entry that says something of a frame goes on saying so; of one that came it is said.
    """
    drawn = [frame for frame, is_key in frames.stored.items() if is_key]
    if is_list(value):
        return Put(sorted(drawn))
    if not is_object(value):
        return Put({str(frame): frames.stored[frame] for frame in sorted(frames.stored)})
    patch = ObjectPatch()
    named = {frame_of_key(key): key for key in value}
    for frame, key in named.items():
        if frame is not None and frame not in frames.stored:
            patch.members[key] = GONE
    for frame, is_key in sorted(frames.stored.items()):
        key = named.get(frame)
        if key is not None and value[key] is not is_key:
            patch.members[key] = Put(is_key)
        elif key is None and is_key:
            patch.members[str(frame)] = Put(True)
    return patch
