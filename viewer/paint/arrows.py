"""Lines between labels that an export relates to each other, where one of them is selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPainterPath

from viewer.geometry.shapes import Points
from viewer.model.project import Project
from viewer.model.relations import relations_of
from viewer.paint.framing import Affine, on_screen
from viewer.paint.line_styles import round_pen
from viewer.paint.look import Look
from viewer.render.overlay import Mark

LINE_PX, HALO_PX = 1.5, 4.0
HEAD_PX = 10.0
MOST_SELECTED = 50  # labels whose relations are looked for


@dataclass(frozen=True)
class Arrow:
    """A relation between two labels of one view, in plane mm.

    Args:
        start, end: the middles of the two labels.
        is_directed: it has a head at its end.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    is_directed: bool


def arrows_of(
    project: Project, marks: Sequence[Mark], standing: Sequence[Mark]
) -> tuple[Arrow, ...]:
    """Return the relations of the selected labels of a view to other ones drawn there.

    Args:
        marks: all that is drawn.
        standing: what stands out of it.
    """
    chosen = [mark.id for mark in standing if mark.state == "selected"][:MOST_SELECTED]
    labels = [project.annotations[id] for id in chosen if id in project.annotations]
    related = dict.fromkeys(each for label in labels for each in relations_of(project, label))
    if not related:
        return ()
    middles = {mark.id: _middle(mark) for mark in reversed(marks) if len(mark.drawn.corners)}
    return tuple(
        Arrow(middles[each.source], middles[each.target], each.directed)
        for each in related
        if each.source in middles and each.target in middles
    )


def _middle(mark: Mark) -> tuple[float, float]:
    corners: Points = mark.drawn.corners
    low, high = corners.min(axis=0), corners.max(axis=0)
    p, q = ((low + high) / 2).tolist()
    return p, q


def paint_arrows(painter: QPainter, arrows: Sequence[Arrow], affine: Affine, look: Look) -> None:
    """Draw the lines over their labels: white on a dark halo, with heads of one size."""
    for arrow in arrows:
        path = _path(on_screen(affine, np.array([arrow.start, arrow.end])), arrow.is_directed)
        for pen in (
            round_pen(look.color("halo", 0.7), HALO_PX),
            round_pen(look.color("image-text"), LINE_PX),
        ):
            painter.strokePath(path, pen)


def _path(ends: Points, is_directed: bool) -> QPainterPath:
    start, end = ends
    path = QPainterPath(QPointF(*start.tolist()))
    path.lineTo(QPointF(*end.tolist()))
    length = float(np.hypot(*(end - start)))
    if is_directed and length > HEAD_PX:
        along = (end - start) / length * HEAD_PX
        across = np.array([-along[1], along[0]]) / 2
        for side in (across, -across):
            path.moveTo(QPointF(*(end - along + side).tolist()))
            path.lineTo(QPointF(*end.tolist()))
    return path
