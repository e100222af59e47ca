"""Names beside the labels, where there is room for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from viewer.paint.framing import Affine, on_screen
from viewer.paint.look import Look
from viewer.paint.states import paint_tag
from viewer.paint.text import metrics
from viewer.render.overlay import Mark

MOST = 12
AWAY_PX = 12.0
HEIGHT_PX = 20.0
WIDEST_PX = 220.0
SIDES = ((1.0, -1.0), (-1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))  # right and down, in order of trial


@dataclass(frozen=True)
class Tag:
    """One name and where it stands, in logical px."""

    text: str
    color: str
    rect: QRectF


def tags_of(
    marks: tuple[Mark, ...], affine: Affine, area: QRectF, taken: tuple[QRectF, ...], look: Look
) -> tuple[Tag, ...]:
    """Return the tags that find a place, at most 12.

    A tag stands 12 px off the vertex furthest to the upper right, else upper left, lower right,
    lower left; it is dropped where it would leave the area, or cover the selected label, a plate
    or another tag.

    Args:
        marks: as drawn; selected and hovered ones are served first.
        affine: (2, 3) screen_from_plane.
        area: of the view that tags may use.
        taken: rectangles of corner plates.
        look: for the font.
    """
    order = sorted(marks, key=lambda mark: ("selected", "hovered", "normal").index(mark.state))
    kept = [rect for rect in taken if not rect.isEmpty()]
    kept += [_extent(mark, affine) for mark in order if mark.state == "selected"]
    tags: list[Tag] = []
    for mark in order:
        if len(tags) == MOST:
            break
        text = f"{mark.text} (locked)" if mark.is_locked else mark.text
        rect = _place(_outline(mark, affine), _width(text, look), area, kept)
        if rect is not None:
            kept.append(rect)
            tags.append(Tag(text, mark.color, rect))
    return tuple(tags)


def paint_tags(painter: QPainter, tags: tuple[Tag, ...], look: Look) -> None:
    """Draw the tags."""
    for tag in tags:
        paint_tag(painter, tag.text, tag.color, tag.rect, look)


def _width(text: str, look: Look) -> float:
    return min(metrics(look.font(11)).horizontalAdvance(text) + 14, WIDEST_PX)


def _outline(mark: Mark, affine: Affine) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    parts = [*mark.rings, *mark.lines]
    if mark.points is not None:
        parts.append(mark.points)
    several = (mark.edges, mark.bands, mark.ticks)
    parts.extend(rects.reshape(-1, 2) for rects in several if rects is not None)
    return on_screen(affine, np.concatenate(parts)) if parts else np.zeros((0, 2))


def _extent(mark: Mark, affine: Affine) -> QRectF:
    points = _outline(mark, affine)
    if len(points) == 0:
        return QRectF()
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return QRectF(left, top, right - left, bottom - top)


def _place(
    points: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    width: float,
    area: QRectF,
    kept: list[QRectF],
) -> QRectF | None:
    if len(points) == 0:
        return None
    for right, down in SIDES:
        x, y = points[np.argmax(points @ (right, down))].tolist()
        left = x + AWAY_PX if right > 0 else x - AWAY_PX - width
        top = y - AWAY_PX - HEIGHT_PX / 2 if down < 0 else y + AWAY_PX - HEIGHT_PX / 2
        rect = QRectF(round(left), round(top), round(width), HEIGHT_PX)
        if area.contains(rect) and not any(rect.intersects(other) for other in kept):
            return rect
    return None
