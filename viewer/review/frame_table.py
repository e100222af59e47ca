"""Lists of pictures, looked up for whole columns at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viewer.review.local_files import Spot, Spots

Codes = NDArray[np.int32]
SEVERAL = -2  # instead of media and slice, where several files of one name hold a frame


class FrameTable:
    """Lists of frames end to end, each with its media and slice (-1 for none, or SEVERAL)."""

    def __init__(self, lists: Sequence[Sequence[Spot]]) -> None:
        spots = np.array([spot for one in lists for spot in one], dtype=np.int32).reshape(-1, 2)
        self._fill(spots, [len(one) for one in lists])

    @classmethod
    def of_arrays(cls, lists: Sequence[Spots]) -> FrameTable:
        """Return the table of lists that are (n, 2) arrays."""
        made = cls(())
        made._fill(np.concatenate([np.empty((0, 2), np.int32), *lists]), [len(at) for at in lists])
        return made

    def _fill(self, spots: Spots, lengths: Sequence[int]) -> None:
        self._lengths = np.array([*lengths, 0], dtype=np.int64)  # the last one answers list -1
        self._starts = np.cumsum(self._lengths) - self._lengths
        self._spots = np.concatenate([spots, np.full((1, 2), -1, dtype=np.int32)])

    def lengths(self, lists: Codes) -> NDArray[np.int64]:
        """Return how many frames each of these lists has, 0 for list -1."""
        return self._lengths[lists]

    def holding(self, media: int, slice: int) -> NDArray[np.int64]:
        """Return the lists that a picture is in."""
        at = np.flatnonzero((self._spots[:-1] == (media, slice)).all(axis=1))
        return np.searchsorted(self._starts, at, side="right") - 1  # of an empty one the next

    def spots(self, lists: Codes, frames: NDArray[np.int64]) -> tuple[Codes, Codes]:
        """Return (media, slice) of frame `frames[n]` of list `lists[n]`; else -1 or SEVERAL."""
        fits = (lists >= 0) & (frames >= 0) & (frames < self._lengths[lists])
        found = self._spots[np.where(fits, self._starts[lists] + frames, -1)]
        return found[:, 0], found[:, 1]
