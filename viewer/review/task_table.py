"""The tasks of all exports: what their vendors say of them, and what is counted of their labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viewer.errors import Issue
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.model.task import Task, TaskKey
from viewer.model.verdict import Judgement, Verdicts
from viewer.review.label_rows import rows_of
from viewer.review.label_table import Cell, LabelRows, Table
from viewer.review.matching import Matches
from viewer.review.task_codes import tasks_of

Counts = NDArray[np.int64]  # (tasks,)
Check = Callable[[], None]
_JUDGEMENTS: tuple[Judgement, ...] = ("accepted", "rejected", "needs_change")


@dataclass(frozen=True, eq=False)
class TaskTable:
    """Tasks in the order of their exports, and what is counted of each.

    Args:
        keys, tasks: (tasks,) what they are.
        labels: number of labels.
        unplaced: of those, how many are on no open picture.
        issues: how many things reading found odd about it or its labels.
        names: of the facts that tasks state, in order of appearance.
        rows: all labels, each with the number of its task.
    """

    keys: tuple[TaskKey, ...]
    tasks: tuple[Task, ...]
    labels: Counts
    unplaced: Counts
    issues: Counts
    names: tuple[str, ...]
    rows: LabelRows

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def numbers(self) -> dict[TaskKey, int]:
        """The number of each task."""
        return {key: number for number, key in enumerate(self.keys)}

    @cached_property
    def _labels_by_task(self) -> tuple[Counts, Counts]:
        """Places of labels task by task, and where each task's begin."""
        of_label = self.rows.column(Cell.TASK)
        order = np.argsort(of_label, kind="stable")
        return order, np.searchsorted(of_label[order], np.arange(len(self) + 1))

    def labels_of(self, number: int, most: int) -> Sequence[AnnotationId]:
        """Return the first labels of a task, so many at most, in reading order."""
        order, starts = self._labels_by_task
        rows = order[starts[number] : starts[number + 1]][:most].tolist()
        return [self.rows.id_at(row) for row in rows]

    def number_of(self, id: AnnotationId) -> int | None:
        """Return the task of a label, None without one."""
        row = self.rows.row_of(id)
        number = -1 if row is None else self.rows.cell(row, Cell.TASK)
        return None if number < 0 else number

    def judged(self, verdicts: Verdicts) -> dict[Judgement, Counts]:
        """Return how many labels of each task have each judgement."""
        found: dict[Judgement, Counts] = {
            judgement: np.zeros(len(self), dtype=np.int64) for judgement in _JUDGEMENTS
        }
        for target, verdict in verdicts.items():
            number = self.number_of(target) if isinstance(target, AnnotationId) else None
            if number is not None and verdict.judgement is not None:
                found[verdict.judgement][number] += 1
        return found


def task_table(project: Project, matches: Matches, check: Check = lambda: None) -> TaskTable:
    """Return the tasks of a project as matched. Not on the main thread: there may be very many.

    Args:
        check: called between steps; may raise to stop.
    """
    rows = rows_of(project, matches)
    check()
    of_label, count = rows.column(Cell.TASK), len(rows.tasks)
    tasks = tuple(listed.task for listed in rows.tasks)
    table = TaskTable(
        tuple(TaskKey(listed.export, listed.task.id) for listed in rows.tasks),
        tasks,
        _counted(of_label, count),
        _counted(of_label[rows.column(Cell.REASON) > 0], count),
        np.zeros(count, dtype=np.int64),
        tuple(dict.fromkeys(name for task in tasks for name, _ in task.facts)),
        rows,
    )
    check()
    counted = replace(table, issues=_issue_counts(project, table))
    if count:
        counted.labels_of(0, 1)  # which sorts them
    return counted


def _counted(numbers: Table, count: int) -> Counts:
    return np.bincount(numbers[numbers >= 0], minlength=count)[:count]


def _issue_counts(project: Project, table: TaskTable) -> Counts:
    """Count what was found odd at a place that names a task, its media or one of its labels."""
    found = np.zeros(len(table), dtype=np.int64)
    for id, export in project.exports.items():
        places = {issue.where for issue in export.issues if is_problem(issue)}
        numbers = _numbers_by_name(project, id, places, table) if places else {}
        for issue in export.issues:
            if is_problem(issue) and issue.where in numbers:
                found[numbers[issue.where]] += 1
    return found


def is_problem(issue: Issue) -> bool:
    """Whether something odd was found at a place that may name a task or a label."""
    return bool(issue.where) and issue.severity != "note"


def _numbers_by_name(
    project: Project, export: str, places: set[str], table: TaskTable
) -> dict[str, int]:
    """Return the task that each of some places of an export lies in, where it lies in one."""
    found: dict[str, int] = {}
    for task in tasks_of(project.exports[export]):
        for name in places.intersection((task.id, task.title, *task.entries)):
            found.setdefault(name, table.numbers[TaskKey(export, task.id)])
    ids = project.annotations.bases[export].columns.native_ids
    for name in places - found.keys():
        ordinal = ids.row_of(name)
        number = None if ordinal is None else table.number_of(AnnotationId(export, ordinal))
        if number is not None:
            found[name] = number
    return found
