"""Where an object on many frames is drawn, and where it is worked out between key frames."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from threading import Lock
from typing import Literal, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from viewer.model.annotation import AnnotationId
from viewer.model.table import BETWEEN, DERIVED, KEY
from viewer.model.track import Track
from viewer.review.matching import Matches
from viewer.review.sorted_rows import SortedRows

Ints: TypeAlias = NDArray[np.int64]
StretchKind: TypeAlias = Literal["stored", "derived", "held"]


@dataclass(frozen=True)
class Stretch:
    """Frames `first` to `last` of a media, both ends included, on which a track is seen.

    Args:
        kind: "stored" as the file holds each of them, "derived" between key frames, "held" as the
            last key frame before.
    """

    first: int
    last: int
    kind: StretchKind


@dataclass(frozen=True, eq=False)
class TrackFrames:
    """The placements of one annotation on one media, by their slice or frame; parallel arrays.

    Args:
        numbers: (n,) of the placements.
        slices: (n,) rising.
        roles: (n,) KEY, BETWEEN or DERIVED.
        runs: (n,) stretches that are each seen as one.
        is_held: what lies between key frames is as at the one before.
    """

    numbers: Ints
    slices: Ints
    roles: Ints
    runs: Ints
    is_held: bool = False

    @cached_property
    def keys(self) -> Ints:
        """Slices of the key frames."""
        return self.slices[self.roles == KEY]

    def next_key(self, slice: int, on: int) -> int | None:
        """Return the key frame after a slice, or before it where `on` is negative."""
        found = self.keys[self.keys > slice] if on > 0 else self.keys[self.keys < slice]
        if not len(found):
            return None
        return int(found[0] if on > 0 else found[-1])

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """What a timeline shows: from key frame to key frame, and beyond the last one."""
        if not len(self.slices):
            return ()
        breaks = np.flatnonzero((np.diff(self.slices) != 1) | (np.diff(self.runs) != 0)) + 1
        found: list[Stretch] = []
        for run in np.split(np.arange(len(self.slices)), breaks):
            found.extend(self._parts(run))
        return tuple(found)

    @cached_property
    def _derived_before(self) -> list[int]:
        """(n + 1,) how many placements before each are worked out between key frames."""
        return [0, *np.cumsum(self.roles == DERIVED).tolist()]

    def _parts(self, run: Ints) -> list[Stretch]:
        """Return the parts of a run, cut at its key frames, neighbours of one kind joined."""
        keys = run[self.roles[run] == KEY].tolist()
        ends = sorted({int(run[0]), *keys, int(run[-1])})
        pairs = list(pairwise(ends)) or [(ends[0], ends[0])]
        found: list[Stretch] = []
        for start, end in pairs:
            kind = self._kind(start, end, is_open=not keys or end > keys[-1])
            first, last = int(self.slices[start]), int(self.slices[end])
            if found and found[-1].kind == kind:
                found[-1] = Stretch(found[-1].first, last, kind)
            else:
                found.append(Stretch(first, last, kind))
        return found

    def _kind(self, start: int, end: int, *, is_open: bool) -> StretchKind:
        before = self._derived_before
        if before[start] == before[end + 1]:
            return "stored"
        return "held" if is_open or self.is_held else "derived"


_Opened: TypeAlias = OrderedDict[tuple[int, int], TrackFrames]
_opened: WeakKeyDictionary[SortedRows, _Opened] = WeakKeyDictionary()
_lock = Lock()  # views and jobs ask at one time
MOST_LANES = 100  # objects that are listed below a timeline
MOST_KEPT = 400  # tracks of an export


def frames_of_track(matches: Matches, id: AnnotationId, media: int) -> TrackFrames:
    """Return where an annotation is on a media; nothing is decoded but what was edited.

    What the files hold is kept: of the same stored placements it is the same.
    """
    rows = matches.rows.get(id.export)
    if id in matches.project.annotations.edits or rows is None or id.new:
        return replace(_edited_frames(matches, id, media), is_held=_is_held(matches, id))
    key = (id.ordinal, media)
    with _lock:
        kept = _opened.setdefault(rows, OrderedDict())  # other readings match all rows anew
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    is_held = _is_held(matches, id)
    found = replace(_opened_frames(rows, id.ordinal, media), is_held=is_held)
    with _lock:
        found = kept.setdefault(key, found)
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)
    return found


def _is_held(matches: Matches, id: AnnotationId) -> bool:
    """Whether the objects of an annotation's entry are held between key frames."""
    bound, rows = matches.lookup.bindings.get(id.export), matches.rows.get(id.export)
    if bound is None or rows is None or id.new:
        return False
    codes = rows.columns.entries[rows.of(id.ordinal).start : rows.of(id.ordinal).stop]
    binding = bound.of(rows.columns.keys[int(codes[0])]) if len(codes) and codes[0] >= 0 else None
    return binding is not None and "held-between-keys" in binding.readings


def _edited_frames(matches: Matches, id: AnnotationId, media: int) -> TrackFrames:
    rows = matches.rows.get(id.export)
    annotation = matches.project.annotations.edits.get(id)
    outcomes = matches.outcomes_of(id)
    if outcomes is None:
        nothing = np.empty(0, dtype=np.int64)
        return TrackFrames(nothing, nothing, nothing, nothing)
    numbers = np.flatnonzero((outcomes.media == media) & (outcomes.slices >= 0))
    slices = outcomes.slices[numbers].astype(np.int64)
    placements = () if annotation is None else annotation.placements
    if not isinstance(placements, Track):
        still = np.full(len(numbers), KEY, dtype=np.int64)
        return _in_order(numbers, slices, still, np.zeros_like(numbers))
    opened = np.empty(0, dtype=np.int64)
    if rows is not None and not id.new:
        own = rows.of(id.ordinal)
        opened = rows.columns.roles[own.start : own.stop].astype(np.int64)
    roles = _roles(placements, opened)
    return _in_order(numbers, slices, roles[numbers], placements.runs[numbers].astype(np.int64))


def tracks_ahead(matches: Matches, ids: Iterable[AnnotationId], media: int) -> None:
    """Work out in a job what timeline and lanes will ask of these annotations on a media."""
    for id in ids:
        frames_of_track(matches, id, media).stretches  # noqa: B018 - kept from now on


def _opened_frames(rows: SortedRows, ordinal: int, media: int) -> TrackFrames:
    own = np.arange(rows.of(ordinal).start, rows.of(ordinal).stop)
    here = own[(rows.outcomes.media[own] == media) & (rows.outcomes.slices[own] >= 0)]
    slices, roles, runs = (
        values[here].astype(np.int64)
        for values in (rows.outcomes.slices, rows.columns.roles, rows.columns.runs)
    )
    return _in_order(here - own[0] if len(own) else here, slices, roles, runs)


def _roles(track: Track, opened: Ints) -> Ints:
    """(placements,) of a track that was edited, given those of its slots in the file."""
    derived = np.flatnonzero(opened == DERIVED)
    between = np.where(np.isin(track.slots, derived), DERIVED, BETWEEN)
    return np.where(track.keys, KEY, between)


def _in_order(numbers: Ints, slices: Ints, roles: Ints, runs: Ints) -> TrackFrames:
    order = np.argsort(slices, kind="stable")
    return TrackFrames(numbers[order], slices[order], roles[order], runs[order])
