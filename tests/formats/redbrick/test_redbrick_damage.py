"""Broken and hostile files: a sentence for what is wrong, the rest loads, nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from redbrick_masks import put

from viewer.errors import CannotRead, CannotWrite
from viewer.formats import read_export, write_export
from viewer.geometry.solids import Length, MaskVolume
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project

Json = Any
GOOD = (
    '{"pointTopLeft":{"xNorm":0.5,"yNorm":0.25},"wNorm":0.25,"hNorm":0.5,"id":"good",'
    '"category":"c"}'
)
SERIES = '{"items":["a.png"],"imageHeaders":{"dimensions":[16,16,1]},"boundingBoxes":[%s]}'


def box(**more: Json) -> str:
    return json.dumps({**json.loads(GOOD), "id": "bad", **more})


def with_label(label: str) -> bytes:
    """Return a file with this label and a good one behind it."""
    series = SERIES % f"{label},{GOOD}"
    return f'[{{"taskId":"t","name":"n","series":[{series}]}}]'.encode("utf-8", "surrogatepass")


def with_members(of_task: str = "", of_series: str = "") -> bytes:
    """Return a file with a good label and these further members."""
    series = (SERIES % GOOD)[:-1] + of_series + "}"
    return f'[{{"taskId":"t","name":"n","series":[{series}]{of_task}}}]'.encode()


def opened(data: bytes, folder: Path) -> Project:
    path = folder / "tasks.json"
    path.write_bytes(data)
    return read_export(path)


def check_kept(project: Project, data: bytes, folder: Path) -> None:
    """Every label can be looked at, and an unchanged save is the same bytes."""
    for id in project.annotations:
        assert project.annotations[id].id == id
    target = folder / "saved.json"
    write_export(project, project, "1", target, overwrite=True)
    assert target.read_bytes() == data


def refusal(project: Project, edited: Project, folder: Path) -> str:
    """Return why an edited project cannot be written; "breaks off" where it can."""
    try:
        write_export(project, edited, "1", folder / "less.json", overwrite=True)
    except CannotWrite as error:
        return str(error)
    return "nothing breaks off"


LABELS = {
    "no object": "7",
    "null": "null",
    "a list": "[]",
    "text": '"x"',
    "no geometry": '{"id":"bad","category":"c"}',
    "a corner of text": box(pointTopLeft="0.5"),
    "a corner without y": box(pointTopLeft={"xNorm": 1}),
    "a width of text": box(wNorm="0.25"),
    "a width of null": box(wNorm=None),
    "a negative width": box(wNorm=-0.25),
    "not a number": box().replace('"wNorm": 0.25', '"wNorm": NaN'),
    "infinite": box().replace('"wNorm": 0.25', '"wNorm": 1e999'),
    "beyond all pictures": box(wNorm=1e300),
    "a number of 5,000 digits": box().replace("0.25,", "9" * 5000 + ",", 1),
    "yes for a number": box(hNorm=True),
    "a frame of text": box(video={"frameIndex": "3"}),
    "a frame of minus one": box(video={"frameIndex": -1}),
    "a frame of a half": box(video={"frameIndex": 1.5}),
    "a frame of 10^300": box(video={"frameIndex": 1e300}),
    "a video that is none": box(video=[]),
    "a track of numbers": box(video={"frameIndex": 1, "trackId": 7}),
    "an id of another type": box(id=["x"]),
    "a lone surrogate": box(id="\ud800").replace("\\ud800", "\\ud800"),
    "a deep attribute": box().replace('"c"}', '"c","attributes":' + "[" * 5000 + "]" * 5000 + "}"),
}
HARMLESS = {
    "a category of another type": box(category={"a": 1}),
    "a category of numbers": box(category=[1, 2]),
    "a huge category": box().replace('"c"', "9" * 400),
    "attributes of text": box(attributes="x"),
    "a group of another type": box(group=7),
    "a comment of another type": box(comment=[1]),
    "an item of 10^9": box(video={"frameIndex": 1, "seriesItemIndex": 10**9}),
    "an item of text": box(video={"frameIndex": 1, "trackId": ""}),
}


@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS)
def test_a_damaged_label_is_locked_or_passed_over_with_a_sentence(label: str, tmp_path: Path):
    data = with_label(label)
    project = opened(data, tmp_path)
    found = [project.annotations[id] for id in project.annotations]
    good = [one for one in found if one.native_id == "good"]
    assert len(good) == 1
    assert good[0].locked_reason is None
    assert good[0].placements[0].shape is not None
    bad = [one for one in found if one.native_id != "good"]
    assert all(one.locked_reason for one in bad) or project.exports["1"].issues
    check_kept(project, data, tmp_path)
    for one in bad:  # a locked one can go all the same
        written = tmp_path / "less.json"
        write_export(project, project.without_annotations([one.id]), "1", written, overwrite=True)
        assert [read_export(written).annotations[id].native_id
                for id in read_export(written).annotations] == ["good"]  # fmt: skip


@pytest.mark.parametrize("label", HARMLESS.values(), ids=HARMLESS)
def test_odd_values_beside_the_geometry_leave_the_shape(label: str, tmp_path: Path):
    data = with_label(label)
    project = opened(data, tmp_path)
    assert project.annotations[AnnotationId("1", 0)].placements[0].shape is not None
    check_kept(project, data, tmp_path)


MEMBERS = {
    "series that are no list": ("", ',"polygons":{}'),
    "polygons without points": ("", ',"polygons":[{"points":[]},{"points":7},{}]'),
    "a segment map that is a list": ("", ',"segmentMap":[1]'),
    "segments of every type": ("", ',"segmentMap":{"1":null,"x":[],"2":7,"":{"category":1}}'),
    "masks that are no names": ("", ',"segmentMap":{"1":{"mask":{}}},"segmentations":7'),
    "headers that are none": ("", ',"imageHeaders":7'),
    "dimensions of 10^9": ("", ',"imageHeaders":{"dimensions":[1000000000,1000000000,9]}'),
    "dimensions below zero": ("", ',"imageHeaders":{"dimensions":[-1,0,1e99]}'),
    "a crooked affine": ("", ',"imageHeaders":{"affine":[[1],[2,3],[]]}'),
    "an affine without inverse": (
        "", ',"imageHeaders":{"affine":[[0,0,0,0],[0,0,0,0],[0,0,0,0],[0,0,0,1]]},'
        '"landmarks3d":[{"absolutePoint":{"x":1,"y":2,"z":3}}]'),
    "items of every type": ("", ',"items":[1,null,{},"../../etc/passwd"]'),
    "items that are an object": ("", ',"items":{}'),
    "a classification that is a list": (',"classification":[1]', ""),
    "scores of text": (',"scores":[{"score":"x"}]', ""),
    "annotators that are none": (',"consensusTasks":[1,{"series":7},{"series":[null,{}]}]', ""),
    "an agreed answer that is a list": (',"superTruth":[]', ""),
    "a stage of another type": (',"currentStageName":{}', ""),
    "repeated keys": (',"name":"n2","taskId":"t2"', ',"name":"a","name":"b"'),
    "an unknown member": (',"new":{"in":["2027"]}', ',"newer":[[[]]]'),
}  # fmt: skip


@pytest.mark.parametrize(("of_task", "of_series"), MEMBERS.values(), ids=MEMBERS)
def test_a_damaged_member_leaves_the_rest(of_task: str, of_series: str, tmp_path: Path):
    data = with_members(of_task, of_series)
    project = opened(data, tmp_path)
    assert "good" in [project.annotations[id].native_id for id in project.annotations]
    check_kept(project, data, tmp_path)


WHOLE = with_members(',"updatedBy":"a@b.c"', ',"polylines":[{"points":[{"xNorm":0,"yNorm":0}]}]')
FILES = {
    "a byte-order mark": b"\xef\xbb\xbf" + WHOLE,
    "line ends of Windows": WHOLE.replace(b",", b",\r\n"),
    "comments": b"/* by hand */" + WHOLE.replace(b'"series"', b'// here\n"series"'),
    "stray commas": WHOLE.replace(b"]", b",]"),
    "two documents": WHOLE + b"\n" + WHOLE,
    "text behind": WHOLE + b"\nthe end",
    "bytes that are no UTF-8": WHOLE.replace(b'"n"', b'"\xff\xfe"'),
    "a zero byte in a text": WHOLE.replace(b'"n"', b'"\x00"'),
    "tasks that are none": WHOLE.replace(b"[{", b'[null,7,"x",[],{', 1),
}


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_an_odd_file_is_read_and_kept(data: bytes, tmp_path: Path):
    project = opened(data, tmp_path)
    assert "good" in [project.annotations[id].native_id for id in project.annotations]
    check_kept(project, data, tmp_path)


def test_a_file_that_breaks_off_anywhere_keeps_what_is_whole(tmp_path: Path):
    reached = 0
    for cut in range(1, len(WHOLE)):
        try:
            project = opened(WHOLE[:cut], tmp_path)
        except CannotRead:
            continue
        assert len(project.annotations) >= reached
        reached = len(project.annotations)
        assert project.exports["1"].issues
        check_kept(project, WHOLE[:cut], tmp_path)
        for id in project.annotations:
            assert "breaks off" in refusal(project, project.without_annotations([id]), tmp_path)
    assert reached == 2


def test_an_affine_of_400_digits_places_nothing(tmp_path: Path):
    row = f"[1,0,0,{'9' * 400}]"
    data = with_members(of_series=f',"imageHeaders":{{"affine":[{row},{row},{row}]}}')
    project = opened(data, tmp_path)
    assert project.exports["1"].entries[0].affine is None
    check_kept(project, data, tmp_path)


@pytest.mark.parametrize("normal", [f"[{'9' * 400},0,1]", "null", "{}", "7", '["x",0,1]', "[]"])
def test_a_normal_that_is_none_is_written_anew(normal: str, tmp_path: Path):
    ends = {"point1": {"i": 1, "j": 2, "k": 1}, "point2": {"i": 3, "j": 2, "k": 1}}
    more = {"normal": "@", "absolutePoint1": None}
    length = {"type": "length", "id": "l", "category": "c", **more, **ends}
    text = json.dumps([length]).replace('"@"', normal)
    data = with_members(of_series=f',"measurements":{text}')
    project = opened(data, tmp_path)
    (found,) = (one for one in map(project.annotations.__getitem__, project.annotations)
                if one.native_id == "l")  # fmt: skip
    moved = found.with_shape(0, Length((1.0, 2.0, 1.0), (4.0, 2.0, 1.0)))
    write_export(project, project.with_annotation(moved), "1", tmp_path / "out.json")
    (series,) = json.loads((tmp_path / "out.json").read_bytes())[0]["series"]
    assert series["measurements"][0]["point2"]["i"] == 4
    assert all(abs(number) <= 1 for number in series["measurements"][0]["normal"])


@pytest.mark.parametrize(
    "text",
    ['{"1":{"category":"c"},"2":{"category', '{"1":{"category":"c"},"1":{"category":"d"}}'],
    ids=["breaks off", "names one twice"],
)
def test_masks_of_a_map_that_is_not_whole_are_not_painted(text: str, tmp_path: Path):
    put(tmp_path, "s.nii.gz", np.ones((4, 3, 2), np.uint8))
    head = '[{"taskId":"t","series":[{"items":["a.nii"],"segmentations":"s.nii.gz","segmentMap":'
    project = opened((head + text).encode(), tmp_path)
    one = project.annotations[AnnotationId("1", 0)]
    volume = one.placements[0].shape
    assert isinstance(volume, MaskVolume)
    edited = project.with_annotation(one.with_shape(0, volume.with_slice(0, None)))
    with pytest.raises(CannotWrite):
        write_export(project, edited, "1", tmp_path / "out.json")


def test_deep_nesting_ends_in_a_sentence(tmp_path: Path):
    data = WHOLE[:-2] + b',"deep":' + b"[" * 100_000 + b"]" * 100_000 + b"}]"
    project = opened(data, tmp_path)
    assert len(project.annotations) == 2
    check_kept(project, data, tmp_path)


def test_a_label_of_many_frames_costs_no_more_than_its_records(tmp_path: Path):
    labels = ",".join(
        box(video={"trackId": "t", "frameIndex": frame, "keyFrame": False})
        for frame in (0, 10**9, 2 * 10**9)
    )
    project = opened(with_label(labels), tmp_path)
    assert [len(project.annotations[id].placements) for id in project.annotations] == [3, 1]
