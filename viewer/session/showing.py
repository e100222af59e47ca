"""Showing what a verdict is on: a label, or a study, task or row as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from viewer.model.annotation import AnnotationId
from viewer.model.task import TaskKey
from viewer.model.verdict import Target
from viewer.review.task_codes import task_of
from viewer.session.task_list import MOST_LABELS, show_task

if TYPE_CHECKING:
    from viewer.session.session import Session


def show_current(session: Session) -> None:
    """Select and show what the worklist is at; of a study its first label, nothing selected."""
    match session.work.current:
        case AnnotationId() as id:
            session.select([id])
            session.go_to(id)
        case TaskKey() as key:
            session.select(())
            show_task(session, key)
        case None:
            pass


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
    if isinstance(target, TaskKey):
        show_task(session, target)
    else:
        session.go_to(target)
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
