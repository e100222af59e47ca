"""Nodes of skeletons: a disc for one that is seen, half of one where something is before it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from viewer.geometry.shapes import NodeState, Points
from viewer.paint.framing import Affine, on_screen
from viewer.paint.look import Look, color_of
from viewer.render.overlay import Mark

NODE_PX = 10.0
# Degrees counter-clockwise from the right: where the filled part begins, and how far it goes.
PARTS: dict[NodeState, tuple[int, int]] = {
    "visible": (0, 360),
    "occluded": (90, 180),
    "self-occluded": (270, 180),
    "invisible": (0, 0),
}


def add_nodes(path: QPainterPath, nodes: Points, affine: Affine) -> None:
    """Add the rings of nodes in plane mm to a path on the screen."""
    for x, y in on_screen(affine, nodes).tolist():
        path.addEllipse(QPointF(x, y), NODE_PX / 2, NODE_PX / 2)


def paint_nodes(
    painter: QPainter, mark: Mark, affine: Affine, look: Look, strength: float, line_px: float
) -> None:
    """Fill a mark's rings: whole where a node is visible, its left half where it is occluded.

    The right half where the object itself is before it, and nothing where it is invisible.

    Args:
        strength: opacity of what is filled.
        line_px: how wide the rings are drawn.
    """
    if mark.drawn.nodes is None:
        return
    radius = max(NODE_PX / 2 - line_px / 2, 1.0)
    painter.setPen(Qt.PenStyle.NoPen)
    places = on_screen(affine, mark.drawn.nodes).tolist()
    for (x, y), state in zip(places, mark.drawn.states, strict=True):
        painter.setBrush(look.color("halo"))
        painter.drawEllipse(QPointF(x, y), radius, radius)
        first, length = PARTS[state]
        around = QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
        painter.setBrush(color_of(mark.color, strength))
        painter.drawPie(around, first * 16, length * 16)
