"""The voxels of segmentations are those of their mask files, in every variant."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from listed import named
from redbrick_beside import FolderBeside
from redbrick_masks import (
    SHAPE,
    Voxels,
    array_of,
    export,
    file_values,
    own_files,
    put,
    shared_file,
    volume_of,
)

from tests.telling import matched, tell
from viewer.demo import demo_folder
from viewer.errors import CannotRead, CannotWrite
from viewer.formats import read_export, write_export
from viewer.formats.record_text import records_ahead
from viewer.formats.redbrick.mask_volumes import MaskVolumes, on_media
from viewer.formats.redbrick.segments import Segments
from viewer.geometry.mask import Mask
from viewer.geometry.solids import ChangedMasks, MaskVolume
from viewer.media import load, open_media
from viewer.model.project import Project
from viewer.model.told import Grid, Told
from viewer.review.matching import Matches
from viewer.review.solids import with_solids
from viewer.review.voxel_order import grid_shown

Json = Any
SEGMENTS = {"1": {"category": "a"}, "2": {"category": "b"}}


@pytest.fixture(scope="session", name="demo")
def demo_study() -> tuple[Path, Path]:
    return demo_folder()


def random_voxels(seed: int, most: int) -> Voxels:
    return np.random.default_rng(seed).integers(0, most + 1, SHAPE).astype(np.uint8)


@given(seed=st.integers(0, 99))
def test_a_shared_file_tells_instances_by_their_numbers(seed: int, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    voxels = random_voxels(seed, 2)
    project = read_export(shared_file(folder, voxels, SEGMENTS))
    for number in (1, 2):
        found = named(project, str(number))
        assert found.locked_reason is None
        assert np.array_equal(array_of(volume_of(found)), voxels == number)


@given(seed=st.integers(0, 99))
def test_voxels_of_an_overlap_belong_to_every_instance_that_lists_it(seed: int, tmp_path_factory):
    folder = tmp_path_factory.mktemp("overlap")
    voxels = random_voxels(seed, 3)
    segments = {
        "1": {"category": "a", "overlappingGroups": [3]},
        "2": {"category": "b", "overlappingGroups": [3]},
    }
    project = read_export(shared_file(folder, voxels, segments))
    for number in (1, 2):
        wanted = np.isin(voxels, (number, 3))
        assert np.array_equal(array_of(volume_of(named(project, str(number)))), wanted)


def test_everything_in_a_file_of_its_own_belongs_to_the_instance(tmp_path: Path):
    made = {n: random_voxels(n, 1) * value for n, value in ((1, 1), (2, 255), (7, 1))}
    made[2][0, 0, 0] = 9
    project = read_export(own_files(tmp_path, made))
    for number, voxels in made.items():
        assert np.array_equal(array_of(volume_of(named(project, str(number)))), voxels != 0)


@pytest.mark.parametrize(
    ("folder", "numbers"),
    [("standard", {"g1": (1, 3), "g2": (2, 3)}), ("semantic", {"g1": (5,), "g2": (8,)})],
)
def test_the_vendors_exports_show_their_voxels(
    shared: Path, folder: str, numbers: dict[str, tuple[int, ...]]
):
    path = shared / "data" / "exports" / "redbrick" / "all_labels" / folder
    values = file_values(path / "segmentations" / "study-01" / "CT_axial.nii.gz")
    project = read_export(path / "tasks.json")
    for id, own in numbers.items():
        voxels = array_of(volume_of(named(project, id)), values.shape)
        assert voxels.any()
        assert np.array_equal(voxels, np.isin(values, own))


def test_masks_of_pictures_are_volumes_of_one_slice(shared: Path):
    path = shared / "data" / "exports" / "redbrick" / "all_labels" / "png_binary"
    project = read_export(path / "tasks.json")
    merged = file_values(path / "segmentations" / "xray" / "A.nii.gz")
    for id, number in (("a", 1), ("b", 2)):
        voxels = array_of(volume_of(named(project, id)), merged.shape)
        assert voxels.any()
        assert voxels[merged == number].all()


def without_reader(title: str) -> str:
    """The name of one of the demo's labels alone."""
    return title.rpartition(" / ")[2].split(" (")[0]


def masks_on_slices(matches: Matches, project: Project) -> dict[tuple[str, int], Any]:
    """Masks of the demo by class, reader and slice of the series, as bitmaps."""
    size = matches.lookup.media[0]
    found: dict[tuple[str, int], Any] = {}
    for id in project.annotations:
        one = project.annotations[id]
        title = project.exports[id.export].ontology.by_id[one.class_id].title
        for number, place in enumerate(one.placements):
            if isinstance(place.shape, Mask):
                (where,) = [p for p in matches.of(id) if p.placement == number]
                pairs = [(where.slice, place.shape)]
            elif isinstance(place.shape, MaskVolume):
                masks = place.shape.masks
                pairs = [(k, masks.mask(k)) for k in masks.slices()]
            else:
                continue
            for k, mask in pairs:
                bitmap = found.setdefault(
                    (without_reader(title), k), np.zeros((size.rows, size.columns), bool)
                )
                part = bitmap[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width]
                part |= mask.to_array()
    return found


def test_the_demos_masks_are_those_of_its_other_export_pixel_for_pixel(demo: tuple[Path, Path]):
    series, mdai = demo
    media = open_media(series).media
    both = []
    for path in (mdai, mdai.parent / "redbrick" / "tasks.json"):
        project = read_export(path)
        matches, issues = with_solids(matched(project, media))
        assert not issues
        both.append(masks_on_slices(matches, project))
    assert both[0].keys() == both[1].keys()
    assert {name for name, _ in both[0]} >= {"Vertebra", "Liver"}
    for key, bitmap in both[0].items():
        assert bitmap.any()
        assert np.array_equal(bitmap, both[1][key]), key


def in_file(name: str) -> Segments:
    return Segments((name,), "NIfTI", (), shared=False)


def test_nothing_is_decoded_before_it_is_asked_for_and_then_once(tmp_path: Path, monkeypatch):
    path = shared_file(tmp_path, random_voxels(0, 2), SEGMENTS)
    asked: list[str] = []
    read = FolderBeside.read
    monkeypatch.setattr(
        FolderBeside,
        "read",
        lambda self, name, limit: (asked.append(name), read(self, name, limit))[1],
    )
    volumes = MaskVolumes(FolderBeside(path.parent), Told())
    assert asked == []
    names = in_file("p/segmentations/S.nii.gz")
    assert volumes.of(names) is volumes.of(names)
    assert len(asked) == 1


def test_what_is_kept_is_bounded_and_read_again(tmp_path: Path):
    own_files(tmp_path, {n: random_voxels(n, 1) for n in (1, 2)})
    volumes = MaskVolumes(FolderBeside(tmp_path), Told(), kept_bytes=1)
    names = [in_file(f"segmentations/S/instance-{n}.nii.gz") for n in (1, 2)]
    one = volumes.of(names[0])
    assert volumes.of(names[0]) is one
    volumes.of(names[1])
    again = volumes.of(names[0])
    assert again is not one
    assert np.array_equal(again.values, one.values)


def test_a_file_that_changed_since_is_not_taken_for_the_one_that_was_opened(tmp_path: Path):
    own_files(tmp_path, {n: random_voxels(n, 1) for n in (1, 2)})
    volumes = MaskVolumes(FolderBeside(tmp_path), Told(), kept_bytes=1)
    names = [in_file(f"segmentations/S/instance-{n}.nii.gz") for n in (1, 2)]
    volumes.of(names[0])
    volumes.of(names[1])
    put(tmp_path, names[0].names[0], random_voxels(5, 1))
    with pytest.raises(CannotRead, match="has changed since it was opened"):
        volumes.of(names[0])


def test_voxels_of_another_size_than_their_series_are_said_and_locked(demo, tmp_path: Path):
    series, mdai = demo
    folder = tmp_path / "redbrick"
    shutil.copytree(mdai.parent / "redbrick", folder)
    (name,) = (path.relative_to(folder) for path in folder.rglob("*.nii.gz"))
    put(folder, str(name), random_voxels(1, 2))
    project = read_export(folder / "tasks.json")
    matches, issues = with_solids(matched(project, open_media(series).media))
    assert [issue.code for issue in issues] == ["solid-not-shown"]
    assert "8 x 6 x 4 voxels do not fit" in issues[0].sentence
    ids = [id for id in project.annotations if project.annotations[id].class_id.startswith("segm")]
    assert ids
    for id in ids:
        assert "do not fit" in (project.annotations[id].locked_reason or "")
        assert project.annotations[id].placements[0].shape is None
    assert matches.counts()


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", b"no file of voxels" * 40])
def test_a_damaged_mask_file_is_one_sentence_and_locks_its_labels(
    demo, content: bytes, tmp_path: Path
):
    series, mdai = demo
    folder = tmp_path / "redbrick"
    shutil.copytree(mdai.parent / "redbrick", folder)
    (path,) = folder.rglob("*.nii.gz")
    path.write_bytes(content)
    project = read_export(folder / "tasks.json")
    _, issues = with_solids(matched(project, open_media(series).media))
    assert len(issues) == 1
    locked = [id for id in project.annotations if project.annotations[id].locked_reason]
    assert locked


def test_files_that_run_from_the_other_end_are_turned_with_their_pictures():
    assert on_media([0, 1, 3], Grid(SHAPE, is_turned=True)) == [3, 2, 0]
    assert on_media([0, 1, 3], Grid(SHAPE)) == [0, 1, 3]
    assert on_media([0, 1, 3], Grid(SHAPE, first=2)) == [2, 3, 5]


@pytest.mark.parametrize("step", [2.0, -2.0])
def test_a_mask_of_a_nifti_image_lies_on_the_voxels_of_that_image(step: float, tmp_path: Path):
    import nibabel

    lit = (2, 4, 5)  # slice, row, column
    image = np.zeros(SHAPE, np.int16)
    image[lit] = 1000
    affine = np.diag([-1.0, -1.0, step, 1.0])
    (tmp_path / "images").mkdir()
    nibabel.save(nibabel.Nifti1Image(image.T, affine), tmp_path / "images" / "brain.nii.gz")
    voxels = np.zeros(SHAPE, np.uint8)
    voxels[lit] = 1
    (tmp_path / "segmentations").mkdir()
    nibabel.save(nibabel.Nifti1Image(voxels.T, affine), tmp_path / "segmentations" / "S.nii.gz")
    path = export(
        tmp_path,
        {
            "items": ["brain.nii.gz"],
            "segmentations": "segmentations/S.nii.gz",
            "segmentMap": SEGMENTS,
        },
    )
    media = open_media(tmp_path / "images").media
    load(media[0])
    project = read_export(path)
    _, issues = with_solids(matched(project, media))
    assert not issues
    assert grid_shown(media[0]).is_turned is (step < 0)
    shown = array_of(volume_of(named(project, "1")))
    assert np.argwhere(shown).tolist() == np.argwhere(media[0].pixels == 1000).tolist()


def test_changes_lie_over_the_file(tmp_path: Path):
    voxels = random_voxels(3, 2)
    project = read_export(shared_file(tmp_path, voxels, SEGMENTS))
    volume = volume_of(named(project, "1"))
    fresh = Mask.from_array(np.ones((2, 2), bool), 1, 1)
    changed = volume.with_slice(2, fresh)
    assert isinstance(changed.masks, ChangedMasks)
    wanted = (voxels == 1).astype(np.uint8)
    wanted[2] = 0
    wanted[2, 1:3, 1:3] = 1
    assert np.array_equal(array_of(changed), wanted)


def test_keys_that_are_no_numbers_and_several_files_are_said(tmp_path: Path):
    put(tmp_path, "a.nii.gz", random_voxels(0, 2))
    put(tmp_path, "b.nii.gz", random_voxels(0, 2))
    one = export(tmp_path, {"segmentations": "a.nii.gz", "segmentMap": {"x": {"category": "a"}}})
    found = named(read_export(one), "x")
    assert "is no number" in (found.locked_reason or "")
    both = export(tmp_path, {"segmentations": ["a.nii.gz", "b.nii.gz"], "segmentMap": SEGMENTS})
    assert "listed only" in (named(read_export(both), "1").locked_reason or "")
    assert json.loads(both.read_bytes())[0]["series"][0]["segmentMap"] == SEGMENTS


def test_the_background_is_no_instance(tmp_path: Path):
    listed = {"0": {"category": "a"}, "1": {"category": "b", "overlappingGroups": [True, -2, 0]}}
    project = read_export(shared_file(tmp_path, random_voxels(1, 1), listed))
    assert "is no number" in (named(project, "0").locked_reason or "")
    assert np.array_equal(array_of(volume_of(named(project, "1"))), random_voxels(1, 1))


def test_another_series_is_tried_anew_after_one_that_did_not_fit(tmp_path: Path):
    project = read_export(shared_file(tmp_path, random_voxels(1, 2), SEGMENTS))
    tell(project, "t/0", grid=Grid((1, 2, 3)))
    volume = volume_of(named(project, "1"))
    with pytest.raises(CannotRead, match="do not fit"):
        volume.masks.slices()
    assert "do not fit" in (named(project, "1").locked_reason or "")
    tell(project, "t/0", grid=Grid(SHAPE))
    found = named(project, "1")
    assert found.locked_reason is None
    assert np.array_equal(array_of(volume_of(found)), random_voxels(1, 2) == 1)


def old_task(folder: Path, **more: Json) -> Path:
    """Write one task in a layout of before August 2022; its mask files lie beside."""
    path = folder / "tasks.json"
    path.write_text(json.dumps([{"taskId": "t", "name": "t", **more}]))
    return path


@pytest.mark.parametrize("segmentations", ["nifti/t.nii", ["nifti/t.nii"]])
def test_a_segment_map_of_a_whole_task_is_shown_and_locked(tmp_path: Path, segmentations: Json):
    put(tmp_path, "nifti/t.nii", random_voxels(3, 2))
    path = old_task(tmp_path, items=["0.dcm", "1.dcm"], segmentations=segmentations,
                    segmentMap={"1": "liver", "2": {"category": ["object", "tumor"]}})  # fmt: skip
    opened = read_export(path)
    liver, tumor = (opened.annotations[id] for id in opened.annotations)
    assert (liver.class_id, tumor.class_id) == ("segmentMap/liver", "segmentMap/object/tumor")
    assert np.array_equal(array_of(volume_of(liver)), random_voxels(3, 2) == 1)
    assert "whole task" in (liver.locked_reason or "")
    for current in (
        opened.without_annotations([liver.id]),
        opened.with_annotation(liver.with_shape(0, volume_of(liver).with_slice(0, None))),
    ):
        with pytest.raises(CannotWrite, match="liver"):
            write_export(opened, current, "1", tmp_path / "out.json")


def test_a_segment_map_of_a_whole_task_holds_for_each_series_without_its_own(tmp_path: Path):
    names = [f"segmentations/{name}.nii.gz" for name in "abc"]
    for number, name in enumerate(names):
        put(tmp_path, name, random_voxels(number, 2))
    series = [{"items": [f"{n}.dcm"], "segmentations": name} for n, name in enumerate(names)]
    series[1]["segmentMap"] = {"1": {"category": "own", "id": "own"}}
    opened = read_export(old_task(tmp_path, series=series, segmentMap={"1": "liver"}))
    found = {
        (one.placements[0].media.entry, one.class_id): array_of(volume_of(one))
        for one in map(opened.annotations.__getitem__, opened.annotations)
    }
    wanted = {("t/0", "segmentMap/liver"): 0, ("t/1", "segmentMap/own"): 1,
              ("t/2", "segmentMap/liver"): 2}  # fmt: skip
    assert found.keys() == wanted.keys()
    for key, seed in wanted.items():
        assert np.array_equal(found[key], random_voxels(seed, 2) == 1)
    assert opened.annotations[named(opened, "own").id].locked_reason is None
    write_export(opened, opened, "1", tmp_path / "out.json")
    assert (tmp_path / "out.json").read_bytes() == (tmp_path / "tasks.json").read_bytes()


def test_volumes_of_a_task_without_series_are_one_each_with_a_mask_each(tmp_path: Path):
    names = ["s/a.nii.gz", "s/b.nii.gz"]
    for number, name in enumerate(names):
        put(tmp_path, name, random_voxels(number, 2))
    path = old_task(
        tmp_path, items=["t1.nii.gz", "t2.nii.gz"], segmentations=names, segmentMap={"1": "liver"}
    )
    opened = read_export(path)
    assert [one.names[0] for one in opened.exports["1"].entries] == ["t1.nii.gz", "t2.nii.gz"]
    for seed, id in enumerate(opened.annotations):
        voxels = array_of(volume_of(opened.annotations[id]))
        assert np.array_equal(voxels, random_voxels(seed, 2) == 1)


def test_opening_finds_beforehand_what_an_instance_needs_of_the_whole_file(tmp_path: Path):
    project = read_export(shared_file(tmp_path, random_voxels(1, 2), SEGMENTS))
    (base,) = project.annotations.bases.values()
    assert "_layout" not in vars(base.decode), "reading alone does not take the time"
    records_ahead(project, lambda: None)
    known = vars(base.decode)["_layout"]
    assert all(volume_of(project.annotations[id]) for id in project.annotations)
    assert vars(base.decode)["_layout"] is known
