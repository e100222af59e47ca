"""From the UIDs of the headers to media and slices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.voxel_frame import AS_COUNTED, VoxelFrame
from viewer.media.volume import Media, Volume
from viewer.model.strings import StringColumn
from viewer.model.subject import PLANES, Plane
from viewer.review.binding import Bindings
from viewer.review.entry_spots import EntrySpots, axes_of_planes, entry_spots
from viewer.review.frame_table import SEVERAL, Codes, FrameTable
from viewer.review.local_files import Spot, objects_of

_NOT_BOUND: Mapping[str, Bindings] = MappingProxyType({})
_NO_ENTRIES = entry_spots(Bindings())


class Lookup:
    """Media by study and series UID, slices by SOP Instance UID and frame; keys are UTF-8 bytes.

    Where an object was opened twice, the first media that holds it wins. Files that are no DICOM
    go by their names, and where several have one name none of them is meant; they are of the
    study that an export tells of its entry which is shown on them.

    Args:
        media: what is open.
        bindings: of the exports that list their media as entries, by export id.
    """

    def __init__(
        self, media: Sequence[Media], bindings: Mapping[str, Bindings] = _NOT_BOUND
    ) -> None:
        self.media = tuple(media)
        self.bindings = bindings
        self._spots = {id: entry_spots(bound) for id, bound in bindings.items()}
        self.columns = np.array([item.columns for item in media], dtype=np.int32)
        self.rows = np.array([item.rows for item in media], dtype=np.int32)
        self.counts = np.array([item.count for item in media], dtype=np.int64)
        self.studies = _first_of_each(item.facts.study_uid for item in media)
        self.series = _first_of_each(item.facts.series_uid for item in media)
        named = [self._named(item.facts.series_uid, item.facts.study_uid) for item in media]
        self.groups = np.array([*named, (-1, -1)], dtype=np.int32)  # (media + 1, 2), as firsts
        self._told = _told_studies(self.media, bindings.values())
        for index, uid in self._told.items():
            self.studies.setdefault(utf8(uid), index)
        spots = _spots_by_uid(self.media)
        self.instances = {uid: number for number, uid in enumerate(spots)}
        self.frames = FrameTable(list(spots.values()))
        self.series_frames = FrameTable([_frames_of(i, m) for i, m in enumerate(self.media)])

    def on_planes(
        self, media: Codes, planes: NDArray[np.int8], numbers: NDArray[np.int64]
    ) -> tuple[Codes, Codes, NDArray[np.int8]]:
        """Return (media, slice, axis) of slices `numbers` of named planes; -1 where there is none.

        Args:
            media: (n,) -1 for none.
            planes: (n,) codes into PLANES.
            numbers: (n,) along the plane's axis, from 0.
        """
        axes = self._plane_axes[media, planes]
        counts = self._plane_counts[media, axes]
        fits = (media >= 0) & (axes >= 0) & (numbers >= 0) & (numbers < counts)
        at = np.where(fits, numbers, -1).astype(np.int32)
        return np.where(fits, media, -1), at, np.where(fits, axes, 2).astype(np.int8)

    @cached_property
    def _plane_axes(self) -> NDArray[np.int8]:
        """(media + 1, PLANES): the voxel axis that each plane cuts, -1 where there is none."""
        axes = np.full((len(self.media) + 1, len(PLANES)), -1, dtype=np.int8)
        for number, item in enumerate(self.media):
            axes[number] = axes_of_planes(item)
        return axes

    @cached_property
    def plane_codes(self) -> NDArray[np.int8]:
        """(media + 1, 3) code into PLANES of the reformat along each voxel axis; -1 as acquired."""
        codes = np.full((len(self.media) + 1, 3), -1, dtype=np.int8)
        for number, axes in enumerate(self._plane_axes.tolist()):
            for code, axis in enumerate(axes):
                if axis in (0, 1):
                    codes[number, axis] = code
        return codes

    @cached_property
    def acquired_names(self) -> tuple[Plane, ...]:
        """(media,) the plane of the patient that each was acquired on; "acquired" for frames."""
        axes: list[list[int]] = self._plane_axes.tolist()
        return tuple(
            PLANES[of.index(2, 1)] if isinstance(item, Volume) else "acquired"
            for item, of in zip(self.media, axes, strict=False)
        )

    @cached_property
    def _plane_counts(self) -> NDArray[np.int64]:
        """(media + 1, 3): how many planes there are along each voxel axis."""
        counts = [(item.columns, item.rows, item.count) for item in self.media]
        return np.array([*counts, (0, 0, 0)], dtype=np.int64)

    def firsts(self, media: int) -> tuple[int, int]:
        """Return the first media of the series, and of the study, that a media belongs to.

        A media whose header names no study is of the one that an export tells of it.
        """
        facts = self.media[media].facts
        return self._named(facts.series_uid, facts.study_uid or self._told.get(media, ""))

    def _named(self, series: str, study: str) -> tuple[int, int]:
        return self.series.get(utf8(series), -1), self.studies.get(utf8(study), -1)

    def media_of(self, entry: int, frame: int) -> Media | None:
        """Return the media that shows a frame of an object."""
        found, _ = self.frames.spots(np.array([entry], np.int32), np.array([frame], np.int64))
        return self.media[int(found[0])] if found[0] >= 0 else None

    @cached_property
    def mismatched(self) -> Mapping[int, int]:
        """How many entries are shown on each media that do not agree with it in something."""
        every = (one for bound in self.bindings.values() for one in bound.bindings)
        return Counter(one.index for one in every if one.index >= 0 and one.mismatches)

    def voxels_of(self, export: str, entry: str | None) -> VoxelFrame:
        """Return how an export counts the voxels of what an entry is shown on."""
        numbers, spots = self.entries_of(export)
        number = numbers.get(entry or "", -1)
        return (spots.orders[number].points if number >= 0 else None) or AS_COUNTED

    def entries_of(self, export: str) -> tuple[Mapping[str, int], EntrySpots]:
        """Return the place of each entry of an export, and where its pictures are."""
        bound = self.bindings.get(export)
        return ({}, _NO_ENTRIES) if bound is None else (bound.numbers, self._spots[export])


def translated(codes: Codes, keys: Sequence[bytes], table: dict[bytes, int]) -> Codes:
    """Return `table[keys[code]]` for each code, -1 where the code or its key is absent.

    Each key that occurs is looked up once.
    """
    answers = np.full(len(keys) + 1, -1, dtype=np.int32)  # the last one answers code -1
    if table:
        seen = np.zeros(len(keys) + 1, dtype=np.bool_)
        seen[codes] = True
        seen[-1] = False
        used = np.flatnonzero(seen)
        answers[used] = [table.get(keys[code], -1) for code in used.tolist()]
    return answers[codes]


def keys_of(column: StringColumn) -> list[bytes]:
    """Return the strings of a column as UTF-8."""
    ends: list[int] = column.ends.tolist()
    text = bytes(column.text)
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def utf8(text: str) -> bytes:
    """Return the text as the columns hold it, lone surrogates kept."""
    return text.encode("utf-8", "surrogatepass")


def _first_of_each(uids: Iterable[str]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for index, uid in enumerate(uids):
        if uid:
            found.setdefault(utf8(uid), index)
    return found


def _told_studies(media: Sequence[Media], bindings: Iterable[Bindings]) -> dict[int, str]:
    """Return the studies of media without one in their header, as the first entry there says."""
    found: dict[int, str] = {}
    for bound in bindings:
        for entry, binding in zip(bound.entries, bound.bindings, strict=True):
            if entry.study and binding.index >= 0 and not media[binding.index].facts.study_uid:
                found.setdefault(binding.index, entry.study)
    return found


def _spots_by_uid(media: Sequence[Media]) -> dict[bytes, list[Spot]]:
    found: dict[bytes, list[Spot]] = {}
    for index, item in enumerate(media):
        for uid, frame, slice in objects_of(item):
            spots = found.setdefault(utf8(uid), [])
            spots.extend([(-1, -1)] * (frame + 1 - len(spots)))
            if spots[frame][0] == -1:
                spots[frame] = (index, slice)
            elif not item.facts.series_uid:
                spots[frame] = (SEVERAL, SEVERAL)
    return found


def _frames_of(index: int, item: Media) -> list[Spot]:
    """Return what a frame number without SOP Instance UID means: nothing in a volume of slices."""
    if isinstance(item, Volume):
        return []
    return [(index, slice) for slice in range(item.count)]
