"""The label list as a Qt model: lines straight from arrays, no object for any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from viewer.model.annotation import AnnotationId
from viewer.review.filtering import NO_FILTER, Filter
from viewer.review.fits import Fitting
from viewer.review.label_groups import Group, Groups
from viewer.review.label_table import Cells, LabelRows
from viewer.review.track_columns import TrackColumns
from viewer.session.display import Hidden
from viewer.session.jobs import Answers, JobControl, Jobs
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
    words_of,
)
from viewer.ui.labels.labels_ahead import Ahead
from viewer.ui.labels.lines import Lines
from viewer.ui.labels.listing import Asked, Listed, ListOrder
from viewer.ui.labels.tips import tip_of_group, tip_of_row, tip_of_state

Index: TypeAlias = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
JOB = "label list"
FEW_ROWS = 200  # so many are unfolded at the start


class LabelModel(QAbstractTableModel):
    """Heads of groups (reasons of what is not placed behind) and the rows of unfolded ones.

    Many rows are listed in a job; the list stays as it is until the answer comes.
    """

    listed = Signal()  # the list shows what was asked for last
    asked = Signal()  # a job began to list
    failed = Signal(str)
    read = Signal(int, int)  # records that were read for the filter, and of how many

    def __init__(
        self, session: Session, parent: QObject | None = None, jobs: Jobs | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._filter, self._order = NO_FILTER, ListOrder()
        self.views_ahead: Callable[[], Ahead] = _nothing_ahead  # of views that show what fits
        self._opened: dict[bool, set[int]] = {}  # of all labels, and of tracks: see _open
        self._asked = self._question()
        self._listing = self._asked.answer()
        self._lines = self._lined(self._listing.groups)

    @property
    def rows(self) -> LabelRows:
        """All labels."""
        return self._listing.rows

    @property
    def groups(self) -> Groups:
        """Those that fit the filter, in order."""
        return self._listing.groups

    @property
    def tracks(self) -> TrackColumns | None:
        """What is counted of each, where only tracks are listed."""
        return self._listing.tracks

    @property
    def total(self) -> int:
        """How many there are without the filter."""
        return self._listing.total

    @property
    def shown_filter(self) -> Filter:
        """The filter of what is listed, not of what was asked for since."""
        return self._listing.asked.filter

    @property
    def is_waiting(self) -> bool:
        """A job works out what was asked for last."""
        return self._jobs is not None and self._jobs.is_busy(JOB)

    @property
    def order(self) -> ListOrder:
        """How the list is sorted and grouped."""
        return self._order

    def refresh(self) -> None:
        """Read the project anew."""
        self._ask()

    def set_filter(self, wanted: Filter) -> None:
        """List only the rows that fit."""
        if wanted != self._filter:
            self._filter = wanted
            self._ask()

    def set_order(self, order: ListOrder) -> None:
        """List in another order, or in other groups."""
        if order != self._order:
            is_regrouped = order.into != self._order.into
            is_turned = order.only_tracks != self._order.only_tracks
            self._order = order
            if is_regrouped and not is_turned:
                self._open.clear()
            self._ask()

    def repaint_rows(self) -> None:
        """Tell the view that eyes, dots or texts changed."""
        if self._lines.count:
            last = self.index(self._lines.count - 1, Column.LOCK)
            self.dataChanged.emit(self.index(0, 0), last)

    def _question(self) -> Asked:
        session, display = self._session, self._session.display
        return Asked(
            session.project,
            session.matches,
            self._filter,
            self._order,
            display.hidden,
            display.solo,
        )

    def _ask(self) -> None:
        asked = self._question()
        if asked.is_as(self._asked):
            self.repaint_rows()
            return
        self._asked = asked
        if self._jobs is None or asked.is_quick:
            if self._jobs is not None:
                self._jobs.cancel(JOB)
            self._take(asked.answer())
            return
        self._jobs.newest(
            JOB,
            partial(_answered, asked, self.views_ahead(), self._session.selection),
            Answers(self._take, lambda error: self.failed.emit(str(error)), self.read.emit),
        )
        self.asked.emit()

    def _take(self, listing: Listed) -> None:
        before, self._listing = self._listing, listing
        old, new = before.groups, listing.groups
        is_same = (
            before.rows.count == listing.rows.count
            and before.rows.exports == listing.rows.exports
            and (old.groups, old.into) == (new.groups, new.into)
            and bool((old.order == new.order).all())
        )
        if is_same:
            self._lines = Lines(new, self._lines.is_open)
            self.repaint_rows()
        else:
            self.beginResetModel()
            self._lines = self._lined(new)
            self.endResetModel()
        self.listed.emit()

    def _lined(self, groups: Groups) -> Lines:
        is_short = not self.shown_filter.is_empty and len(groups.order) <= FEW_ROWS
        return Lines(groups, tuple(self._is_open(one, is_short) for one in groups.groups))

    def _is_open(self, group: Group, is_short: bool) -> bool:
        return group.is_bare or is_short or group.code in self._open

    # What is unfolded.

    def is_open(self, index: Index) -> bool:
        """Whether the group of a line is unfolded."""
        return index.isValid() and self._lines.is_open[self._lines.group_at(index.row())]

    def set_open(self, numbers: Iterable[int], is_open: bool) -> None:
        """Unfold or fold groups, by their numbers."""
        for number in numbers:
            group = self.groups.groups[number]
            (self._open.add if is_open else self._open.discard)(group.code)
            if self._lines.is_open[number] == is_open or group.is_bare:
                continue
            states = list(self._lines.is_open)
            states[number] = is_open
            first = self._lines.heads[number] + 1
            last = first + group.count - 1
            if is_open:
                self.beginInsertRows(NOWHERE, first, last)
                self._lines = Lines(self.groups, tuple(states))
                self.endInsertRows()
            else:
                self.beginRemoveRows(NOWHERE, first, last)
                self._lines = Lines(self.groups, tuple(states))
                self.endRemoveRows()

    @property
    def _open(self) -> set[int]:
        """Codes of the groups that are unfolded."""
        return self._opened.setdefault(self._order.only_tracks, set())

    # Lines, rows and indexes.

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return the number of lines."""
        return 0 if parent.isValid() else self._lines.count

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def group_number(self, index: Index) -> int:
        """Return the number of the group that a line is, or is in."""
        return self._lines.group_at(index.row())

    def head_of(self, number: int) -> QModelIndex:
        """Return the head of a group."""
        return self.index(self._lines.heads[number], 0)

    def group_of(self, index: Index) -> Group | None:
        """Return the group whose head a line is, None for another line."""
        if not index.isValid() or self.row_at(index) is not None:
            return None
        return self.groups.groups[self.group_number(index)]

    def row_at(self, index: Index) -> int | None:
        """Return the row number of an annotation's line, None for another."""
        return self._lines.row_at(index.row()) if index.isValid() else None

    def id_at(self, index: Index) -> AnnotationId | None:
        """Return the annotation of a line, None for a head."""
        row = self.row_at(index)
        return None if row is None else self.rows.id_at(row)

    def index_of(self, wanted: AnnotationId) -> QModelIndex:
        """Return the line of an annotation; invalid where it is folded away or left out."""
        row = self.rows.row_of(wanted)
        line = None if row is None else self._lines.line_of(row)
        return NOWHERE if line is None else self.index(line, 0)

    def unfold_to(self, wanted: AnnotationId) -> None:
        """Unfold the group of an annotation."""
        row = self.rows.row_of(wanted)
        found = None if row is None else self.groups.find(row)
        if found is not None:
            self.set_open([found[0]], is_open=True)

    @property
    def fits(self) -> Fitting:
        """Which labels the filter leaves in, tracks or not."""
        return self._listing.fits

    def rows_of(self, wanted: Iterable[AnnotationId]) -> Cells:
        """Return the rows of annotations, those that are listed, in the order of the list."""
        places = np.sort(self.groups.places[self.rows.rows_of(wanted)])
        return self.groups.order[places[places >= 0]]

    def rows_in(self, first: int, last: int) -> Cells:
        """Return the rows that lines `first` to `last` show."""
        return self._lines.rows_in(first, last)

    def spans_of(self, rows: Cells) -> list[tuple[QModelIndex, QModelIndex]]:
        """Return the runs of lines of rows, first and last index of each, from the top."""
        spans = self._lines.spans_of(rows)
        return [(self.index(first, 0), self.index(last, 0)) for first, last in spans]

    def subject_of(self, index: Index) -> Hidden | None:
        """Return what eye and solo of a line act on: a class, an annotation; None for a reason."""
        group = self.group_of(index)
        return (
            self.id_at(index) if group is None else subject_of_group(self.rows, self.groups, group)
        )

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
        """Return a cell's text."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return words_of(self.item_at(index), Column(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(index)
        return None

    def item_at(self, index: Index) -> GroupItem | RowItem:
        """Return what the painter needs."""
        row = self.row_at(index)
        if row is not None:
            return item_of_row(
                self._session, self.rows, row, self.groups.into, self._listing.tracks
            )
        group = self.groups.groups[self.group_number(index)]
        return item_of_group(self._session, self.rows, self.groups, group)

    def _tip(self, index: Index) -> str:
        column, row = Column(index.column()), self.row_at(index)
        if column == Column.REVIEW and row is None:
            group = self.groups.groups[self.group_number(index)]
            members = self.groups.order[group.start : group.end]
            return tip_of_group(self._session, self.rows, members)
        if column in HEADER_ICONS:
            return tip_of_state(column, is_group=row is None)
        if row is None:
            return words_of(self.item_at(index), column)
        return tip_of_row(self._session, self.rows, row, self.tracks)


def _nothing_ahead() -> Ahead:
    return lambda _fitting, _check: None


def _answered(
    asked: Asked, ahead: Ahead, selected: frozenset[AnnotationId], control: JobControl
) -> Listed:
    """Return the list, once the views can show what fits as well."""
    listed = asked.answer(control.check, control.progress)
    ahead(replace(listed.fits, also=lambda: selected), control.check)
    return listed
