"""Pictures of a media that is larger than the memory it may take: read again when wished for.

The pictures around the one that is looked at are kept. While all are read once, a smaller copy of
each is made, from which the planes other than the acquired one are shown, and a few of its values
are kept, from which windows are worked out.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotDecode, CannotRead

_COPY_SHARE = 0.5  # of the budget, for the smaller copy
_AT_WORK = 3  # pictures that are being decoded: two workers, and one that is read again
_SAMPLE_SIDE = 32  # values across and down that are kept of each picture
_AHEAD, _BEHIND = 8, 4  # pictures that are read again around the one wanted


class Pages:
    """A bounded number of pictures, and a smaller copy of all. Thread-safe.

    It answers as the fetcher of a video does (`viewer.media.volume.FrameFetcher`): at once with
    what is at hand, while a thread reads what is wanted, the newest wish first.

    Args:
        shape: (count, rows, columns), or (count, rows, columns, 3).
        dtype: of the stored values.
        budget_bytes: that pictures and copy may take.
        decode: fills `slot(k)`; raises CannotDecode or CannotRead.
        ready: (count,) pictures that were decoded once; made false where that fails later.
        errors: sentence of each picture that cannot be read again; filled here.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        budget_bytes: int,
        decode: Callable[[int], None],
        ready: NDArray[np.bool_],
        errors: dict[int, str],
    ) -> None:
        self._shape, self._dtype = shape, dtype
        self._decode = decode
        self._ready, self._errors = ready, errors
        plan = _plan_of(shape, dtype, budget_bytes)
        self.factor = plan.factor
        self._most = max(plan.most - _AT_WORK, 1)
        self._small = np.zeros((shape[0], *plan.small, *shape[3:]), dtype)
        self._apart = plan.apart
        sides = [len(range(0, side, plan.apart)) for side in shape[1:3]]
        self._values = np.zeros((shape[0], *sides, *shape[3:]), dtype)
        self._filling: dict[int, NDArray[Any]] = {}
        self._kept: dict[int, NDArray[Any]] = {}
        # What is still being drawn is at hand, though it was let go.
        self._lent: WeakValueDictionary[int, NDArray[Any]] = WeakValueDictionary()
        self._centre = 0
        self._wanted: frozenset[int] = frozenset()
        self._wishes: deque[int] = deque()
        self._worker: threading.Thread | None = None
        self._tell: Callable[[int], None] | None = None
        self._lock = threading.RLock()
        self._again = threading.Lock()

    @property
    def held_bytes(self) -> int:
        """Memory that pictures, copy and values take now."""
        with self._lock:
            pictures = [*self._kept.values(), *self._filling.values()]
        held = self._small.nbytes + self._values.nbytes
        return held + sum(picture.nbytes for picture in pictures)

    def slot(self, k: int) -> NDArray[Any]:
        """Return where picture k is to be decoded to; `settle` keeps it."""
        with self._lock:
            return self._filling.setdefault(k, np.zeros(self._shape[1:], self._dtype))

    def settle(self, k: int) -> NDArray[Any]:
        """Keep what was decoded, and its smaller copy; pictures far from the one looked at go."""
        with self._lock:
            picture = self._filling.pop(k)
        self._small[k] = _smaller(picture, self.factor)
        self._values[k] = picture[:: self._apart, :: self._apart]
        picture.flags.writeable = False
        with self._lock:
            self._kept[k] = self._lent[k] = picture
            while len(self._kept) > self._most:
                del self._kept[max(self._kept, key=self._uselessness)]
        return picture

    def drop(self, k: int) -> None:
        """Give up a picture that could not be decoded."""
        with self._lock:
            self._filling.pop(k, None)

    def values(self, k: int) -> NDArray[Any]:
        """Return some stored values of a picture that was decoded once: (h, w), h and w small."""
        return self._values[k]

    # What `viewer.media.volume.FrameFetcher` asks for.

    def kept(self, index: int) -> NDArray[Any] | None:
        """Return a picture that is at hand."""
        with self._lock:
            found = self._kept.get(index)
            return self._lent.get(index) if found is None else found

    def near(self, index: int) -> int | None:
        """Return the picture at hand that is nearest."""
        with self._lock:
            return min(self._kept, key=lambda kept: abs(kept - index), default=None)

    def want(self, index: int, ahead: int = 0) -> None:
        """Have a picture read again, and its neighbours; what is not decoded yet is not read."""
        with self._lock:
            frames = self._around(index, ahead)
            self._centre, self._wanted = index, frozenset(frames)
            self._wishes = deque(frame for frame in frames if self._is_missing(frame))
            if self._wishes and self._worker is None:
                self._worker = threading.Thread(target=self._work, name="pages", daemon=True)
                self._worker.start()

    def wait(self, index: int) -> NDArray[Any]:
        """Return a picture, read again if it has gone.

        Raises:
            CannotDecode, CannotRead: it cannot be read any more.
        """
        with self._again:  # one reader at a time: two wishes for one picture read it once
            found = self.kept(index)
            if found is not None:
                return found
            try:
                self._decode(index)
            except BaseException as error:
                self.drop(index)
                if isinstance(error, CannotDecode | CannotRead):
                    self._errors[index] = str(error)
                    self._ready[index] = False
                raise
            return self.settle(index)

    def on_arrival(self, tell: Callable[[int], None]) -> None:
        """Call `tell` with each picture that is read again or cannot be, from a thread."""
        self._tell = tell

    def close(self) -> None:
        """Read nothing more, and tell nobody; what is at hand stays."""
        with self._lock:
            self._wishes.clear()
        self._decode, self._tell = _closed, None  # they hold the media, which holds this

    # The rest.

    def _around(self, index: int, ahead: int) -> list[int]:
        """A picture and its neighbours, as many as are kept together, the next first."""
        step = ahead or 1
        after = range(1, min(_AHEAD, self._most // 2) + 1)
        before = range(1, min(_BEHIND, (self._most - 1) // 2) + 1) if not ahead else ()
        frames = [index, *(index + step * n for n in after), *(index - step * n for n in before)]
        return [frame for frame in frames if 0 <= frame < self._shape[0]]

    def _uselessness(self, index: int) -> tuple[bool, int]:
        return index not in self._wanted, abs(index - self._centre)

    def _is_missing(self, index: int) -> bool:
        return bool(self._ready[index]) and self.kept(index) is None

    def _work(self) -> None:
        """Read wishes until there are none; in a thread of its own."""
        while (index := self._next()) is not None:
            try:
                self.wait(index)
            except (CannotDecode, CannotRead):
                pass  # its sentence is among the errors, where whoever shows it looks
            except BaseException:
                with self._lock:
                    self._worker = None
                raise
            tell = self._tell
            if tell is not None:
                tell(index)

    def _next(self) -> int | None:
        with self._lock:
            while self._wishes:
                index = self._wishes.popleft()
                if self._is_missing(index):
                    return index
            self._worker = None
            return None

    @property
    def copy(self) -> NDArray[Any]:
        """The smaller copy of all pictures: each value stands for `factor` pixels along both sides.

        The last of a row or column may reach beyond the picture.
        """
        return self._small

    def strips(self, axis: int, index: int) -> NDArray[Any]:
        """Return column (axis 0) or row (axis 1) `index` of all pictures, from the smaller copy.

        Its values stand for `factor` pixels each, so that every one lies where it is in the
        pictures: (count, rows) or (count, columns).
        """
        at = index // self.factor
        small = self._small[:, :, at] if axis == 0 else self._small[:, at]
        cells = self._shape[1] if axis == 0 else self._shape[2]
        return np.repeat(small, self.factor, axis=1)[:, :cells]


def _closed(_index: int) -> None:
    raise CannotRead("It was closed; open it again.")


@dataclass(frozen=True)
class _Plan:
    """How a budget is spent.

    Args:
        factor: by which the copy is smaller.
        small: rows and columns of the copy.
        apart: pixels from one value that is kept to the next.
        most: pictures that fit beside copy and values.
    """

    factor: int
    small: tuple[int, int]
    apart: int
    most: int


def can_page(shape: tuple[int, ...], dtype: np.dtype[Any], budget_bytes: int) -> bool:
    """Whether a few pictures and the smaller copy fit into the budget."""
    return shape[0] > 1 and _plan_of(shape, dtype, budget_bytes).most > _AT_WORK


def _plan_of(shape: tuple[int, ...], dtype: np.dtype[Any], budget_bytes: int) -> _Plan:
    pixel_bytes = dtype.itemsize * int(np.prod(shape[3:]))
    need = shape[0] * shape[1] * shape[2] * pixel_bytes
    factor = max(2, math.ceil(math.sqrt(need / max(_COPY_SHARE * budget_bytes, 1.0))))
    small = (-(-shape[1] // factor), -(-shape[2] // factor))
    apart = max(1, math.ceil(max(shape[1:3]) / _SAMPLE_SIDE))
    values = -(-shape[1] // apart) * -(-shape[2] // apart)
    left = budget_bytes - shape[0] * (small[0] * small[1] + values) * pixel_bytes
    return _Plan(factor, small, apart, left // (shape[1] * shape[2] * pixel_bytes))


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
