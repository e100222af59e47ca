"""Masks of an export that lie beside it under the names that people give them."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from bound import scan
from labelbox_rows import Json, annotations_of, image, only, read, row_of, thing
from listed import all_of
from PIL import Image

from tests.telling import matched, tell
from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.geometry.mask import Mask
from viewer.geometry.measure import same_shape
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.subject import MediaKey
from viewer.model.told import Grid
from viewer.review.binding import Choice, Choices
from viewer.review.turns import Turn

NAME = "x.masks.import.ndjson"
WHERE = "https://api.x.example/api/v1/projects/p/annotations/m/index/7/mask"


def picture(path: Path, pixels: list[list[object]], mode: str = "L") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.array(pixels, dtype=np.uint8), mode).save(path)


def on_dicom() -> Json:
    held = thing("m", "DICOMSegmentationMask", {"mask": {"url": WHERE}})
    frame = {"objects": {"m": held}, "classifications": []}
    group = {"name": "Axial", "classifications": [], "frames": {"7": frame}}
    return row_of({"groups": {"Axial": group}, "segments": {"Axial": {"m": [[7, 7]]}}}, "DICOM")


def mask_of(annotation: Annotation) -> Mask:
    shape = annotation.placements[0].shape
    assert isinstance(shape, Mask)
    return shape


@pytest.mark.parametrize(
    "name",
    ["m_7.png", "m/7.png", "m_007.png", "m_Axial_7.png", "annotations/m/index/7/mask.png",
     "annotations/m/index/7/mask", "masks/m_7.png"],
)  # fmt: skip
def test_a_mask_is_found_by_each_of_its_names(tmp_path: Path, name: str):
    picture(tmp_path / "made.png", [[0, 255, 0], [0, 255, 255]])
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "made.png").rename(tmp_path / name)
    found = only(read(on_dicom(), tmp_path))
    mask = mask_of(found)
    assert (mask.x, mask.y, mask.to_array().tolist()) == (1, 0, [[True, False], [True, True]])
    assert found.locked_reason is None


def test_of_a_composite_a_label_is_what_has_its_colour(tmp_path: Path):
    url = "https://api.x.example/api/v1/tasks/t/masks/c/index/1"
    held = {"composite_mask": {"url": url, "color_rgb": [255, 0, 10]}}
    colours = [[[0, 0, 0], [255, 0, 10]], [[255, 0, 11], [255, 0, 10]]]
    picture(tmp_path / "tasks/t/masks/c/index/1.png", colours, "RGB")
    opened = read(image(thing("m", "ImageSegmentationMask", held)), tmp_path)
    assert mask_of(only(opened)).to_array().tolist() == [[True], [True]]


def test_a_mask_of_another_size_is_said_and_not_stretched(tmp_path: Path):
    tree = image(thing("m", "ImageSegmentationMask", {"mask": {"url": WHERE}}))
    tree["media_attributes"] = {"width": 9, "height": 9}
    picture(tmp_path / "m.png", [[255]])
    (placement,) = only(read(tree, tmp_path)).placements
    assert placement.shape is None
    assert placement.attributes[0].value == "its mask has 1 x 1 pixels, but its picture 9 x 9"


def test_a_file_that_is_no_mask_is_said(tmp_path: Path):
    (tmp_path / "m_7.png").write_bytes(b"no picture")
    found = only(read(on_dicom(), tmp_path))
    assert found.placements[0].shape is None
    assert found.locked_reason == "its mask is not downloaded"


def test_no_name_leads_out_of_the_folder(tmp_path: Path):
    tree = on_dicom()
    text = str(tree).replace("'m'", "'../m'")
    assert "../m" in text
    folder = tmp_path / "in"
    folder.mkdir()
    picture(tmp_path / "m_7.png", [[255]])
    held = thing(
        "../m", "ImageSegmentationMask", {"mask": {"url": "https://x/annotations/../../m"}}
    )
    assert only(read(image(held), folder)).placements[0].shape is None


@pytest.mark.parametrize(
    ("group", "high", "scale", "is_shown"),
    [
        ("Axial", 9, None, True),
        ("Axial", 8, None, False),
        ("Sagittal", 8, None, True),
        ("Sagittal", 30, None, False),
        ("Sagittal", 30, 30 / 8, True),
        ("Sagittal", 8, 30 / 8, False),
    ],
)
def test_a_mask_has_the_size_of_its_plane_or_is_not_shown(
    tmp_path: Path, group: str, high: int, scale: float | None, is_shown: bool
):
    tree = json.loads(json.dumps(on_dicom()).replace("Axial", group))
    tree["data_row"]["external_id"] = "IM0000.dcm"
    wide = 11 if group == "Axial" else 9
    picture(tmp_path / "m_7.png", [[255] * wide] * high)
    project = read(tree, tmp_path)
    plane = group.lower()
    turn = Choice(media="1.2.3.4", planes={plane: Turn(scale_y=scale)} if scale else {})  # pyright: ignore[reportArgumentType]
    media = scan()
    matched(project, [media], {"1": Choices(turn)})
    (placement,) = only(project).placements
    assert (placement.shape is not None) == is_shown
    if not is_shown:
        said = str(placement.attributes[0].value)
        assert f"its mask has {wide} x {high} pixels, but its {plane} plane" in said
        assert "row height under Labels and images" in said


@pytest.mark.parametrize("name", ["M_7.PNG", "Masks/m_7.png", "M/7.png", "m_AXIAL_7.png"])
def test_names_of_masks_count_without_case(tmp_path: Path, name: str):
    picture(tmp_path / name, [[255]])
    assert mask_of(only(read(on_dicom(), tmp_path))).to_array().tolist() == [[True]]


def test_of_two_names_that_differ_in_case_alone_only_the_exact_one_counts(tmp_path: Path):
    for name in ("M_7.png", "m_7.PNG"):
        picture(tmp_path / name, [[255]])
    assert only(read(on_dicom(), tmp_path)).placements[0].shape is None
    picture(tmp_path / "m_7.png", [[0, 255]])
    assert mask_of(only(read(on_dicom(), tmp_path))).x == 1


@pytest.mark.parametrize("folder", ["", "masks/"])
@pytest.mark.parametrize("query", ["", "?token=1"])
def test_a_table_of_addresses_says_where_masks_lie(tmp_path: Path, folder: str, query: str):
    picture(tmp_path / folder / "some/seventh.png", [[0, 255]])
    told = {WHERE + query: "some/seventh.png", "x": 7}
    (tmp_path / folder / "masks.json").write_text(json.dumps(told))
    opened = read(on_dicom(), tmp_path)
    assert mask_of(only(opened)).x == 1
    write_export(opened, opened, "1", tmp_path / "out" / "x.json", make_folder=True)
    assert mask_of(only(read_export(tmp_path / "out" / "x.json"))).x == 1


@pytest.mark.parametrize("table", [b"[]", b"{", b'{"x": {}}', b"\xff", b"nul"])
def test_a_damaged_table_of_addresses_says_nothing(tmp_path: Path, table: bytes):
    (tmp_path / "masks.json").write_bytes(table)
    assert only(read(on_dicom(), tmp_path)).locked_reason == "its mask is not downloaded"


def test_a_table_of_addresses_does_not_lead_out(tmp_path: Path):
    picture(tmp_path / "m.png", [[255]])
    inner = tmp_path / "in"
    inner.mkdir()
    for name in ("../m.png", str(tmp_path / "m.png"), "..%2Fm.png"):
        (inner / "masks.json").write_text(json.dumps({WHERE: name}))
        assert only(read(on_dicom(), inner)).placements[0].shape is None


def test_masks_go_with_an_export_though_a_record_of_their_label_is_damaged(tmp_path: Path):
    tree = on_dicom()
    frames = annotations_of(tree)["groups"]["Axial"]["frames"]
    frames |= {"5": {"objects": {"m": 7}}, "8": frames["7"]}
    for frame in (5, 7, 8):
        picture(tmp_path / f"m_{frame}.png", [[0, 255], [0, 255]])
    opened = read(tree, tmp_path)
    (tmp_path / "there").mkdir()
    write_export(opened, opened, "1", tmp_path / "there" / "saved.ndjson")
    gone = {path.name for path in (tmp_path / "there").glob("m_*")}
    assert gone == {"m_5.png", "m_7.png", "m_8.png"}


def rectangle(x: int, y: int, width: int, height: int) -> Mask:
    return Mask.from_array(np.ones((height, width), np.bool_), x, y)


def pixels_of(path: Path) -> Json:
    with Image.open(path) as opened:
        return np.asarray(opened).tolist()


def test_a_changed_mask_is_a_file_and_its_record_keeps_its_bytes(tmp_path: Path):
    picture(tmp_path / "m_7.png", [[0, 255, 0], [0, 255, 255]])
    opened = read(on_dicom(), tmp_path)
    current = opened.with_annotation(only(opened).with_shape(0, rectangle(0, 1, 2, 1)))
    target = tmp_path / "out" / "x.json"
    report = write_export(opened, current, "1", target, make_folder=True)
    assert target.read_bytes() == (tmp_path / "x.json").read_bytes()
    assert pixels_of(target.parent / "m_7.png") == [[0, 0, 0], [255, 255, 0]]
    assert [one.verb for one in report.changed] == ["changed"]
    assert "the export keeps its address" in report.notes[0]
    again = only(read_export(target))
    assert same_shape(mask_of(again), rectangle(0, 1, 2, 1))
    rows = [json.loads(line) for line in (target.parent / NAME).read_text().splitlines()]
    assert [row["groupKey"] for row in rows] == ["axial"]
    assert [frame["index"] for frame in rows[0]["masks"]["frames"]] == [7]


def test_a_mask_out_of_a_composite_becomes_a_file_of_its_own(tmp_path: Path):
    url = "https://api.x.example/api/v1/tasks/t/masks/c/index/1"
    held = [
        thing(id, "ImageSegmentationMask", {"composite_mask": {"url": url, "color_rgb": color}})
        for id, color in (("a", [255, 0, 10]), ("b", [0, 255, 0]))
    ]
    colours = [[[255, 0, 10], [0, 255, 0], [0, 0, 0]]]
    shared_file = tmp_path / "tasks/t/masks/c/index/1.png"
    picture(shared_file, colours, "RGB")
    tree = image(*held, media_attributes={"mime_type": "image/png", "width": 3, "height": 1})
    opened = read(tree, tmp_path)
    current = opened.with_annotation(all_of(opened)[0].with_shape(0, rectangle(1, 0, 2, 1)))
    target = tmp_path / "out" / "x.json"
    report = write_export(opened, current, "1", target, make_folder=True)
    assert pixels_of(target.parent / "masks/a.png") == [[0, 255, 255]]
    there = target.parent / "tasks/t/masks/c/index/1.png"
    assert there.read_bytes() == shared_file.read_bytes()
    first, second = all_of(read_export(target))
    assert same_shape(mask_of(first), rectangle(1, 0, 2, 1))
    assert same_shape(mask_of(second), rectangle(1, 0, 1, 1))
    rows = [json.loads(line) for line in (target.parent / NAME).read_text().splitlines()]
    assert ["png" in row["mask"] for row in rows] == [True, True]  # overlap, since each is alone
    assert any(NAME in note for note in report.notes)


def test_a_new_mask_names_its_file(tmp_path: Path):
    picture(tmp_path / "m_7.png", [[255, 255, 255], [0, 0, 0]])
    opened = read(on_dicom(), tmp_path)
    place = Placement(MediaKey(entry="d", frame=8), "axial", 8, rectangle(1, 0, 1, 2))
    made = Annotation(AnnotationId("1", 0, new=True), "", only(opened).class_id, "", (place,))
    tell(opened, "d", grid=Grid((20, 2, 3)))
    target = tmp_path / "out" / "x.json"
    edited = opened.with_annotation(made)
    report = write_export(opened, edited, "1", target, make_folder=True)
    assert report.notes[0] == (
        "1 new mask is written as PNG into masks; the server has none of it yet."
    )
    held = annotations_of(json.loads(target.read_bytes()))
    ((id, record),) = held["groups"]["Axial"]["frames"]["9"]["objects"].items()
    assert record["mask"] == {"url": f"masks/{id}_9.png"}
    assert record["annotation_kind"] == "DICOMSegmentationMask"
    again = all_of(read_export(target))
    assert same_shape(mask_of(again[1]), rectangle(1, 0, 1, 2))
    (row,) = [json.loads(line) for line in (target.parent / NAME).read_text().splitlines()]
    assert [frame["index"] for frame in row["masks"]["frames"]] == [7, 9]
    assert len(row["masks"]["instances"]) == 2


def test_a_mask_moves_to_another_slice_under_another_name(tmp_path: Path):
    picture(tmp_path / "m_7.png", [[255, 0]])
    opened = read(on_dicom(), tmp_path)
    tell(opened, "d", grid=Grid((20, 1, 2)))
    mask = only(opened)
    media = msgspec.structs.replace(mask.placements[0].media, frame=9)
    there = msgspec.structs.replace(mask.placements[0], media=media, index=9)
    moved = msgspec.structs.replace(mask, placements=(there,))
    target = tmp_path / "out" / "x.json"
    write_export(opened, opened.with_annotation(moved), "1", target, make_folder=True)
    held = annotations_of(json.loads(target.read_bytes()))
    assert list(held["groups"]["Axial"]["frames"]) == ["10"]
    assert held["segments"] == {"Axial": {"m": [[10, 10]]}}
    again = only(read_export(target))
    assert again.placements[0].index == 9
    assert same_shape(mask_of(again), rectangle(0, 0, 1, 1))


def test_masks_that_cannot_be_written_are_named_before_a_file_is_touched(tmp_path: Path):
    picture(tmp_path / "m_7.png", [[255, 0]])
    opened = read(on_dicom(), tmp_path)
    wide = opened.with_annotation(only(opened).with_shape(0, rectangle(0, 0, 3, 1)))
    with pytest.raises(CannotWrite, match=r"'Thing' \(m\): its mask reaches out of its picture"):
        write_export(opened, wide, "1", tmp_path / "out" / "x.json", make_folder=True)
    place = Placement(MediaKey(entry="d", frame=8), "axial", 8, rectangle(1, 0, 1, 2))
    made = Annotation(AnnotationId("1", 0, new=True), "", only(opened).class_id, "", (place,))
    with pytest.raises(CannotWrite, match="the size of the picture of its mask is not known"):
        write_export(opened, opened.with_annotation(made), "1", tmp_path / "out.json")
    assert not (tmp_path / "out").exists()


def test_the_file_of_several_labels_of_one_id_is_left_alone(tmp_path: Path):
    tree = on_dicom()
    group = annotations_of(tree)["groups"]["Axial"]
    annotations_of(tree)["groups"]["Coronal"] = {**group, "name": "Coronal"}
    picture(tmp_path / "m_7.png", [[255, 0]])
    opened = read(tree, tmp_path)
    current = opened.with_annotation(all_of(opened)[0].with_shape(0, rectangle(1, 0, 1, 1)))
    with pytest.raises(CannotWrite, match="2 labels have its id"):
        write_export(opened, current, "1", tmp_path / "out" / "x.json", make_folder=True)


def test_masks_inside_rows_of_an_import_are_seen(tmp_path: Path):
    picture(tmp_path / "c.png", [[[0, 0, 1], [9, 0, 0], [0, 0, 0]]], "RGB")
    picture(tmp_path / "s.png", [[0, 1]])
    composite, still = (
        base64.b64encode((tmp_path / name).read_bytes()).decode() for name in ("c.png", "s.png")
    )
    frames = [{"index": 3, "imBytes": composite}, {"index": 4, "instanceURI": "https://x/c.png"}]
    instances = [
        {"colorRGB": [9, 0, 0], "name": "A"},
        {"colorRGB": [0, 0, 1], "name": "B"},
    ]
    row = {"dataRow": {"id": "d"}, "groupKey": "coronal", "uuid": "u"}
    rows = [
        {**row, "masks": {"frames": frames, "instances": instances}},
        {"uuid": "v", "dataRow": {"id": "e"}, "name": "C", "mask": {"png": still}},
    ]
    first, second, third = all_of(read(rows, tmp_path))
    assert [one.index for one in first.placements] == [2, 3]
    assert same_shape(first.placements[0].flat, rectangle(1, 0, 1, 1))
    assert first.placements[1].shape is None  # its picture is not here
    assert same_shape(mask_of(second), rectangle(0, 0, 1, 1))
    assert same_shape(mask_of(third), rectangle(1, 0, 1, 1))
