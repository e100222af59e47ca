"""The labels that a slab meets: each as it lies on the plane of it nearest to the middle."""

from __future__ import annotations

from dataclasses import replace

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.render.overlay import IsDrawn, Mark, every_label, marks_on, prepare_marks
from viewer.render.planes import Section
from viewer.render.reach import Check, go_on
from viewer.review.kept import Kept
from viewer.review.matching import Matches

_Key = tuple[Project, Matches, Section, range]
_met: Kept[_Key, tuple[Mark, ...]] = Kept(6, for_views=True)


def are_met_known(project: Project, matches: Matches, section: Section, within: range) -> bool:
    """Whether the labels of a slab were worked out."""
    return (project, matches, section, within) in _met


def marks_in(
    project: Project,
    matches: Matches,
    section: Section,
    within: range,
    is_drawn: IsDrawn,
    check: Check = go_on,
) -> tuple[Mark, ...]:
    """Return what a view draws of the labels that planes about a section meet, the middle's first.

    Args:
        project, matches, is_drawn: as in `overlay.marks_on`.
        section: the middle of the slab.
        within: the planes that it holds.
        check: called again and again; raises where the answer is no longer wanted.
    """
    key = (project, matches, section, within)
    marks = _met.get(key, lambda: _worked_out(*key, check))
    if is_drawn is every_label:
        return marks
    annotations = project.annotations
    return tuple(mark for mark in marks if is_drawn(mark.id, annotations[mark.id].class_id))


def _worked_out(
    project: Project, matches: Matches, section: Section, within: range, check: Check
) -> tuple[Mark, ...]:
    found: dict[tuple[AnnotationId, int], Mark] = {}
    for index in sorted(within, key=lambda index: abs(index - section.index)):
        at = replace(section, index=index)
        prepare_marks(project, matches, at, check)
        for mark in marks_on(project, matches, at, every_label):
            found.setdefault((mark.id, mark.placement), mark)
    return tuple(found.values())
