"""The slice under the crosshair as tools see it."""

from __future__ import annotations

from collections.abc import Callable

from viewer.model.annotation import AnnotationId
from viewer.session.editing import ClassKey, target_of
from viewer.session.session import Session
from viewer.tools.pointer import Item, Scene

IsDrawn = Callable[[AnnotationId, str], bool]


def scene_of(
    session: Session, label: ClassKey | None, is_drawn: IsDrawn | None = None
) -> Scene | None:
    """Return what is drawn on the shown acquired slice; None without media.

    Args:
        session: what is open and shown.
        label: the class to draw with.
        is_drawn: whether an annotation of a class is shown, by default by its eyes.
    """
    media, index = session.current, session.viewing.media_index
    if media is None or index is None:
        return None
    shown = is_drawn or session.display.is_drawn
    return Scene(
        session.project,
        _items(session, index, shown),
        session.selection,
        (media.columns, media.rows),
        session.stamp,
        target_of(session, label),
        media.spacing_mm if media.is_calibrated else None,
    )


def _items(session: Session, media: int, is_drawn: IsDrawn) -> tuple[Item, ...]:
    items: list[Item] = []
    for id, placement in session.matches.on(media, session.slice):
        annotation = session.project.annotations[id]
        shape = annotation.placements[placement].flat
        if shape is not None and is_drawn(id, annotation.class_id):
            items.append(Item(id, placement, shape, annotation.locked_reason or ""))
    return tuple(items)
