"""DICOM series with known bright points, written file by file from tags alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import numpy as np
from enhanced import group
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, EnhancedCTImageStorage, ExplicitVRLittleEndian
from pydicom.valuerep import DSfloat
from stacks import ODD, UNIFORM, H, L, P, built

from viewer.geometry.stack import Stack

Floats = NDArray[np.float64]
STUDY, SERIES = "1.2", "1.2.3"
BRIGHT = 10_000.0
REVERSED = -3.0 * np.arange(8)


@dataclass(frozen=True, eq=False)
class Tags:
    """The Image Plane Module of a series (PS3.3 C.7.6.2), one position per file.

    Args:
        orientation: six numbers of Image Orientation (Patient).
        positions: (n, 3) Image Position (Patient) of file n.
        pixel_spacing: distance between rows, then between columns.
    """

    orientation: Floats
    positions: Floats
    pixel_spacing: tuple[float, float]
    columns: int = 11
    rows: int = 9

    @property
    def count(self) -> int:
        return len(self.positions)

    @property
    def is_even(self) -> bool:
        """Neighbouring files are equally far apart."""
        steps = np.diff(np.sort(self.positions @ np.cross(*self.orientation.reshape(2, 3))))
        return bool(np.ptp(steps) < 1e-6) if len(steps) else True

    def patient_of(self, voxel: tuple[float, float, int]) -> Floats:
        """Patient mm of column i, row j (at centres) of file k: equation C.7.6.2.1-1."""
        i, j, k = voxel
        between_rows, between_columns = self.pixel_spacing
        along_row, along_column = self.orientation[:3], self.orientation[3:]
        across = along_row * between_columns * i + along_column * between_rows * j
        return self.positions[k] + across

    def corner_based(self, place_mm: Floats, k: int) -> tuple[float, float]:
        """Column and row of a place on file k, counted from the first pixel's outer corner."""
        away = place_mm - self.positions[k]
        between_rows, between_columns = self.pixel_spacing
        x = float(away @ self.orientation[:3]) / between_columns + 0.5
        y = float(away @ self.orientation[3:]) / between_rows + 0.5
        return x, y


def tags_of(stack: Stack, *, backwards: bool = False) -> Tags:
    """The tags of a stack; `backwards` gives the files in the opposite order."""
    dx, dy = stack.spacing_mm
    orientation = np.concatenate([stack.row_direction, stack.column_direction])
    step = -1 if backwards else 1
    return Tags(orientation, stack.origins[::step].copy(), (dy, dx), stack.columns, stack.rows)


EVEN_SERIES: dict[str, Tags] = {
    **{
        name: tags_of(stack, backwards=n % 2 > 0) for n, (name, stack) in enumerate(UNIFORM.items())
    },
    "feet first": tags_of(built(-L, P)),
    "feet first, prone": tags_of(built(L, -P, steps=REVERSED), backwards=True),
    "lying on the left side": tags_of(built(P, L, spacing=(0.6, 0.9))),
    "sagittal, upside down": tags_of(built(-P, H), backwards=True),
    "coronal from behind": tags_of(built(-L, -H, spacing=(0.9, 0.6))),
}
ODD_SERIES: dict[str, Tags] = {
    name: tags_of(stack, backwards=n % 2 > 0) for n, (name, stack) in enumerate(ODD.items())
}
ALL_SERIES = EVEN_SERIES | ODD_SERIES


def dark(tags: Tags) -> Floats:
    """Pixels (files, rows, columns), all black."""
    return np.zeros((tags.count, tags.rows, tags.columns))


def lit(pixels: Floats, voxel: tuple[float, float, int], level: float = BRIGHT) -> None:
    """Light a point of one file: shared among four pixels, so that their centroid is the point."""
    i, j, k = voxel
    left, top = int(np.floor(i)), int(np.floor(j))
    for row, by_row in ((top, 1 - (j - top)), (top + 1, j - top)):
        for column, by_column in ((left, 1 - (i - left)), (left + 1, i - left)):
            if by_row * by_column > 0:
                pixels[k, row, column] += level * by_row * by_column


def written(folder: Path, tags: Tags, pixels: Floats) -> Path:
    """Write a series, one file per slice; neither names nor numbers tell the order of slices."""
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(tags.count):
        content = _file(tags, k, np.rint(pixels[k]).astype("<u2").tobytes(), pixels[k].shape)
        (folder / f"{(k * 5 + 3) % 64:02d}.dcm").write_bytes(content)
    return folder


@lru_cache(maxsize=1024)  # most slices are dark, the same in every test
def _file(tags: Tags, k: int, stored: bytes, shape: tuple[int, int]) -> bytes:
    file = BytesIO()
    dataset = _slice(tags, k, np.frombuffer(stored, "<u2").reshape(shape))
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


def numbers(values: Floats) -> list[DSfloat]:
    """Decimal strings of at most 16 characters, as the standard wants them."""
    return [DSfloat(float(value), auto_format=True) for value in values]


def _slice(tags: Tags, k: int, pixels: NDArray[np.generic]) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = f"{SERIES}.{k}"
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = f"{SERIES}.{k}"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = STUDY, SERIES
    dataset.FrameOfReferenceUID = "1.2.9"
    dataset.Modality, dataset.SeriesDescription = "CT", "Phantom"
    dataset.InstanceNumber = (k * 3) % 8 + 1
    dataset.ImagePositionPatient = numbers(tags.positions[k])
    dataset.ImageOrientationPatient = numbers(tags.orientation)
    dataset.PixelSpacing = numbers(np.array(tags.pixel_spacing))
    dataset.SliceThickness = 3.0
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelRepresentation = 0
    dataset.RescaleSlope, dataset.RescaleIntercept = 1.0, 0.0
    dataset.PixelData = np.rint(pixels).astype("<u2").tobytes()
    return dataset


def enhanced_written(folder: Path, tags: Tags, pixels: Floats) -> Path:
    """Write a series as one enhanced object; frame n is file n of the same series."""
    folder.mkdir(parents=True, exist_ok=True)
    dataset = _slice(tags, 0, pixels[0])
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        delattr(dataset, name)
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = EnhancedCTImageStorage
    measures = group(PixelSpacing=numbers(np.array(tags.pixel_spacing)), SliceThickness=3.0)
    orientation = group(ImageOrientationPatient=numbers(tags.orientation))
    dataset.SharedFunctionalGroupsSequence = [
        group(PixelMeasuresSequence=[measures], PlaneOrientationSequence=[orientation])
    ]
    dataset.PerFrameFunctionalGroupsSequence = [
        group(PlanePositionSequence=[group(ImagePositionPatient=numbers(position))])
        for position in tags.positions
    ]
    dataset.NumberOfFrames = tags.count
    dataset.PixelData = np.rint(pixels).astype("<u2").tobytes()
    dataset.save_as(folder / "enhanced.dcm", enforce_file_format=True)
    return folder


def frames_written(path: Path, pixels: Floats) -> Path:
    """Write one multi-frame object without positions: frames (n, rows, columns)."""
    dataset = _slice(tags_of(UNIFORM["axial"]), 0, pixels[0])
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        delattr(dataset, name)
    dataset.Modality = "US"
    dataset.NumberOfFrames = len(pixels)
    dataset.PixelData = np.rint(pixels).astype("<u2").tobytes()
    dataset.save_as(path, enforce_file_format=True)
    return path
