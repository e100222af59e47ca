"""MD.ai files as a whole: cut, damaged, very large, several, and files of other kinds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from mdai_trees import DATA, only, read, tree_of

from viewer.errors import CannotRead
from viewer.formats import read_export, reading, write_export
from viewer.geometry.shapes import Point
from viewer.model.annotation import AnnotationId


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
        (b'{"datasets":[{"dicomMetadata":[]}]}', "unknown kind"),
    ],
)
def test_other_files_are_refused_with_what_was_looked_for(text, words, tmp_path):
    with pytest.raises(CannotRead, match=words):
        read(text, tmp_path)


def test_files_that_cannot_be_opened_are_refused(tmp_path: Path):
    with pytest.raises(CannotRead, match="holds no label export of a known format"):
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
        changed = project.without_annotations([AnnotationId("1", 0)])
        write_export(project, changed, "1", tmp_path / "out.json")
        assert len(read_export(tmp_path / "out.json").annotations) == 19


def test_two_exports_stand_side_by_side_under_their_own_ids(tmp_path: Path):
    path = DATA / "all_modes.json"
    both = read_export(path, DATA / "tabs_crlf_bom.json")
    assert list(both.exports) == ["1", "2"]
    assert list(read_export(path, into=both).exports) == ["1", "2", "3"]
    assert len(both.annotations) == 23


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


def test_datasets_may_come_before_the_labels(tmp_path: Path):
    tree = tree_of({"labelId": "L_location", "data": {"x": 1, "y": 2}})
    turned = {"datasets": tree["datasets"], "labelGroups": tree["labelGroups"]}
    assert only(read(turned, tmp_path)).placements[0].shape == Point(1, 2)
