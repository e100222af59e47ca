"""Below the timeline one lane per object on several frames: its name, key frames and stretches."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip, QWidget

from viewer.media.volume import Volume
from viewer.model.annotation import AnnotationId
from viewer.model.table import KINDS
from viewer.review.label_rows import rows_of
from viewer.review.label_table import Cell
from viewer.review.tracks import MOST_LANES, frames_of_track
from viewer.session.session import Session
from viewer.ui.labels.cells import SHAPE_ICONS
from viewer.ui.playback.scale import GUTTER_PX, PLAYHEAD_PX, Scale
from viewer.ui.playback.track import TRACK_PX, TrackLane, paint_track
from viewer.ui.widgets.icons import paint_icon
from viewer.ui.widgets.swatch import paint_swatch
from viewer.ui.widgets.theme import color, font_of, theme

ROW_PX = 22
MOST_ROWS = 4.5  # the half one says that there are more
SWATCH_PX, ICON_PX, GAP_PX = 11, 14, 6


@dataclass(frozen=True)
class Lane:
    """An object on several frames.

    Args:
        icon: of its kind of shape.
    """

    id: AnnotationId
    title: str
    icon: str
    track: TrackLane

    def is_on(self, frame: int) -> bool:
        """Whether it is seen on a frame."""
        return any(part.first <= frame <= part.last for part in self.track.stretches)


def lanes_of(session: Session) -> tuple[tuple[Lane, ...], int]:
    """Return the lanes of the video or frames shown, as the label list has them; and how many.

    Of very many the first ones, and always those that are selected; none that a filter leaves out.
    Nothing is decoded.
    """
    shown = session.viewing.media_index
    if shown is None or isinstance(session.current, Volume):
        return (), 0
    rows = rows_of(session.project, session.matches)
    at = rows.tracks_on(shown)
    if not session.display.filter.is_empty:
        at = at[[session.display.is_listed(rows.id_at(row)) for row in at.tolist()]]
    chosen = {row for row in map(rows.row_of, session.selection) if row is not None}
    listed = [*at[:MOST_LANES].tolist(), *sorted(chosen & set(at[MOST_LANES:].tolist()))]
    found: list[Lane] = []
    for row in listed:
        id, entry = rows.id_at(row), rows.entry(row)
        frames = frames_of_track(session.matches, id, shown)
        class_id = entry.label.id if entry else ""
        tint = session.display.color_of_label(session.project, id, class_id)
        track = TrackLane(tint, tuple(int(key) for key in frames.keys), frames.stretches)
        kind = KINDS[rows.cell(row, Cell.KIND)]
        title = entry.title if entry else "No label"
        title = f"{title} · {entry.source}" if entry and entry.source else title
        found.append(Lane(id, title, SHAPE_ICONS[kind], track))
    return tuple(found), len(at)


def lanes_height(count: int) -> int:
    """Return how high so many lanes are, 0 for none: all, or as many as may be seen at once."""
    return round(min(count, MOST_ROWS) * ROW_PX) + 4 if count else 0


class TrackLanes(QAbstractScrollArea):
    """A press selects the object and goes to the frame there; the wheel shows further ones."""

    wanted = Signal(int)  # a frame
    chosen = Signal(object, int)  # AnnotationId, the frame to show

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lanes: tuple[Lane, ...] = ()
        self._selected: frozenset[AnnotationId] = frozenset()
        self._count = 1
        self._at = 0
        self._kept = QPixmap()
        self._kept_of: object = None  # what that picture shows
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalScrollBar().valueChanged.connect(lambda: self.viewport().update())
        self.hide()

    def show_lanes(self, lanes: tuple[Lane, ...], count: int) -> None:
        """Show these, on a timeline of so many frames; without any it is hidden."""
        is_as_high = len(lanes) == len(self.lanes)
        self.lanes, self._count = lanes, count
        self.setVisible(bool(lanes))
        if not is_as_high:
            self.updateGeometry()
        self._fit()
        self._say()
        self.viewport().update()

    def show_selected(self, selected: frozenset[AnnotationId]) -> None:
        """Mark the selected objects, and bring the first of them into sight."""
        if selected == self._selected:
            return
        self._selected = selected
        row = self._selected_row()
        if row is not None:
            bar = self.verticalScrollBar()
            lowest = (row + 1) * ROW_PX - self.viewport().height()
            bar.setValue(min(max(bar.value(), lowest), row * ROW_PX))
        self._say()
        self.viewport().update()

    def show_at(self, index: int) -> None:
        """Move the playhead."""
        if index != self._at:
            self._at = index
            self.viewport().update()

    def sizeHint(self) -> QSize:
        """All rows, or as many as may be seen at once."""
        return QSize(300, lanes_height(len(self.lanes)))

    def minimumSizeHint(self) -> QSize:
        """It gives way in width."""
        return QSize(120, self.sizeHint().height())

    @property
    def scale(self) -> Scale:
        """Where frames stand: as on the timeline above."""
        return Scale(self._count, self.viewport().width(), has_gutter=True)

    def _selected_row(self) -> int | None:
        numbers = (n for n, lane in enumerate(self.lanes) if lane.id in self._selected)
        return next(numbers, None)

    def _fit(self) -> None:
        rest = len(self.lanes) * ROW_PX - self.viewport().height()
        self.verticalScrollBar().setRange(0, max(rest, 0))
        self.verticalScrollBar().setSingleStep(ROW_PX)
        self.verticalScrollBar().setPageStep(ROW_PX)

    def _say(self) -> None:
        row = self._selected_row()
        selected = f", {self.lanes[row].title} selected" if row is not None else ""
        self.setAccessibleName(f"Tracks, {len(self.lanes):,}{selected}")

    def resizeEvent(self, event: object) -> None:
        """Scroll no further than the last row."""
        self._fit()

    def lane_at(self, y: float) -> Lane | None:
        """Return the lane under a height of the viewport."""
        row = int((y + self.verticalScrollBar().value()) // ROW_PX)
        return self.lanes[row] if 0 <= row < len(self.lanes) else None

    def viewportEvent(self, event: QEvent) -> bool:
        """Show a name whole as tooltip."""
        if isinstance(event, QHelpEvent):
            lane = self.lane_at(event.pos().y())
            is_named = lane is not None and event.pos().x() < GUTTER_PX
            QToolTip.showText(event.globalPos(), lane.title if lane and is_named else "", self)
            return True
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the object; beside its name go to the frame there."""
        lane = self.lane_at(event.position().y())
        if lane is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if event.position().x() < GUTTER_PX:
            self._choose(lane)
        else:
            self.chosen.emit(lane.id, self.scale.index_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the playhead."""
        if event.buttons() & Qt.MouseButton.LeftButton and event.position().x() >= GUTTER_PX:
            self.wanted.emit(self.scale.index_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing hangs on it."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the object above or below."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None or not self.lanes:
            super().keyPressEvent(event)
            return
        row = self._selected_row()
        row = 0 if row is None else min(max(row + step, 0), len(self.lanes) - 1)
        self._choose(self.lanes[row])

    def _choose(self, lane: Lane) -> None:
        """Select an object; where it is not on the frame shown, go to its first one."""
        stays = lane.is_on(self._at) or not lane.track.stretches
        self.chosen.emit(lane.id, self._at if stays else lane.track.stretches[0].first)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the rows, kept as a picture, and the playhead."""
        ratio, size = self.devicePixelRatioF(), self.viewport().size()
        offset = self.verticalScrollBar().value()
        look = (theme().name, font_of(12).key())
        wanted = (self.lanes, self._selected, self._count, size, offset, ratio, look)
        if wanted != self._kept_of:
            self._kept_of, self._kept = wanted, self._drawn(ratio, offset)
        with QPainter(self.viewport()) as painter:
            painter.drawPixmap(0, 0, self._kept)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color("accent"), PLAYHEAD_PX))
            x = self.scale.x_of(self._at)
            painter.drawLine(QPointF(x, 0), QPointF(x, size.height()))
            if self.hasFocus():
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
                painter.setPen(color("accent"))
                painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))

    def _drawn(self, ratio: float, offset: int) -> QPixmap:
        size = self.viewport().size()
        kept = QPixmap(size * ratio)
        kept.setDevicePixelRatio(ratio)
        kept.fill(color("input"))
        with QPainter(kept) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for row, lane in enumerate(self.lanes):
                top = row * ROW_PX - offset
                if -ROW_PX < top < size.height():
                    self._paint_lane(painter, lane, QRect(0, top, size.width(), ROW_PX))
        return kept

    def _paint_lane(self, painter: QPainter, lane: Lane, room: QRect) -> None:
        is_selected = lane.id in self._selected
        if is_selected:
            painter.fillRect(room, color("accent-soft"))
            painter.fillRect(QRect(0, room.top(), 2, room.height()), color("accent"))
        middle = room.top() + ROW_PX / 2
        swatch = QRectF(12, middle - SWATCH_PX / 2, SWATCH_PX, SWATCH_PX)
        paint_swatch(painter, swatch, lane.track.color)
        left = swatch.right() + GAP_PX
        paint_icon(
            painter, QRectF(left, middle - ICON_PX / 2, ICON_PX, ICON_PX), lane.icon, "text-2"
        )
        left += ICON_PX + GAP_PX
        painter.setFont(font_of(12))
        painter.setPen(color("text"))
        words = QRectF(left, room.top(), GUTTER_PX - left - GAP_PX, ROW_PX)
        elide = Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(lane.title, elide, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        scale, top = self.scale, room.top() + (ROW_PX - TRACK_PX) / 2
        paint_track(painter, lane.track, top, scale.x_of, scale.cell_px)
