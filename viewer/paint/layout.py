"""Views side by side in one picture, for files and for machines without a display."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from PySide6.QtGui import QImage, QPainter

from viewer.geometry.views import PlaneName
from viewer.media.volume import Volume
from viewer.paint.compose import NO_EXTRAS, Extras, view_picture
from viewer.paint.look import Look
from viewer.paint.picture import paint_view
from viewer.render.planes import acquired_plane
from viewer.review.media_groups import Cell
from viewer.session.session import Session

LayoutName = Literal["mpr", "single"]
Rect = tuple[int, int, int, int]  # x, y, width, height in logical px
PLANES: tuple[PlaneName, ...] = ("axial", "sagittal", "coronal")
GAP_PX = 2
MAIN_SHARE = 0.6


def layout_rects(
    size: tuple[int, int], layout: LayoutName, plane: PlaneName
) -> dict[PlaneName, Rect]:
    """Return where each view goes: `plane` 60 % wide at full height, the others above each other.

    The large one of three is the acquired plane, on which labels are drawn and edited; for most
    CT that is axial, with sagittal above coronal.
    """
    width, height = size
    if layout == "single":
        return {plane: (0, 0, width, height)}
    main = round((width - GAP_PX) * MAIN_SHARE)
    upper = (height - GAP_PX + 1) // 2
    left, beside = main + GAP_PX, width - main - GAP_PX
    names: list[PlaneName] = [plane, *(name for name in PLANES if name != plane)]
    rects: list[Rect] = [
        (0, 0, main, height),
        (left, 0, beside, upper),
        (left, upper + GAP_PX, beside, height - upper - GAP_PX),
    ]
    return dict(zip(names, rects, strict=True))


def grid_rects(size: tuple[int, int], cells: Sequence[Cell]) -> list[Rect]:
    """Return where parts side by side go: columns of one width, rows of one height."""
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


def render_layout(
    session: Session,
    size: tuple[int, int],
    layout: LayoutName,
    plane: PlaneName,
    look: Look,
    extras: Extras = NO_EXTRAS,
) -> QImage:
    """Return the session's views as one picture, drawn as the window draws them.

    `plane` is that of a single view; `extras.index` applies to it alone. A FrameStack has one
    view whatever the layout.
    """
    if session.current is None or not isinstance(session.current, Volume):
        layout = "single"
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(look.color("divider"))
    with QPainter(image) as painter:
        main = plane if layout == "single" else _main_plane(session)
        for name, (x, y, width, height) in layout_rects(size, layout, main).items():
            own = extras if name == plane else replace(extras, index=None)
            picture = view_picture(session, name, (width, height), own)
            painter.save()
            painter.translate(x, y)
            paint_view(painter, picture, look)
            painter.restore()
    return image


def _main_plane(session: Session) -> PlaneName:
    return "axial" if session.current is None else acquired_plane(session.current)
