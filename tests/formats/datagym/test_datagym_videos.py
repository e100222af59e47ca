"""Video tasks: visible frames, key frames, held answers, what the exporter destroyed, edits."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.geometry.measure import same_shape
from viewer.geometry.shapes import Box, Point, Shape
from viewer.geometry.solids import Solid
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.model.table import KINDS
from viewer.model.track import Track

Json = Any
VIDEO = "video task u1"
U1, U2 = AnnotationId("1", 0), AnnotationId("1", 1)


def box(x: float, **more: Json) -> Json:
    return {"rectangle": [{"x": x, "y": 2, "w": 30, "h": 40}], **more}


def said(**answers: Json) -> Json:
    return {"classifications": answers}


FRAMES = {
    "u1": [*range(3, 21), *range(30, 36)],
    "u2": [5, 6],
}
OBJECTS = {
    "u1": {
        "3": box(0, **said(material=["glass", {"colour": ["red"]}])),
        "8": said(material=["steel", {"colour": ["null"]}]),
        "12": box(90),
        "20": box(90),
        "30": box(5, **said(material=["null"])),
    },
    "u2": {"5": {"point": [{"x": 10, "Y": 20}]}},
}


def tree(objects: Json = OBJECTS, frames: Json = FRAMES) -> Json:
    seen: dict[str, list[Json]] = {}
    for id, numbers in frames.items():
        for number in numbers:
            seen.setdefault(str(number), []).append({"visibleObjectId": id})
    return {"frames": seen, "object": objects}


def opened(folder: Path, content: Json, name: str = "video.json") -> Project:
    path = folder / name
    path.write_bytes(
        content if isinstance(content, bytes) else json.dumps(content, indent=2).encode()
    )
    return read_export(path)


def resaved(before: Project, after: Project, folder: Path) -> Json:
    write_export(before, after, "1", folder / "saved.json")
    return json.loads((folder / "saved.json").read_bytes())


def track_of(project: Project, id: AnnotationId = U1) -> Track:
    placements = project.annotations[id].placements
    assert isinstance(placements, Track)
    return placements


def on(project: Project, frame: int, id: AnnotationId = U1) -> Placement:
    track = track_of(project, id)
    return track[int(np.flatnonzero(track.frames == frame)[0])]


def codes_of(project: Project) -> set[str]:
    return {issue.code for issue in project.exports["1"].issues}


def number_of(track: Track, frame: int) -> int:
    return int(np.flatnonzero(track.frames == frame)[0])


def test_objects_are_seen_on_the_frames_listed_and_drawn_on_their_key_frames(tmp_path: Path):
    project = opened(tmp_path, tree())
    assert [project.annotations[id].native_id for id in project.annotations] == ["u1", "u2"]
    track = track_of(project)
    assert track.frames.tolist() == FRAMES["u1"]
    assert track.frames[track.keys].tolist() == [3, 8, 12, 20, 30]
    assert track.stretches() == [(0, 17), (18, 23)]


def test_rectangles_go_straight_between_key_frames_and_stay_behind_the_last(tmp_path: Path):
    project = opened(tmp_path, tree())
    assert on(project, 6).shape == Box(30, 2, 30, 40)
    assert on(project, 8).shape == Box(50, 2, 30, 40)  # answers alone change there
    assert on(project, 35).shape == Box(5, 2, 30, 40)
    assert not on(project, 6).stored


def test_other_shapes_hold_the_key_frame_before(tmp_path: Path):
    points = {"p": {"0": {"point": [{"x": 1, "Y": 2}]}, "4": {"point": [{"x": 9, "Y": 2}]}}}
    project = opened(tmp_path, tree(points, {"p": range(6)}))
    assert on(project, 3).shape == Point(1, 2)
    assert on(project, 5).shape == Point(9, 2)


def test_answers_hold_until_a_key_frame_says_others_and_null_is_spelled_as_text(tmp_path: Path):
    project = opened(tmp_path, tree())

    def answers(frame: int) -> list[object]:
        return [one.value for one in on(project, frame).attributes]

    assert answers(3) == answers(5) == ["glass", "red"]
    assert answers(8) == answers(12) == answers(20) == ["steel", None]
    assert answers(30) == [None]


def test_the_class_of_an_object_is_the_one_of_its_type_or_unknown(tmp_path: Path):
    project = opened(tmp_path, tree())
    assert project.annotations[U1].class_id == "unknown class (rectangle)"
    classes = [{"class_name": "bottle", "geometry_type": "rectangle"}]
    merged = [{"label_classes": classes}, {"internal_media_ID": "v", "labels": tree()}]
    project = opened(tmp_path, merged)
    assert project.annotations[U1].class_id == "bottle"
    assert {"class-by-type", "class-unknown"} <= codes_of(project)
    classes.append({"class_name": "box", "geometry_type": "rectangle"})
    project = opened(tmp_path, merged)
    assert project.annotations[U1].class_id == "unknown class (rectangle)"
    assert "class-by-type" not in codes_of(project)


@pytest.mark.parametrize("name", ["polygon", "line"])
def test_what_the_exporter_left_of_a_polygon_is_a_point_and_locked(tmp_path: Path, name: str):
    project = opened(tmp_path, tree({"d": {"5": {name: [{"x": 10, "Y": 20}]}}}, {"d": [5]}))
    label = project.annotations[U1]
    assert label.placements[0].shape == Point(10, 20)
    assert "kept the last vertex" in (label.locked_reason or "")
    assert any("last vertex" in one.text for one in label.placements[0].attributes)
    moved = project.with_annotation(label.with_shape(0, Point(1, 1)))
    with pytest.raises(CannotWrite, match="last vertex"):
        write_export(project, moved, "1", tmp_path / "out.json")


def test_a_global_answer_of_a_video_is_said_to_be_lost(tmp_path: Path):
    project = opened(tmp_path, tree({"g": {"5": {"select": [{}]}}}, {"g": [5]}))
    label = project.annotations[U1]
    assert label.class_id == "unknown class (classification)"
    assert "lost its answer" in (label.locked_reason or "")


def test_null_numbers_of_videos_are_text(tmp_path: Path):
    null = {"rectangle": [dict.fromkeys("xywh", "null")]}
    project = opened(tmp_path, tree({"n": {"5": null}}, {"n": [5]}))
    assert project.annotations[U1].placements[0].shape is None


def test_odd_objects_are_told_and_stay(tmp_path: Path):
    objects = {**OBJECTS, "far": {"99": box(1)}, "none": {}, "odd": {"x": box(1), "7": box(2)}}
    project = opened(tmp_path, tree(objects, {**FRAMES, "late": [1], "odd": [6, 7]}))
    codes = codes_of(project)
    assert {"unseen-key-frame", "never-drawn", "odd-frame", "no-key-frame"} <= codes
    assert resaved(project, project, tmp_path)["object"] == objects


def test_the_head_of_a_projects_videos_gives_sizes_names_and_frame_rates(tmp_path: Path):
    task = {
        "internal_media_ID": "v", "external_media_ID": "1590000000000_a.mp4", "labeler": None,
        "status": "completed", "task_export_url": "https://x/api/v1/exportVideoTask/t1/",
        "video_height": "1080", "video_width": "1920", "video_total_frames": "1355",
        "video_frame_rate": "48633600/1622741", "video_duration": "45.21183",
    }  # fmt: skip
    export = opened(tmp_path, [{"label_classes": []}, task]).exports["1"]
    (entry,) = export.entries
    assert (entry.kind, entry.size, entry.count) == ("video", (1920, 1080), 1355)
    assert entry.names == ("1590000000000_a.mp4", "a.mp4")
    assert "29.970 frames per second" in dict(export.facts)["frame rate of 1590000000000_a.mp4"]


# Edits ------------------------------------------------------------------------------------------


def test_a_moved_key_frame_changes_its_numbers_alone(tmp_path: Path):
    project = opened(tmp_path, tree())
    track = track_of(project)
    label = project.annotations[U1].with_shape(number_of(track, 20), Box(91, 2, 30, 40))
    wanted = tree()
    wanted["object"]["u1"] = {
        **OBJECTS["u1"],
        "20": box(91),
        "8": {**OBJECTS["u1"]["8"], **box(50)},
    }
    assert resaved(project, project.with_annotation(label), tmp_path) == wanted


def test_an_answer_that_changes_leaves_those_behind_it_as_they_were(tmp_path: Path):
    project = opened(tmp_path, tree())
    track = track_of(project)
    label = project.annotations[U1].with_attribute(number_of(track, 8), "/material", "wood")
    found = resaved(project, project.with_annotation(label), tmp_path)["object"]["u1"]
    assert found["8"]["classifications"]["material"][0] == "wood"
    assert found["12"]["classifications"]["material"][0] == "steel"
    assert "classifications" not in found["20"]


def test_a_deleted_object_leaves_no_frame_on_which_it_is_seen(tmp_path: Path):
    project = opened(tmp_path, tree())
    saved = resaved(project, project.without_annotations([U1]), tmp_path)
    assert saved == tree({"u2": OBJECTS["u2"]}, {"u2": FRAMES["u2"]})


def test_a_new_object_is_seen_on_its_frames(tmp_path: Path):
    project = opened(tmp_path, tree())
    placements = tuple(
        Placement(MediaKey(entry=VIDEO, frame=frame), index=frame, shape=Box(frame, 2, 3, 4))
        for frame in (5, 40)
    )
    new = Annotation(
        AnnotationId("1", 0, new=True), "", "unknown class (rectangle)", "", placements
    )
    saved = resaved(project, project.with_annotation(new), tmp_path)
    (id,) = set(saved["object"]) - set(OBJECTS)
    assert [frame for frame, ids in saved["frames"].items() if {"visibleObjectId": id} in ids] == [
        "5",
        "40",
    ]
    other = msgspec.structs.replace(new, class_id="unknown class (point)")
    with pytest.raises(CannotWrite, match="holds point, not box"):
        write_export(project, project.with_annotation(other), "1", tmp_path / "out.json")


CLASSES = [{"class_name": name, "geometry_type": "rectangle"} for name in ("bottle", "jar")]
MERGED = [
    {"label_classes": [*CLASSES, {"class_name": "lm", "geometry_type": "point"}]},
    {"internal_media_ID": "v", "labels": tree()},
]


def test_a_class_given_to_an_object_is_said_and_not_written(tmp_path: Path):
    project = opened(tmp_path, MERGED)
    label = msgspec.structs.replace(project.annotations[U1], class_id="bottle")
    given = project.with_annotation(label)
    report = write_export(project, given, "1", tmp_path / "out.json")
    assert (tmp_path / "out.json").read_bytes() == (tmp_path / "video.json").read_bytes()
    assert report.changed == ()
    assert any("kept on this computer" in note for note in report.notes)


@pytest.mark.parametrize(("class_id", "why"), [("lm", "holds point"), ("gone", "not in the")])
def test_a_class_of_another_type_or_of_none_is_refused(tmp_path: Path, class_id: str, why: str):
    project = opened(tmp_path, MERGED)
    label = msgspec.structs.replace(project.annotations[U1], class_id=class_id)
    with pytest.raises(CannotWrite, match=why):
        write_export(project, project.with_annotation(label), "1", tmp_path / "out.json")


def test_video_tasks_are_known_by_their_first_object_whatever_their_files_are_called(
    tmp_path: Path,
):
    other = tree({"w": OBJECTS["u2"]}, {"w": [5]})
    projects = [
        opened(tmp_path, tree(), "one.json"),
        opened(tmp_path, other, "two.json"),
        opened(tmp_path, tree(), "three.json"),
        opened(tmp_path, tree({}, {}), "four.json"),
    ]
    entries = [project.exports["1"].entries[0] for project in projects]
    assert [one.id for one in entries] == [
        "video task u1", "video task w", "video task u1", "video task",
    ]  # fmt: skip
    assert [one.title for one in entries] == ["one.json", "two.json", "three.json", "four.json"]


def one_edit(draw: Callable[..., Any], label: Annotation) -> Annotation:
    """A track with a key frame moved, made or taken away, an answer changed, a frame more."""
    track = label.placements
    assert isinstance(track, Track)
    number = draw(st.integers(0, len(track) - 1))
    match draw(st.sampled_from(["shape", "shape", "take", "answer", "frame"])):
        case "take" if len(track) > 1:
            return label.without_placement(number)
        case "answer":
            key = next((one.key for one in track[number].attributes if one.key), None)
            value = draw(st.sampled_from(["glass", "wood", None]))
            return label.with_attribute(number, key, value) if key else label
        case "frame":
            frame = draw(st.integers(0, 45))
            if frame in track.frames.tolist():
                return label
            key = MediaKey(entry=VIDEO, frame=frame)
            attributes = track[number].attributes
            made = Placement(key, index=frame, shape=shape_like(draw, label), attributes=attributes)
            return msgspec.structs.replace(label, placements=track.with_new(made, frame))
        case _:
            return label.with_shape(number, shape_like(draw, label))


def shape_like(draw: Callable[..., Any], label: Annotation) -> Box | Point:
    x = float(draw(st.integers(0, 100)))
    return Box(x, 2, 30, 40) if label.native_id == "u1" else Point(x, 20)


@given(data=st.data())
def test_edited_objects_read_back_as_they_were_edited(tmp_path: Path, data: st.DataObject):
    project = opened(tmp_path, tree())
    current = project
    for _ in range(data.draw(st.integers(1, 4))):
        id = data.draw(st.sampled_from([U1, U2]))
        current = current.with_annotation(one_edit(data.draw, current.annotations[id]))
    again = opened(tmp_path, resaved(project, current, tmp_path), "again.json")
    for id in (U1, U2):
        mine, theirs = track_of(current, id), track_of(again, id)
        assert mine.frames.tolist() == theirs.frames.tolist()
        for one, other in zip(mine, theirs, strict=True):
            assert [(a.key, a.value) for a in one.attributes] == [
                (a.key, a.value) for a in other.attributes
            ]
            assert close(one.shape, other.shape), one.index


def close(one: Shape | Solid | None, other: Shape | Solid | None) -> bool:
    if isinstance(one, Box) and isinstance(other, Box):
        return np.allclose(msgspec.structs.astuple(one), msgspec.structs.astuple(other))
    return same_shape(one, other)


def test_columns_tell_the_kinds_of_objects(tmp_path: Path):
    columns = opened(tmp_path, tree()).annotations.bases["1"].columns
    assert {KINDS[code] for code in columns.kinds[columns.owners == 0]} == {"box"}
    assert {KINDS[code] for code in columns.kinds[columns.owners == 1]} == {"point"}
