"""After any edit, frames, segments and key-frame map say the same, by the rules of an oracle."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from format_cases import DATA
from hypothesis import given
from hypothesis import strategies as st
from labelbox_rows import read, sides, video
from listed import all_of
from reshaping import reshaped

from viewer.formats import read_export, write_export
from viewer.formats.labelbox.checks import FROM_1
from viewer.geometry.measure import bounds
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.track import Track

FILES = ("everything.json", "two_spaces.json", "exports_tabs_crlf_bom.json", "everything.ndjson")


def can_change(annotation: Annotation) -> bool:
    return annotation.locked_reason is None


@st.composite
def frame_edited(draw: st.DrawFn, annotation: Annotation) -> Annotation:
    """A label of a video or a series with some frames changed, gone or new."""
    placements = annotation.placements
    for _ in range(draw(st.integers(1, 3))):
        number = draw(st.integers(0, len(placements) - 1))
        placement = placements[number]
        action = draw(st.sampled_from(["shape", "drop", "add"]))
        if action == "shape" and placement.shape is not None:
            shape = reshaped(draw, placement.shape)
            annotation = msgspec.structs.replace(annotation, placements=placements)
            placements = annotation.with_shape(number, shape).placements
        elif isinstance(placements, Track) and action == "drop" and len(placements) > 1:
            placements = placements.without(number)
        elif isinstance(placements, Track) and action == "add" and placement.shape is not None:
            frame = draw(st.integers(0, 39))
            if frame not in placements.frames:
                media = msgspec.structs.replace(placement.media, frame=frame)
                new = Placement(media, placement.plane, frame, placement.shape)
                placements = placements.with_new(new, frame)
    return msgspec.structs.replace(annotation, placements=placements)


@st.composite
def moved(draw: st.DrawFn, annotation: Annotation) -> Annotation:
    """A label with one placement, on another frame, in DICOM on another plane too."""
    (placement,) = annotation.placements
    frame = draw(st.integers(0, 30))
    plane = placement.plane
    if plane != "acquired":
        plane = draw(st.sampled_from(["axial", "sagittal", "coronal"]))
    media = msgspec.structs.replace(placement.media, frame=frame)
    there = msgspec.structs.replace(placement, media=media, plane=plane, index=frame)
    return msgspec.structs.replace(annotation, placements=(there,))


@st.composite
def edited(draw: st.DrawFn, project: Project) -> Project:
    for id in list(project.annotations):
        annotation = project.annotations[id]
        action = draw(st.sampled_from(["keep", "keep", "frames", "move", "delete"]))
        if action == "delete":
            project = project.without_annotations([id])
        elif not can_change(annotation):
            continue
        elif action == "frames" and annotation.placements[0].shape is not None:
            project = project.with_annotation(draw(frame_edited(annotation)))
        elif (
            action == "move"
            and len(annotation.placements) == 1
            and annotation.placements[0].index is not None
            and annotation.placements[0].shape is not None
        ):
            project = project.with_annotation(draw(moved(annotation)))
    return project


def places_of(annotation: Annotation) -> dict[object, object]:
    """Return the bounds of every placement that is drawn, by plane and frame."""
    return {
        (one.plane, one.index): bounds(one.shape)
        for one in annotation.placements
        if one.shape is not None
    }


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
def test_what_is_written_agrees_with_itself_and_reads_back(faults, tmp_path, name, data):
    opened = read_export(DATA / "labelbox" / name)
    current = data.draw(edited(opened))
    target = tmp_path / "saved.json"
    write_export(opened, current, "1", target)
    assert faults(target) == set()
    again = read_export(target)
    wanted = {
        a.native_id: places_of(a) for a in map(current.annotations.__getitem__, current.annotations)
    }
    found = {
        a.native_id: places_of(a) for a in map(again.annotations.__getitem__, again.annotations)
    }
    assert found.keys() == wanted.keys()
    for id, places in wanted.items():
        assert found[id].keys() == places.keys()
        for place, box in places.items():
            assert found[id][place] == pytest.approx(box, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("name", FILES)
def test_every_record_of_a_label_that_is_left_alone_keeps_its_bytes(tmp_path: Path, name):
    opened = read_export(DATA / "labelbox" / name)
    for id in opened.annotations:
        target = tmp_path / "saved.json"
        write_export(opened, opened.without_annotations([id]), "1", target)
        written = target.read_bytes()
        for other in opened.annotations:
            for placement in opened.annotations[other].placements if other != id else ():
                for origin in placement.origins:
                    base = opened.exports["1"].sources[0].base
                    assert bytes(base[origin.start : origin.end]) in written


def test_a_file_that_is_taken_to_count_from_0_is_written_so(tmp_path: Path):
    tree = json.loads((DATA / "labelbox" / "everything.json").read_bytes())[2]
    text = json.dumps(tree).replace('"1": {"objects"', '"0": {"objects"')
    text = text.replace("[[1, 9]]", "[[0, 8]]").replace("[1, 5]", "[0, 5]")
    path = tmp_path / "zero.json"
    path.write_text(text)
    opened = read_export(path)
    assert [issue.code for issue in opened.exports["1"].issues] == ["frames-from-0"]
    track = opened.annotations[AnnotationId("1", 0)]
    assert [one.index for one in track.placements if one.stored] == [0, 5]
    assert isinstance(track.placements, Track)
    shorter = msgspec.structs.replace(track, placements=track.placements.without(8))
    write_export(opened, opened.with_annotation(shorter), "1", tmp_path / "out.json")
    held = json.loads((tmp_path / "out.json").read_bytes())["projects"]
    (label,) = held["clproject00000000000000001"]["labels"]
    assert list(label["annotations"]["segments"].values()) == [[[0, 7]]]
    assert list(label["annotations"]["key_frame_feature_map"].values()) == [[0, 5]]


def test_a_file_that_counts_from_0_does_so_without_a_label_on_frame_0(tmp_path: Path):
    opened = read(video({"0": {"a": sides(1), "b": sides(2)}, "3": {"c": sides(3)}}), tmp_path)
    ids = list(opened.annotations)
    current = opened.without_annotations(ids[:2])
    report = write_export(opened, current, "1", tmp_path / "out.json")
    assert report.notes == ()
    (left,) = all_of(read_export(tmp_path / "out.json"))
    assert [one.index for one in left.placements] == [3]


def test_an_import_that_leaves_no_label_on_frame_0_says_so(tmp_path: Path):
    rows = [
        {"uuid": id, "name": "T", "dataRow": {"id": "d"}, "segments": [{"keyframes": [
            {"frame": number, "bbox": sides(1)["bounding_box"]}]}]}
        for id, number in (("a", 0), ("b", 3))
    ]  # fmt: skip
    opened = read(rows, tmp_path)
    for count, id in enumerate(opened.annotations):
        current = opened.without_annotations([id])
        report = write_export(opened, current, "1", tmp_path / f"{count}.json")
        assert (FROM_1 in report.notes) == (count == 0)
