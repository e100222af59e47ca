"""Small parts that every panel is made of: chips, keys, elided lines, buttons, headings."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from viewer.ui.widgets.icons import icon, paint_icon

SLACK_PX = 6  # that a tool button with an icon leaves behind its words
PART_GAP = " · "
ChipKind = Literal["plain", "caution", "ok", "bad"]
CHIP_ICON_ROLE = {"plain": "text-2", "caution": "caution", "ok": "ok", "bad": "bad"}


class Chip(QToolButton):
    """A word on a soft ground, with an icon so that colour is never alone."""

    def __init__(self, kind: ChipKind, icon_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("chip", kind)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setIconSize(QSize(13, 13))
        if icon_name:
            self.setIcon(icon(icon_name, role=CHIP_ICON_ROLE[kind]))
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def sizeHint(self) -> QSize:
        """Leave as much room behind the words as before the icon."""
        hint = super().sizeHint()
        return hint if self.icon().isNull() else hint - QSize(SLACK_PX, 0)

    def say(self, text: str, tip: str = "") -> None:
        """Show a text; an empty one hides the chip."""
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(tip or text)
        self.setVisible(bool(text))


class Elided(QLabel):
    """One line that gives way: elided at its end or middle, whole in the tooltip."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(text, parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        """Show a text, which is also the tooltip and the accessible name."""
        if text != self.text() or text != self.toolTip():
            super().setText(text)
            self.setToolTip(text)
            self.setAccessibleName(text)

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        return QSize(24, super().minimumSizeHint().height())

    def fitting(self, width_px: int) -> str:
        """Return what is shown of the text in a width."""
        return QFontMetrics(self.font()).elidedText(self.text(), self._mode, width_px)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what fits."""
        rect = self.contentsRect()
        fitting = self.fitting(rect.width())
        with QPainter(self) as painter:
            painter.setFont(self.font())
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(rect, self.alignment(), fitting)


class Parts(Elided):
    """One line of parts between dots: those that do not fit whole are left out from the end."""

    def fitting(self, width_px: int) -> str:
        """Return as many parts as fit, at least the first, elided."""
        metrics = QFontMetrics(self.font())
        parts = self.text().split(PART_GAP)
        for count in range(len(parts), 1, -1):
            words = PART_GAP.join(parts[:count])
            if metrics.horizontalAdvance(words) <= width_px:
                return words
        return metrics.elidedText(parts[0], self._mode, width_px)


class Picture(QWidget):
    """An icon that stands by itself."""

    def __init__(
        self, name: str, side_px: int, token: str = "text-2", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._token = token
        self.setFixedSize(side_px, side_px)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon."""
        with QPainter(self) as painter:
            paint_icon(painter, QRectF(self.rect()), self._name, self._token)


def quiet(text: str = "") -> QLabel:
    """Return a label in the secondary text colour."""
    label = QLabel(text)
    label.setProperty("kind", "quiet")
    return label


def titled(text: str, kind: str = "title") -> QLabel:
    """Return a heading: "title" 13 px, "subject" 15 px, "page" 20 px, "welcome" 28 px."""
    label = QLabel(text)
    label.setProperty("kind", kind)
    return label


def key_cap(text: str) -> QLabel:
    """Return a key as it stands on the keyboard."""
    label = QLabel(text)
    label.setProperty("kind", "key")
    label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return label


def divider() -> QFrame:
    """Return a line between parts, 1 px."""
    line = QFrame()
    line.setObjectName("divider")
    line.setFixedHeight(1)
    return line


def button(text: str, kind: str = "", icon_name: str = "", role: str = "text") -> QPushButton:
    """Return a push button; kind "primary" or "quiet" (no ground) or "" for the common one."""
    made = QPushButton(text)
    made.setProperty("kind", kind)
    if icon_name:
        made.setIcon(icon(icon_name, role="on-accent" if kind == "primary" else role))
    return made


def search_field(words: str) -> QLineEdit:
    """Return a field to type what is looked for; `words` say what it does."""
    field = QLineEdit()
    field.setPlaceholderText(words)
    field.setAccessibleName(words)
    field.setClearButtonEnabled(True)
    glass = icon("magnifying-glass", role="text-2")
    field.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
    return field


def sentence_row(icon_name: str, token: str, words: QWidget) -> QHBoxLayout:
    """Return an icon and beside it a sentence, which takes the room that there is."""
    layout = row_of(Picture(icon_name, 18, token), words)
    layout.setStretch(1, 1)
    return layout


def row_of(*parts: QWidget | int, spacing: int = 8) -> QHBoxLayout:
    """Return parts side by side; a number is a stretch."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for part in parts:
        if isinstance(part, int):
            layout.addStretch(part)
        else:
            layout.addWidget(part)
    return layout
