"""Showing what a verdict is on: a label, or a study, task or row as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from viewer.model.annotation import AnnotationId
from viewer.model.task import TaskKey
from viewer.model.verdict import Target
from viewer.review.centres import centre_of
from viewer.review.task_codes import task_of
from viewer.session.task_list import MOST_LABELS, has_picture, show_task

if TYPE_CHECKING:
    from viewer.session.session import Session

NOT_SHOWN = "This one is on no picture that is open: what the views show is another."
UNPLACED = "This one is on no open picture. Press again to judge it unseen; N skips it."
HIDDEN = (
    "This label is not drawn: its eye is closed, or labels are hidden, alone or by a filter."
    " Press again to judge it unseen."
)
SHOWN_BESIDE = "Shown, but not in the worklist: Enter and X judge what the panel names."


def show_current(session: Session) -> None:
    """Select and show what the worklist is at; of a study its first label, nothing selected."""
    match session.work.current:
        case AnnotationId() as id:
            session.select([id])
            is_shown = session.go_to(id)
        case TaskKey() as key:
            session.select(())
            is_shown = show_task(session, key)
        case None:
            return
    if not is_shown:
        session.say(NOT_SHOWN)


def why_unseen(session: Session) -> str:
    """Return why no view shows what the worklist is at; "" where one does, or S is held."""
    display, project = session.display, session.project
    match session.work.current:
        case AnnotationId() as id:
            if centre_of(project, session.matches, id) is None:
                return UNPLACED
            is_drawn = display.is_drawn(id, project.annotations[id].class_id)
            return "" if is_drawn or display.held_hidden else HIDDEN
        case TaskKey() as key:
            return "" if has_picture(session, key) else UNPLACED
        case None:
            return ""


def go_to_judged(session: Session, target: Target) -> bool:
    """Show what a verdict is on, in the worklist where it stands there.

    For a study that is not listed itself the worklist goes to the first of its labels that is, so
    that what is judged stays what is seen.

    Returns:
        False where neither is in the worklist; it is shown all the same, where it has a picture.
    """
    work = session.work
    if work.go_to(target) or (isinstance(target, TaskKey) and _is_at_label_of(session, target)):
        show_current(session)
        return True
    is_label = isinstance(target, AnnotationId)
    is_shown = session.go_to(target) if is_label else show_task(session, target)
    if not is_shown:
        session.say(NOT_SHOWN)
    elif session.mode == "review":
        session.say(SHOWN_BESIDE)
    return False


def _is_at_label_of(session: Session, key: TaskKey) -> bool:
    """Go to a label of a task in the worklist, or stay at one; False where there is none."""
    work, project = session.work, session.project
    current = work.current
    if isinstance(current, AnnotationId) and current.export == key.export:
        task = task_of(project, current)
        if task is not None and task.id == key.task:
            return True
    return any(work.go_to(id) for id in _labels_of(session, key))


def _labels_of(session: Session, key: TaskKey) -> Iterator[AnnotationId]:
    table = session.tasks.table
    number = None if table is None else table.numbers.get(key)
    if table is not None and number is not None:
        yield from table.labels_of(number, MOST_LABELS)
