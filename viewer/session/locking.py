"""Labels that a person keeps from being changed: a state of the view, never an edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewer.model.annotation import AnnotationId
from viewer.session.commands import (
    AddAnnotation,
    ChangeAttributes,
    Command,
    DeleteAnnotations,
    Judge,
)

if TYPE_CHECKING:
    from viewer.session.session import Session

KEPT = "its lock in the list is closed"


def why_locked(session: Session, id: AnnotationId) -> str:
    """Return why a label cannot be changed whatever the mode, "" when it can."""
    annotation = session.project.annotations[id]
    if annotation.locked_reason:
        return annotation.locked_reason
    return KEPT if session.display.is_locked(id, annotation.class_id) else ""


def kept_from(session: Session, command: Command) -> str:
    """Return why a command is not done, since a label that it changes is kept locked; else ""."""
    if not session.display.locked:
        return ""
    known = (id for id in _changed_by(command) if id in session.project.annotations)
    classes = ((id, session.project.annotations[id].class_id) for id in known)
    if not any(session.display.is_locked(*each) for each in classes):
        return ""
    return f"Nothing was changed: {KEPT}."


def _changed_by(command: Command) -> tuple[AnnotationId, ...]:
    match command:
        case Judge() | AddAnnotation():
            return ()
        case DeleteAnnotations():
            return command.ids
        case ChangeAttributes():
            return tuple(change.id for change in command.changes)
        case _:
            return (command.id,)
