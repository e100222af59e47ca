"""Labels of RedBrick AI's entries find their pictures, and their size where none was stated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bound import film, pictures, scan

from tests.telling import matched
from viewer.formats import read_export
from viewer.geometry.shapes import Box
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.review.binding import Choice, Choices
from viewer.review.turns import Turn

Json = Any


def box(**video: Json) -> Json:
    found = {"pointTopLeft": {"xNorm": 0.5, "yNorm": 0.25}, "wNorm": 0.25, "hNorm": 0.5,
             "category": "c"}  # fmt: skip
    return {**found, "video": video} if video else found


def opened(folder: Path, *series: Json) -> Project:
    path = folder / "tasks.json"
    path.write_text(json.dumps([{"taskId": "t", "name": "n", "series": series}]))
    return read_export(path)


def test_a_picture_tells_its_size_to_labels_that_count_in_parts_of_it(tmp_path: Path):
    media = pictures(["x.png"])
    project = opened(tmp_path, {"items": ["img/x.png"], "boundingBoxes": [box()]})
    only = AnnotationId("1", 0)
    assert project.annotations[only].placements[0].shape is None
    (place,) = matched(project, [media]).of(only)
    assert (place.media, place.slice, place.reason) == (0, 0, "")
    width, height = media.columns, media.rows
    shown = project.annotations[only].placements[0]
    assert shown.shape == Box(width / 2, height / 4, width / 4, height / 2)
    assert shown.size == (width, height)


def test_the_file_that_is_named_decides_and_not_the_frame(tmp_path: Path):
    names = [f"ct/IM{k:04}.dcm" for k in range(8)]
    series = {"name": "1.2.3.4", "items": names[::-1],
              "boundingBoxes": [box(seriesItemIndex=1, frameIndex=5)]}  # fmt: skip
    (place,) = matched(opened(tmp_path, series), [scan()]).of(AnnotationId("1", 0))
    assert (place.slice, place.reason) == (6, "")


def test_a_frame_of_a_clip_is_the_frame_of_the_video(tmp_path: Path):
    series = {"items": ["https://bucket.test/v/clip.mp4?sig=1"],
              "boundingBoxes": [box(seriesItemIndex=0, frameIndex=3)]}  # fmt: skip
    (place,) = matched(opened(tmp_path, series), [film("clip.mp4", 9)]).of(AnnotationId("1", 0))
    assert (place.media, place.slice, place.reason) == (0, 3, "")


def test_without_its_frame_a_file_of_many_frames_is_not_guessed_from_the_series_frame(
    tmp_path: Path,
):
    headers = {"imageHeaders": {"dimensions": [64, 48, 12], "totalFrames": 12}}
    both = box(seriesItemIndex=1, frameIndex=7, seriesFrameIndex=1)
    old = box(seriesItemIndex=1, frameIndex=7)
    series = {"items": ["a.dcm", "b.dcm"], **headers, "boundingBoxes": [both, old]}
    project = opened(tmp_path, series)
    columns = project.annotations.bases["1"].columns
    assert list(zip(columns.items.tolist(), columns.frames.tolist(), strict=True)) == [
        (1, 1),
        (-1, 7),
    ]
    flat = {"items": ["a.dcm", "b.dcm"], "boundingBoxes": [old]}
    columns = opened(tmp_path, flat).annotations.bases["1"].columns
    assert columns.items.tolist() == [1]


def test_parts_of_a_picture_stay_where_they_are_however_high_its_rows_are_taken(tmp_path: Path):
    media = pictures(["x.png"])
    project = opened(tmp_path, {"items": ["img/x.png"], "boundingBoxes": [box()]})
    only = AnnotationId("1", 0)
    for scale in (1.0, 2.0, 0.5):
        turn = Choice(planes={"acquired": Turn(scale_y=scale)})
        matches = matched(project, [media], {"1": Choices(turn)})
        assert matches.of(only)[0].reason == ""
        size = (media.columns, media.rows)
        held = project.annotations[only].placements[0].shape
        assert isinstance(held, Box)
        shown = matches.frame_of("1", 0, 2).shown(held, size)
        assert shown == pytest.approx(Box(size[0] / 2, size[1] / 4, size[0] / 4, size[1] / 2))
