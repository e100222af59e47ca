"""The histogram of the values under a label, painted."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.paint.look import color_of
from viewer.review.intensities import Intensity
from viewer.ui.labels.facts import signed
from viewer.ui.widgets.theme import color, font_of

BARS_PX = 56
AXIS_PX = 16
APART_PX = 6  # least, between the words of the axis


class Histogram(QWidget):
    """Bars in the label's colour over an axis with least, middle and greatest value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Intensity | None = None
        self._tint = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Histogram of the values under the label")

    def show_intensity(self, found: Intensity | None, tint: str) -> None:
        """Show a histogram in a label's colour; None shows an empty field."""
        self._shown = found
        self._tint = tint
        words = (
            f"{signed(found.low)} to {signed(found.high)} {found.unit}" if found else "no values"
        )
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        """A strip."""
        return QSize(200, BARS_PX + AXIS_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bars and axis."""
        bars = QRectF(0, 0, self.width(), BARS_PX)
        with QPainter(self) as painter:
            painter.fillRect(bars, color("input"))
            if self._shown is not None:
                self._paint_bars(painter, bars.adjusted(4, 4, -4, 0), self._shown)
                self._paint_axis(painter, self._shown)

    def _paint_bars(self, painter: QPainter, room: QRectF, found: Intensity) -> None:
        tallest = max(int(found.counts.max()), 1)
        width = room.width() / len(found.counts)
        for number, count in enumerate(found.counts.tolist()):
            height = room.height() * count / tallest
            left = room.left() + number * width
            bar = QRectF(left, room.bottom() - height, max(width - 1, 0.5), height)
            painter.fillRect(bar, color_of(self._tint))

    def _paint_axis(self, painter: QPainter, found: Intensity) -> None:
        painter.setFont(font_of(11))
        painter.setPen(color("text-2"))
        room = QRectF(0, BARS_PX + 2, self.width(), AXIS_PX - 2)
        low, high = float(found.edges[0]), float(found.edges[-1])
        unit = f" {found.unit}" if found.unit else ""
        words = (signed(low), signed((low + high) / 2), f"{signed(high)}{unit}")
        least, middle, greatest = (painter.fontMetrics().horizontalAdvance(word) for word in words)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft, words[0])
        if max(least, greatest) + middle / 2 + APART_PX <= room.width() / 2:
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter, words[1])
        painter.drawText(room, Qt.AlignmentFlag.AlignRight, words[2])
