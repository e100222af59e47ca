"""The placements of an object on many frames: decoded when looked at, worked out between keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

import msgspec
import numpy as np
from immutables import Map
from numpy.typing import NDArray

from viewer.geometry.between import between
from viewer.geometry.shapes import Shape
from viewer.model.placement import Placement

Ints = NDArray[np.int64]
_NOTHING = Map[int, Placement]()


def _never() -> bool:
    return False


@dataclass(frozen=True, eq=False, repr=False)
class Track(Sequence[Placement]):
    """Placements in the order of their frames; an edit shares all but what changed.

    A placement between two key frames of the same stretch, or behind the last one, follows them:
    as the file holds it while both are as opened, else worked out anew. What nobody stored has the
    answers of the key frame before.

    Args:
        decode: of the placement of a slot as the file holds it; of one that is not stored,
            everything but its shape.
        slots: (n,) what each placement is known by: a number below `opened` for those of the file.
        frames: (n,) frame of each, rising within a run.
        runs: (n,) stretches that are each seen as one.
        keys: (n,) whether it was drawn by somebody.
        derived: slots of the file that are not stored in it, rising.
        opened: number of placements that the file holds or implies.
        changed: placements that differ from the file's, by slot.
        is_held: whether what lies between key frames is as at the one before, not worked out.
    """

    decode: Callable[[int], Placement]
    slots: Ints
    frames: Ints
    runs: Ints
    keys: NDArray[np.bool_]
    opened: int
    derived: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    changed: Map[int, Placement] = field(default_factory=lambda: _NOTHING)
    is_held: Callable[[], bool] = _never

    def __len__(self) -> int:
        return len(self.slots)

    @overload
    def __getitem__(self, at: int, /) -> Placement: ...
    @overload
    def __getitem__(self, at: slice, /) -> tuple[Placement, ...]: ...
    def __getitem__(self, at: int | slice, /) -> Placement | tuple[Placement, ...]:
        """Return a placement, or several."""
        if isinstance(at, slice):
            return tuple(self[n] for n in range(*at.indices(len(self))))
        number = at + len(self) if at < 0 else at
        if not 0 <= number < len(self):
            raise IndexError(at)
        return self._placement(number)

    def __iter__(self) -> Iterator[Placement]:
        return (self._placement(number) for number in range(len(self)))

    def with_(self, number: int, placement: Placement) -> Track:
        """Return a track whose placement of this number is another one on the same frame."""
        keys = self.keys.copy()
        keys[number] = placement.is_key
        slot = int(self.slots[number])
        return replace(self, keys=keys, changed=self.changed.set(slot, placement))

    def without(self, number: int) -> Track:
        """Return a track that is not on that frame; a stretch falls in two there.

        On its other frames it stays as it is seen: a frame beside the gap that follows a key frame
        which it is cut off from becomes a key frame itself.
        """
        whole = self._with_ends_drawn(number)
        kept = np.delete(np.arange(len(self)), number)
        slot = int(self.slots[number])
        return replace(
            whole,
            slots=whole.slots[kept],
            frames=whole.frames[kept],
            runs=whole.runs[kept],
            keys=whole.keys[kept],
            changed=whole.changed.delete(slot) if slot in whole.changed else whole.changed,
        )

    def _with_ends_drawn(self, number: int) -> Track:
        """Return a track whose frames on one side of a frame need none of the other side."""
        keys, changed = self.keys.copy(), self.changed
        for at in (*self._leaning(number, -1), *self._leaning(number, 1)):
            drawn = msgspec.structs.replace(self._placement(at), stored=True, is_key=True)
            keys[at], changed = True, changed.set(int(self.slots[at]), drawn)
        return replace(self, keys=keys, changed=changed)

    def _leaning(self, number: int, way: int) -> range:
        """Return frames beside a frame that keep others as they are seen once they are drawn.

        Args:
            way: -1 for the side before it, 1 for the side behind.
        """
        at, (first, last) = number + way, self._stretch(number)
        before, after = self._near(at) if first <= at <= last else (None, None)
        if before is None or self.keys[at]:
            return range(0)
        end = last + 1 if after is None else after
        cut_off = range(before + 1, number) if way < 0 else range(at, end)
        is_derived = np.isin(self.slots[cut_off.start : cut_off.stop], self.derived)
        beside = range(at, at + 1)
        if way < 0 and (after is None or self.is_held()):  # these follow the key frame before
            is_as_changed = after is not None and self._is_changed(after)
            is_freed = is_as_changed and not self._is_changed(before) and not is_derived.all()
            return beside if is_freed else range(0)
        if self._is_changed(before) or (after is not None and self._is_changed(after)):
            return beside
        if not is_derived.any():
            return range(0)
        return beside if is_derived.all() else cut_off  # what is stored would follow a new end

    def _is_changed(self, number: int) -> bool:
        return int(self.slots[number]) in self.changed

    def with_new(self, placement: Placement, frame: int) -> Track:
        """Return a track that is on one more frame, next to others a part of their stretch.

        Raises:
            ValueError: it is there already.
        """
        at = int(np.searchsorted(self.frames, frame))
        if at < len(self) and self.frames[at] == frame:
            raise ValueError(f"the track is on frame {frame} already")
        near = [n for n in (at - 1, at) if 0 <= n < len(self) and abs(self.frames[n] - frame) == 1]
        run = int(self.runs[near[0]]) if near else int(self.runs.max(initial=-1)) + 1
        slot = max(self.opened, 1 + int(self.slots.max(initial=-1)))
        return replace(
            self,
            slots=np.insert(self.slots, at, slot),
            frames=np.insert(self.frames, at, frame),
            runs=np.insert(self.runs, at, run),
            keys=np.insert(self.keys, at, placement.is_key),
            changed=self.changed.set(slot, placement),
        )

    def stretches(self) -> list[tuple[int, int]]:
        """Return (first, last) number of the placements of each unbroken stretch, in order."""
        if not len(self):
            return []
        breaks = np.flatnonzero((np.diff(self.frames) != 1) | (np.diff(self.runs) != 0)) + 1
        starts = [0, *breaks.tolist()]
        ends = [*breaks.tolist(), len(self)]
        return [(start, end - 1) for start, end in zip(starts, ends, strict=True)]

    def is_as(self, other: Track) -> bool:
        """Whether two tracks that came of one record hold the same."""
        return self is other or (
            self.changed == other.changed
            and np.array_equal(self.slots, other.slots)
            and np.array_equal(self.keys, other.keys)
        )

    def differing(self) -> list[int]:
        """Return the numbers of the placements that are not as the file holds them, in order."""
        changed = {n for n, slot in enumerate(self.slots.tolist()) if slot in self.changed}
        follow = {n for at in changed for n in self._followers(at)}
        return sorted(changed | follow)

    def neighbours(self) -> tuple[Ints, Ints]:
        """Return the number of the key frame before and behind each, in its stretch; -1 for none.

        A key frame is not its own neighbour.
        """
        numbers = np.arange(len(self))
        is_start = np.ones(len(self), dtype=np.bool_)
        is_start[1:] = (np.diff(self.frames) != 1) | (np.diff(self.runs) != 0)
        stretch = np.cumsum(is_start)
        keyed = np.flatnonzero(self.keys)
        if not len(keyed):
            return np.full_like(numbers, -1), np.full_like(numbers, -1)
        before = np.searchsorted(keyed, numbers) - 1
        after = np.searchsorted(keyed, numbers, side="right")
        found: list[Ints] = []
        for at, is_there in ((before, before >= 0), (after, after < len(keyed))):
            near = keyed[np.clip(at, 0, len(keyed) - 1)]
            found.append(np.where(is_there & (stretch[near] == stretch), near, -1))
        return found[0], found[1]

    def _placement(self, number: int) -> Placement:
        slot = int(self.slots[number])
        if slot in self.changed:
            return self.changed[slot]
        found = self.decode(slot)
        if self.keys[number]:
            return found
        before, after = self._near(number)
        ends = [n for n in (before, after) if n is not None]
        is_near_change = any(self._is_changed(n) for n in ends)
        if found.stored and (before is None or not is_near_change):  # nothing to work it out from
            return found
        shape = self._between(number, before, after, found.size)
        if found.stored or before is None:
            return msgspec.structs.replace(found, shape=shape)
        said = self._placement(before).attributes
        return msgspec.structs.replace(found, shape=shape, attributes=said)

    def _between(
        self, number: int, before: int | None, after: int | None, size: tuple[int, int] | None
    ) -> Shape | None:
        """Return the shape that lies between two others; None where they count other pixels."""
        if before is None:
            return None
        ends = [self._placement(before)]
        if after is not None and ends[0].flat is not None and not self.is_held():
            ends.append(self._placement(after))
        if len({size, *(end.size for end in ends)} - {None}) > 1:
            return None
        first, last = ends[0].flat, ends[-1].flat
        if after is None or first is None or last is None or len(ends) == 1:
            return first
        share = (self.frames[number] - self.frames[before]) / (
            self.frames[after] - self.frames[before]
        )
        return between(first, last, float(share))

    def _near(self, number: int) -> tuple[int | None, int | None]:
        """Return the numbers of the key frames before and behind, within the same stretch."""
        first, last = self._stretch(number)
        keys = np.flatnonzero(self.keys[first : last + 1]) + first
        at = int(np.searchsorted(keys, number))
        before = int(keys[at - 1]) if at else None
        return before, int(keys[at]) if at < len(keys) else None

    def _stretch(self, number: int) -> tuple[int, int]:
        offsets = self.frames - np.arange(len(self))
        same = (offsets == offsets[number]) & (self.runs == self.runs[number])
        inside = np.flatnonzero(same)
        return int(inside[0]), int(inside[-1])

    def _followers(self, number: int) -> Iterator[int]:
        """Yield the placements that are worked out from this one."""
        first, last = self._stretch(number)
        for step, end in ((-1, first - 1), (1, last + 1)):
            at = number + step
            while at != end and not self.keys[at]:
                yield at
                at += step
