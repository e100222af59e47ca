"""Intervals of frames that models give of videos, as placements on every one of their frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import msgspec
import numpy as np

from viewer.errors import BadRecord
from viewer.formats.json_tools import Bytes
from viewer.formats.problems import FAST_REFUSES
from viewer.model.table import BETWEEN, KEY, Columns

MOST_FRAMES = 200_000  # of all intervals of a file; hostile ones ask for any number
_MARK = b"_frame_number"
_PLACED = frozenset(
    ("owners", "studies", "series", "instances", "entries", "items", "frames", "planes", "roles",
     "runs", "origin_sources", "origin_starts", "origin_ends", "kinds", "widths", "heights")
)  # fmt: skip


class _Interval(msgspec.Struct):
    start_frame_number: int
    end_frame_number: int


@dataclass(frozen=True)
class Interval:
    """Frames `first` to `last`, counted from 0, both included."""

    first: int
    last: int

    @property
    def count(self) -> int:
        """Number of its frames."""
        return self.last - self.first + 1


def has_frames(data: Bytes | msgspec.Raw) -> bool:
    """Whether data are an interval of frames, be it a damaged one."""
    return _MARK in bytes(memoryview(data))


def interval_of(data: Bytes | msgspec.Raw) -> Interval | None:
    """Return the interval that a model's output holds; None where its data are something else.

    Raises:
        BadRecord: the two frames are no numbers of frames, or the last is before the first.
    """
    if not has_frames(data):
        return None
    try:
        found = msgspec.json.decode(memoryview(data), type=_Interval)
    except FAST_REFUSES as error:
        raise BadRecord("its data describes no interval of frames") from error
    first, last = found.start_frame_number, found.end_frame_number
    if not 0 <= first <= last < 2**31:
        raise BadRecord(f"its interval from frame {first} to frame {last} is none")
    return Interval(first, last)


def spread(columns: Columns, intervals: Mapping[int, Interval]) -> Columns:
    """Return columns in which annotations of intervals have a placement on each frame.

    Args:
        columns: with one placement for each annotation.
        intervals: by ordinal.
    """
    counts = np.ones(columns.count, dtype=np.int64)
    for ordinal, interval in intervals.items():
        counts[ordinal] = interval.count
    rows = np.repeat(np.arange(columns.count), counts)
    placed: dict[str, Any] = {
        item.name: getattr(columns, item.name)[rows]
        for item in fields(columns)
        if item.name in _PLACED
    }
    starts = np.cumsum(counts) - counts
    for ordinal, interval in intervals.items():
        here = slice(int(starts[ordinal]), int(starts[ordinal]) + interval.count)
        placed["frames"][here] = np.arange(interval.first, interval.last + 1)
        placed["roles"][here] = BETWEEN
        placed["roles"][[here.start, here.stop - 1]] = KEY
    return replace(columns, **placed)
