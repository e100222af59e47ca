"""The slice strip at the right of a view: one cell per slice, and where each one is."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from viewer.paint.framing import STRIP_PX
from viewer.paint.look import Look, color_of

COLUMN_PX = 4.0
KNOB_PX = 1.5


@dataclass(frozen=True)
class Strip:
    """The slice strip: one cell per slice, the first at the bottom unless `top_first`.

    Args:
        count: number of slices.
        current: the slice shown.
        colors: up to three colours for each slice that has labels.
        top_first: slice 0 is at the top (frames; stacks that run towards the feet).
    """

    count: int
    current: int
    colors: tuple[tuple[int, tuple[str, ...]], ...] = ()
    top_first: bool = False


def strip_rect(size: tuple[float, float]) -> QRectF:
    """Return where the strip stands in a view."""
    return QRectF(size[0] - STRIP_PX, 0, STRIP_PX, size[1])


def cell_rect(strip: Strip, slice: int, size: tuple[float, float]) -> QRectF:
    """Return the cell of one slice."""
    area = strip_rect(size)
    top, bottom = _span(strip, slice, size[1])
    return QRectF(area.left(), top, area.width(), bottom - top)


def _span(strip: Strip, slice: int, height: float) -> tuple[float, float]:
    """Return from where to where the cell of a slice goes in a strip of a height."""
    step = height / max(strip.count, 1)
    row = slice if strip.top_first else strip.count - 1 - slice
    return row * step, (row + 1) * step


def slice_at(strip: Strip, size: tuple[float, float], y: float) -> int:
    """Return the slice whose cell is at a height of the view; the nearest end beyond the strip."""
    row = int(y / max(size[1], 1.0) * strip.count)
    row = min(max(row, 0), strip.count - 1)
    return row if strip.top_first else strip.count - 1 - row


def paint_strip(painter: QPainter, strip: Strip, size: tuple[float, float], look: Look) -> None:
    """Draw the ground, up to three columns of label colour, and the knob."""
    area = strip_rect(size)
    painter.fillRect(area, look.color("strip"))
    first_px = area.left() + 1
    cells: dict[str, list[QRectF]] = {}
    for slice, colors in strip.colors:
        top, bottom = map(round, _span(strip, slice, size[1]))
        height = max(bottom - top, 2)
        gap = 1 if height > 4 else 0
        for at, color in enumerate(colors[:3]):
            left = first_px + at * COLUMN_PX
            cells.setdefault(color, []).append(QRectF(left, top, COLUMN_PX - 1, height - gap))
    painter.setPen(Qt.PenStyle.NoPen)
    for name, rects in cells.items():
        painter.setBrush(color_of(name))
        painter.drawRects(rects)
    if strip.count < 2:
        return
    cell = cell_rect(strip, strip.current, size)
    height = max(cell.height(), 8.0)
    knob = QRectF(area.left() + 1, cell.center().y() - height / 2, STRIP_PX - 2, height)
    knob.moveTop(min(max(knob.top(), 1.0), size[1] - height - 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(look.color("handle"), KNOB_PX))
    painter.drawRoundedRect(knob, 1, 1)
