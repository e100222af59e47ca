"""Where an MD.ai export should hold a list or an object and holds something else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from viewer.errors import Issue
from viewer.formats import read_export, write_export

Json = Any
EXPORT = Path(__file__).parents[2] / "data" / "mdai" / "all_modes.json"
KEYS = {
    "datasets": ("datasets",),
    "labelGroups": ("labelGroups",),
    "users": ("users",),
    "annotations": ("datasets", 0, "annotations"),
    "studies": ("datasets", 0, "studies"),
    "labels": ("labelGroups", 0, "labels"),
}
CARRY_ANNOTATIONS = {"datasets", "annotations"}


def issues_with(place: tuple[str | int, ...], value: Json, folder: Path) -> Mapping[str, Issue]:
    """Put a value into the export, check that it is saved as it is, and return its issues."""
    tree = json.loads(EXPORT.read_text(encoding="utf-8"))
    inner = tree
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    file = folder / "wrong.json"
    file.write_text(json.dumps(tree), encoding="utf-8")
    project = read_export(file)
    write_export(project, project, "1", folder / "saved.json")
    assert (folder / "saved.json").read_bytes() == file.read_bytes()
    return {issue.code: issue for issue in project.exports["1"].issues}


@pytest.mark.parametrize("value", [None, "x", 3, {"0": []}, True])
@pytest.mark.parametrize("key", list(KEYS))
def test_a_key_that_should_hold_a_list_and_does_not_is_said(
    key: str, value: Json, tmp_path: Path
) -> None:
    issue = issues_with(KEYS[key], value, tmp_path)["no-list"]
    assert repr(key) in issue.sentence
    assert "null" in issue.sentence if value is None else "holds no list" in issue.sentence
    loses = key in CARRY_ANNOTATIONS
    assert issue.severity == ("note" if value is None else "error" if loses else "warning")


@pytest.mark.parametrize("key", [key for key in KEYS if key != "annotations"])
def test_entries_that_should_be_objects_and_are_not_are_counted(key: str, tmp_path: Path) -> None:
    one = issues_with(KEYS[key], ["x"], tmp_path)["no-object"]
    three = issues_with(KEYS[key], [{}, None, 1, []], tmp_path)["no-object"]
    assert one.sentence.startswith(f"1 entry of {key!r} is no object")
    assert three.sentence.startswith(f"3 entries of {key!r} are no objects")
    assert one.severity == ("error" if key == "datasets" else "warning")


def test_an_export_whose_annotations_cannot_be_found_is_no_whole_one(tmp_path: Path) -> None:
    assert "no-list" not in issues_with(KEYS["annotations"], [], tmp_path)
    assert issues_with(KEYS["annotations"], {}, tmp_path)["no-list"].severity == "error"
