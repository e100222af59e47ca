"""Texts, letters, crosshair, scale bar and frame of a view, and the values that they show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from viewer.paint.framing import STRIP_PX, Affine, on_screen, px_per_mm
from viewer.paint.look import Look
from viewer.paint.text import (
    Corner,
    halo_text,
    metrics,
    paint_halo_path,
    paint_letters,
    paint_plate,
    plate_rect,
)

TOP_RIGHT = 1  # number of that corner among `corner_areas`
FrameStyle = Literal["none", "active", "edit", "edit-dim"]
OPENING_PX = 26.0  # the crosshair stays this far from its centre
GRIP_PX = 5.5  # radius of the rings by which it is turned
BAR_PX = (60.0, 150.0)  # length of the scale bar
LEAST_BAR_PX = 24.0  # of a narrow view
LARGEST_STEP = 2.5  # from one round length to the next
LETTER_ROOM_PX = 16.0  # beside the letter at the middle of the lower edge
NOTICE_PX = 18.0  # height of the permanent words at the bottom
WARNING_TOP_PX = 28.0  # below the letter of the upper edge
WRAPPED = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
BAR_AREA_PX = 34.0  # height that the scale bar takes at the bottom right


@dataclass(frozen=True)
class Corners:
    """Lines of text in the four corners; the first of each in the stronger colour."""

    top_left: tuple[str, ...] = ()
    top_right: tuple[str, ...] = ()
    bottom_left: tuple[str, ...] = ()
    bottom_right: tuple[str, ...] = ()


@dataclass(frozen=True)
class Letters:
    """Orientation letters at the middle of the edges, main component first."""

    left: str = ""
    right: str = ""
    top: str = ""
    bottom: str = ""


@dataclass(frozen=True)
class Cross:
    """The crosshair: plane (p, q) in mm, and the plane each line stands for.

    Args:
        p, q: where the lines meet.
        p_plane: plane whose line runs at constant p.
        q_plane: plane whose line runs at constant q.
        p_way, q_way: directions of the two lines in plane mm; turned where planes are oblique.
        grips_px: how far from the middle rings say that the lines can be turned; 0 without.
    """

    p: float
    q: float
    p_plane: str
    q_plane: str
    p_way: tuple[float, float] = (0.0, 1.0)
    q_way: tuple[float, float] = (1.0, 0.0)
    grips_px: float = 0.0

    def ways_on(self, affine: Affine) -> NDArray[np.float64]:
        """Return (2, 2) unit directions on the screen: of the p line, then of the q line."""
        ways = np.array([self.p_way, self.q_way]) @ affine[:, :2].T
        return ways / np.linalg.norm(ways, axis=1, keepdims=True)


def corner_areas(
    corners: Corners, size: tuple[float, float], look: Look, *, has_bar: bool
) -> tuple[QRectF, ...]:
    """Return the plates' rectangles, which tags keep clear of."""
    return tuple(
        plate_rect(lines, corner, area, look)
        for lines, corner, area in _plates(corners, size, has_bar=has_bar)
    )


def paint_corners(
    painter: QPainter, corners: Corners, size: tuple[float, float], look: Look, *, has_bar: bool
) -> None:
    """Draw the four corner texts; the bottom right one stands above the scale bar."""
    for lines, corner, area in _plates(corners, size, has_bar=has_bar):
        paint_plate(painter, lines, corner, area, look)


def paint_edge_letters(
    painter: QPainter,
    letters: Letters,
    size: tuple[float, float],
    look: Look,
    *,
    has_notice: bool = False,
) -> None:
    """Draw the orientation letters at the middle of the edges, the lowest above a notice."""
    width, height = size[0] - STRIP_PX, size[1]
    away = 18.0
    paint_letters(painter, letters.left, QPointF(away, height / 2), look)
    paint_letters(painter, letters.right, QPointF(width - away, height / 2), look)
    paint_letters(painter, letters.top, QPointF(width / 2, away), look)
    paint_letters(
        painter,
        letters.bottom,
        QPointF(width / 2, height - away - (NOTICE_PX if has_notice else 0)),
        look,
    )


def paint_cross(
    painter: QPainter, cross: Cross, affine: Affine, size: tuple[float, float], look: Look
) -> None:
    """Draw the crosshair, each line in the colour of the plane that it stands for."""
    x, y = on_screen(affine, np.array([[cross.p, cross.q]]))[0].tolist()
    x, y = np.floor(x) + 0.5, np.floor(y) + 0.5
    far = size[0] + size[1]
    parts = [
        (plane, [_arm(x, y, dx, dy, far), _arm(x, y, -dx, -dy, far)])
        for plane, (dx, dy) in zip(
            (cross.p_plane, cross.q_plane), cross.ways_on(affine).tolist(), strict=True
        )
    ]
    painter.save()
    painter.setClipRect(QRectF(0, 0, size[0] - STRIP_PX, size[1]), Qt.ClipOperation.IntersectClip)
    for token, opacity, thick in (("halo", 0.5, 3.0), ("", 1.0, 1.0)):
        for plane, arms in parts:
            pen = QPen(look.color(token or f"plane-{plane}", opacity), thick)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLines(arms)
            painter.setPen(QPen(pen.color(), thick + 0.5))
            for arm in arms if cross.grips_px else ():
                at = arm.unitVector().pointAt(cross.grips_px - OPENING_PX)
                painter.drawEllipse(at, GRIP_PX, GRIP_PX)
    painter.restore()


def _arm(x: float, y: float, dx: float, dy: float, far: float) -> QLineF:
    """A line away from the crosshair's middle, open about it."""
    return QLineF(x + dx * OPENING_PX, y + dy * OPENING_PX, x + dx * far, y + dy * far)


def bar_length(scale: float, room_px: float = BAR_PX[1]) -> tuple[float, float]:
    """Return (mm, px) of a scale bar: a round 1, 2 or 5 of mm that is 60 to 150 px long.

    Args:
        scale: logical px per mm.
        room_px: where there is less room, it is shorter, but no less than 24 px.
    """
    least_px = min(max(room_px / LARGEST_STEP, LEAST_BAR_PX), BAR_PX[0])
    least = least_px / scale
    power = 10.0 ** np.floor(np.log10(least))
    for step in (1, 2, 5, 10, 20):
        if step * power * scale >= least_px - 1e-9:
            return float(step * power), float(step * power * scale)
    return float(50 * power), float(50 * power * scale)


def paint_scale_bar(
    painter: QPainter, affine: Affine, size: tuple[float, float], look: Look
) -> None:
    """Draw the scale bar at the bottom right."""
    right = round(size[0] - STRIP_PX - 16) + 0.5
    mm, length = bar_length(px_per_mm(affine), right - size[0] / 2 - LETTER_ROOM_PX)
    left, y = right - length, round(size[1] - 12) + 0.5
    lines = [QLineF(left, y, right, y)]
    lines += [QLineF(x, y - 4, x, y + 4) for x in (left, right)]
    lines.append(QLineF((left + right) / 2, y - 2.5, (left + right) / 2, y + 2.5))
    for color, width in ((look.color("halo", 0.7), 1.5 + 2 * 2.5), (look.color("image-text"), 1.5)):
        painter.setPen(QPen(color, width))
        painter.drawLines(lines)
    text = f"{mm:g} mm" if mm < 1000 else f"{mm / 1000:g} m"
    font = look.font(12)
    x = (left + right) / 2 - metrics(font).horizontalAdvance(text) / 2
    painter.translate(round(x), y - 8.5)
    paint_halo_path(painter, halo_text(text, font), look)
    painter.translate(-round(x), 8.5 - y)


def paint_frame(
    painter: QPainter, frame: FrameStyle, size: tuple[float, float], look: Look
) -> None:
    """Draw the frame that shows which view is active, and that labels can be edited."""
    if frame == "none":
        return
    width = 1.0 if frame == "active" else 2.0
    color = {
        "active": look.color("accent"),
        "edit": look.color("edit-fill"),
        "edit-dim": look.color("edit-fill", 0.45),
    }[frame]
    for at in range(int(width)):
        inside = QRectF(at, at, size[0] - 2 * at, size[1] - 2 * at)
        sides = (
            QRectF(inside.left(), inside.top(), inside.width(), 1),
            QRectF(inside.left(), inside.bottom() - 1, inside.width(), 1),
            QRectF(inside.left(), inside.top() + 1, 1, inside.height() - 2),
            QRectF(inside.right() - 1, inside.top() + 1, 1, inside.height() - 2),
        )
        for side in sides:
            painter.fillRect(side, color)


def paint_rubber(painter: QPainter, rect: QRectF, look: Look) -> None:
    """Draw a rectangle that is dragged: 1 px of white on 3 px of black."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for token, opacity, width in (("halo", 0.7, 3.0), ("image-text", 1.0, 1.0)):
        painter.setPen(QPen(look.color(token, opacity), width))
        painter.drawRect(rect)


def paint_notice(painter: QPainter, notice: str, size: tuple[float, float], look: Look) -> None:
    """Draw the permanent words at the bottom centre."""
    if notice:
        width = metrics(look.font(11, 500)).horizontalAdvance(notice) + 12
        room = min(width, size[0] - STRIP_PX - 8)
        left, top = (size[0] - STRIP_PX - room) / 2, size[1] - 6 - NOTICE_PX
        place = QRectF(round(left), round(top), round(room), NOTICE_PX)
        _paint_words(painter, notice, "image-text-2", place, look)


def warning_area(
    warning: str, plates: tuple[QRectF, ...], size: tuple[float, float], look: Look
) -> QRectF:
    """Return where a warning stands: top centre, on as many lines as it needs.

    Below the upper corners' texts where it would cover one. Empty without a warning.

    Args:
        plates: as of `corner_areas`.
    """
    if not warning:
        return QRectF()
    room = QRectF(0, 0, size[0] - STRIP_PX - 20, size[1])
    words = QFontMetricsF(look.font(11, 500)).boundingRect(room, WRAPPED, warning)
    width = min(words.width() + 12, size[0] - STRIP_PX - 8)
    left = (size[0] - STRIP_PX - width) / 2
    high = max(words.height() + 4, NOTICE_PX)
    place = QRectF(round(left), WARNING_TOP_PX, round(width), round(high))
    covered = [plate.bottom() for plate in plates[: TOP_RIGHT + 1] if plate.intersects(place)]
    place.moveTop(max([WARNING_TOP_PX, *(round(bottom) + 2 for bottom in covered)]))
    return place


def paint_warning(painter: QPainter, warning: str, place: QRectF, look: Look) -> None:
    """Draw a warning in its place, as of `warning_area`."""
    if warning:
        _paint_words(painter, warning, "edit-fill", place, look)


def _paint_words(painter: QPainter, text: str, token: str, place: QRectF, look: Look) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("halo", 0.72))
    painter.drawRoundedRect(place, 3, 3)
    painter.setPen(look.color(token))
    painter.setFont(look.font(11, 500))
    painter.drawText(place.adjusted(4, 0, -4, 0), WRAPPED, text)


def _plates(
    corners: Corners, size: tuple[float, float], *, has_bar: bool
) -> tuple[tuple[tuple[str, ...], Corner, QRectF], ...]:
    area = QRectF(0, 0, size[0] - STRIP_PX, size[1])
    above_bar = area.adjusted(0, 0, 0, -BAR_AREA_PX) if has_bar else area
    return (
        (corners.top_left, "top-left", area),
        (corners.top_right, "top-right", area),
        (corners.bottom_left, "bottom-left", area),
        (corners.bottom_right, "bottom-right", above_bar),
    )
