"""Tasks as rows: what their vendors say of them, and what is counted; straight from arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from viewer.model.export_words import export_words
from viewer.model.task import Task, TaskKey
from viewer.model.verdict import Judgement, Verdicts
from viewer.review.review_file import word_of
from viewer.review.task_table import Counts, TaskTable
from viewer.session.session import Session
from viewer.ui.widgets.icons import icon
from viewer.ui.widgets.theme import color

Index = QModelIndex | QPersistentModelIndex
Shown = Literal["all", "labelled", "unplaced", "issues", "open"]
SHOWN: tuple[Shown, ...] = ("all", "labelled", "unplaced", "issues", "open")
NO_INDEX = QModelIndex()
FIRST = ("#", "Task")
COUNTED = ("Labels", "Not placed", "Problems", "Accepted", "Rejected", "Needs change")
# Where there are several, where one says it, and where one was judged as a whole.
EXPORT, STATUS, WHOLE = "Export", "Status", "Whole study"
JUDGED: dict[str, Judgement] = {
    "Accepted": "accepted",
    "Rejected": "rejected",
    "Needs change": "needs_change",
}
# Icon and colour of what was said of a task as a whole.
SAID: dict[Judgement, tuple[str, str]] = {
    "accepted": ("check-circle", "ok"),
    "rejected": ("x-circle", "bad"),
    "needs_change": ("warning-circle", "caution"),
}
MANY = 20  # facts that are columns; what more tasks state is in their tooltips


def _columns_of(table: TaskTable, verdicts: Verdicts) -> tuple[str, ...]:
    has_status = any(task.status for task in table.tasks)
    has_several = len({key.export for key in table.keys}) > 1
    middle = ((EXPORT,) if has_several else ()) + ((STATUS,) if has_status else ())
    middle += (WHOLE,) if any(target in table.numbers for target in verdicts) else ()
    return (*FIRST, *middle, *COUNTED, *table.names[:MANY])


def shown_of(key: str) -> Shown:
    """Return which tasks a key of the filter stands for."""
    by_key: dict[str, Shown] = {shown: shown for shown in SHOWN}
    return by_key[key]


class TaskModel(QAbstractTableModel):
    """The tasks of the session as listed; no object per row."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._table: TaskTable | None = None
        self._columns: tuple[str, ...] = ()
        self._counts: dict[str, Counts] = {}
        self._titles: dict[str, str] = {}  # of the exports, each another one
        self._shown: Shown = "all"
        self._text = ""
        self._sort: tuple[str, bool] = (FIRST[0], False)

    @property
    def columns(self) -> tuple[str, ...]:
        """What the columns are called."""
        return self._columns

    def refresh(self) -> None:
        """Read tasks and verdicts anew, and list them by filter and order."""
        table = self._session.tasks.table
        self.beginResetModel()
        self._table = table
        self._columns = () if table is None else _columns_of(table, self._session.project.verdicts)
        self._counts = {} if table is None else self._counted(table)
        self._titles = export_words(self._session.project)
        order = self._ordered()
        self.endResetModel()
        if not np.array_equal(order, self._session.tasks.order):
            self._session.tasks.arrange(order)

    def set_filter(self, shown: Shown, text: str) -> None:
        """List only the tasks that fit."""
        if (shown, text) != (self._shown, self._text):
            self._shown, self._text = shown, text
            self.refresh()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """List in the order of a column."""
        name = self._columns[column] if 0 <= column < len(self._columns) else FIRST[0]
        wanted = (name, order == Qt.SortOrder.DescendingOrder)
        if wanted != self._sort:
            self._sort = wanted
            self.refresh()

    @property
    def sorted_column(self) -> int:
        """The column that the tasks are in the order of; others may have come before it."""
        name = self._sort[0]
        return self._columns.index(name) if name in self._columns else 0

    def number_at(self, row: int) -> int:
        """Return the number of the task in a row."""
        return int(self._session.tasks.order[row])

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Return how many tasks are listed."""
        is_inner = parent.isValid() or self._table is None
        return 0 if is_inner else len(self._session.tasks.order)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the head of a column."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            name = self._columns[section]
            return name[:1].upper() + name[1:]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self._columns[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return words, colour and alignment of a cell."""
        if self._table is None or not index.isValid():
            return None
        number, name = self.number_at(index.row()), self._columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.words(number, name)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(name)
            case Qt.ItemDataRole.ForegroundRole:
                is_odd = name in ("Not placed", "Problems") and bool(self._counts[name][number])
                return color("caution") if is_odd else None
            case Qt.ItemDataRole.DecorationRole if name == "Task":
                return self._said_icon(number)
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(self._table.tasks[number])
            case _:
                return None

    def words(self, number: int, name: str) -> str:
        """Return what a column says of a task; no zeros, which would only be in the way."""
        if self._table is None:
            return ""
        task = self._table.tasks[number]
        match name:
            case "#":
                return f"{number + 1:,}"
            case "Task":
                return " ".join(task.title.split())
            case "Labels":
                return f"{self._counts[name][number]:,}"
            case "Status":
                return task.status
            case "Export" | "Whole study":
                return self._of_key(self._table.keys[number], name)
            case _ if name in self._counts:
                count = int(self._counts[name][number])
                return f"{count:,}" if count else ""
            case _:
                return _fact(task, name)

    def _of_key(self, key: TaskKey, name: str) -> str:
        if name == EXPORT:
            return self._titles.get(key.export, "")
        said = self._session.project.verdicts.get(key)
        return "" if said is None else word_of(said).replace("_", " ")

    def _said_icon(self, number: int) -> object:
        said = self._session.project.verdicts.get(self._table.keys[number]) if self._table else None
        if said is None or said.judgement is None:
            return None
        name, token = SAID[said.judgement]
        return icon(name, role=token, on=token)

    def _counted(self, table: TaskTable) -> dict[str, Counts]:
        judged = table.judged(self._session.project.verdicts)
        found = {"Labels": table.labels, "Not placed": table.unplaced, "Problems": table.issues}
        return found | {name: judged[judgement] for name, judgement in JUDGED.items()}

    def _ordered(self) -> NDArray[np.int64]:
        """Return the numbers of the tasks that fit, in the order of the sorted column."""
        table = self._table
        if table is None:
            return np.empty(0, dtype=np.int64)
        name, is_falling = self._sort
        name = name if name in self._columns else FIRST[0]
        order = self._by(table, name, is_falling)
        return order[self._fitting(table)[order]]

    def _by(self, table: TaskTable, name: str, is_falling: bool) -> NDArray[np.int64]:
        """Return the numbers of all tasks by a column; those that say nothing there come last."""
        if name == FIRST[0]:
            order = np.arange(len(table))
            return order[::-1] if is_falling else order
        if name in self._counts:
            counts = self._counts[name]
            return np.argsort(-counts if is_falling else counts, kind="stable")
        words = [self.words(number, name) for number in range(len(table))]
        keys = [_natural(word) for word in words]
        order = sorted(range(len(words)), key=keys.__getitem__, reverse=is_falling)
        return np.array(sorted(order, key=lambda number: not words[number]), dtype=np.int64)

    def _fitting(self, table: TaskTable) -> NDArray[np.bool_]:
        fits = np.ones(len(table), dtype=np.bool_)
        match self._shown:
            case "labelled":
                fits = table.labels > 0
            case "unplaced":
                fits = table.unplaced > 0
            case "issues":
                fits = table.issues > 0
            case "open":
                done = sum(self._counts[name] for name in JUDGED)
                fits = (table.labels > 0) & (done < table.labels)
            case "all":
                pass
        wanted = self._text.casefold().split()
        if wanted:
            fits = fits & np.fromiter(
                (all(word in _text_of(task) for word in wanted) for task in table.tasks),
                dtype=np.bool_,
                count=len(table),
            )
        return fits


def _alignment(name: str) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if name in ("#", *COUNTED) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _fact(task: Task, name: str) -> str:
    return next((value for known, value in task.facts if known == name), "")


def _tip(task: Task) -> str:
    said = [task.title, task.id] if task.id != task.title else [task.title]
    said += [f"status: {task.status}"] if task.status else []
    return "\n".join([*said, *(f"{name}: {value}" for name, value in task.facts[:40])])


def _text_of(task: Task) -> str:
    facts = (f"{name} {value}" for name, value in task.facts)
    return " ".join((task.title, task.id, task.status, *facts)).casefold()


def _natural(words: str) -> tuple[float, str]:
    """Sort numbers by their size, then texts; "nan" is a text."""
    try:
        number = float(words.replace(",", ""))
    except ValueError:
        number = float("nan")
    return (number, "") if number == number else (float("inf"), words.casefold())


def csv_rows(model: TaskModel, rows: Sequence[int]) -> list[list[str]]:
    """Return the heads and the cells of some rows, as texts."""
    head = [str(model.headerData(n, Qt.Orientation.Horizontal)) for n in range(len(model.columns))]
    numbers = [model.number_at(row) for row in rows]
    return [head, *([model.words(number, name) for name in model.columns] for number in numbers)]
