"""Names beside the labels, where there is room for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from viewer.model.annotation import AnnotationId
from viewer.paint.framing import Affine, on_screen
from viewer.paint.look import Look
from viewer.paint.states import paint_tag
from viewer.paint.text import metrics
from viewer.render.classified import Classified
from viewer.render.overlay import Mark
from viewer.render.tag_words import NO_WORDS

MOST = 12
MOST_KEPT_FREE = 200  # selected labels that tags keep off; beside more none has room
AWAY_PX = 12.0
HEIGHT_PX = 20.0
WIDEST_PX = 260.0
LOCK_PX = 14.0  # more width for a lock behind the name
SAID_STEP_PX = 23.0
SIDES = ((1.0, -1.0), (-1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))  # right and down, in order of trial


@dataclass(frozen=True)
class Tag:
    """One name and where it stands, in logical px.

    Args:
        is_locked: a small lock stands behind the name.
        is_framed: a white line goes round it, as round a selected label.
    """

    text: str
    color: str
    rect: QRectF
    is_locked: bool = False
    is_framed: bool = False


def tag_text(mark: Mark) -> str:
    """Return a label's name, and behind it how probable its author says it is."""
    return mark.text if mark.probability is None else f"{mark.text}  {mark.probability:.2f}"


def tags_of(
    marks: tuple[Mark, ...],
    affine: Affine,
    area: QRectF,
    taken: tuple[QRectF, ...],
    look: Look,
    words: Mapping[AnnotationId, str] = NO_WORDS,
) -> tuple[Tag, ...]:
    """Return the tags that find a place, at most 12, one for each label.

    A tag stands 12 px off the vertex furthest to the upper right, else upper left, lower right,
    lower left; it is dropped where it would leave the area, or cover the selected label, a plate
    or another tag.

    Args:
        marks: as drawn; selected and hovered ones are served first.
        affine: (2, 3) screen_from_plane.
        area: of the view that tags may use.
        taken: rectangles of corner plates.
        look: for the font.
        words: what is said beside labels in place of their names.
    """
    order = sorted(marks, key=lambda mark: ("selected", "hovered", "normal").index(mark.state))
    selected = [mark for mark in order if mark.state == "selected"]
    if len(selected) > MOST_KEPT_FREE:
        return ()
    kept = [rect for rect in taken if not rect.isEmpty()]
    kept += [extent_of(mark, affine) for mark in selected]
    tags: list[Tag] = []
    named: set[AnnotationId] = set()  # a label may be cut on many of its slices
    for mark in order:
        if len(tags) == MOST:
            break
        if mark.id in named:
            continue
        text = words.get(mark.id) or tag_text(mark)
        width = _width(text, look) + (LOCK_PX if mark.is_locked else 0)
        rect = _place(on_screen(affine, mark.drawn.corners), width, area, kept)
        if rect is not None:
            kept.append(rect)
            named.add(mark.id)
            tags.append(Tag(text, mark.color, rect, mark.is_locked))
    return tuple(tags)


def paint_tags(painter: QPainter, tags: tuple[Tag, ...], look: Look) -> None:
    """Draw the tags."""
    for tag in tags:
        room = LOCK_PX if tag.is_locked else 0.0
        paint_tag(painter, tag.text, tag.color, tag.rect, look, room)
        if tag.is_locked:
            _paint_lock(painter, tag.rect, look)
        if tag.is_framed:
            painter.setPen(QPen(look.color("handle"), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(tag.rect.adjusted(0.5, 0.5, -0.5, -0.5))


def said_tags(
    said: tuple[Classified, ...],
    selected: frozenset[AnnotationId],
    below: QRectF,
    area: QRectF,
    look: Look,
) -> tuple[Tag, ...]:
    """Return the classifications as tags under each other, at the right below a corner plate.

    Of several authors' equal ones there is one tag with their number; answers that differ are said.

    Args:
        said: of the slice, the series and the exam.
        selected: the framed ones.
        below: the plate of the top right corner; empty without one.
        area: of the view that tags may use.
        look: for the font.
    """
    right = below.right() if not below.isEmpty() else area.right() - 2
    folded = _folded(said, selected)
    top = (below.bottom() if not below.isEmpty() else area.top()) + 4
    room = int((area.center().y() - top) // SAID_STEP_PX)
    most = max(min(MOST, room), 1)
    items = folded if len(folded) <= most else folded[: most - 1]
    if len(items) < len(folded):
        more = f"{len(folded) - len(items):,} more in the list"
        items.append((more, look.tokens["image-text-2"], False))
    tags: list[Tag] = []
    for at, (words, color, is_framed) in enumerate(items):
        width = round(min(_width(words, look), area.width() * 0.48))
        rect = QRectF(right - width, top + at * SAID_STEP_PX, width, HEIGHT_PX)
        tags.append(Tag(words, color, rect, is_framed=is_framed))
    return tuple(tags)


def _folded(
    said: tuple[Classified, ...], selected: frozenset[AnnotationId]
) -> list[tuple[str, str, bool]]:
    """Return words, colour and whether one is selected; equal ones are one, counted.

    Those of one name whose answers differ stand apart, each with its answer.
    """
    alike: dict[tuple[str, str], dict[str, list[AnnotationId]]] = {}
    for item in said:
        said_of = alike.setdefault((item.words, item.color), {})
        answer = item.answers or ("no answer" if item.is_asked else "")
        said_of.setdefault(answer, []).append(item.id)
    found: list[tuple[str, str, bool]] = []
    for (words, tint), by_answer in alike.items():
        for answers, ids in by_answer.items():
            full = f"{words}: {answers}" if answers and len(by_answer) > 1 else words
            counted = f"{full} × {len(ids):,}" if len(ids) > 1 else full
            found.append((counted, tint, not selected.isdisjoint(ids)))
    return found


def _paint_lock(painter: QPainter, tag: QRectF, look: Look) -> None:
    """Draw a closed lock of 8 px at the tag's right end."""
    middle = QPointF(tag.right() - 10, tag.center().y())
    painter.setPen(QPen(look.color("image-text-2"), 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    shackle = QRectF(middle.x() - 2.5, middle.y() - 5, 5, 6)
    painter.drawArc(shackle, 0, 180 * 16)
    painter.fillRect(QRectF(middle.x() - 4, middle.y() - 1.5, 8, 6), look.color("image-text-2"))


def _width(text: str, look: Look) -> float:
    return min(metrics(look.font(11)).horizontalAdvance(text) + 14, WIDEST_PX)


def extent_of(mark: Mark, affine: Affine) -> QRectF:
    """Return where a mark is drawn, in logical px; empty where nothing is."""
    points = on_screen(affine, mark.drawn.ends)
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
