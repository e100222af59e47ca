"""Mask files of several series: what one of them shows is not changed through another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from redbrick_masks import SHAPE, put

from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.geometry.mask import Mask
from viewer.geometry.solids import MaskVolume, masks_of
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.model.table import Grid

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
        opened.annotations.bases["1"].sizes.tell_grid(entry, Grid(SHAPE))
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
    opened.annotations.bases["1"].sizes.tell_grid("t/0", Grid(SHAPE))
    current = opened
    for number, who in enumerate("ab"):
        current = current.with_annotation(made(number, "t/0", f"{who}@x.org"))
    (tmp_path / "out").mkdir()
    write_export(opened, current, "1", tmp_path / "out")
    (task,) = json.loads((tmp_path / "out" / "tasks.json").read_bytes())
    files = [one["series"][0]["segmentations"] for one in task["consensusTasks"]]
    assert len(set(files)) == 2
    assert "segmentations" not in task["series"][0]
