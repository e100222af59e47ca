"""Labels on the picture: fills first, then lines on their black halo, then what stands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from viewer.geometry.shapes import Points
from viewer.paint.bands import cut_room
from viewer.paint.framing import on_screen
from viewer.paint.hairlines import hairlines
from viewer.paint.line_styles import (
    HALO,
    HALO_PX,
    PARTING_PX,
    Manner,
    Setting,
    faintness_of,
    fill_opacity,
    line_pen,
    stroke_pen,
)
from viewer.paint.look import color_of
from viewer.paint.mark_paths import Drawn, drawn_of
from viewer.paint.mask_grid import image_of
from viewer.paint.mask_tiles import paint_insides, paint_strokes
from viewer.paint.nodes import paint_nodes
from viewer.paint.signs import paint_cross, paint_hatch
from viewer.render.lines import Part
from viewer.render.overlay import Mark
from viewer.review.kept import Kept

MANY = 200  # above this wide antialiased pens cost hundreds of times the picture
MANY_CORNERS = 6000  # of lines: masks have hundreds each
MANY_CUTS = 40  # each takes as long as a hundred hairlines
CUTS: frozenset[Part] = frozenset(("bands", "columns", "ticks"))
AROUND_PX = 16.0  # what lines, ticks and crosses reach beyond the places they are drawn at
MOST_KEPT = 12  # pictures, of one view each
MOST_BYTES = 160 << 20  # of all of them


@dataclass(frozen=True)
class _Asked:
    """What a kept picture of marks depends on.

    Args:
        place: the (2, 3) affine in logical px, row by row.
        size: width and height of the view in logical px.
        ratio: device pixels to a logical one.
    """

    marks: tuple[Mark, ...]
    place: tuple[float, ...]
    size: tuple[float, float]
    ratio: float
    manner: Manner
    theme: str


@dataclass(frozen=True, eq=False)
class _Picture:
    """What was drawn of marks, on nothing.

    Args:
        corner: where it lies in the view, in logical px.
        pixels: what the image looks at, so that it stays.
    """

    corner: QPointF
    image: QImage
    pixels: NDArray[np.uint32] | None = None


_pictures: Kept[_Asked, _Picture] = Kept(
    MOST_KEPT, for_views=True, most=(MOST_BYTES, lambda picture: picture.image.sizeInBytes())
)


def paint_marks(
    painter: QPainter, marks: tuple[Mark, ...], standing: tuple[Mark, ...], setting: Setting
) -> None:
    """Draw labels; above 200 without fill and in hairlines, the ones that stand out excepted.

    What is drawn of `marks` is kept as a picture as long as marks, manner and view stay, so that a
    change of the window, or of what stands out, costs the picture and `standing` alone.

    Args:
        painter: at logical px.
        marks: all labels, drawn as if none stood out.
        standing: the hovered and the selected ones, drawn over them.
        setting: where, and how.
    """
    if marks:
        picture = _kept_picture(marks, setting, painter.device().devicePixelRatioF())
        painter.drawImage(picture.corner, picture.image)
    if standing:
        setting = _with_room(setting, standing)
        over = [drawn_of(mark, setting.affine, setting.manner) for mark in standing]
        _paint_fills(painter, over, setting)
        _paint_lines(painter, over, setting)
        _paint_crosses(painter, standing, setting)


def prepare_picture(marks: tuple[Mark, ...], setting: Setting, ratio: float) -> None:
    """Have the picture of marks at hand before `paint_marks` asks for it; in a background job.

    Args:
        ratio: device pixels to a logical one.
    """
    if marks:
        _kept_picture(marks, setting, ratio)


def _kept_picture(marks: tuple[Mark, ...], setting: Setting, ratio: float) -> _Picture:
    place, theme = tuple(np.ravel(setting.affine).tolist()), setting.look.theme
    asked = _Asked(marks, place, setting.size, ratio, setting.manner, theme)
    return _pictures.get(asked, lambda: _picture(marks, setting, ratio))


def _picture(marks: tuple[Mark, ...], setting: Setting, ratio: float) -> _Picture:
    """Return marks that do not stand out: few whole, many and masks by their hairlines."""
    around = _around(_places(marks, setting), setting.size, ratio)
    corner = QPointF(around.topLeft()) / ratio
    moved = setting.affine.copy()
    moved[:, 2] -= corner.toTuple()
    within = replace(setting, affine=moved, size=(around.width() / ratio, around.height() / ratio))
    within = _with_room(within, marks)
    whole, thin = _parted(marks, setting.manner)
    size = around.size().toTuple()
    lines = hairlines(thin, moved, size, ratio, within.manner) if thin else None
    is_filled = len(marks) <= MANY
    pixels = np.zeros(size[::-1], dtype=np.uint32) if is_filled or lines is None else lines
    image = image_of(pixels, ratio)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if is_filled:
            filled = [drawn_of(mark, moved, with_line=False) for mark in marks]
            _paint_fills(painter, filled, within)
            if lines is not None:
                painter.drawImage(QPointF(), image_of(lines, ratio))
        _paint_lines(painter, [drawn_of(mark, moved, within.manner) for mark in whole], within)
        _paint_crosses(painter, marks, within)
    return _Picture(corner, image, pixels)


def _with_room(setting: Setting, marks: tuple[Mark, ...]) -> Setting:
    room_px = cut_room(marks, setting.affine)
    return replace(setting, manner=replace(setting.manner, room_px=room_px))


def _parted(marks: tuple[Mark, ...], manner: Manner) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """Return the marks that are stroked, the widest first, and those drawn by their hairlines."""
    if len(marks) > MANY:
        return (), marks
    outlined = [mark for mark in marks if mark.drawn.raster is None]
    if manner.style == "fill":
        return (), ()
    if sum(len(mark.drawn.corners) for mark in outlined) > MANY_CORNERS:
        return (), marks
    others = [mark for mark in outlined if not _is_plain_cut(mark)]
    if len(outlined) - len(others) > MANY_CUTS:
        outlined = others
    whole = tuple(sorted(outlined, key=lambda mark: -mark.pen.width_px))
    stroked = set(whole)
    return whole, tuple(mark for mark in marks if mark not in stroked)


def _is_plain_cut(mark: Mark) -> bool:
    """Whether a mark is whole lines along the screen's axes: hairlines of it look the same."""
    is_broken = mark.dashed or mark.is_predicted or mark.pen.is_broken
    return bool(mark.drawn.parts & CUTS) and not is_broken


def _clear(size: QSize, ratio: float) -> QImage:
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _places(marks: tuple[Mark, ...], setting: Setting) -> Points:
    """Return (n, 2) logical px around what is drawn; of many marks the whole view."""
    if len(marks) > MANY:
        return np.array([(0.0, 0.0), setting.size])
    return on_screen(setting.affine, np.concatenate([mark.drawn.ends for mark in marks]))


def _around(points: Points, size: tuple[float, float], ratio: float) -> QRect:
    """Return the device pixels of a view that are drawn in around places in logical px."""
    if not len(points):
        return QRect(0, 0, 1, 1)
    most = np.ceil(np.multiply(size, ratio))
    low = np.clip(np.floor((points.min(axis=0) - AROUND_PX) * ratio), 0, most).astype(int)
    high = np.clip(np.ceil((points.max(axis=0) + AROUND_PX) * ratio), 0, most).astype(int)
    return QRect(*low.tolist(), *np.maximum(high - low, 1).tolist())


def _paint_lines(painter: QPainter, drawn: list[Drawn], setting: Setting) -> None:
    """Stroke marks on their halos, and the nodes of skeletons."""
    look, manner = setting.look, setting.manner
    _paint_halos(painter, [one for one in drawn if one.mark.state != "selected"], setting)
    widest = max((one.mark.pen.width_px for one in drawn), default=0.0)
    for one in drawn:
        width = manner.width_of(one.mark)
        if one.mark.pen.width_px < widest and one.mark.state != "selected":
            pen = line_pen(
                look.color("halo", faintness_of(one.mark)),
                width + 2 * min(PARTING_PX, manner.halo_of(one.mark)),
            )
            painter.strokePath(one.line, pen)
        _paint_line(painter, one, setting)
        strength = manner.strength_of(one.mark)
        paint_nodes(painter, one.mark, setting.affine, look, strength, width)


def _paint_fills(painter: QPainter, drawn: list[Drawn], setting: Setting) -> None:
    if setting.manner.style == "outline":
        return
    masks = [
        (one.mark.drawn.raster, color_of(one.mark.color, strength))
        for one in drawn
        if one.mark.drawn.raster and (strength := _fill_of(one.mark, setting.manner)) > 0
    ]
    paint_insides(painter, masks, setting.affine, setting.size)
    for one in drawn:
        _paint_fill(painter, one, setting)
        if one.mark.is_unsure and one.mark.judgement != "rejected":
            paint_hatch(painter, one, setting)


def _paint_fill(painter: QPainter, one: Drawn, setting: Setting) -> None:
    strength = _fill_of(one.mark, setting.manner)
    if strength <= 0 or one.mark.drawn.raster is not None:
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


def _fill_of(mark: Mark, manner: Manner) -> float:
    """How strongly a mark is filled; of one that stands out, over what lies there already."""
    strength = fill_opacity(mark) * manner.opacity * mark.pen.opacity
    if manner.style == "fill":
        strength = min(strength * 2, manner.opacity)
    if mark.state == "normal" or strength <= 0:
        return strength
    below = _fill_of(mark.at_rest, manner)
    return max(1 - (1 - strength) / (1 - below), 0.0) if below < 1 else 0.0


def _paint_halos(painter: QPainter, drawn: list[Drawn], setting: Setting) -> None:
    """Draw all halos into a layer at full strength and lay it on at 70 %.

    Stroking with a translucent pen costs six times as much, and darkens where halos cross.
    """
    ratio = painter.device().devicePixelRatioF()
    if not drawn:
        return
    boxes = [one.line.boundingRect() for one in drawn]
    ends = [end.toTuple() for box in boxes for end in (box.topLeft(), box.bottomRight())]
    around = _around(np.array(ends), setting.size, ratio)
    corner = QPointF(around.topLeft()) / ratio
    layer = _clear(around.size(), ratio)
    with QPainter(layer) as below:
        below.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        below.translate(-corner)
        for one in drawn:
            color = setting.look.color("halo", faintness_of(one.mark))
            width = setting.manner.width_of(one.mark) + 2 * setting.manner.halo_of(one.mark)
            below.strokePath(one.line, line_pen(color, width))
    painter.setOpacity(HALO)
    painter.drawImage(corner, layer)
    painter.setOpacity(1.0)


def _paint_line(painter: QPainter, one: Drawn, setting: Setting) -> None:
    mark, look, manner = one.mark, setting.look, setting.manner
    width, color = manner.width_of(mark), color_of(mark.color, manner.strength_of(mark))
    casing = width + 2 * manner.casing_of(mark)
    cased = (
        (look.color("halo", HALO), casing + 2 * manner.halo_of(mark) / HALO_PX),
        (look.color("handle"), casing),
    )
    if mark.drawn.raster is not None:
        haloed = ((look.color("halo", HALO), width + 2 * HALO_PX),)
        around = cased if mark.state == "selected" else haloed
        strokes = (*around, (color, width))
        paint_strokes(painter, mark.drawn.raster, setting.affine, setting.size, strokes)
        return
    if mark.state == "selected":
        for below, below_px in cased:
            painter.strokePath(one.line, line_pen(below, below_px))
    elif manner.style == "fill" and mark.state == "normal":
        return
    painter.strokePath(one.line, stroke_pen(mark, color, width))


def _paint_crosses(painter: QPainter, marks: Sequence[Mark], setting: Setting) -> None:
    """Cross out what was rejected, at the middle of what is drawn of it."""
    for mark in marks:
        if mark.judgement == "rejected" and len(mark.drawn.ends):
            points = on_screen(setting.affine, mark.drawn.ends)
            middle = (points.min(axis=0) + points.max(axis=0)) / 2
            paint_cross(painter, QPointF(*middle.tolist()), setting.look)
