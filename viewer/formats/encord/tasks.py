"""Data units as tasks; each branch of one has a label row with states of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from viewer.formats.encord.entries import Holder
from viewer.formats.encord.records import Row
from viewer.formats.tasks import in_words, object_of, plain, stated
from viewer.formats.values import shown_text
from viewer.model.task import Task


def tasks_of(rows: Sequence[Row], holders: Sequence[Holder]) -> tuple[Task, ...]:
    """Return a task for each data unit, whose status is that of its first row."""
    entries: dict[int, dict[str, None]] = {}
    for holder in holders:
        entries.setdefault(holder.row, {})[holder.entry.id] = None
    found: dict[str, Task] = {}
    for number, row in enumerate(rows):
        id = shown_text(row.data_hash or row.label_hash) or f"row {number + 1}"
        mine = tuple(entries.get(number, ()))
        known = found.get(id)
        if known is None:
            title = shown_text(row.data_title) or id
            status = plain(row.label_status)
            found[id] = Task(id, title, mine, status=status, facts=tuple(stated(_facts(row))))
        else:
            found[id] = msgspec.structs.replace(
                known,
                entries=tuple(dict.fromkeys((*known.entries, *mine))),
                facts=(*known.facts, *stated(_facts_of_branch(row))),
            )
    return tuple(found.values())


def _facts(row: Row) -> Iterator[tuple[str, str]]:
    yield "task status", plain(row.annotation_task_status)
    yield "stage", in_words(object_of(row.workflow_graph_node).get("title"))
    yield "assigned to", plain(row.assigned_user_email)
    yield "priority", plain(row.priority)


def _facts_of_branch(row: Row) -> Iterator[tuple[str, str]]:
    branch = shown_text(row.branch_name) or "another row"
    for name, value in (("status", plain(row.label_status)), *_facts(row)):
        yield f"{name} ({branch})", value
