"""The label list as a Qt model: groups and their rows, straight from arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from textwrap import fill
from typing import Any, TypeAlias

import numpy as np
from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from viewer.model.annotation import AnnotationId
from viewer.model.table import KINDS
from viewer.render.overlay import color_of_class
from viewer.session.display import Hidden
from viewer.session.session import Session
from viewer.ui.inspector_facts import author_words
from viewer.ui.label_groups import Group, Groups, SortKey, fitting, grouped
from viewer.ui.label_rows import SCOPES, Cell, LabelRows, rows_of

Index: TypeAlias = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
SHAPE_ICONS = {
    "none": "tag",
    "point": "map-pin-simple",
    "box": "rectangle",
    "ellipse": "ellipse",
    "polygon": "polygon",
    "polyline": "line-segments",
    "mask": "grid-nine",
    "unknown": "question",
}


class Column(IntEnum):
    """Columns of the list."""

    LABEL = 0
    SLICE = 1
    EYE = 2
    SOLO = 3
    LOCK = 4


HEADERS = ("Label", "Slice", "Visible", "Alone", "Locked")
HEADER_ICONS = {Column.EYE: "eye", Column.SOLO: "star-four", Column.LOCK: "lock-simple"}
NOT_PLACED_ICON = "link-break"
UNSAVED = "•"
TIP_LETTERS = 80  # in a line of a tooltip, which Qt does not wrap
FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
ITEM_ROLE = Qt.ItemDataRole.UserRole  # RowItem or GroupItem, for the painter


@dataclass(frozen=True)
class GroupItem:
    """What the painter needs of a group row: a name, and beside it what gives way first."""

    title: str
    beside: str
    count: int
    color: str | None
    icon: str
    is_hidden: bool
    is_solo: bool

    @property
    def words(self) -> str:
        """Group and name, or that it is not placed and why."""
        if self.icon == NOT_PLACED_ICON:
            return f"Not placed: {self.title.lower()}"
        return f"{self.beside} / {self.title}" if self.beside else self.title

    @property
    def is_drawn(self) -> bool:
        """Its labels are drawn, so that they can be hidden."""
        return not self.icon


@dataclass(frozen=True)
class RowItem:
    """What the painter needs of an annotation's row.

    Args:
        title: its author; outside its class's group the label's name.
        beside: what gives way first: outside its class's group the author and the group.
    """

    title: str
    beside: str
    is_unsaved: bool
    slice: str
    icon: str
    is_hidden: bool
    is_solo: bool
    is_locked: bool
    is_child: bool
    is_drawn: bool

    @property
    def words(self) -> str:
        """All of its words, and a dot when unsaved."""
        known = " · ".join(part for part in (self.title, self.beside) if part)
        return f"{known} {UNSAVED}" if self.is_unsaved else known


class LabelModel(QStandardItemModel):
    """Two levels: groups (classes, then reasons of what is not placed) and annotations.

    Qt's own model keeps the counts, so that unfolding 100,000 rows asks Python for none of them;
    its items stay empty, and what a cell shows comes from `data`.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._filter = ""
        self._sort: SortKey = "file"
        self._descending = False
        self.rows: LabelRows = rows_of(session.project, session.matches)
        self.groups: Groups = self._grouped()
        self.setColumnCount(len(Column))
        self._fill()

    @property
    def is_filtered(self) -> bool:
        """A filter leaves rows out."""
        return bool(self._filter.strip())

    def refresh(self) -> bool:
        """Read the project anew; returns whether the order of rows changed (a reset)."""
        rows = rows_of(self._session.project, self._session.matches)
        if rows is self.rows:
            self.repaint_rows()
            return False
        old, before = self.rows, self.groups
        self.rows, self.groups = rows, before
        after = self._grouped()
        is_same = (
            old.count == rows.count
            and before.groups == after.groups
            and old.exports == rows.exports
            and bool((before.order == after.order).all())
        )
        if is_same:
            self.repaint_rows()
            return False
        self._show(after)
        return True

    def set_filter(self, text: str) -> None:
        """List only the rows that fit."""
        if text != self._filter:
            self._filter = text
            self._regroup()

    def set_order(self, by: SortKey, descending: bool) -> None:
        """List in another order."""
        if (by, descending) != (self._sort, self._descending):
            self._sort, self._descending = by, descending
            self._regroup()

    def repaint_rows(self) -> None:
        """Tell the view that eyes, dots or texts changed."""
        if self.groups.groups:
            last = self.index(len(self.groups.groups) - 1, Column.LOCK)
            self.dataChanged.emit(self.index(0, 0), last)

    def _regroup(self) -> None:
        self._show(self._grouped())

    def _show(self, groups: Groups) -> None:
        """Show other groups; for the view that is one reset."""
        self.beginResetModel()
        self.blockSignals(True)
        self.groups = groups
        self.removeRows(0, self.rowCount())
        self._fill()
        self.blockSignals(False)
        self.endResetModel()

    def _fill(self) -> None:
        for group in self.groups.groups:
            item = QStandardItem()
            item.setFlags(FLAGS)
            item.setColumnCount(len(Column))
            item.setRowCount(group.count)
            self.appendRow(item)

    def _grouped(self) -> Groups:
        keep = fitting(self.rows, self._session.project, self._filter)
        return grouped(self.rows, keep, self._sort, self._descending)

    # Rows and indexes.

    def group_of(self, index: Index) -> Group | None:
        """Return the group of a group row, None for another index."""
        is_group = index.isValid() and not index.parent().isValid()
        return self.groups.groups[index.row()] if is_group else None

    def row_at(self, index: Index) -> int | None:
        """Return the row number of an annotation's index, None for another."""
        above = index.parent()
        if not above.isValid():
            return None
        return int(self.groups.order[self.groups.groups[above.row()].start + index.row()])

    def id_at(self, index: Index) -> AnnotationId | None:
        """Return the annotation of an index, None for a group."""
        row = self.row_at(index)
        return None if row is None else self.rows.id_at(row)

    def index_of(self, wanted: AnnotationId) -> QModelIndex:
        """Return the index of an annotation; invalid when the filter leaves it out."""
        row = self.rows.row_of(wanted)
        found = None if row is None else self.groups.find(row)
        return NOWHERE if found is None else self.index(found[1], 0, self.index(found[0], 0))

    def lists(self, wanted: AnnotationId) -> bool:
        """Whether the filter leaves an annotation in."""
        row = self.rows.row_of(wanted)
        return row is not None and bool(self.groups.listed[row])

    def spans_of(self, wanted: Iterable[AnnotationId]) -> list[tuple[QModelIndex, QModelIndex]]:
        """Return the runs of rows of annotations, first and last index of each, in list order."""
        known = (self.rows.row_of(label_id) for label_id in wanted)
        rows = np.array([row for row in known if row is not None], dtype=np.int64)
        places = np.sort(self.groups.places[rows])
        places = places[places >= 0]
        if not len(places):
            return []
        starts = [group.start for group in self.groups.groups]
        numbers = np.searchsorted(starts, places, side="right") - 1
        cuts = np.flatnonzero((np.diff(places) != 1) | (np.diff(numbers) != 0)) + 1
        firsts, lasts = np.r_[0, cuts], np.r_[cuts, len(places)] - 1
        return [
            (
                self._child(int(numbers[a]), int(places[a])),
                self._child(int(numbers[b]), int(places[b])),
            )
            for a, b in zip(firsts.tolist(), lasts.tolist(), strict=True)
        ]

    def _child(self, number: int, place: int) -> QModelIndex:
        return self.index(place - self.groups.groups[number].start, 0, self.index(number, 0))

    def subject_of(self, index: Index) -> Hidden | None:
        """Return what eye and solo of a row act on: a class, an annotation; None for a reason."""
        group = self.group_of(index)
        if group is None:
            return self.id_at(index)
        if group.code < 0:
            return None
        entry = self.rows.classes[group.code]
        return (entry.export, entry.label.id)

    # What is shown.

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: ANN401
        """Return the words of the header; icon columns have a tooltip."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section] if section not in HEADER_ICONS else ""
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return HEADERS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == Column.SLICE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> Any:  # noqa: ANN401
        """Return a cell's text, or the row's item for the painter."""
        if role == ITEM_ROLE:
            return self.item_at(index)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(index)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(index)
        return None

    def item_at(self, index: Index) -> GroupItem | RowItem:
        """Return what the painter needs."""
        group = self.group_of(index)
        display = self._session.display
        subject = self.subject_of(index)
        is_hidden, is_solo = (
            subject in display.hidden,
            subject is not None and subject == display.solo,
        )
        if group is not None:
            return self._group_item(group, is_hidden, is_solo)
        row = self.row_at(index)
        if row is None:
            raise IndexError(index.row())
        return self._row_item(row, is_hidden, is_solo)

    def _group_item(self, group: Group, is_hidden: bool, is_solo: bool) -> GroupItem:
        if group.reason:
            title = group.reason.capitalize()
            return GroupItem(title, "not placed", group.count, None, NOT_PLACED_ICON, False, False)
        if group.code < 0:
            return GroupItem("No label", "", group.count, None, "question", is_hidden, is_solo)
        entry = self.rows.classes[group.code]
        color = self._color(group.code)
        above = entry.label.group if entry.title != entry.label.name else ""
        return GroupItem(entry.label.name, above, group.count, color, "", is_hidden, is_solo)

    def _color(self, code: int) -> str:
        entry = self.rows.classes[code]
        return color_of_class(self._session.project, entry.export, entry.label.id)

    def _row_item(self, row: int, is_hidden: bool, is_solo: bool) -> RowItem:
        cells = self.rows.cells[row].tolist()
        title, beside = self._names(row)
        return RowItem(
            title=title,
            beside=beside,
            is_unsaved=self.rows.id_at(row) in self._session.history.unsaved_labels,
            slice=self.slice_text(row),
            icon=SHAPE_ICONS[KINDS[cells[Cell.KIND]]],
            is_hidden=is_hidden or self._is_class_hidden(row),
            is_solo=is_solo,
            is_locked=bool(cells[Cell.LOCKED]) or self._session.mode == "view",
            is_child=cells[Cell.PARENT] >= 0,
            is_drawn=not cells[Cell.REASON],
        )

    def _is_class_hidden(self, row: int) -> bool:
        entry = self.rows.entry(row)
        hidden = self._session.display.hidden
        return entry is not None and (entry.export, entry.label.id) in hidden

    def _names(self, row: int) -> tuple[str, str]:
        """Return the name of a row, and what stands beside it where there is room."""
        cells = self.rows.cells[row].tolist()
        author = self.rows.author(row) or ("You" if cells[Cell.NEW] > 0 else "No author")
        if not cells[Cell.REASON]:
            return author, ""
        entry = self.rows.entry(row)
        if entry is None:
            return "No label", author
        group = entry.label.group if entry.title != entry.label.name else ""
        known = dict.fromkeys(part for part in (author, group) if part)
        return entry.label.name, " · ".join(known)

    def slice_text(self, row: int) -> str:
        """Return the slice counted from 1, or the range; for a whole series or exam that word."""
        first, last = self.rows.cells[row, [Cell.FIRST, Cell.LAST]].tolist()
        if first < 0:
            scope = SCOPES[int(self.rows.cells[row, Cell.SCOPE])]
            return "" if scope == "image" else scope
        return str(first + 1) if first == last else f"{first + 1}–{last + 1}"

    def _words(self, index: Index) -> str:
        item = self.item_at(index)
        match Column(index.column()):
            case Column.LABEL:
                return item.words
            case Column.SLICE:
                return str(item.count) if isinstance(item, GroupItem) else item.slice
            case Column.EYE:
                return "Hidden" if item.is_hidden else "Shown"
            case Column.SOLO:
                return "Alone" if item.is_solo else ""
            case Column.LOCK:
                return "Locked" if isinstance(item, RowItem) and item.is_locked else ""

    def _tip(self, index: Index) -> str:
        row = self.row_at(index)
        match Column(index.column()):
            case Column.EYE:
                return "Show or hide"
            case Column.SOLO:
                return "Show this alone"
            case Column.LOCK:
                return "Labels are locked in View. F3 edits." if row is not None else ""
            case _:
                return self._words(index) if row is None else self._row_tip(row)

    def _row_tip(self, row: int) -> str:
        label_id = self.rows.id_at(row)
        annotation = self._session.project.annotations[label_id]
        entry = self.rows.entry(row)
        parts = [entry.title if entry else "No label", author_words(annotation)]
        if annotation.native_id:
            parts.append(annotation.native_id)
        if annotation.parent is not None:
            parts.append(f"child of {self._title_of(annotation.parent)}")
        places = self._session.matches.of(label_id)
        lines = [" · ".join(parts), *(place.sentence for place in places if place.sentence)]
        return "\n".join(fill(line, TIP_LETTERS, break_long_words=False) for line in lines)

    def _title_of(self, label_id: AnnotationId) -> str:
        row = self.rows.row_of(label_id)
        entry = None if row is None else self.rows.entry(row)
        return entry.title if entry else "another label"
