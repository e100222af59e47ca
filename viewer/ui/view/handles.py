"""A tool's shapes, in pixel space, as the painter's values in plane mm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Point, Points, Shape, Skeleton
from viewer.paint.handles import Handles, Preview
from viewer.render.palette import PALETTE
from viewer.session.session import Session
from viewer.tools.hits import handles_of, rotation_of
from viewer.tools.pointer import Answer
from viewer.ui.view.plane import ShownPlane


def handles_shown(
    shape: Shape,
    shown: ShownPlane,
    live: int | None,
    pointer: tuple[float, float] | None,
    px_per_mm: float,
    *,
    is_fixed: bool = False,
) -> Handles:
    """Return a shape's handles where they are drawn.

    Args:
        shape: in the pixel space of the plane.
        shown: the plane.
        live: the handle that is hovered or dragged.
        pointer: in plane mm.
        px_per_mm: logical px of the screen.
        is_fixed: no vertex can be put in.
    """
    handles = handles_of(shape, is_fixed=is_fixed)
    points, middles = shown.mm_of_pixels(handles.points), shown.mm_of_pixels(handles.middles)
    dx, dy = shown.mm_of_pixels(np.array([(1.0, 1.0)]))[0] - shown.mm_of_pixels(np.zeros((1, 2)))[0]
    rotation = rotation_of(shape, (px_per_mm * float(dx), px_per_mm * float(dy)))
    turned = None if rotation is None else shown.mm_of_pixels(np.array([rotation]))[0]
    return Handles(
        points,
        middles,
        live,
        None if turned is None else (float(turned[0]), float(turned[1])),
        pointer,
        isinstance(shape, Skeleton),
    )


def preview_shown(
    answer: Answer, session: Session, shown: ShownPlane, label: tuple[str, str] | None
) -> Preview | None:
    """Return what a tool is about to make, in its label's colour, with the edge where it was."""
    shape, circle = answer.preview, _circle(answer, shown)
    if shape is None and circle is None:
        return None
    erases = answer.circle is not None and answer.circle.erases
    plain = Preview(_color(answer, session, label), circle=circle, erases=erases)
    if shape is None:
        return plain
    if isinstance(shape, Mask):
        lines = shown.lines_of_mask(shape)
        return replace(plain, edges=lines.outline, fills=lines.inside)
    drawn = shown.rings_of(shape)
    rings = tuple(points for points, closed in drawn if closed)
    lines = tuple(points for points, closed in drawn if not closed)
    is_point = isinstance(shape, Point)
    return replace(
        plain,
        rings=rings,
        lines=() if is_point else lines,
        points=lines[0] if is_point else None,
        nodes=shown.mm_of_pixels(shape.points) if isinstance(shape, Skeleton) else None,
        ghost=_ghost(answer, session, shown),
    )


def _circle(answer: Answer, shown: ShownPlane) -> tuple[float, float, float, float] | None:
    """The box around the brush in plane mm."""
    at = answer.circle
    if at is None:
        return None
    corners = [(at.x - at.rx, at.y - at.ry), (at.x + at.rx, at.y + at.ry)]
    (p0, q0), (p1, q1) = shown.mm_of_pixels(corners).tolist()
    return p0, q0, p1, q1


def _ghost(answer: Answer, session: Session, shown: ShownPlane) -> tuple[tuple[Points, bool], ...]:
    """The edge where it was: the shape as it stands in the project."""
    media = session.viewing.media_index
    if answer.replaces is None or media is None:
        return ()
    id, placement = answer.replaces
    if id not in session.project.annotations:
        return ()
    shape = session.project.annotations[id].placements[placement].flat
    if shape is None:
        return ()
    frame = session.matches.frame_of(id.export, media, shown.axis)
    return shown.rings_of(frame.shown(shape, shown.size))


def _color(answer: Answer, session: Session, label: tuple[str, str] | None) -> str:
    project = session.project
    if answer.replaces is not None and answer.replaces[0] in project.annotations:
        id = answer.replaces[0]
        label = (id.export, project.annotations[id].class_id)
    if label is None or label[0] not in project.exports:
        return PALETTE[0]
    return session.display.color_of(project, *label)
