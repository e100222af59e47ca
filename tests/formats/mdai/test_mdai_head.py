"""Labels, exams and datasets of MD.ai exports: nothing of them is lost without a word."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from mdai_trees import Json, read, tree_of

from viewer.formats import write_export
from viewer.geometry.shapes import Point
from viewer.model.annotation import AnnotationId
from viewer.model.project import Export, Project

ROW = {"labelId": "L_location", "data": {"x": 1, "y": 2}}
LABEL = {
    "id": "L_x",
    "parentId": "L_bbox",
    "name": "X",
    "shortName": "x",
    "description": "d",
    "color": "#00ff00",
    "type": "LOCAL",
    "scope": "INSTANCE",
    "annotationMode": "bbox",
}
STUDY = {"StudyInstanceUID": "1.2", "number": 7, "findings": "clear"}
WRONG: tuple[Json, ...] = (True, [1], {"a": 1})


def whole_tree() -> Json:
    tree = tree_of(ROW, id="P", name="p", users=[{"id": "U_1", "name": "Ada"}])
    tree["labelGroups"][0]["labels"].append(dict(LABEL))
    tree["datasets"][0]["studies"].append(dict(STUDY))
    return tree


HOLDERS = {
    "": (),
    "labelGroups": ("labelGroups", 0),
    "labels": ("labelGroups", 0, "labels", 7),
    "datasets": ("datasets", 0),
    "studies": ("datasets", 0, "studies", 0),
    "users": ("users", 0),
}
KEYS = [
    ("", "name"),
    ("", "id"),
    ("labelGroups", "name"),
    *(("labels", key) for key in LABEL),
    ("datasets", "id"),
    ("datasets", "name"),
    *(("studies", key) for key in STUDY),
    ("users", "id"),
    ("users", "name"),
]


def holder_in(tree: Json, of: str) -> Json:
    for step in HOLDERS[of]:
        tree = tree[step]
    return tree


def export_of(project: Project) -> Export:
    return project.exports["1"]


def head_of(export: Export) -> str:
    return repr((export.ontology, export.exams, export.authors, export.facts))


@pytest.mark.parametrize(("of", "key"), KEYS)
@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_value_of_another_type_is_told_in_one_sentence_and_all_else_is_kept(
    of: str, key: str, wrong: Json, tmp_path: Path
):
    good = whole_tree()
    absent, spoiled = copy.deepcopy(good), copy.deepcopy(good)
    del holder_in(absent, of)[key]
    holder_in(spoiled, of)[key] = wrong
    expected, project = read(absent, tmp_path, "a.json"), read(spoiled, tmp_path)
    one, other = export_of(project), export_of(expected)
    assert head_of(one) == head_of(other)
    told = [issue for issue in one.issues if issue.code == "wrong-type"]
    assert [f"The key {key!r} of" in issue.sentence for issue in told] == [True]
    assert json.dumps(wrong) in told[0].sentence
    assert [issue for issue in one.issues if issue not in told] == list(other.issues)
    assert project.annotations[AnnotationId("1", 0)].placements[0].shape == Point(1, 2)


@pytest.mark.parametrize(("of", "key"), KEYS)
def test_bytes_of_a_wrong_value_stay_as_they_are_when_a_label_is_edited(
    of: str, key: str, tmp_path: Path
):
    tree = whole_tree()
    holder_in(tree, of)[key] = ["@"]
    text = json.dumps(tree).replace('["@"]', '[ 1.10,"\\u00e9" ]')
    project = read(text.encode(), tmp_path)
    write_export(project, project, "1", tmp_path / "same.json")
    assert (tmp_path / "same.json").read_text() == text
    one = project.annotations[AnnotationId("1", 0)]
    moved = project.with_annotation(one.with_shape(0, Point(5, 2)))
    write_export(project, moved, "1", tmp_path / "moved.json")
    assert (tmp_path / "moved.json").read_text() == text.replace('"x": 1,', '"x": 5,')


def test_the_same_wrong_type_many_times_is_one_sentence_with_the_count(tmp_path: Path):
    tree = whole_tree()
    for label in tree["labelGroups"][0]["labels"]:
        label["name"] = 5
    (issue,) = export_of(read(tree, tmp_path)).issues
    assert "The key 'name' of 8 entries of 'labels' holds no text (the first is 5" in issue.sentence


@pytest.mark.parametrize(
    ("of", "key", "value", "words"),
    [
        ("labels", "color", "red", "1 entry of unknown 'color' ('red'): another colour is shown"),
        ("labels", "scope", "WORLD", "unknown 'scope' ('WORLD'): the scope is left open"),
        ("studies", "number", "x", "unknown 'number' ('x'): no number is shown"),
        ("studies", "number", 1.5, "unknown 'number' (1.5)"),
        ("studies", "number", 10**30, "unknown 'number'"),
        ("labels", "annotationMode", "cube", "1 label has the mode 'cube', which is not known"),
        ("labels", "id", "", "1 entry has no 'id', so that no annotation can have it"),
        ("labels", "id", None, "1 entry has no 'id', so that no annotation can have it"),
        ("studies", "StudyInstanceUID", None, "1 entry has no 'StudyInstanceUID', so that it is"),
    ],
)
def test_what_has_no_meaning_here_is_told(
    of: str, key: str, value: Json, words: str, tmp_path: Path
):
    tree = whole_tree()
    holder_in(tree, of)[key] = value
    (issue,) = export_of(read(tree, tmp_path)).issues
    assert words in issue.sentence


def test_a_label_without_id_takes_no_annotation_that_names_none(tmp_path: Path):
    tree = whole_tree()
    tree["datasets"][0]["annotations"].append({"id": "A", "data": {"x": 1, "y": 2}})
    tree["labelGroups"][0]["labels"].append({"name": "no id", "annotationMode": "location"})
    project = read(tree, tmp_path)
    assert project.annotations[AnnotationId("1", 1)].locked_reason == "it has no labelId"


def test_an_entry_that_is_no_object_makes_no_label_and_no_exam(tmp_path: Path):
    tree = whole_tree()
    expected = export_of(read(tree, tmp_path, "a.json"))
    tree["labelGroups"][0]["labels"].append("x")
    tree["datasets"][0]["studies"].append(3)
    export = export_of(read(tree, tmp_path))
    assert head_of(export) == head_of(expected)
    assert {issue.code for issue in export.issues} == {"no-object"}


def test_a_label_without_a_name_is_shown_by_its_id(tmp_path: Path):
    tree = whole_tree()
    del holder_in(tree, "labels")["name"]
    assert export_of(read(tree, tmp_path)).ontology.by_id["L_x"].name == "L_x"


def test_labels_of_one_id_are_told_in_one_sentence(tmp_path: Path):
    tree = tree_of()
    tree["labelGroups"] *= 2
    (issue,) = export_of(read(tree, tmp_path)).issues
    assert issue.code == "duplicate-label-id"
    assert issue.sentence.startswith("7 label ids stand more than once in labelGroups (L_bbox, ")
