"""A box to pick one of several from, whose list is as high and wide as its rows need."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

MOST_ROWS = 12  # further ones are scrolled to
MARGIN_PX = 12
SWATCH_PX = 12
BESIDE_SWATCH_PX = 6  # between swatch and name


class PickBox(QComboBox):
    """A combo box with its list below it, whole rows high and wide enough for every name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Fusion lays a menu over the box, and beside a style sheet measures it a row too short.
        self.setStyleSheet("QComboBox { combobox-popup: 0; }")
        self.setIconSize(QSize(SWATCH_PX, SWATCH_PX))
        self.setMaxVisibleItems(MOST_ROWS)
        self.setItemDelegate(QStyledItemDelegate(self))  # the style sheet's rows, not a menu's
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls around the box: nothing is picked in passing."""
        event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the box; a name that is too long ends in an ellipsis."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = option.currentText or self.placeholderText()
        option.currentText = self.shown_words(option)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def shown_words(self, option: QStyleOptionComboBox) -> str:
        """Return the chosen name, as much of it as the box has room for."""
        field = QStyle.SubControl.SC_ComboBoxEditField
        whole = QStyle.ComplexControl.CC_ComboBox
        room = self.style().subControlRect(whole, option, field, self).width()
        if not option.currentIcon.isNull():
            room -= option.iconSize.width() + BESIDE_SWATCH_PX
        elided = Qt.TextElideMode.ElideRight
        return self.fontMetrics().elidedText(option.currentText, elided, room)

    def showPopup(self) -> None:
        """Open the list, at least as wide as its widest row."""
        view = self.view()
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        room = bar if self.count() > self.maxVisibleItems() else 0
        view.setMinimumWidth(max(self.width(), view.sizeHintForColumn(0) + room + MARGIN_PX))
        super().showPopup()
        self._show_whole_rows()

    def _show_whole_rows(self) -> None:
        """Give the list what Qt forgets of the frames that the style sheet draws around it."""
        view = self.view()
        around: QWidget | None = view.parentWidget()
        wanted = min(self.count(), self.maxVisibleItems()) * view.sizeHintForRow(0)
        missing = wanted - view.viewport().height()
        if around is None or missing <= 0:
            return
        is_above = around.y() < self.mapToGlobal(QPoint()).y()
        around.resize(around.width(), around.height() + missing)
        if is_above:
            around.move(around.x(), around.y() - missing)


class WheelLeft(QObject):
    """Leaves the wheel to what scrolls around a field: no number changes in passing."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the wheel from the field, and give it on."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)
