"""RedBrick AI exports with mask files, composed for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.formats import read_export, write_export
from viewer.formats.masks import new_nifti, read_nifti, write_nifti
from viewer.geometry.mask import Mask
from viewer.geometry.solids import MaskVolume
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Project

Json = Any
Voxels = NDArray[np.uint8]  # (slices, rows, columns)
SHAPE = (4, 6, 8)
AFFINE = np.diag([-0.5, -0.5, 3.0, 1.0])


def put(folder: Path, name: str, voxels: Voxels) -> None:
    """Write a mask file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    volume = new_nifti(name, voxels.shape, AFFINE)  # type: ignore[arg-type]
    path.write_bytes(write_nifti(volume, dict(enumerate(voxels))))


def export(folder: Path, series: Json, dimensions: tuple[int, int, int] | None = None) -> Path:
    """Write tasks.json with one series."""
    series = {"name": "S", "items": [f"{k}.dcm" for k in range(SHAPE[0])], **series}
    if dimensions:
        series["imageHeaders"] = {"dimensions": dimensions}
    path = folder / "tasks.json"
    path.write_text(json.dumps([{"taskId": "t", "name": "t", "series": [series]}], indent=2))
    return path


def shared_file(folder: Path, voxels: Voxels, segments: Json, **flags: Json) -> Path:
    """Write an export whose instances share one file."""
    put(folder, "segmentations/S.nii.gz", voxels)
    return export(
        folder, {"segmentations": "p/segmentations/S.nii.gz", "segmentMap": segments, **flags}
    )


def own_files(folder: Path, by_id: dict[int, Voxels]) -> Path:
    """Write a binary export: one file per instance."""
    names = {id: f"segmentations/S/instance-{id}.nii.gz" for id in by_id}
    for id, voxels in by_id.items():
        put(folder, names[id], voxels)
    segments = {str(id): {"category": f"c{id}", "mask": name} for id, name in names.items()}
    return export(
        folder,
        {"segmentations": list(names.values()), "segmentMap": segments, "binaryMask": True},
    )


def volume_of(found: Annotation) -> MaskVolume:
    """The voxels of a label."""
    (place,) = found.placements
    assert isinstance(place.shape, MaskVolume), found.locked_reason
    return place.shape


def array_of(volume: MaskVolume, shape: tuple[int, int, int] = SHAPE) -> Voxels:
    """The voxels of an instance, 1 where set."""
    voxels = np.zeros(shape, np.uint8)
    for k in volume.masks.slices():
        mask = volume.masks.mask(k)
        if mask is not None:
            voxels[k, mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    return voxels


def file_values(path: Path) -> Voxels:
    """The numbers in a file."""
    return read_nifti(path.name, path.read_bytes(), 1 << 24).values


def first(export: str = "1") -> AnnotationId:
    """The first label of an export."""
    return AnnotationId(export, 0)


def square(x: int, y: int, width: int = 2, height: int = 2) -> Mask:
    """A rectangle of voxels on a slice."""
    return Mask.from_array(np.ones((height, width), bool), x, y)


def saved(opened: Project, current: Project, target: Path) -> Project:
    """Write to another folder, and open what is there."""
    target.mkdir()
    write_export(opened, current, "1", target)
    return read_export(target / "tasks.json")
