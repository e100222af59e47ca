"""One view as a value, and the function that draws it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter

from viewer.paint.framing import Affine, Bounds
from viewer.paint.furniture import (
    Corners,
    Cross,
    FrameStyle,
    GapBand,
    Letters,
    Loading,
    Message,
    Strip,
)
from viewer.paint.handles import Handles, Preview
from viewer.paint.look import Look
from viewer.render.overlay import Mark
from viewer.session.display import FillStyle


@dataclass(frozen=True, eq=False)
class ViewPicture:
    """Everything a view shows; sizes in logical px, places in plane mm.

    Args:
        size: width and height of the view.
        affine: (2, 3) screen_from_plane.
        image: (h, w) grey or (h, w, 3) RGB, uint8; None when there is none to show.
        rect: p0, q0, p1, q1 that the image covers, row 0 at q0.
        style, opacity: how labels are filled, and how strongly they are drawn.
        bare: no text, ruler, crosshair or strip.
        is_calibrated: draw a scale bar.
        notice: permanent words at the bottom ("Not for diagnosis.").
        warning: permanent amber line at the top ("" without one).
    """

    size: tuple[float, float]
    affine: Affine
    image: NDArray[np.uint8] | None = None
    rect: Bounds = (0.0, 0.0, 1.0, 1.0)
    marks: tuple[Mark, ...] = ()
    style: FillStyle = "both"
    opacity: float = 1.0
    corners: Corners = Corners()
    letters: Letters = Letters()
    cross: Cross | None = None
    strip: Strip | None = None
    gaps: tuple[GapBand, ...] = ()
    frame: FrameStyle = "none"
    smooth: bool = True
    is_calibrated: bool = True
    message: Message | None = None
    loading: Loading | None = None
    handles: Handles | None = None
    preview: Preview | None = None
    notice: str = ""
    warning: str = ""
    bare: bool = False
    tags: bool = True


def paint_view(painter: QPainter, picture: ViewPicture, look: Look) -> None:
    """Draw a view into (0, 0, width, height) of the painter's logical px.

    The painter's device pixel ratio is respected: the image goes from its own pixels straight to
    device pixels, line widths are logical.
    """
