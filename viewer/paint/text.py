"""Text on the picture: plates for lines, haloed paths for single letters."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from viewer.paint.look import Look

Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]
CORNER_PX = 6.0  # from the view's corner to the plate
INSET_PX = (6.0, 2.0)
LINE_PX = 17.0
RADIUS_PX = 3.0
LETTERS_PX = 36.0  # width that is kept for the orientation letters


def metrics(font: QFont) -> QFontMetricsF:
    """Return the sizes of a font's letters in logical px."""
    return QFontMetricsF(font)


def elided(text: str, font: QFont, width_px: float) -> str:
    """Return the text, cut at its end to fit a width."""
    return metrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width_px)


def plate_rect(lines: tuple[str, ...], corner: Corner, area: QRectF, look: Look) -> QRectF:
    """Return where a corner plate goes; an empty rectangle without lines.

    Args:
        lines: of text, 12/17.
        corner: of the area.
        area: in which the plate keeps 6 px from the corner, and clear of the letters at the
            middle of the edge.
        look: for the font.
    """
    if not lines:
        return QRectF()
    sizes = metrics(look.font(12, 600))
    widest = max(sizes.horizontalAdvance(line) for line in lines)
    is_above_letters = corner == "bottom-right"  # it stands above the scale bar
    most = area.width() / 2 - CORNER_PX - (-LETTERS_PX if is_above_letters else LETTERS_PX / 2)
    width = min(widest + 1 + 2 * INSET_PX[0], max(most, 0.0))
    height = LINE_PX * len(lines) + 2 * INSET_PX[1]
    left = area.left() + CORNER_PX
    if corner.endswith("right"):
        left = area.right() - CORNER_PX - width
    top = area.top() + CORNER_PX
    if corner.startswith("bottom"):
        top = area.bottom() - CORNER_PX - height
    return QRectF(round(left), round(top), round(width), round(height))


def paint_plate(
    painter: QPainter, lines: tuple[str, ...], corner: Corner, area: QRectF, look: Look
) -> None:
    """Draw lines of text on a plate of black at 78 %, the first line stronger."""
    rect = plate_rect(lines, corner, area, look)
    if rect.isEmpty():
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("halo", 0.78))
    painter.drawRoundedRect(rect, RADIUS_PX, RADIUS_PX)
    side = Qt.AlignmentFlag.AlignRight if corner.endswith("right") else Qt.AlignmentFlag.AlignLeft
    inside = rect.width() - 2 * INSET_PX[0]
    for at, line in enumerate(lines):
        font = look.font(12, 600 if at == 0 else 400)
        painter.setFont(font)
        painter.setPen(look.color("image-text" if at == 0 else "image-text-2"))
        place = QRectF(
            rect.left() + INSET_PX[0], rect.top() + INSET_PX[1] + LINE_PX * at, inside, LINE_PX
        )
        flags = side | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, flags, elided(line, font, inside + 0.5))


def paint_letters(painter: QPainter, letters: str, centre: QPointF, look: Look) -> None:
    """Draw orientation letters around a place: the first 16 px, the smaller components 11 px."""
    if not letters:
        return
    path = _letters_path(letters, look.family)
    box = path.boundingRect()
    painter.save()
    painter.translate(
        round(centre.x() - box.center().x()) + 0.0, round(centre.y() - box.center().y()) + 0.0
    )
    paint_halo_path(painter, path, look)
    painter.restore()


def paint_halo_path(painter: QPainter, path: QPainterPath, look: Look) -> None:
    """Draw a path of letters with 3 px of black at 82 % beneath."""
    pen = QPen(look.color("halo", 0.82), 3.0)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)
    painter.fillPath(path, QBrush(look.color("image-text")))


@lru_cache(maxsize=256)
def _letters_path(letters: str, family: str) -> QPainterPath:
    path = QPainterPath()
    left = 0.0
    for at, letter in enumerate(letters):
        font = QFont(family)
        font.setPixelSize(16 if at == 0 else 11)
        font.setWeight(QFont.Weight.DemiBold)
        path.addText(QPointF(left, 0.0), font, letter)
        left += QFontMetricsF(font).horizontalAdvance(letter)
    return path


def halo_text(text: str, font: QFont) -> QPainterPath:
    """Return a text as a path whose left end of the base line is (0, 0)."""
    path = QPainterPath()
    path.addText(QPointF(0.0, 0.0), font, text)
    return path
