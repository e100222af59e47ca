"""Handles of the selected label in Edit mode, and what a tool is about to make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter

from viewer.geometry.shapes import Points
from viewer.paint.framing import Affine
from viewer.paint.look import Look


@dataclass(frozen=True, eq=False)
class Handles:
    """The selected label's handles, in plane mm.

    Args:
        squares: (n, 2) vertices, or the eight handles of a box or an ellipse.
        dots: (m, 2) midpoints where a vertex can be added.
        live: the square under the pointer or being dragged.
        rotation: the rotation dot.
        pointer: where the pointer is, for rings with crowded vertices.
    """

    squares: Points
    dots: Points | None = None
    live: int | None = None
    rotation: tuple[float, float] | None = None
    pointer: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class Preview:
    """What the tool would make now, in plane mm.

    Args:
        color: "#rrggbb" of the label that is drawn.
        rings, lines, points: as in Mark.
        ghost: where the edge was before the drag, with whether it is closed.
        text: words beside the pointer, such as "44.4 × 59.0 mm"; "" for none.
        at: where those words stand.
    """

    color: str
    rings: tuple[Points, ...] = ()
    lines: tuple[Points, ...] = ()
    points: Points | None = None
    ghost: tuple[tuple[Points, bool], ...] = ()
    text: str = ""
    at: tuple[float, float] | None = None


def paint_handles(painter: QPainter, handles: Handles, affine: Affine, look: Look) -> None:
    """Draw handles at their logical sizes whatever the zoom."""


def paint_preview(painter: QPainter, preview: Preview, affine: Affine, look: Look) -> None:
    """Draw what a tool is about to make, and where the edge was."""


Screen = NDArray[np.float64]
