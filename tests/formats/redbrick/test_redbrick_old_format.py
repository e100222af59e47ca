"""Raw labels of tasks exported with old_format are shown where they lie, and locked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from listed import all_of
from msgspec.structs import replace
from redbrick_masks import SHAPE, array_of, put, volume_of

from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.formats.redbrick.old_labels import NO_SERIES, OLD_FORMAT, UNKNOWN_KIND
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length
from viewer.model.project import Project

Json = Any
POINTS = [{"xnorm": 0.1, "ynorm": 0.2}, {"xnorm": 0.3, "ynorm": 0.2}, {"xnorm": 0.3, "ynorm": 0.5}]
VERTICES = [(10.0, 8.0), (30.0, 8.0), (30.0, 20.0)]
RAW: dict[str, tuple[Json, str, object]] = {
    "bbox2d": ({"xnorm": 0.5, "ynorm": 0.25, "wnorm": 0.1, "hnorm": 0.5}, "boundingBoxes",
               Box(50, 10, 10, 20)),
    "point": ({"xnorm": 0.5, "ynorm": 0.25}, "landmarks", Point(50, 10)),
    "polygon": (POINTS, "polygons", Polygon(VERTICES)),
    "polyline": (POINTS, "polylines", Polyline(VERTICES)),
    "ellipse": ({"xcenternorm": 0.5, "ycenternorm": 0.5, "xnorm": 0.1, "ynorm": 0.25, "rot": 0.5},
                "ellipses", Ellipse(50, 20, 10, 10, 0.5)),
    "point3d": ({"pointx": 3, "pointy": 4, "pointz": 1}, "landmarks3d", Landmark((3, 4, 1))),
    "length3d": ({"point1": [1, 2, 3], "point2": [4, 5, 6], "normal": [0, 0, 1],
                  "computedlength": 3}, "measurements.length", Length((1, 2, 3), (4, 5, 6))),
    "angle3d": ({"point1": [1, 2, 3], "point2": [4, 5, 6], "point3": [7, 8, 9],
                 "normal": [0, 0, 1]}, "measurements.angle",
                Angle((1, 2, 3), (4, 5, 6), (7, 8, 9))),
    "cuboid": ({"point1": [1, 2, 3], "point2": [4, 5, 6]}, "cuboids", Cuboid((1, 2, 3), (4, 5, 6))),
}  # fmt: skip


def raw(id: str, **more: Json) -> Json:
    return {"labelid": id, "category": [["object", "a"]], "classid": 0, "frameindex": 2, **more}


def task(folder: Path, labels: Json, **more: Json) -> Project:
    series = {"series": [{"items": ["0.dcm"], "imageHeaders": {"dimensions": [100, 40, 5]}}]}
    path = folder / "tasks.json"
    tree = [{"taskId": "t", "name": "t", "items": ["0.dcm"], "labels": labels, **(more or series)}]
    path.write_text(json.dumps(tree))
    return read_export(path)


@pytest.mark.parametrize("kind", list(RAW))
def test_each_kind_is_the_shape_that_it_would_be_now(tmp_path: Path, kind: str):
    value, place, shape = RAW[kind]
    opened = task(tmp_path, [raw("l", **{kind: value})])
    (found,) = all_of(opened)
    there = found.placements[0].shape
    if isinstance(shape, Polygon | Polyline):
        assert np.allclose(there.vertices, shape.vertices)
        assert type(there) is type(shape)
    else:
        assert there == shape
    assert (found.native_id, found.class_id) == ("l", f"{place}/a")
    assert "old format" in (found.locked_reason or "")
    assert "old-format" in [issue.code for issue in opened.exports["1"].issues]
    current = opened.with_annotation(replace(found, group="g"))
    with pytest.raises(CannotWrite, match="old format"):
        write_export(opened, current, "1", tmp_path / "out.json")
    write_export(opened, opened, "1", tmp_path / "out.json")
    assert (tmp_path / "out.json").read_bytes() == (tmp_path / "tasks.json").read_bytes()


def test_tracks_answers_groups_and_paths_are_read(tmp_path: Path):
    frames = [
        raw("v", bbox2d=RAW["bbox2d"][0], trackid="v", frameindex=n, keyframe=n != 3, end=n == 4)
        for n in (2, 3, 4)
    ]
    said = raw("s", seriesclassify=True, linkid="g", category=[["object", "organ", "liver"]],
               attributes=[{"attrid": 0, "name": "phase", "value": "late"}])  # fmt: skip
    track, series = all_of(task(tmp_path, [*frames, said]))
    assert [(one.index, one.is_key) for one in track.placements] == [
        (2, True), (3, False), (4, True),
    ]  # fmt: skip
    assert (series.class_id, series.group) == ("classifications/organ/liver", "g")
    assert [(one.name, one.value) for one in series.attributes] == [("phase", "late")]


def test_segments_lie_in_the_files_of_the_labels_map(tmp_path: Path):
    voxels = np.random.default_rng(1).integers(0, 4, SHAPE).astype(np.uint8)
    put(tmp_path, "nifti/t.nii", voxels)
    labels = [raw("a", dicom={"instanceid": 1, "groupids": [3]}), raw("b", dicom={"instanceid": 2})]
    maps = [{"labelName": "nifti/t.nii", "seriesIndex": 0}]
    first, second = all_of(task(tmp_path, labels, labelsMap=maps))
    assert np.array_equal(array_of(volume_of(first)), np.isin(voxels, (1, 3)))
    assert np.array_equal(array_of(volume_of(second)), voxels == 2)
    assert first.class_id == "segmentMap/a"


@pytest.mark.parametrize(
    "label",
    [{}, {"bbox2d": {}}, {"bbox2d": 3}, {"polygon": [1]}, {"point3d": {"pointx": "x"}},
     {"new3d": 1}, {"category": [[]], "point": {"xnorm": 1}}, {"dicom": {"instanceid": "x"}},
     {"cuboid": [1]},
     {"frameindex": "x", "attributes": [1, {"name": 2}], "ellipse": {"rot": None}}],
)  # fmt: skip
def test_a_damaged_raw_label_is_listed_and_locked(tmp_path: Path, label: Json):
    opened = task(tmp_path, [label, raw("l", point=RAW["point"][0]), 7])
    odd, sound, number = all_of(opened)
    assert number.locked_reason == UNKNOWN_KIND
    assert odd.locked_reason
    assert odd.placements[0].shape is None
    assert sound.placements[0].shape == Point(50, 10)
    assert opened.exports["1"].issues


@pytest.mark.parametrize("labels", ["x", {"a": 1}, 7, [[]]])
def test_labels_that_are_no_list_of_objects_are_listed_and_locked(tmp_path: Path, labels: Json):
    opened = task(tmp_path, labels)
    (found,) = all_of(opened)
    assert found.locked_reason == UNKNOWN_KIND
    assert opened.exports["1"].issues


@pytest.mark.parametrize("value", ["1e999", "NaN", '"\\ud800"', "1" * 400, "[" * 3000 + "]" * 3000])
def test_raw_labels_beside_what_is_no_strict_json_are_shown(tmp_path: Path, value: str):
    sound = json.dumps(raw("l", point=RAW["point"][0]))
    odd = sound.replace('"classid": 0', f'"classid": {value}').replace('"a"', value)
    path = tmp_path / "tasks.json"
    series = '[{"items": ["0.dcm"], "imageHeaders": {"dimensions": [100, 40, 5]}}]'
    path.write_text(f'[{{"taskId": "t", "labels": [{odd}, {sound}], "series": {series}}}]')
    first, second = all_of(read_export(path))
    assert (second.placements[0].shape, second.locked_reason) == (Point(50, 10), OLD_FORMAT)
    assert first.locked_reason


def test_a_raw_label_on_a_series_that_is_not_there_is_drawn_nowhere(tmp_path: Path):
    labels = [raw("l", point=RAW["point"][0], volumeindex=n) for n in (1, 0)]
    lost, found = all_of(task(tmp_path, labels))
    assert (lost.locked_reason, found.locked_reason) == (NO_SERIES, OLD_FORMAT)
    assert lost.placements[0].media.entry is None
    assert found.placements[0].media.entry == "t/0"


def test_raw_labels_among_many_of_today_keep_their_rows(tmp_path: Path):
    now = [
        {"id": f"n{n}", "category": "b", "point": {"xNorm": 0.5, "yNorm": n / 8000},
         "video": {"frameIndex": n % 5}}
        for n in range(6000)
    ]  # fmt: skip
    old = [raw(f"o{n}", point={"xnorm": 0.5, "ynorm": n / 8000}) for n in range(6000)]
    headers = {"dimensions": [100, 40, 5]}
    series = [{"items": ["0.dcm"], "imageHeaders": headers, "landmarks": now}]
    opened = task(tmp_path, old, series=series)
    all_labels = {one.native_id: one for one in all_of(opened)}
    assert len(all_labels) == 12_000
    for n in range(0, 6000, 37):
        new, before = all_labels[f"n{n}"], all_labels[f"o{n}"]
        assert new.placements[0].shape == before.placements[0].shape
        assert (new.class_id, before.class_id) == ("landmarks/b", "landmarks/a")
        assert (new.locked_reason, before.locked_reason) == (None, OLD_FORMAT)


@pytest.mark.parametrize("kind", [*RAW, "studyclassify", "seriesclassify", "instanceclassify"])
def test_a_raw_label_cannot_be_deleted(tmp_path: Path, kind: str):
    value = RAW[kind][0] if kind in RAW else True
    opened = task(tmp_path, [raw("l", **{kind: value})])
    (found,) = all_of(opened)
    with pytest.raises(CannotWrite, match="old format"):
        write_export(opened, opened.without_annotations([found.id]), "1", tmp_path / "out.json")
