"""The strip under the transport: a ruler, where frames have labels, and the playhead."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.paint.look import color_of
from viewer.ui.playback.scale import GUTTER_PX, INSET_PX, PLAYHEAD_PX, Scale
from viewer.ui.playback.track import TrackLane
from viewer.ui.widgets.theme import color, font_of, theme

RULER_PX = 24
LANE_PX = 16
HEIGHT_PX = RULER_PX + LANE_PX + 8
TICK_APART_PX = 5.0
NUMBER_GAP_PX = 28.0
LEAST_BAR_PX = 3.0
ROUND = (1, 2, 5)
CENTRE = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True)
class Bar:
    """Frames `first` to `last` that have labels of up to three colours."""

    first: int
    last: int
    colors: tuple[str, ...]


@dataclass(frozen=True)
class Ruled:
    """What the strip is drawn from.

    Args:
        count: of frames or points.
        counted: "frame", or the name of the points.
        names: the value of each point; () numbers them.
        tracks: number of objects on several frames; their names stand at the left, below it.
        track: the selected one.
    """

    count: int = 1
    counted: str = "frame"
    names: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = ()
    tracks: int = 0
    track: TrackLane | None = None


def round_step(least: float) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 50 ... that is not below a number."""
    power = 1
    while True:
        for digit in ROUND:
            if digit * power >= least:
                return digit * power
        power *= 10


def bars_of(colors: dict[int, tuple[str, ...]]) -> tuple[Bar, ...]:
    """Join neighbouring frames of the same colours to bars."""
    bars: list[Bar] = []
    first = last = -1
    for frame in sorted(colors):
        if last < 0 or frame != last + 1 or colors[frame] != colors[last]:
            bars += [] if last < 0 else [Bar(first, last, colors[last])]
            first = frame
        last = frame
    return (*bars, Bar(first, last, colors[last])) if last >= 0 else ()


class Timeline(QWidget):
    """Press or drag goes to a frame; the wheel steps; Home and End go to the ends."""

    wanted = Signal(int)  # a frame or point

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ruled = Ruled()
        self._at = 0
        self._kept = QPixmap()
        self._kept_of: object = None  # what that picture shows
        self._words: list[QRectF] = []  # where it has numbers or names
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Drag to go to a frame; the wheel goes one frame on or back.")
        self._say()

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The frames that have labels."""
        return self._ruled.bars

    def show_ruled(self, ruled: Ruled) -> None:
        """Show another media, or its labels as they are now."""
        if ruled != self._ruled:
            self._ruled = ruled
            self._say()
            self.update()

    def show_track(self, track: TrackLane | None) -> None:
        """Show another object's key frames, or none."""
        self.show_ruled(replace(self._ruled, track=track))

    @property
    def track(self) -> TrackLane | None:
        """The object whose key frames are shown."""
        return self._ruled.track

    def show_at(self, index: int) -> None:
        """Move the playhead."""
        if index != self._at:
            self._at = index
            self._say()
            self.update()

    def sizeHint(self) -> QSize:
        """A strip over the width."""
        return QSize(300, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """It gives way in width."""
        return QSize(120, HEIGHT_PX)

    @property
    def scale(self) -> Scale:
        """Where frames stand."""
        return Scale(self._ruled.count, self.width(), has_gutter=self._ruled.tracks > 0)

    def x_of(self, index: float) -> float:
        """Return where the middle of a frame stands."""
        return self.scale.x_of(index)

    def index_at(self, x: float) -> int:
        """Return the frame under a place; the nearest end beyond the strip."""
        return self.scale.index_at(x)

    def _say(self) -> None:
        ruled, at = self._ruled, self._at
        value = f" {ruled.names[at]}," if at < len(ruled.names) else ""
        is_key = ruled.track is not None and at in ruled.track.keys
        key = ", a key frame of the selected label" if is_key else ""
        self.setAccessibleName(f"Timeline,{value} {ruled.counted} {at + 1} of {ruled.count}{key}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the frame there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.wanted.emit(self.index_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the playhead."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.wanted.emit(self.index_at(event.position().x()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go one frame back or on, 10 with Shift."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        if turned:
            self.wanted.emit(self._inside(self._at + (far if turned < 0 else -far)))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the ends; the arrows are actions of the table."""
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self._ruled.count - 1}
        if event.key() in ends:
            self.wanted.emit(ends[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        self.update()

    def _inside(self, index: int) -> int:
        return min(max(index, 0), self._ruled.count - 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what stands still, kept as a picture, and the playhead."""
        ratio = self.devicePixelRatioF()
        wanted = (self._ruled, self.size(), ratio, theme().name, font_of(11).key())
        if wanted != self._kept_of:
            self._kept_of, self._kept = wanted, self._drawn(ratio)
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._kept)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_playhead(painter)
            if self.hasFocus():
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(color("accent"))
                painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _drawn(self, ratio: float) -> QPixmap:
        """Return ground, ruler and bars as a picture."""
        self._words.clear()
        kept = QPixmap(self.size() * ratio)
        kept.setDevicePixelRatio(ratio)
        kept.fill(color("input"))
        with QPainter(kept) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(font_of(11))
            self._paint_bars(painter)
            if self._ruled.tracks:
                self._paint_gutter(painter)
            if self._ruled.names:
                self._paint_names(painter)
            else:
                self._paint_ruler(painter)
        return kept

    def _paint_ruler(self, painter: QPainter) -> None:
        """Ticks, and round numbers where they have room; screens count from 1."""
        count, cell = self._ruled.count, self.scale.cell_px
        ticks = round_step(TICK_APART_PX / cell)
        number_px = painter.fontMetrics().horizontalAdvance(f"{count:,}") + NUMBER_GAP_PX
        numbers = max(round_step(number_px / cell), ticks)
        painter.setPen(QPen(color("border"), 1))
        for at in (0, *range(ticks - 1, count, ticks)):
            is_numbered = at == 0 or (at + 1) % numbers == 0
            top = RULER_PX - (7 if is_numbered else 4)
            painter.drawLine(QPointF(self.x_of(at), top), QPointF(self.x_of(at), RULER_PX))
        painter.setPen(color("text-2"))
        for at in (0, *range(numbers - 1, count, numbers)):
            if at == 0 or self.x_of(at) - self.x_of(0) >= number_px:
                self._paint_word(painter, f"{at + 1:,}", self.x_of(at))

    def _paint_names(self, painter: QPainter) -> None:
        """The value of each point, where it does not cover the one before."""
        painter.setPen(QPen(color("border"), 1))
        for at in range(self._ruled.count):
            x = self.x_of(at)
            painter.drawLine(QPointF(x, RULER_PX - 4), QPointF(x, RULER_PX))
        painter.setPen(color("text-2"))
        free = 0.0
        for at, name in enumerate(self._ruled.names):
            half = painter.fontMetrics().horizontalAdvance(name) / 2
            if self.x_of(at) - half >= free:
                self._paint_word(painter, name, self.x_of(at))
                free = self.x_of(at) + half + 8

    def _paint_word(self, painter: QPainter, word: str, x: float) -> None:
        half = painter.fontMetrics().horizontalAdvance(word) / 2 + 2
        middle = min(max(x, half), self.width() - half)
        room = QRectF(middle - half, 1, 2 * half, RULER_PX - 8)
        painter.drawText(room, CENTRE, word)
        self._words.append(room)

    def _paint_bars(self, painter: QPainter) -> None:
        """The ground of the lane, and on it the frames that have labels."""
        scale = self.scale
        half, top = scale.cell_px / 2, RULER_PX + 2.0
        lane = QRectF(scale.left, top, self.width() - scale.left - INSET_PX, LANE_PX)
        painter.fillRect(lane, color("panel"))
        for bar in self._ruled.bars:
            left = self.x_of(bar.first) - half
            width = max(self.x_of(bar.last) + half - left, LEAST_BAR_PX)
            each = LANE_PX / max(len(bar.colors), 1)
            for number, name in enumerate(bar.colors):
                painter.fillRect(QRectF(left, top + number * each, width, each), color_of(name))

    def _paint_gutter(self, painter: QPainter) -> None:
        """How many tracks have a lane below, and what the lane here holds."""
        beside = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        width = GUTTER_PX - 24
        painter.setPen(color("text-2"))
        painter.drawText(QRectF(12, RULER_PX + 2.0, width, LANE_PX), beside, "All labels")
        painter.drawText(QRectF(12, 0, width, RULER_PX), beside, f"Tracks {self._ruled.tracks:,}")

    def _paint_playhead(self, painter: QPainter) -> None:
        x = self.x_of(self._at)
        painter.setPen(QPen(color("accent"), PLAYHEAD_PX))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        named = self._at < len(self._ruled.names)
        word = self._ruled.names[self._at] if named else f"{self._at + 1:,}"
        painter.setFont(font_of(11, font_of(11).Weight.DemiBold))
        half = QFontMetrics(painter.font()).horizontalAdvance(word) / 2 + 7
        middle = min(max(x, half), self.width() - half)
        flag = QRectF(middle - half, 1, 2 * half, RULER_PX - 7)
        for room in self._words:
            if room.intersects(flag):  # half a number would be read as another
                painter.fillRect(room, color("input"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("accent-fill"))
        painter.drawRoundedRect(flag, 3, 3)
        painter.setPen(color("on-accent"))
        painter.drawText(flag, CENTRE, word)
