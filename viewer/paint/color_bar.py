"""The bar of a colour map beside the strip: which colour stands for which value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from viewer.media.volume import Media, Video, Window
from viewer.paint.framing import STRIP_PX
from viewer.paint.image import qimage_of
from viewer.paint.look import Look
from viewer.paint.text import LETTERS_PX, metrics
from viewer.paint.words import number_text
from viewer.render.colormaps import table_of
from viewer.render.map_names import GREY

BAR_PX = 10.0
BESIDE_PX = 4.0  # from the strip
LEAST_PX = 40.0  # lower ones are left out
FONT_PX = 11
LINE_PX = 15.0


@dataclass(frozen=True)
class ColorBar:
    """A colour map as it is applied.

    Args:
        map: its name.
        inverted: the lowest value has its last colour.
        low, high: values at the ends in words, "" where a curve has none.
    """

    map: str
    inverted: bool
    low: str
    high: str


def bar_of(media: Media, map: str, window: Window | None, *, inverted: bool) -> ColorBar | None:
    """Return the bar of a media's map; None for grey, and for pictures in colour."""
    if map == GREY or window is None or isinstance(media, Video) or media.is_colour:
        return None
    if window.table is not None:
        return ColorBar(map, inverted, "", window.name)
    is_short = window.function == "LINEAR"  # its ends lie half a value lower, and are one less
    middle, width = window.center - 0.5 * is_short, window.width - is_short
    suv = media.presentation.suv
    factor, unit = (1.0, media.unit) if suv is None or suv.factor is None else (suv.factor, "SUV")
    low, high = (number_text((middle + side * width / 2) * factor) for side in (-1, 1))
    return ColorBar(map, inverted, low, f"{high} {unit}".strip())


def bar_rect(size: tuple[float, float], top: float) -> QRectF:
    """Return where the bar stands: from below the upper corner's text to the edge's letter."""
    bottom = size[1] / 2 - LETTERS_PX / 2 - LINE_PX
    top = round(top + LINE_PX)
    if bottom - top < LEAST_PX:
        return QRectF()
    return QRectF(size[0] - STRIP_PX - BESIDE_PX - BAR_PX, top, BAR_PX, round(bottom - top))


def paint_bar(painter: QPainter, bar: ColorBar, rect: QRectF, look: Look) -> QRectF:
    """Draw the bar with its highest value on top; return all that it takes."""
    if rect.isEmpty():
        return rect
    colors = np.ascontiguousarray(table_of(bar.map, inverted=bar.inverted)[::-1, None])
    painter.fillRect(rect.adjusted(-1, -1, 1, 1), look.color("halo"))
    painter.drawImage(rect, qimage_of(colors))
    taken = rect
    for text, y in ((bar.high, rect.top()), (bar.low, rect.bottom() - LINE_PX)):
        taken = taken.united(_paint_number(painter, text, rect.left() - 3, y, look))
    return taken


def _paint_number(painter: QPainter, text: str, right: float, top: float, look: Look) -> QRectF:
    if not text:
        return QRectF()
    font = look.font(FONT_PX)
    width = metrics(font).horizontalAdvance(text) + 8
    place = QRectF(round(right - width), top, round(width), LINE_PX)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("halo", 0.78))
    painter.drawRoundedRect(place, 3, 3)
    painter.setPen(look.color("image-text"))
    painter.setFont(font)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
    return place
