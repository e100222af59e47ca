"""Records of MD.ai exports that are damaged, odd or repeated: locked, told and kept."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from mdai_trees import only, read, tree_of

from viewer.geometry.shapes import Point
from viewer.model.annotation import AnnotationId
from viewer.model.table import KINDS


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


def test_ids_that_repeat_are_all_kept_and_told(tmp_path: Path):
    record = {"id": "A_same", "labelId": "L_location", "data": {"x": 1, "y": 2}}
    project = read(tree_of(record, record, record), tmp_path)
    assert len(project.annotations) == 3
    assert [issue.code for issue in project.exports["1"].issues] == ["duplicate-id"]


@pytest.mark.parametrize("frame", [-1, 1.5, 2**40])
def test_a_frame_number_that_counts_no_frame_locks_its_record_and_is_told(frame, tmp_path):
    project = read(tree_of({"labelId": "L_bbox", "frameNumber": frame}), tmp_path)
    reason = f"its frameNumber {frame} counts no frame"
    assert only(project).locked_reason == reason
    assert [reason in issue.sentence for issue in project.exports["1"].issues] == [True]
    assert KINDS[project.annotations.bases["1"].columns.kinds[0]] == "unknown"


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


def test_numbers_too_large_by_their_exponent_are_told_at_opening(tmp_path: Path):
    row = {"labelId": "L_polygon", "data": {"vertices": [[1, "@"], [2, 3], [4, 5]]}}
    text = json.dumps(tree_of(row, row, row)).replace('"@"', "2e1", 1).replace('"@"', "1e999", 1)
    project = read(text.replace('"@"', "3e2").encode(), tmp_path)
    assert [issue.where for issue in project.exports["1"].issues] == ["A_1"]
    locked = [bool(project.annotations[id].locked_reason) for id in project.annotations]
    assert locked == [False, True, False]


def test_annotations_of_an_unknown_label_are_one_sentence_for_each_label(tmp_path: Path):
    rows = [{"labelId": f"L_{n % 2}gone", "data": {"x": 1, "y": 2}} for n in range(13)]
    project = read(tree_of(*rows, {"labelId": "L_location", "data": {"x": 1, "y": 2}}), tmp_path)
    assert [issue.sentence for issue in project.exports["1"].issues] == [
        f"{count} annotations ({names}, ...), each: its label {label!r} is not in labelGroups; all "
        "stay in the file as they are."
        for count, names, label in (
            (7, "A_0, A_2, A_4, A_6, A_8", "L_0gone"),
            (6, "A_1, A_3, A_5, A_7, A_9", "L_1gone"),
        )
    ]
    reasons = [project.annotations[id].locked_reason for id in project.annotations]
    assert reasons[2] == "its label 'L_0gone' is not in labelGroups"
    assert reasons[13] is None


@pytest.mark.parametrize("size", [-5, 1.5, 2**40])
def test_a_size_that_no_picture_has_is_told_and_not_compared(size: float, tmp_path: Path):
    row = {"labelId": "L_location", "data": {"x": 1, "y": 2}, "width": size, "height": 4}
    project = read(tree_of(row, row), tmp_path)
    (issue,) = project.exports["1"].issues
    assert f"2 annotations (A_0, A_1), each: its width {size} is none of a picture" in (
        issue.sentence
    )
    first = project.annotations[AnnotationId("1", 0)]
    assert (first.placements[0].size, first.locked_reason) == (None, None)
