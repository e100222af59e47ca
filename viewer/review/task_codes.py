"""Which task of its export each label belongs to, over the columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Export, Project
from viewer.model.subject import MediaKey
from viewer.model.table import Columns
from viewer.model.task import Task
from viewer.review.kept import Kept
from viewer.review.label_keys import LabelKeys, Numbers

NO_TASK = -1


@dataclass(frozen=True)
class _Known:
    """Numbers of an export's tasks by their ids, and by what names their media."""

    by_id: dict[str, int]
    by_entry: dict[str, int]
    by_study: dict[str, int]

    def number_of(self, entry: str | None, study: str | None) -> int:
        found = self.by_entry.get(entry or "")
        return self.by_study.get(study or "", NO_TASK) if found is None else found


_names: Kept[Export, _Known] = Kept(4, for_views=True)
_opened: Kept[tuple[Export, Columns], Numbers] = Kept(2, for_views=True)


def tasks_of(export: Export) -> tuple[Task, ...]:
    """Return the tasks of an export; its entries and exams, where it lists none."""
    if export.tasks:
        return export.tasks
    entries = (Task(entry.id, entry.title, (entry.id,), entry.study) for entry in export.entries)
    exams = (Task(exam.study, exam.study, study=exam.study) for exam in export.exams)
    return (*entries, *exams)


def task_codes(project: Project, labels: LabelKeys) -> Numbers:
    """Return (n,) index into `tasks_of` of each label's export; NO_TASK of none.

    A label is in the task that its first placement lies in.
    """
    found = np.full(len(labels), NO_TASK, dtype=np.int64)
    codes = labels.export_codes
    for code, id in enumerate(labels.exports):
        here = codes == code
        base = project.annotations.bases.get(id)
        if base is None or not here.any():
            continue
        export = project.exports[id]
        opened = codes_of_columns(export, base.columns)
        ordinals = labels.ordinals[here]
        found[here] = opened[np.minimum(ordinals, len(opened) - 1)] if len(opened) else NO_TASK
        for place in labels.new[here[labels.new]].tolist():
            found[place] = code_of(export, project.annotations[labels.id_at(place)])
    return found


def _known(export: Export) -> _Known:
    return _names.get(export, lambda: _names_of(export))


def _names_of(export: Export) -> _Known:
    by_id, by_entry, by_study = dict[str, int](), dict[str, int](), dict[str, int]()
    for number, task in enumerate(tasks_of(export)):
        by_id.setdefault(task.id, number)
        for entry in task.entries:
            by_entry.setdefault(entry, number)
        if task.study is not None:
            by_study.setdefault(task.study, number)
    return _Known(by_id, by_entry, by_study)


def codes_of_columns(export: Export, columns: Columns) -> Numbers:
    """Return (annotations,) index into `tasks_of` of each label as opened; NO_TASK of none."""
    return _opened.get((export, columns), lambda: _of_columns(_known(export), columns))


def _of_columns(known: _Known, columns: Columns) -> Numbers:
    found = np.full(columns.count, NO_TASK, dtype=np.int64)
    owners, first = np.unique(columns.owners, return_index=True)
    width = len(columns.keys) + 1
    pairs = (columns.entries[first] + 1).astype(np.int64) * width + columns.studies[first] + 1
    met, back = np.unique(pairs, return_inverse=True)
    numbers = list[int]()
    for pair in met.tolist():
        entry, study = (columns.keys[code - 1] if code else None for code in divmod(pair, width))
        numbers.append(known.number_of(entry, study))
    found[owners] = np.array(numbers, dtype=np.int64)[back]
    found.flags.writeable = False
    return found


def code_of(export: Export, annotation: Annotation) -> int:
    """Return the index into `tasks_of` of a label that was edited or made; NO_TASK without one."""
    media = annotation.placements[0].media if len(annotation.placements) else MediaKey()
    return _known(export).number_of(media.entry, media.study)


def task_of(project: Project, id: AnnotationId) -> Task | None:
    """Return the task that a label's first placement lies in, None where its export lists none."""
    export = project.exports[id.export]
    number = code_of(export, project.annotations[id])
    return None if number == NO_TASK else tasks_of(export)[number]


def task_named(export: Export, id: str) -> Task | None:
    """Return the task of an id, None where its export lists none."""
    number = _known(export).by_id.get(id)
    return None if number is None else tasks_of(export)[number]
