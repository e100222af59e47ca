"""What MD.ai exports hold, mode by mode."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mdai_trees import DATA, Json, only, read, tree_of

from viewer.formats import read_export, record_bytes, record_fields
from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline
from viewer.model.annotation import AnnotationId
from viewer.model.project import Export, Project
from viewer.model.table import KINDS


@pytest.fixture(scope="module")
def project() -> Project:
    return read_export(DATA / "all_modes.json")


@pytest.fixture(scope="module")
def export(project: Project) -> Export:
    return project.exports["1"]


def shape_at(project: Project, ordinal: int) -> Json:
    return project.annotations[AnnotationId("1", ordinal)].placements[0].shape


def test_every_record_is_read_as_expected(project: Project):
    found = []
    for id in project.annotations:
        one = project.annotations[id]
        shape, media = one.placements[0].shape, one.placements[0].media
        kind = type(shape).__name__ if shape else None
        parent = one.parent.ordinal if one.parent else None
        row = [one.native_id, one.class_id, kind, one.author, media.scope, media.frame, parent]
        found.append([*row, one.locked_reason])
    assert found == json.loads((DATA / "expected.json").read_text("utf-8"))


def test_columns_say_what_the_decoded_records_say(project: Project):
    columns = project.annotations.bases["1"].columns
    for row, id in enumerate(project.annotations):
        one = project.annotations[id]
        placement = one.placements[0]
        assert columns.native_ids[row] == one.native_id
        assert columns.classes[columns.class_codes[row]] == one.class_id
        for codes, value in (
            (columns.studies, placement.media.study),
            (columns.series, placement.media.series),
            (columns.instances, placement.media.instance),
        ):
            assert (columns.keys[int(codes[row])] if codes[row] >= 0 else None) == value
        size = (columns.widths[row], columns.heights[row])
        assert size == (placement.size or (-1, -1))
        if one.locked_reason is None:
            shape = placement.shape
            kinds = {None: "none", Box: "box", Point: "point", Ellipse: "ellipse", Mask: "mask"}
            kinds |= {Polygon: "polygon", Polyline: "polyline"}
            assert KINDS[columns.kinds[row]] == kinds[type(shape) if shape else None]
        origin = placement.origins[0]
        assert (origin.start, origin.end) == (columns.starts[row], columns.ends[row])


def test_shapes_are_the_numbers_of_the_file(project: Project):
    assert shape_at(project, 0) == Box(11.0, 20.25, 30, 40)
    assert shape_at(project, 1).vertices.tolist() == [[50, 50], [80, 52], [75, 90]]
    assert shape_at(project, 2).vertices.tolist() == [[100.4, 10.6], [140, 12], [130, 60]]
    assert isinstance(shape_at(project, 3), Polyline)
    assert shape_at(project, 4) == Point(120, 100)
    assert shape_at(project, 8) == Ellipse(80, 60, 20, 10)


def test_mask_rings_are_pixel_indices_filled_with_their_border(project: Project):
    mask = shape_at(project, 5)
    assert (mask.x, mask.y, mask.width, mask.height) == (20, 20, 41, 41)
    assert int(mask.runs[1::2].sum()) == 41 * 41 - 21 * 21


def test_a_mask_may_be_a_grid_of_rows(project: Project):
    mask = shape_at(project, 6)
    assert (mask.x, mask.y, mask.width, mask.height) == (1, 1, 2, 2)
    assert mask.runs.tolist() == [0, 3, 1]


def test_empty_geometry_is_a_verified_negative(project: Project):
    for row in (7, 13):
        one = project.annotations[AnnotationId("1", row)]
        assert one.placements[0].shape is None
        assert one.locked_reason is None
        assert project.annotations.bases["1"].columns.kinds[row] == KINDS.index("none")


def test_labels_keep_their_group_mode_scope_and_parent(export: Export):
    by_id = export.ontology.by_id
    assert by_id["L_bbox"].title == "Reader A / Bbox"
    assert by_id["L_bbox2"].title == "Reader B / Bbox"
    assert by_id["L_child"].parent == "L_bbox"
    assert by_id["L_cube"].kind is None
    assert by_id["L_cube"].mode == "cuboid"
    assert [by_id[f"L_{name}"].scope for name in ("img", "ser", "exam")] == [
        "instance",
        "series",
        "study",
    ]


def test_exams_keep_dataset_number_and_findings(export: Export):
    assert [(exam.study, exam.dataset, exam.number, exam.note) for exam in export.exams] == [
        ("1.2.3.1", "ds", 1, "nodule"),
        ("1.2.3.2", "ds", 2, ""),
        ("1.2.3.3", "empty", 3, ""),
        ("1.2.3.4", "bare", 4, ""),
    ]
    assert "9.9.9" not in {exam.study for exam in export.exams}


def test_facts_and_users_are_those_of_the_head(export: Export):
    assert ("project", "Comp\u006fsed / x") in export.facts
    assert export.authors == {"U_1": "Ada L."}


def test_the_record_tab_shows_every_key_and_the_raw_bytes(project: Project):
    id = AnnotationId("1", 16)
    raw = json.loads(record_bytes(project, id))
    fields = record_fields(project, id)
    assert [name for name, _ in fields] == list(raw)
    assert dict(fields)["labelId"] == "L_bbox2"
    assert '"deep":null' in dict(fields)["updateHistory"]
    assert record_bytes(project, AnnotationId("1", 0, new=True)) == b""
    assert record_fields(project, AnnotationId("1", 0, new=True)) == ()


@pytest.mark.parametrize("uid", [None, ""])
def test_null_and_empty_uids_count_as_absent(uid: str | None, tmp_path: Path):
    record = {"labelId": "L_bbox", "data": None, "SOPInstanceUID": uid, "SeriesInstanceUID": uid}
    project = read(tree_of(record), tmp_path)
    media = only(project).placements[0].media
    assert (media.study, media.series, media.instance) == ("1.2", None, None)
    columns = project.annotations.bases["1"].columns
    assert [codes.tolist() for codes in (columns.series, columns.instances)] == [[-1], [-1]]


def test_the_composed_export_of_every_mode_is_whole(shared: Path):
    project = read_export(shared / "data" / "exports" / "mdai" / "composed_all_modes.json")
    assert len(project.annotations) == 12
    assert not project.exports["1"].issues
