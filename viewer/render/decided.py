"""What a reviewer decided, and what a person keeps locked, on the marks of a view."""

from __future__ import annotations

from dataclasses import replace

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.render.overlay import Mark
from viewer.review.kept import Kept

_judged: Kept[tuple[tuple[Mark, ...], Project], tuple[Mark, ...]] = Kept(12, for_views=True)


def judged(marks: tuple[Mark, ...], project: Project) -> tuple[Mark, ...]:
    """Return the marks with the judgements of a project; themselves where there are none."""
    verdicts = project.verdicts
    if not verdicts:
        return marks

    def marked() -> tuple[Mark, ...]:
        said = (verdicts.get(mark.id) for mark in marks)
        return tuple(
            mark if verdict is None else replace(mark, judgement=verdict.judgement)
            for mark, verdict in zip(marks, said, strict=True)
        )

    return _judged.get((marks, project), marked)


_kept_locked: Kept[tuple[tuple[Mark, ...], Project, frozenset[object]], tuple[Mark, ...]] = Kept(
    12, for_views=True
)


def with_locks(
    marks: tuple[Mark, ...], project: Project, locked: frozenset[AnnotationId | tuple[str, str]]
) -> tuple[Mark, ...]:
    """Return the marks with those locked that a person keeps from being changed.

    Args:
        locked: labels, and classes by export and id.
    """
    if not locked:
        return marks

    def is_locked(id: AnnotationId) -> bool:
        return not locked.isdisjoint({id, (id.export, project.annotations[id].class_id)})

    return _kept_locked.get(
        (marks, project, locked),
        lambda: tuple(
            replace(mark, is_locked=True) if is_locked(mark.id) else mark for mark in marks
        ),
    )
