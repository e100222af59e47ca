"""Edits of a RedBrick AI label on many frames: what is between key frames follows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from listed import named

from viewer.formats import read_export, write_export
from viewer.geometry.shapes import Box
from viewer.model.annotation import Annotation
from viewer.model.project import Project
from viewer.model.track import Track

TASKS = Path(__file__).parents[2] / "data" / "redbrick" / "tasks.json"
Json = Any
replace = msgspec.structs.replace


@pytest.fixture
def opened() -> Project:
    return read_export(TASKS)


def written(before: Project, after: Project, folder: Path) -> bytes:
    path = folder / "saved.json"
    write_export(before, after, "1", path, overwrite=True)
    return path.read_bytes()


def track_of(project: Project) -> tuple[Annotation, Track]:
    annotation = named(project, "v2")
    assert isinstance(annotation.placements, Track)
    return annotation, annotation.placements


def boxes_of(data: bytes) -> dict[int, Json]:
    boxes = json.loads(data)[1]["series"][0]["boundingBoxes"]
    return {box["video"]["frameIndex"]: box for box in boxes}


def test_an_edited_key_changes_the_frames_between(opened: Project, tmp_path: Path):
    annotation, track = track_of(opened)
    shape = track[3].shape  # the key on frame 5
    assert isinstance(shape, Box)
    moved = annotation.with_shape(3, replace(shape, x=shape.x + 32))
    data = written(opened, opened.with_annotation(moved), tmp_path)
    was, found = boxes_of(TASKS.read_bytes()), boxes_of(data)
    shifts = {frame: found[frame]["pointTopLeft"]["xNorm"] - was[frame]["pointTopLeft"]["xNorm"]
              for frame in found}  # fmt: skip
    assert shifts == pytest.approx({2: 0, 3: 1 / 6, 4: 1 / 3, 5: 0.5, 6: 0, 8: 0, 9: 0})
    assert {f: box["video"] for f, box in found.items()} == {f: b["video"] for f, b in was.items()}


def test_what_comes_out_the_same_between_keys_keeps_its_digits(tmp_path: Path):
    """Between widths of few digits more digits come out than the file has."""
    widths = [round(0.17 + 0.00103 * frame, 5) for frame in range(8)]
    boxes = [
        {"id": "v", "pointTopLeft": {"xNorm": 0.1 + 0.001 * frame, "yNorm": 0.2},
         "wNorm": widths[frame], "hNorm": 0.11333, "category": "c",
         "video": {"frameIndex": frame, "trackId": "t", "keyFrame": frame in (0, 7),
                   "endTrack": frame == 7}}
        for frame in range(8)
    ]  # fmt: skip
    series = {"items": ["v.mp4"], "imageHeaders": {"dimensions": [320, 240, 8], "totalFrames": 8}}
    path = tmp_path / "tasks.json"
    tree = [{"taskId": "t", "name": "n", "series": [{**series, "boundingBoxes": boxes}]}]
    path.write_text(json.dumps(tree))
    before = read_export(path)
    annotation = named(before, "v")
    shape = annotation.placements[7].shape
    assert isinstance(shape, Box)
    moved = annotation.with_shape(7, replace(shape, x=shape.x + 31.7))
    data = json.loads(written(before, before.with_annotation(moved), tmp_path))
    found = data[0]["series"][0]["boundingBoxes"]
    assert [(box["wNorm"], box["hNorm"]) for box in found] == [(w, 0.11333) for w in widths]
    assert [box["pointTopLeft"]["yNorm"] for box in found] == [0.2] * 8


def test_a_frame_between_that_is_drawn_becomes_a_key(opened: Project, tmp_path: Path):
    annotation, _ = track_of(opened)
    drawn = annotation.with_shape(1, Box(1, 2, 3, 4))
    found = boxes_of(written(opened, opened.with_annotation(drawn), tmp_path))
    assert found[3]["video"]["keyFrame"] is True
    assert found[3]["wNorm"] == 3 / 64
    again = read_export(tmp_path / "saved.json")
    assert [placement.is_key for placement in named(again, "v2").placements] == [
        True, True, False, True, True, False, True,
    ]  # fmt: skip


def test_a_deleted_frame_ends_the_stretch_before_it(opened: Project, tmp_path: Path):
    annotation, track = track_of(opened)
    cut = replace(annotation, placements=track.without(2))
    found = boxes_of(written(opened, opened.with_annotation(cut), tmp_path))
    assert sorted(found) == [2, 3, 5, 6, 8, 9]
    assert [found[f]["video"]["endTrack"] for f in sorted(found)] == [
        False, True, False, True, False, True,
    ]  # fmt: skip


def test_an_added_frame_carries_the_end_of_its_stretch(opened: Project, tmp_path: Path):
    annotation, track = track_of(opened)
    last = track[6]
    added = replace(last, index=10, shape=Box(1, 2, 3, 4), origins=(), stored=False, is_key=True)
    grown = replace(annotation, placements=track.with_new(added, 10))
    data = written(opened, opened.with_annotation(grown), tmp_path)
    found = boxes_of(data)
    assert (found[9]["video"]["endTrack"], found[10]["video"]["endTrack"]) == (False, True)
    assert found[10]["video"]["trackId"] == "tv"
    again = named(read_export(tmp_path / "saved.json"), "v2")
    assert [placement.index for placement in again.placements] == [2, 3, 4, 5, 6, 8, 9, 10]


def test_flags_keep_being_numbers(tmp_path: Path):
    path = tmp_path / "numbers.json"
    text = TASKS.read_text(encoding="utf-8")
    path.write_text(text.replace('Frame": true', 'Frame": 1').replace('Track": false', 'Track": 0'))
    opened = read_export(path)
    annotation, track = track_of(opened)
    cut = replace(annotation, placements=track.without(6))
    found = boxes_of(written(opened, opened.with_annotation(cut), tmp_path))
    assert found[8]["video"]["endTrack"] == 1
    assert type(found[8]["video"]["endTrack"]) is int
