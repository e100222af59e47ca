"""From real files to the screen: every pixel that is looked at stands where its header puts it.

The pixels and headers are read by pydicom alone; where a pixel lies in the patient is worked out
here (DICOM PS3.3 C.7.6.2.1.1), and so is its grey level (C.11.1 and C.11.2.1.2).
"""

from __future__ import annotations

import os
import warnings
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK
from lights import painted
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.pixels import apply_color_lut, apply_modality_lut, pixel_array
from pydicom.uid import UID
from PySide6.QtWidgets import QApplication

from viewer import open_media
from viewer.geometry.views import PlaneName, ViewPlane
from viewer.media import load
from viewer.media.instance import Instance
from viewer.media.volume import FrameStack, Volume, Window
from viewer.model.project import Project
from viewer.paint.compose import Extras
from viewer.paint.framing import Framing, on_plane, on_screen
from viewer.render.planes import planes_of
from viewer.review.matching import match
from viewer.session.session import Session

Floats = NDArray[np.float64]
IS_LONG = bool(os.environ.get("OVERREAD_SOAK"))
LOOKS = 40 if IS_LONG else 1  # pixels of each media
LARGE = "seg/ct_axial_phantom_rt"  # 1,600 slices of masks, in a long run only
CANDIDATES = 200  # of which those that stand out most from their neighbours are looked at
SIDE = 64  # px of a view
PX_PER_PIXEL = 12.0
WITHIN = 0.35  # of a pixel to each side: another pixel stands there when it is half a pixel off
REACH_PX = SIDE / 2 - 3
NEAR_MM = 1e-3
# Folders with codings that no second decoder knows.
UNREAD = {"seg_encodings", "transfer_syntaxes_other"}
STRAIGHT = 0.03  # of a pixel: slices that are displaced less stand in line
LOSSY = {f"1.2.840.10008.1.2.4.{end}" for end in (50, 51, 53, 55, 81, 91, 203)}


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    assert qapp is not None


def group_value(
    dataset: Dataset, frame: int, group: str, name: str, default: list[float] | None = None
) -> list[float]:
    """Numbers of one frame: its own, those that all frames share, or the object's (C.7.6.16)."""
    frames = dataset.get("PerFrameFunctionalGroupsSequence", ())
    for item in (*frames[frame : frame + 1], *dataset.get("SharedFunctionalGroupsSequence", ())):
        if item.get(group):
            return [float(number) for number in np.atleast_1d(item[group].value[0][name].value)]
    if default is not None and name not in dataset:
        return default
    return [float(number) for number in np.atleast_1d(dataset[name].value)]


def place_of(dataset: Dataset, frame: int, pixel: tuple[int, int]) -> Floats:
    """Patient mm of the centre of a pixel (column, row) of one frame."""
    orientation = group_value(dataset, frame, "PlaneOrientationSequence", "ImageOrientationPatient")
    along_row, along_column = np.array(orientation).reshape(2, 3)
    between_rows, between_columns = group_value(
        dataset, frame, "PixelMeasuresSequence", "PixelSpacing"
    )
    first = np.array(group_value(dataset, frame, "PlanePositionSequence", "ImagePositionPatient"))
    if "GridFrameOffsetVector" in dataset:
        first = first + dataset.GridFrameOffsetVector[frame] * np.cross(along_row, along_column)
    return first + along_row * between_columns * pixel[0] + along_column * between_rows * pixel[1]


@lru_cache(maxsize=4)
def dataset_of(path: str) -> Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = dcmread(path, force=True)
        dataset.file_meta.setdefault("TransferSyntaxUID", UID("1.2.840.10008.1.2"))
        return dataset


@lru_cache(maxsize=16)
def frame_of(path: str, frame: int) -> Floats | None:
    """(rows, columns[, 3]) modality values or colours of one frame; None where nobody reads it."""
    dataset = dataset_of(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return as_shown(pixel_array(dataset, index=frame), dataset, frame)
        except (RuntimeError, NotImplementedError):
            return by_simpleitk(path, frame)


def as_shown(stored: NDArray[np.generic], dataset: Dataset, frame: int) -> Floats:
    """Palettes applied, colours as 8 bits, grey values in output units (C.11.1)."""
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        colours = apply_color_lut(stored, dataset)[..., :3]
        return (colours >> 8 if colours.dtype == np.uint16 else colours).astype(np.float64)
    if dataset.get("SamplesPerPixel") == 3:
        return (stored >> (dataset.BitsStored - 8)).astype(np.float64)
    if "PerFrameFunctionalGroupsSequence" in dataset:
        group = "PixelValueTransformationSequence"
        (slope,) = group_value(dataset, frame, group, "RescaleSlope", [1.0])
        (intercept,) = group_value(dataset, frame, group, "RescaleIntercept", [0.0])
        return stored * slope + intercept
    if "DoseGridScaling" in dataset:
        return stored * float(dataset.DoseGridScaling)
    return np.asarray(apply_modality_lut(stored, dataset), np.float64)


def by_simpleitk(path: str, frame: int) -> Floats | None:
    SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)
    try:
        return SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(path))[frame].astype(np.float64)
    except RuntimeError:
        return None


def object_of(media: Volume | FrameStack, k: int) -> tuple[Instance, int]:
    """The object that shows picture k, and which of its frames that is."""
    for instance in media.instances:
        if k < instance.pictures:
            return instance, (instance.frame or 0) + k
        k -= instance.pictures
    raise IndexError(k)


@dataclass(frozen=True, eq=False)
class Look:
    """One pixel of one picture that stands out from its neighbours.

    Args:
        apart: the least difference in output units from a neighbour; 0 where one is the same.
        where: the title of the media.
    """

    voxel: tuple[int, int, int]
    apart: float
    where: str


def looks(media: Volume | FrameStack) -> list[Look]:
    """Pixels at random places that differ from a neighbour, of many those that stand out most."""
    rng = np.random.default_rng(zlib.crc32(f"{media.id} {media.title}".encode()))
    ready = np.flatnonzero(media.ready)
    found: list[Look] = []
    for k in rng.choice(ready, LOOKS).tolist() if len(ready) else ():
        own = units_of(media, k)
        around = np.pad(own, 1, constant_values=np.nan)
        sides = [around[1:-1, :-2], around[1:-1, 2:], around[:-2, 1:-1], around[2:, 1:-1]]
        if isinstance(media, Volume):
            sides += [units_of(media, k - 1), units_of(media, k + 1)]
        apart = farthest = np.full_like(own, np.nan)
        for side in sides:
            step = np.abs(side - own)
            step[np.isinf(step)] = np.nan
            apart, farthest = np.fmin(apart, step), np.fmax(farthest, step)
        padding = media.padding_in(media.pixels[k])
        edges = np.flatnonzero((farthest > 0) & ~(False if padding is None else padding))
        if not len(edges):
            continue
        best = max(rng.choice(edges, CANDIDATES).tolist(), key=lambda n: apart.ravel()[n])
        j, i = divmod(best, media.columns)
        found.append(Look((i, j, k), float(apart[j, i]), media.title))
    return found


def units_of(media: Volume | FrameStack, k: int) -> Floats:
    """Output units, or the sum of the colours; nan where there is no such picture."""
    if not 0 <= k < media.count or not media.ready[k]:
        return np.full((media.rows, media.columns), np.nan)
    if media.is_colour:
        return media.pixels[k].astype(np.float64).sum(axis=2)
    return media.in_units(media.pixels[k], k)


def projected(plane: ViewPlane, index: int, place: Floats) -> tuple[Floats, float]:
    """Plane mm of a patient place, and how far beside the plane it lies."""
    origin, to_p, to_q = plane.patient_of_plane(index, [(0, 0), (1, 0), (0, 1)])
    axes = np.stack([to_p - origin, to_q - origin])
    at = np.linalg.lstsq(axes.T, place - origin)[0]
    return at, float(np.linalg.norm(place - origin - at @ axes))


def is_even(volume: Volume) -> bool:
    origins, run = volume.stack.origins, volume.stack.run
    return bool(np.abs(origins - origins[0] - np.arange(volume.count)[:, None] * run).max() < 1e-3)


def sides_of(volume: Volume, plane: ViewPlane, k: int) -> Floats:
    """How far, along p and q, a picture shows one pixel of slice k."""
    if plane.is_acquired:
        return np.array(volume.spacing_mm)
    steps = volume.stack.steps_mm[max(k - 1, 0) : k + 1]
    return np.array([plane.pixel_mm, min([*steps.tolist(), volume.stack.step_mm])])


def values_along(volume: Volume, plane: ViewPlane, look: Look, row: Floats, p: float) -> float:
    """What a plane shows at p of a slice's row or column of pixels.

    Slices that are displaced along p, as with a tilted gantry, are mixed on a grid that begins at
    the first of them.
    """
    own = look.voxel[1 if plane.axis == 0 else 0]
    shifts = (volume.stack.origins - volume.stack.origins[0]) @ plane.e_p
    if plane.is_acquired or np.ptp(shifts) / plane.pixel_mm <= STRAIGHT:
        return float(row[own])
    cells = (p - shifts.min()) / plane.pixel_mm
    at = np.floor(cells) + (shifts.min() - shifts[look.voxel[2]]) / plane.pixel_mm
    left = int(np.floor(at))
    if left < 0 or left + 1 >= len(row) or abs(cells - np.rint(cells)) < STRAIGHT:
        return np.nan
    return float(row[left] + (row[left + 1] - row[left]) * (at - left))


@dataclass(frozen=True, eq=False)
class Truth:
    """One picture as its file says, and the place of one pixel of it.

    Args:
        values: (rows, columns[, 3]) output units or colours.
        place_mm: None where nothing places it.
        is_inverted: its greatest values are black.
    """

    values: Floats
    place_mm: Floats | None
    is_lossy: bool = False
    is_inverted: bool = False


def by_file(path: Path, voxel: tuple[int, int, int]) -> Truth:
    """A NIfTI by nibabel, whose patients are RAS; a NRRD by SimpleITK."""
    if path.suffix == ".nrrd":
        field = field_of(str(path))
        place = np.array(field.TransformIndexToPhysicalPoint(voxel))
        return Truth(SimpleITK.GetArrayViewFromImage(field)[voxel[2]].astype(np.float64), place)
    image = nibabel.load(path)
    place = nibabel.affines.apply_affine(image.affine, voxel) * (-1, -1, 1)
    return Truth(np.asarray(image.dataobj[:, :, voxel[2]], np.float64).T, place)


@lru_cache(maxsize=1)
def field_of(path: str) -> SimpleITK.Image:
    return SimpleITK.ReadImage(path)


def truth_of(media: Volume | FrameStack, look: Look, folder: Path) -> Truth | None:
    """By pydicom or SimpleITK, and by nibabel; None where nobody else decodes it."""
    i, j, k = look.voxel
    if not media.instances:
        (path,) = folder.rglob(media.id)
        stored = next(frame for (_name, frame), at in media.slice_of.items() if at == k)
        return by_file(path, (i, j, stored))
    instance, frame = object_of(media, k)
    path = instance.file.path
    values = frame_of(path, frame)
    place = place_of(dataset_of(path), frame, (i, j)) if isinstance(media, Volume) else None
    if values is None:
        return None
    lossy = instance.transfer_syntax in LOSSY
    is_inverted = dataset_of(path).PhotometricInterpretation == "MONOCHROME1"
    return Truth(values, place, lossy, is_inverted)


def assert_shown_where_the_header_says(
    session: Session, media: Volume | FrameStack, folder: Path
) -> Counter[str]:
    """Look at some pixels of the shown media; how many of them stand out from all neighbours."""
    told: Counter[str] = Counter()
    for look in looks(media):
        i, j, k = look.voxel
        truth = truth_of(media, look, folder)
        if truth is None:
            told["not decoded"] += 1
            continue
        told[media.kind] += look.apart > 0
        if not isinstance(media, Volume):
            at = np.array([(i + 0.5) * media.spacing_mm[0], (j + 0.5) * media.spacing_mm[1]])
            assert_painted(session, media, look, Shown("axial", k, at, truth.values[j], truth))
            continue
        assert truth.place_mm is not None
        assert np.abs(media.stack.patient_of_voxel([look.voxel]) - truth.place_mm).max() < NEAR_MM
        for name, plane in planes_of(media.stack).items():
            index = look.voxel[plane.axis]
            at, beside = projected(plane, index, truth.place_mm)
            limit = NEAR_MM if plane.is_acquired or is_even(media) else plane.pixel_mm / 2
            assert beside <= limit, (name, look)
            back = plane.voxel_at(index, float(at[0]), float(at[1]))
            assert back is not None
            assert np.abs(np.subtract(back, look.voxel)).max() < NEAR_MM, (name, look)
            row = truth.values[:, i] if plane.axis == 0 else truth.values[j]
            assert_painted(session, media, look, Shown(name, index, at, row, truth, plane))
    return told


@dataclass(frozen=True, eq=False)
class Shown:
    """One slice of one plane: where in it a pixel is, and the values beside that pixel along p."""

    plane: PlaneName
    index: int
    at: Floats
    row: Floats
    truth: Truth
    view: ViewPlane | None = None


def assert_painted(session: Session, media: Volume | FrameStack, look: Look, shown: Shown) -> None:
    """At the place of a pixel, and around it as far as it reaches, its grey level is painted."""
    i, _j, k = look.voxel
    lossy = shown.truth.is_lossy
    own = shown.row[look.voxel[1] if shown.view is not None and shown.view.axis == 0 else i]
    span = max(4 * look.apart, 1e-3)
    # Neighbours are 64 levels and more away, and it is not as dark as it is bright.
    window = Window(float(np.ravel(own)[0]) + 0.5 + span / 10, span + 1.0)
    session.viewing.set_window(window)
    sides = np.array(media.spacing_mm)
    if isinstance(media, Volume) and shown.view is not None:
        sides = sides_of(media, shown.view, k)
    scale = PX_PER_PIXEL / sides.min()
    extras = Extras(
        framing=Framing(scale, (float(shown.at[0]), float(shown.at[1]))),
        index=shown.index,
        bare=True,
        labels=False,
    )
    view, levels = painted(session, shown.plane, SIDE, extras)
    reach = np.minimum(WITHIN * sides, REACH_PX / scale)
    slope = abs(media.rescale_at(k).slope)
    for a, b in product((-1, 0, 1), repeat=2):
        at = shown.at + reach * (a, b)
        x, y = np.floor(on_screen(view.affine, at[None])[0]).astype(int)
        found = levels[y, x, ::-1]
        p, _q = on_plane(view.affine, x + 0.5, y + 0.5)
        if media.is_colour:
            assert np.abs(found - own).max() <= (6 if lossy else 0), (shown.plane, look)
            continue
        value = float(own)
        if isinstance(media, Volume) and shown.view is not None:
            value = values_along(media, shown.view, look, shown.row, p)
        grey = np.clip(((value - (window.center - 0.5)) / span + 0.5) * 255, 0, 255)
        expected = 255 - grey if shown.truth.is_inverted else grey
        stored = 2.0 if lossy else 0.5 * (value != float(own))  # a mixture is rounded
        near = 1.0 + stored * slope / span * 255
        assert np.isnan(value) or abs(found[0] - expected) <= near, (shown.plane, look, found)


def folders(shared: Path) -> Iterator[Path]:
    """Every folder of real series; those of one series in several encodings one by one."""
    large = shared / "data" / LARGE
    for kind in ("dicom", "seg"):
        for folder in sorted((shared / "data" / kind).iterdir()):
            if folder != large or IS_LONG:
                yield folder
            yield from sorted(folder.glob("compressed*"))


def test_every_real_pixel_is_painted_where_its_header_puts_it(shared: Path) -> None:
    told: Counter[str] = Counter()
    left: set[str] = set()
    for folder in folders(shared):
        found = open_media(folder)
        session = Session()
        session.open(Project(), found.media, (), match(Project(), found.media))
        session.viewing.set_look(smooth=False)
        session.display.set_style(overlays=False)
        for number, media in enumerate(found.media):
            assert isinstance(media, Volume | FrameStack)
            load(media)
            session.viewing.show(number)
            here = assert_shown_where_the_header_says(session, media, folder)
            told += here
            left |= {folder.name} if here["not decoded"] else set()
    assert left <= UNREAD
    assert told["volume"] >= 60 * LOOKS
    assert told["frames"] >= 40 * LOOKS
