"""Masks and other files of an export are no pictures of their own; real pictures beside it are."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from labelbox_rows import Json, image, thing
from PIL import Image
from redbrick_masks import SHAPE, export, own_files, put, shared_file

from viewer.formats import read_export
from viewer.formats.companions import companions_of
from viewer.media import open_media
from viewer.media.volume import MediaSet
from viewer.session.own_pictures import own_pictures

VOXELS = np.ones(SHAPE, np.uint8)
PICTURE = np.arange(np.prod(SHAPE), dtype=np.uint8).reshape(SHAPE)
WHERE = "https://api.x.example/api/v1/projects/p/annotations/m/index/7/mask"


def opened(folder: Path, is_zip: bool = False) -> MediaSet:
    """What is listed as pictures of a folder with exports in it."""
    target = folder
    if is_zip:
        target = folder.with_suffix(".zip")
        with zipfile.ZipFile(target, "w") as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(folder))
    return own_pictures(open_media(target), read_export(target), [target])


def titles(found: MediaSet) -> list[str]:
    return sorted(media.id for media in found.media)


def png(path: Path, side: int = 4) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((side, side), 255, np.uint8), "L").save(path)


@pytest.mark.parametrize("is_zip", [False, True])
@pytest.mark.parametrize("has_own_files", [False, True])
def test_the_masks_of_redbrick_are_no_pictures(
    tmp_path: Path, is_zip: bool, has_own_files: bool
) -> None:
    home = tmp_path / "redbrick"
    home.mkdir()
    if has_own_files:
        own_files(home, {1: VOXELS, 2: VOXELS})
    else:
        shared_file(home, VOXELS, {"1": {"category": "c"}})
    assert open_media(home).media
    found = opened(home, is_zip)
    assert found.media == ()
    (issue,) = found.issues
    assert "only JSON files and what goes with them" in issue.sentence
    assert found.skipped == 0


def test_the_volume_that_masks_of_instances_were_taken_from_is_no_picture(tmp_path: Path) -> None:
    own_files(tmp_path, {1: VOXELS, 2: VOXELS})
    put(tmp_path, "segmentations/S.nii.gz", VOXELS)
    put(tmp_path, "segmentations/other.nii.gz", PICTURE)
    (media,) = opened(tmp_path).media
    assert "other.nii.gz" in file_of(media)


def test_no_folder_of_the_shared_redbrick_exports_lists_a_mask(shared: Path) -> None:
    folder = shared / "data" / "exports" / "redbrick"
    assert open_media(folder).media
    assert opened(folder).media == ()


@pytest.mark.parametrize("is_zip", [False, True])
def test_a_real_nifti_beside_tasks_is_a_picture(tmp_path: Path, is_zip: bool) -> None:
    home = tmp_path / "redbrick"
    home.mkdir()
    put(home, "segmentations/brain.nii.gz", VOXELS)
    put(home, "images/brain.nii.gz", PICTURE)
    put(home, "other.nii.gz", PICTURE)
    series = {"items": ["bucket/images/brain.nii.gz"], "segmentMap": {"1": {"category": "c"}}}
    export(home, {**series, "segmentations": "p/segmentations/brain.nii.gz"})
    found = opened(home, is_zip)
    assert len(found.media) == 2
    assert all("segmentations" not in file_of(media) for media in found.media)


def file_of(media: object) -> str:
    file = media.reader.file_of(0)  # type: ignore[attr-defined]
    return f"{file.path}!{file.member}"


def test_a_picture_that_a_mask_is_named_like_stays_where_the_mask_is_not_there(
    tmp_path: Path,
) -> None:
    put(tmp_path, "brain.nii.gz", PICTURE)
    series = {"items": ["brain.nii.gz"], "segmentMap": {"1": {"category": "c"}}}
    export(tmp_path, {**series, "segmentations": "p/segmentations/brain.nii.gz"})
    assert len(opened(tmp_path).media) == 1


def labelbox(folder: Path, tree: Json) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "labels.ndjson").write_text(json.dumps(tree))


@pytest.mark.parametrize("is_zip", [False, True])
@pytest.mark.parametrize(
    "name",
    ["m.png", "m_1.png", "m/1.png", "m_7.png", "m/007.png", "m_Axial_7.png", "masks/m_0007.png",
     "annotations/m/index/7/mask.png", "masks/annotations/m/index/7/mask.png"],
)  # fmt: skip
def test_the_masks_of_labelbox_are_no_pictures_by_any_of_their_names(
    tmp_path: Path, name: str, is_zip: bool
) -> None:
    home = tmp_path / "labelbox"
    labelbox(home, image(thing("m", "ImageSegmentationMask", {"mask": {"url": WHERE}})))
    png(home / name)
    png(home / "scan.png", 8)
    png(home / "m_7 of another.png", 8)
    png(home / "annotations" / "other.png", 16)
    found = opened(home, is_zip)
    (scans,) = (media for media in found.media if media.columns == 8)
    (other,) = (media for media in found.media if media.columns == 16)
    assert (scans.count, other.count, len(found.media)) == (2, 1, 2)


def test_pictures_named_like_labels_that_are_no_masks_stay(tmp_path: Path) -> None:
    box = {"bounding_box": {"top": 1, "left": 1, "height": 1, "width": 1}}
    home = tmp_path / "labelbox"
    labelbox(home, image(thing("m", "ImageBoundingBox", box)))
    png(home / "m.png")
    assert len(opened(home).media) == 1


def test_a_data_row_named_like_its_mask_stays_a_picture(tmp_path: Path) -> None:
    home = tmp_path / "labelbox"
    row = image(thing("m", "ImageSegmentationMask", {"mask": {"url": WHERE}}))
    row["data_row"] = {"id": "d", "external_id": "m.png"}
    labelbox(home, row)
    png(home / "m.png")
    assert len(opened(home).media) == 1


def test_files_elsewhere_are_never_taken_for_companions(tmp_path: Path) -> None:
    shared_file(tmp_path, VOXELS, {"1": {"category": "c"}})
    project = read_export(tmp_path / "tasks.json")
    away = tmp_path.parent / f"{tmp_path.name} away"
    shutil.copytree(tmp_path, away)
    assert companions_of(project, open_media(away).plain) == frozenset()
    assert len(companions_of(project, open_media(tmp_path).plain)) == 1


def test_what_is_said_of_files_left_out_goes_with_them(tmp_path: Path) -> None:
    home = tmp_path / "labelbox"
    own = thing("m", "ImageSegmentationMask", {"mask": {"url": WHERE}})
    labelbox(home, image(own))
    (home / "m.png").write_bytes(b"\x89PNG\r\n\x1a\n, and no picture")
    (home / "n.png").write_bytes(b"\x89PNG\r\n\x1a\n, and no picture")
    assert {issue.where for issue in open_media(home).issues} >= {"m.png", "n.png"}
    assert {issue.where for issue in opened(home).issues if issue.code != "no-media"} == {"n.png"}
