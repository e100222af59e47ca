"""What the colours of labels say, where the list's groups do not."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.ui.widgets.swatch import SWATCH_PX, paint_swatch
from viewer.ui.widgets.theme import color, font_of

LINE_PX = 20
LEFT_PX = 12
MOST = 8


class Legend(QWidget):
    """A line for each colour; hides itself without any."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[str, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_colors(self, colors: tuple[tuple[str, str], ...]) -> None:
        """Show colours and what they stand for; of very many the first ones."""
        if colors != self._shown:
            self._shown = colors
            words = ", ".join(text for _, text in colors)
            self.setAccessibleName(f"Colours: {words}")
            self.setToolTip("\n".join(text for _, text in colors[: 5 * MOST]))
            self.setVisible(bool(colors))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """A line for each."""
        lines = min(len(self._shown), MOST) + (len(self._shown) > MOST)
        return QSize(100, lines * LINE_PX + 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint swatches and words."""
        with QPainter(self) as painter:
            painter.setFont(font_of(12))
            for number, (tint, words) in enumerate(self._shown[:MOST]):
                top = number * LINE_PX
                square = QRectF(LEFT_PX, top + (LINE_PX - SWATCH_PX) / 2, SWATCH_PX, SWATCH_PX)
                paint_swatch(painter, square, tint)
                self._say(painter, top, words)
            if len(self._shown) > MOST:
                self._say(painter, MOST * LINE_PX, f"and {len(self._shown) - MOST:,} more")

    def _say(self, painter: QPainter, top: int, words: str) -> None:
        painter.setPen(color("text-2"))
        left = LEFT_PX + SWATCH_PX + 7
        room = QRectF(left, top, self.width() - left - LEFT_PX, LINE_PX)
        metrics = QFontMetrics(painter.font())
        fitting = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, fitting)
