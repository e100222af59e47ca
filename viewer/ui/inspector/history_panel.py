"""What was done since opening: a list to read, and to go back and forth in."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from viewer.session.session import Session
from viewer.ui.inspector.history_model import STEP_ROLE, HistoryModel, StepItem
from viewer.ui.widgets.icons import paint_icon
from viewer.ui.widgets.theme import color, font_of

Index = QModelIndex | QPersistentModelIndex
ROW_PX = 44
ICON_PX = 16


class HistoryPanel(QListView):
    """Newest first; what is undone stands greyed above; activating a row goes to that state."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._model = HistoryModel(session, self)
        self.setModel(self._model)
        self.setAccessibleName("History")
        self.setItemDelegate(_Delegate(self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.activated.connect(self._on_activated)
        session.project_changed.connect(self._model.refresh)
        self._model.refresh()

    def go_to_row(self, row: int) -> None:
        """Undo or redo until the state of a row is the current one."""
        ahead = self._model.current
        for _ in range(row - ahead):
            self._session.undo()
        for _ in range(ahead - row):
            self._session.redo()

    def _on_activated(self, index: QModelIndex) -> None:
        self.go_to_row(index.row())


class _Delegate(QStyledItemDelegate):
    """Icon, verb and subject in two lines, time at the right."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(80, max(ROW_PX, 2 * QFontMetrics(font_of(13)).height() + 10))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item, is_current = index.data(STEP_ROLE)
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        painter.save()
        if is_current:
            painter.fillRect(rect, color("accent-soft"))
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), color("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, color("hover"))
        _paint_step(painter, rect, item)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(color("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()


def _paint_step(painter: QPainter, rect: QRect, item: StepItem) -> None:
    token = "text-off" if item.is_undone else "text"
    quiet_token = "text-off" if item.is_undone else "text-2"
    middle = rect.center().y()
    sign = QRectF(rect.left() + 12, middle - ICON_PX / 2, ICON_PX, ICON_PX)
    paint_icon(painter, sign, item.icon, quiet_token)
    room = rect.adjusted(40, 4, -12, -4)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.setFont(font_of(12))
    painter.setPen(color(quiet_token))
    painter.drawText(room, right, item.time)
    room.adjust(0, 0, -44, 0)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    half = room.height() // 2
    if item.subject:
        below = room.adjusted(0, half, 0, 0)
        words = painter.fontMetrics().elidedText(
            item.subject, Qt.TextElideMode.ElideRight, below.width()
        )
        painter.drawText(below, left, words)
        room = room.adjusted(0, 0, 0, -half)
    painter.setFont(font_of(13))
    painter.setPen(color(token))
    painter.drawText(room, left, item.verb)
