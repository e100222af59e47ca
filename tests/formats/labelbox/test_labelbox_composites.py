"""Masks of files for import that share a picture a frame are painted, made, moved and deleted."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from labelbox_rows import Json, codes, read, saved
from listed import all_of
from PIL import Image

from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.geometry.mask import Mask
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.subject import MediaKey

RED, BLUE = (255, 0, 0), (0, 0, 255)
HEAD = {"uuid": "u", "dataRow": {"id": "d"}, "groupKey": "axial"}
INSTANCES = [{"colorRGB": list(RED), "name": "A"}, {"colorRGB": list(BLUE), "name": "B"}]
Cells = dict[tuple[int, int], tuple[int, int, int]]  # (x, y) to colour


def png(cells: Cells, width: int = 4, height: int = 3) -> bytes:
    canvas = Image.new("RGB", (width, height))
    for spot, color in cells.items():
        canvas.putpixel(spot, color)
    held = io.BytesIO()
    canvas.save(held, "PNG")
    return held.getvalue()


def cells_of(content: bytes | str) -> Cells:
    data = base64.b64decode(content) if isinstance(content, str) else content
    with Image.open(io.BytesIO(data)) as found:
        pixels = np.asarray(found.convert("RGB"))
    return {
        (x, y): tuple(pixels[y, x].tolist()) for y, x in np.argwhere(pixels.any(axis=2)).tolist()
    }


def inside(content: bytes) -> Json:
    return {"imBytes": base64.b64encode(content).decode()}


def row_of(*frames: Json, instances: Json = INSTANCES) -> Json:
    return {**HEAD, "masks": {"frames": list(frames), "instances": instances}, "more": 1.50}


def two_frames() -> Json:
    first = png({(0, 0): RED, (1, 0): RED, (3, 2): BLUE})
    return row_of({"index": 2, **inside(first)}, {"index": 5, **inside(png({(2, 1): BLUE}))})


def mask_of(*cells: tuple[int, int]) -> Mask:
    bitmap = np.zeros((3, 4), np.bool_)
    for x, y in cells:
        bitmap[y, x] = True
    return Mask.from_array(bitmap)


def cells_in(mask: object) -> set[tuple[int, int]]:
    assert isinstance(mask, Mask)
    found = np.argwhere(mask.to_array())
    return {(int(x) + mask.x, int(y) + mask.y) for y, x in found}


def test_a_painted_mask_stands_in_its_row_and_leaves_the_others_as_they_are(tmp_path: Path):
    row = two_frames()
    opened = read([row], tmp_path)
    red, blue = all_of(opened)
    assert (red.locked_reason, blue.locked_reason) == (None, None)
    current = opened.with_annotation(red.with_shape(0, mask_of((1, 0), (2, 2))))
    (found,) = saved(opened, current, tmp_path)
    frames = found["masks"]["frames"]
    assert cells_of(frames[0].pop("imBytes")) == {(1, 0): RED, (2, 2): RED, (3, 2): BLUE}
    assert frames[0] == {"index": 2}
    assert frames[1] == row["masks"]["frames"][1]
    assert {**found, "masks": 0} == {**row, "masks": 0}
    assert found["masks"]["instances"] == INSTANCES
    again = all_of(read_export(tmp_path / "out.json"))
    assert cells_in(again[0].placements[0].shape) == {(1, 0), (2, 2)}
    assert cells_in(again[1].placements[0].shape) == {(3, 2)}


def test_what_lies_beside_a_file_is_read_and_stays_as_it_is(tmp_path: Path):
    content = png({(0, 0): RED, (3, 2): BLUE})
    (tmp_path / "tasks/t/masks/c/index").mkdir(parents=True)
    picture = tmp_path / "tasks/t/masks/c/index/2.png"
    picture.write_bytes(content)
    address = {"instanceURI": "https://x.example/api/v1/tasks/t/masks/c/index/2?token=1"}
    opened = read([row_of({"index": 2, **address})], tmp_path)
    red, _ = all_of(opened)
    assert red.locked_reason is None
    current = opened.with_annotation(red.with_shape(0, mask_of((0, 1))))
    report = write_export(opened, current, "1", tmp_path / "out.json")
    (found,) = json.loads((tmp_path / "out.json").read_bytes())
    (frame,) = found["masks"]["frames"]
    assert cells_of(frame.pop("imBytes")) == {(0, 1): RED, (3, 2): BLUE}
    assert frame == {"index": 2}  # an address beside it would say otherwise
    assert picture.read_bytes() == content
    assert report.notes == (
        "1 picture of masks was painted anew and stands in the file for import itself; the file "
        "or address that it was read from stays as it is.",
    )


def test_a_mask_that_is_not_downloaded_is_locked_and_stays(tmp_path: Path):
    away = {"index": 5, "instanceURI": "https://x.example/m"}
    opened = read([row_of(away), two_frames()], tmp_path)
    assert [one.locked_reason for one in all_of(opened)] == [
        *["its mask is not downloaded"] * 2, None, None,
    ]  # fmt: skip
    there = {"index": 2, **inside(png({(0, 0): RED}))}
    opened = read([row_of(there, away)], tmp_path)
    red, _ = all_of(opened)
    said = r"'A' \(u\): the picture of its masks on frame 5 is not downloaded\."
    with pytest.raises(CannotWrite, match=said):
        saved(opened, opened.without_annotations([red.id]), tmp_path)
    current = opened.with_annotation(red.with_shape(0, mask_of((1, 1))))
    (found,) = saved(opened, current, tmp_path)
    assert found["masks"]["frames"][1] == away


def test_a_mask_that_covers_another_is_refused_by_name(tmp_path: Path):
    opened = read([two_frames()], tmp_path)
    red, blue = all_of(opened)
    over = opened.with_annotation(red.with_shape(0, mask_of((3, 2))))
    said = r"'A' \(u\): on frame 2 it covers 'B', and a picture of an import holds one label"
    with pytest.raises(CannotWrite, match=said):
        saved(opened, over, tmp_path)
    away = over.with_annotation(blue.with_shape(0, mask_of((0, 0))))  # both have changed places
    (found,) = saved(opened, away, tmp_path)
    assert cells_of(found["masks"]["frames"][0]["imBytes"]) == {(3, 2): RED, (0, 0): BLUE}
    beyond = opened.with_annotation(red.with_shape(0, Mask(3, 0, 2, 1, np.array([0, 2]))))
    with pytest.raises(CannotWrite, match=r"its mask reaches out of its picture of 4 x 3 pixels"):
        saved(opened, beyond, tmp_path)


def test_a_deleted_mask_takes_its_colour_along_and_the_last_one_its_row(tmp_path: Path):
    keep = {"uuid": "k", "dataRow": {"id": "d"}, "name": "P", "point": {"x": 1, "y": 2}}
    opened = read([keep, two_frames()], tmp_path)
    _, red, blue = all_of(opened)
    current = opened.without_annotations([blue.id])
    _, found = saved(opened, current, tmp_path)
    (frame,) = found["masks"]["frames"]  # on frame 5 nothing is left
    assert cells_of(frame["imBytes"]) == {(0, 0): RED, (1, 0): RED}
    assert found["masks"]["instances"] == INSTANCES[:1]
    gone = current.without_annotations([red.id])
    write_export(opened, gone, "1", tmp_path / "out.json", overwrite=True)
    assert json.loads((tmp_path / "out.json").read_bytes()) == [keep]


def test_pictures_without_a_deleted_mask_are_not_written_anew(tmp_path: Path):
    row = two_frames()
    row["masks"]["frames"].append({"index": 9, **inside(png({(3, 0): BLUE}))})
    opened = read([row], tmp_path)
    red, blue = all_of(opened)
    report = write_export(opened, opened.without_annotations([red.id]), "1", tmp_path / "out.json")
    (found,) = json.loads((tmp_path / "out.json").read_bytes())
    assert found["masks"]["frames"][1:] == row["masks"]["frames"][1:]
    assert report.notes[0].startswith("1 picture of masks was painted anew")
    gone = opened.without_annotations([blue.id])
    anew = gone.with_annotation(red.with_shape(0, mask_of((2, 2))))
    report = write_export(opened, anew, "1", tmp_path / "two.json")
    assert report.notes[0].startswith("3 pictures of masks were painted anew and stand in")


def test_a_mask_gets_another_name_and_another_frame(tmp_path: Path):
    opened = read([two_frames()], tmp_path)
    red, blue = all_of(opened)
    named = msgspec.structs.replace(red, class_id=blue.class_id)
    (found,) = saved(opened, opened.with_annotation(named), tmp_path)
    assert found["masks"]["instances"] == [{**INSTANCES[0], "name": "B"}, INSTANCES[1]]
    assert found["masks"]["frames"] == two_frames()["masks"]["frames"]
    first = red.placements[0]
    there = msgspec.structs.replace(
        first, index=7, media=msgspec.structs.replace(first.media, frame=7)
    )
    moved = red.with_moved(0, there, 7)
    write_export(opened, opened.with_annotation(moved), "1", tmp_path / "moved.json")
    (found,) = json.loads((tmp_path / "moved.json").read_bytes())
    cells = {one["index"]: cells_of(one["imBytes"]) for one in found["masks"]["frames"]}
    assert cells == {2: {(3, 2): BLUE}, 5: {(2, 1): BLUE}, 8: {(0, 0): RED, (1, 0): RED}}
    alone = row_of(two_frames()["masks"]["frames"][0], instances=INSTANCES[:1])
    opened = read([alone], tmp_path)
    moved = all_of(opened)[0].with_moved(0, there, 7)  # the size is that of the picture it leaves
    write_export(opened, opened.with_annotation(moved), "1", tmp_path / "alone.json")
    (found,) = json.loads((tmp_path / "alone.json").read_bytes())
    assert cells_of(found["masks"]["frames"][-1]["imBytes"]) == {(0, 0): RED, (1, 0): RED}


def test_a_new_mask_joins_the_row_of_its_data_row_and_plane(tmp_path: Path):
    other = {**two_frames(), "uuid": "s", "groupKey": "sagittal"}
    opened = read([other, two_frames()], tmp_path)
    like = all_of(opened)[2]
    key = MediaKey(entry="d", frame=1)
    place = Placement(key, "axial", 1, mask_of((2, 2)), size=(4, 3))
    new = Annotation(AnnotationId("1", 0, new=True), "", like.class_id, "", (place,))
    current = opened.with_annotation(msgspec.structs.replace(new, created="now"))
    first, second = saved(opened, current, tmp_path)
    assert first == other
    *old, made = second["masks"]["instances"]
    assert old == INSTANCES
    assert made["name"] == "A"
    color = tuple(made["colorRGB"])
    assert color not in (RED, BLUE, (0, 0, 0))
    cells = cells_of(second["masks"]["frames"][0]["imBytes"])
    assert cells == {(0, 0): RED, (1, 0): RED, (3, 2): BLUE, (2, 2): color}
    again = all_of(read_export(tmp_path / "out.json"))
    assert cells_in(again[-1].placements[0].shape) == {(2, 2)}


@pytest.mark.parametrize(
    ("colors", "reason"),
    [
        ([RED, RED], "another label of its row has its colour"),
        ([(0, 0, 0), BLUE], "its row gives it no colour of its own"),
    ],
)
def test_colours_that_tell_no_labels_apart_lock_them(tmp_path: Path, colors, reason: str):
    instances = [{"colorRGB": list(one), "name": "A"} for one in colors]
    frame = {"index": 1, **inside(png({(0, 0): RED, (1, 1): BLUE}))}
    first, *_ = all_of(read([row_of(frame, instances=instances)], tmp_path))
    assert first.locked_reason == reason


def test_a_grey_picture_of_one_mask_is_painted_and_one_of_several_is_not(tmp_path: Path):
    held = io.BytesIO()
    Image.new("L", (4, 3), 255).save(held, "PNG")
    frame = {"index": 1, **inside(held.getvalue())}
    opened = read([row_of(frame, instances=INSTANCES[:1])], tmp_path)
    (red,) = all_of(opened)
    current = opened.with_annotation(red.with_shape(0, mask_of((1, 2))))
    (found,) = saved(opened, current, tmp_path)
    assert cells_of(found["masks"]["frames"][0]["imBytes"]) == {(1, 2): RED}
    opened = read([row_of(frame)], tmp_path)
    red, _ = all_of(opened)
    current = opened.with_annotation(red.with_shape(0, mask_of((1, 2))))
    with pytest.raises(CannotWrite, match="does not tell several labels apart"):
        saved(opened, current, tmp_path)


def test_a_row_that_lists_a_frame_twice_is_left_alone(tmp_path: Path):
    frame = {"index": 1, **inside(png({(0, 0): RED}))}
    opened = read([row_of(frame, frame)], tmp_path)
    red, _ = all_of(opened)
    current = opened.with_annotation(red.with_shape(0, mask_of((1, 2))))
    with pytest.raises(CannotWrite, match=r"'A' \(u\): its row lists a frame twice"):
        saved(opened, current, tmp_path)


def test_a_frame_without_a_number_does_not_move_those_behind_it(tmp_path: Path):
    nameless, numbered = inside(png({(3, 0): RED})), inside(png({(0, 0): RED, (3, 2): BLUE}))
    row = row_of(nameless, {"index": 2, **numbered})
    opened = read([row], tmp_path)
    red, _ = all_of(opened)
    current = opened.with_annotation(red.with_shape(0, mask_of((1, 0))))
    (found,) = saved(opened, current, tmp_path)
    assert found["masks"]["frames"][0] == nameless
    assert cells_of(found["masks"]["frames"][1]["imBytes"]) == {(1, 0): RED, (3, 2): BLUE}


def test_pictures_without_a_number_keep_their_place_and_are_told(tmp_path: Path):
    content = inside(png({(0, 0): RED, (3, 2): BLUE}))
    away = {"instanceURI": "https://x.example/kept"}
    opened = read([row_of(away, {"index": 2, **content})], tmp_path)
    assert "no-frame" in codes(opened)
    red, _ = all_of(opened)
    current = opened.with_annotation(red.with_shape(0, mask_of((1, 1))))
    (found,) = saved(opened, current, tmp_path)
    first, second = found["masks"]["frames"]
    assert first == away
    assert cells_of(second["imBytes"]) == {(1, 1): RED, (3, 2): BLUE}
    for number in ("2", True, 10**18):
        opened = read([row_of({"index": number, **content})], tmp_path)
        assert (len(opened.annotations), codes(opened)[0]) == (0, "no-frame")


def test_frame_0_of_a_composite_says_that_frames_count_from_0(tmp_path: Path):
    opened = read([row_of({"index": 0, **inside(png({(0, 0): RED}))})], tmp_path)
    red, _ = all_of(opened)
    assert (red.placements[0].index, cells_in(red.placements[0].shape)) == (0, {(0, 0)})


@pytest.mark.parametrize(
    ("instances", "reason"),
    [
        ([{"colorRGB": [255, 0, 0, 255], "name": "A"}], "its row gives it no colour of its own"),
        ([{"colorRGB": "red", "name": "A"}], "what its row says of masks is damaged"),
    ],
)
def test_a_mask_that_is_in_its_row_is_not_called_missing(tmp_path: Path, instances, reason: str):
    frame = {"index": 1, **inside(png({(0, 0): RED}))}
    (red,) = all_of(read([row_of(frame, instances=instances)], tmp_path))
    assert red.locked_reason == reason
