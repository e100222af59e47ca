"""Exams as tasks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from viewer.formats.tasks import stated
from viewer.model.project import Entry, Exam
from viewer.model.table import Columns
from viewer.model.task import Task


def tasks_of(exams: Sequence[Exam], entries: Sequence[Entry], columns: Columns) -> tuple[Task, ...]:
    """Return a task for each exam that is listed, then for studies that labels alone name."""
    of_study: dict[str, list[str]] = {}
    for entry in entries:
        of_study.setdefault(entry.study or "", []).append(entry.id)
    found: dict[str, Task] = {}
    for exam in exams:
        title = exam.study if exam.number is None else f"Exam {exam.number}"
        facts = tuple(stated([("dataset", exam.dataset), ("note", exam.note)]))
        mine = tuple(of_study.get(exam.study, ()))
        found.setdefault(exam.study, Task(exam.study, title, mine, exam.study, facts=facts))
    for code in np.unique(columns.studies[columns.studies >= 0]).tolist():
        study = columns.keys[code]
        found.setdefault(study, Task(study, study, tuple(of_study.get(study, ())), study))
    return tuple(found.values())
