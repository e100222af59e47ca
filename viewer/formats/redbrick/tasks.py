"""What RedBrick AI says of its tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from viewer.formats.redbrick.entries import holders_of, unique_ids
from viewer.formats.redbrick.records import Task
from viewer.formats.tasks import in_words, stated
from viewer.formats.values import shown_text
from viewer.model.project import Entry
from viewer.model.task import Task as ModelTask


def tasks_of(
    tasks: Sequence[Task], entries: Sequence[Entry], numbers: Sequence[Sequence[int]]
) -> tuple[ModelTask, ...]:
    """Return the tasks of an export.

    Args:
        numbers: for each task the number of the entry of each of its series.
    """
    ids = unique_ids((task.task_id, task.name) for task in tasks)
    return tuple(
        ModelTask(
            id,
            shown_text(task.name) or id,
            tuple(entries[number].id for number in mine),
            status=in_words(task.status),
            facts=tuple(stated(_facts(task))),
        )
        for id, task, mine in zip(ids, tasks, numbers, strict=True)
    )


def _facts(task: Task) -> Iterator[tuple[str, str]]:
    yield "stage", in_words(task.current_stage_name)
    yield "priority", in_words(task.priority)
    yield "consensus score", in_words(task.consensus_score)
    for holder, author in holders_of(task):
        for score in holder.scores or ():
            user = shown_text(score.secondary_user or score.secondary_user_email) or "another"
            yield f"agreement of {author} and {user}", in_words(score.score)
