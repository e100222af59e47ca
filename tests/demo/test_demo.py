"""Laws of the demo study: the same everywhere, real DICOM, labels on the structures they name."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray

from viewer.demo import EXPORT_NAME, MANIFEST, SERIES_FOLDER, _is_whole, anatomy, demo_folder
from viewer.demo.ontology import GROUPS
from viewer.demo.phantom import GRID
from viewer.demo.study import ct_image, file_name, instance_uid, uid_of
from viewer.formats import read_export
from viewer.geometry.raster import rasterised
from viewer.media import load, open_media
from viewer.media.volume import Volume
from viewer.review.matching import match

Voxels = NDArray[np.int16]
Record = dict[str, Any]


@pytest.fixture(scope="module", name="study")
def written_study() -> tuple[Path, Path]:
    return demo_folder()


@pytest.fixture(scope="module", name="hu")
def hu_of_slices(study: tuple[Path, Path]) -> Voxels:
    """(slices, rows, columns) Hounsfield units as they are written."""
    paths = [study[0] / file_name(k, GRID.slices) for k in range(GRID.slices)]
    stored = np.stack([pydicom.dcmread(path).pixel_array for path in paths])
    return stored.astype(np.int16) - 1024


@pytest.fixture(scope="module", name="records")
def records_of_export(study: tuple[Path, Path]) -> list[Record]:
    tree = json.loads(study[1].read_text(encoding="utf-8"))
    return tree["datasets"][0]["annotations"]


@pytest.fixture(scope="module", name="labels")
def labels_by_id(study: tuple[Path, Path]) -> dict[str, Record]:
    tree = json.loads(study[1].read_text(encoding="utf-8"))
    return {label["id"]: label for group in tree["labelGroups"] for label in group["labels"]}


def mean_hu(hu: Voxels, x: float, y: float, z: float) -> float:
    column, row = (int(at) for at in GRID.pixel_of(x, y))
    k = GRID.slice_of(z)
    return float(hu[k, row - 1 : row + 2, column - 1 : column + 2].mean())


def test_the_phantom_is_large_enough_and_has_the_values_of_a_ct(hu: Voxels) -> None:
    assert hu.shape == (128, 256, 256)
    assert hu.min() >= -1024
    for (x, y, z), low, high in [
        ((-170.0, -165.0, 0.0), -1015, -985),  # air round the body
        ((-60.0, 20.0, 40.0), -900, -700),  # lung
        ((9.0, 50.0, 1.25), 150, 900),  # a vertebra
        ((-60.0, -10.0, -60.0), 80, 140),  # liver
        ((47.0, -16.0, -32.0), 160, 220),  # blood in the left ventricle
    ]:
        assert low <= mean_hu(hu, x, y, z) <= high, (x, y, z)
    assert hu.max() > 500


def test_left_and_right_front_and_back_head_and_feet_differ(hu: Voxels) -> None:
    middle = GRID.pixel_of(0.0, 0.0)
    x, y = int(middle[0]), int(middle[1])
    heart = hu[61:66, y - 40 : y + 10] > -200  # above the liver, in front of the spine
    assert heart[..., x : x + 60].sum() > 1.5 * heart[..., x - 60 : x].sum()
    liver = hu[45:50, y - 10 : y + 10] > -200
    assert liver[..., x - 80 : x - 40].sum() > 1.25 * liver[..., x + 40 : x + 80].sum()
    bone = hu[40:100, :, x - 25 : x + 25] > 300
    assert bone[:, y:].sum() > 2 * bone[:, :y].sum()
    assert np.argwhere(bone[:, y + 20 :])[:, 2].mean() > 25 + 3
    lung = (hu > -950) & (hu < -600)
    assert lung[64:].sum() > 1.5 * lung[:64].sum()


def test_the_nodules_differ_in_side_size_and_height() -> None:
    one, two = anatomy.NODULE_1, anatomy.NODULE_2
    assert one.center[0] < 0 < two.center[0]
    assert one.center[2] - two.center[2] > 50
    assert two.radii[0] > 1.5 * one.radii[0]


@pytest.mark.parametrize("nodule", [anatomy.NODULE_1, anatomy.NODULE_2])
def test_each_nodule_is_soft_tissue_in_the_lung(hu: Voxels, nodule: anatomy.Ellipsoid) -> None:
    x, y, z = nodule.center
    assert abs(mean_hu(hu, x, y, z) - nodule.hu) < 30
    assert mean_hu(hu, x, y - nodule.radii[1] - 6.0, z) < -500


def test_slices_are_ct_images_with_a_place_and_hounsfield_units(hu: Voxels) -> None:
    image = ct_image(hu[5], 5, 123)
    assert image.SOPClassUID == pydicom.uid.CTImageStorage
    assert image.InstanceNumber == 123
    stored = np.frombuffer(image.PixelData, "<i2").reshape(256, 256)
    value = stored * float(image.RescaleSlope) + float(image.RescaleIntercept)
    assert np.array_equal(value, hu[5])
    assert float(image.ImagePositionPatient[2]) == GRID.first[2] + 5 * GRID.step_mm
    assert len(uid_of("anything")) <= 64


def test_the_series_opens_as_one_uniform_volume_with_the_same_voxels(
    hu: Voxels, study: tuple[Path, Path]
) -> None:
    found = open_media(study[0])
    assert not found.issues
    (volume,) = found.media
    assert isinstance(volume, Volume)
    assert not volume.stack.oddities()
    load(volume)
    assert np.array_equal(volume.pixels.astype(int) - 1024, hu)
    assert volume.slice_of[instance_uid(7), 0] == 7


def test_all_labels_are_read_and_only_the_strays_find_no_pixels(study: tuple[Path, Path]) -> None:
    project = read_export(study[1])
    assert not project.exports["1"].issues
    media = open_media(study[0]).media
    counts = {reason: count for reason, count in match(project, media).counts().items() if count}
    assert sum(counts.values()) == len(project.annotations) >= 60
    strays = {"exam not in list": 1, "series not loaded": 1, "instance missing": 1}
    assert {reason: count for reason, count in counts.items() if reason} == strays


def test_every_mode_every_scope_and_both_forms_of_masks_occur(
    records: list[Record], labels: dict[str, Record]
) -> None:
    drawn = [record for record in records if record["data"]]
    modes = {labels[record["labelId"]]["annotationMode"] for record in drawn}
    assert modes == {"bbox", "freeform", "polygon", "line", "location", "ellipse", "mask"}
    masks = [r["data"] for r in drawn if labels[r["labelId"]]["annotationMode"] == "mask"]
    assert any(mask.get("background") for mask in masks), "no mask has a hole"
    assert any("mask" in mask for mask in masks), "no mask is a grid"
    assert {"foreground": [], "background": []} in masks
    scopes = {label["scope"] for label in labels.values() if not label["annotationMode"]}
    assert scopes == {"INSTANCE", "SERIES", "STUDY", "EXAM"}
    assert any(record["parentId"] for record in records)
    assert any(label["parentId"] for label in labels.values())
    assert any(not (record["note"] or "").isascii() for record in records)


def test_groups_repeat_label_names_with_other_ids(study: tuple[Path, Path]) -> None:
    groups = json.loads(study[1].read_text(encoding="utf-8"))["labelGroups"]
    assert [group["name"] for group in groups] == list(GROUPS)
    names = [{label["name"] for label in group["labels"]} for group in groups]
    assert names[0] == names[1]
    assert names[0] & names[2]
    ids = [label["id"] for group in groups for label in group["labels"]]
    assert len(ids) == len(set(ids))


def test_uids_that_do_not_apply_are_absent_and_never_null(records: list[Record]) -> None:
    for record in records:
        for key in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            assert record.get(key, "") is not None


def test_the_export_is_written_as_the_vendor_writes_it(study: tuple[Path, Path]) -> None:
    text = study[1].read_text(encoding="utf-8")
    assert json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False) == text


def test_outlines_and_masks_lie_on_what_they_name(hu: Voxels, study: tuple[Path, Path]) -> None:
    project = read_export(study[1])
    (volume,) = open_media(study[0]).media
    matches = match(project, (volume,))
    classes = project.exports["1"].ontology.by_id
    expected = {
        "Nodule outline": (0, 80),
        "Right lung": (-900, -700),
        "Left lung": (-900, -650),
        "Descending aorta": (160, 200),
        "Vertebra": (180, 500),
        "Liver": (95, 125),
    }
    seen: set[str] = set()
    for id in project.annotations:
        annotation = project.annotations[id]
        name = classes[annotation.class_id].name
        (place,), (placement,) = matches.of(id), annotation.placements
        if name not in expected or place.slice is None or placement.shape is None:
            continue
        mask = rasterised(placement.shape, volume.columns, volume.rows)
        box = np.zeros((volume.rows, volume.columns), dtype=bool)
        box[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
        low, high = expected[name]
        assert low < np.median(hu[place.slice][box]) < high, (name, place.slice)
        seen.add(name)
    assert seen == set(expected)


def test_a_second_call_writes_nothing(study: tuple[Path, Path]) -> None:
    told: list[int] = []
    assert demo_folder(None, lambda done, _: told.append(done)) == study
    assert told == []


@pytest.fixture
def cache(study: tuple[Path, Path], tmp_path: Path) -> Path:
    """A cache folder with a copy of the study."""
    folder = study[1].parent
    shutil.copytree(folder, tmp_path / folder.name)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "content"),
    [(EXPORT_NAME, b""), (EXPORT_NAME, None), (MANIFEST, b"[1]"), (MANIFEST, None)],
)
def test_a_study_of_which_something_is_gone_is_not_whole(
    cache: Path, name: str, content: bytes | None
) -> None:
    (folder,) = cache.iterdir()
    assert _is_whole(folder)
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    assert not _is_whole(folder)


def test_a_damaged_study_is_made_anew_and_is_the_same_on_every_run(
    cache: Path, study: tuple[Path, Path]
) -> None:
    told: list[int] = []
    (damaged,) = cache.iterdir()
    (damaged / EXPORT_NAME).write_bytes(b"")
    for path in (damaged / SERIES_FOLDER).iterdir():
        path.write_bytes(b"")
    folder, export = demo_folder(cache, lambda done, _: told.append(done))
    assert len(told) == 128
    assert list(cache.iterdir()) == [damaged] == [folder.parent]
    assert export.read_bytes() == study[1].read_bytes()
    for path in study[0].iterdir():
        assert (folder / path.name).read_bytes() == path.read_bytes()
    assert _is_whole(damaged)
