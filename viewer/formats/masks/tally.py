"""Which numbers a label volume holds, and in which slices; all of them in one pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Tally:
    """Voxels by number and slice: three arrays of the same length, read-only.

    Args:
        numbers: ascending; each once per slice where it is. 0 is left out.
        slices: of each; ascending where the number is the same.
        voxels: how many of the slice have the number, at least 1.
    """

    numbers: Counts
    slices: Counts
    voxels: Counts

    @cached_property
    def present(self) -> frozenset[int]:
        """All numbers but 0."""
        return frozenset(np.unique(self.numbers).tolist())

    def slices_of(self, numbers: Iterable[int]) -> Counts:
        """Return the slices, ascending, in which one of the numbers is."""
        ranges = [self._range(number) for number in numbers]
        return np.unique(np.concatenate([self.slices[:0], *(self.slices[rows] for rows in ranges)]))

    def voxels_of(self, numbers: Iterable[int]) -> int:
        """Return how many voxels have one of the numbers (each given once)."""
        return sum(int(self.voxels[self._range(number)].sum()) for number in numbers)

    def without(self, numbers: Iterable[int]) -> Tally:
        """Return the tally of all other numbers."""
        largest = np.iinfo(np.int64).max
        held = [number for number in numbers if abs(number) <= largest]
        left = ~np.isin(self.numbers, np.array(held, np.int64))
        return Tally(self.numbers[left], self.slices[left], self.voxels[left])

    def _range(self, number: int) -> slice:
        first, after = np.searchsorted(self.numbers, [number, number + 1])
        return slice(int(first), int(after))


def tally_of(values: NDArray[Any]) -> Tally:
    """Return the tally of whole numbers (slices, rows, columns)."""
    rows = [np.empty((3, 0), np.int64)]
    for number, plane in enumerate(values):
        if plane.any():
            found, counts = _counted(plane[plane != 0])
            rows.append(np.stack([found, np.full(len(found), number), counts]))
    table = np.concatenate(rows, axis=1)
    table = table[:, np.argsort(table[0], kind="stable")]
    table.flags.writeable = False
    return Tally(*table)


def _counted(numbers: NDArray[Any]) -> tuple[Counts, Counts]:
    """Distinct numbers, ascending, and how often each is there."""
    if numbers.dtype.kind == "u" and numbers.dtype.itemsize <= 2:
        counts = np.bincount(numbers)
        found = np.flatnonzero(counts)
        return found, counts[found]
    found, counts = np.unique(numbers, return_counts=True)
    return found.astype(np.int64), counts
