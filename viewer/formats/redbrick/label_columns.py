"""What the table needs of labels, as one list or array per value, without an object per label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viewer.formats.redbrick.categories import place_of
from viewer.formats.redbrick.lists import CODE_OF, LISTS
from viewer.formats.redbrick.records import NO_VIDEO, FrameLabel, Label, MeasuredLabel, Number
from viewer.formats.table_bytes import Codes
from viewer.model.table import Ints

Flags = NDArray[np.bool_]
Spelled = tuple[str, bytes]  # the first part of a class id, and the bytes of a category
ANGLE = place_of("measurements", "angle")
_LENGTH = place_of("measurements", "length")
_MEASURED = CODE_OF["measurements"]
_ODD = (_MEASURED, CODE_OF["instanceClassifications"])
_PLACES = [place_of(found.name) for found in LISTS]
_LARGEST = 2**31 - 1
_NO = (False, 0)


@dataclass(eq=False)
class LabelColumns:
    """What labels say, by row.

    Args:
        ids: None or "" without.
        places: first parts of their class ids.
        classes: code of each in `spelled`.
        spelled: the different classes as labels spell them.
        frames, files, insides, tracks: of their `video` frameIndex, seriesItemIndex,
            seriesFrameIndex and trackId.
        is_still: they have no `video`.
        is_between: they are not drawn, but between drawn ones.
        is_end: their track ends with them, or they do not say.
        read_only: rows of those that are set so.
        of_frames: by row, classifications of a frame or file that have no `video`.
    """

    ids: list[str | None] = field(default_factory=list["str | None"])
    places: list[str] = field(default_factory=list[str])
    classes: list[int] = field(default_factory=list[int])
    spelled: Codes[Spelled] = field(default_factory=Codes[Spelled])
    frames: list[Number] = field(default_factory=list[Number])
    files: list[Number] = field(default_factory=list[Number])
    insides: list[Number] = field(default_factory=list[Number])
    tracks: list[str | None] = field(default_factory=list["str | None"])
    is_still: list[bool] = field(default_factory=list[bool])
    is_between: list[bool] = field(default_factory=list[bool])
    is_end: list[bool] = field(default_factory=list[bool])
    read_only: list[int] = field(default_factory=list[int])
    of_frames: dict[int, FrameLabel] = field(default_factory=dict[int, FrameLabel])

    def add(self, codes: Sequence[int], labels: Sequence[Label]) -> None:
        """Add labels that stand in lists with these codes."""
        first = len(self.ids)
        self.ids += [label.id for label in labels]
        self.read_only += [at for at, label in enumerate(labels, first) if label.read_only]
        places = [_PLACES[code] for code in codes]
        for at in [at for at, code in enumerate(codes) if code in _ODD]:
            label = labels[at]
            if codes[at] == _MEASURED:
                is_angle = isinstance(label, MeasuredLabel) and label.type == "angle"
                places[at] = ANGLE if is_angle else _LENGTH
            elif isinstance(label, FrameLabel) and label.video is None:
                self.of_frames[first + at] = label
        self.places += places
        categories = [bytes(label.category) for label in labels]
        self.classes += self.spelled.of(zip(places, categories, strict=True)).tolist()
        self._add_videos(labels)

    def _add_videos(self, labels: Sequence[Label]) -> None:
        videos = [label.video or NO_VIDEO for label in labels]
        self.frames += [video.frame_index for video in videos]
        self.files += [video.series_item_index for video in videos]
        self.insides += [video.series_frame_index for video in videos]
        self.tracks += [video.track_id for video in videos]
        self.is_still += [video is NO_VIDEO for video in videos]
        self.is_between += [(key := video.key_frame) is not True and key in _NO for video in videos]
        self.is_end += [(end := video.end_track) is True or end not in _NO for video in videos]


def wholes(numbers: Sequence[Number]) -> Ints:
    """Return counts or indices, -1 where there is none or it is no such number; see `whole`."""
    kinds = set(map(type, numbers))
    if kinds <= {type(None)}:
        return np.full(len(numbers), -1, dtype=np.int64)
    if kinds <= {int, type(None)}:
        try:
            found = np.array([-1 if n is None else n for n in numbers], dtype=np.int64)
        except OverflowError:
            pass  # one is too long for 64 bits: they are looked at one by one
        else:
            return np.where((found >= 0) & (found <= _LARGEST), found, -1)
    return np.fromiter(map(whole, numbers), np.int64, len(numbers))


def whole(number: Number, absent: int = -1) -> int:
    """Return a count or index; `absent` where there is none, -1 where it is no such number."""
    if number is None:
        return absent
    if type(number) is int:
        return number if 0 <= number <= _LARGEST else -1
    return int(number) if 0 <= number <= _LARGEST and number == int(number) else -1
