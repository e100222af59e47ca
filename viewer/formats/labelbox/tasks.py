"""Data rows as tasks, with what projects and labels say of the work on them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from viewer.formats.labelbox.records import EMPTY, Label, Row
from viewer.formats.tasks import in_words, object_of, plain, stated
from viewer.formats.values import shown_text
from viewer.model.project import Entry
from viewer.model.task import Task

_OF_PROJECT = {"workflow_status": "status", "priority": "priority", "batch_name": "batch"}
_OF_LABEL = {
    "consensus_score": "consensus score",
    "benchmark_score": "benchmark score",
    "skipped": "skipped",
}
_STATUS = "status"
_NONE = ("no", "0", "-1")  # of the export before v2: nothing to agree with, no issue


def task_of(row: Row, entry: Entry) -> Task:
    """Return the task of one row; its status is that in the first project that says one."""
    facts = tuple(stated(_v1_facts(row) if row.is_v1 else _facts(row)))
    status = next((value for name, value in facts if name == _STATUS), "")
    others = tuple(fact for fact in facts if fact != (_STATUS, status))
    return Task(entry.id, entry.title, (entry.id,), status=status, facts=others)


def joined(first: Task, second: Task) -> Task:
    """Return what two rows say of one data row."""
    facts = tuple(dict.fromkeys((*first.facts, *second.facts)))
    return msgspec.structs.replace(first, status=first.status or second.status, facts=facts)


def _facts(row: Row) -> Iterator[tuple[str, str]]:
    several = len(row.projects) > 1
    for id, project in row.projects.items():
        said = object_of(project.details) if project.details is not EMPTY else {}
        where = f" ({shown_text(project.name or project.project_name) or id})" if several else ""
        for key, name in _OF_PROJECT.items():
            yield name + (where if name != _STATUS else ""), in_words(said.get(key))
        for label in project.labels:
            yield from _performance(label, where)


def _performance(label: Label, where: str) -> Iterator[tuple[str, str]]:
    if label.performance is EMPTY:
        return
    said = object_of(label.performance)
    details = label.label_details
    who = shown_text(details.created_by) if details else ""
    for key, name in _OF_LABEL.items():
        value = said.get(key)
        if value is not False:
            yield f"{name}{f' of {who}' if who else ''}{where}", in_words(value)


def _v1_facts(row: Row) -> Iterator[tuple[str, str]]:
    flow = object_of(row.v1_workflow) if row.v1_workflow is not EMPTY else {}
    yield _STATUS, next((text for value in flow.values() if (text := in_words(value))), "")
    for name, raw in (
        ("agreement", row.v1_agreement),
        ("benchmark agreement", row.v1_benchmark),
        ("open issues", row.v1_open_issues),
        ("skipped", row.v1_skipped),
    ):
        value = plain(raw) if raw is not EMPTY else ""
        yield name, "" if value in _NONE else value
