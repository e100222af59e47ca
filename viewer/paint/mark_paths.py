"""Marks as paths and rectangles on the screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from viewer.paint.bands import band_lines, column_lines, segments_on_screen
from viewer.paint.framing import Affine, on_screen
from viewer.paint.line_styles import USUAL, Manner
from viewer.paint.nodes import add_nodes
from viewer.render.lines import Lines
from viewer.render.overlay import Mark

RING_PX = 14.0  # a point's ring
POINT_TICK_PX = 4.0


@dataclass(frozen=True, eq=False)
class Drawn:
    """One mark on the screen, in logical px.

    Args:
        mark: what is drawn.
        line: everything that is stroked; nothing of a raster.
        area: rings to be filled, even-odd; holes included.
        rects: rectangles to be filled: insides of masks without a raster, and bands of cuts.
    """

    mark: Mark
    line: QPainterPath
    area: QPainterPath
    rects: list[QRectF]


def drawn_of(
    mark: Mark, affine: Affine, manner: Manner = USUAL, *, with_line: bool = True
) -> Drawn:
    """Return a mark on the screen.

    Args:
        affine: (2, 3) screen_from_plane.
        manner: says how long the ticks of cuts are.
        with_line: it is stroked; else only filled.
    """
    drawn = mark.drawn
    rings = [polygon_of(on_screen(affine, ring)) for ring in drawn.rings]
    filled = rings
    if drawn.areas is not None:
        filled = [polygon_of(on_screen(affine, ring)) for ring in drawn.areas]
    area = QPainterPath()
    for polygon in filled:
        area.addPolygon(polygon)
    line = _line_of(drawn, rings, affine, manner.tick_px) if with_line else QPainterPath()
    return Drawn(mark, line, area, _rects_of(mark, affine))


def polygon_of(points: NDArray[np.float64]) -> QPolygonF:
    """Return (n, 2) screen px as a QPolygonF."""
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])


def add_point(path: QPainterPath, x: float, y: float) -> None:
    """Add a point's ring and its four ticks, in screen px."""
    radius = RING_PX / 2
    path.addEllipse(QPointF(x, y), radius, radius)
    for right, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        tick = QLineF(
            x + right * radius,
            y + down * radius,
            x + right * (radius + POINT_TICK_PX),
            y + down * (radius + POINT_TICK_PX),
        )
        path.moveTo(tick.p1())
        path.lineTo(tick.p2())


def _line_of(drawn: Lines, rings: list[QPolygonF], affine: Affine, tick_px: float) -> QPainterPath:
    line = QPainterPath()
    for polygon in rings:
        line.addPolygon(polygon)
        line.closeSubpath()
    for open_line in drawn.lines:
        line.addPolygon(polygon_of(on_screen(affine, open_line)))
    _add_places(line, drawn, affine)
    for rects in (drawn.edges, drawn.ticks):
        if rects is not None:
            _add_lines(line, segments_on_screen(affine, rects))
    for cuts, lines_of in ((drawn.bands, band_lines), (drawn.columns, column_lines)):
        if cuts is not None:
            _add_lines(line, lines_of(affine, cuts, tick_px))
    return line


def _add_places(line: QPainterPath, drawn: Lines, affine: Affine) -> None:
    if drawn.points is not None:
        for x, y in on_screen(affine, drawn.points).tolist():
            add_point(line, x, y)
    if drawn.nodes is not None:
        add_nodes(line, drawn.nodes, affine)


def _rects_of(mark: Mark, affine: Affine) -> list[QRectF]:
    rects: list[QRectF] = []
    for given in (mark.drawn.fills, mark.drawn.bands, mark.drawn.columns):
        if given is not None:
            rects.extend(
                QRectF(QPointF(x0, y0), QPointF(x1, y1)).normalized()
                for x0, y0, x1, y1 in segments_on_screen(affine, given).tolist()
            )
    return rects


def _add_lines(path: QPainterPath, segments: NDArray[np.float64]) -> None:
    for x0, y0, x1, y1 in segments.tolist():
        path.moveTo(x0, y0)
        path.lineTo(x1, y1)
