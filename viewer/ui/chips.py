"""Small parts that every panel is made of: chips, keys, folding sections, elided lines."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.ui.icons import icon, paint_icon

ChipKind = Literal["plain", "caution", "ok", "bad"]
CHIP_ICON_ROLE = {"plain": "text-2", "caution": "caution", "ok": "ok", "bad": "bad"}
KEY_COLUMN = 88


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
        super().setText(text)
        self.setToolTip(text)
        self.setAccessibleName(text)

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what fits."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        rect = self.contentsRect()
        fitting = QFontMetrics(self.font()).elidedText(self.text(), self._mode, rect.width())
        painter.drawText(rect, self.alignment(), fitting)


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
        paint_icon(QPainter(self), QRectF(self.rect()), self._name, self._token)


class Fold(QWidget):
    """A section under a title that folds it away."""

    folded = Signal(bool)

    def __init__(self, title: str, body: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body = body
        self._head = QToolButton()
        self._head.setObjectName("fold")
        self._head.setText(title)
        self._head.setAccessibleName(f"{title}, fold or unfold")
        self._head.setCheckable(True)
        self._head.setChecked(True)
        self._head.setIconSize(QSize(12, 12))
        self._head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._head.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._head.toggled.connect(self._show_body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 8)
        layout.setSpacing(4)
        layout.addWidget(self._head)
        layout.addWidget(body)
        self._show_body(True)

    def set_title(self, title: str) -> None:
        """Change the words of the title."""
        self._head.setText(title)
        self._head.setAccessibleName(f"{title}, fold or unfold")

    def set_open(self, is_open: bool) -> None:
        """Fold or unfold."""
        self._head.setChecked(is_open)

    def _show_body(self, is_open: bool) -> None:
        self._head.setIcon(
            icon("caret-down" if is_open else "caret-right", role="text-2", on="text-2")
        )
        self.body.setVisible(is_open)
        self.folded.emit(not is_open)


class Facts(QWidget):
    """Rows of a key and a value; every value can be selected with the mouse and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnMinimumWidth(0, KEY_COLUMN)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """The rows as they stand."""
        return tuple((key.text(), value.text()) for key, value in self._rows if not key.isHidden())

    def show_rows(self, rows: tuple[tuple[str, str], ...]) -> None:
        """Show these rows; labels are kept and reused."""
        while len(self._rows) < len(rows):
            self._rows.append(self._new_row(len(self._rows)))
        for number, (key, value) in enumerate(self._rows):
            is_used = number < len(rows)
            key.setVisible(is_used)
            value.setVisible(is_used)
            if is_used and (key.text(), value.text()) != rows[number]:
                key.setText(rows[number][0])
                value.setText(rows[number][1])
                value.setAccessibleName(f"{rows[number][0]}: {rows[number][1]}")

    def _new_row(self, number: int) -> tuple[QLabel, QLabel]:
        key, value = QLabel(), selectable()
        key.setProperty("kind", "quiet")
        key.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(key, number, 0)
        self._grid.addWidget(value, number, 1)
        return key, value


def selectable(text: str = "") -> QLabel:
    """Return a plain text that wraps anywhere and can be selected and copied."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setMinimumWidth(1)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label


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
