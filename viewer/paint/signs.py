"""Signs on labels: the hatch of what is unsure, the cross of what was rejected."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from viewer.paint.line_styles import HALO, Setting, round_pen
from viewer.paint.look import Look, color_of
from viewer.paint.mark_paths import Drawn
from viewer.paint.mask_tiles import HATCH_PX, paint_stripes

CROSS_PX = 14.0


def paint_hatch(painter: QPainter, one: Drawn, setting: Setting) -> None:
    """Hatch the inside of a label with lines of 1 px at 45 degrees, darkened for bone."""
    look, size = setting.look, setting.size
    strength = setting.manner.strength_of(one.mark)
    stripes = ((look.color("halo", HALO / 2), 2.5), (color_of(one.mark.color, strength), 1.0))
    if one.mark.drawn.raster is not None:
        paint_stripes(painter, one.mark.drawn.raster, setting.affine, size, stripes)
        return
    inside = _inside(one)
    around = inside.boundingRect().intersected(QRectF(0, 0, *size))
    if around.isEmpty():
        return
    painter.save()
    painter.setClipPath(inside, Qt.ClipOperation.IntersectClip)
    lines = _slanted(around)
    for color, width in stripes:
        painter.setPen(QPen(color, width))
        painter.drawLines(lines)
    painter.restore()


def paint_cross(painter: QPainter, middle: QPointF, look: Look) -> None:
    """Draw a cross on a black halo."""
    half = CROSS_PX / 2
    lines = [
        QLineF(middle + QPointF(-half, -half), middle + QPointF(half, half)),
        QLineF(middle + QPointF(-half, half), middle + QPointF(half, -half)),
    ]
    painter.setPen(round_pen(look.color("halo", 0.85), 5.0))
    painter.drawLines(lines)
    painter.setPen(round_pen(look.color("image-bad"), 2.5))
    painter.drawLines(lines)


def _inside(one: Drawn) -> QPainterPath:
    if not one.rects:
        return one.area
    inside = QPainterPath(one.area)
    inside.setFillRule(Qt.FillRule.WindingFill)
    for rect in one.rects:
        inside.addRect(rect)
    return inside


def _slanted(around: QRectF) -> list[QLineF]:
    """Return the lines x + y = n * step through a rectangle: neighbours' hatches meet."""
    step = HATCH_PX
    first = int((around.left() + around.top()) // step)
    last = int((around.right() + around.bottom()) // step) + 1
    return [
        QLineF(n * step - around.top(), around.top(), n * step - around.bottom(), around.bottom())
        for n in range(first, last + 1)
    ]
