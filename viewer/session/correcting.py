"""Correcting one label in the course of a review: it alone is unlocked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.session.commands import (
    AddAnnotation,
    ChangeAttributes,
    Command,
    DeleteAnnotations,
    Judge,
)

if TYPE_CHECKING:
    from viewer.session.session import Session

ONE_ALONE = "Only the label that is corrected can be changed; Enter takes the correction."
NOT_UNDONE = "This correction has changed nothing that could be undone; Esc gives it up."
NOT_DELETED = "A correction changes its label; to be rid of it, leave with Esc and reject it."


@dataclass(frozen=True, eq=False)
class Correction:
    """One label that is being corrected.

    Args:
        before: the project when it began.
    """

    id: AnnotationId
    before: Project


def correct(session: Session, id: AnnotationId) -> str:
    """Unlock one label; returns why it stays locked, "" when it does not."""
    reason = session.project.annotations[id].locked_reason
    if reason:
        return f"This label cannot be corrected: {reason}."
    session.history.forget_undone()  # what is done again would be none of the correction
    session.select({id})
    session.set_mode("edit", Correction(id, session.project))
    return ""


def is_changed(session: Session, correction: Correction) -> bool:
    """Whether the correction has changed the label so far."""
    return session.project.annotations.edits is not correction.before.annotations.edits


def give_up(session: Session, correction: Correction) -> None:
    """Take back what the correction changed, for good, and return to Review."""
    while session.project is not correction.before and session.history.steps:
        session.undo()
    session.history.forget_undone()
    session.set_mode("review")
    session.project_changed.emit()


def refusal(correction: Correction | None, command: Command) -> str:
    """Return why a command is not done while a label is corrected; "" where it is."""
    if correction is None or isinstance(command, Judge):
        return ""
    match command:
        case DeleteAnnotations():
            return NOT_DELETED if command.ids == (correction.id,) else ONE_ALONE
        case AddAnnotation():
            return ONE_ALONE
        case ChangeAttributes():
            is_own = all(change.id == correction.id for change in command.changes)
        case _:
            is_own = command.id == correction.id
    return "" if is_own else ONE_ALONE
