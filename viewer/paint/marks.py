"""Labels on the picture: fills first, then lines on their black halo, then the selected one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from viewer.paint.bands import TICK_PX, band_lines, column_lines, segments_on_screen
from viewer.paint.framing import Affine, on_screen
from viewer.paint.hairlines import PARTING_PX, paint_hairlines
from viewer.paint.look import Look, color_of
from viewer.paint.nodes import add_nodes, paint_nodes
from viewer.render.lines import Lines
from viewer.render.overlay import Mark
from viewer.session.display import FillStyle

MANY = 200  # above this wide antialiased pens cost hundreds of times the picture
HALO_PX = 1.25  # each side of the line
HALO = 0.7
RING_PX = 14.0  # a point's ring
POINT_TICK_PX = 4.0
DASH_PX = 2.0  # what strokes are measured in, whatever the width
DASH = (3.5, 2.5)  # 7 and 5 px: worked out between key frames
BROKEN = (9.0, 2.0, 2.0, 2.0)  # long and short: a look that a person chose for an export
DOT = 1.5  # widths of other lines that the dots of a prediction are wide
DOTS = [0.03, 1.67]  # dots every 5 px at 3 px, of round caps
CASING_PX = 1.5


@dataclass(frozen=True)
class Manner:
    """How the labels of a view are drawn; style and opacity as in Display."""

    style: FillStyle = "both"
    opacity: float = 1.0


@dataclass(frozen=True, eq=False)
class _Drawn:
    """One mark on the screen, in logical px.

    Args:
        mark: what is drawn.
        line: everything that is stroked.
        area: rings to be filled, even-odd; holes included.
        rects: rectangles to be filled: insides of masks, and bands of cuts.
    """

    mark: Mark
    line: QPainterPath
    area: QPainterPath
    rects: list[QRectF]


def paint_marks(
    painter: QPainter,
    marks: tuple[Mark, ...],
    affine: Affine,
    size: tuple[float, float],
    look: Look,
    manner: Manner,
) -> None:
    """Draw labels; above 200 without fill and in hairlines, the ones that stand out excepted."""
    plain: tuple[Mark, ...] = ()
    if len(marks) > MANY:
        plain = tuple(mark for mark in marks if mark.state == "normal")
        marks = tuple(mark for mark in marks if mark.state != "normal")
        paint_hairlines(painter, plain, affine, size, manner.opacity)
    drawn = [_drawn(mark, affine) for mark in marks]
    drawn.sort(key=lambda one: (one.mark.state == "selected", -one.mark.pen.width_px))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    if manner.style != "outline":
        for one in drawn:
            _paint_fill(painter, one, manner)
    _paint_halos(painter, [one for one in drawn if one.mark.state != "selected"], size, look)
    widest = max((one.mark.pen.width_px for one in drawn), default=0.0)
    for one in drawn:
        if one.mark.pen.width_px < widest and one.mark.state != "selected":
            width = line_width(one.mark) + 2 * PARTING_PX
            painter.strokePath(one.line, line_pen(look.color("halo"), width))
        _paint_line(painter, one, look, manner)
        strength = manner.opacity * one.mark.pen.opacity
        paint_nodes(painter, one.mark, affine, look, strength, line_width(one.mark))
    painter.restore()


def line_width(mark: Mark) -> float:
    """Return the width in logical px of a mark's line."""
    own = mark.pen.width_px
    if mark.state == "selected":
        return 2.5  # whatever its export's, so that its handles and what lies below are seen
    if mark.state == "hovered":
        return own + 0.5
    if mark.is_predicted:
        return own * DOT
    return own * 0.75 if mark.drawn.edges is not None else own


def fill_opacity(mark: Mark) -> float:
    """Return how strongly a mark's inside is filled: nothing where no one drew it."""
    if mark.dashed or mark.is_predicted:
        return 0.0
    if mark.state == "hovered":
        return 0.28
    if mark.drawn.bands is not None or mark.drawn.columns is not None:
        return 0.30 if mark.state == "selected" else 0.18
    if mark.drawn.fills is not None:
        return 0.30
    return 0.18 if mark.state == "selected" else 0.16


def polygon_of(points: NDArray[np.float64]) -> QPolygonF:
    """Return (n, 2) screen px as a QPolygonF."""
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])


def _paint_fill(painter: QPainter, one: _Drawn, manner: Manner) -> None:
    strength = fill_opacity(one.mark) * manner.opacity * one.mark.pen.opacity
    if manner.style == "fill":
        strength = min(strength * 2, manner.opacity)
    if strength <= 0:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color_of(one.mark.color, strength))
    if not one.area.isEmpty():
        painter.drawPath(one.area)
    if one.rects:
        # Without antialiasing, neighbouring rectangles meet without a seam.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawRects(one.rects)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def _paint_halos(
    painter: QPainter, drawn: list[_Drawn], size: tuple[float, float], look: Look
) -> None:
    """Draw all halos into a layer at full strength and lay it on at 70 %.

    Stroking with a translucent pen costs six times as much, and darkens where halos cross.
    """
    around = QRectF()
    for one in drawn:
        around = around.united(one.line.boundingRect())
    around = around.adjusted(-8, -8, 8, 8).intersected(QRectF(0, 0, *size))
    corner = QPoint(int(around.left()), int(around.top()))
    ratio = painter.device().devicePixelRatioF()
    width, height = int((around.width() + 2) * ratio), int((around.height() + 2) * ratio)
    if not drawn or around.isEmpty():
        return
    layer = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    layer.setDevicePixelRatio(ratio)
    layer.fill(Qt.GlobalColor.transparent)
    with QPainter(layer) as below:
        below.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        below.translate(-corner)
        for one in drawn:
            below.strokePath(
                one.line, line_pen(look.color("halo"), line_width(one.mark) + 2 * HALO_PX)
            )
    painter.setOpacity(HALO)
    painter.drawImage(corner, layer)
    painter.setOpacity(1.0)


def _paint_line(painter: QPainter, one: _Drawn, look: Look, manner: Manner) -> None:
    width = line_width(one.mark)
    if one.mark.state == "selected":
        casing = width + 2 * CASING_PX
        painter.strokePath(one.line, line_pen(look.color("halo", HALO), casing + 2.0))
        painter.strokePath(one.line, line_pen(look.color("handle"), casing))
    elif manner.style == "fill" and one.mark.state == "normal":
        return
    pen = line_pen(color_of(one.mark.color, manner.opacity * one.mark.pen.opacity), width)
    if one.mark.is_predicted:
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setDashPattern(DOTS)
    elif one.mark.dashed or one.mark.pen.is_broken:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        strokes = DASH if one.mark.dashed else BROKEN
        pen.setDashPattern([length * DASH_PX / width for length in strokes])
    painter.strokePath(one.line, pen)


def line_pen(color: QColor, width: float) -> QPen:
    """Return a pen for labels: square corners and ends, so that boxes and pixel edges close."""
    pen = QPen(color, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap)
    return pen


def round_pen(color: QColor, width: float) -> QPen:
    """Return a pen with round joins and caps."""
    pen = QPen(color, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


def _drawn(mark: Mark, affine: Affine) -> _Drawn:
    line, area = QPainterPath(), QPainterPath()
    drawn = mark.drawn
    rings = [polygon_of(on_screen(affine, ring)) for ring in drawn.rings]
    filled = rings
    if drawn.areas is not None:
        filled = [polygon_of(on_screen(affine, ring)) for ring in drawn.areas]
    for polygon in rings:
        line.addPolygon(polygon)
        line.closeSubpath()
    for polygon in filled:
        area.addPolygon(polygon)
    for open_line in drawn.lines:
        line.addPolygon(polygon_of(on_screen(affine, open_line)))
    _add_places(line, drawn, affine)
    for rects in (drawn.edges, drawn.ticks):
        if rects is not None:
            _add_lines(line, segments_on_screen(affine, rects))
    _add_cuts(line, drawn, affine)
    return _Drawn(mark, line, area, _rects_of(mark, affine))


def _rects_of(mark: Mark, affine: Affine) -> list[QRectF]:
    rects: list[QRectF] = []
    for given in (mark.drawn.fills, mark.drawn.bands, mark.drawn.columns):
        if given is not None:
            rects.extend(
                QRectF(QPointF(x0, y0), QPointF(x1, y1)).normalized()
                for x0, y0, x1, y1 in segments_on_screen(affine, given).tolist()
            )
    return rects


def _add_places(path: QPainterPath, drawn: Lines, affine: Affine) -> None:
    if drawn.points is not None:
        for x, y in on_screen(affine, drawn.points).tolist():
            add_point(path, x, y)
    if drawn.nodes is not None:
        add_nodes(path, drawn.nodes, affine)


def _add_cuts(path: QPainterPath, drawn: Lines, affine: Affine) -> None:
    for cuts, lines_of in ((drawn.bands, band_lines), (drawn.columns, column_lines)):
        if cuts is not None:
            _add_lines(path, lines_of(affine, cuts, TICK_PX))


def _add_lines(path: QPainterPath, segments: NDArray[np.float64]) -> None:
    for x0, y0, x1, y1 in segments.tolist():
        path.moveTo(x0, y0)
        path.lineTo(x1, y1)


def add_point(path: QPainterPath, x: float, y: float) -> None:
    """Add a point's ring and its four ticks, in screen px."""
    radius = RING_PX / 2
    path.addEllipse(QPointF(x, y), radius, radius)
    for right, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        tick = QLineF(
            x + right * radius,
            y + down * radius,
            x + right * (radius + POINT_TICK_PX),
            y + down * (radius + POINT_TICK_PX),
        )
        path.moveTo(tick.p1())
        path.lineTo(tick.p2())
