"""The table of the worklist and its painter: no widgets in cells."""

from __future__ import annotations

import re

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from viewer.ui.review.list_model import Column, Index, WorklistModel
from viewer.ui.review.targets import NOT_PLACED, TargetItem
from viewer.ui.widgets.chips import PART_GAP
from viewer.ui.widgets.icons import paint_icon
from viewer.ui.widgets.swatch import SWATCH_PX, paint_swatch
from viewer.ui.widgets.theme import color, font_of

ROW_PX = 30
NARROW_PX = 300  # below it readers are known by their first letters
STATE_PX = 30
ELIDED = Qt.TextElideMode.ElideRight
ICON_PX = 16
GAP_PX = 8
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class WorklistDelegate(QStyledItemDelegate):
    """Paints number, swatch and name, image, reader and verdict."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """All rows have one height."""
        return QSize(40, row_px())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        model = index.model()
        if not isinstance(model, WorklistModel):
            raise TypeError("rows are painted of a worklist")
        item = model.item(index.row())
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        painter.save()
        painter.setClipRect(rect)
        _paint_ground(painter, rect, item, state, index.column())
        painter.setFont(font_of(12))
        painter.setPen(color("text-2"))
        match Column(index.column()):
            case Column.NUMBER:
                painter.drawText(rect.adjusted(0, 0, -4, 0), RIGHT, f"{item.number:,}")
            case Column.LABEL:
                _paint_label(painter, rect, item)
            case Column.IMAGE:
                words = _longest(painter, rect, item.words.image)
                mode = ELIDED if words == NOT_PLACED else Qt.TextElideMode.ElideMiddle
                _paint_words(painter, rect, words, mode)
            case Column.BY:
                _paint_words(painter, rect, _fitting(painter, rect, item.words.by), ELIDED)
            case Column.STATE:
                _paint_state(painter, rect, item)
        painter.restore()


def row_px() -> int:
    """Return the height of a row: 30 px, more where the text is larger."""
    return max(ROW_PX, QFontMetrics(font_of(13)).height() + 8)


def _paint_ground(
    painter: QPainter, rect: QRect, item: TargetItem, state: QStyle.StateFlag, column: int
) -> None:
    if item.is_current:
        painter.fillRect(rect, color("accent-soft"))
        if column == Column.NUMBER:
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), color("accent"))
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, color("hover"))
    if item.is_current and state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(color("accent"))
        painter.drawLine(rect.topLeft(), rect.topRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())


def _paint_label(painter: QPainter, rect: QRect, item: TargetItem) -> None:
    square = QRectF(rect.left() + 2, rect.center().y() - SWATCH_PX / 2 + 1, SWATCH_PX, SWATCH_PX)
    if item.words.tint:
        paint_swatch(painter, square, item.words.tint)
    else:
        paint_icon(painter, square, "folder", "text-2")
    room = rect.adjusted(SWATCH_PX + 2 + GAP_PX, 0, -4, 0)
    if item.has_comment:
        sign = QRectF(rect.right() - 18, rect.center().y() - 6.5, 14, 14)
        paint_icon(painter, sign, "chat-text", "text-2")
        room.setRight(room.right() - 18)
    weight = QFont.Weight.DemiBold if item.is_current else QFont.Weight.Normal
    painter.setFont(font_of(13, weight))
    painter.setPen(color("text"))
    _paint_words(painter, room, item.words.name, Qt.TextElideMode.ElideRight)


def _paint_words(painter: QPainter, rect: QRect, words: str, mode: Qt.TextElideMode) -> None:
    room = rect.adjusted(0, 0, -6, 0)
    painter.drawText(room, LEFT, painter.fontMetrics().elidedText(words, mode, room.width()))


def _longest(painter: QPainter, rect: QRect, image: str) -> str:
    """Return series and slice; the slice alone where both have no room and it has one."""
    if painter.fontMetrics().horizontalAdvance(image) <= rect.width() - 6:
        return image
    return image.rpartition(PART_GAP)[2]


def _fitting(painter: QPainter, rect: QRect, name: str) -> str:
    """Return a reader's name, or where it has no room the first letters of its words."""
    if painter.fontMetrics().horizontalAdvance(name) <= rect.width() - 6:
        return name
    words = re.split(r"[^\w]+", name.partition("@")[0])
    return "".join(word[:1].upper() for word in words if word) or name


def _paint_state(painter: QPainter, rect: QRect, item: TargetItem) -> None:
    square = QRectF(0, 0, ICON_PX, ICON_PX)
    square.moveCenter(QRectF(rect).center())
    sign = item.sign
    paint_icon(painter, square, sign.icon, sign.token, filled=sign.is_filled)


class WorklistTable(QTableView):
    """The worklist; the row of what is shown now is marked, arrows and clicks go to another."""

    asked = Signal(int)  # position

    def __init__(self, model: WorklistModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_following = False
        self.setModel(model)
        self.setItemDelegate(WorklistDelegate(self))
        self.setAccessibleName("Worklist")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(row_px())
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(STATE_PX)
        self.selectionModel().currentRowChanged.connect(self._row_changed)

    def show_position(self, position: int | None) -> None:
        """Mark a row and bring it into sight, with the next ones where there is room."""
        model = self.model()
        if position is None or not 0 <= position < model.rowCount():
            return
        self._is_following = True
        before = self.currentIndex()
        index = model.index(position, Column.LABEL)
        self.setCurrentIndex(index)
        ahead = model.index(min(position + 2, model.rowCount() - 1), Column.LABEL)
        self.scrollTo(ahead)
        self.scrollTo(index)
        self._is_following = False
        for row in (before, index):
            self._update_row(row)

    def _update_row(self, index: QModelIndex) -> None:
        """Have one row painted again."""
        if index.isValid():
            rect = self.visualRect(index)
            self.viewport().update(0, rect.top(), self.viewport().width(), rect.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the names what the other columns leave."""
        super().resizeEvent(event)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Fit the columns to the width and to the length of the list."""
        head, width = self.horizontalHeader(), self.viewport().width()
        digits = len(f"{self.model().rowCount():,}")
        number = 16 + 8 * max(digits, 2)
        is_narrow = width < NARROW_PX
        image, by = (48, 34) if is_narrow else (round(width * 0.22), round(width * 0.18))
        sizes = (number, width - number - image - by - STATE_PX, image, by, STATE_PX)
        for column, size in enumerate(sizes):
            head.resizeSection(column, size)

    def _row_changed(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid() and not self._is_following:
            self.asked.emit(index.row())
