"""Segmentations are listed, with the files that hold their voxels, in every variant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from listed import named
from redbrick_beside import FolderBeside, opened_with
from redbrick_masks import SHAPE, export, put, volume_of

from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.formats.redbrick.records import Series
from viewer.formats.redbrick.segments import found_beside, key_before, segments_of
from viewer.formats.redbrick.shapes import record_of

Json = Any


def raw(value: Json) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(value).encode())


def test_a_plain_export_has_one_file_for_all_values():
    series = Series(segmentations=raw("p/S.nii.gz"))
    found = segments_of(series, "2", {"category": "a", "mask": "p/S.nii.gz"})
    assert found.names == ("p/S.nii.gz",)
    assert (found.variant, found.values, found.shared) == ("NIfTI", (2,), True)


def test_overlapping_groups_add_their_values():
    series = Series(segmentations=raw("S.nii.gz"))
    found = segments_of(series, "1", {"category": "a", "overlappingGroups": [3, 7]})
    assert found.values == (1, 3, 7)


def test_binary_files_hold_one_instance_each():
    series = Series(segmentations=raw(["S/instance-1.nii.gz"]), binary_mask=True)
    found = segments_of(series, "1", {"category": "a", "mask": "S/instance-1.nii.gz"})
    assert (found.names, found.values, found.shared) == (("S/instance-1.nii.gz",), (), False)
    assert segments_of(series, "2", {"category": "a"}).names == ()  # an instance without voxels


def test_semantic_values_are_classes_and_stale_groups_do_not_count():
    series = Series(segmentations=raw(["S.nii.gz"]), semantic_mask=True)
    found = segments_of(series, "5", {"category": "a", "overlappingGroups": [9]})
    assert (found.names, found.values) == (("S.nii.gz",), (5,))


@pytest.mark.parametrize(
    ("names", "variant"),
    [("S/mask-1.png", "PNG"), (["S.mhd", "S.zraw"], "MetaImage"), ("S.dcm", "DICOM"),
     ("o/p/labels/xyz", "other")],
)  # fmt: skip
def test_other_kinds_of_files_are_told_by_name(names: Json, variant: str):
    assert segments_of(Series(), "Segment_1", {"mask": names}).variant == variant


def test_a_shorthand_value_lies_in_the_series_files():
    assert segments_of(Series(segmentations=raw("S.nii")), "3", "liver").names == ("S.nii",)


def test_a_path_is_found_as_it_is_and_without_its_first_folders(tmp_path: Path):
    (tmp_path / "segmentations" / "a").mkdir(parents=True)
    (tmp_path / "segmentations" / "a" / "S.nii.gz").write_bytes(b"x")
    beside = FolderBeside(tmp_path)
    wanted = str(tmp_path / "segmentations" / "a" / "S.nii.gz")
    for name in (
        "segmentations/a/S.nii.gz", "./segmentations/a/S.nii.gz", "proj/segmentations/a/S.nii.gz",
        "/some/where/proj/segmentations/a/S.nii.gz", "C:\\proj\\segmentations\\a\\S.nii.gz",
        "../up/segmentations/a/S.nii.gz",
    ):  # fmt: skip
        assert found_beside(beside, name) == wanted
    assert found_beside(beside, "https://x.test/segmentations/a/S.nii.gz") is None
    assert found_beside(beside, "") is None


def test_nothing_is_found_outside_of_what_was_opened(tmp_path: Path):
    (tmp_path / "secret.nii").write_bytes(b"x")
    (tmp_path / "inner").mkdir()
    beside = FolderBeside(tmp_path / "inner")
    for name in ("../secret.nii", "a/../../secret.nii", str(tmp_path / "secret.nii")):
        assert found_beside(beside, name) is None


def test_every_variant_of_the_vendors_lists_its_instances_with_their_files(shared: Path):
    for folder in (shared / "data" / "exports" / "redbrick" / "all_labels").iterdir():
        path = folder / "tasks.json"
        export, base = opened_with(path, beside=FolderBeside(folder))
        tree = json.loads(path.read_bytes())
        count = sum(len(s.get("segmentMap", {})) for t in tree for s in t["series"])
        found = [base.decode(n) for n in range(base.columns.count)]
        masks = [one for one in found if one.class_id.startswith("segmentMap")]
        assert len(masks) == count > 0
        assert all(one.locked_reason is None for one in masks)
        assert {export.ontology.by_id[one.class_id].kind for one in masks} == {"volume"}


def test_a_file_that_is_missing_is_said(shared: Path, tmp_path: Path):
    path = shared / "data" / "exports" / "redbrick" / "all_labels" / "standard" / "tasks.json"
    _, base = opened_with(path, beside=FolderBeside(tmp_path))
    assert "not beside the export" in (base.decode(0).locked_reason or "")


def test_the_key_of_an_instance_is_told_from_its_place():
    for text in (b'{"12": {"a":1}}', b'{ "12"\n :\n   "liver"}', b'{"12":\t[1]}'):
        start = text.index(b":") + 1
        start += len(text[start:]) - len(text[start:].lstrip())
        assert key_before(text, start) == "12"
    assert key_before(b"[1]", 1) == ""
    assert record_of(b'"liver"') == "liver"


def test_mask_files_go_with_an_export_to_another_folder(shared: Path, tmp_path: Path):
    source = shared / "data" / "exports" / "redbrick" / "all_labels" / "png_binary"
    opened = read_export(source / "tasks.json")
    target = tmp_path / "elsewhere"
    target.mkdir()
    write_export(opened, opened, "1", target)
    for name in ("mask-1.png", "mask-2.png"):
        inner = Path("segmentations") / "xray" / "A" / name
        assert (target / inner).read_bytes() == (source / inner).read_bytes()


def two_files(folder: Path, names: list[str], segments: Json) -> Path:
    """Write a binary export whose list of files names some that no record names."""
    for number, name in enumerate(names):
        voxels = np.zeros(SHAPE, np.uint8)
        voxels[number, 2, 2:5] = 1
        put(folder, name, voxels)
    series = {"segmentations": names, "segmentMap": segments, "binaryMask": True}
    return export(folder, series)


def test_a_listed_file_that_is_called_after_an_instance_is_its_mask(tmp_path: Path):
    names = ["p/instance-1.nii.gz", "p/instance-2.nii.gz"]
    segments = {"2": {"category": "b"}, "1": "a"}
    project = read_export(two_files(tmp_path, names, segments))
    for number, key in enumerate(("1", "2")):
        found = named(project, key)
        assert found.locked_reason is None
        assert volume_of(found).masks.slices() == (number,)


def test_the_only_file_that_is_left_is_the_mask_of_the_only_instance_without_one(tmp_path: Path):
    names = ["p/instance-1.nii.gz", "p/tumour.nii.gz"]
    segments = {"1": {"category": "a", "mask": "./p/instance-1.nii.gz"}, "4": {"category": "b"}}
    project = read_export(two_files(tmp_path, names, segments))
    assert volume_of(named(project, "4")).masks.slices() == (1,)


def test_files_of_which_nobody_says_whose_they_are_lock_the_instances_without_one(tmp_path: Path):
    names = ["p/tumour.nii.gz", "p/liver.nii.gz"]
    segments = {"1": {"category": "a"}, "4": {"category": "b"}}
    path = two_files(tmp_path, names, segments)
    opened = read_export(path)
    for key in segments:
        found = named(opened, key)
        assert found.placements[0].shape is None
        assert found.locked_reason == (
            "the export lists p/tumour.nii.gz, p/liver.nii.gz and does not say which of its labels "
            "lies there"
        )
    with pytest.raises(CannotWrite, match="would stay"):
        write_export(opened, opened.without_annotations([found.id]), "1", tmp_path / "out.json")


def test_a_file_called_after_another_instance_is_no_doubt_about_one_without_voxels(tmp_path: Path):
    path = two_files(tmp_path, ["p/instance-9.nii.gz"], {"1": {"category": "a"}})
    found = named(read_export(path), "1")
    assert found.locked_reason is None
    assert volume_of(found).masks.slices() == ()


def test_many_instances_without_a_file_are_decoded_in_time_that_grows_with_their_number(
    tmp_path: Path,
):
    segments = {str(n): {"category": "a"} for n in range(1, 3001)}
    names = [f"p/instance-{n}.nii.gz" for n in range(1, 3001)]
    series = {"segmentations": names, "segmentMap": segments, "binaryMask": True}
    project = read_export(export(tmp_path, series))
    assert all(project.annotations[id].locked_reason for id in project.annotations)
