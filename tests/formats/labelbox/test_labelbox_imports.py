"""Files for import: read as they are, and made from what was exported."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from bound import scan
from format_cases import DATA
from labelbox_rows import Json, image, read, row_of, sides, thing, video
from listed import all_of
from PIL import Image

from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.formats.labelbox.write_import import import_of_project, write_import
from viewer.geometry.mask import Mask
from viewer.geometry.measure import bounds
from viewer.geometry.shapes import Box, Point, Shape
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.model.table import KINDS
from viewer.review.matching import match


def rows_of(project: Project) -> list[Json]:
    return [json.loads(line) for line in write_import(project, "1", leave_out=True).splitlines()]


def test_the_vendors_own_imports_are_read(shared: Path):
    folder = shared / "data" / "exports" / "labelbox"
    lines = read_export(folder / "sdk_dicom_import.ndjson")
    columns = lines.annotations.bases["1"].columns
    assert [KINDS[kind] for kind in columns.kinds[columns.roles < 2]].count("polyline") == 2
    first = lines.annotations[AnnotationId("1", 0)].placements[0]
    assert (first.plane, first.index) == ("axial", 1)
    tracks = all_of(read_export(folder / "sdk_video_import.json"))
    point = tracks[4]
    assert [(p.index, p.is_key) for p in point.placements if p.is_key] == [
        (0, True),
        (4, True),
        (9, True),
    ]
    assert point.placements[1].shape == Point(50, 50)  # nothing between two segments
    boxes = all_of(read_export(folder / "sdk_nested_import.json"))
    assert boxes[0].placements[0].shape == Box(2275, 1352, 139, 350)


def test_a_key_frame_of_an_import_is_changed_in_place(shared: Path, tmp_path: Path):
    source = shared / "data/exports/labelbox/sdk_video_import.json"
    opened = read_export(source)
    track = all_of(opened)[4]
    moved = opened.with_annotation(track.with_shape(0, Point(11, 10)))
    write_export(opened, moved, "1", tmp_path / "out.json")
    tree = json.loads(source.read_bytes())
    tree[4]["segments"][0]["keyframes"][0]["point"]["x"] = 11
    assert json.loads((tmp_path / "out.json").read_bytes()) == tree


def test_only_key_frames_are_imported_and_a_gap_begins_a_segment(tmp_path: Path):
    frames = {str(n): {"a": sides(n)} for n in (1, 3, 5, 9)}
    keys = {"a": {"1": True, "3": False, "5": True, "9": True}}
    (row,) = rows_of(read(video(frames, {"a": [[1, 5], [9, 9]]}, keys), tmp_path))
    numbers = [[key["frame"] for key in part["keyframes"]] for part in row["segments"]]
    assert numbers == [[1, 5], [9]]
    assert row["dataRow"] == {"id": "d"}
    assert row["segments"][0]["keyframes"][0]["bbox"] == sides(1)["bounding_box"]


def test_an_import_reads_back_as_the_labels_it_was_made_from(tmp_path: Path):
    opened = read_export(DATA / "labelbox" / "everything.json")
    path = tmp_path / "import.ndjson"
    path.write_bytes(write_import(opened, "1", leave_out=True))
    again = all_of(read_export(path))
    wanted = [a for a in all_of(opened) if a.locked_reason is None and shown(a)]
    for one in wanted:
        assert any(is_shown_alike(shown(one), shown(other)) for other in again)


def shown(annotation: Annotation) -> dict[object, Shape]:
    """Return every shape of a label by its plane and frame."""
    placed = {(one.plane, one.index): one.flat for one in annotation.placements}
    return {place: shape for place, shape in placed.items() if shape is not None}


def is_shown_alike(one: dict[object, Shape], other: dict[object, Shape]) -> bool:
    return one.keys() == other.keys() and all(
        bounds(shape) == pytest.approx(bounds(other[place]), rel=1e-9)
        for place, shape in one.items()
    )


def test_rows_are_the_same_each_time_and_each_its_own(tmp_path: Path):
    opened = read_export(DATA / "labelbox" / "everything.json")
    assert write_import(opened, "1", leave_out=True) == write_import(opened, "1", leave_out=True)
    ids = [row["uuid"] for row in rows_of(opened)]
    assert len(set(ids)) == len(ids)
    related = [row for row in rows_of(opened) if "relationship" in row]
    assert [row["relationship"]["type"] for row in related] == ["unidirectional"]
    assert set(related[0]["relationship"].values()) - {"unidirectional"} <= set(ids)


def test_what_an_import_cannot_hold_is_named(tmp_path: Path):
    mask = thing("m", "ImageSegmentationMask", {"mask": {"url": "https://x.example/m"}})
    opened = read(image(thing("a", "ImageBoundingBox", sides(1)), mask), tmp_path)
    with pytest.raises(CannotWrite, match=r"'Thing' \(m\): its mask is not downloaded"):
        write_import(opened, "1")


def test_masks_of_a_plane_are_painted_into_one_picture_a_slice(tmp_path: Path):
    opened = read(image(thing("a", "ImageBoundingBox", sides(1))), tmp_path)
    bitmaps = [np.array([[1, 1], [0, 1]], np.bool_), np.ones((1, 2), np.bool_)]
    current = opened
    for number, bitmap in enumerate(bitmaps):
        key = MediaKey(entry="d", frame=3)
        shape = Mask.from_array(bitmap, 1 + number, 2)
        place = Placement(key, "sagittal", 3, shape, size=(6, 5))
        new = Annotation(
            AnnotationId("1", number, new=True), "", "ImageBoundingBox Thing", "", (place,)
        )
        current = current.with_annotation(msgspec.structs.replace(new, created=str(number)))
    row = rows_of(current)[-1]
    assert row["groupKey"] == "sagittal"
    (frame,) = row["masks"]["frames"]
    assert frame["index"] == 4
    (tmp_path / "m.png").write_bytes(base64.b64decode(frame["imBytes"]))
    with Image.open(tmp_path / "m.png") as picture:
        pixels = np.asarray(picture)
    first, second = (tuple(one["colorRGB"]) for one in row["masks"]["instances"])
    assert pixels.shape == (5, 6, 3)
    assert [tuple(p) for p in pixels[2, :4]] == [(0, 0, 0), first, second, second]
    assert [tuple(p) for p in pixels[3, :4]] == [(0, 0, 0), (0, 0, 0), first, (0, 0, 0)]


def test_nested_answers_stay_inside_their_answers(tmp_path: Path):
    opened = read_export(DATA / "labelbox" / "everything.json")
    (row, *_) = rows_of(opened)
    remark = {"name": "Remark", "answer": "by the \u00e9dge"}
    side = {"name": "Side", "answer": {"name": "Left", "classifications": [remark]}}
    assert row["classifications"] == [side]


ANSWER = {"uuid": "u", "dataRow": {"id": "d"}, "name": "Side", "answer": {"name": "Left"}}


def test_an_answer_stands_on_the_frames_that_its_row_lists(tmp_path: Path):
    row = {**ANSWER, "frames": [{"start": 9, "end": 11}, {"start": 15, "end": 15}]}
    opened = read([row], tmp_path)
    (found,) = all_of(opened)
    assert [one.index for one in found.placements] == [8, 9, 10, 14]
    assert {one.attributes[0].value for one in found.placements} == {"Left"}
    (again,) = rows_of(opened)
    assert again["frames"] == row["frames"]
    changed = found
    for number in range(4):
        changed = changed.with_attribute(number, "/0", "Right")
    write_export(opened, opened.with_annotation(changed), "1", tmp_path / "out.json")
    written = json.loads((tmp_path / "out.json").read_bytes())
    assert written == [{**row, "answer": {"name": "Right"}}]
    apart = opened.with_annotation(found.with_attribute(1, "/0", "Right"))
    with pytest.raises(CannotWrite, match=r"\(u\): its answer differs from frame to frame"):
        write_export(opened, apart, "1", tmp_path / "no.json")


@pytest.mark.parametrize(
    "frames",
    [[{"start": 5, "end": 2}], [{"start": 1, "end": 9}, {"start": 4, "end": 6}], [{}],
     [{"start": 1, "end": 10**9}], [{"start": -3, "end": 2}]],
)  # fmt: skip
def test_ranges_that_are_none_leave_the_answer_to_the_whole(tmp_path: Path, frames: Json):
    (found,) = all_of(read([{**ANSWER, "frames": frames}], tmp_path))
    assert [one.index for one in found.placements] == [None]


def test_a_gap_in_a_track_is_written_by_a_key_frame_at_its_end(tmp_path: Path):
    keys = [{"frame": n, "bbox": sides(n)["bounding_box"], "x": n} for n in (1, 9)]
    row = {"name": "T", "uuid": "u", "dataRow": {"id": "d"}, "segments": [{"keyframes": keys}]}
    opened = read([row], tmp_path)
    (track,) = all_of(opened)
    shorter = msgspec.structs.replace(track, placements=track.placements.without(4))
    write_export(opened, opened.with_annotation(shorter), "1", tmp_path / "out.json")
    (written,) = json.loads((tmp_path / "out.json").read_bytes())
    numbers = [[key["frame"] for key in part["keyframes"]] for part in written["segments"]]
    assert numbers == [[1, 4], [6, 9]]
    assert written["segments"][0]["keyframes"][0] == keys[0]
    assert written["segments"][1]["keyframes"][1:] == keys[1:]
    assert list(written) == list(row)


def test_a_relationship_goes_with_a_row_that_it_names(tmp_path: Path):
    point = {"uuid": "a", "dataRow": {"id": "d"}, "name": "P", "point": {"x": 1, "y": 2}}
    ends = {"source": "a", "target": "b", "type": "unidirectional"}
    related = {"uuid": "r", "dataRow": {"id": "d"}, "name": "r", "relationship": ends}
    lines = [json.dumps(one).encode() for one in (point, {**point, "uuid": "b"}, related)]
    opened = read(b"\r\n".join(lines), tmp_path)
    gone = opened.without_annotations([all_of(opened)[0].id])
    write_export(opened, gone, "1", tmp_path / "out.ndjson")
    assert (tmp_path / "out.ndjson").read_bytes() == lines[1] + b"\r\n"


@pytest.mark.parametrize("newline", [None, b"\n", b"\r\n"])
def test_the_last_row_by_which_an_import_is_known_stays(tmp_path: Path, newline: bytes | None):
    point = {"uuid": "a", "dataRow": {"id": "d"}, "name": "P", "point": {"x": 1, "y": 2}}
    odd = {"uuid": "z", "name": "Q"}
    rows = [point, {**point, "uuid": "b"}, odd]
    lines = [json.dumps(one).encode() for one in rows]
    opened = read(rows if newline is None else newline.join(lines), tmp_path)
    first, second, third = all_of(opened)
    current = opened.without_annotations([first.id])
    write_export(opened, current, "1", tmp_path / "one.json")
    assert len(all_of(read_export(tmp_path / "one.json"))) == 2
    current = current.without_annotations([second.id])
    said = r"'P' \(a\), 'P' \(b\): without it no row is left by which the file can be opened again"
    with pytest.raises(CannotWrite, match=said):
        write_export(opened, current, "1", tmp_path / "none.json")
    assert not (tmp_path / "none.json").exists()
    place = Placement(MediaKey(entry="d"), shape=Point(3, 4))
    new = Annotation(AnnotationId("1", 0, new=True), "", first.class_id, "", (place,))
    current = current.with_annotation(msgspec.structs.replace(new, created="now"))
    current = current.without_annotations([third.id])
    write_export(opened, current, "1", tmp_path / "new.json")
    assert [one.placements[0].shape for one in all_of(read_export(tmp_path / "new.json"))] == [
        Point(3, 4)
    ]


def test_a_mask_in_its_row_is_changed_there_and_no_other_row(tmp_path: Path):
    Image.new("L", (3, 1), 1).save(tmp_path / "m.png")
    picture = base64.b64encode((tmp_path / "m.png").read_bytes()).decode()
    head = {"uuid": "u", "dataRow": {"id": "d"}}
    instances = [{"colorRGB": [1, 1, 1], "name": "A"}]
    frames = [{"index": 1, "imBytes": picture}]
    rows = [
        {**head, "name": "M", "mask": {"png": picture}},
        {**head, "uuid": "v", "masks": {"frames": frames, "instances": instances}},
    ]
    opened = read(rows, tmp_path)
    still, _ = all_of(opened)
    size = (3, 1)
    placed = msgspec.structs.replace(
        still.placements[0], shape=Mask.from_array(np.ones((1, 1), np.bool_), 2, 0), size=size
    )
    current = opened.with_annotation(still.with_placement(0, placed))
    write_export(opened, current, "1", tmp_path / "out.json")
    written = json.loads((tmp_path / "out.json").read_bytes())
    assert written[1] == rows[1]
    (tmp_path / "n.png").write_bytes(base64.b64decode(written[0]["mask"]["png"]))
    with Image.open(tmp_path / "n.png") as opened_picture:
        assert np.asarray(opened_picture).tolist() == [[0, 0, 1]]


def test_overlapping_masks_are_said_and_the_later_one_lies_on_top(tmp_path: Path):
    url = {"mask": {"url": "https://x.example/m"}}
    frame = {"objects": {id: thing(id, "VideoSegmentationMask", url) for id in "ab"},
             "classifications": []}  # fmt: skip
    annotations = {"frames": {"1": frame}, "segments": {}, "classifications": []}
    for id in "ab":
        Image.new("L", (2, 1), 255).save(tmp_path / f"{id}_1.png")
    opened = read(row_of(annotations, "Video"), tmp_path)
    made = import_of_project(opened, "1")
    assert made.notes == (
        "Masks overlap on d, and an import holds one label per pixel; partly below others: Thing.",
    )


def test_a_mask_of_which_frames_are_not_there_is_imported_on_the_others(tmp_path: Path):
    url = {"mask": {"url": "https://x.example/m"}}
    frame = {"objects": {"a": thing("a", "VideoSegmentationMask", url)}, "classifications": []}
    annotations = {"frames": {"1": frame, "2": frame}, "segments": {}, "classifications": []}
    Image.new("L", (2, 1), 255).save(tmp_path / "a_2.png")
    made = import_of_project(read(row_of(annotations, "Video"), tmp_path), "1")
    (row,) = map(json.loads, made.content.splitlines())
    assert [one["index"] for one in row["masks"]["frames"]] == [2]
    assert made.left_out == ()
    assert made.notes == (
        "'Thing' (a) is in the file for import without 1 of its frames: their masks are not "
        "downloaded.",
    )


def test_more_labels_of_a_class_than_are_taken_are_said(tmp_path: Path):
    objects = [thing(f"f{n}", "ImagePoint", {"point": {"x": 1, "y": n}}) for n in range(5_001)]
    made = import_of_project(read(image(*objects), tmp_path), "1")
    assert made.count == 5_001
    assert made.notes == (
        "5,001 labels of 'Thing' are on one data row, of which Labelbox takes 5,000; upload them "
        "in parts.",
    )


def test_polygons_of_videos_and_answers_about_lines_on_dicom_are_left_out_by_name(tmp_path: Path):
    ring = {"polygon": [{"x": 1, "y": 2}, {"x": 3, "y": 4}, {"x": 5, "y": 1}]}
    frame = {"objects": {"a": thing("a", "VideoPolygon", ring)}, "classifications": []}
    tree = row_of({"frames": {"1": frame}, "segments": {}}, "Video")
    assert import_of_project(read(tree, tmp_path), "1").left_out == (
        "'Thing' (a): an import holds no polygons of videos.",
    )
    side = {"feature_id": "q", "name": "Side", "text_answer": {"content": "so"}}
    line = {"line": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}
    held = thing("a", "DICOMPolyline", line, classifications=[side])
    groups = {"Axial": {"name": "Axial", "frames": {"6": {"objects": {"a": held}}}}}
    assert import_of_project(read(row_of({"groups": groups}, "DICOM"), tmp_path), "1").left_out == (
        "'Thing' (a): an import holds no answers about labels on DICOM.",
    )


def test_what_is_taken_of_planes_is_said_of_imports_too(shared: Path):
    path = shared / "data" / "exports" / "labelbox" / "sdk_dicom_import.ndjson"
    codes = {issue.code for issue in read_export(path).exports["1"].issues}
    assert "frames-from-1" in codes


@pytest.mark.parametrize("key", [{"id": "d"}, {"globalKey": "scan 7"}])
def test_rows_for_import_lie_where_an_export_beside_them_has_their_data_row(
    tmp_path: Path, key: Json
):
    row = image(thing("a", "ImagePoint", {"point": {"x": 1, "y": 2}}))
    row["data_row"] = {
        "id": "d", "global_key": "scan 7", "external_id": "IM0002.dcm",
        "row_data": "https://x.example/3f2b8c1e/IM0002.dcm?t=1",
    }  # fmt: skip
    line = {"uuid": "a", "dataRow": key, "name": "P", "point": {"x": 3, "y": 4}}
    (tmp_path / "export.ndjson").write_text(json.dumps(row))
    (tmp_path / "rows.ndjson").write_text(json.dumps(line))
    project = read_export(tmp_path / "rows.ndjson", tmp_path / "export.ndjson")
    matches = match(project, (scan(), scan("1.2.3.5", folder="mr", names="MR{:03}")))
    exports = {Path(one.title).name: id for id, one in project.exports.items()}
    places = [matches.of(AnnotationId(exports[name], 0))[0] for name in exports]
    assert {(place.media, place.slice) for place in places} == {(0, 2)}
    (told,) = matches.lookup.bindings[exports["rows.ndjson"]].bindings
    assert told.evidence == "File name, told by export.ndjson"
    alone = match(read_export(tmp_path / "rows.ndjson"), (scan(), scan("1.2.3.5", folder="mr")))
    (asked,) = alone.lookup.bindings["1"].bindings
    assert asked.is_open_question
