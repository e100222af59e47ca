"""The list of labels: groups that fold, and icons that are clicked and painted down a column."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import numpy as np
from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from viewer.review.label_table import Cells
from viewer.ui.labels.cells import HEADER_ICONS, Column
from viewer.ui.labels.line_painter import ARROW_PX, ICON_PX, Line, LinePainter, row_px
from viewer.ui.labels.listing import ListOrder
from viewer.ui.labels.model import LabelModel
from viewer.ui.widgets.icons import paint_icon
from viewer.ui.widgets.theme import color

Index = QModelIndex | QPersistentModelIndex
ICON_COLUMN_PX = 23
SLICE_COLUMN_PX = 48
AUTHOR_COLUMN_PX = 120
COUNT_PX = {Column.KEYS: 38, Column.BETWEEN: 44, Column.GAPS: 30, Column.PROBLEMS: 30}
# From which width of the list on columns are shown; below it solo and lock live in the row's menu.
LEAST_PX = {Column.SOLO: 290, Column.LOCK: 290, Column.AUTHOR: 440}
LEAST_OF_TRACKS_PX = {
    **{Column.KEYS: 0, Column.GAPS: 280, Column.PROBLEMS: 320, Column.BETWEEN: 350},
    **{Column.SOLO: 480, Column.LOCK: 480, Column.AUTHOR: 560},
}
NO_COUNTS = dict.fromkeys(COUNT_PX, 1 << 24)
PAINTED = (Column.EYE, Column.SOLO, Column.LOCK)


class LabelHeader(QHeaderView):
    """The header: words, and icons over the narrow columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setMinimumSectionSize(20)
        self.setHighlightSections(False)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def paintSection(self, painter: QPainter, rect: object, section: int) -> None:
        """Paint the section and its icon."""
        painter.save()
        super().paintSection(painter, rect, section)  # pyright: ignore[reportArgumentType]
        painter.restore()
        name = HEADER_ICONS.get(Column(section))
        if name is not None:
            square = QRectF(0, 0, ICON_PX, ICON_PX)
            square.moveCenter(QRectF(rect).center())  # pyright: ignore[reportArgumentType, reportCallIssue]
            paint_icon(painter, square, name, "text-2")


class LabelTree(QTableView):
    """Two levels on the lines of a table, so that a million rows unfold at once.

    Eyes, stars and locks are clicked across their whole cell and painted down a column.
    """

    state_painted = Signal(QModelIndex, int, bool)  # index, Column, whether a drag began here
    copy_asked = Signal()
    delete_asked = Signal()
    activated_row = Signal(QModelIndex)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._painting: int | None = None  # the column
        self.hovered = -1  # the line under the pointer
        self._has_tracks = False  # only tracks are listed, with their counts
        self.setHorizontalHeader(LabelHeader(self))
        lines = self.verticalHeader()
        lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        lines.setMinimumSectionSize(1)
        lines.setDefaultSectionSize(row_px())
        lines.hide()
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Labels")

    def header(self) -> QHeaderView:
        """Return the header over the columns."""
        return self.horizontalHeader()

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show a model; its headers do not ask every line whether it is selected."""
        super().setModel(model)
        if model is not None:
            for header in (self.horizontalHeader(), self.verticalHeader()):
                header.setSelectionModel(QItemSelectionModel(model, self))

    def _labels(self) -> LabelModel:
        model = self.model()
        if not isinstance(model, LabelModel):
            raise TypeError("the list shows labels")
        return model

    def marked_rows(self) -> Cells:
        """Return the rows that are marked, in the order of the list; heads of groups left out."""
        selection, labels = self.selectionModel().selection(), self._labels()
        runs: list[QItemSelectionRange] = [selection.at(n) for n in range(selection.count())]
        parts, line = [np.empty(0, dtype=np.int64)], 0
        for top, bottom in sorted((run.top(), run.bottom()) for run in runs):
            if line <= bottom:  # a line that is marked twice is one
                parts.append(labels.rows_in(max(top, line), bottom))
                line = bottom + 1
        return np.concatenate(parts)

    # Folding.

    def expand(self, index: Index) -> None:
        """Unfold the group of a line."""
        self._labels().set_open([self._labels().group_number(index)], is_open=True)

    def collapse(self, index: Index) -> None:
        """Fold the group of a line."""
        self._labels().set_open([self._labels().group_number(index)], is_open=False)

    def isExpanded(self, index: Index) -> bool:
        """Whether the group of a line is unfolded."""
        return self._labels().is_open(index)

    def expandAll(self) -> None:
        """Unfold all groups."""
        self._labels().set_open(range(len(self._labels().groups.groups)), is_open=True)

    def toggle(self, index: Index) -> None:
        """Fold or unfold the group of a line."""
        if self.isExpanded(index):
            self.collapse(index)
        else:
            self.expand(index)

    # Columns.

    def show_order(self, order: ListOrder) -> None:
        """Show by which column the list is sorted."""
        header, ways = self.header(), Qt.SortOrder
        header.setSortIndicatorShown(order.column is not None)
        way = ways.DescendingOrder if order.descending else ways.AscendingOrder
        header.setSortIndicator(-1 if order.column is None else order.column, way)

    def fit_columns(self) -> None:
        """Give the label the room that the fixed columns leave."""
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(Column.LABEL, QHeaderView.ResizeMode.Stretch)
        widths = {Column.SLICE: SLICE_COLUMN_PX, Column.AUTHOR: AUTHOR_COLUMN_PX, **COUNT_PX}
        for column in Column:
            if column != Column.LABEL:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
                self.setColumnWidth(column, widths.get(column, ICON_COLUMN_PX))
        self._hide_by_width()

    def _hide_by_width(self) -> None:
        if not self.header().count():
            return
        least = {**LEAST_PX, **(LEAST_OF_TRACKS_PX if self._has_tracks else NO_COUNTS)}
        for column, width in least.items():
            self.setColumnHidden(column, self.width() < width)

    def show_counts(self, *, are_shown: bool) -> None:
        """Show the columns that tell of tracks, as far as there is room."""
        if are_shown != self._has_tracks:
            self._has_tracks = are_shown
            self.setAccessibleName("Tracks" if are_shown else "Labels")
            self._hide_by_width()

    def resizeEvent(self, event: object) -> None:
        """Drop the columns for which there is no room."""
        super().resizeEvent(event)  # pyright: ignore[reportArgumentType]
        self._hide_by_width()

    # The mouse.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Click an icon, or the arrow of a group; elsewhere select."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        column = index.column() if index.isValid() else -1
        is_left = event.button() == Qt.MouseButton.LeftButton
        if is_left and column in PAINTED:
            self._painting = column
            self.state_painted.emit(index, column, True)
            event.accept()
            return
        is_head = index.isValid() and self._labels().group_of(index) is not None
        if is_left and is_head and column == Column.LABEL and at.x() < ARROW_PX + 2:
            self.toggle(index)
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fold or unfold a group; on an icon it is a second click."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() in PAINTED:
            self.mousePressEvent(event)
        elif index.isValid() and self._labels().group_of(index) is not None:
            self.toggle(index)
        else:
            super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry the state of the first icon down the column."""
        self._hover(self.rowAt(int(event.position().y())))
        if self._painting is None:
            super().mouseMoveEvent(event)
            return
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self._painting != Column.SOLO:
            sibling = index.siblingAtColumn(self._painting)
            self.state_painted.emit(sibling, self._painting, False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the painting of states."""
        if self._painting is not None:
            self._painting = None
            event.accept()
            return
        super().mouseReleaseEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Light no line up any more."""
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, line: int) -> None:
        if line != self.hovered:
            before, self.hovered = self.hovered, line
            for each in (before, line):
                top, height = self.rowViewportPosition(each), self.rowHeight(each)
                self.viewport().update(0, top, self.viewport().width(), height)

    # Keys.

    def keyboardSearch(self, search: str) -> None:
        """Find nothing by letters: they are commands, and a million rows would be asked."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, delete, toggle the eye (space), go to a row (Enter), fold and unfold."""
        current = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_asked.emit()
        elif not current.isValid() or not self._key_on_row(event, current):
            super().keyPressEvent(event)

    def _key_on_row(self, event: QKeyEvent, current: QModelIndex) -> bool:
        """Do what a key does to the current line; returns whether it does anything."""
        match event.key():
            case Qt.Key.Key_Space:
                self.state_painted.emit(current.siblingAtColumn(Column.EYE), Column.EYE, True)
            case Qt.Key.Key_Asterisk | Qt.Key.Key_Right | Qt.Key.Key_Plus:
                self.expand(current)
            case Qt.Key.Key_Left | Qt.Key.Key_Minus:
                self._fold(current)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.activated_row.emit(current)
            case _:
                return False
        return True

    def _fold(self, current: QModelIndex) -> None:
        """Fold a group; from one of its rows go to its head first."""
        labels = self._labels()
        if labels.group_of(current) is not None:
            self.collapse(current)
        elif not labels.groups.groups[labels.group_number(current)].is_bare:
            self.setCurrentIndex(labels.head_of(labels.group_number(current)))

    def changeEvent(self, event: QEvent) -> None:
        """Repaint when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.viewport().update()
        elif event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self.verticalHeader().setDefaultSectionSize(row_px())

    @contextmanager
    def painted_later(self) -> Generator[None, None, None]:
        """While it lasts nothing of the list is painted, whatever asks for it."""
        self.setUpdatesEnabled(False)
        try:
            yield
        finally:
            self.setUpdatesEnabled(True)

    @property
    def line_painter(self) -> LinePainter:
        """The painter of lines in columns as wide as they are now."""
        spans = {
            column: (self.columnViewportPosition(column), self.columnWidth(column))
            for column in Column
            if not self.isColumnHidden(column)
        }
        return LinePainter(spans, self.viewport().width(), self.devicePixelRatioF())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines, and the frame of the focus around the current one.

        Not cell by cell, as the table would: that takes three times as long.
        """
        labels, paint = self._labels(), self.line_painter.paint
        chosen, rect = self.selectionModel(), event.rect()
        with QPainter(self.viewport()) as painter:
            for line in self._lines_in(rect.top(), rect.bottom()):
                index = labels.index(line, 0)
                shown = Line(
                    labels.item_at(index),
                    is_open=labels.is_open(index),
                    is_selected=chosen.isSelected(index),
                    is_hovered=line == self.hovered,
                )
                paint(painter, shown, self.rowViewportPosition(line))
            self._frame_current(painter)

    def _lines_in(self, top: int, bottom: int) -> range:
        """Return the lines between two heights of the viewport."""
        first, last = self.rowAt(max(top, 0)), self.rowAt(bottom)
        end = self._labels().rowCount() if last < 0 else last + 1
        return range(first, end) if first >= 0 else range(0)

    def _frame_current(self, painter: QPainter) -> None:
        current = self.currentIndex()
        if self.hasFocus() and current.isValid():
            top, height = self.rowViewportPosition(current.row()), self.rowHeight(current.row())
            painter.setPen(color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)  # lines painted before leave theirs
            painter.drawRect(0, top, self.viewport().width() - 1, height - 1)
