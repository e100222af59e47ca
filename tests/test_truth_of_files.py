"""From files that are no DICOM to the screen: labels on NIfTI, NRRD, MetaImage, photos and TIFF.

One pixel is lit and labelled. Where it is in the patient is worked out here from what was written;
the second programs that wrote the files (nibabel, SimpleITK, pynrrd) agree.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from itertools import permutations, product
from pathlib import Path

import nibabel
import nrrd
import numpy as np
import pytest
import SimpleITK
import tifffile
from composed import export_text, row
from lights import Spot, assert_painted_on_its_pixel_alone, opened
from numpy.typing import NDArray
from phantoms import BRIGHT
from PIL import Image
from PySide6.QtWidgets import QApplication
from stacks import turned

from viewer import open_media, read_export
from viewer.media.volume import Volume
from viewer.model.annotation import AnnotationId
from viewer.review.matching import match

SHAPE = (6, 5, 4)  # along i, j and k as stored
STEPS = np.array([1.5, 2.0, 3.0])
ORIGIN = np.array([-20.0, 30.0, 40.0])
TURNS = [
    np.eye(3)[:, order] * signs
    for order in permutations(range(3))
    for signs in product((1.0, -1.0), repeat=3)
]
OBLIQUE = turned(25, (1, 2, 3))
RAS_TO_LPS = np.array([-1.0, -1.0, 1.0])
SHOWN = 4  # orientations of each kind of file, but in a long run all
Axes = NDArray[np.float64]  # (3, 3) unit columns along i, j and k in the file's own space
Voxel = tuple[int, int, int]


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    assert qapp is not None


def lit(voxel: Voxel, *points: int) -> NDArray[np.int16]:
    """Voxels (i, j, k[, point]), one of them bright."""
    data = np.zeros((*SHAPE, *points), np.int16)
    data[(*voxel, *(count - 1 for count in points))] = BRIGHT
    return data


def as_nifti(path: Path, axes: Axes, voxel: Voxel) -> NDArray[np.float64]:
    """Write by nibabel, whose patients are RAS; LPS mm of the voxel."""
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = axes * STEPS, ORIGIN
    image = nibabel.Nifti1Image(lit(voxel), affine)
    nibabel.save(image, path)
    place = ORIGIN + axes @ (STEPS * voxel)
    assert np.allclose(nibabel.affines.apply_affine(image.affine, voxel), place)
    return place * RAS_TO_LPS


def as_field(path: Path, axes: Axes, voxel: Voxel) -> NDArray[np.float64]:
    """Write by SimpleITK, whose patients are LPS."""
    image = SimpleITK.GetImageFromArray(lit(voxel).transpose(2, 1, 0))
    image.SetSpacing(STEPS.tolist())
    image.SetOrigin(ORIGIN.tolist())
    image.SetDirection(axes.ravel().tolist())
    SimpleITK.WriteImage(image, path)
    place = ORIGIN + axes @ (STEPS * voxel)
    assert np.allclose(image.TransformIndexToPhysicalPoint(voxel), place)
    return place


def as_ras_nrrd(path: Path, axes: Axes, voxel: Voxel) -> NDArray[np.float64]:
    """Write by pynrrd in the space that 3D Slicer calls RAS."""
    header = {
        "space": "right-anterior-superior",
        "space directions": (axes * STEPS).T,
        "space origin": ORIGIN,
    }
    nrrd.write(str(path), lit(voxel), header)
    return (ORIGIN + axes @ (STEPS * voxel)) * RAS_TO_LPS


WRITERS: dict[str, Callable[[Path, Axes, Voxel], NDArray[np.float64]]] = {
    "v.nii": as_nifti,
    "v.nii.gz": as_nifti,
    "v.nrrd": as_field,
    "v.mha": as_field,
    "v.mhd": as_field,
    "ras.nrrd": as_ras_nrrd,
}


def orientations(name: str) -> list[int]:
    every = range(2 * len(TURNS))
    return (
        list(every) if os.environ.get("OVERREAD_SOAK") else random.Random(name).sample(every, SHOWN)
    )


@pytest.mark.parametrize(
    ("name", "turn"), [(name, turn) for name in WRITERS for turn in orientations(name)]
)
def test_a_labelled_voxel_is_painted_where_its_file_puts_it(
    name: str, turn: int, tmp_path: Path
) -> None:
    skew = OBLIQUE if turn >= len(TURNS) else np.eye(3)
    voxel = (4, 1, 2 - turn % 2)
    folder = tmp_path / "files"
    folder.mkdir()
    place = WRITERS[name](folder / name, skew @ TURNS[turn % len(TURNS)], voxel)
    spot = Spot(name, voxel[2], voxel[:2], place)
    session = opened([folder], spot, tmp_path)
    media, _slice = assert_painted_on_its_pixel_alone(session, spot)
    assert isinstance(media, Volume)


def nifti_of_times(path: Path, axes: Axes, data: NDArray[np.int16]) -> NDArray[np.float64]:
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = axes * STEPS, ORIGIN
    nibabel.save(nibabel.Nifti1Image(data, affine), path)
    return RAS_TO_LPS


def nrrd_of_lists(path: Path, axes: Axes, data: NDArray[np.int16]) -> NDArray[np.float64]:
    header = {
        "space": "left-posterior-superior",
        "space directions": np.vstack([(axes * STEPS).T, [np.nan] * 3]),
        "space origin": ORIGIN,
        "kinds": ["domain"] * 3 + ["list"],
    }
    nrrd.write(str(path), data, header)
    return np.ones(3)


def vectors(path: Path, axes: Axes, data: NDArray[np.int16]) -> NDArray[np.float64]:
    """Two values in each voxel, side by side in the file."""
    image = SimpleITK.GetImageFromArray(data.transpose(2, 1, 0, 3), isVector=True)
    image.SetSpacing(STEPS.tolist())
    image.SetOrigin(ORIGIN.tolist())
    image.SetDirection(axes.ravel().tolist())
    SimpleITK.WriteImage(image, path)
    return np.ones(3)


POINTS: dict[str, Callable[[Path, Axes, NDArray[np.int16]], NDArray[np.float64]]] = {
    "times.nii": nifti_of_times,
    "list.nrrd": nrrd_of_lists,
    "vectors.nrrd": vectors,
    "vectors.mha": vectors,
}


@pytest.mark.parametrize("name", POINTS)
@pytest.mark.parametrize("turn", [1, 22])
def test_a_label_on_the_second_point_of_a_volume_file_is_not_on_the_first(
    name: str, turn: int, tmp_path: Path
) -> None:
    voxel, axes = (1, 3, 2), TURNS[turn]
    to_lps = POINTS[name](tmp_path / name, axes, lit(voxel, 2))
    place = (ORIGIN + axes @ (STEPS * voxel)) * to_lps
    spot = Spot(name, SHAPE[2] + voxel[2], voxel[:2], place)
    session = opened([tmp_path / name], spot, tmp_path)
    media, _slice = assert_painted_on_its_pixel_alone(session, spot)
    assert isinstance(media, Volume)
    assert media.point is not None
    assert media.point.index == 1


WIDTH, HEIGHT, SQUARE = 96, 64, 16
AT = (64, 16)  # stored column and row of the square
EXIF_TURNS: dict[int, tuple[int, int]] = {  # where it is shown (TIFF 6.0, Orientation)
    1: (64, 16),
    2: (WIDTH - SQUARE - 64, 16),
    3: (WIDTH - SQUARE - 64, HEIGHT - SQUARE - 16),
    4: (64, HEIGHT - SQUARE - 16),
    5: (16, 64),
    6: (HEIGHT - SQUARE - 16, 64),
    7: (HEIGHT - SQUARE - 16, WIDTH - SQUARE - 64),
    8: (16, WIDTH - SQUARE - 64),
}


def photo(*, is_lit: bool = True) -> NDArray[np.uint8]:
    picture = np.full((HEIGHT, WIDTH, 3), 10, np.uint8)
    if is_lit:
        picture[AT[1] : AT[1] + SQUARE, AT[0] : AT[0] + SQUARE] = 250
    return picture


@pytest.mark.parametrize("turn", EXIF_TURNS)
@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_a_label_on_a_turned_photo_is_painted_where_the_photo_shows_its_square(
    turn: int, ending: str, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    path = tmp_path / f"photo.{ending}"
    Image.fromarray(photo()).save(path, exif=exif, quality=95)
    spot = Spot(path.name, 0, EXIF_TURNS[turn], side=SQUARE)
    assert_painted_on_its_pixel_alone(opened([path], spot, tmp_path), spot)


def test_a_label_on_one_photo_of_a_folder_is_on_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in (1, 2, 9, 10, 11):
        Image.fromarray(photo(is_lit=number == 10)).save(folder / f"p{number}.png")
    spot = Spot("p10.png", 0, AT, side=SQUARE)
    _media, index = assert_painted_on_its_pixel_alone(opened([folder], spot, tmp_path), spot)
    assert index == 3


@pytest.mark.parametrize("others", [["1.png"], ["1.png", "2.png"]])
def test_a_label_that_several_files_may_mean_by_their_name_is_on_none_of_them(
    others: list[str], tmp_path: Path
) -> None:
    for folder, names in {"a": ["1.png"], "b": others}.items():
        (tmp_path / "photos" / folder).mkdir(parents=True)
        for name in names:
            Image.fromarray(photo()).save(tmp_path / "photos" / folder / name)
    export = tmp_path / "labels.json"
    rows = [row("L_spot", {"x": 1, "y": 1}, None, SOPInstanceUID=name) for name in others]
    export.write_text(export_text(rows), encoding="utf-8")
    project, media = read_export(export), open_media(tmp_path / "photos").media
    assert len(media) == 2
    matches = match(project, media)
    reasons = [matches.reason_of(AnnotationId("1", number)) for number in range(len(rows))]
    assert reasons == ["several images", ""][: len(rows)]
    (place,) = matches.of(AnnotationId("1", 0))
    assert (place.media, place.slice) == (None, None)
    assert place.sentence.startswith("Several open images are called 1.png")


@pytest.mark.parametrize("lit_page", [0, 2])
@pytest.mark.parametrize("dtype", ["u1", "u2", "f4"])
def test_a_label_on_a_page_is_painted_on_that_page_alone(
    lit_page: int, dtype: str, tmp_path: Path
) -> None:
    pages = np.zeros((4, 5, 6), dtype)
    pages[lit_page, 1, 4] = min(BRIGHT, 255) if dtype == "u1" else BRIGHT
    path = tmp_path / "pages.tif"
    if dtype == "u1":  # as colours, since a grey level of 255 is dark in the window of the others
        tifffile.imwrite(path, np.repeat(pages[..., None], 3, axis=3), photometric="rgb")
    else:
        tifffile.imwrite(path, pages, photometric="minisblack")
    spot = Spot(path.name, lit_page, (4, 1))
    _media, index = assert_painted_on_its_pixel_alone(opened([path], spot, tmp_path), spot)
    assert index == lit_page


@pytest.mark.parametrize("lit_page", range(4))
@pytest.mark.parametrize("kinds", [("u2", "f4"), ("u2", "wide")])
def test_a_label_on_a_page_among_pages_of_another_kind_is_on_no_other(
    lit_page: int, kinds: tuple[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "pages.tif"
    with tifffile.TiffWriter(path) as writer:
        for number, kind in enumerate((*kinds, *kinds)):
            shape, dtype = ((7, 8), "u2") if kind == "wide" else ((5, 6), kind)
            page = np.zeros(shape, dtype)
            page[1, 4] = BRIGHT if number == lit_page else 0
            writer.write(page, photometric="minisblack")
    spot = Spot(path.name, lit_page, (4, 1))
    session = opened([path], spot, tmp_path)
    media, index = assert_painted_on_its_pixel_alone(session, spot)
    assert (len(session.media), media.count, index) == (2, 2, lit_page // 2)
