"""A voxel set in a mask file lies on the lit voxel of its DICOM stack, on all three planes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from phantoms import ALL_SERIES, Tags, dark, lit
from PySide6.QtWidgets import QApplication
from truths import Study, assert_painted_on_every_plane, study

from tests.telling import matched
from viewer import read_export
from viewer.formats.masks import new_nifti, write_nifti
from viewer.model.annotation import AnnotationId
from viewer.review.solids import with_solids

VOXEL = (7, 2, 3)


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    assert qapp is not None


def ascending(tags: Tags) -> list[int]:
    """Files by their position along row direction x column direction, from the tags alone."""
    first = tags.patient_of((0, 0, 0))
    normal = np.cross(tags.patient_of((1, 0, 0)) - first, tags.patient_of((0, 1, 0)) - first)
    return sorted(range(tags.count), key=lambda k: float(tags.patient_of((0, 0, k)) @ normal))


def exported(folder: Path, made: Study, tags: Tags) -> Path:
    """Write an export of the series whose mask file has one voxel set."""
    items = sorted(path.name for path in (folder / "series").iterdir())
    name = "segmentations/S.nii.gz"
    (folder / "segmentations").mkdir()
    i, j, k = VOXEL
    plane = np.zeros((tags.rows, tags.columns), np.uint8)
    plane[j, i] = 4
    empty = new_nifti(name, (tags.count, tags.rows, tags.columns), np.diag([-1.0, -1.0, 1.0, 1.0]))
    (folder / name).write_bytes(write_nifti(empty, {ascending(tags).index(k): plane}))
    series = {"items": items, "segmentations": name, "segmentMap": {"4": {"category": "a"}}}
    path = folder / "tasks.json"
    path.write_text(json.dumps([{"taskId": "t", "name": "t", "series": [series]}]))
    return path


@pytest.mark.parametrize("name", [name for name in ALL_SERIES if ALL_SERIES[name].count > 1])
def test_a_voxel_of_a_mask_file_is_painted_on_its_voxel_on_every_plane(name: str, tmp_path: Path):
    tags = ALL_SERIES[name]
    pixels = dark(tags)
    lit(pixels, VOXEL)
    made = study(tmp_path, tags, pixels, [])
    session = made.session
    project = read_export(exported(tmp_path, made, tags))
    matches, issues = with_solids(matched(project, session.media))
    assert [issue.code for issue in issues] == ["mask-without-place"]
    session.open(project, session.media, (), matches)
    session.viewing.set_look(smooth=False)
    assert_painted_on_every_plane(made, AnnotationId("1", 0), VOXEL)
