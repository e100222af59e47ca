"""Rows of the label list as CSV, column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from viewer.model.annotation import AnnotationId
from viewer.model.csv_text import csv_text, tame, tame_csv
from viewer.model.export_words import export_words
from viewer.model.project import Project
from viewer.model.table import KINDS
from viewer.model.verdict import Target
from viewer.review.label_table import Cell, Cells, LabelRows, Table
from viewer.review.matching import REASONS
from viewer.review.track_columns import Count, TrackColumns
from viewer.ui.labels.cells import NO_VERDICT, slice_text

HEAD = (
    "label",
    "group",
    "author",
    "kind",
    "slice",
    "id",
    "export",
    "task",
    "task state",
    "verdict",
    "reason",
    "comment",
    "state",
)
OF_TRACKS = ("first", "last", "key frames", "between", "gaps", "problems")
T = TypeVar("T")
AT_ONCE = 1024  # rows, some milliseconds
_PLACE = (Cell.FIRST, Cell.LAST, Cell.KIND, Cell.SCOPE, Cell.PLANE)  # what `slice_text` looks at


def csv_of(
    project: Project, rows: LabelRows, numbers: Cells, tracks: TrackColumns | None = None
) -> str:
    """Return these rows as CSV with a head; see `csv_parts`."""
    return "".join(csv_parts(project, rows, numbers, tracks=tracks))


def csv_parts(
    project: Project,
    rows: LabelRows,
    numbers: Cells,
    check: Callable[[], None] = lambda: None,
    tracks: TrackColumns | None = None,
) -> Iterator[str]:
    """Yield these rows as CSV with a head, in parts of whole lines; no record is decoded.

    Args:
        project: that the rows are of.
        rows: all rows.
        numbers: of those that are wanted, in order.
        check: called every few milliseconds; may raise to stop.
        tracks: what is counted of them, where they are tracks.
    """
    yield csv_text(((*HEAD, *OF_TRACKS) if tracks is not None else HEAD,))
    writer = _Writer(project, rows, tracks)
    for first in range(0, len(numbers), AT_ONCE):
        check()
        yield tame_csv(writer.lines(numbers[first : first + AT_ONCE]))


class _Writer:
    """What the cells of all rows are made of."""

    def __init__(self, project: Project, rows: LabelRows, tracks: TrackColumns | None) -> None:
        self._project, self._rows, self._tracks = project, rows, tracks
        labels, exports = [entry.label for entry in rows.classes], export_words(project)
        tasks = [one.task for one in rows.tasks]
        words: dict[Cell, tuple[Sequence[str], ...]] = {  # by code, the last one for -1
            Cell.CLASS: ([*(one.name for one in labels), ""], [*(one.group for one in labels), ""]),
            Cell.AUTHOR: (rows.authors,),
            Cell.KIND: (KINDS,),
            Cell.EXPORT: ([exports[id] for id in rows.exports],),
            Cell.TASK: ([*(one.title for one in tasks), ""], [*(one.status for one in tasks), ""]),
            Cell.REASON: (["placed", *REASONS[1:]],),
        }
        self._words = {cell: [list(map(tame, each)) for each in words[cell]] for cell in words}
        self._slices: dict[tuple[int, ...], str] = {}
        self._verdicts = _by_row(rows, project.verdicts.items())
        self._edited = _by_row(rows, project.annotations.edits.items())

    def lines(self, numbers: Cells) -> Iterator[tuple[str, ...]]:
        """Return an iterator over the cells of rows, which are tame."""
        columns = (
            *(self._column(Cell.CLASS, numbers)),
            *(self._column(Cell.AUTHOR, numbers)),
            *(self._column(Cell.KIND, numbers)),
            self._places(numbers),
            self._ids(numbers),
            *(self._column(Cell.EXPORT, numbers)),
            *(self._column(Cell.TASK, numbers)),
            *(self._said(numbers)),
            *(self._column(Cell.REASON, numbers)),
            *(self._counts(numbers)),
        )
        return zip(*columns, strict=True)

    def _column(self, cell: Cell, numbers: Cells) -> Iterator[list[str]]:
        codes: list[int] = self._rows.column(cell)[numbers].tolist()
        for words in self._words[cell]:
            yield [words[code] for code in codes]

    def _places(self, numbers: Cells) -> list[str]:
        parts = (self._rows.column(cell)[numbers].tolist() for cell in _PLACE)
        keys, known = list(zip(*parts, strict=True)), self._slices
        for key, row in zip(keys, numbers.tolist(), strict=True):
            if key not in known:
                known[key] = slice_text(self._rows.line(row))
        return [known[key] for key in keys]

    def _ids(self, numbers: Cells) -> list[str]:
        """Return the vendor's ids without decoding records."""
        exports, ordinals = (
            self._rows.column(cell)[numbers] for cell in (Cell.EXPORT, Cell.ORDINAL)
        )
        found = [""] * len(numbers)
        opened = self._rows.column(Cell.NEW)[numbers] == 0
        for code, export in enumerate(self._rows.exports):
            at = np.flatnonzero((exports == code) & opened)
            base = self._project.annotations.bases.get(export)
            ids = base.columns.native_ids.strings_at(ordinals[at]) if base is not None else ()
            for place, id in zip(at.tolist(), ids, strict=False):
                found[place] = id
        listed: list[int] = numbers.tolist() if self._edited else []
        for place, row in enumerate(listed):
            annotation = self._edited.get(row)
            if annotation is not None:
                found[place] = annotation.native_id
        return list(map(tame, found))

    def _said(self, numbers: Cells) -> Iterator[list[str]]:
        """Yield what verdicts say: judgement, reason, comment."""
        said = [self._verdicts.get(row, NO_VERDICT) for row in numbers.tolist()]
        yield [verdict.judgement or "" for verdict in said]
        yield [tame(verdict.reason) for verdict in said]
        yield [tame(verdict.comment) for verdict in said]

    def _counts(self, numbers: Cells) -> Iterator[list[str]]:
        """Yield first and last frame or slice, counted from 1, and the counts of tracks.

        Where it is not known where a track lies, its gaps are not known either.
        """
        if self._tracks is None:
            return
        is_placed = self._rows.column(Cell.FIRST)[numbers] >= 0
        for cell in (Cell.FIRST, Cell.LAST):
            yield _words_of(self._rows.column(cell)[numbers] + 1, is_placed)
        for count in list(Count)[Count.KEYS :]:
            is_known = is_placed | (count != Count.GAPS)
            yield _words_of(self._tracks.counts[count, numbers], is_known)


def _words_of(counts: Cells | Table, is_known: NDArray[np.bool_]) -> list[str]:
    known = zip(counts.tolist(), is_known.tolist(), strict=True)
    return [str(count) if said else "" for count, said in known]


def _by_row(rows: LabelRows, told: Iterable[tuple[Target, T]]) -> dict[int, T]:
    """Return what is told of annotations by their rows."""
    found = ((rows.row_of(id), one) for id, one in told if isinstance(id, AnnotationId))
    return {row: one for row, one in found if row is not None}
