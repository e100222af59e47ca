"""The buttons of the verdict: a word, an icon, and the key that does the same."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from viewer.ui.widgets.icons import paint_icon
from viewer.ui.widgets.theme import color, font_of

TALL_PX, LOW_PX = 72, 28
CAP_PAD_PX = 5
CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True)
class Face:
    """How a button looks.

    Args:
        icon: its name.
        key: as it stands on the keyboard, "" for none.
        ground, edge, ink: tokens.
        tall: 72 px high with the key below the word, else one line.
    """

    icon: str
    key: str = ""
    ground: str = "raised"
    edge: str = "border"
    ink: str = "text"
    tall: bool = False


class KeyButton(QAbstractButton):
    """One button; Enter is left to the window, where it accepts."""

    def __init__(self, word: str, face: Face, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = face
        self.setText(word)
        self.setAccessibleName(word)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        fixed = QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Expanding if word else fixed, fixed)

    def sizeHint(self) -> QSize:
        """As wide as icon, word and key."""
        width = 16 + 22 + self._word_px() + (0 if self.face.tall else self._cap_px())
        return QSize(width if self.text() else 32, self._height())

    def minimumSizeHint(self) -> QSize:
        """Room for the icon and a few letters."""
        return QSize(32, self._height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_ground(painter)
            if self.face.tall:
                self._paint_tall(painter)
            else:
                self._paint_line(painter)

    def _height(self) -> int:
        least = TALL_PX if self.face.tall else LOW_PX
        return max(least, QFontMetrics(font_of(13)).height() + 10)

    def _font(self) -> QFont:
        tall = self.face.tall
        return font_of(15 if tall else 13, QFont.Weight.DemiBold if tall else QFont.Weight.Medium)

    def _word_px(self) -> int:
        return QFontMetrics(self._font()).horizontalAdvance(self.text())

    def _cap_px(self) -> int:
        if not self.face.key:
            return 0
        return QFontMetrics(font_of(11)).horizontalAdvance(self.face.key) + 2 * CAP_PAD_PX + 8

    def _ink(self) -> str:
        return self.face.ink if self.isEnabled() else "text-off"

    def _paint_ground(self, painter: QPainter) -> None:
        is_hot = self.isEnabled() and (self.underMouse() or self.isDown())
        has_ring = self.hasFocus() or (self.isCheckable() and self.isChecked())
        edge = "accent" if self.hasFocus() else self.face.edge
        away = 1.0 if has_ring else 0.5
        pen = painter.pen()
        pen.setWidthF(2 * away)
        pen.setColor(color(edge if self.isEnabled() else "divider"))
        painter.setPen(pen)
        plain = self.face.ground == "raised"
        painter.setBrush(color("hover" if is_hot and plain else self.face.ground))
        around = QRectF(self.rect()).adjusted(away, away, -away, -away)
        painter.drawRoundedRect(around, 4, 4)
        if is_hot and not plain:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(self.face.ink, 0.10))
            painter.drawRoundedRect(around, 4, 4)

    def _paint_tall(self, painter: QPainter) -> None:
        """The word with its icon, and the key below."""
        width, middle = self.width(), self.height() / 2
        word = min(self._word_px(), width - 40)
        start = (width - word - 24) / 2
        upper = middle - (13 if self.face.key else 0)
        icon = QRectF(start, upper - 9, 18, 18)
        paint_icon(painter, icon, self.face.icon, self._ink(), filled=True)
        painter.setFont(self._font())
        painter.setPen(color(self._ink()))
        room = QRectF(start + 24, upper - 12, width - start - 26, 24)
        elided = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, LEFT, elided)
        if self.face.key:
            cap = self._cap_px() - 8
            self._paint_cap(painter, QRectF((width - cap) / 2, middle + 6, cap, 18))

    def _paint_line(self, painter: QPainter) -> None:
        """Icon, word and key in one line, in the middle."""
        words = f" {self.text()}" if self.text() else ""
        used = 16 + (6 + self._word_px() if words else 0) + self._cap_px()
        start = max((self.width() - used) / 2, 6.0)
        middle = self.height() / 2
        icon = QRectF(start, middle - 8, 16, 16)
        is_on = self.isCheckable() and self.isChecked()
        token = self._ink() if is_on or not self.isCheckable() else "text-2"
        paint_icon(painter, icon, self.face.icon, token, filled=is_on)
        cap = self._cap_px()
        if not words:
            return
        painter.setFont(self._font())
        painter.setPen(color(self._ink()))
        room = QRectF(start + 22, 0, max(self.width() - start - 28 - cap, 8), self.height())
        elided = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, int(room.width()) + 1
        )
        painter.drawText(room, LEFT, elided)
        if cap:
            at = min(start + 22 + self._word_px() + 8, self.width() - cap + 2.0)
            self._paint_cap(painter, QRectF(at, middle - 9, cap - 8, 18))

    def _paint_cap(self, painter: QPainter, place: QRectF) -> None:
        token = self.face.edge if self.face.tall else "border"
        pen = painter.pen()
        pen.setWidthF(1.0)
        pen.setColor(color(token if self.isEnabled() else "divider"))
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setFont(font_of(11))
        painter.setPen(color("text-2" if self.isEnabled() else "text-off"))
        painter.drawText(place, CENTRE, self.face.key)
