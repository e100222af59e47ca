"""Masks that an export has on a slice and whose pixels are not there, such as files not fetched."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from viewer.model.annotation import AnnotationId
from viewer.model.counted import counted
from viewer.model.project import Project
from viewer.model.table import KINDS
from viewer.render.overlay import IsDrawn, Mark, name_of
from viewer.render.reach import shape_of
from viewer.review.kept import kept_for_views
from viewer.review.matching import Matches

_MASK = KINDS.index("mask")
MOST_NAMED = 2


def absent_words(
    matches: Matches,
    place: tuple[int, int],
    marks: Iterable[Mark],
    is_drawn: IsDrawn,
    part: str,
) -> str:
    """Return which masks a slice lacks, without a full stop; "" for none.

    Args:
        matches: of what is open.
        place: the media, and the number of its slice or frame.
        marks: what is drawn there; those labels are not looked at.
        is_drawn: whether a label would be drawn.
        part: "slice" or "frame".
    """
    project, masks = matches.project, _masks_on(matches, *place)
    seen = {mark.id for mark in marks} if masks else frozenset[AnnotationId]()
    names = [
        name_of(project, project.annotations[id])
        for id, number in masks
        if id not in seen and _lacks(project, id, number, is_drawn)
    ]
    if not names:
        return ""
    known = ", ".join(dict.fromkeys(names[:MOST_NAMED]))
    are = counted(len(names), "mask")
    are = f"{are} of this {part} {'is' if len(names) == 1 else 'are'}"
    return f"{are} not there: {known}{', ...' if len(names) > MOST_NAMED else ''}"


@kept_for_views(16)
def _masks_on(matches: Matches, media: int, slice: int) -> tuple[tuple[AnnotationId, int], ...]:
    """Return the masks that files have on a slice, and the numbers of their placements."""
    edits = matches.project.annotations.edits
    found: list[tuple[AnnotationId, int]] = []
    for rows in matches.rows.values():
        on = rows.on(media, slice)
        masks = on[np.flatnonzero(rows.columns.kinds[on] == _MASK)].tolist()
        found += [(rows.id_of(row), rows.number_of(row)) for row in masks]
    return tuple(one for one in found if one[0] not in edits)


def _lacks(project: Project, id: AnnotationId, number: int, is_drawn: IsDrawn) -> bool:
    annotation = project.annotations[id]
    return is_drawn(id, annotation.class_id) and shape_of(annotation, number) is None
