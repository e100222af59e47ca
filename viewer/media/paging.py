"""Pictures of a media that is larger than the memory it may take: read again when shown.

The pictures last looked at are kept. While all are read once, a smaller copy of each is made,
from which the planes other than the acquired one are shown.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_COPY_SHARE = 0.5  # of the budget, for the smaller copy
_AT_WORK = 3  # pictures that are being decoded: two workers, and one that is shown again


class Pages:
    """A bounded number of pictures, and a smaller copy of all. Thread-safe.

    Args:
        shape: (count, rows, columns), or (count, rows, columns, 3).
        dtype: of the stored values.
        budget_bytes: that pictures and copy may take.
        decode: fills `slot(k)`; raises CannotDecode or CannotRead.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        budget_bytes: int,
        decode: Callable[[int], None],
    ) -> None:
        self._shape = shape
        self._dtype = dtype
        self._decode = decode
        plan = _plan_of(shape, dtype, budget_bytes)
        self.factor = plan.factor
        self._most = plan.most
        self._small = np.zeros((shape[0], *plan.small, *shape[3:]), dtype)
        self._filling: dict[int, NDArray[Any]] = {}
        self._kept: OrderedDict[int, NDArray[Any]] = OrderedDict()
        self._lock = threading.RLock()
        self._again = threading.Lock()

    @property
    def held_bytes(self) -> int:
        """Memory that pictures and copy take now."""
        with self._lock:
            pictures = [*self._kept.values(), *self._filling.values()]
        return self._small.nbytes + sum(picture.nbytes for picture in pictures)

    def slot(self, k: int) -> NDArray[Any]:
        """Return where picture k is to be decoded to; `settle` keeps it."""
        with self._lock:
            return self._filling.setdefault(k, np.zeros(self._shape[1:], self._dtype))

    def settle(self, k: int) -> None:
        """Keep what was decoded, and its smaller copy; the oldest pictures go."""
        with self._lock:
            picture = self._filling.pop(k)
        self._small[k] = _smaller(picture, self.factor)
        picture.flags.writeable = False
        with self._lock:
            self._kept[k] = picture
            self._kept.move_to_end(k)
            while len(self._kept) > max(self._most - _AT_WORK, 1):
                self._kept.popitem(last=False)

    def drop(self, k: int) -> None:
        """Give up a picture that could not be decoded."""
        with self._lock:
            self._filling.pop(k, None)

    def picture(self, k: int) -> NDArray[Any]:
        """Return picture k, read again if it has gone.

        Raises:
            CannotDecode, CannotRead: it cannot be read any more.
        """
        with self._again:  # one reader at a time: two wishes for one picture read it once
            with self._lock:
                kept = self._kept.get(k)
                if kept is not None:
                    self._kept.move_to_end(k)
                    return kept
            try:
                self._decode(k)
            except BaseException:
                self.drop(k)
                raise
            self.settle(k)
            with self._lock:
                return self._kept[k]

    def strips(self, axis: int, index: int) -> NDArray[Any]:
        """Return column (axis 0) or row (axis 1) `index` of all pictures, from the smaller copy.

        Its values stand for `factor` pixels each, so that every one lies where it is in the
        pictures: (count, rows) or (count, columns).
        """
        at = index // self.factor
        small = self._small[:, :, at] if axis == 0 else self._small[:, at]
        cells = self._shape[1] if axis == 0 else self._shape[2]
        return np.repeat(small, self.factor, axis=1)[:, :cells]


@dataclass(frozen=True)
class _Plan:
    """By how much the copy is smaller, its rows and columns, and how many pictures are kept."""

    factor: int
    small: tuple[int, int]
    most: int


def can_page(shape: tuple[int, ...], dtype: np.dtype[Any], budget_bytes: int) -> bool:
    """Whether a few pictures and the smaller copy fit into the budget."""
    return shape[0] > 1 and _plan_of(shape, dtype, budget_bytes).most > _AT_WORK


def _plan_of(shape: tuple[int, ...], dtype: np.dtype[Any], budget_bytes: int) -> _Plan:
    pixel_bytes = dtype.itemsize * int(np.prod(shape[3:]))
    need = shape[0] * shape[1] * shape[2] * pixel_bytes
    factor = max(2, math.ceil(math.sqrt(need / max(_COPY_SHARE * budget_bytes, 1.0))))
    small = (-(-shape[1] // factor), -(-shape[2] // factor))
    left = budget_bytes - shape[0] * small[0] * small[1] * pixel_bytes
    return _Plan(factor, small, left // (shape[1] * shape[2] * pixel_bytes))


def _smaller(picture: NDArray[Any], factor: int) -> NDArray[Any]:
    """Means of blocks of pixels; the last ones of a row or column may be of fewer."""
    rows, columns = picture.shape[:2]
    missing = [(0, -rows % factor), (0, -columns % factor)] + [(0, 0)] * (picture.ndim - 2)
    whole = np.pad(picture, missing, mode="edge") if any(after for _, after in missing) else picture
    exact = np.float32 if picture.dtype.itemsize <= 2 else np.float64
    means = whole[::factor, ::factor].astype(exact)
    for n in range(1, factor * factor):  # far quicker than a mean over two axes of blocks
        means += whole[n // factor :: factor, n % factor :: factor]
    means /= factor * factor
    return (means if picture.dtype.kind == "f" else np.rint(means)).astype(picture.dtype)
