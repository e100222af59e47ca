"""What is counted of tasks is what a count of their labels one by one gives."""

from __future__ import annotations

from dataclasses import replace

import msgspec
from bound import drawn, pictures, project_of, scan

from viewer.errors import Issue
from viewer.model.annotation import AnnotationId
from viewer.model.project import Entry, Project
from viewer.model.task import Task, TaskKey
from viewer.model.verdict import Verdict
from viewer.review.matching import match
from viewer.review.task_table import TaskTable, task_table

ENTRIES = (
    Entry("ct", "chest", series="1.2.3.4"),
    Entry("photo", "B", ("b.png",)),
    Entry("lost", "nobody", ("lost.png",)),
)
TASKS = (
    Task("one", "chest", ("ct",), status="DONE", facts=(("stage", "Review"),)),
    Task("two", "both", ("photo", "lost"), facts=(("score", "0.5"),)),
    Task("three", "nothing"),
)
PLACED = [drawn("ct", frame=3), drawn("lost"), drawn("photo"), drawn("ct", frame=5), drawn("lost")]


def project() -> Project:
    found = project_of(ENTRIES, PLACED)
    issues = (
        Issue("warning", "odd", "A sentence.", "A2"),
        Issue("warning", "odd", "A sentence.", "lost"),
        Issue("note", "taken", "A sentence.", "A0"),
        Issue("error", "odd", "A sentence.", "elsewhere"),
    )
    export = replace(found.exports["1"], tasks=TASKS, issues=issues)
    return replace(found, exports={"1": export})


def table_of(found: Project) -> TaskTable:
    return task_table(found, match(found, [scan(), pictures(["a.png", "b.png"])]))


def labels_of(table: TaskTable) -> list[list[int]]:
    return [[id.ordinal for id in table.labels_of(number, 9)] for number in range(len(table))]


def test_labels_are_counted_with_their_task_and_those_without_a_picture_too():
    table = table_of(project())
    assert [key.task for key in table.keys] == ["one", "two", "three"]
    assert labels_of(table) == [[0, 3], [1, 2, 4], []]
    assert table.labels.tolist() == [2, 3, 0]
    assert table.unplaced.tolist() == [0, 2, 0]
    assert table.names == ("stage", "score")


def test_problems_are_counted_where_they_name_a_task_its_media_or_a_label():
    assert table_of(project()).issues.tolist() == [0, 2, 0]


def test_edits_are_counted_deleted_labels_are_not():
    found = project()
    found = found.without_annotations([AnnotationId("1", 1)])
    made = AnnotationId("1", 0, new=True)
    label = msgspec.structs.replace(found.annotations[AnnotationId("1", 2)], id=made)
    table = table_of(found.with_annotation(label))
    assert labels_of(table) == [[0, 3], [2, 4, 0], []]
    assert table.labels.tolist() == [2, 3, 0]
    assert table.number_of(made) == 1
    assert table.number_of(AnnotationId("1", 1)) is None


def test_verdicts_on_labels_are_counted_with_their_task_and_those_on_tasks_are_none_of_them():
    found = project()
    said = {
        AnnotationId("1", 0): "accepted",
        AnnotationId("1", 3): "rejected",
        AnnotationId("1", 4): "accepted",
        TaskKey("1", "three"): "needs_change",
        TaskKey("1", "unknown"): "accepted",
    }
    for target, judgement in said.items():
        found = found.with_verdicts([(target, Verdict(judgement))])
    judged = table_of(found).judged(found.verdicts)
    counts = {judgement: each.tolist() for judgement, each in judged.items()}
    assert counts == {"accepted": [1, 1, 0], "rejected": [1, 0, 0], "needs_change": [0, 0, 0]}


def test_no_task_is_no_table():
    empty = Project()
    assert len(task_table(empty, match(empty, []))) == 0
