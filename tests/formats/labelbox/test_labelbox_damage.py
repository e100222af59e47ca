"""Broken exports: a clear sentence, the rest loads, and an unchanged save is the same file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from format_cases import DATA
from labelbox_rows import Json, annotations_of, codes, image, read, sides, thing, video, with_key

from viewer.errors import CannotRead, CannotWrite
from viewer.formats import read_export, write_export
from viewer.model.project import Project

GOOD = thing("good", "ImageBoundingBox", sides(1))


def beside_good(other: Json) -> bytes:
    """An image label with a good object and another one."""
    return json.dumps(image(GOOD, other)).encode()


def with_box(text: str) -> bytes:
    box = thing("bad", "ImageBoundingBox", {"bounding_box": "@"})
    return beside_good(box).replace(b'"@"', text.encode())


def of_row(change: Callable[[Json], None]) -> bytes:
    tree = image(GOOD)
    change(tree)
    return json.dumps(tree).encode()


def in_frames(text: str) -> bytes:
    tree = video({"1": {"good": sides(1)}})
    whole = json.dumps(tree).encode()
    return whole.replace(b'"frames": {', b'"frames": {' + text.encode() + b", ")


DEEP = "[" * 5000 + "]" * 5000
# name: bytes, code of the issue (None: nothing need be said), labels that load
BROKEN: dict[str, tuple[bytes, str | None, int]] = {
    "a box that is a text": (with_box('"x"'), "damaged-record", 2),
    "a box that is a list": (with_box("[1, 2]"), "damaged-record", 2),
    "a box without a side": (with_box('{"top": 1, "left": 2, "height": 3}'), "damaged-record", 2),
    "a box with a negative side": (
        with_box('{"top": 1, "left": 2, "height": 3, "width": -4}'), "damaged-record", 2),
    "a box with NaN": (
        with_box('{"top": NaN, "left": 2, "height": 3, "width": 4}'), "damaged-record", 2),
    "a box with infinity": (
        with_box('{"top": -Infinity, "left": 2, "height": 3, "width": 4}'), "damaged-record", 2),
    "a box with 400 digits": (
        with_box('{"top": %s, "left": 2, "height": 3, "width": 4}' % ("9" * 400)),
        "damaged-record", 2),
    "a box with a text for a number": (
        with_box('{"top": "1", "left": 2, "height": 3, "width": 4}'), "damaged-record", 2),
    "a box with yes for a number": (
        with_box('{"top": true, "left": 2, "height": 3, "width": 4}'), "damaged-record", 2),
    "a box of 1e999": (
        with_box('{"top": 1e999, "left": 2, "height": 3, "width": 4}'), "damaged-record", 2),
    "no geometry": (beside_good(thing("bad", "ImageBoundingBox", {})), "damaged-record", 2),
    "an empty polygon": (
        beside_good(thing("bad", "ImagePolygon", {"polygon": []})), "damaged-record", 2),
    "a polygon of numbers": (
        beside_good(thing("bad", "ImagePolygon", {"polygon": [1, 2]})), "damaged-record", 2),
    "a line of null": (
        beside_good(thing("bad", "ImagePolyline", {"line": None})), "damaged-record", 2),
    "a deep geometry": (with_box(DEEP), "damaged-record", 2),
    "an object that is a number": (beside_good(7), "damaged-record", 2),
    "an object that is null": (beside_good(None), "damaged-record", 2),
    "two objects of one id": (beside_good(GOOD), None, 2),
    "a lone surrogate": (
        beside_good(thing("bad", "ImageBoundingBox", sides(1), value="@")).replace(
            b'"@"', b'"\\ud800"'), None, 2),
    "an id that is a number": (beside_good({**GOOD, "feature_id": 7}), None, 2),
    "bytes that are no UTF-8": (
        beside_good({**GOOD, "name": "@"}).replace(b'"@"', b'"\xff"'), None, 2),
    "segments that are a list": (with_key("segments", "[1]"), None, 1),
    "segments of texts": (with_key("segments", '{"good": ["a", [1]]}'), "odd-segments", 1),
    "a segment that runs backwards": (
        with_key("segments", '{"good": [[2, 1]]}'), "odd-segments", 1),
    "segments of a billion frames": (
        with_key("segments", '{"good": [[1, 1000000000], [0, 2147483647]]}'),
        "too-many-frames", 1),
    "segments of another object": (with_key("segments", '{"other": [[1, 2]]}'), None, 1),
    "overlapping segments": (with_key("segments", '{"good": [[1, 2], [2, 2]]}'), None, 1),
    "key frames that are a text": (
        with_key("key_frame_feature_map", '{"good": "1"}'), "odd-segments", 1),
    "key frames with odd flags": (
        with_key("key_frame_feature_map", '{"good": {"1": "yes", "x": true}}'), "odd-segments", 1),
    "a frame that is no number": (
        in_frames('"x": {"objects": {"bad": ' + json.dumps(GOOD) + "}}"), "odd-frame", 2),
    "a frame with a sign": (in_frames('"-3": {"objects": {"bad": {}}}'), "odd-frame", 2),
    "a frame beyond all": (
        in_frames('"99999999999": {"objects": {"bad": {}}}'), "odd-frame", 2),
    "a frame that comes twice": (
        in_frames('"001": {"objects": {"bad": ' + json.dumps(GOOD) + "}}"), "odd-frame", 2),
    "objects of a frame in a list": (in_frames('"2": {"objects": [1]}'), "wrong-type", 1),
    "a frame that is null": (in_frames('"2": null'), None, 1),
    "a frame that is a number": (in_frames('"2": 7'), "wrong-type", 1),
    "labels that are no list": (
        of_row(lambda row: row["projects"].update(q={"labels": 7})), "wrong-type", 1),
    "a project that is null": (of_row(lambda row: row["projects"].update(q=None)), None, 1),
    "a label that is a text": (
        of_row(lambda row: row["projects"]["p"]["labels"].append("x")), "wrong-type", 1),
    "a label without annotations": (
        of_row(lambda row: row["projects"]["p"]["labels"].append({"id": "e"})), None, 1),
    "an answer that is a number": (
        of_row(lambda row: annotations_of(row)["classifications"].append(7)), None, 2),
    "an answer of no form": (
        of_row(lambda row: annotations_of(row)["classifications"].append({"name": "q"})), None, 2),
    "a relationship to nothing": (
        of_row(lambda row: annotations_of(row).update(relationships=[
            {"unidirectional_relationship": {"source": "good", "target": "x"}}, 7])),
        "odd-relationship", 1),
    "a width that is a text": (
        of_row(lambda row: row.update(media_attributes={"width": "9"})), "wrong-type", 1),
    "a negative frame count": (
        of_row(lambda row: row.update(media_attributes={"frame_count": -1})), None, 1),
    "a data row that is a list": (of_row(lambda row: row.update(data_row=[])), "wrong-type", 1),
    "a path out of the folder": (
        of_row(lambda row: row["data_row"].update(row_data="../../x", external_id="/etc/x")),
        None, 1),
    "experiments that are a list": (
        of_row(lambda row: row.update(experiments=[])), "wrong-type", 1),
}  # fmt: skip


def unchanged(project: Project, folder: Path) -> bytes:
    write_export(project, project, "1", folder / "out.json")
    return (folder / "out.json").read_bytes()


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_said_and_the_rest_loads(name: str, tmp_path: Path):
    text, code, count = BROKEN[name]
    project = read(text, tmp_path)
    assert code is None or code in codes(project)
    assert len(project.annotations) == count
    (good, *_) = [
        project.annotations[id]
        for id in project.annotations
        if project.annotations[id].native_id == "good"
    ]
    assert good.locked_reason is None
    assert good.placements[0].shape is not None
    for id in project.annotations:
        assert project.annotations[id].placements
    assert unchanged(project, tmp_path) == text


@pytest.mark.parametrize("form", ["everything.json", "everything.ndjson"])
def test_a_file_cut_off_anywhere_keeps_what_is_whole(form: str, tmp_path: Path):
    whole = (DATA / "labelbox" / form).read_bytes()
    reached = 0
    for cut in range(200, len(whole), 977):
        project = read(whole[:cut], tmp_path)
        assert any(issue.code == "broken-json" for issue in project.exports["1"].issues)
        assert len(project.annotations) >= reached
        reached = len(project.annotations)
        assert unchanged(project, tmp_path) == whole[:cut]
    assert reached >= len(read_export(DATA / "labelbox" / form).annotations) - 2


@pytest.mark.parametrize("spelled", [b"a\xff", b"a\\ud800", b"a\\u0041"])
def test_a_label_goes_however_its_id_is_spelled(tmp_path: Path, spelled: bytes):
    tree = video({"1": {"@": sides(1), "good": sides(2)}, "2": {"@": sides(1)}})
    project = read(json.dumps(tree).encode().replace(b"@", spelled), tmp_path)
    (bad,) = (id for id in project.annotations if project.annotations[id].native_id != "good")
    write_export(project, project.without_annotations([bad]), "1", tmp_path / "out.json")
    left = read_export(tmp_path / "out.json")
    assert [left.annotations[id].native_id for id in left.annotations] == ["good"]


def test_of_two_records_with_one_key_none_is_taken_for_the_other(tmp_path: Path):
    tree = video({"1": {"good": sides(1), "@": sides(2)}})
    project = read(json.dumps(tree).encode().replace(b"@", b"good"), tmp_path)
    for id in project.annotations:
        try:
            write_export(project, project.without_annotations([id]), "1", tmp_path / "out.json")
        except CannotWrite:
            continue
        assert len(read_export(tmp_path / "out.json").annotations) < len(project.annotations)


def test_a_list_for_import_cut_off_anywhere_is_kept_and_keeps_its_rows(tmp_path: Path):
    whole = import_list()
    for cut in range(whole.index(b"}"), len(whole), 7):
        project = read(whole[:cut], tmp_path)
        assert unchanged(project, tmp_path) == whole[:cut]
        for id in project.annotations:
            with pytest.raises(CannotWrite, match=r"good.*: the file breaks off"):
                write_export(
                    project, project.without_annotations([id]), "1", tmp_path / "less.json"
                )


def import_list() -> bytes:
    box = {"top": 1, "left": 2, "height": 3, "width": 4}
    row = {"uuid": "good", "dataRow": {"id": "d"}, "name": "good", "bbox": box}
    return json.dumps([row, {**row, "uuid": "other"}]).encode()


def test_one_damaged_row_leaves_the_others(tmp_path: Path):
    lines = [beside_good(GOOD), b'{"data_row": {"id": "x"}, "projects": [7]}', beside_good(GOOD)]
    project = read(b"\n".join(lines), tmp_path)
    assert len(project.annotations) == 4
    assert codes(project)[0] == "wrong-type"


def test_what_holds_no_row_is_refused_in_words(tmp_path: Path):
    for text in (b"", b"[]", b"{}", b"data_row", b'"data_row"'):
        with pytest.raises(CannotRead):
            read(text, tmp_path)
