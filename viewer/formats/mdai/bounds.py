"""Bounds of very many shapes: vertices decoded the quick way, and many records looked at together.

Only what the bounds need is made of a record: neither shape nor annotation. Every record that is
not plainly a good ring or line is decoded like any other, so that the answer is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from viewer.formats.mdai.outputs import OUTPUT
from viewer.formats.mdai.quick import Pairs, pairs_of
from viewer.formats.mdai.records import DETAILS, FAST_REFUSES
from viewer.geometry.measure import bounds
from viewer.geometry.shapes import FARTHEST
from viewer.model.ontology import Ontology
from viewer.model.table import Boxes, Columns, Ints, RecordDecoder

TOGETHER = 32  # records, about a third of a millisecond, between two questions whether to go on


@dataclass(frozen=True, eq=False)
class ShapeBounds:
    """Finds the bounds of an export's shapes.

    Args:
        data: the export's bytes.
        decode: of one record, whatever it holds.
    """

    data: bytes | memoryview
    columns: Columns
    ontology: Ontology
    decode: RecordDecoder

    @cached_property
    def _good(self) -> NDArray[np.bool_]:
        """(reasons + 1,): records locked for them are whole; the last one answers code -1."""
        return np.array([*(reason == OUTPUT for reason in self.columns.reasons), True])

    def __call__(self, rows: Ints, check: Callable[[], None], /) -> Boxes:
        """Return the bounds of these rows, which are the ordinals: a record has one placement."""
        boxes = np.full((len(rows), 4), np.nan)
        for start in range(0, len(rows), TOGETHER):
            check()
            some = slice(start, start + TOGETHER)
            self._fill(boxes[some], rows[some])
        return boxes

    def _fill(self, boxes: Boxes, rows: Ints) -> None:
        """Set the boxes of a few records, of rings and lines together."""
        found = self._pairs(rows)
        quick = [at for at, pairs in enumerate(found) if pairs]
        with suppress(TypeError):  # pairs and single numbers are mixed: each is looked at by itself
            boxes[quick] = _around([pairs for pairs in found if pairs])
        for at in np.flatnonzero(~(np.abs(boxes) <= FARTHEST).all(axis=1)).tolist():
            shape = self.decode(int(rows[at])).placements[0].flat
            boxes[at] = np.nan if shape is None else bounds(shape)

    def _pairs(self, rows: Ints) -> list[Pairs | None]:
        """Return the vertices of records; None of those that only their decoding can tell."""
        columns = self.columns
        starts, ends = columns.starts[rows].tolist(), columns.ends[rows].tolist()
        is_good = self._good[columns.locked[rows]].tolist()
        return [
            pairs_in(self.data[start:end], self.ontology) if good else None
            for start, end, good in zip(starts, ends, is_good, strict=True)
        ]


def pairs_in(
    record: bytes | memoryview, ontology: Ontology, *, closed: bool = False
) -> Pairs | None:
    """Return what `pairs_of` does for a whole record; None also where a key of it is odd.

    Args:
        closed: of rings alone.
    """
    try:
        details = DETAILS.decode(record)
    except FAST_REFUSES:
        return None
    label = ontology.by_id.get(details.label_id or "")
    mode = None if label is None else label.mode
    return None if closed and mode == "line" else pairs_of(mode, details.data)


def _around(found: Sequence[Pairs]) -> Boxes:
    """Return the bounds of lists of pairs.

    Raises:
        TypeError: one holds single numbers too.
    """
    if not found:
        return np.empty((0, 4))
    counts = [len(pairs) for pairs in found]
    flat = chain.from_iterable(chain.from_iterable(found))
    points = np.fromiter(flat, np.float64, 2 * sum(counts)).reshape(-1, 2)
    firsts = np.cumsum([0, *counts[:-1]])
    low, high = np.minimum.reduceat(points, firsts), np.maximum.reduceat(points, firsts)
    return np.concatenate((low, high), axis=1)
