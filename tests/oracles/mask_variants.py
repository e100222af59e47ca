"""RedBrick AI exports with masks in every kind of file, and edits of these masks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from viewer.formats.masks import new_nifti, write_nifti
from viewer.geometry.mask import Mask
from viewer.geometry.solids import MaskVolume, masks_of
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.project import Project

Json = Any
Voxels = NDArray[np.uint8]
SHAPE = (4, 10, 12)
AFFINE = np.diag([-0.5, -0.5, 3.0, 1.0])
_CLASSES = {"c1": 0, "c2": 1, "new": 6}
_TAXONOMY = {
    "isNew": True,
    "name": "masks",
    "objectTypes": [
        {"category": name, "classId": number, "labelType": "SEGMENTATION"}
        for name, number in _CLASSES.items()
    ],
}
SHARED = "segmentations/t/S.nii.gz"


def variants(folder: Path) -> Iterator[Path]:
    """Write an export of each variant, and yield its main file."""
    for name, make in (
        ("shared", _shared),
        ("overlapping", _overlapping),
        ("binary", _binary),
        ("semantic", _semantic),
        ("semantic binary", _semantic_binary),
        ("png binary", _png_binary),
        ("png colours", _png_colors),
        ("mhd", _mhd),
    ):
        inside = folder / f"masks {name}"
        (inside / "segmentations" / "t" / "S").mkdir(parents=True)
        series = {"name": "S", "items": [f"{k}.dcm" for k in range(SHAPE[0])], **make(inside)}
        task = {"taskId": "t", "name": "t", "series": [series]}
        (inside / "tasks.json").write_text(json.dumps([task], indent=2))
        (inside / "taxonomy.json").write_text(json.dumps(_TAXONOMY))
        yield inside / "tasks.json"


def _voxels(*numbers: int) -> Voxels:
    """A block of each number, beside each other."""
    found = np.zeros(SHAPE, np.uint8)
    for at, number in enumerate(numbers):
        found[1:3, 2:5, 3 * at : 3 * at + 2] = number
    return found


def _nifti(path: Path, voxels: Voxels) -> None:
    volume = new_nifti(path.name, SHAPE, AFFINE)
    path.write_bytes(write_nifti(volume, dict(enumerate(voxels))))


def _segments(**more: Json) -> Json:
    return {str(n): {"id": f"i{n}", "category": f"c{n}", **more} for n in (1, 2)}


def _shared(folder: Path) -> Json:
    _nifti(folder / SHARED, _voxels(1, 2))
    return {"segmentations": SHARED, "segmentMap": _segments(mask=SHARED)}


def _overlapping(folder: Path) -> Json:
    _nifti(folder / SHARED, _voxels(1, 2, 3))
    segments = _segments(mask=SHARED, overlappingGroups=[3])
    return {"segmentations": SHARED, "segmentMap": segments, "binaryMask": False}


def _files(folder: Path, word: str) -> Json:
    names = {n: f"segmentations/t/S/{word}-{n}.nii.gz" for n in (1, 2)}
    for number, name in names.items():
        _nifti(folder / name, (_voxels(1, 2) == number).astype(np.uint8))
    segments = _segments()
    for number, name in names.items():
        segments[str(number)]["mask"] = name
    return {"segmentations": list(names.values()), "segmentMap": segments, "binaryMask": True}


def _binary(folder: Path) -> Json:
    return _files(folder, "instance")


def _semantic(folder: Path) -> Json:
    _nifti(folder / SHARED, _voxels(1, 2))
    return {"segmentations": [SHARED], "segmentMap": _segments(), "semanticMask": True}


def _semantic_binary(folder: Path) -> Json:
    return {**_files(folder, "category"), "semanticMask": True}


def _png_binary(folder: Path) -> Json:
    segments = _segments()
    for number in (1, 2):
        name = segments[str(number)]["mask"] = f"segmentations/t/S/mask-{number}.png"
        plane = (_voxels(1, 2)[1] == number) * np.uint8(255)
        picture = np.repeat(plane[..., np.newaxis], 3, axis=2).astype(np.uint8)
        (folder / name).write_bytes(imagecodecs.png_encode(picture))
    names = [segment["mask"] for segment in segments.values()]
    flags = {"binaryMask": True, "pngMask": True}
    return {"items": ["x.png"], "segmentations": names, "segmentMap": segments, **flags}


def _png_colors(folder: Path) -> Json:
    colors = {"c1": [200, 10, 30], "c2": [10, 200, 30], "new": [10, 20, 230]}
    table = np.array([(0, 0, 0), *colors.values()], dtype=np.uint8)
    name = "segmentations/t/S/S.png"
    (folder / name).write_bytes(imagecodecs.png_encode(table[_voxels(1, 2)[1]]))
    (folder / "class_map.json").write_text(json.dumps(colors))
    named = {"segmentations": [name], "segmentMap": _segments(), "pngMask": True}
    return {"items": ["x.png"], **named}


def _mhd(folder: Path) -> Json:
    import SimpleITK

    path = folder / "segmentations" / "t" / "S" / "S.mhd"
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(_voxels(1, 2)), str(path), useCompression=True)
    names = [f"segmentations/t/S/S.{ending}" for ending in ("mhd", "zraw")]
    return {"segmentations": names, "segmentMap": _segments()}


def has_masks(project: Project) -> bool:
    """Whether a label of the project is made of voxels that can be painted."""
    return any(True for _ in _painted_ones(project))


def painted(project: Project) -> Project:
    """Return the project with one more voxel in every segmentation, where nothing else is."""
    for number, (annotation, volume) in enumerate(list(_painted_ones(project))):
        k = volume.masks.slices()[0]
        before = volume.masks.mask(k)
        assert before is not None
        bitmap = np.zeros((before.y + before.height, before.x + before.width), np.bool_)
        bitmap[before.y :, before.x :] = before.to_array()
        bitmap[0, number] = True
        after = volume.with_slice(k, Mask.from_array(bitmap))
        project = project.with_annotation(annotation.with_shape(0, after))
    return project


def grown(project: Project) -> Project:
    """Return the project with one segmentation more, of a class of its own."""
    like, _ = next(_painted_ones(project))
    mask = Mask.from_array(np.ones((1, 2), np.bool_), 3, 0)
    place = Placement(like.placements[0].media, shape=MaskVolume(masks_of({0: mask})))
    id = AnnotationId(like.id.export, 0, new=True)
    return project.with_annotation(
        Annotation(id, "", "segmentMap/new", like.author, (place,), created="2026-01-02")
    )


def _painted_ones(project: Project) -> Iterator[tuple[Annotation, MaskVolume]]:
    for id in project.annotations:
        annotation = project.annotations[id]
        shape = annotation.placements[0].shape if len(annotation.placements) else None
        if isinstance(shape, MaskVolume) and annotation.locked_reason is None:
            yield annotation, shape
