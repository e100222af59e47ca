"""The values along a measured line, painted; the pointer tells one place of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from viewer.review.measured import Profile
from viewer.review.measured_words import figure
from viewer.ui.widgets.theme import color, font_of

LEFT_PX, BOTTOM_PX, TOP_PX, RIGHT_PX = 52, 20, 20, 12
TICK_PX = 64  # at least between ticks along x
LINE_PX = 26  # at least between ticks along y
CHANNELS = ("bad", "ok", "accent")  # red, green, blue
Floats = NDArray[np.float64]


class ProfilePlot(QWidget):
    """A line for grey values, three for colours, over the way from the first end."""

    pointed = Signal(int)  # number of the sample under the pointer, -1 for none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._profile: Profile | None = None
        self._units = ("", "")  # of the way, of the values
        self._at = -1
        self.setMouseTracking(True)
        self.setMinimumSize(QSize(220, 90))
        self.setAccessibleName("Profile")

    @property
    def words(self) -> str:
        """The way and the value under the pointer, "" without."""
        if self._profile is None or self._at < 0:
            return ""
        values = np.atleast_1d(self._profile.values[self._at])
        said = ["nothing" if np.isnan(one) else figure(float(one)) for one in values]
        way, unit = self._units
        return f"{self._profile.way[self._at]:.1f} {way}: {' '.join(said)} {unit}".strip()

    def show_profile(self, profile: Profile | None, way_unit: str, unit: str) -> None:
        """Show a profile, or nothing."""
        self._profile, self._units = profile, (way_unit, unit)
        self._at = -1
        self.setAccessibleDescription(self._described())
        self.update()

    def place_at(self, sample: int) -> QPointF:
        """Return where a sample stands on the x axis."""
        room = self._room()
        count = 1 if self._profile is None else max(len(self._profile.way) - 1, 1)
        return QPointF(room.left() + room.width() * sample / count, room.bottom())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the sample under the pointer."""
        room, profile = self._room(), self._profile
        if profile is None or room.width() <= 0:
            return
        part = (event.position().x() - room.left()) / room.width()
        self._point(int(np.clip(np.rint(part * (len(profile.way) - 1)), 0, len(profile.way) - 1)))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell none."""
        self._point(-1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint axes, lines and the pointer's place."""
        profile, room = self._profile, self._room()
        if profile is None or room.width() < TICK_PX or room.height() < LINE_PX:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(font_of(11))
            ends = _ends(profile.values)
            self._paint_axes(painter, room, ends, float(profile.way[-1]))
            self._paint_lines(painter, room, ends, profile)
            if self._at >= 0:
                painter.setPen(QPen(color("accent"), 1.0))
                x = self.place_at(self._at).x()
                painter.drawLine(QLineF(x, room.top(), x, room.bottom()))
                painter.setPen(color("text"))
                head = QRectF(room.left(), 0, room.width(), TOP_PX)
                flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(head, flags, self.words)

    def _point(self, at: int) -> None:
        if at != self._at:
            self._at = at
            self.pointed.emit(at)
            self.update()

    def _room(self) -> QRectF:
        rect = QRectF(self.rect())
        return rect.adjusted(LEFT_PX, TOP_PX, -RIGHT_PX, -BOTTOM_PX)

    def _described(self) -> str:
        if self._profile is None:
            return ""
        low, high = _ends(self._profile.values)
        return f"{figure(low)} to {figure(high)} {self._units[1]}".strip()

    def _paint_axes(
        self, painter: QPainter, room: QRectF, ends: tuple[float, float], way: float
    ) -> None:
        low, high = ends
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in ticks(low, high, max(int(room.height() / LINE_PX), 2)):
            y = room.bottom() - (value - low) / (high - low) * room.height()
            painter.setPen(color("divider"))
            painter.drawLine(QLineF(room.left(), y, room.right(), y))
            painter.setPen(color("text-2"))
            painter.drawText(QRectF(0, y - 8, room.left() - 6, 16), right, figure(value))
        for value in ticks(0.0, way, max(int(room.width() / TICK_PX), 2)) if way > 0 else ():
            x = room.left() + value / way * room.width()
            painter.setPen(color("divider"))
            painter.drawLine(QLineF(x, room.bottom(), x, room.bottom() + 4))
            painter.setPen(color("text-2"))
            place = QRectF(x - TICK_PX / 2, room.bottom() + 3, TICK_PX, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, figure(value))
        way_unit, unit = self._units
        corner = QRectF(0, room.bottom() + 3, LEFT_PX - 12, 16)
        painter.drawText(corner, Qt.AlignmentFlag.AlignRight, way_unit)
        painter.drawText(QRectF(0, 2, LEFT_PX - 6, 16), Qt.AlignmentFlag.AlignRight, unit)

    def _paint_lines(
        self, painter: QPainter, room: QRectF, ends: tuple[float, float], profile: Profile
    ) -> None:
        low, high = ends
        x = np.linspace(room.left(), room.right(), len(profile.way))
        columns = profile.values.reshape(len(x), -1).T
        tokens: Sequence[str] = CHANNELS if len(columns) == 3 else ("text",)
        for values, token in zip(columns, tokens, strict=True):
            painter.setPen(QPen(color(token), 1.25))
            y = room.bottom() - (values - low) / (high - low) * room.height()
            for part in pieces(np.stack([x, y], axis=1)):
                painter.drawPolyline(QPolygonF([QPointF(*place) for place in part.tolist()]))


def ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """Return round places from low to high: multiples of 1, 2 or 5 times a power of ten."""
    span = high - low
    power = 10.0 ** np.floor(np.log10(span / most))
    step = next(n * power for n in (1.0, 2.0, 5.0, 10.0) if span / (n * power) <= most)
    first = int(np.ceil(low / step - 1e-9))
    return tuple(float(n * step) for n in range(first, int(np.floor(high / step + 1e-9)) + 1))


def pieces(places: Floats) -> list[Floats]:
    """Return the stretches of (n, 2) places between those that are not known."""
    known = ~np.isnan(places[:, 1])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    return [places[first:end] for first, end in edges.reshape(-1, 2).tolist()]


def _ends(values: Floats) -> tuple[float, float]:
    """Least and largest value, apart from each other."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    return (low, high) if high > low else (low - 1.0, high + 1.0)
