"""Views side by side in one picture, for files and for machines without a display."""

from __future__ import annotations

from typing import Literal

from PySide6.QtGui import QImage

from viewer.geometry.views import PlaneName
from viewer.paint.compose import NO_EXTRAS, Extras
from viewer.paint.look import Look
from viewer.session.session import Session

LayoutName = Literal["mpr", "single"]
Rect = tuple[int, int, int, int]  # x, y, width, height in logical px


def layout_rects(
    size: tuple[int, int], layout: LayoutName, plane: PlaneName
) -> dict[PlaneName, Rect]:
    """Return where each view goes: axial 60 % wide at full height, sagittal above coronal."""
    raise NotImplementedError


def render_layout(
    session: Session,
    size: tuple[int, int],
    layout: LayoutName,
    plane: PlaneName,
    look: Look,
    extras: Extras = NO_EXTRAS,
) -> QImage:
    """Return the session's views as one picture, drawn as the window draws them.

    Args:
        size: width and height in px.
        plane: the plane of a single view; ignored by "mpr".
        extras: `index` applies to `plane`; labels and bare apply to all.
    """
    raise NotImplementedError
