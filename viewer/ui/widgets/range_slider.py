"""A range from 0 to 1 under a histogram: two handles, what lies between them in the accent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.ui.widgets.theme import color, font_of

BINS = 20
BARS_PX, TRACK_PX, AXIS_PX = 40, 18, 16
SIDE_PX = 8  # left free for half a handle
HANDLE_PX = 12
STEP = 0.01


class RangeSlider(QWidget):
    """Tells while it is dragged; arrows move the handle that was used last."""

    changed = Signal(float, float)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._counts: NDArray[np.int64] = np.zeros(BINS, dtype=np.int64)
        self.low, self.high = 0.0, 1.0
        self._moves_high = False
        self._is_dragged = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tell()

    def show_values(self, values: NDArray[np.float32]) -> None:
        """Show how many values there are of each size; what is no number counts nowhere."""
        known = np.clip(values[~np.isnan(values)], 0.0, 1.0)
        self._counts = np.histogram(known, BINS, (0.0, 1.0))[0]
        self.update()

    def show_range(self, low: float, high: float) -> None:
        """Show a range, without telling anybody."""
        self.low, self.high = min(max(low, 0.0), 1.0), min(max(high, 0.0), 1.0)
        self._tell()
        self.update()

    def sizeHint(self) -> QSize:
        """Bars, the track with its handles, and the axis."""
        return QSize(200, BARS_PX + TRACK_PX + AXIS_PX)

    def x_of(self, value: float) -> float:
        """Return where a value stands."""
        return SIDE_PX + value * (self.width() - 2 * SIDE_PX)

    def _value_at(self, x: float) -> float:
        value = (x - SIDE_PX) / max(self.width() - 2 * SIDE_PX, 1)
        return round(min(max(value, 0.0), 1.0), 2)

    def _move(self, value: float) -> None:
        value = round(min(max(value, 0.0), 1.0), 2)
        low, high = self.low, self.high
        if self._moves_high:
            high = max(value, low)
        else:
            low = min(value, high)
        if (low, high) != (self.low, self.high):
            self.show_range(low, high)
            self.changed.emit(low, high)

    def _tell(self) -> None:
        self.setAccessibleName(f"{self._name}, {self.low:.2f} to {self.high:.2f}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the nearer handle."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        x = event.position().x()
        away_low, away_high = abs(x - self.x_of(self.low)), abs(x - self.x_of(self.high))
        is_right = x > self.x_of(self.low) if self.low == self.high else away_high < away_low
        self._moves_high, self._is_dragged = is_right, True
        self._move(self._value_at(x))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry it along."""
        if self._is_dragged:
            self._move(self._value_at(event.position().x()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let it go."""
        self._is_dragged = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the handle used last by a hundredth, pages by a tenth."""
        steps = {
            Qt.Key.Key_Left: -STEP,
            Qt.Key.Key_Down: -STEP,
            Qt.Key.Key_Right: STEP,
            Qt.Key.Key_Up: STEP,
            Qt.Key.Key_PageDown: -10 * STEP,
            Qt.Key.Key_PageUp: 10 * STEP,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._move((self.high if self._moves_high else self.low) + step)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bars, track, handles and both ends."""
        with QPainter(self) as painter:
            self._paint_bars(painter)
            self._paint_track(painter)
            painter.setFont(font_of(11))
            painter.setPen(color("text-2"))
            room = QRectF(SIDE_PX, BARS_PX + TRACK_PX, self.width() - 2 * SIDE_PX, AXIS_PX)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft, "0")
            painter.drawText(room, Qt.AlignmentFlag.AlignRight, "1")

    def _paint_bars(self, painter: QPainter) -> None:
        tallest = max(int(self._counts.max()), 1)
        for number, count in enumerate(self._counts.tolist()):
            left, right = self.x_of(number / BINS), self.x_of((number + 1) / BINS)
            height = max(BARS_PX * count / tallest, 2.0 if count else 0.0)
            middle = (2 * number + 1) / (2 * BINS)
            token = "accent" if self.low <= middle <= self.high else "text-off"
            painter.fillRect(QRectF(left, BARS_PX - height, right - left - 1, height), color(token))

    def _paint_track(self, painter: QPainter) -> None:
        y = BARS_PX + TRACK_PX / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ends = (self.x_of(0), self.x_of(1)), (self.x_of(self.low), self.x_of(self.high))
        for (left, right), token in zip(ends, ("border", "accent"), strict=True):
            pen = QPen(color(token), 3)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(QPointF(left, y), QPointF(right, y))
        for value, is_high in ((self.low, False), (self.high, True)):
            is_held = self.hasFocus() and is_high == self._moves_high
            painter.setPen(QPen(color("text" if is_held else "accent"), 2))
            painter.setBrush(color("panel"))
            painter.drawEllipse(QPointF(self.x_of(value), y), HANDLE_PX / 2, HANDLE_PX / 2)
