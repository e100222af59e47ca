"""Pictures of colours, MetaImages and new instances in every variant that an export may have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from listed import named
from redbrick_masks import SHAPE, Voxels, array_of, export, own_files, put, saved, square, volume_of

from tests.telling import matched, tell
from viewer import open_media
from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.formats.masks import read_metaimage
from viewer.geometry.mask import Mask
from viewer.geometry.solids import MaskVolume, masks_of
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.model.told import Grid
from viewer.review.solids import with_solids

Json = Any
ONE = (1, 6, 8)  # slices, rows, columns of a picture
COLORS = {"liver": [10, 200, 30], "tumor": [250, 0, 0], "organ::kidney": [0, 0, 255]}
SEGMENTS = {
    "3": {"category": "liver", "id": "l"},
    "7": {"category": "tumor", "id": "t"},
    "8": {"category": ["organ", "kidney"], "id": "k"},
}


def colored(folder: Path, paint: Json, segments: Json = SEGMENTS, colors: Json = COLORS) -> Path:
    """Write an export whose instances are told apart by their colours in one picture."""
    picture = np.zeros((*ONE[1:], 3), np.uint8)
    for (x, y, width, height), color in paint:
        picture[y : y + height, x : x + width] = color
    (folder / "segmentations").mkdir(exist_ok=True)
    (folder / "segmentations" / "S.png").write_bytes(imagecodecs.png_encode(picture))
    (folder / "class_map.json").write_text(json.dumps(colors))
    series = {"items": ["x.png"], "segmentations": ["d/segmentations/S.png"],
              "segmentMap": segments, "pngMask": True}  # fmt: skip
    return export(folder, series)


PAINT = [((0, 0, 3, 2), COLORS["liver"]), ((4, 1, 2, 2), COLORS["tumor"]),
         ((0, 4, 2, 2), COLORS["organ::kidney"]), ((7, 5, 1, 1), [1, 2, 3])]  # fmt: skip


def voxels(project: Project, id: str) -> Voxels:
    return array_of(volume_of(named(project, id)), ONE)


def picture(path: Path) -> Voxels:
    return np.asarray(imagecodecs.png_decode(path.read_bytes()))


def made(class_id: str, masks: dict[int, Mask], ordinal: int = 0) -> Annotation:
    place = Placement(MediaKey(entry="t/0"), shape=MaskVolume(masks_of(masks)))
    id = AnnotationId("1", ordinal, new=True)
    return Annotation(id, "", class_id, "", (place,), created="2026-01-01")


def series_of(folder: Path) -> Json:
    return json.loads((folder / "tasks.json").read_bytes())[0]["series"][0]


def test_the_colours_of_a_picture_are_those_of_the_class_map(tmp_path: Path):
    opened = read_export(colored(tmp_path, PAINT))
    for id, ((x, y, width, height), _) in zip("ltk", PAINT, strict=False):
        found = voxels(opened, id)
        assert found.sum() == width * height == found[0, y : y + height, x : x + width].sum()


def test_without_a_class_map_the_taxonomys_colours_tell(tmp_path: Path):
    path = colored(tmp_path, PAINT, {"3": SEGMENTS["3"], "7": SEGMENTS["7"]})
    (tmp_path / "class_map.json").unlink()
    assert "taxonomy" in (named(read_export(path), "l").locked_reason or "")
    colors = {"liver": "#0ac81e", "tumor": "#fa0000"}
    kinds = [
        {"category": name, "classId": number, "labelType": "SEGMENTATION", "color": color}
        for number, (name, color) in enumerate(colors.items())
    ]
    (tmp_path / "taxonomy.json").write_text(json.dumps({"isNew": True, "objectTypes": kinds}))
    assert voxels(read_export(path), "l").sum() == 6


@given(x=st.integers(0, 4), y=st.integers(0, 3), id=st.sampled_from("ltk"))
def test_a_painted_colour_changes_its_own_pixels_only(tmp_path_factory, x: int, y: int, id: str):
    folder = tmp_path_factory.mktemp("colours")
    path = colored(folder, PAINT)
    opened = read_export(path)
    found = named(opened, id)
    mask = square(x, y)
    current = opened.with_annotation(found.with_shape(0, volume_of(found).with_slice(0, mask)))
    others = [other for other in "ltk" if other != id]
    taken = sum(voxels(opened, other) for other in others)
    covered = bool(taken[0, y : y + 2, x : x + 2].any())
    if covered:
        with pytest.raises(CannotWrite, match="one label per voxel"):
            saved(opened, current, folder / "out")
        return
    after = saved(opened, current, folder / "out")
    assert voxels(after, id).sum() == 4
    assert voxels(after, id)[0, y : y + 2, x : x + 2].all()
    assert all(np.array_equal(voxels(after, other), voxels(opened, other)) for other in others)
    was, now = (picture(one / "segmentations" / "S.png") for one in (folder, folder / "out"))
    assert now[5, 7].tolist() == (
        [1, 2, 3] if not (x <= 7 < x + 2 and y <= 5 < y + 2) else now[5, 7]
    )
    assert ((was != now).any(axis=2) <= ((voxels(opened, id) | voxels(after, id))[0] > 0)).all()
    assert (folder / "out" / "tasks.json").read_bytes() == path.read_bytes()


def test_a_new_class_gets_its_colour_and_a_second_label_of_one_class_is_refused(tmp_path: Path):
    opened = read_export(colored(tmp_path, PAINT[1:2], {"7": SEGMENTS["7"]}))
    current = opened.with_annotation(made("segmentMap/liver", {0: square(0, 0)}))
    after = saved(opened, current, tmp_path / "out")
    assert series_of(tmp_path / "out")["segmentMap"]["1"]["category"] == "liver"
    assert "mask" not in series_of(tmp_path / "out")["segmentMap"]["1"]
    assert picture(tmp_path / "out" / "segmentations" / "S.png")[0, 0].tolist() == COLORS["liver"]
    assert voxels(after, "t").sum() == 4
    for class_id, words in (("segmentMap/tumor", "a label of it"), ("segmentMap/bone", "none")):
        with pytest.raises(CannotWrite, match=words):
            saved(opened, opened.with_annotation(made(class_id, {0: square(0, 0)})), tmp_path / "o")
        (tmp_path / "o").rmdir()


def test_two_labels_of_one_colour_are_not_told_apart(tmp_path: Path):
    segments = {**SEGMENTS, "9": {"category": "tumor", "id": "t2"}}
    opened = read_export(colored(tmp_path, PAINT, segments))
    for id in ("t", "t2"):
        assert "another label" in (named(opened, id).locked_reason or "")
    assert voxels(opened, "l").sum() == 6
    twice = {**COLORS, "tumor (7)": [5, 5, 5]}
    opened = read_export(colored(tmp_path, PAINT, SEGMENTS, twice))
    assert named(opened, "t").locked_reason


def test_an_overlap_is_white_and_belongs_to_all_that_list_it(tmp_path: Path):
    paint = [*PAINT, ((3, 3, 2, 1), [255, 255, 255])]
    segments = {
        key: {**one, "overlappingGroups": [4]} for key, one in SEGMENTS.items() if key != "8"
    }
    opened = read_export(colored(tmp_path, paint, segments))
    assert voxels(opened, "l").sum() == 6 + 2
    assert voxels(opened, "t").sum() == 4 + 2
    segments["7"]["overlappingGroups"] = [4, 5]
    opened = read_export(colored(tmp_path, paint, segments))
    assert "several overlaps" in (named(opened, "l").locked_reason or "")


@pytest.mark.parametrize("kind", ["damaged", "no colours", "list", "not json"])
def test_a_damaged_class_map_locks_the_labels_of_its_pictures(tmp_path: Path, kind: str):
    path = colored(tmp_path, PAINT)
    texts = {"damaged": '{"liver": [1,', "list": "[]", "not json": "\x00\xff"}
    odd = {"liver": [1, 2], "tumor": [0, 0, 0], "organ::kidney": [1, 2, 300]}
    (tmp_path / "class_map.json").write_text(texts.get(kind) or json.dumps(odd))
    opened = read_export(path)
    assert all(named(opened, id).locked_reason for id in "ltk")


def new_in(opened: Project, tmp_path: Path, ids: tuple[int, ...] = (0,)) -> Project:
    current = opened
    for ordinal in ids:
        masks = {0: square(1 + ordinal, 1)}
        current = current.with_annotation(made(f"segmentMap/n{ordinal}", masks, ordinal))
    return saved(opened, current, tmp_path / "out")


def test_a_new_label_beside_pictures_of_one_label_gets_a_picture_of_their_kind(tmp_path: Path):
    names = ["segmentations/S/mask-1.png"]
    (tmp_path / "segmentations" / "S").mkdir(parents=True)
    white = np.zeros((*ONE[1:], 3), np.uint8)
    white[0, 0] = 255
    (tmp_path / names[0]).write_bytes(imagecodecs.png_encode(white))
    series = {"items": ["x.png"], "segmentations": names, "binaryMask": True, "pngMask": True,
              "segmentMap": {"1": {"category": "a", "id": "a", "mask": names[0]}}}  # fmt: skip
    after = new_in(read_export(export(tmp_path, series)), tmp_path, (0, 1))
    found = series_of(tmp_path / "out")
    assert found["segmentations"] == [*names, "segmentations/S/mask-2.png",
                                      "segmentations/S/mask-3.png"]  # fmt: skip
    assert found["segmentMap"]["2"]["mask"] == "segmentations/S/mask-2.png"
    fresh = picture(tmp_path / "out" / "segmentations" / "S" / "mask-2.png")
    assert fresh.shape == white.shape
    assert np.unique(fresh).tolist() == [0, 255]
    ids = [one.native_id for one in map(after.annotations.__getitem__, after.annotations)]
    assert [int(voxels(after, id).sum()) for id in ids] == [1, 4, 4]


@pytest.mark.parametrize("listed", ["one", "list"])
def test_a_file_that_no_record_tells_of_stays_listed_beside_that_of_a_new_mask(
    listed: str, tmp_path: Path
):
    name = "segmentations/S.nii.gz"
    held = np.zeros(SHAPE, np.uint8)
    held[2, 1, 1] = 1
    put(tmp_path, name, held)
    series = {"segmentations": name if listed == "one" else [name], "segmentMap": {}}
    opened = read_export(export(tmp_path, series))
    tell(opened, "t/0", grid=Grid(SHAPE))
    after = new_in(opened, tmp_path, (0,))
    found = series_of(tmp_path / "out")
    assert found["segmentations"][0] == name
    assert len(found["segmentations"]) == 2
    assert list(found["segmentMap"]) == ["2"]
    assert found["segmentMap"]["2"]["mask"] == found["segmentations"][1]
    assert (tmp_path / "out" / name).read_bytes() == (tmp_path / name).read_bytes()
    (id,) = after.annotations
    assert array_of(volume_of(after.annotations[id]), SHAPE).sum() == 4


def photos(folder: Path, count: int) -> Path:
    """Write pictures of one size, each a task with a mask of its own: the pixel (number, 0)."""
    tasks: list[Json] = []
    (folder / "images").mkdir()
    for number in range(count):
        picture, mask = np.zeros(ONE[1:], np.uint8), np.zeros((*ONE[1:], 3), np.uint8)
        mask[0, number] = 255
        (folder / "images" / f"{number}.png").write_bytes(imagecodecs.png_encode(picture))
        (folder / f"mask-{number}.png").write_bytes(imagecodecs.png_encode(mask))
        name = f"mask-{number}.png"
        series = {"items": [f"images/{number}.png"], "segmentations": [name], "binaryMask": True,
                  "pngMask": True,
                  "segmentMap": {"1": {"category": "a", "id": str(number), "mask": name}},
                  }  # fmt: skip
        tasks.append({"taskId": str(number), "name": str(number), "series": [series]})
    (folder / "tasks.json").write_text(json.dumps(tasks))
    return folder / "tasks.json"


def test_masks_of_pictures_of_one_folder_lie_on_their_own_pictures(tmp_path: Path):
    opened = read_export(photos(tmp_path, 3))
    (media,) = open_media(tmp_path / "images").media
    found, issues = with_solids(matched(opened, [media]))
    assert issues == ()
    reached = [found.extents_of(id)[0].reach for id in opened.annotations]
    assert reached == [((k, k), (0, 0), (k, k)) for k in range(3)]
    second = named(opened, "1")
    painted = second.with_shape(0, volume_of(second).with_slice(1, square(4, 2)))
    saved(opened, opened.with_annotation(painted), tmp_path / "out")
    assert picture(tmp_path / "out" / "mask-1.png")[2:4, 4:6].all()
    others = (tmp_path / "mask-0.png", tmp_path / "out" / "mask-0.png")
    assert len({path.read_bytes() for path in others}) == 1
    outside = second.with_shape(0, volume_of(second).with_slice(2, square(4, 2)))
    with pytest.raises(CannotWrite, match="does not hold all pictures painted on"):
        saved(opened, opened.with_annotation(outside), tmp_path / "no")


def metaimage(folder: Path, stem: str, values: Voxels) -> list[str]:
    """Write a .mhd with packed data beside it, as redbrick-sdk does."""
    import SimpleITK

    image = SimpleITK.GetImageFromArray(values)
    image.SetSpacing((0.5, 0.5, 3.0))
    path = folder / f"{stem}.mhd"
    path.parent.mkdir(parents=True, exist_ok=True)
    SimpleITK.WriteImage(image, str(path), useCompression=True)
    return [f"{stem}.mhd", f"{stem}.zraw"]


def lit(*places: tuple[int, int, int], number: int = 1) -> Voxels:
    found = np.zeros(SHAPE, np.uint8)
    for place in places:
        found[place] = number
    return found


def test_a_new_label_in_a_shared_metaimage_gets_the_smallest_free_number(tmp_path: Path):
    names = metaimage(tmp_path, "segmentations/S", lit((2, 5, 5)))
    series = {"segmentations": names, "segmentMap": {"1": {"category": "a", "id": "a"}}}
    after = new_in(read_export(export(tmp_path, series)), tmp_path)
    found = series_of(tmp_path / "out")
    assert found["segmentations"] == names
    assert list(found["segmentMap"]) == ["1", "2"]
    assert array_of(volume_of(named(after, "a"))).sum() == 1
    out = tmp_path / "out"
    values = read_metaimage(
        names[0], *((out / name).read_bytes() for name in names), 1 << 24
    ).values
    assert (values == 2).sum() == 4


def test_a_new_label_beside_metaimages_of_one_label_gets_two_files_like_theirs(tmp_path: Path):
    names = metaimage(tmp_path, "segmentations/S/instance-1", lit((2, 5, 5)))
    series = {"segmentations": names, "binaryMask": True,
              "segmentMap": {"1": {"category": "a", "id": "a", "mask": names}}}  # fmt: skip
    new_in(read_export(export(tmp_path, series)), tmp_path)
    found = series_of(tmp_path / "out")
    fresh = [name.replace("-1.", "-2.") for name in names]
    assert sorted(found["segmentations"]) == sorted([*names, *fresh])
    assert found["segmentMap"]["2"]["mask"] == fresh
    out = tmp_path / "out"
    header, data = ((out / name).read_bytes() for name in fresh)
    assert b"ElementDataFile = instance-2.zraw" in header
    assert b"ElementSpacing = 0.5 0.5 3" in header
    assert (read_metaimage(fresh[0], header, data, 1 << 24).values == 1).sum() == 4
    for name in names:
        assert (out / name).read_bytes() == (tmp_path / name).read_bytes()


def test_a_new_class_beside_files_of_one_class_is_called_by_its_number(tmp_path: Path):
    path = own_files(tmp_path, {5: lit((1, 1, 1))})
    tree = json.loads(path.read_bytes())
    tree[0]["series"][0]["semanticMask"] = True
    path.write_text(json.dumps(tree))
    kinds = [{"category": f"n{n}", "classId": 10 + n, "labelType": "SEGMENTATION"} for n in (0, 1)]
    (tmp_path / "taxonomy.json").write_text(json.dumps({"isNew": True, "objectTypes": kinds}))
    opened = read_export(path)
    current = opened.with_annotation(made("segmentMap/n1", {0: square(1, 1)}))
    (tmp_path / "out").mkdir()
    write_export(opened, current, "1", tmp_path / "out")
    found = series_of(tmp_path / "out")
    assert found["segmentMap"]["12"]["mask"] == "segmentations/S/category-12.nii.gz"


@pytest.mark.parametrize("key", ["Segment_1", "liver", "1"])
def test_structure_sets_and_dicom_segmentations_are_listed_and_locked(tmp_path: Path, key: str):
    (tmp_path / "segmentations").mkdir()
    (tmp_path / "segmentations" / "S.dcm").write_bytes(b"\0" * 128 + b"DICM")
    series = {"segmentations": "segmentations/S.dcm",
              "segmentMap": {key: {"category": "liver", "id": "l"}}}  # fmt: skip
    opened = read_export(export(tmp_path, series))
    found = named(opened, "l")
    assert found.placements[0].media.entry == "t/0"
    assert "structure sets are listed only" in (found.locked_reason or "")
    with pytest.raises(CannotWrite):
        new_in(opened, tmp_path)


def test_a_mask_of_a_deleted_label_in_a_metaimage_goes_with_both_its_names(tmp_path: Path):
    names = metaimage(tmp_path, "segmentations/S/instance-1", lit((2, 5, 5)))
    others = metaimage(tmp_path, "segmentations/S/instance-2", lit((1, 5, 5)))
    segments = {str(n): {"category": "a", "id": f"i{n}", "mask": files}
                for n, files in ((1, names), (2, others))}  # fmt: skip
    series = {"segmentations": [*names, *others], "binaryMask": True, "segmentMap": segments}
    opened = read_export(export(tmp_path, series))
    saved(opened, opened.without_annotations([named(opened, "i1").id]), tmp_path / "out")
    found = series_of(tmp_path / "out")
    assert found["segmentations"] == others
    assert list(found["segmentMap"]) == ["2"]
    assert not (tmp_path / "out" / names[0]).exists()
