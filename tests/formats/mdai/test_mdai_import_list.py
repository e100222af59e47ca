"""The lists that MD.ai's library imports: what is in them, and what is said of what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from format_cases import DATA

from viewer.formats import read_export
from viewer.formats.products import product_named, write_product
from viewer.geometry.shapes import Box, Shape
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey

Json = Any
FILE = DATA / "mdai" / "videos.json"
DICOM = MediaKey("1.2.3.1", "1.2.3.1.1", "1.2.3.1.1.1")


@pytest.fixture
def project() -> Project:
    return read_export(FILE)


def rows_of(
    project: Project, folder: Path, name: str = "import"
) -> tuple[list[Json], tuple[str, ...]]:
    product = product_named(project.exports["1"], name)
    report = write_product(project, "1", product, folder / "rows.json")
    rows = json.loads((folder / "rows.json").read_bytes())
    assert report.count == len(rows)
    return rows, report.notes


def label(project: Project, number: int) -> Annotation:
    return project.annotations[AnnotationId("1", number)]


def new(class_id: str, media: MediaKey, shape: Shape | None = None, **more: Json) -> Annotation:
    id = AnnotationId("1", more.pop("number", 0), new=True)
    placement = Placement(media, index=media.frame, shape=shape, size=(11, 9))
    return Annotation(id, "", class_id, "", (placement,), created="2026-01-01", **more)


def test_without_a_change_the_list_is_empty_and_says_so(project: Project, tmp_path: Path):
    rows, notes = rows_of(project, tmp_path)
    assert rows == []
    assert notes == ("Nothing is new or changed, so the list is empty.",)


def test_new_rows_have_the_uid_that_their_scope_needs_and_no_other(
    project: Project, tmp_path: Path
):
    video = MediaKey(entry="1.2.3.2.7", frame=12)
    many = MediaKey(entry="1.2.3.1.1.2", frame=3)
    made = [
        new("L_box", DICOM, Box(1, 2.5, 3, 4)),
        new("L_mask", DICOM, label(project, 5).placements[0].flat),
        new("L_mask", DICOM, None, note="none seen"),
        new("L_beat", video),
        new("L_box", many, Box(1, 2, 3, 4), group="AG_9"),
        new("L_series", MediaKey("1.2.3.1", "1.2.3.1.1")),
        new("L_exam", MediaKey("1.2.3.1"), note="done"),
    ]
    for number, one in enumerate(made):
        id = AnnotationId("1", number, new=True)
        project = project.with_annotation(msgspec.structs.replace(one, id=id))
    rows, notes = rows_of(project, tmp_path)
    image, data = {"SOPInstanceUID": "1.2.3.1.1.1"}, {"x": 1, "y": 2.5, "width": 3, "height": 4}
    assert rows[0] == {"labelId": "L_box", **image, "data": data}
    assert set(rows[1]["data"]) == {"foreground", "background"}
    empty = {"foreground": [], "background": []}
    assert rows[2] == {"labelId": "L_mask", **image, "data": empty, "note": "none seen"}
    assert rows[3] == {
        "labelId": "L_beat", "StudyInstanceUID": "1.2.3.2", "SeriesInstanceUID": "1.2.3.2.7",
        "frameNumber": 12,
    }  # fmt: skip
    assert rows[4] == {
        "labelId": "L_box", "SOPInstanceUID": "1.2.3.1.1.2", "frameNumber": 3,
        "data": {"x": 1, "y": 2, "width": 3, "height": 4}, "groupId": "AG_9",
    }  # fmt: skip
    assert rows[5] == {"labelId": "L_series", "SeriesInstanceUID": "1.2.3.1.1"}
    assert rows[6] == {"labelId": "L_exam", "StudyInstanceUID": "1.2.3.1", "note": "done"}
    assert notes == ("Importing the list twice makes every label of it twice.",)


def test_changed_labels_come_as_new_ones_and_deleted_ones_stay_which_is_said(
    project: Project, tmp_path: Path
):
    moved = label(project, 4).with_shape(0, Box(7, 7, 1, 1))
    project = project.with_annotation(moved).without_annotations([AnnotationId("1", 0)])
    stamped = msgspec.structs.replace(label(project, 2), updated="2030-01-01T00:00:00Z")
    rows, notes = rows_of(project.with_annotation(stamped), tmp_path)
    assert [row["data"] for row in rows] == [{"x": 7, "y": 7, "width": 1, "height": 1}]
    assert "1 changed label (A_5) will be added" in notes[0]
    assert "1 deleted label (A_1) will stay" in notes[1]


def test_what_a_list_cannot_hold_is_left_out_with_the_reason(project: Project, tmp_path: Path):
    lost = new("L_box", MediaKey("1.2.3.1"), Box(1, 2, 3, 4))
    shapeless = new("L_box", DICOM, number=1)
    strange = new("L_gone", DICOM, Box(1, 2, 3, 4), number=2)
    for one in (lost, shapeless, strange):
        project = project.with_annotation(one)
    rows, notes = rows_of(project, tmp_path)
    assert rows == []
    assert [note for note in notes if note.startswith("Not in it: 1 label (new)")] == list(notes)
    assert "no SOPInstanceUID" in notes[0]
    assert "no box though" in notes[1]
    assert "label groups" in notes[2]


def test_a_parent_that_mdai_has_is_named_and_one_that_it_has_not_is_told(
    project: Project, tmp_path: Path
):
    parent = new("L_box", DICOM, Box(1, 2, 3, 4))
    one = new("L_beat", DICOM, number=1, parent=AnnotationId("1", 4))
    other = new("L_beat", DICOM, number=2, parent=parent.id)
    for each in (parent, one, other):
        project = project.with_annotation(each)
    rows, notes = rows_of(project, tmp_path)
    assert [row.get("parentId") for row in rows] == [None, "A_5", None]
    assert any("1 label (new) will be without a parent" in note for note in notes)


def test_all_labels_and_a_models_outputs_can_be_listed_too(project: Project, tmp_path: Path):
    rows, _ = rows_of(project, tmp_path, "import-all")
    tree = json.loads(FILE.read_bytes())["datasets"][0]["annotations"]
    assert [row["labelId"] for row in rows] == [row["labelId"] for row in tree]
    assert [row.get("frameNumber") for row in rows] == [row.get("frameNumber") for row in tree]
    outputs = read_export(DATA / "mdai" / "model_outputs.json")
    rows, notes = rows_of(outputs, tmp_path, "import-all")
    assert len(rows) == 6
    assert rows[1]["data"]["background"] == []
    assert any("1 label (O_5): it is on several frames" in note for note in notes)
