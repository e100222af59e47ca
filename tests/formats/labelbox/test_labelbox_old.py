"""Exports before v2: images, and frames inlined, saved beside or elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import numpy as np
import pytest
from labelbox_rows import Json, codes, only, read, saved
from listed import all_of
from PIL import Image

from viewer.errors import CannotRead, CannotWrite
from viewer.formats import read_export, write_export
from viewer.formats.format import WriteJob
from viewer.formats.labelbox import FORMAT
from viewer.formats.labelbox.old import frame_files
from viewer.formats.labelbox.old_frames import FrameRecords
from viewer.formats.labelbox.old_layout import FramesAt
from viewer.geometry.mask import Mask
from viewer.geometry.measure import same_shape
from viewer.geometry.shapes import Box, Polyline
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.source import Insert, Source, spliced
from viewer.model.subject import MediaKey
from viewer.model.table import KINDS


def frame(number: int, top: float, *, key: bool = True) -> Json:
    box = {"featureId": "a", "schemaId": "s", "title": "T", "value": "t", "color": "#a23030",
           "keyframe": key, "bbox": {"top": top, "left": 1, "height": 2, "width": 3},
           "classifications": []}  # fmt: skip
    return {"frameNumber": number, "classifications": [], "objects": [box], "relationships": []}


def row(label: Json, id: str = "l") -> Json:
    return {"ID": id, "DataRow ID": "d", "Labeled Data": "https://x.example/a%20b.mp4?t=1",
            "Label": label, "Created By": "reader@example.com", "Project Name": "P",
            "External ID": "b.mp4"}  # fmt: skip


def test_the_vendors_image_export_is_read_and_changed_in_place(shared: Path, tmp_path: Path):
    whole = json.loads((shared / "data/exports/labelbox/sdk_v1_image_export.json").read_bytes())
    opened = read([whole], tmp_path)
    columns = opened.annotations.bases["1"].columns
    kinds = [KINDS[kind] for kind in columns.kinds]
    assert kinds.count("box") == 4
    assert kinds.count("mask") == 1
    assert kinds.count("polygon") == 2
    first, second = all_of(opened)[:2]
    assert first.placements[0].shape == Box(965, 1333, 594, 186)
    assert [one.value for one in second.attributes][-2:] == ["ultra_nested_1", "hmmm"]
    color = {label.name: label.color for label in opened.exports["1"].ontology.classes}
    assert color["bounding_box"] == "#ff0000"
    current = opened.with_annotation(first.with_shape(0, Box(966, 1333, 594, 186)))
    write_export(opened, current, "1", tmp_path / "out.json")
    whole["Label"]["objects"][0]["bbox"]["left"] = 966
    assert json.loads((tmp_path / "out.json").read_bytes()) == [whole]


def test_the_vendors_dicom_page_says_where_its_frames_are(shared: Path):
    folder = shared / "data" / "exports" / "labelbox"
    project = read_export(folder / "vendor_page_dicom_v1_export.json")
    assert codes(project)[-1] == "frames-elsewhere"
    assert "token" not in project.exports["1"].issues[-1].sentence
    assert project.exports["1"].entries[0].names == ("cat-scan1.dcm", "2")


def test_inlined_frames_are_a_track_whose_presence_is_the_truth(tmp_path: Path):
    frames = [frame(1, 0), frame(2, 7, key=False), frame(3, 20), frame(9, 5)]
    project = read([row(frames)], tmp_path)
    track = only(project)
    assert [(p.index, p.is_key, p.stored) for p in track.placements] == [
        (0, True, True),
        (1, False, True),
        (2, True, True),
        (8, True, True),
    ]
    assert project.exports["1"].entries[0].names == ("a b.mp4", "b.mp4")


def test_inlined_frames_of_a_plane_are_on_it(tmp_path: Path):
    line = {**frame(4, 0)["objects"][0], "line": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}
    del line["bbox"]
    group = {"name": "sagittal", "frames": [{**frame(4, 0), "objects": [line]}]}
    (on,) = only(read([row({"groups": [group]})], tmp_path)).placements
    assert (on.plane, on.index) == ("sagittal", 3)
    assert isinstance(on.shape, Polyline)


def two_sources(folder: Path) -> Project:
    main = json.dumps([row({"frames": "https://api.x.example/frames/l?token=secret"})]).encode()
    lines = b"".join(json.dumps(frame(n, n)).encode() + b"\n" for n in (1, 2, 5))
    sources = (
        Source(0, "annotations", str(folder / "a.json"), "", main),
        Source(1, "frames", str(folder / "l.ndjson"), "", lines),
    )
    index = FORMAT.index([source.base for source in sources])
    return Project().with_export(*FORMAT.open("1", sources, index, None))


def test_frames_in_a_file_of_their_own_are_changed_there(tmp_path: Path):
    opened = two_sources(tmp_path)
    assert codes(opened) == []
    track = only(opened)
    assert [p.index for p in track.placements] == [0, 1, 4]
    assert {p.origins[0].source for p in track.placements} == {1}
    moved = opened.with_annotation(track.with_shape(1, Box(1, 30, 3, 2)))
    export, base = opened.exports["1"], opened.annotations.bases["1"]
    job = WriteJob(export, base, opened.annotations.opened, moved.annotations.edits_of("1"))
    plan = FORMAT.plan(job)
    assert list(plan.edits) == [1]
    lines = b"".join(spliced(export.sources[1].base, plan.edits[1])).splitlines()
    assert [json.loads(line) for line in lines] == [frame(1, 1), frame(2, 30), frame(5, 5)]


def test_a_file_of_frames_alone_asks_for_its_export(shared: Path):
    folder = shared / "data" / "exports" / "labelbox"
    with pytest.raises(CannotRead, match="open it together with its export"):
        read_export(folder / "vendor_page_dicom_v1_frames_axial.ndjson")


def test_frames_saved_beside_the_export_are_found(shared: Path, tmp_path: Path):
    folder = shared / "data" / "exports" / "labelbox"
    lines = (folder / "vendor_page_dicom_v1_frames_axial.ndjson").read_bytes()
    (tmp_path / "x.json").write_bytes((folder / "vendor_page_dicom_v1_export.json").read_bytes())
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "cl2y5gyv5pl2s07749ceb5mr2_axial.ndjson").write_bytes(lines)
    project = read_export(tmp_path / "x.json")
    mask, line = all_of(project)
    assert mask.locked_reason == "its mask is not downloaded"
    assert (line.placements[0].plane, line.placements[0].index) == ("axial", 184)
    assert "frames-elsewhere" not in codes(project)


def test_no_name_leads_out_of_the_folder():
    assert frame_files("../x axial", "../../y.ndjson") == ("y.ndjson",)
    assert frame_files("l", "https://x.example/l?t=1") == ("frames/l.ndjson", "l.ndjson")


def test_a_label_of_v1_leaves_its_frames_in_the_list(tmp_path: Path):
    whole = row([frame(1, 0), frame(2, 1)])
    opened = read([whole], tmp_path)
    (written,) = saved(opened, opened.without_annotations([only(opened).id]), tmp_path)
    assert written["Label"] == [{**each, "objects": []} for each in whole["Label"]]


def test_a_new_frame_of_v1_stands_in_order_with_the_keys_of_others(tmp_path: Path):
    opened = read([row([frame(1, 0), frame(5, 1)])], tmp_path)
    track = only(opened)
    media = msgspec.structs.replace(track.placements[0].media, frame=2)
    place = Placement(media, index=2, shape=Box(1, 7, 3, 2))
    made = Annotation(AnnotationId("1", 0, new=True), "", track.class_id, "", (place,))
    (written,) = saved(opened, opened.with_annotation(made), tmp_path)
    assert [each["frameNumber"] for each in written["Label"]] == [1, 3, 5]
    new = written["Label"][1]
    assert list(new) == list(frame(1, 0))
    (held,) = new["objects"]
    assert list(held) == list(frame(1, 0)["objects"][0])
    assert re.fullmatch("c[a-z0-9]{24}", held["featureId"])
    assert held == {**frame(3, 7)["objects"][0], "featureId": held["featureId"]}


def test_a_new_label_needs_the_file_of_its_frames(tmp_path: Path):
    rows = [row({"frames": "https://api.x.example/l"}), row([frame(1, 0)], "m")]
    rows[1]["DataRow ID"] = "e"
    opened = read(rows, tmp_path)
    place = Placement(MediaKey(entry="d", frame=2), index=2, shape=Box(1, 7, 3, 2))
    made = Annotation(AnnotationId("1", 0, new=True), "", only(opened).class_id, "", (place,))
    with pytest.raises(CannotWrite, match=r"'T' \(new\): the frames of its label are in a file"):
        saved(opened, opened.with_annotation(made), tmp_path)


def test_relationships_of_v1_that_name_a_deleted_label_go(tmp_path: Path):
    other = {**frame(1, 3)["objects"][0], "featureId": "b"}
    first, second = frame(1, 0), frame(2, 0)
    first["objects"].append(other)
    first["relationships"] = [{"source": "a", "target": "b"}, {"source": "x", "target": "y"}]
    opened = read([row([first, second])], tmp_path)
    (written,) = saved(opened, opened.without_annotations([all_of(opened)[0].id]), tmp_path)
    assert [each["relationships"] for each in written["Label"]] == [
        [{"source": "x", "target": "y"}],
        [],
    ]


def test_a_mask_of_v1_is_found_and_changed_beside_its_export(tmp_path: Path):
    url = "https://api.x.example/masks/feature/m?token=t"
    held = {"featureId": "m", "schemaId": "s", "title": "M", "value": "m", "instanceURI": url}
    whole = row({"objects": [held], "classifications": []})
    (tmp_path / "masks").mkdir()
    Image.new("L", (3, 2), 255).save(tmp_path / "masks" / "m.png")
    opened = read([whole], tmp_path)
    smaller = Mask.from_array(np.ones((1, 2), np.bool_), 1, 1)
    current = opened.with_annotation(only(opened).with_shape(0, smaller))
    target = tmp_path / "out" / "x.json"
    write_export(opened, current, "1", target, make_folder=True)
    assert json.loads(target.read_bytes()) == [whole]
    assert same_shape(only(read_export(target)).placements[0].flat, smaller)


def test_a_checklist_of_v1_in_a_list_of_its_own_stays_so(tmp_path: Path):
    answers = [[{"featureId": "x", "schemaId": "sa", "title": "A", "value": "a"}]]
    asked = {"featureId": "q", "schemaId": "s", "title": "Q", "value": "q", "answers": answers}
    box = {**frame(1, 0)["objects"][0], "classifications": [asked]}
    opened = read([row({"objects": [box], "classifications": []})], tmp_path)
    more = only(opened).with_attribute(None, "/0", ("A", "B"))
    (written,) = saved(opened, opened.with_annotation(more), tmp_path)
    (inner,) = written["Label"]["objects"][0]["classifications"][0]["answers"]
    assert inner[0] == answers[0][0]
    assert (inner[1]["title"], inner[1]["value"]) == ("B", "b")


def test_text_of_python_is_refused_in_words(tmp_path: Path):
    text = b"b'{\"frameNumber\": 1}'\n"
    with pytest.raises(CannotRead, match="is no JSON file"):
        read(text, tmp_path)


@pytest.mark.parametrize("first", [b"null", b"1e999", b"7"])
def test_a_new_frame_has_the_keys_of_the_first_line_that_is_a_frame(first: bytes):
    lines = first + b'\n{"objects":[],"frameNumber":3,"relationships":[]}\n'
    records = FrameRecords(Source(0, "frames", "l.ndjson", "ab" * 32, lines), FramesAt(0, None))
    records.put(5, "objects", "here")
    (added,) = records.edits()
    assert isinstance(added, Insert)
    made = json.loads(added.new)
    assert list(made) == ["objects", "frameNumber", "relationships", "classifications"]
    assert (made["frameNumber"], made["objects"]) == (5, ["here"])
