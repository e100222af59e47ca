"""What MD.ai exports hold, mode by mode and trap by trap."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from viewer.errors import CannotRead
from viewer.formats import read_export, reading, record_bytes, record_fields, write_export
from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Export, Project
from viewer.model.table import KINDS

Json = Any
DATA = Path(__file__).parents[2] / "data" / "mdai"


@pytest.fixture(scope="module")
def project() -> Project:
    return read_export(DATA / "all_modes.json")


@pytest.fixture(scope="module")
def export(project: Project) -> Export:
    return project.exports["1"]


def shape_at(project: Project, ordinal: int) -> Json:
    return project.annotations[AnnotationId("1", ordinal)].placements[0].shape


def read(tree: Json, folder: Path, name: str = "x.json") -> Project:
    path = folder / name
    path.write_bytes(tree if isinstance(tree, bytes) else json.dumps(tree).encode())
    return read_export(path)


def tree_of(*records: Json, **head: Json) -> Json:
    labels = [
        {"id": f"L_{mode}", "name": mode, "scope": "INSTANCE", "annotationMode": mode}
        for mode in ("bbox", "polygon", "line", "location", "mask", "ellipse", "freeform")
    ]
    filled = [{"id": f"A_{i}", "StudyInstanceUID": "1.2", **r} for i, r in enumerate(records)]
    return {
        "labelGroups": [{"id": "G", "name": "g", "labels": labels}],
        "datasets": [{"id": "D", "name": "d", "studies": [], "annotations": filled}],
        **head,
    }


def only(project: Project) -> Annotation:
    (id,) = project.annotations
    return project.annotations[id]


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


def test_null_uids_count_as_absent(tmp_path: Path):
    record = {"labelId": "L_bbox", "data": None, "SOPInstanceUID": None, "SeriesInstanceUID": None}
    media = only(read(tree_of(record), tmp_path)).placements[0].media
    assert (media.study, media.series, media.instance) == ("1.2", None, None)


@pytest.mark.parametrize(
    ("mode", "data", "words"),
    [
        ("bbox", {"x": 1, "y": 2}, "keys of mode 'bbox' are missing"),
        ("bbox", {"x": 1, "y": 2, "width": -3, "height": 4}, "negative"),
        ("bbox", {"x": True, "y": 2, "width": 3, "height": 4}, "x is 'True', which is no number"),
        ("bbox", {"x": 1, "y": 2, "width": 10**400, "height": 4}, "width is 100000000000... (401"),
        ("location", {"x": 1, "y": -2e9}, "y is -2000000000.0, but no picture"),
        ("line", {"vertices": [[1, 1], [2, 10**400]]}, "vertex 2 is 100000000000... (401 digits)"),
        ("mask", {"mask": [[0, 1], ["a", 0]]}, "row 2 of its mask is 'a'"),
        ("bbox", [1, 2, 3, 4], "no object"),
        ("polygon", {"vertices": []}, "at least 1"),
        ("polygon", {"vertices": [1, 2, 3]}, "odd count"),
        ("polygon", {"vertices": [[1, 2, 3]]}, "no pair"),
        ("polygon", {"vertices": "x"}, "no list"),
        ("line", {"vertices": [["a", 1]]}, "no number"),
        ("ellipse", {"cx": 1, "cy": 1, "rx": -1, "ry": 1}, "negative"),
        ("mask", {"foreground": [[[0, 0], [1e8, 0], [1e8, 1e8]]], "background": []}, "span"),
        ("mask", {"foreground": 3, "background": []}, "lists of rings"),
        ("mask", {"mask": [[1], [1, 0]]}, "differ in length"),
        ("mask", {"mask": 1}, "list of rows"),
        ("mask", {"mask": [1]}, "list of rows"),
    ],
)
def test_damaged_geometry_is_locked_with_its_reason_and_told(mode, data, words, tmp_path):
    good = {"labelId": "L_location", "data": {"x": 1, "y": 2}}
    project = read(tree_of({"labelId": f"L_{mode}", "data": data}, good), tmp_path)
    first, second = (project.annotations[id] for id in project.annotations)
    assert words in (first.locked_reason or "")
    assert first.placements[0].shape is None
    assert second.placements[0].shape == Point(1, 2)
    (issue,) = project.exports["1"].issues
    assert issue.code == "damaged-record"
    assert words in issue.sentence
    columns = project.annotations.bases["1"].columns
    assert columns.reasons[columns.locked[0]] == first.locked_reason


def test_geometry_without_a_mode_is_locked(tmp_path: Path):
    tree = tree_of({"labelId": "L_none", "data": {"x": 1, "y": 2}})
    tree["labelGroups"][0]["labels"].append({"id": "L_none", "annotationMode": None})
    assert "no drawing mode" in (only(read(tree, tmp_path)).locked_reason or "")


def test_numbers_too_large_are_found_when_the_record_is_decoded(tmp_path: Path):
    tree = tree_of({"labelId": "L_location", "data": {"x": 1, "y": 2}}, {"labelId": "L_location"})
    text = json.dumps(tree).replace('"x": 1', '"x": ' + "9" * 400).encode()
    project = read(text, tmp_path)
    first = project.annotations[AnnotationId("1", 0)]
    assert first.placements[0].shape is None
    assert "x is 999999999999... (400 digits)" in (first.locked_reason or "")


def test_a_not_a_number_takes_the_forgiving_way_and_locks_one_record(tmp_path: Path):
    tree = tree_of(
        {"labelId": "L_location", "data": {"x": math.nan, "y": 2}},
        {"labelId": "L_location", "data": {"x": 1, "y": 2}},
    )
    project = read(tree, tmp_path)
    assert [bool(project.annotations[id].locked_reason) for id in project.annotations] == [1, 0]


def test_both_ways_of_reading_give_the_same_columns(tmp_path: Path):
    whole = (DATA / "all_modes.json").read_bytes()
    fast = read_export(DATA / "all_modes.json").annotations.bases["1"].columns
    slow = read(whole + b" // said by hand", tmp_path).annotations.bases["1"].columns
    for name in fast.__dataclass_fields__:
        one, other = getattr(fast, name), getattr(slow, name)
        if isinstance(one, np.ndarray):
            assert np.array_equal(one, other), name
        elif isinstance(one, tuple):
            assert one == other
        else:
            assert one.text == other.text


def test_ids_that_repeat_are_all_kept_and_told(tmp_path: Path):
    record = {"id": "A_same", "labelId": "L_location", "data": {"x": 1, "y": 2}}
    project = read(tree_of(record, record, record), tmp_path)
    assert len(project.annotations) == 3
    assert [issue.code for issue in project.exports["1"].issues] == ["duplicate-id"]


def test_parents_that_lead_in_a_circle_are_cut_and_told(tmp_path: Path):
    records = [
        {"labelId": "L_bbox", "id": "A", "parentId": "C"},
        {"labelId": "L_bbox", "id": "B", "parentId": "A"},
        {"labelId": "L_bbox", "id": "C", "parentId": "B"},
        {"labelId": "L_bbox", "id": "D", "parentId": "D"},
        {"labelId": "L_bbox", "id": "E", "parentId": "gone"},
    ]
    project = read(tree_of(*records), tmp_path)
    codes = [issue.code for issue in project.exports["1"].issues]
    assert codes == ["parent-cycle", "parent-cycle", "parent-missing"]
    for id in project.annotations:
        walked = 0
        at: AnnotationId | None = id
        while at is not None:
            at = project.annotations[at].parent
            walked += 1
            assert walked < 6


@pytest.mark.parametrize("frame", [-1, 1.5, 2**40])
def test_a_frame_number_that_counts_no_frame_is_left_out(frame, tmp_path):
    project = read(tree_of({"labelId": "L_bbox", "frameNumber": frame}), tmp_path)
    assert only(project).placements[0].media.frame is None


def test_labels_of_one_id_are_told(tmp_path: Path):
    tree = tree_of()
    tree["labelGroups"] *= 2
    codes = {issue.code for issue in read(tree, tmp_path).exports["1"].issues}
    assert codes == {"duplicate-label-id"}


def test_wrong_types_lock_only_their_record(tmp_path: Path):
    tree = tree_of(
        {"labelId": "L_location", "data": {"x": 1, "y": 2}, "height": "tall"},
        {"labelId": "L_location", "data": {"x": 1, "y": 2}},
        {"labelId": 7, "data": None},
    )
    tree["datasets"][0]["annotations"].append([1])
    project = read(tree, tmp_path)
    reasons = [project.annotations[id].locked_reason for id in project.annotations]
    assert reasons[0] == 'height is "tall"'
    assert reasons[1] is None
    assert reasons[2] == "labelId is 7"
    assert reasons[3] == "it is no readable record"
    columns = project.annotations.bases["1"].columns
    assert [KINDS[kind] for kind in columns.kinds] == ["unknown", "point", "unknown", "unknown"]


@pytest.mark.parametrize("note", ["5", "[" * 5000 + "]" * 5000])
@pytest.mark.parametrize("more", [[], [math.nan]], ids=["read fast", "read forgivingly"])
def test_an_odd_note_locks_its_label_but_hides_nothing_of_it(
    note: str, more: list[float], tmp_path: Path
):
    tree = tree_of({"labelId": "L_location", "data": {"x": 1, "y": 2}, "note": "@"})
    tree["datasets"][0]["annotations"] += more
    project = read(json.dumps(tree).replace('"@"', note).encode(), tmp_path)
    first = project.annotations[AnnotationId("1", 0)]
    assert first.native_id == "A_0"
    assert first.placements[0].shape == Point(1, 2)
    assert (first.locked_reason or "").startswith("note is ")
    columns = project.annotations.bases["1"].columns
    assert KINDS[columns.kinds[0]] == "point"


@pytest.mark.parametrize(
    ("times", "words"), [(1, "1 annotation id stands"), (2, "2 annotation ids")]
)
def test_repeated_ids_are_told_and_every_record_kept(times: int, words: str, tmp_path: Path):
    records = [{"id": f"A{n}", "labelId": "L_location", "data": None} for n in range(times)]
    project = read(tree_of(*records, *records), tmp_path)
    assert len(project.annotations) == 2 * times
    (issue,) = project.exports["1"].issues
    assert words in issue.sentence


@pytest.mark.parametrize("size", range(1, 60, 3))
def test_a_file_cut_inside_a_record_says_in_which_and_how_many_are_kept(size: int, tmp_path: Path):
    record = {"labelId": "L_location", "data": {"x": 1, "y": 2.5}, "note": "a note"}
    text = json.dumps(tree_of(record, record, record)).encode()
    cut = text.rindex(b'{"id": "A_2"') + size
    project = read(text[:cut], tmp_path)
    (issue,) = project.exports["1"].issues
    assert len(project.annotations) == 2
    assert issue.sentence == (
        f"The file breaks off: it ends in the middle of annotation 3, at byte {cut:,}; "
        "2 annotations are kept."
    )


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("", "it ends too early, at byte"),
        (", ", "it ends too early, at byte"),
        ('] "x"}', "is damaged at byte"),
        (", {]", "is damaged at byte"),
    ],
)
def test_a_break_between_records_is_told_from_damage(end: str, words: str, tmp_path: Path):
    text = json.dumps(tree_of({"labelId": "L_location", "data": {"x": 1, "y": 2}}))
    project = read((text[: text.rindex("]}]}")] + end).encode(), tmp_path)
    (issue,) = project.exports["1"].issues
    assert words in issue.sentence
    assert issue.sentence.endswith("; 1 annotation is kept.")


def test_numbers_too_large_by_their_exponent_are_told_at_opening(tmp_path: Path):
    row = {"labelId": "L_polygon", "data": {"vertices": [[1, "@"], [2, 3], [4, 5]]}}
    text = json.dumps(tree_of(row, row, row)).replace('"@"', "2e1", 1).replace('"@"', "1e999", 1)
    project = read(text.replace('"@"', "3e2").encode(), tmp_path)
    assert [issue.where for issue in project.exports["1"].issues] == ["A_1"]
    locked = [bool(project.annotations[id].locked_reason) for id in project.annotations]
    assert locked == [False, True, False]


def test_text_that_utf8_cannot_hold_is_shown_as_escapes(tmp_path: Path):
    tree = tree_of({"labelId": "L_bbox", "note": "@"}, name="@@")
    text = json.dumps(tree).replace('"@"', '"\\ud800"').encode().replace(b"@@", b"\xff")
    project = read(text, tmp_path)
    assert only(project).note == "\\ud800"
    assert ("project", "\\udcff") in project.exports["1"].facts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"info":1,"images":[]}', r"unknown kind \(info, images\)"),
        (b"[1,2]", "no keys"),
        (b"hello", "no JSON file"),
        ('{"a":1}'.encode("utf-16"), "UTF-16"),
        (b'{"id":1,"labelGroups":[],"datasets":[{"modelOutputs":[]}]}', "unknown kind"),
        (b'{"datasets":[{"dicomMetadata":[]}]}', "unknown kind"),
    ],
)
def test_other_files_are_refused_with_what_was_looked_for(text, words, tmp_path):
    with pytest.raises(CannotRead, match=words):
        read(text, tmp_path)


def test_files_that_cannot_be_opened_are_refused(tmp_path: Path):
    with pytest.raises(CannotRead, match="is a folder"):
        read_export(tmp_path)
    with pytest.raises(CannotRead, match="cannot be opened"):
        read_export(tmp_path / "none.json")


def test_a_very_large_file_is_mapped_from_a_private_copy(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(reading, "MAPPED_FROM_BYTES", 100)
    path = tmp_path / "x.json"
    whole = (DATA / "all_modes.json").read_bytes()
    for text in (whole, whole + b" // the forgiving way"):
        path.write_bytes(text)
        project = read_export(path)
        path.write_bytes(b"shortened")
        assert isinstance(project.exports["1"].sources[0].base, memoryview)
        assert [project.annotations[id].native_id for id in project.annotations][:2] == [
            "A_01",
            "A_02",
        ]
        changed = project.without_annotation(AnnotationId("1", 0))
        write_export(project, changed, "1", tmp_path / "out.json")
        assert len(read_export(tmp_path / "out.json").annotations) == 19


def test_datasets_may_come_before_the_labels(tmp_path: Path):
    tree = tree_of({"labelId": "L_location", "data": {"x": 1, "y": 2}})
    turned = {"datasets": tree["datasets"], "labelGroups": tree["labelGroups"]}
    assert only(read(turned, tmp_path)).placements[0].shape == Point(1, 2)


def test_two_exports_stand_side_by_side_under_their_own_ids(tmp_path: Path):
    path = DATA / "all_modes.json"
    both = read_export(path, DATA / "tabs_crlf_bom.json")
    assert list(both.exports) == ["1", "2"]
    assert list(read_export(path, into=both).exports) == ["1", "2", "3"]
    assert len(both.annotations) == 23


def test_the_composed_export_of_every_mode_is_whole(shared: Path):
    project = read_export(shared / "data" / "exports" / "mdai" / "composed_all_modes.json")
    assert len(project.annotations) == 12
    assert not project.exports["1"].issues
