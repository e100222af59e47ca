"""The label list as a Qt model: groups and their rows, straight from arrays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from viewer.model.annotation import AnnotationId
from viewer.review.label_groups import Group, Groups, SortKey, fitting, grouped
from viewer.review.label_rows import rows_of
from viewer.review.label_table import LabelRows
from viewer.session.display import Hidden
from viewer.session.session import Session
from viewer.ui.labels.cells import (
    HEADER_ICONS,
    HEADERS,
    Column,
    GroupItem,
    RowItem,
    item_of_group,
    item_of_row,
    subject_of_group,
    tip_of_row,
    tip_of_state,
    words_of,
)

Index: TypeAlias = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
ITEM_ROLE = Qt.ItemDataRole.UserRole  # RowItem or GroupItem, for the painter


class LabelModel(QStandardItemModel):
    """Two levels: groups (classes, then reasons of what is not placed) and annotations.

    Qt's own model keeps the counts, so that unfolding 100,000 rows asks Python for none of them;
    its items stay empty, and what a cell shows comes from `data`.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._filter = ""
        self._authors: frozenset[str] = frozenset()
        self._sort: SortKey = "file"
        self._descending = False
        self.rows: LabelRows = rows_of(session.project, session.matches)
        self.groups: Groups = self._grouped()
        self.setColumnCount(len(Column))
        self._fill()

    @property
    def is_filtered(self) -> bool:
        """A filter leaves rows out."""
        return bool(self._filter.strip() or self._authors)

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

    def set_filter(self, text: str, authors: frozenset[str] = frozenset()) -> None:
        """List only the rows that fit; of these authors, none for everybody."""
        if (text, authors) != (self._filter, self._authors):
            self._filter, self._authors = text, authors
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
        keep = fitting(self.rows, self._session.project, self._filter, self._authors)
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
        return self.id_at(index) if group is None else subject_of_group(self.rows, group)

    # What is shown.

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: ANN401
        """Return the words of the header; icon columns have a tooltip."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._header(section) if section not in HEADER_ICONS else ""
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._header(section)
        if role == Qt.ItemDataRole.TextAlignmentRole and section == Column.SLICE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _header(self, section: int) -> str:
        """Return a column's name; where labels are is counted as the shown media counts."""
        media = self._session.current
        has_frames = media is not None and media.kind != "volume"
        return "Frame" if section == Column.SLICE and has_frames else HEADERS[section]

    def data(self, index: Index, role: int = 0) -> Any:  # noqa: ANN401
        """Return a cell's text, or the row's item for the painter."""
        if role == ITEM_ROLE:
            return self.item_at(index)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return words_of(self.item_at(index), Column(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(index)
        return None

    def item_at(self, index: Index) -> GroupItem | RowItem:
        """Return what the painter needs."""
        group = self.group_of(index)
        if group is not None:
            return item_of_group(self._session, self.rows, group)
        row = self.row_at(index)
        if row is None:
            raise IndexError(index.row())
        return item_of_row(self._session, self.rows, row)

    def _tip(self, index: Index) -> str:
        column, row = Column(index.column()), self.row_at(index)
        if column in HEADER_ICONS:
            return tip_of_state(column, is_group=row is None)
        if row is None:
            return words_of(self.item_at(index), column)
        return tip_of_row(self._session, self.rows, row)
