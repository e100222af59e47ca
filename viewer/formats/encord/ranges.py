"""Ranges of frames, both ends among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec

from viewer.formats.json_tools import BadJson, is_list, value_of
from viewer.formats.problems import FAST_REFUSES

Range: TypeAlias = tuple[int, int]
_FARTHEST = 10**9


def ranges_of(raw: msgspec.Raw) -> list[Range]:
    """Return the ranges that a value spells; what is none is left out."""
    try:
        value: object = msgspec.json.decode(raw)
    except FAST_REFUSES:
        try:
            value = value_of(bytes(raw))
        except BadJson:
            return []
    return ranges_in(value)


def ranges_in(value: object) -> list[Range]:
    """Return the ranges of a value; what is none is left out."""
    found: list[Range] = []
    for pair in value if is_list(value) else ():
        ends = pair if is_list(pair) else ()
        whole = [n for n in ends if isinstance(n, int) and not isinstance(n, bool)]
        if len(ends) == len(whole) == 2 and 0 <= whole[0] <= whole[1]:
            found.append((whole[0], min(whole[1], _FARTHEST)))
    return found


def clipped(ranges: Iterable[Range], room: int) -> tuple[list[int], bool]:
    """Return the frames of ranges, at most `room` of them, and whether there were more."""
    found: dict[int, None] = {}
    for first, last in ranges:
        left = room - len(found)
        found.update(dict.fromkeys(range(first, min(last, first + left - 1) + 1)))
        if last - first + 1 > left:
            return list(found), True
    return list(found), False


def ranges_over(frames: Iterable[int]) -> list[Range]:
    """Return the fewest ranges that hold these frames, in order."""
    found: list[Range] = []
    for frame in sorted(set(frames)):
        if found and found[-1][1] == frame - 1:
            found[-1] = (found[-1][0], frame)
        else:
            found.append((frame, frame))
    return found


def without(ranges: Iterable[Range], frame: int) -> list[Range]:
    """Return ranges that hold what these do, but for one frame."""
    found: list[Range] = []
    for first, last in ranges:
        if not first <= frame <= last:
            found.append((first, last))
            continue
        found += [(first, frame - 1)] if first < frame else []
        found += [(frame + 1, last)] if frame < last else []
    return found


def with_frame(ranges: Sequence[Range], frame: int) -> list[Range]:
    """Return ranges that hold what these do, and one frame more."""
    near = [ends for ends in ranges if ends[0] - 1 <= frame <= ends[1] + 1]
    rest = [ends for ends in ranges if ends not in near]
    first = min((ends[0] for ends in near), default=frame)
    last = max((ends[1] for ends in near), default=frame)
    return sorted([*rest, (min(first, frame), max(last, frame))])


def holds(ranges: Sequence[Range], frame: int) -> bool:
    """Whether a frame is in one of the ranges."""
    return any(first <= frame <= last for first, last in ranges)
