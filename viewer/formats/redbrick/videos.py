"""Where labels stand along frames or files, as arrays over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.formats.redbrick.records import NO_VIDEO, Label, Number
from viewer.model.table import Ints

Flags = NDArray[np.bool_]
_LARGEST = 2**31 - 1
_NO = (False, 0)


@dataclass(frozen=True, eq=False)
class Videos:
    """What the `video` of each label says; counts are -1 where it says none.

    Args:
        frames: frameIndex.
        files: seriesItemIndex.
        insides: seriesFrameIndex.
        tracks: trackId.
        is_odd: frameIndex is there and counts no frame.
        is_between: it says that the label is not drawn, but between drawn ones.
        is_end: its track ends with it, or it does not say.
    """

    frames: Ints
    files: Ints
    insides: Ints
    tracks: Sequence[str | None]
    is_odd: Flags
    is_between: Flags
    is_end: Flags


def videos_of(labels: Sequence[Label]) -> Videos:
    """Return what the `video` of each label says."""
    videos = [label.video or NO_VIDEO for label in labels]
    stated = [video.frame_index for video in videos]
    frames = wholes(stated)
    is_said = np.array([frame is not None for frame in stated], dtype=np.bool_)
    return Videos(
        frames=frames,
        files=wholes([video.series_item_index for video in videos]),
        insides=wholes([video.series_frame_index for video in videos]),
        tracks=[video.track_id for video in videos],
        is_odd=is_said & (frames < 0),
        is_between=np.array([video.key_frame in _NO for video in videos], dtype=np.bool_),
        is_end=np.array([video.end_track not in _NO for video in videos], dtype=np.bool_),
    )


def wholes(numbers: Sequence[Number]) -> Ints:
    """Return counts or indices, -1 where there is none or it is no such number; see `whole`."""
    if set(map(type, numbers)) <= {int, type(None)}:
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
