"""Handles of the selected label in Edit mode, and what a tool is about to make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from viewer.geometry.shapes import Points
from viewer.paint.bands import segments_on_screen
from viewer.paint.framing import Affine, on_screen
from viewer.paint.line_styles import round_pen
from viewer.paint.look import Look, color_of
from viewer.paint.mark_paths import add_point, polygon_of
from viewer.paint.nodes import add_nodes
from viewer.paint.states import paint_tag
from viewer.paint.text import metrics
from viewer.render.lines import Rects

SQUARE_PX = 8.0
DOT_PX = 5.0
SMALL_DOT_PX = 3.0  # a vertex among crowded ones
LIVE_PX = 11.0
CROWDED_PX = 12.0
NEAR_PX = 40.0  # of the pointer: handles are whole
THIN_PX = 6.0
CROSS_PX = 10.0
FILL = 0.3  # of a mask that is painted


@dataclass(frozen=True, eq=False)
class Handles:
    """The selected label's handles, in plane mm.

    Args:
        squares: (n, 2) vertices or nodes, or the eight handles of a box or an ellipse.
        dots: (m, 2) midpoints where a vertex can be added.
        live: the square under the pointer or being dragged.
        rotation: the rotation dot.
        pointer: where the pointer is, for rings with crowded vertices.
        are_nodes: the squares are nodes of a skeleton, whose own discs say how they are seen; only
            the live one is drawn.
    """

    squares: Points
    dots: Points | None = None
    live: int | None = None
    rotation: tuple[float, float] | None = None
    pointer: tuple[float, float] | None = None
    are_nodes: bool = False


@dataclass(frozen=True, eq=False)
class Preview:
    """What the tool would make now, in plane mm.

    Args:
        color: "#rrggbb" of the label that is drawn.
        rings, lines, points: as in Mark.
        nodes: (n, 2) of a skeleton.
        ghost: where the edge was before the drag, with whether it is closed.
        edges, fills: of a mask, as in Lines.
        circle: corners (p0, q0, p1, q1) of the box around the brush; None without one.
        erases: the brush takes pixels away.
        text: words beside the pointer, such as "44.4 × 59.0 mm"; "" for none.
        at: where those words stand.
    """

    color: str
    rings: tuple[Points, ...] = ()
    lines: tuple[Points, ...] = ()
    points: Points | None = None
    nodes: Points | None = None
    ghost: tuple[tuple[Points, bool], ...] = ()
    edges: Rects | None = None
    fills: Rects | None = None
    circle: tuple[float, float, float, float] | None = None
    erases: bool = False
    text: str = ""
    at: tuple[float, float] | None = None


def paint_handles(painter: QPainter, handles: Handles, affine: Affine, look: Look) -> None:
    """Draw handles at their logical sizes whatever the zoom.

    Where neighbours are nearer than 12 px, only those within 40 px of the pointer are drawn whole,
    so that a ring of 10,000 vertices does not turn white.
    """
    squares = on_screen(affine, handles.squares)
    if handles.rotation is not None:
        _paint_rotation(painter, handles, affine, look)
    if handles.dots is not None:
        shown = _apart(on_screen(affine, handles.dots), squares)
        _paint_dots(painter, shown, DOT_PX, look)
    if not handles.are_nodes:
        _paint_squares(painter, squares, handles, affine, look)
    if handles.live is not None and handles.live < len(squares):
        casing = QPen(look.color("handle"), 2.0)
        _paint_square(painter, squares[handles.live], LIVE_PX, casing, look.color("accent"))


def _paint_squares(
    painter: QPainter, squares: Points, handles: Handles, affine: Affine, look: Look
) -> None:
    """Draw all but the live one, crowded ones as small dots."""
    whole = whole_handles(squares, handles, affine)
    _paint_dots(painter, _thinned(squares[~whole]), SMALL_DOT_PX, look)
    edge = QPen(look.color("handle-edge"), 1.0)
    for at in np.flatnonzero(whole).tolist():
        if at != handles.live:
            _paint_square(painter, squares[at], SQUARE_PX, edge, look.color("handle"))


def whole_handles(squares: Points, handles: Handles, affine: Affine) -> NDArray[np.bool_]:
    """Return which of (n, 2) squares on the screen are drawn whole."""
    if len(squares) < 3:
        return np.ones(len(squares), dtype=np.bool_)
    ahead = np.hypot(*(np.roll(squares, -1, axis=0) - squares).T)
    whole = np.minimum(ahead, np.roll(ahead, 1)) >= CROWDED_PX
    if handles.pointer is not None:
        x, y = on_screen(affine, np.array([handles.pointer]))[0]
        whole |= np.hypot(squares[:, 0] - x, squares[:, 1] - y) <= NEAR_PX
    return whole


def paint_preview(painter: QPainter, preview: Preview, affine: Affine, look: Look) -> None:
    """Draw what a tool is about to make, and where the edge was."""
    for points, closed in preview.ghost:
        _paint_ghost(painter, path_of(points, affine, closed=closed), look)
    if preview.fills is not None:
        _paint_fills(painter, preview.fills, affine, preview.color)
    path = _preview_path(preview, affine)
    for color, width in (
        (look.color("halo", 0.7), 7.5),
        (look.color("handle"), 5.5),
        (color_of(preview.color), 2.5),
    ):
        painter.strokePath(path, round_pen(color, width))
    if preview.text and preview.at is not None:
        x, y = on_screen(affine, np.array([preview.at]))[0].tolist()
        width = metrics(look.font(11)).horizontalAdvance(preview.text) + 16
        rect = QRectF(round(x + 14), round(y + 14), round(width), 20)
        paint_tag(painter, preview.text, preview.color, rect, look)
    if preview.circle is not None:
        _paint_brush(painter, preview, affine, look)


def _preview_path(preview: Preview, affine: Affine) -> QPainterPath:
    path = QPainterPath()
    if preview.edges is not None:
        for x0, y0, x1, y1 in segments_on_screen(affine, preview.edges).tolist():
            path.moveTo(x0, y0)
            path.lineTo(x1, y1)
    for ring in preview.rings:
        path.addPath(path_of(ring, affine, closed=True))
    for line in preview.lines:
        path.addPath(path_of(line, affine, closed=False))
    if preview.points is not None:
        for x, y in on_screen(affine, preview.points).tolist():
            add_point(path, x, y)
    if preview.nodes is not None:
        add_nodes(path, preview.nodes, affine)
    return path


def _paint_fills(painter: QPainter, fills: Rects, affine: Affine, color: str) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # neighbours meet without seam
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color_of(color, FILL))
    corners = segments_on_screen(affine, fills).tolist()
    painter.drawRects(
        [QRectF(QPointF(x0, y0), QPointF(x1, y1)).normalized() for x0, y0, x1, y1 in corners]
    )
    painter.restore()


def _paint_brush(painter: QPainter, preview: Preview, affine: Affine, look: Look) -> None:
    """A circle of true size with a cross in the middle; of an eraser with a minus."""
    if preview.circle is None:
        return
    (x0, y0, x1, y1) = segments_on_screen(affine, np.array([preview.circle]))[0].tolist()
    around = QRectF(QPointF(x0, y0), QPointF(x1, y1)).normalized()
    middle, path = around.center(), QPainterPath()
    path.addEllipse(around)
    arms = ((1, 0),) if preview.erases else ((1, 0), (0, 1))
    for right, down in arms:
        step = QPointF(right, down) * (CROSS_PX / 2)
        path.moveTo(middle - step)
        path.lineTo(middle + step)
    painter.strokePath(path, round_pen(look.color("halo"), 3.5))
    painter.strokePath(path, round_pen(look.color("handle"), 1.5))


def path_of(points: Points, affine: Affine, *, closed: bool) -> QPainterPath:
    """Return a line of plane mm as a path on the screen."""
    path = QPainterPath()
    path.addPolygon(polygon_of(on_screen(affine, points)))
    if closed:
        path.closeSubpath()
    return path


def _paint_ghost(painter: QPainter, path: QPainterPath, look: Look) -> None:
    painter.strokePath(path, round_pen(look.color("halo", 0.7), 1.25 + 2 * 0.9))
    pen = round_pen(look.color("handle"), 1.25)
    pen.setDashPattern([0.03, 4.0 - 0.03])  # dots every 5 px, in widths of the pen
    painter.strokePath(path, pen)


def _paint_rotation(painter: QPainter, handles: Handles, affine: Affine, look: Look) -> None:
    """A dot above the top, with a line to the middle of the handles below it."""
    dot = on_screen(affine, np.array([handles.rotation]))[0]
    squares = on_screen(affine, handles.squares)
    near = squares[np.argmin(np.hypot(*(squares - dot).T))]
    painter.setPen(QPen(look.color("handle"), 1.0))
    painter.drawLine(QPointF(*dot.tolist()), QPointF(*near.tolist()))
    _paint_dots(painter, dot[None, :], SQUARE_PX, look)


def _paint_square(
    painter: QPainter, at: NDArray[np.float64], side: float, pen: QPen, fill: QColor
) -> None:
    # Whole pixels: an even square is centred on a pixel's corner, an odd one on its middle.
    is_odd = side % 2 == 1
    x, y = (float(np.floor(v)) + 0.5 if is_odd else float(np.rint(v)) for v in at)
    painter.setPen(pen)
    painter.setBrush(fill)
    half = (side - pen.widthF()) / 2
    painter.drawRect(QRectF(x - half, y - half, 2 * half, 2 * half))


def _paint_dots(painter: QPainter, dots: Points, size: float, look: Look) -> None:
    painter.setPen(QPen(look.color("handle-edge"), 1.0))
    painter.setBrush(look.color("handle"))
    for x, y in dots.tolist():
        painter.drawEllipse(QPointF(x, y), size / 2, size / 2)


def _apart(dots: Points, squares: Points) -> Points:
    """Return the dots that stand clear of the handles beside them."""
    if len(dots) == 0 or len(squares) == 0:
        return dots
    if len(dots) != len(squares):
        return _thinned(dots)
    clear = np.hypot(*(dots - squares).T) >= CROWDED_PX
    return dots[clear]


def _thinned(points: Points) -> Points:
    """Return some of the points in order, at least 6 px of way apart."""
    if len(points) < 2:
        return points
    way = np.cumsum(np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)) // THIN_PX
    return points[np.flatnonzero(np.diff(way, prepend=-1.0))]
