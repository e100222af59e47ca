"""Odd files: what is missing, empty or damaged still takes the edits it can."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from viewer.errors import CannotWrite
from viewer.formats import read_export, record_fields, write_export
from viewer.formats.style import Style, style_of
from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Box, Point, Polygon
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey

Json = Any
LABELS = [
    {"id": "L_b", "name": "b", "annotationMode": "bbox", "scope": "STUDY"},
    {"id": "L_p", "name": "p", "annotationMode": "polygon", "scope": "STUDY"},
    {"id": "L_m", "name": "m", "annotationMode": "mask", "scope": "STUDY"},
]
FIRST = AnnotationId("1", 0)


def opened(datasets: Json, folder: Path, spoil: str = "") -> Project:
    tree = {"labelGroups": [{"id": "G", "labels": LABELS}], "datasets": datasets}
    path = folder / "in.json"
    path.write_text(json.dumps(tree).replace('"@"', spoil) if spoil else json.dumps(tree))
    return read_export(path)


def saved(project: Project, current: Project, folder: Path) -> Json:
    write_export(project, current, "1", folder / "out.json")
    return json.loads((folder / "out.json").read_bytes())["datasets"]


def new(class_id: str, study: str = "7", shape: Json = None) -> Annotation:
    id = AnnotationId("1", 0, new=True)
    return Annotation(id, "", class_id, "", (Placement(MediaKey(study), shape=shape),))


@pytest.mark.parametrize(
    "dataset",
    [{"annotations": None}, {}, {"id": "D"}, {"studies": 3, "annotations": {}}],
)
def test_a_dataset_without_a_list_gets_one(dataset: Json, tmp_path: Path):
    project = opened([dataset], tmp_path)
    (box,) = saved(project, project.with_annotation(new("L_m", shape=MASK)), tmp_path)
    (row,) = box["annotations"]
    assert row["StudyInstanceUID"] == "7"
    assert {tuple(point) for ring in row["data"]["foreground"] for point in ring} == {
        (1, 1),
        (2, 1),
    }
    assert row["data"]["background"] == []


MASK = Mask(1, 1, 2, 1, [0, 2])  # pyright: ignore[reportArgumentType]


def test_the_forgiving_way_finds_the_same_places(tmp_path: Path):
    project = opened([3, {"annotations": None, "studies": []}, {"k": "@"}], tmp_path, "NaN")
    current = project.with_annotation(new("L_b", shape=Box(1, 2, 3, 4)))
    write_export(project, current, "1", tmp_path / "out.json")
    again = read_export(tmp_path / "out.json")
    assert again.annotations[FIRST].placements[0].shape == Box(1, 2, 3, 4)
    empty = project.with_annotation(msgspec.structs.replace(new("L_b"), placements=()))
    with pytest.raises(CannotWrite, match="exactly one"):
        write_export(project, empty, "1", tmp_path / "out.json")


def test_a_row_follows_the_records_of_its_study(tmp_path: Path):
    row = {"id": "A", "labelId": "L_b", "data": None, "StudyInstanceUID": "7"}
    project = opened([{"annotations": []}, {"annotations": [row]}], tmp_path)
    boxes = saved(project, project.with_annotation(new("L_b")), tmp_path)
    assert [len(box["annotations"]) for box in boxes] == [0, 2]


@pytest.mark.parametrize("data", [None, {"x": 1}, {"vertices": []}, {"vertices": {}}])
def test_a_shape_replaces_data_of_another_form(data: Json, tmp_path: Path):
    row = {"id": "A", "labelId": "L_p", "data": data, "StudyInstanceUID": "7"}
    project = opened([{"annotations": [row]}], tmp_path)
    one = project.annotations[FIRST]
    current = project.with_annotation(one.with_shape(0, Polygon([(1, 2), (3, 4)])))
    if one.locked_reason:
        with pytest.raises(CannotWrite, match="cannot be edited"):
            saved(project, current, tmp_path)
    else:
        (box,) = saved(project, current, tmp_path)
        assert box["annotations"][0]["data"] == {"vertices": [[1, 2], [3, 4]]}


def test_a_verified_negative_box_gets_numbers_and_a_record_without_data_cannot(tmp_path: Path):
    row = {"id": "A", "labelId": "L_b", "data": None, "StudyInstanceUID": "7"}
    project = opened([{"annotations": [row, {**row, "id": "B"}]}], tmp_path)
    one = project.annotations[FIRST]
    (box,) = saved(project, project.with_annotation(one.with_shape(0, Box(1, 2, 3, 4))), tmp_path)
    assert box["annotations"][0]["data"] == {"x": 1, "y": 2, "width": 3, "height": 4}
    del row["data"]
    project = opened([{"annotations": [row]}], tmp_path)
    current = project.with_annotation(project.annotations[FIRST].with_shape(0, Box(1, 2, 3, 4)))
    with pytest.raises(CannotWrite, match="no data to change"):
        saved(project, current, tmp_path)


def test_a_note_of_null_is_not_put_in(tmp_path: Path):
    row = {"id": "A", "labelId": "L_b", "parentId": "B", "StudyInstanceUID": "7"}
    project = opened([{"annotations": [row, {"id": "B", "labelId": "L_b"}]}], tmp_path)
    current = project.with_annotation(
        msgspec.structs.replace(project.annotations[FIRST], parent=None)
    )
    (box,) = saved(project, current, tmp_path)
    assert box["annotations"][0] == {**row, "parentId": None}


def test_damaged_records_show_what_is_whole_and_take_no_edits(tmp_path: Path):
    row = {"id": "A", "labelId": "L_b", "note": "n", "k": "@"}
    project = opened([{"annotations": [row, [1]]}], tmp_path, '"a\tb"')
    assert record_fields(project, FIRST)[3] == ("k", "a\tb")
    (field,) = record_fields(project, AnnotationId("1", 1))
    assert "an object was expected" in field[1]
    other = project.annotations[AnnotationId("1", 1)]
    with pytest.raises(CannotWrite, match="cannot be edited"):
        saved(project, project.with_annotation(msgspec.structs.replace(other, note="x")), tmp_path)


def test_lone_surrogates_are_written_as_escapes():
    assert Style().text("\ud800é") == b'"\\ud800\\u00e9"'
    assert Style(is_ascii=True).text("é") == b'"\\u00e9"'


@pytest.mark.parametrize(
    ("text", "style"),
    [
        (b"{}", Style()),
        (b'{"a":1', Style()),
        (b'{"a" : 1 , "b":2}', Style(comma=b" , ", colon=b" : ")),
        (b'{\n "a": "\\u00e9"}', Style(b"\n", b" ", b",", b": ", True)),
        (b'{"a": /* x */ 1, "b": 2}', Style(comma=b", ", colon=b":")),
    ],
)
def test_the_style_is_seen_from_the_first_members(text: bytes, style: Style):
    assert style_of(text) == style


def test_numbers_of_exams_that_are_none_are_left_out(tmp_path: Path):
    project = opened(
        [{"studies": [{"StudyInstanceUID": "1", "number": "x"}, {"number": 3}]}], tmp_path
    )
    assert [exam.number for exam in project.exports["1"].exams] == [None]


def test_a_point_is_no_box(tmp_path: Path):
    project = opened([{"annotations": []}], tmp_path)
    with pytest.raises(CannotWrite, match="its point does not fit"):
        saved(project, project.with_annotation(new("L_b", shape=Point(1, 2))), tmp_path)
