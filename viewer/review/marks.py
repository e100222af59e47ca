"""Which classes have geometry on each slice of a media, for strips and timelines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from viewer.model.table import Ints

ClassKey = tuple[str, str]  # export id, class id
_BITS = 62  # of a word of 64 that are used


def marks_of(parts: Iterable[tuple[ClassKey, Ints]]) -> Mapping[int, tuple[ClassKey, ...]]:
    """Return the classes of each slice, rising; slices with the same ones share one tuple.

    Args:
        parts: a class and slices that it is on; a class may come several times.
    """
    numbers: dict[ClassKey, int] = {}
    numbered = [(numbers.setdefault(key, len(numbers)), slices) for key, slices in parts]
    count = 1 + max((int(slices.max(initial=-1)) for _, slices in numbered), default=-1)
    bits = np.zeros((len(numbers) // _BITS + 1, count), dtype=np.int64)  # one bit per class
    for number, slices in numbered:
        bits[number // _BITS, slices] |= 1 << (number % _BITS)
    used = np.flatnonzero(bits.any(axis=0))
    keys = list(numbers)
    known: dict[tuple[int, ...], tuple[ClassKey, ...]] = {}
    marks: dict[int, tuple[ClassKey, ...]] = {}
    for slice, words in zip(used.tolist(), zip(*bits[:, used].tolist(), strict=True), strict=True):
        if words not in known:
            known[words] = tuple(
                key for n, key in enumerate(keys) if words[n // _BITS] >> (n % _BITS) & 1
            )
        marks[slice] = known[words]
    return marks
