"""What a person chose of how labels are drawn, laid on their marks."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.render.coloring import Coloring, colored
from viewer.render.decided import judged, with_locks
from viewer.render.looks import Looks, dimmed, dressed
from viewer.render.overlay import Mark
from viewer.session.session import Session


@dataclass(frozen=True, eq=False)
class Dress:
    """What all labels of a session are drawn by; a value, for use in background jobs too.

    Args:
        project: with its verdicts.
        looks: of the exports.
        coloring: what colours say.
        locked: what a person keeps from being changed.
        corrected: the one label that is, all others being dim; None without one.
    """

    project: Project
    looks: Looks
    coloring: Coloring
    locked: frozenset[AnnotationId | tuple[str, str]]
    corrected: AnnotationId | None

    def on(self, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
        """Return marks as they are drawn; the same marks give the same answer."""
        marks = dressed(marks, self.looks)
        marks = judged(colored(marks, self.coloring, self.project), self.project)
        marks = with_locks(marks, self.project, self.locked)
        return marks if self.corrected is None else dimmed(marks, self.corrected)


def dress_of(session: Session) -> Dress:
    """Return how the labels of a session are drawn now."""
    display, correction = session.display, session.correction
    corrected = None if correction is None else correction.id
    return Dress(session.project, display.looks, display.coloring, display.locked, corrected)
