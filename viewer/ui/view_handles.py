"""A tool's shapes, in pixel space, as the painter's values in plane mm."""

from __future__ import annotations

import numpy as np

from viewer.geometry.measure import outline
from viewer.geometry.shapes import Point, Shape
from viewer.paint.handles import Handles, Preview
from viewer.render.overlay import color_of_class
from viewer.render.palette import PALETTE
from viewer.session.session import Session
from viewer.tools.hits import handles_of, rotation_of
from viewer.tools.pointer import Answer
from viewer.ui.view_plane import ShownPlane


def handles_shown(
    shape: Shape,
    shown: ShownPlane,
    live: int | None,
    pointer: tuple[float, float] | None,
    px_per_mm: float,
) -> Handles:
    """Return a shape's handles where they are drawn.

    Args:
        shape: in pixel space.
        shown: an acquired plane.
        live: the handle that is hovered or dragged.
        pointer: in plane mm.
        px_per_mm: logical px of the screen.
    """
    dx, dy = shown.media.spacing_mm
    handles = handles_of(shape)
    rotation = rotation_of(shape, (px_per_mm * dx, px_per_mm * dy))
    return Handles(
        handles.points * (dx, dy),
        handles.middles * (dx, dy),
        live,
        None if rotation is None else (rotation[0] * dx, rotation[1] * dy),
        pointer,
    )


def preview_shown(
    answer: Answer, session: Session, shown: ShownPlane, label: tuple[str, str] | None
) -> Preview | None:
    """Return what a tool is about to make, in its label's colour, with the edge where it was."""
    shape = answer.preview
    if shape is None:
        return None
    spacing = np.array(shown.media.spacing_mm)
    rings = tuple(points * spacing for points, closed in outline(shape) if closed)
    lines = tuple(points * spacing for points, closed in outline(shape) if not closed)
    is_point = isinstance(shape, Point)
    return Preview(
        color=_color(answer, session, label),
        rings=rings,
        lines=() if is_point else lines,
        points=lines[0] if is_point else None,
        ghost=_ghost(answer, session, spacing),
    )


def _ghost(
    answer: Answer, session: Session, spacing: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> tuple[tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], bool], ...]:
    if answer.replaces is None:
        return ()
    id, placement = answer.replaces
    if id not in session.project.annotations:
        return ()
    shape = session.project.annotations[id].placements[placement].flat
    if shape is None:
        return ()
    return tuple((points * spacing, closed) for points, closed in outline(shape))


def _color(answer: Answer, session: Session, label: tuple[str, str] | None) -> str:
    project = session.project
    if answer.replaces is not None and answer.replaces[0] in project.annotations:
        id = answer.replaces[0]
        label = (id.export, project.annotations[id].class_id)
    if label is None or label[0] not in project.exports:
        return PALETTE[0]
    return color_of_class(project, *label)
