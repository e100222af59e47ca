"""The list of tasks: its order, the task that is looked at, and the way to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal

from viewer.model.annotation import AnnotationId
from viewer.model.task import TaskKey
from viewer.review.label_keys import Numbers
from viewer.review.task_codes import task_named, task_of
from viewer.review.task_table import TaskTable

if TYPE_CHECKING:
    from viewer.session.session import Session

MOST_LABELS = 1_000  # of a task that are asked where they are


class TaskList:
    """The tasks of the open exports, as listed; empty until they were counted."""

    changed = Signal()  # other tasks, another order, or another current one

    def __init__(self) -> None:
        self.table: TaskTable | None = None
        self.order: Numbers = np.empty(0, dtype=np.int64)
        self.current: TaskKey | None = None

    @property
    def number(self) -> int | None:
        """Number of the current task in the table, None without one."""
        if self.table is None or self.current is None:
            return None
        return self.table.numbers.get(self.current)

    @property
    def place(self) -> int | None:
        """Where the current task stands in the list, from 0; None where it is not listed."""
        number = self.number
        found = np.flatnonzero(self.order == number) if number is not None else self.order[:0]
        return int(found[0]) if len(found) else None

    def take(self, table: TaskTable | None) -> None:
        """List other tasks, in the order of their files."""
        self.table = table
        self.order = np.arange(0 if table is None else len(table))
        if self.number is None:
            self.current = None
        self.changed.emit()

    def arrange(self, order: Numbers) -> None:
        """List the tasks in another order, or only some of them, by their numbers."""
        self.order = order
        self.changed.emit()

    def set_current(self, number: int) -> None:
        """Look at another task."""
        if self.table is not None and self.table.keys[number] != self.current:
            self.current = self.table.keys[number]
            self.changed.emit()

    def neighbour(self, step: int) -> int | None:
        """Return the number of the task `step` places further in the list; None beyond its ends.

        Where none is looked at, the first or last.
        """
        place = self.place
        if not len(self.order):
            return None
        wanted = (0 if step > 0 else len(self.order) - 1) if place is None else place + step
        return int(self.order[wanted]) if 0 <= wanted < len(self.order) else None


def media_of_task(session: Session, number: int) -> Sequence[int]:
    """Return the media that a task is shown on, those with labels first; () for none."""
    table = session.tasks.table
    return () if table is None else tuple(dict.fromkeys(_media(session, table, number)))


def go_to_task(session: Session, number: int) -> bool:
    """Show a task: its first placed label, else its first picture; False without pixels.

    The task becomes the one looked at all the same.
    """
    table = session.tasks.table
    if table is None:
        return False
    session.places.leave()
    session.tasks.set_current(number)
    id = _first_placed(session, table, number)
    session.select(() if id is None else (id,))
    return _show(session, table.keys[number], id)


def follow_selection(session: Session) -> None:
    """Look at the task of the label that is selected alone, so that the next one is behind it."""
    table, chosen = session.tasks.table, session.selection
    id = next(iter(chosen)) if len(chosen) == 1 else None
    if table is None or id is None or id not in session.project.annotations:
        return
    task = task_of(session.project, id)
    number = None if task is None else table.numbers.get(TaskKey(id.export, task.id))
    if number is not None:
        session.tasks.set_current(number)


def show_task(session: Session, key: TaskKey) -> bool:
    """Show a task as `go_to_task` does, also while tasks are being counted; nothing is selected."""
    table, number = session.tasks.table, None
    if table is not None:
        number = table.numbers.get(key)
    id = None
    if table is not None and number is not None:
        session.tasks.set_current(number)
        id = _first_placed(session, table, number)
    session.places.leave()
    return _show(session, key, id)


def has_picture(session: Session, key: TaskKey) -> bool:
    """Whether a task has a label on an open picture, or names one."""
    table = session.tasks.table
    number = None if table is None else table.numbers.get(key)
    is_placed = table is not None and number is not None and _first_placed(session, table, number)
    return bool(is_placed) or next(_pictures(session, key), None) is not None


def _show(session: Session, key: TaskKey, id: AnnotationId | None) -> bool:
    if id is not None and session.go_to(id):
        return True
    shown = next(_pictures(session, key), None)
    if shown is not None:
        session.viewing.show(shown)
    return shown is not None


def _first_placed(session: Session, table: TaskTable, number: int) -> AnnotationId | None:
    for id in table.labels_of(number, MOST_LABELS):
        place = session.matches.first_of(id)
        if place is not None and place.media is not None:
            return id
    return None


def _media(session: Session, table: TaskTable, number: int) -> Iterator[int]:
    for id in table.labels_of(number, MOST_LABELS):
        place = session.matches.first_of(id)
        if place is not None and place.media is not None:
            yield place.media
    yield from _pictures(session, table.keys[number])


def _pictures(session: Session, key: TaskKey) -> Iterator[int]:
    """Yield the media that a task itself names, by its entries and by its study."""
    export, matches = session.project.exports.get(key.export), session.matches
    task = None if export is None else task_named(export, key.task)
    if task is None:
        return
    bindings = matches.lookup.bindings.get(key.export)
    for entry in task.entries:
        at = -1 if bindings is None else bindings.numbers.get(entry, -1)
        if bindings is not None and at >= 0 and bindings.bindings[at].index >= 0:
            yield bindings.bindings[at].index
    if task.study:
        studies = (media.facts.study_uid for media in matches.lookup.media)
        yield from (index for index, study in enumerate(studies) if study == task.study)
