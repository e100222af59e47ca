"""States of a view said in its place: nothing open, loading, a broken picture, a gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen

from viewer.paint.framing import STRIP_PX, Affine, Bounds, on_screen
from viewer.paint.look import Look
from viewer.paint.text import elided, metrics

CARD_PX = (340.0, 42.0)
CARD_UP_PX = 138.0  # its top, from the view's lower edge: above the corner's words and the ruler
SIGN_UP_PX = 72.0
SHORT_PX = 320.0  # a view that has no such place


@dataclass(frozen=True)
class GapBand:
    """A place without slices on a reformat, in plane mm, and what to say of it."""

    rect: Bounds
    text: str


@dataclass(frozen=True)
class Message:
    """Why there is no picture: a heading, a sentence, and whether the picture is broken."""

    title: str
    text: str = ""
    is_broken: bool = False


@dataclass(frozen=True)
class Loading:
    """Slices decoded so far."""

    done: int
    total: int


def paint_gap(painter: QPainter, gap: GapBand, affine: Affine, look: Look) -> None:
    """Hatch a place without slices, and say how wide it is where the words fit."""
    corners = on_screen(affine, np.array(gap.rect).reshape(2, 2))
    (x0, y0), (x1, y1) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    rect = QRectF(x0, y0, x1 - x0, y1 - y0)
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.fillRect(rect, look.color("strip"))
    pen = QPen(look.color("divider"), 4.0)
    painter.setPen(pen)
    reach = rect.height()
    for left in np.arange(x0 - reach, x1, 14.0).tolist():
        painter.drawLine(QPointF(left, y0), QPointF(left + reach, y1))
    painter.restore()
    if gap.text and rect.height() >= 22 and rect.width() >= 80:
        paint_tag(painter, gap.text, look.tokens["edit-fill"], tag_rect(gap.text, rect, look), look)


def tag_rect(text: str, around: QRectF, look: Look) -> QRectF:
    """Return the rectangle of a tag in the middle of another."""
    width = metrics(look.font(11)).horizontalAdvance(text) + 16
    centre = around.center()
    return QRectF(round(centre.x() - width / 2), round(centre.y() - 10), round(width), 20)


def paint_tag(
    painter: QPainter, text: str, color: str, rect: QRectF, look: Look, room: float = 0.0
) -> None:
    """Draw words on black at 72 % with a bar of 3 px in a colour at the left.

    Args:
        room: px that are left free at the right.
    """
    painter.fillRect(rect, look.color("halo", 0.72))
    painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), QBrush(color))
    font = look.font(11)
    painter.setFont(font)
    painter.setPen(look.color("image-text"))
    place = rect.adjusted(9, 0, -4 - room, 0)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(place, flags, elided(text, font, place.width() + 1))


def paint_message(
    painter: QPainter, message: Message, size: tuple[float, float], look: Look
) -> None:
    """Say in the middle of the view why there is no picture."""
    middle = QPointF((size[0] - STRIP_PX) / 2, size[1] / 2)
    if message.is_broken:
        _paint_broken(painter, QPointF(middle.x(), middle.y() - 44), look)
    width = min(size[0] - STRIP_PX - 32, 420.0)
    flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
    title = QRectF(middle.x() - width / 2, middle.y() - 14, width, 40)
    painter.setFont(look.font(15, 600))
    painter.setPen(look.color("image-text"))
    used = painter.boundingRect(title, flags, message.title)
    painter.drawText(used, flags, message.title)
    painter.setFont(look.font(13))
    painter.setPen(look.color("image-text-2"))
    place = QRectF(title.left(), used.bottom() + 8, width, size[1] - used.bottom() - 8)
    painter.drawText(place, flags, message.text)


def paint_loading(
    painter: QPainter, loading: Loading, size: tuple[float, float], look: Look
) -> None:
    """Draw a card with a bar: slices decoded of all slices."""
    width = min(CARD_PX[0], size[0] - STRIP_PX - 24)
    top = size[1] - (CARD_UP_PX if size[1] >= SHORT_PX else 90)
    card = QRectF(round((size[0] - STRIP_PX - width) / 2), round(top), width, CARD_PX[1])
    painter.setPen(QPen(look.color("border"), 1))
    painter.setBrush(look.color("panel"))
    painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    inside = card.adjusted(12, 7, -12, -8)
    painter.setFont(look.font(12))
    painter.setPen(look.color("text"))
    painter.drawText(inside, Qt.AlignmentFlag.AlignLeft, "Loading slices")
    painter.setPen(look.color("text-2"))
    count = f"{loading.done} of {loading.total}"
    painter.drawText(inside, Qt.AlignmentFlag.AlignRight, count)
    bar = QRectF(inside.left(), inside.bottom() - 5, inside.width(), 5)
    painter.fillRect(bar, look.color("raised"))
    bar.setWidth(bar.width() * loading.done / max(loading.total, 1))
    painter.fillRect(bar, look.color("accent"))


def paint_sign(painter: QPainter, words: str, size: tuple[float, float], look: Look) -> None:
    """Say a few words above the middle of the lower edge."""
    band = QRectF(0, size[1] - SIGN_UP_PX, size[0] - STRIP_PX, 20)
    paint_tag(painter, words, look.tokens["accent"], tag_rect(words, band, look), look)


def _paint_broken(painter: QPainter, centre: QPointF, look: Look) -> None:
    """A picture frame with a crack through it."""
    pen = QPen(look.color("image-text-2", 0.7), 2.5)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(centre.x() - 22, centre.y() - 18, 44, 36), 3, 3)
    crack = QPainterPath(QPointF(centre.x() + 4, centre.y() - 18))
    for right, down in ((-5, -7), (4, 0), (-4, 8), (2, 18)):
        crack.lineTo(centre.x() + right, centre.y() + down)
    painter.drawPath(crack)
    hill = QPainterPath(QPointF(centre.x() - 22, centre.y() + 10))
    for right, down in ((-12, 0), (-6, 6)):
        hill.lineTo(centre.x() + right, centre.y() + down)
    painter.drawPath(hill)
