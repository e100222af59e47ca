"""What of an export v2 is read, and how it is told where the vendor's pages leave doubt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bound import scan
from labelbox_rows import Json, codes, image, only, read, row_of, sides, thing, video
from listed import all_of

from viewer.errors import CannotRead
from viewer.formats import FORMATS, read_export
from viewer.formats.format import detect
from viewer.formats.labelbox.names import file_name, names_of
from viewer.formats.labelbox.records import DataRow
from viewer.geometry.shapes import Box, Point, Polygon, Polyline
from viewer.model.annotation import AnnotationId
from viewer.model.track import Track
from viewer.review.binding import Choice, Choices
from viewer.review.matching import match

ROW = image(thing("a", "ImageBoundingBox", sides(1)))
BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    "spelled",
    [
        json.dumps(ROW).encode(),
        json.dumps(ROW).encode() + b"\n\n",
        json.dumps([ROW]).encode(),
        json.dumps({"exports": [ROW]}).encode(),
        json.dumps(ROW, indent=1).encode(),
        BOM + json.dumps(ROW).encode() + b"\r\n",
        BOM + json.dumps([ROW], indent="\t").replace("\n", "\r\n").encode(),
    ],
)
def test_rows_stand_a_line_each_in_a_list_or_in_an_object(spelled: bytes, tmp_path: Path):
    project = read(spelled, tmp_path)
    assert only(project).placements[0].shape == Box(2, 1, 4, 3)
    assert project.exports["1"].entries[0].id == "d"
    assert codes(project) == []


def test_rows_of_many_lines_are_told_apart_one_by_one(tmp_path: Path):
    lines = [ROW, video({"4": {"b": sides(2)}}), {"data_row": {"id": "e"}, "projects": {}}]
    project = read("\n".join(map(json.dumps, lines)).encode(), tmp_path)
    assert [a.native_id for a in all_of(project)] == ["a", "b"]
    assert [entry.id for entry in project.exports["1"].entries] == ["d", "e"]
    assert [entry.kind for entry in project.exports["1"].entries] == ["image", None]


def test_the_vendors_own_pages_are_read(shared: Path):
    folder = shared / "data" / "exports" / "labelbox"
    for name in ("vendor_page_dicom_export_v2.json", "vendor_page_dicom_export_v2.ndjson"):
        line, mask = all_of(read_export(folder / name))
        (on,) = line.placements
        assert (on.plane, on.index) == ("axial", 5)
        assert isinstance(on.shape, Polyline)
        assert on.shape.vertices[0].tolist() == [180.156, 138.502]
        assert (mask.placements[0].plane, mask.placements[0].index) == ("sagittal", 255)
        assert mask.locked_reason == "its mask is not downloaded"
    track = only(read_export(folder / "sdk_export_v2_video.json"))
    assert [(p.index, p.is_key, p.stored) for p in track.placements] == [
        (12, True, True),
        (17, False, True),
        (18, True, True),
    ]
    assert [p.attributes[0].value if p.attributes else None for p in track.placements] == [
        "radio_option_1",
        "radio_option_1",
        None,
    ]


def test_frames_between_keys_are_derived_inside_the_segments_alone(tmp_path: Path):
    tree = video(
        {"3": {"a": sides(0)}, "6": {"a": sides(30)}, "12": {"a": sides(5)}},
        {"a": [[2, 8], [11, 13]]},
        {"a": [3, 6, 12]},
    )
    track = only(read(tree, tmp_path))
    tops = [(p.index, p.shape.y if isinstance(p.shape, Box) else None) for p in track.placements]
    assert tops == [
        *[(2, 0), (3, 10), (4, 20), (5, 30), (6, 30), (7, 30)],
        *[(11, 5), (12, 5)],
    ]
    assert [p.stored for p in track.placements] == [k in (2, 5, 11) for k, _ in tops]


@pytest.mark.parametrize("keys", [{"a": {"1": True, "2": False, "3": True}}, {"a": [1, 3]}])
def test_both_spellings_of_the_key_frames_are_read(tmp_path: Path, keys: object):
    frames = {str(n): {"a": sides(n * n)} for n in (1, 2, 3)}
    track = only(read(video(frames, {"a": [[1, 3]]}, keys), tmp_path))
    assert [p.is_key for p in track.placements] == [True, False, True]
    assert track.placements[1].shape == Box(2, 4, 4, 3)  # as stored, not as worked out


def test_without_key_frames_every_stored_frame_was_drawn(tmp_path: Path):
    track = only(read(video({"1": {"a": sides(1)}, "2": {"a": sides(2)}}), tmp_path))
    assert [p.is_key for p in track.placements] == [True, True]


def test_frames_end_with_the_video_and_with_what_can_be_shown(tmp_path: Path):
    tree = video({"1": {"a": sides(1)}}, {"a": [[1, 10**9]]})
    counted = {**tree, "media_attributes": {"frame_count": 20}}
    assert len(only(read(counted, tmp_path)).placements) == 20
    assert len(only(read(tree, tmp_path)).placements) <= 1_000_000
    lying = {**tree, "media_attributes": {"frame_count": 10**9}}
    project = read(lying, tmp_path)
    assert codes(project) == ["too-many-frames"]
    assert [p.index for p in only(project).placements] == [0]


def test_a_track_is_not_decoded_to_show_one_of_its_frames(tmp_path: Path):
    frames = {str(n): {"a": sides(n)} for n in range(1, 2001)}
    project = read(video(frames, {"a": [[1, 2000]]}), tmp_path)
    track = only(project).placements
    assert isinstance(track, Track)
    assert track[1500].shape == Box(2, 1501, 4, 3)


def test_geometry_is_told_by_its_key_and_odd_kinds_are_carried(tmp_path: Path):
    ring = {"polygon": [{"x": 0, "y": 0}, {"x": 5, "y": 0}, {"x": 5, "y": 5}, {"x": 0, "y": 0}]}
    project = read(
        image(
            thing("a", "ImagePolygon", ring),
            thing("b", "SomethingNew", {"point": {"x": 1, "y": 2}}),
            thing("c", "ImageCuboid", {"cuboid": {}}),
            thing("d", "ImageSegmentationMask", {"mask": {"url": "https://x.example/m"}}),
        ),
        tmp_path,
    )
    ring_, point, cuboid, mask = all_of(project)
    shape = ring_.placements[0].shape
    assert isinstance(shape, Polygon)
    assert len(shape.vertices) == 3  # the first vertex at the end is the first one
    assert point.placements[0].shape == Point(1, 2)
    assert cuboid.locked_reason == "its kind 'ImageCuboid' holds no geometry that is known here"
    assert mask.locked_reason == "its mask is not downloaded"
    kinds = [label.kind for label in project.exports["1"].ontology.classes]
    assert kinds == ["polygon", "point", None, "mask"]


def test_predictions_have_an_author_of_their_own_and_are_read_only():
    data = Path(__file__).parents[2] / "data" / "labelbox" / "everything.json"
    project = read_export(data)
    predicted = project.annotations[AnnotationId("1", 11)]
    assert predicted.author == "model Finder, run v1"
    assert (
        predicted.locked_reason == "it is a prediction of a model run, which can only be looked at"
    )
    authors = {project.annotations[id].author for id in project.annotations}
    assert {"reader@example.com", "second@example.com"} < authors
    assert project.exports["1"].author_kinds == {predicted.author: "model"}
    spot, lesion = (project.annotations[AnnotationId("1", n)] for n in (4, 0))
    assert [(r.name, r.source, r.target, r.directed) for r in spot.relations] == [
        ("belongs to", spot.id, lesion.id, True)
    ]
    assert lesion.relations == spot.relations


def test_answers_are_nested_inside_answers(tmp_path: Path):
    inner = {"name": "Why", "text_answer": {"content": "so"}}
    chosen = [{"name": "A", "classifications": [inner]}, {"name": "B", "classifications": []}]
    several = {"name": "Which", "checklist_answers": chosen}
    outer = {"name": "Side", "radio_answer": {"name": "Left", "classifications": [several]}}
    project = read(row_of({"objects": [], "classifications": [outer]}, "Default"), tmp_path)
    found = only(project).attributes
    assert [(one.name, one.value, one.key, one.depth) for one in found] == [
        ("Side", "Left", "/0", 0),
        ("Which", ("A", "B"), "/0/Left/0", 1),
        ("Why", "so", "/0/Left/0/A/0", 2),
    ]
    (label,) = project.exports["1"].ontology.classes
    assert (label.kind, label.mode, label.scope) == (None, "radio", "instance")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://x.example/a/b%20c.dcm?Signature=1%2F2#f", "b c.dcm"),
        ("https://x.example/a%2Fb%2Fc.dcm", "c.dcm"),
        ("C:\\data\\c.dcm", "c.dcm"),
        ("what?.dcm", "what?.dcm"),
        ("../../x", "x"),
        ("", ""),
    ],
)
def test_files_are_named_without_folders_and_queries(address: str, name: str):
    assert file_name(address) == name


def test_a_name_also_stands_without_the_uuid_before_it():
    uuid = "1d60856c-59b7-3060-2754-83f7e93e0d01"
    row = DataRow(row_data=f"https://x.example/{uuid}-a.dcm", external_id="b", global_key="b")
    assert names_of(row) == (f"{uuid}-a.dcm", "a.dcm", "b")


def test_what_is_said_of_a_picture_that_is_stored_turned(tmp_path: Path):
    turned = {**ROW, "media_attributes": {"exif_rotation": "6"}}
    assert codes(read(turned, tmp_path)) == ["turned-picture"]


def test_what_the_format_leaves_open_is_a_question_of_the_rows_that_it_matters_to(tmp_path: Path):
    frames = {"1": {"a": sides(1)}, "4": {"a": sides(4)}}
    still = thing("a", "ImageBoundingBox", sides(1))
    mask = thing("a", "ImageSegmentationMask", {"mask": {"url": "https://x.example/a.png"}})
    turned = {"media_attributes": {"exif_rotation": "6"}}
    for tree, expected in (
        (image(still), ("pixel-centres",)),
        (image(mask), ()),
        (image(), ()),
        (image(mask, **turned), ("stored-picture",)),
        (image(still, **turned), ("pixel-centres", "stored-picture")),
        (image(still, media_attributes={"exif_rotation": "90"}), ("pixel-centres",)),
        (video(frames, {"a": [[1, 4]]}), ("pixel-centres", "held-between-keys")),
        (video(frames, {"a": [[1, 1], [4, 6]]}), ("pixel-centres",)),
        (video(frames), ("pixel-centres",)),
    ):
        (entry,) = read(tree, tmp_path).exports["1"].entries
        assert entry.left_open == expected


def test_json_of_others_is_none_of_labelbox():
    for text in (b'[{"a": 1}]', b'{"exports": [{"a": 1}]}', b'{"Label": {}}', b"[]"):
        with pytest.raises(CannotRead):
            detect(text, "x", FORMATS)


def on_planes(*names: str, **media: Json) -> Json:
    line = {"line": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}
    held = {"objects": {"f": thing("f", "DICOMPolyline", line)}, "classifications": []}
    groups = {
        name: {"name": name, "classifications": [], "frames": {"3": held} if name in names else {}}
        for name in ("Axial", "Sagittal", "Coronal")
    }
    row = row_of({"groups": groups, "segments": {}, "classifications": []}, "DICOM")
    row["media_attributes"] |= media
    return row


@pytest.mark.parametrize("names", [("Axial",), ("Sagittal",), ("Axial", "Coronal")])
def test_what_the_format_does_not_say_of_planes_is_said(tmp_path: Path, names: tuple[str, ...]):
    issues = {one.code: one for one in read(on_planes(*names), tmp_path).exports["1"].issues}
    assert "first frame can be chosen under" in issues["frames-from-1"].sentence
    across = [name for name in names if name != "Axial"]
    assert ("planes-unconfirmed" in issues) == bool(across)
    for name in across:
        assert f"Labels on {name} are taken" in issues["planes-unconfirmed"].sentence
        assert "Labels and images" in issues["planes-unconfirmed"].sentence


def test_the_size_of_a_data_row_is_that_of_its_slices_alone(tmp_path: Path):
    project = read(on_planes("Axial", "Sagittal", width=11, height=9), tmp_path)
    matches = match(project, [scan()], {"1": Choices(Choice(media="1.2.3.4"))})
    assert [matches.of(id)[0].reason for id in project.annotations] == ["", ""]


@pytest.mark.parametrize(
    ("segments", "keys", "base"),
    [([[1, 3]], [1, 3], 1), ([[0, 3]], [1, 3], 0), ([[1, 3]], {"0": True, "3": True}, 0)],
)
def test_a_frame_0_anywhere_says_that_frames_count_from_0(tmp_path: Path, segments, keys, base):
    project = read(video({"3": {"a": sides(1)}}, {"a": segments}, {"a": keys}), tmp_path)
    assert project.exports["1"].entries[0].first_frame == base
    assert [p.index for p in only(project).placements if p.stored] == [3 - base]
