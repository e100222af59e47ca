"""Mask files of several series, which none of them changes, and voxels that no series names."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from redbrick_masks import SHAPE, export, own_files, put, shared_file

from tests.telling import matched, tell
from viewer.errors import CannotWrite, Issue
from viewer.formats import read_export, write_export
from viewer.formats.redbrick.mask_volumes import UNLISTED
from viewer.geometry.mask import Mask
from viewer.geometry.solids import MaskVolume, masks_of
from viewer.media import open_media
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.model.told import Grid
from viewer.review.solids import with_solids

Json = Any
SQUARE = Mask.from_array(np.ones((2, 2), bool), 1, 1)


def series_with(name: str | None) -> Json:
    """A series, with one instance in a file of this name."""
    found: Json = {"name": "S", "items": [f"{k}.dcm" for k in range(SHAPE[0])]}
    if name:
        segments = {"1": {"id": name, "category": "a", "mask": name}}
        found |= {"segmentations": name, "segmentMap": segments}
    return found


def several(folder: Path, names: list[str | None], *, tasks: bool = False) -> Path:
    """Write an export of several series, all in one task or each in its own of the same name."""
    series = [series_with(name) for name in names]
    groups = [[one] for one in series] if tasks else [series]
    tree = [{"taskId": f"t{n}", "name": "t", "series": some} for n, some in enumerate(groups)]
    path = folder / "tasks.json"
    path.write_text(json.dumps(tree, indent=2))
    return path


def ids_of(project: Project) -> list[AnnotationId]:
    return list(project.annotations)


def painted(project: Project, id: AnnotationId) -> Project:
    found = project.annotations[id]
    volume = found.placements[0].shape
    assert isinstance(volume, MaskVolume)
    return project.with_annotation(found.with_shape(0, volume.with_slice(2, SQUARE)))


def made(ordinal: int, entry: str, author: str = "") -> Annotation:
    place = Placement(MediaKey(entry=entry), shape=MaskVolume(masks_of({1: SQUARE})))
    id = AnnotationId("1", ordinal, new=True)
    return Annotation(id, "", "segmentMap/b", author, (place,), created="2026-01-01")


@pytest.mark.parametrize("tasks", [False, True])
@pytest.mark.parametrize(
    "names", [["p/m/S.nii.gz", "p/m/S.nii.gz"], ["p/m/S.nii.gz", "./m/S.nii.gz"],
              ["m/S.nii.gz", "p\\\\m\\\\S.nii.gz"]],
)  # fmt: skip
def test_a_file_of_two_series_is_shown_on_both_and_changed_on_none(
    tmp_path: Path, names: list[str | None], tasks: bool
):
    put(tmp_path, "m/S.nii.gz", np.ones(SHAPE, np.uint8))
    opened = read_export(several(tmp_path, names, tasks=tasks))
    for id in ids_of(opened):
        found = opened.annotations[id]
        shape = found.placements[0].shape
        assert isinstance(shape, MaskVolume)
        assert len(shape.masks.slices()) == SHAPE[0]
        assert "another series" in (found.locked_reason or "")
        for current in (painted(opened, id), opened.without_annotations([id])):
            with pytest.raises(CannotWrite):
                write_export(opened, current, "1", tmp_path / "out.json")
    entry = opened.annotations[ids_of(opened)[0]].placements[0].media.entry
    current = opened.with_annotation(made(0, entry or ""))
    with pytest.raises(CannotWrite, match="another series"):
        write_export(opened, current, "1", tmp_path / "out.json")


def test_files_of_one_name_in_different_folders_are_each_their_series_own(tmp_path: Path):
    names: list[str | None] = ["m/S.nii.gz", "n/S.nii.gz"]
    for name in names:
        put(tmp_path, str(name), np.ones(SHAPE, np.uint8))
    opened = read_export(several(tmp_path, names))
    assert not any(opened.annotations[id].locked_reason for id in ids_of(opened))


@pytest.mark.parametrize("tasks", [False, True])
def test_first_masks_of_two_series_of_one_name_get_files_of_their_own(tmp_path: Path, tasks: bool):
    opened = read_export(several(tmp_path, [None, None], tasks=tasks))
    entries = [entry.id for entry in opened.exports["1"].entries]
    current = opened
    for number, entry in enumerate(entries):
        tell(opened, entry, grid=Grid(SHAPE))
        current = current.with_annotation(made(number, entry))
    (tmp_path / "out").mkdir()
    write_export(opened, current, "1", tmp_path / "out")
    tree = json.loads((tmp_path / "out" / "tasks.json").read_bytes())
    files = [one["segmentations"] for task in tree for one in task["series"]]
    assert len(set(files)) == 2
    found = read_export(tmp_path / "out" / "tasks.json")
    for id in ids_of(found):
        assert found.annotations[id].locked_reason is None
    counts = {len(one["segmentMap"]) for task in tree for one in task["series"]}
    assert counts == {1}


def test_first_masks_of_two_annotators_get_files_of_their_own(tmp_path: Path):
    work = [{"updatedBy": f"{who}@x.org", "series": [series_with(None)]} for who in "ab"]
    task = {"taskId": "t", "name": "t", "consensus": True, "series": [series_with(None)]}
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{**task, "consensusTasks": work}]))
    opened = read_export(path)
    tell(opened, "t/0", grid=Grid(SHAPE))
    current = opened
    for number, who in enumerate("ab"):
        current = current.with_annotation(made(number, "t/0", f"{who}@x.org"))
    (tmp_path / "out").mkdir()
    write_export(opened, current, "1", tmp_path / "out")
    (task,) = json.loads((tmp_path / "out" / "tasks.json").read_bytes())
    files = [one["series"][0]["segmentations"] for one in task["consensusTasks"]]
    assert len(set(files)) == 2
    assert "segmentations" not in task["series"][0]


def unlisted(project: Project) -> list[Issue]:
    """Read all masks; return what is said of voxels that no record names."""
    tell(project, "t/0", grid=Grid(SHAPE))
    for id in ids_of(project):
        for place in project.annotations[id].placements:
            if isinstance(place.shape, MaskVolume):
                place.shape.masks.slices()
    (base,) = project.annotations.bases.values()
    notes = base.told.found("t/0").notes.values()
    return [issue for issues in notes for issue in issues if issue.code == UNLISTED]


def voxels(numbers: Iterable[int]) -> np.ndarray:
    """Voxels with each number as often as it is large."""
    found = np.zeros(SHAPE, np.uint8)
    places = iter(np.ndindex(SHAPE))
    for number in numbers:
        for _ in range(number):
            found[next(places)] = number
    return found


SEGMENTS = {"1": {"category": "a", "overlappingGroups": [3]}, "2": {"category": "b"}}


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((1, 2, 3), ""),
        ((2, 4), "S.nii.gz: 4 voxels have a number (4) that"),
        ((1, 2, 3, 7, 4), "S.nii.gz: 11 voxels have 2 numbers (4, 7) that"),
        ((1, *range(4, 12)), "S.nii.gz: 60 voxels have 8 numbers (4, 5, 6, 7, 8, ...) that"),
    ],
)
def test_voxels_that_no_record_names_are_counted_in_one_sentence(
    tmp_path: Path, numbers: tuple[int, ...], words: str
):
    found = unlisted(read_export(shared_file(tmp_path, voxels(numbers), SEGMENTS)))
    assert [issue.severity for issue in found] == ["warning"] * bool(words)
    assert all(words in issue.sentence for issue in found)


def test_a_record_that_is_damaged_still_names_its_voxels(tmp_path: Path):
    path = shared_file(tmp_path, voxels((1, 2)), {**SEGMENTS, "2": "DAMAGED"})
    path.write_bytes(path.read_bytes().replace(b'"DAMAGED"', b'{"category": 01x}'))
    assert unlisted(read_export(path)) == []


def test_what_is_not_told_by_numbers_alone_is_not_counted(tmp_path: Path):
    own = read_export(own_files(tmp_path, {1: voxels((1, 9)), 2: voxels((5,))}))
    assert unlisted(own) == []
    put(tmp_path, "t.nii.gz", voxels((1, 9)))
    task = {"taskId": "t", "name": "t", "items": ["0.dcm"], "segmentations": "t.nii.gz"}
    (tmp_path / "tasks.json").write_text(json.dumps([{**task, "segmentMap": {"1": "a"}}]))
    assert unlisted(read_export(tmp_path / "tasks.json")) == []


def test_a_file_of_two_series_has_the_voxels_of_both(tmp_path: Path):
    series = [
        {"items": ["0.dcm"], "segmentations": name, "segmentMap": {key: {"category": "a"}}}
        for name, key in (("m/S.nii.gz", "1"), ("./m/S.nii.gz", "2"), ("n/S.nii.gz", "3"))
    ]
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{"taskId": "t", "name": "t", "series": series}]))
    put(tmp_path, "n/S.nii.gz", voxels((3,)))
    for numbers, count in (((1, 2), 0), ((1, 2, 3), 1)):
        put(tmp_path, "m/S.nii.gz", voxels(numbers))
        assert len(unlisted(read_export(path))) == count


def test_it_is_said_of_the_export_as_it_is_opened(tmp_path: Path):
    import nibabel

    (tmp_path / "images").mkdir()
    affine = np.diag([-1.0, -1.0, 2.0, 1.0])
    image = nibabel.Nifti1Image(np.zeros(SHAPE[::-1], np.int16), affine)
    nibabel.save(image, tmp_path / "images" / "brain.nii.gz")
    mask = nibabel.Nifti1Image(voxels((1, 2, 5)).T, affine)
    nibabel.save(mask, tmp_path / "S.nii.gz")
    series = {"items": ["brain.nii.gz"], "segmentations": "S.nii.gz", "segmentMap": SEGMENTS}
    project = read_export(export(tmp_path, series))
    _, issues = with_solids(matched(project, open_media(tmp_path / "images").media))
    assert [(issue.code, issue.where) for issue in issues] == [(UNLISTED, "S.nii.gz")]
    assert "5 voxels have a number (5)" in issues[0].sentence
