"""From the UIDs of the headers to media and slices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.views import view_planes
from viewer.media.volume import Media, Video, Volume
from viewer.model.strings import StringColumn
from viewer.model.subject import PLANES

Codes = NDArray[np.int32]
_Spot = tuple[int, int]  # media index, slice index
SEVERAL = -2  # instead of both, where several files of one name hold a frame


class FrameTable:
    """Lists of frames end to end, each with its media and slice (-1 for none, or SEVERAL)."""

    def __init__(self, lists: Sequence[Sequence[_Spot]]) -> None:
        spots = np.array([spot for one in lists for spot in one], dtype=np.int32).reshape(-1, 2)
        self._lengths = np.array([len(one) for one in lists], dtype=np.int64)
        self._starts = np.cumsum(self._lengths) - self._lengths
        self._spots = np.concatenate([spots, np.full((1, 2), -1, dtype=np.int32)])

    def spots(self, entries: Codes, frames: NDArray[np.int64]) -> tuple[Codes, Codes]:
        """Return (media, slice) of frame `frames[n]` of list `entries[n]`; else -1 or SEVERAL."""
        if not len(self._lengths):
            nothing = np.full(len(entries), -1, dtype=np.int32)
            return nothing, nothing
        fits = (entries >= 0) & (frames >= 0) & (frames < self._lengths[entries])
        found = self._spots[np.where(fits, self._starts[entries] + frames, -1)]
        return found[:, 0], found[:, 1]


class Lookup:
    """Media by study and series UID, slices by SOP Instance UID and frame; keys are UTF-8 bytes.

    Where an object was opened twice, the first media that holds it wins. Files that are no DICOM
    go by their names, and where several have one name none of them is meant.
    """

    def __init__(self, media: Sequence[Media]) -> None:
        self.media = tuple(media)
        self.columns = np.array([item.columns for item in media], dtype=np.int32)
        self.rows = np.array([item.rows for item in media], dtype=np.int32)
        self.counts = np.array([item.count for item in media], dtype=np.int64)
        self.studies = _first_of_each(item.facts.study_uid for item in media)
        self.series = _first_of_each(item.facts.series_uid for item in media)
        firsts = [self.firsts(index) for index in range(len(media))]
        self.groups = np.array([*firsts, (-1, -1)], dtype=np.int32)  # (media + 1, 2), as firsts
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
        axes[:-1, 0] = 2
        for number, item in enumerate(self.media):
            if isinstance(item, Volume):
                for name, plane in view_planes(item.stack).items():
                    axes[number, PLANES.index(name)] = plane.axis
            else:
                axes[number, PLANES.index("axial")] = 2
        return axes

    @cached_property
    def _plane_counts(self) -> NDArray[np.int64]:
        """(media + 1, 3): how many planes there are along each voxel axis."""
        counts = [(item.columns, item.rows, item.count) for item in self.media]
        return np.array([*counts, (0, 0, 0)], dtype=np.int64)

    def firsts(self, media: int) -> tuple[int, int]:
        """Return the first media of the series, and of the study, that a media belongs to."""
        facts = self.media[media].facts
        series = self.series.get(utf8(facts.series_uid), -1)
        return series, self.studies.get(utf8(facts.study_uid), -1)

    def media_of(self, entry: int, frame: int) -> Media | None:
        """Return the media that shows a frame of an object."""
        found, _ = self.frames.spots(np.array([entry], np.int32), np.array([frame], np.int64))
        return self.media[int(found[0])] if found[0] >= 0 else None


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


def _spots_by_uid(media: Sequence[Media]) -> dict[bytes, list[_Spot]]:
    found: dict[bytes, list[_Spot]] = {}
    for index, item in enumerate(media):
        for uid, frame, slice in _objects(item):
            spots = found.setdefault(utf8(uid), [])
            spots.extend([(-1, -1)] * (frame + 1 - len(spots)))
            if spots[frame][0] == -1:
                spots[frame] = (index, slice)
            elif not item.facts.series_uid:
                spots[frame] = (SEVERAL, SEVERAL)
    return found


def _objects(item: Media) -> Iterator[tuple[str, int, int]]:
    """Yield (SOP Instance UID, frame in the object, slice) of everything shown."""
    if not isinstance(item, Video) and item.slice_of:
        for (uid, frame), slice in item.slice_of.items():
            yield uid, frame, slice
    elif not isinstance(item, Volume):
        firsts = sorted((first, uid) for uid, first in item.frame_of.items())
        ends = [*(first for first, _ in firsts[1:]), item.count][: len(firsts)]
        for (first, uid), end in zip(firsts, ends, strict=True):
            yield from ((uid, slice - first, slice) for slice in range(first, end))


def _frames_of(index: int, item: Media) -> list[_Spot]:
    """Return what a frame number without SOP Instance UID means: nothing in a volume of slices."""
    if isinstance(item, Volume):
        return []
    return [(index, slice) for slice in range(item.count)]
