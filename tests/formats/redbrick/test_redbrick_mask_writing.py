"""Painted segmentations change their voxels in their files, and nothing else."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from listed import named
from redbrick_masks import (
    AFFINE,
    SHAPE,
    Json,
    Voxels,
    array_of,
    export,
    file_values,
    own_files,
    saved,
    shared_file,
    square,
    volume_of,
)

from tests.telling import tell
from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.formats.masks import read_nifti
from viewer.geometry.mask import Mask
from viewer.geometry.solids import MaskVolume, masks_of
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.model.told import Grid

FILE = "segmentations/S.nii.gz"
SEGMENTS = {
    "1": {"category": "a", "id": "one", "mask": "p/" + FILE},
    "2": {"category": "b", "id": "two", "mask": "p/" + FILE},
}


def blank(*lit: tuple[tuple[int, int, int], int]) -> Voxels:
    voxels = np.zeros(SHAPE, np.uint8)
    for place, number in lit:
        voxels[place] = number
    return voxels


def repainted(project: Project, id: str, k: int, mask: Mask | None) -> Project:
    found = named(project, id)
    return project.with_annotation(found.with_shape(0, volume_of(found).with_slice(k, mask)))


def made(ordinal: int, name: str, masks: dict[int, Mask]) -> Annotation:
    place = Placement(MediaKey(entry="t/0"), shape=MaskVolume(masks_of(masks)))
    id = AnnotationId("1", ordinal, new=True)
    return Annotation(id, "", f"segmentMap/{name}", "", (place,), created="2026-01-01")


def segments(path: Path) -> Json:
    return json.loads((path / "tasks.json").read_bytes())[0]["series"][0]["segmentMap"]


@given(seed=st.integers(0, 60), painted=st.sampled_from(["one", "two"]), k=st.integers(0, 3))
def test_a_painted_slice_is_what_is_read_again_and_the_rest_stays(
    seed: int, painted: str, k: int, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("painted")
    rng = np.random.default_rng(seed)
    overlap = {key: {**one, "overlappingGroups": [3]} for key, one in SEGMENTS.items()}
    listed = overlap if seed % 2 else SEGMENTS
    voxels = rng.integers(0, 3 + seed % 2, SHAPE).astype(np.uint8)
    opened = read_export(shared_file(folder, voxels, listed))
    fresh = Mask.from_array(rng.random(SHAPE[1:]) < 0.5)
    found = saved(opened, repainted(opened, painted, k, fresh), folder / "out")
    for id in ("one", "two"):
        wanted = array_of(volume_of(named(opened, id)))
        if id == painted:
            wanted[k] = 0
            part = wanted[k, fresh.y : fresh.y + fresh.height, fresh.x : fresh.x + fresh.width]
            part[...] = fresh.to_array()
        assert np.array_equal(array_of(volume_of(named(found, id))), wanted)


def test_without_an_overlap_only_the_voxels_change(tmp_path: Path):
    path = shared_file(tmp_path, blank(((0, 0, 0), 1), ((0, 5, 5), 2)), SEGMENTS)
    opened = read_export(path)
    saved(opened, repainted(opened, "one", 2, square(1, 1)), tmp_path / "out")
    assert (tmp_path / "out" / "tasks.json").read_bytes() == path.read_bytes()
    before, after = ((folder / FILE).read_bytes() for folder in (tmp_path, tmp_path / "out"))
    assert gzip.decompress(before)[:352] == gzip.decompress(after)[:352]
    volume = read_nifti("S", after, 1 << 20)
    assert np.array_equal(volume.affine_ras, AFFINE)
    wanted = blank(((0, 0, 0), 1), ((0, 5, 5), 2))
    wanted[2, 1:3, 1:3] = 1
    assert np.array_equal(volume.values, wanted)


def test_a_new_overlap_gets_the_smallest_free_number_in_voxels_and_records(tmp_path: Path):
    path = shared_file(tmp_path, blank(((1, 1, 1), 2), ((0, 0, 0), 1)), SEGMENTS)
    opened = read_export(path)
    saved(opened, repainted(opened, "one", 1, square(1, 1)), tmp_path / "out")
    assert file_values(tmp_path / "out" / FILE)[1, 1, 1] == 3
    wanted = {key: {**one, "overlappingGroups": [3]} for key, one in SEGMENTS.items()}
    assert segments(tmp_path / "out") == wanted


def test_a_save_says_whose_record_follows_what_is_painted_over_it(tmp_path: Path):
    path = shared_file(tmp_path, blank(((1, 1, 1), 2), ((0, 0, 0), 1)), SEGMENTS)
    opened = read_export(path)
    current = repainted(opened, "one", 1, square(1, 1))
    (tmp_path / "one").mkdir()
    (tmp_path / "both").mkdir()
    report = write_export(opened, current, "1", tmp_path / "one")
    (note,) = report.notes
    assert note.startswith("'b' (two): its overlappingGroups")
    current = repainted(current, "two", 0, square(3, 3))
    assert write_export(opened, current, "1", tmp_path / "both").notes == ()


def test_a_group_without_voxels_left_goes_from_the_records(tmp_path: Path):
    overlap = {key: {**one, "overlappingGroups": [7]} for key, one in SEGMENTS.items()}
    opened = read_export(shared_file(tmp_path, blank(((1, 1, 1), 7)), overlap))
    saved(opened, repainted(opened, "one", 1, None), tmp_path / "out")
    assert file_values(tmp_path / "out" / FILE)[1, 1, 1] == 2
    assert segments(tmp_path / "out") == SEGMENTS


def test_a_deleted_instance_goes_with_its_voxels_and_what_it_shared_stays(tmp_path: Path):
    overlap = {key: {**one, "overlappingGroups": [7]} for key, one in SEGMENTS.items()}
    voxels = blank(((1, 1, 1), 7), ((0, 0, 0), 1), ((2, 2, 2), 2))
    opened = read_export(shared_file(tmp_path, voxels, overlap))
    gone = named(opened, "one").id
    saved(opened, opened.without_annotations([gone]), tmp_path / "out")
    wanted = blank(((1, 1, 1), 2), ((2, 2, 2), 2))
    assert np.array_equal(file_values(tmp_path / "out" / FILE), wanted)
    assert segments(tmp_path / "out") == {"2": SEGMENTS["2"]}


def test_new_instances_get_the_smallest_free_keys(tmp_path: Path):
    overlap = {key: {**one, "overlappingGroups": [3]} for key, one in SEGMENTS.items()}
    voxels = blank(((1, 1, 1), 3), ((3, 0, 0), 4))  # 4 is no label's, and not free
    opened = read_export(shared_file(tmp_path, voxels, overlap))
    current = opened
    for number, at in enumerate((0, 4)):
        current = current.with_annotation(made(number, "a", {2: square(at, 0)}))
    found = saved(opened, current, tmp_path / "out")
    assert list(segments(tmp_path / "out")) == ["1", "2", "5", "6"]
    record = segments(tmp_path / "out")["5"]
    assert (record["category"], record["mask"]) == ("a", "p/" + FILE)
    assert list(record)[:3] == ["category", "id", "mask"]
    wanted = voxels.copy()
    wanted[2, :2, :2], wanted[2, :2, 4:6] = 5, 6
    assert np.array_equal(file_values(tmp_path / "out" / FILE), wanted)
    assert named(found, record["id"]).locked_reason is None


def test_semantic_files_hold_no_overlap_and_name_both_labels(tmp_path: Path):
    path = shared_file(tmp_path, blank(((1, 1, 1), 2)), SEGMENTS, semanticMask=True)
    opened = read_export(path)
    with pytest.raises(CannotWrite, match=r"'a' \(one\) and 'b' \(two\) overlap on slice 2"):
        saved(opened, repainted(opened, "one", 1, square(1, 1)), tmp_path / "refused")
    current = repainted(repainted(opened, "one", 1, square(1, 1)), "two", 1, None)
    saved(opened, current, tmp_path / "out")
    assert file_values(tmp_path / "out" / FILE)[1, 1, 1] == 1
    with pytest.raises(CannotWrite, match="taxonomy"):
        saved(opened, opened.with_annotation(made(0, "a", {0: square(0, 0)})), tmp_path / "no")


def test_a_semantic_label_keeps_its_class(tmp_path: Path):
    path = shared_file(tmp_path, blank(((1, 1, 1), 2)), SEGMENTS, semanticMask=True)
    opened = read_export(path)
    other = msgspec.structs.replace(named(opened, "one"), class_id="segmentMap/b")
    with pytest.raises(CannotWrite, match="its number stands for its class"):
        saved(opened, opened.with_annotation(other), tmp_path / "out")


def test_files_of_instances_change_one_by_one(tmp_path: Path):
    lit = {n: blank(((1, 1, 1), 1)) for n in (1, 2)}
    opened = read_export(own_files(tmp_path, lit))
    current = repainted(opened, "1", 0, square(0, 0)).with_annotation(
        made(0, "c1", {3: square(2, 2)})
    )
    found = saved(opened, current, tmp_path / "out")
    names = [f"segmentations/S/instance-{n}.nii.gz" for n in (1, 2, 3)]
    assert (tmp_path / "out" / names[1]).read_bytes() == (tmp_path / names[1]).read_bytes()
    wanted = lit[1].copy()
    wanted[0, :2, :2] = 1
    assert np.array_equal(file_values(tmp_path / "out" / names[0]), wanted)
    third = file_values(tmp_path / "out" / names[2])
    assert (third.sum(), third[3, 2:4, 2:4].sum()) == (4, 4)
    tree = json.loads((tmp_path / "out" / "tasks.json").read_bytes())[0]["series"][0]
    assert tree["segmentations"] == names
    assert tree["segmentMap"]["3"]["mask"] == names[2]
    assert named(found, "3").locked_reason is None


def test_the_file_of_a_deleted_instance_does_not_go_with_the_export(tmp_path: Path):
    opened = read_export(own_files(tmp_path, {n: blank(((1, 1, 1), 1)) for n in (1, 2)}))
    gone = named(opened, "1").id
    saved(opened, opened.without_annotations([gone]), tmp_path / "out")
    tree = json.loads((tmp_path / "out" / "tasks.json").read_bytes())[0]["series"][0]
    assert tree["segmentations"] == ["segmentations/S/instance-2.nii.gz"]
    assert list(tree["segmentMap"]) == ["2"]
    assert [path.name for path in (tmp_path / "out").rglob("*.gz")] == ["instance-2.nii.gz"]


def test_the_file_of_two_instances_stays_for_the_other(tmp_path: Path):
    path = own_files(tmp_path, {1: blank(((1, 1, 1), 1)), 2: blank(((2, 1, 1), 1))})
    path.write_text(path.read_text().replace("instance-2", "instance-1"))
    opened = read_export(path)
    one, other = (opened.annotations[id] for id in opened.annotations)
    with pytest.raises(CannotWrite, match="another label's mask too"):
        saved(opened, repainted(opened, one.native_id, 1, None), tmp_path / "refused")
    left = saved(opened, opened.without_annotations([one.id]), tmp_path / "out")
    (kept,) = (left.annotations[id] for id in left.annotations)
    assert (array_of(volume_of(kept)) == array_of(volume_of(other))).all()


def test_a_series_without_masks_gets_a_file_on_its_grid(tmp_path: Path):
    opened = read_export(export(tmp_path, {}))
    current = opened.with_annotation(made(0, "a", {1: square(3, 2)}))
    with pytest.raises(CannotWrite, match="open them"):
        saved(opened, current, tmp_path / "no")
    tell(opened, "t/0", grid=Grid(SHAPE))
    found = saved(opened, current, tmp_path / "out")
    (id,) = found.annotations
    voxels = array_of(volume_of(found.annotations[id]))
    assert (voxels.sum(), voxels[1, 2:4, 3:5].sum()) == (4, 4)


def test_masks_turned_with_their_pictures_are_painted_where_they_are_seen(tmp_path: Path):
    opened = read_export(shared_file(tmp_path, blank(((0, 0, 0), 1)), SEGMENTS))
    tell(opened, "t/0", grid=Grid(SHAPE, is_turned=True))
    saved(opened, repainted(opened, "one", 0, square(0, 0)), tmp_path / "out")
    assert file_values(tmp_path / "out" / FILE)[3, :2, :2].all()


@pytest.mark.parametrize("other", [Grid(SHAPE), Grid(SHAPE, is_turned=True, first=2)])
def test_what_was_painted_is_not_saved_by_images_that_count_slices_otherwise(
    other: Grid, tmp_path: Path
):
    opened = read_export(shared_file(tmp_path, blank(((0, 0, 0), 1)), SEGMENTS))
    tell(opened, "t/0", grid=Grid(SHAPE, is_turned=True))
    current = repainted(opened, "one", 0, square(0, 0))
    tell(opened, "t/0", grid=other)
    with pytest.raises(CannotWrite, match="open the former ones"):
        saved(opened, current, tmp_path / "no")
    tell(opened, "t/0", grid=Grid(SHAPE, is_turned=True))
    saved(opened, current, tmp_path / "out")
    assert file_values(tmp_path / "out" / FILE)[3, :2, :2].all()


def test_a_category_alone_gets_a_record_when_it_shares_voxels(tmp_path: Path):
    opened = read_export(shared_file(tmp_path, blank(((1, 1, 1), 2)), {"1": "a", "2": ["x", "b"]}))
    found = saved(opened, repainted(opened, "1", 1, square(1, 1)), tmp_path / "out")
    assert segments(tmp_path / "out") == {
        "1": {"category": "a", "overlappingGroups": [3]},
        "2": {"category": ["x", "b"], "overlappingGroups": [3]},
    }
    assert array_of(volume_of(named(found, "2"))).sum() == 1


def test_masks_of_pictures_are_painted_in_their_kind(shared: Path, tmp_path: Path):
    source = shared / "data" / "exports" / "redbrick" / "all_labels" / "png_binary"
    shutil.copytree(source, tmp_path / "in")
    opened = read_export(tmp_path / "in" / "tasks.json")
    found = saved(opened, repainted(opened, "a", 0, square(1, 2)), tmp_path / "out")
    shape = file_values(source / "segmentations" / "xray" / "A.nii.gz").shape
    voxels = array_of(volume_of(named(found, "a")), shape)
    assert (voxels.sum(), voxels[0, 2:4, 1:3].sum()) == (4, 4)
    name = "segmentations/xray/A/mask-2.png"
    assert (tmp_path / "out" / name).read_bytes() == (source / name).read_bytes()


def test_painting_over_a_number_that_is_no_label_is_refused(tmp_path: Path):
    opened = read_export(shared_file(tmp_path, blank(((1, 1, 1), 9)), SEGMENTS))
    with pytest.raises(CannotWrite, match="number 9, which is no label"):
        saved(opened, repainted(opened, "one", 1, square(1, 1)), tmp_path / "out")


def _with_empty(path: Path, **flags: Json) -> Path:
    """Add an instance without voxels, which has no file."""
    tree = json.loads(path.read_bytes())
    series = tree[0]["series"][0]
    series["segmentMap"]["7"] = {"category": "late", "id": "late"}
    series |= flags
    path.write_text(json.dumps(tree, indent=2))
    return path


def test_an_instance_without_voxels_gets_a_file_with_its_first_ones(tmp_path: Path):
    path = _with_empty(own_files(tmp_path, {n: blank(((1, 1, 1), 1)) for n in (1, 2)}))
    opened = read_export(path)
    assert named(opened, "late").locked_reason is None
    assert array_of(volume_of(named(opened, "late"))).sum() == 0
    current = repainted(opened, "late", 2, square(3, 1)).with_annotation(
        made(0, "new", {0: square(0, 0)})
    )
    found = saved(opened, current, tmp_path / "out")
    name = "segmentations/S/instance-7.nii.gz"
    late = segments(tmp_path / "out")["7"]
    assert late == {"category": "late", "id": "late", "mask": name}
    tree = json.loads((tmp_path / "out" / "tasks.json").read_bytes())[0]["series"][0]
    numbers = sorted(tree["segmentations"])
    assert numbers == [f"segmentations/S/instance-{n}.nii.gz" for n in (1, 2, 3, 7)]
    voxels = array_of(volume_of(named(found, "late")))
    assert (voxels.sum(), voxels[2, 1:3, 3:5].sum()) == (4, 4)
    assert np.array_equal(file_values(tmp_path / "out" / name), voxels)


def test_an_instance_without_voxels_that_stays_so_changes_nothing(tmp_path: Path):
    path = _with_empty(own_files(tmp_path, {1: blank(((1, 1, 1), 1))}))
    opened = read_export(path)
    current = repainted(repainted(opened, "late", 2, square(3, 1)), "late", 2, None)
    report = write_export(opened, current, "1", tmp_path / "out.json")
    assert not report.changed
    assert (tmp_path / "out.json").read_bytes() == path.read_bytes()
    grouped = msgspec.structs.replace(named(current, "late"), group="g")
    report = write_export(opened, current.with_annotation(grouped), "1", tmp_path / "group.json")
    assert [one.fields for one in report.changed] == [("group",)]


def test_an_instance_without_voxels_is_deleted_with_its_record_alone(tmp_path: Path):
    path = _with_empty(own_files(tmp_path, {1: blank(((1, 1, 1), 1))}))
    opened = read_export(path)
    current = opened.without_annotations([named(opened, "late").id])
    saved(opened, current, tmp_path / "out")
    assert list(segments(tmp_path / "out")) == ["1"]
    assert len(list((tmp_path / "out").rglob("*.gz"))) == 1


def test_the_only_instance_of_a_series_gets_a_file_on_its_grid(tmp_path: Path):
    path = _with_empty(export(tmp_path, {"segmentMap": {}, "binaryMask": True}))
    opened = read_export(path)
    current = repainted(opened, "late", 2, square(3, 1))
    with pytest.raises(CannotWrite, match="open them"):
        saved(opened, current, tmp_path / "no")
    tell(opened, "t/0", grid=Grid(SHAPE))
    found = saved(opened, current, tmp_path / "out")
    assert array_of(volume_of(named(found, "late"))).sum() == 4
    tree = json.loads((tmp_path / "out" / "tasks.json").read_bytes())[0]["series"][0]
    assert tree["segmentations"] == [tree["segmentMap"]["7"]["mask"]]


@pytest.mark.parametrize("odd", [{"binaryMask": False}, {"pngMask": True}, {"mask": 5}])
def test_an_instance_without_a_file_stays_locked_where_none_is_to_be_told(
    tmp_path: Path, odd: Json
):
    path = _with_empty(export(tmp_path, {"segmentMap": {}, "binaryMask": True}), **odd)
    if "mask" in odd:
        path.write_text(path.read_text().replace('"category": "late"', '"mask": 5'))
    found = named(read_export(path), "late")
    assert found.locked_reason
    assert found.placements[0].shape is None


@pytest.mark.parametrize("kind", ["semantic", "mask null", "DICOM"])
def test_what_siblings_are_tells_the_first_file_of_an_instance(tmp_path: Path, kind: str):
    path = _with_empty(own_files(tmp_path, {1: blank(((1, 1, 1), 1))}))
    text = path.read_text()
    if kind == "semantic":
        text = text.replace('"binaryMask"', '"semanticMask": true, "binaryMask"')
    elif kind == "mask null":
        text = text.replace('"category": "late"', '"mask": null, "category": "late"')
    else:
        text = text.replace(".nii.gz", ".dcm")
    path.write_text(text)
    opened = read_export(path)
    if kind == "DICOM":
        assert named(opened, "late").locked_reason
        return
    saved(opened, repainted(opened, "late", 1, square(0, 0)), tmp_path / "out")
    word = "category" if kind == "semantic" else "instance"
    assert segments(tmp_path / "out")["7"]["mask"] == f"segmentations/S/{word}-7.nii.gz"
