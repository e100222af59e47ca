"""A label's colour: painted, as a widget, as an icon."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import (
    QIcon,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from viewer.ui.widgets.theme import color, theme

SWATCH_PX = 13


class Swatch(QWidget):
    """A label's colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tint = ""
        self.setFixedSize(SWATCH_PX, SWATCH_PX)

    def show_tint(self, tint: str) -> None:
        """Show a colour "#rrggbb"."""
        self._tint = tint
        self.setAccessibleName(f"Colour {tint}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        if self._tint:
            with QPainter(self) as painter:
                paint_swatch(painter, QRectF(self.rect()), self._tint)


def paint_swatch(painter: QPainter, rect: QRectF, tint: str) -> None:
    """Paint a label's colour with a dark inner edge, so that it stands on white too."""
    from viewer.paint.look import color_of

    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(color("halo", 0.45))
    painter.setBrush(color_of(tint))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 2.5, 2.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def swatch_icon(tint: str) -> QIcon:
    """Return a label's colour as an icon."""
    return _swatch_icon(tint, theme().name)


@lru_cache(maxsize=512)
def _swatch_icon(tint: str, _theme: str) -> QIcon:
    pixmap = QPixmap(24, 24)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        paint_swatch(painter, QRectF(0, 0, 12, 12), tint)
    made = QIcon(pixmap)
    made.addPixmap(pixmap, QIcon.Mode.Selected)  # else the style tints it in the chosen row
    return made
