"""Tasks of an export are those that it lists, with what it says of them; odd values harm none."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from viewer.formats import read_export
from viewer.model.project import Export
from viewer.review.label_keys import all_labels
from viewer.review.task_codes import task_codes

DATA = Path(__file__).parents[1] / "data"
FILES = (
    "mdai/all_modes.json",
    "mdai/videos.json",
    "labelbox/everything.json",
    "labelbox/v1.json",
    "redbrick/tasks.json",
    "encord/everything.json",
    "datagym/everything.json",
)


def only_export(path: Path) -> Export:
    (export,) = read_export(path).exports.values()
    return export


@pytest.mark.parametrize("name", FILES)
def test_each_label_belongs_to_the_task_of_its_media(name: str):
    project = read_export(DATA / name)
    (export,) = project.exports.values()
    numbers = task_codes(project, all_labels(project)).tolist()
    ids = [task.id for task in export.tasks]
    assert len(set(ids)) == len(ids)
    listed = Counter(entry for task in export.tasks for entry in task.entries)
    assert all(count == 1 for count in listed.values())
    assert set(listed) <= {entry.id for entry in export.entries}
    for id in project.annotations:
        annotation = project.annotations[id]
        if not annotation.placements:
            continue
        key = annotation.placements[0].media
        task = export.tasks[numbers[id.ordinal]]
        assert key.entry in task.entries or (key.study is not None and key.study == task.study)


def test_mdai_exams_are_tasks_with_their_number():
    tasks = {task.title: task for task in only_export(DATA / "mdai/all_modes.json").tasks}
    assert dict(tasks["Exam 1"].facts)["dataset"] == "ds"
    assert all(task.study == task.id for task in tasks.values())


def test_encord_data_units_say_their_states_branch_by_branch(tmp_path: Path):
    rows = json.loads((DATA / "encord/everything.json").read_text(encoding="utf-8"))
    rows[0] |= {
        "annotation_task_status": "QUEUED",
        "workflow_graph_node": {"uuid": "u", "title": "Review 2"},
        "priority": 0.5,
        "assigned_user_email": ["nobody"],
    }
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    first, *others = only_export(path).tasks
    assert first.status == "LABELLED"
    facts = {
        "task status": "QUEUED",
        "stage": "Review 2",
        "priority": "0.5",
        "status (second)": "LABELLED",
    }
    assert dict(first.facts) == facts
    assert len(others) == len({row["data_hash"] for row in rows}) - 1


def test_redbrick_tasks_say_stage_and_agreement():
    tasks = {task.title: task for task in only_export(DATA / "redbrick/tasks.json").tasks}
    assert tasks["study/01"].status == "COMPLETED"
    assert dict(tasks["study/01"].facts)["stage"] == "END"


@pytest.mark.parametrize(
    ("details", "performance", "status", "facts"),
    [
        ({"workflow_status": "IN_REVIEW", "priority": 5}, {}, "IN_REVIEW", {"priority": "5"}),
        (
            {"workflow_status": "DONE"},
            {"consensus_score": 0.75, "benchmark_score": 1, "skipped": True},
            "DONE",
            {
                "consensus score of reader@example.com": "0.75",
                "benchmark score of reader@example.com": "1",
                "skipped of reader@example.com": "yes",
            },
        ),
        ({"workflow_status": ["odd"], "priority": None}, {"consensus_score": {}}, "", {}),
        (["no object"], "nor this", "", {}),
    ],
)
def test_labelbox_rows_say_status_and_scores(
    tmp_path: Path, details: object, performance: object, status: str, facts: dict[str, str]
):
    text = (DATA / "labelbox/everything.ndjson").read_text(encoding="utf-8").splitlines()[0]
    row = json.loads(text)
    (project,) = row["projects"].values()
    project["project_details"] = details
    project["labels"] = project["labels"][:1]
    project["labels"][0]["performance_details"] = performance
    path = tmp_path / "rows.ndjson"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    export = only_export(path)
    as_was = only_export(DATA / "labelbox/everything.ndjson").issues
    assert {issue.code for issue in export.issues} <= {issue.code for issue in as_was}
    (task,) = export.tasks
    assert (task.status, dict(task.facts)) == (status, facts)


def test_labelbox_rows_of_the_old_export_say_what_agrees(tmp_path: Path):
    rows = json.loads((DATA / "labelbox/v1.json").read_text(encoding="utf-8"))
    rows[0] |= {
        "Agreement": 0.9,
        "Benchmark Agreement": -1,
        "Has Open Issues": 1,
        "DataRow Workflow Info": {"taskName": "Done"},
    }
    path = tmp_path / "v1.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    first = only_export(path).tasks[0]
    assert first.status == "Done"
    assert dict(first.facts) == {"agreement": "0.9", "open issues": "1"}


def test_datagym_tasks_say_their_status():
    statuses = Counter(task.status for task in only_export(DATA / "datagym/everything.json").tasks)
    assert statuses["completed"] > 0
    assert statuses["reviewed"] == 1
