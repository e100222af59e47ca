"""What is measured without labelling: thin white lines with end marks, and plates of numbers.

Labels have a colour, a fill and a tag with a bar of that colour; a measurement has none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from viewer.geometry.shapes import Points
from viewer.paint.framing import Affine, on_screen
from viewer.paint.handles import Handles, paint_handles, path_of
from viewer.paint.look import Look
from viewer.paint.text import INSET_PX, LINE_PX, RADIUS_PX, metrics
from viewer.review.measured import MeasureKind

LINE_WIDTH, SELECTED_WIDTH, HALO = 1.25, 2.0, 1.5  # px; of the halo on each side
TICK_PX = 6.0  # half of an end mark
PROBE_PX = 7.0
ARC_PX = 18.0
AWAY_PX = 12.0
MARK_PX = 5.0  # of the place on a profile that the plot points at
SIDES = ((1.0, -1.0), (1.0, 1.0), (-1.0, -1.0), (-1.0, 1.0))  # right and down, in order of trial


@dataclass(frozen=True, eq=False)
class MeasuredMark:
    """One measurement as it is drawn.

    Args:
        points: (n, 2) plane mm of its line, or of the one place of a probe.
        is_closed: the line comes back to its beginning.
        lines: its numbers; () where they would cover more than they tell.
        handles: (n, 2) plane mm, where it is selected; None else.
        live: the handle that is hovered or dragged.
        pointed: (2,) a place on it that is shown somewhere else.
    """

    kind: MeasureKind
    points: Points
    is_closed: bool
    lines: tuple[str, ...]
    handles: Points | None = None
    live: int | None = None
    pointed: tuple[float, float] | None = None


def paint_measured(
    painter: QPainter, marks: Sequence[MeasuredMark], affine: Affine, look: Look
) -> None:
    """Draw the lines of measurements, the selected one with its handles."""
    for mark in marks:
        path = _path_of(mark, affine)
        width = LINE_WIDTH if mark.handles is None else SELECTED_WIDTH
        for color, thick in (
            (look.color("halo", 0.7), width + 2 * HALO),
            (look.color("image-text"), width),
        ):
            pen = QPen(color, thick)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.strokePath(path, pen)
        if mark.handles is not None and mark.kind != "probe":
            paint_handles(painter, Handles(mark.handles, live=mark.live), affine, look)
        if mark.pointed is not None:
            at = on_screen(affine, np.array([mark.pointed]))[0].tolist()
            painter.setPen(QPen(look.color("handle-edge"), 1.0))
            painter.setBrush(look.color("accent"))
            painter.drawEllipse(QPointF(*at), MARK_PX, MARK_PX)


def paint_numbers(
    painter: QPainter,
    marks: Sequence[MeasuredMark],
    affine: Affine,
    area: QRectF,
    look: Look,
    taken: Iterable[QRectF] = (),
) -> tuple[QRectF, ...]:
    """Draw the plates of numbers beside their lines; returns where they stand.

    The selected one's always stands, where it covers the least; others only where they cover
    neither words nor a probe, nor the region that is selected.

    Args:
        area: of the view that plates may use.
        taken: rectangles that other words use.
    """
    kept = [rect for rect in taken if not rect.isEmpty()]
    kept += [_around(mark, affine) for mark in marks if mark.kind == "probe"]
    placed: list[QRectF] = []
    for mark in sorted(marks, key=lambda one: one.handles is None):
        rect = _plate(mark, on_screen(affine, mark.points), area, kept, look)
        if rect is not None:
            _paint_plate(painter, mark, rect, look)
            kept.append(rect)
            placed.append(rect)
        if mark.handles is not None and mark.is_closed:
            kept.append(_around(mark, affine))
    return tuple(placed)


def _around(mark: MeasuredMark, affine: Affine) -> QRectF:
    """Where a mark is drawn: of a probe its ring, of others up to the edges of their handles."""
    places = on_screen(affine, mark.points)
    low, high = QPointF(*places.min(axis=0).tolist()), QPointF(*places.max(axis=0).tolist())
    return QRectF(low, high).adjusted(-PROBE_PX, -PROBE_PX, PROBE_PX, PROBE_PX)


def _path_of(mark: MeasuredMark, affine: Affine) -> QPainterPath:
    places = on_screen(affine, mark.points)
    if len(places) == 1:
        return _probe(places[0].tolist())
    path = path_of(mark.points, affine, closed=mark.is_closed)
    if mark.kind in ("length", "profile"):
        for end, other in ((places[0], places[-1]), (places[-1], places[0])):
            _add_end(path, end, other, mark.kind)
    if mark.kind == "angle" and len(places) == 3:
        _add_arc(path, places)
    return path


def _probe(at: list[float]) -> QPainterPath:
    """A ring with four ticks, open in the middle."""
    path, middle = QPainterPath(), QPointF(*at)
    path.addEllipse(middle, PROBE_PX / 2, PROBE_PX / 2)
    for step in (QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)):
        path.moveTo(middle + step * PROBE_PX)
        path.lineTo(middle + step * (2 * PROBE_PX))
    return path


def _add_end(path: QPainterPath, end: Points, other: Points, kind: MeasureKind) -> None:
    """A stroke across the line, of a profile a small circle."""
    if kind == "profile":
        path.addEllipse(QPointF(*end.tolist()), TICK_PX / 2, TICK_PX / 2)
        return
    way = end - other
    long = float(np.hypot(*way))
    if long > 0:
        across = np.array([-way[1], way[0]]) / long * TICK_PX
        path.moveTo(QPointF(*(end - across).tolist()))
        path.lineTo(QPointF(*(end + across).tolist()))


def _add_arc(path: QPainterPath, places: Points) -> None:
    first, vertex, last = places
    ways = first - vertex, last - vertex
    lengths = [float(np.hypot(*way)) for way in ways]
    if min(lengths) == 0:
        return
    radius = min(ARC_PX, *lengths)
    begin, end = (float(np.degrees(np.arctan2(-way[1], way[0]))) for way in ways)
    sweep = (end - begin + 180.0) % 360.0 - 180.0
    box = QRectF(vertex[0] - radius, vertex[1] - radius, 2 * radius, 2 * radius)
    path.arcMoveTo(box, begin)
    path.arcTo(box, begin, sweep)


def _plate(
    mark: MeasuredMark, places: Points, area: QRectF, kept: Sequence[QRectF], look: Look
) -> QRectF | None:
    """Where a plate is free; of the selected one else where it covers the least."""
    if not mark.lines:
        return None
    sizes = metrics(look.font(12, 600))
    width = max(sizes.horizontalAdvance(line) for line in mark.lines) + 2 * INSET_PX[0] + 1
    height = LINE_PX * len(mark.lines) + 2 * INSET_PX[1]
    rects: list[QRectF] = []
    for left, top in _tried(mark, places, width, height):
        rect = QRectF(round(left), round(top), round(width), round(height))
        if area.contains(rect) and not any(rect.intersects(other) for other in kept):
            return rect
        rects.append(_moved_into(rect, area))
    return None if mark.handles is None else min(rects, key=lambda rect: _covered(rect, kept))


def _tried(
    mark: MeasuredMark, places: Points, width: float, height: float
) -> Iterator[tuple[float, float]]:
    """Yield the left upper corners of a plate: beside the outermost places, then elsewhere."""

    def beside(at: Points, right: float, down: float) -> tuple[float, float]:
        x, y = at.tolist()
        return (
            x + AWAY_PX if right > 0 else x - AWAY_PX - width,
            y + AWAY_PX if down > 0 else y - AWAY_PX - height,
        )

    for side in SIDES:
        yield beside(places[np.argmax(places @ side)], *side)
    if mark.is_closed:
        (x0, y0), (x1, y1) = places.min(axis=0).tolist(), places.max(axis=0).tolist()
        yield from product((x1 + AWAY_PX, x0 - AWAY_PX - width), (y0, y1 - height))
        yield from product((x0, x1 - width), (y0 - AWAY_PX - height, y1 + AWAY_PX))
        return
    last = len(places) - 1
    middle = (places[last // 2] + places[(last + 1) // 2]) / 2
    for at, side in product((middle, places[0], places[-1]), SIDES):
        yield beside(at, *side)


def _covered(rect: QRectF, kept: Sequence[QRectF]) -> float:
    """Square px of others that a plate would cover."""
    shared = (rect.intersected(other) for other in kept)
    return sum(each.width() * each.height() for each in shared)


def _moved_into(rect: QRectF, area: QRectF) -> QRectF:
    left = min(max(rect.left(), area.left()), max(area.right() - rect.width(), area.left()))
    top = min(max(rect.top(), area.top()), max(area.bottom() - rect.height(), area.top()))
    return QRectF(left, top, rect.width(), rect.height())


def _paint_plate(painter: QPainter, mark: MeasuredMark, rect: QRectF, look: Look) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("halo", 0.72))
    painter.drawRoundedRect(rect, RADIUS_PX, RADIUS_PX)
    inside = rect.adjusted(INSET_PX[0], INSET_PX[1], -INSET_PX[0], -INSET_PX[1])
    for at, line in enumerate(mark.lines):
        painter.setFont(look.font(12, 600 if at == 0 else 400))
        painter.setPen(look.color("image-text" if at == 0 else "image-text-2"))
        place = QRectF(inside.left(), inside.top() + LINE_PX * at, inside.width(), LINE_PX)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, line)
