"""The selected object on the timeline: its key frames, and what lies between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from viewer.paint.look import color_of
from viewer.review.tracks import Stretch
from viewer.ui.widgets.theme import color

TRACK_PX = 18
BAR_PX = 10.0
DIAMOND_PX = 12.0
EDGE_PX = 1.5
LEAST_PX = 3.0  # of a bar, and between diamonds
SOLID, FAINT = 0.55, 0.22
DASH = [3.5, 2.5]  # in widths of the line


@dataclass(frozen=True)
class TrackLane:
    """One object: "#rrggbb", its key frames, and the stretches on which it is seen."""

    color: str
    keys: tuple[int, ...]
    stretches: tuple[Stretch, ...]


def paint_track(
    painter: QPainter, lane: TrackLane, top: float, x_of: Callable[[float], float], cell_px: float
) -> None:
    """Paint a lane of TRACK_PX: bars, dashed where they are derived, and a diamond for each key.

    Args:
        top: of the lane.
        x_of: the middle of a frame.
        cell_px: width of a frame.
    """
    middle = top + TRACK_PX / 2
    starts = {stretch.first for stretch in lane.stretches}
    ends = {stretch.last for stretch in lane.stretches if stretch.last > stretch.first}
    for stretch in lane.stretches:
        before = 0.0 if stretch.first in ends else cell_px / 2  # neighbours meet at a key frame
        is_met = stretch.last in starts and stretch.last > stretch.first
        after = 0.0 if is_met else cell_px / 2
        left = x_of(stretch.first) - before
        width = max(x_of(stretch.last) + after - left, LEAST_PX)
        is_derived = stretch.kind == "derived"
        bar = QRectF(left, middle - BAR_PX / 2, width, BAR_PX)
        painter.fillRect(bar, color_of(lane.color, FAINT if is_derived else SOLID))
        if is_derived:
            pen = QPen(color_of(lane.color), 2)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(DASH)
            painter.setPen(pen)
            painter.drawLine(QPointF(left, middle), QPointF(left + width, middle))
    _paint_keys(painter, lane, middle, x_of)


def _paint_keys(
    painter: QPainter, lane: TrackLane, middle: float, x_of: Callable[[float], float]
) -> None:
    """Stamp a diamond at each key frame, but those that nobody could tell apart."""
    ratio = painter.device().devicePixelRatioF()
    stamp = _diamond(lane.color, color("input").name(), ratio)
    half, last = stamp.width() / ratio / 2, float("-inf")
    top = round((middle - half) * ratio) / ratio
    for key in lane.keys:
        x = x_of(key)
        if x - last >= LEAST_PX:
            last = x
            painter.drawPixmap(QPointF(round((x - half) * ratio) / ratio, top), stamp)


@lru_cache(maxsize=64)
def _diamond(fill: str, edge: str, ratio: float) -> QPixmap:
    """Return a diamond, as large as it and its edge; thousands of them stand on a timeline."""
    side = round((DIAMOND_PX + 2 * EDGE_PX) * ratio)
    stamp = QPixmap(side, side)
    stamp.fill(Qt.GlobalColor.transparent)
    stamp.setDevicePixelRatio(ratio)
    half, middle = DIAMOND_PX / 2, side / ratio / 2
    with QPainter(stamp) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(edge), EDGE_PX))
        painter.setBrush(color_of(fill))
        ways = ((0, -half), (half, 0), (0, half), (-half, 0))
        painter.drawPolygon(QPolygonF([QPointF(middle + x, middle + y) for x, y in ways]))
    return stamp
