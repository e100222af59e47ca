"""From files to the screen: frames of doses, NM, enhanced and 4-D series lie where headers say.

One pixel of one frame is lit and labelled. Where it is in the patient is worked out here from the
raw tags (DICOM PS3.3 C.7.6.2.1.1); what is compared are painted pixels, on every slice of every
plane of every volume that the files make.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from enhanced import FrameTags, diffusion, dose, echo, enhanced, group
from lights import Spot, assert_painted_on_its_pixel_alone, opened
from numpy.typing import NDArray
from phantoms import BRIGHT
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import EnhancedCTImageStorage
from PySide6.QtWidgets import QApplication
from slices import AXIAL, SAGITTAL, a_slice, saved
from stacks import turned

from viewer.media.volume import Volume

COLUMNS, ROWS, DX, DY = 6, 5, 0.75, 0.5
PIXELS = ((4, 1), (1, 3))
UPSIDE_DOWN = (1.0, 0.0, 0.0, 0.0, -1.0, 0.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
OBLIQUE = tuple(turned(35, (1, 2, 3))[:2].ravel().tolist())
GANTRY = (1.0, 0.0, 0.0, *turned(18.5, (1, 0, 0))[1].tolist())
START = np.array([-10.0, -20.0, 30.0])
NM = "1.2.840.10008.5.1.4.1.1.20"
Numbers = Sequence[float]


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    assert qapp is not None


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame as stored: of which object, which of it, and its Image Position and Orientation.

    Args:
        point: in words, which of several volumes at the same places shows it.
        stack: its Stack ID.
    """

    object: int
    number: int
    position: NDArray[np.float64]
    orientation: Numbers
    point: str = ""
    stack: str = ""

    def place_mm(self, pixel: tuple[int, int]) -> NDArray[np.float64]:
        """Patient mm of the middle of a pixel (column, row): equation C.7.6.2.1-1."""
        along_row, along_column = np.array(self.orientation).reshape(2, 3)
        return self.position + along_row * DX * pixel[0] + along_column * DY * pixel[1]


Case = tuple[list[Dataset], list[Frame]]


def normal_of(orientation: Numbers) -> NDArray[np.float64]:
    return np.cross(*np.array(orientation).reshape(2, 3))


def dose_grid(offsets: Numbers, orientation: Numbers = AXIAL, z_mm: float = 30.0) -> Case:
    """Planes along the normal when the vector begins with 0; else at these z (C.8.8.3.2)."""
    first = np.array([*START[:2], z_mm])
    plane = {"ImageOrientationPatient": list(orientation), "ImagePositionPatient": first.tolist()}
    made = dose(offsets, **plane)
    made.DoseGridScaling = 1.0
    z_of_first = 0.0 if offsets[0] == 0 else z_mm
    way = normal_of(orientation) if offsets[0] == 0 else np.array([0.0, 0.0, 1.0])
    frames = [
        Frame(0, n, first + way * (offset - z_of_first), orientation)
        for n, offset in enumerate(offsets)
    ]
    return [made], frames


def reconstructed(
    numbers: Sequence[int], orientation: Numbers = AXIAL, *, in_detector: bool = True, **tags: float
) -> Case:
    """NM slices one step apart along the normal, to its back where the step is negative."""
    made = dose(range(len(numbers)), Modality="NM", ImageType=["ORIGINAL", "PRIMARY", "RECON TOMO"])
    for name in ("GridFrameOffsetVector", "DoseUnits", "DoseGridScaling"):
        delattr(made, name)
    plane = {
        "ImagePositionPatient": START.tolist(),
        "ImageOrientationPatient": list(orientation),
    }
    if in_detector:
        del made.ImagePositionPatient, made.ImageOrientationPatient
        made.DetectorInformationSequence = Items([group(**plane)])
    for name, value in {"SOPClassUID": NM, "SliceVector": list(numbers), **tags}.items():
        setattr(made, name, value)
    if not in_detector:
        made.ImageOrientationPatient = list(orientation)
    made.file_meta.MediaStorageSOPClassUID = NM
    step = tags.get("SpacingBetweenSlices", tags.get("SliceThickness", 0.0))
    way = normal_of(orientation) * step
    return [made], [
        Frame(0, n, START + way * (number - 1), orientation) for n, number in enumerate(numbers)
    ]


def gated() -> Case:
    """A beating heart in NM: slices of two time slots, neither stored in order (C.8.4.8)."""
    slots = [2, 1, 1, 2, 2, 1]
    (made,), frames = reconstructed((1, 3, 1, 2, 3, 2), SpacingBetweenSlices=4.0)
    made.ImageType, made.TimeSlotVector = ["ORIGINAL", "PRIMARY", "RECON GATED TOMO"], slots
    placed = zip(frames, slots, strict=True)
    return [made], [replace(frame, point=str(slot)) for frame, slot in placed]


def grouped(
    stacks: Mapping[str, tuple[Numbers, Numbers]], order: int, count: int = 4, **values: object
) -> Case:
    """Frames of an enhanced object in a shuffled order.

    Args:
        stacks: by Stack ID, orientation and the way from slice to slice.
    """
    there = [(stack, k) for stack in stacks for k in range(count)]
    random.Random(order).shuffle(there)
    frames: list[Frame] = []
    said: list[FrameTags] = []
    for n, (stack, k) in enumerate(there):
        orientation, way = stacks[stack]
        position = START + 40.0 * list(stacks).index(stack) + np.array(way) * k
        frames.append(Frame(0, n, position, orientation, stack=stack))
        said.append(FrameTags(position.tolist(), orientation, stack=stack))
    return [enhanced(said, **values)], frames


def repeated(marks: Mapping[str, dict[str, Dataset]], order: int, count: int = 3) -> Case:
    """An enhanced object with a volume for each mark, all at the same places, frames shuffled."""
    there = list(product(marks, range(count)))
    random.Random(order).shuffle(there)
    at = {k: START + np.array([0.0, 0.0, 2.0 * k]) for k in range(count)}
    said = [FrameTags(at[k].tolist(), groups=marks[point]) for point, k in there]
    return [enhanced(said)], [
        Frame(0, n, at[k], AXIAL, point) for n, (point, k) in enumerate(there)
    ]


def single_files(marks: Mapping[str, dict[str, object]], order: int, count: int = 3) -> Case:
    """A file per slice, with a volume for each mark; neither names nor numbers tell the order."""
    there = list(product(marks, range(count)))
    random.Random(order).shuffle(there)
    files: list[Dataset] = []
    frames: list[Frame] = []
    for n, (point, k) in enumerate(there):
        position = START + np.array([0.0, 0.0, 2.0 * k])
        values = {"ImagePositionPatient": position.tolist(), "RescaleIntercept": 0.0}
        files.append(a_slice(n + 1, BitsStored=16, HighBit=15, **values, **marks[point]))
        frames.append(Frame(n, 0, position, AXIAL, point))
    return files, frames


def object_each(count: int = 3) -> Case:
    """An enhanced object for each time, their frames in other orders."""
    objects: list[Dataset] = []
    frames: list[Frame] = []
    for number, second in enumerate((20, 10)):
        order = random.Random(second).sample(range(count), count)
        places = [START + np.array([0.0, 0.0, 2.0 * k]) for k in order]
        made = enhanced(
            [FrameTags(place.tolist()) for place in places],
            SOPInstanceUID=f"1.2.3.{number}",
            AcquisitionTime=f"1010{second}",
        )
        made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
        objects.append(made)
        point = f"{second - 10} s"
        frames += [Frame(number, n, place, AXIAL, point) for n, place in enumerate(places)]
    return objects, frames


ECHOES = {"4.2 ms": echo(4.2), "30 ms": echo(30.0), "100 ms": echo(100.0)}
WEIGHTS = {
    "0 s/mm²": diffusion(0.0),
    "1000 s/mm², (1, 0, 0)": diffusion(1000.0, (1, 0, 0)),
    "1000 s/mm², (0, 1, 0)": diffusion(1000.0, (0, 1, 0)),
}
FILES: dict[str, dict[str, dict[str, object]]] = {
    "echoes": {"2.5 ms": {"EchoTime": 2.5}, "10 ms": {"EchoTime": 10.0}},
    "times": {f"{s} s": {"AcquisitionTime": f"2359{10 + s}"} for s in (0, 10, 20)},
    "b-values": {f"{b} s/mm²": {"DiffusionBValue": float(b), "Modality": "MR"} for b in (0, 500)},
}
CT = {"SOPClassUID": EnhancedCTImageStorage, "Modality": "CT"}
KINDS: dict[str, Callable[[], Case]] = {
    "dose, relative": lambda: dose_grid((0, 2.5, 5, 7.5)),
    "dose, relative and descending": lambda: dose_grid((0, -2.5, -5, -7.5)),
    "dose, relative and uneven": lambda: dose_grid((0, 2.5, 4, 9)),
    "dose, relative and sagittal": lambda: dose_grid((0, 2, 4, 6), SAGITTAL),
    "dose, relative, upside down": lambda: dose_grid((0, 2, 4), UPSIDE_DOWN),
    "dose, relative, oblique, descending": lambda: dose_grid((0, -2, -4), OBLIQUE),
    "dose, absolute": lambda: dose_grid((30, 33, 36, 39)),
    "dose, absolute and descending": lambda: dose_grid((30, 27, 24, 21)),
    "dose, absolute through zero": lambda: dose_grid((3, 1, -1, -3), z_mm=3.0),
    "NM": lambda: reconstructed((1, 2, 3, 4), SpacingBetweenSlices=4.0),
    "NM, slices to the back": lambda: reconstructed((1, 2, 3), SpacingBetweenSlices=-4.0),
    "NM, shuffled": lambda: reconstructed((3, 1, 4, 2), SpacingBetweenSlices=4.0),
    "NM, coronal": lambda: reconstructed((1, 2, 3), CORONAL, SpacingBetweenSlices=3.0),
    "NM, by thickness": lambda: reconstructed((1, 2, 3), SliceThickness=3.0),
    "NM, placed by itself": lambda: reconstructed(
        (4, 3, 2, 1), OBLIQUE, in_detector=False, SpacingBetweenSlices=3.0
    ),
    "NM, gated": gated,
    "enhanced CT, shuffled": lambda: grouped({"1": (AXIAL, (0, 0, 2.0))}, 3, **CT),
    "enhanced CT, tilted": lambda: grouped({"1": (GANTRY, (0, 0, 2.0))}, 5, **CT),
    "enhanced CT, two stacks": lambda: grouped(
        {"1": (AXIAL, (0, 0, 2.0)), "2": (AXIAL, (0, 0, -3.0))}, 7, **CT
    ),
    "enhanced MR, sagittal": lambda: grouped({"1": (SAGITTAL, (-2.0, 0, 0))}, 9),
    "enhanced MR, two orientations": lambda: grouped(
        {"1": (SAGITTAL, (2.0, 0, 0)), "2": (OBLIQUE, normal_of(OBLIQUE).tolist())}, 11
    ),
    "enhanced MR, echoes": lambda: repeated(ECHOES, 13),
    "enhanced MR, b-values and directions": lambda: repeated(WEIGHTS, 15),
    "enhanced MR, an object for each time": object_each,
    **{f"files of {name}": partial(single_files, marks, 17) for name, marks in FILES.items()},
}


def chosen(name: str) -> list[int]:
    """Frames that are lit, one after the other: two, or in a long run all."""
    count = len(KINDS[name]()[1])
    return list(range(count)) if os.environ.get("OVERREAD_SOAK") else [1, count - 1]


def written(folder: Path, case: Case, lit: Frame, pixel: tuple[int, int]) -> Spot:
    """Write the objects, dark but for one pixel of one frame."""
    for number, made in enumerate(case[0]):
        count = int(made.get("NumberOfFrames", 1))
        pixels = np.zeros((count, ROWS, COLUMNS), "<u2")
        if number == lit.object:
            pixels[lit.number, pixel[1], pixel[0]] = BRIGHT
        made.PixelData = pixels.tobytes()
        saved(made, folder / f"{number * 7 % 11:02d}.dcm")
    uid = str(case[0][lit.object].SOPInstanceUID)
    return Spot(uid, lit.number, pixel, lit.place_mm(pixel))


@pytest.mark.parametrize(("name", "frame"), [(name, n) for name in KINDS for n in chosen(name)])
def test_light_and_label_of_one_frame_are_painted_on_its_pixel_and_nowhere_else(
    name: str, frame: int, tmp_path: Path
) -> None:
    case = KINDS[name]()
    lit = case[1][frame]
    spot = written(tmp_path / "series", case, lit, PIXELS[frame % 2])
    session = opened([tmp_path / "series"], spot, tmp_path)
    expected = {one.point for one in case[1]} if lit.point else {one.stack for one in case[1]}
    assert len(session.media) == len(expected)
    holder, _slice = assert_painted_on_its_pixel_alone(session, spot)
    assert isinstance(holder, Volume)
    assert (holder.point.value if holder.point else "") == lit.point
