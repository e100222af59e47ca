"""The table of all labels: numbers by row and column, and how edits lie over them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viewer.model.annotation import AnnotationId
from viewer.model.ontology import LabelClass
from viewer.model.task import Task
from viewer.review.label_keys import LabelKeys, keys_in, numbered
from viewer.review.reasons import REASONS

Cells = NDArray[np.int64]
Table = NDArray[np.int32]


class Cell(IntEnum):
    """Columns of the table; -1 means absent.

    CLASS, AUTHOR, EXPORT are codes into the tables beside it; KIND into KINDS, SCOPE into SCOPES,
    TASK into the tasks, REASON into REASONS (0 = placed). FIRST and LAST are slices, counted from
    0, along PLANE: a code into PLANES, -1 for the slices as they were acquired.
    """

    EXPORT = 0
    ORDINAL = 1
    NEW = 2
    CLASS = 3
    AUTHOR = 4
    KIND = 5
    SCOPE = 6
    MEDIA = 7
    FIRST = 8
    LAST = 9
    REASON = 10
    PARENT = 11
    EDITED = 12
    LOCKED = 13
    PLANE = 14
    TASK = 15


@dataclass(frozen=True)
class ClassEntry:
    """One class of one export, as a group's title.

    Args:
        source: the export in words, where another one has a class of this name; else "".
    """

    export: str
    label: LabelClass
    title: str
    source: str = ""


@dataclass(frozen=True)
class ListedTask:
    """One task of one export."""

    export: str
    task: Task


@dataclass(frozen=True, eq=False)
class LabelRows:
    """One row per annotation that is there, ordered by export and reading, the new ones last.

    Args:
        cells: (n, 16), see Cell; of rows that edits lie over, those as opened.
        exports: export ids.
        classes: all classes, in the exports' order.
        authors: names, "" first.
        tasks: those of all exports, in their order.
        laid: the edits that lie over the rows as opened; None for those.
    """

    cells: Table
    exports: tuple[str, ...] = ()
    classes: tuple[ClassEntry, ...] = ()
    authors: tuple[str, ...] = ("",)
    laid: Laid | None = None
    tasks: tuple[ListedTask, ...] = ()
    _columns: dict[Cell, Table] = field(default_factory=dict[Cell, Table], init=False, repr=False)

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.cells) if self.laid is None else self.laid.count

    def column(self, cell: Cell) -> Table:
        """Return one column, (n,); worked out when it is first asked for."""
        if self.laid is None:
            return self.cells[:, cell]
        if cell not in self._columns:
            self._columns[cell] = self.laid.over(self.cells[:, cell], cell)
        return self._columns[cell]

    def tracks_on(self, media: int) -> Cells:
        """Return the rows of annotations that are on several slices or frames of a media."""
        first, last = self.column(Cell.FIRST), self.column(Cell.LAST)
        return np.flatnonzero((self.column(Cell.MEDIA) == media) & (first >= 0) & (first < last))

    def line(self, row: int) -> list[int]:
        """Return all cells of a row."""
        if self.laid is None:
            return self.cells[row].tolist()
        line = self.laid.lines.get(row)
        return self.cells[self.laid.kept[row]].tolist() if line is None else line

    def cell(self, row: int, cell: Cell) -> int:
        """Return one cell."""
        return self.line(row)[cell]

    def id_at(self, row: int) -> AnnotationId:
        """Return the annotation of a row."""
        line = self.line(row)
        new = bool(line[Cell.NEW])
        return AnnotationId(self.exports[line[Cell.EXPORT]], line[Cell.ORDINAL], new)

    def row_of(self, id: AnnotationId) -> int | None:
        """Return the row of an annotation, None when it is not there."""
        return self.keys.place_of(id)

    def rows_of(self, ids: Iterable[AnnotationId]) -> Cells:
        """Return the rows of the annotations that are there, in the order of `ids`."""
        places = self.keys.places_of(keys_in(self.exports, ids))
        return places[places >= 0]

    def entry(self, row: int) -> ClassEntry | None:
        """Return the class of a row."""
        code = self.cell(row, Cell.CLASS)
        return self.classes[code] if code >= 0 else None

    def task(self, row: int) -> Task | None:
        """Return the task that a row belongs to."""
        code = self.cell(row, Cell.TASK)
        return self.tasks[code].task if code >= 0 else None

    def author(self, row: int) -> str:
        """Return the author's name, "" when unknown."""
        return self.authors[self.cell(row, Cell.AUTHOR)]

    def reason(self, row: int) -> str:
        """Return why a row is not placed, "" when it is."""
        return REASONS[self.cell(row, Cell.REASON)]

    @cached_property
    def keys(self) -> LabelKeys:
        """The annotation of each row, rising."""
        new, export = (self.column(cell).astype(np.int64) for cell in (Cell.NEW, Cell.EXPORT))
        return LabelKeys(self.exports, numbered(new, export, self.column(Cell.ORDINAL)))


@dataclass(frozen=True, eq=False)
class Laid:
    """What edits make of rows: those opened that are still there, behind them the new ones.

    The table as opened is not copied; a column is, when somebody looks at all of it.

    Args:
        opened: the rows as opened.
        kept: rising numbers of those that are still there.
        lines: the cells of rows that say something else, and of new ones, by rising number here.
    """

    opened: LabelRows
    kept: Cells
    lines: dict[int, list[int]]

    @property
    def count(self) -> int:
        """Number of rows, new ones included."""
        return max(len(self.kept), max(self.lines, default=-1) + 1)

    @cached_property
    def changed(self) -> Cells:
        """Rising numbers of the rows in `lines`."""
        return np.array(list(self.lines), dtype=np.int64)

    def over(self, column: Table, cell: Cell) -> Table:
        """Return a column with the edits, of the same one as opened."""
        found = np.empty(self.count, dtype=column.dtype)
        kept = found[: len(self.kept)]
        np.take(column, self.kept, out=kept, mode="clip")  # "raise" would copy it once more
        found[self.changed] = [line[cell] for line in self.lines.values()]
        return found
