"""What a reviewer decided, on the marks of a view."""

from __future__ import annotations

from dataclasses import replace

from viewer.model.project import Project
from viewer.render.overlay import Mark
from viewer.review.kept import Kept

_judged: Kept[tuple[tuple[Mark, ...], Project], tuple[Mark, ...]] = Kept(12)


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
