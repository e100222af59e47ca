"""Views side by side in one picture, for files and for machines without a display."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QImage, QPainter

from viewer.paint.compose import NO_EXTRAS, Extras, view_picture
from viewer.paint.look import Look
from viewer.paint.picture import paint_view
from viewer.review.media_groups import Cell
from viewer.session.panes import Pane
from viewer.session.session import Session

Rect = tuple[int, int, int, int]  # x, y, width, height in logical px
GAP_PX = 2


def grid_rects(size: tuple[int, int], cells: Sequence[Cell]) -> list[Rect]:
    """Return where views side by side go: columns of one width, rows of one height."""
    columns = max((cell.column + cell.columns for cell in cells), default=1)
    rows = max((cell.row + cell.rows for cell in cells), default=1)
    across = [_edges(size[0], columns, cell.column, cell.columns) for cell in cells]
    down = [_edges(size[1], rows, cell.row, cell.rows) for cell in cells]
    return [(x, y, w, h) for (x, w), (y, h) in zip(across, down, strict=True)]


def _edges(length: int, count: int, first: int, span: int) -> tuple[int, int]:
    """Return begin and length of `span` of `count` equal pieces with gaps between."""
    begin = round(first * (length + GAP_PX) / count)
    end = round((first + span) * (length + GAP_PX) / count) - GAP_PX
    return begin, max(end - begin, 1)


def render_panes(
    session: Session,
    size: tuple[int, int],
    panes: Sequence[Pane],
    look: Look,
    extras: Extras = NO_EXTRAS,
) -> QImage:
    """Return several views of a session as one picture, drawn as the window draws them."""
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(look.color("divider"))
    with QPainter(image) as painter:
        for pane, rect in zip(panes, grid_rects(size, [pane.cell for pane in panes]), strict=True):
            x, y, width, height = rect
            picture = view_picture(session, pane, (width, height), extras)
            painter.save()
            painter.translate(x, y)
            paint_view(painter, picture, look)
            painter.restore()
    return image
