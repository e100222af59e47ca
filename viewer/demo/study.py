"""The demo phantom as a DICOM CT series, and the uids that its labels refer to."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

from viewer.demo.phantom import GRID, Grid

Progress = Callable[[int, int], None]
PATIENT = "Phantom^Thorax"


def uid_of(name: str) -> str:
    """Return the uid of a named object of the demo, the same on every machine.

    Source: DICOM PS3.5 B.2, uids derived from a UUID.
    """
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, f'overread demo {name}').int}"


STUDY_UID = uid_of("study")
SERIES_UID = uid_of("series")


def instance_uid(k: int) -> str:
    """Return the SOP Instance UID of slice k, counted from the feet."""
    return uid_of(f"slice {k}")


def file_name(k: int, count: int) -> str:
    """Return the name of the file of slice k, counted from the feet, of so many."""
    return f"IM{count - k:04d}.dcm"


def write_series(folder: Path, volume: NDArray[np.int16], progress: Progress | None = None) -> None:
    """Write one CT Image object per slice; instance 1 is the highest slice, as scanners count."""
    folder.mkdir(parents=True)
    count = len(volume)
    for k in range(count):
        number = count - k
        dataset = ct_image(volume[k], k, number)
        dataset.save_as(folder / file_name(k, count), enforce_file_format=True)
        if progress is not None:
            progress(k + 1, count)


def ct_image(hu: NDArray[np.int16], k: int, number: int, grid: Grid = GRID) -> FileDataset:
    """Return slice k as a CT Image object with stored values in HU + 1024.

    Source: DICOM PS3.3 A.3, CT Image IOD.
    """
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = UID(instance_uid(k))
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    _describe_patient(dataset)
    _describe_series(dataset, k, number)
    _place(dataset, k, grid)
    _hold_pixels(dataset, hu)
    return dataset


def _describe_patient(dataset: FileDataset) -> None:
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientName = PATIENT
    dataset.PatientID = "OVERREAD-DEMO"
    dataset.PatientBirthDate = "19600101"
    dataset.PatientSex = "O"
    dataset.PatientAge = "064Y"
    dataset.StudyInstanceUID = STUDY_UID
    dataset.StudyDate = "20240501"
    dataset.StudyTime = "090000"
    dataset.StudyID = "1"
    dataset.StudyDescription = "Thorax phantom"
    dataset.AccessionNumber = ""
    dataset.ReferringPhysicianName = ""


def _describe_series(dataset: FileDataset, k: int, number: int) -> None:
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = instance_uid(k)
    dataset.SeriesInstanceUID = SERIES_UID
    dataset.SeriesNumber = 2
    dataset.SeriesDescription = "Thorax 2.5 mm, generated"
    dataset.SeriesDate = "20240501"
    dataset.SeriesTime = "090200"
    dataset.ContentDate = "20240501"
    dataset.ContentTime = "090200"
    dataset.AcquisitionNumber = 1
    dataset.InstanceNumber = number
    dataset.Modality = "CT"
    dataset.Manufacturer = "Overread"
    dataset.ManufacturerModelName = "Generated phantom"
    dataset.BodyPartExamined = "CHEST"
    dataset.PatientPosition = "HFS"
    dataset.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    dataset.KVP = "120"
    dataset.ConvolutionKernel = "GENERATED"
    dataset.BurnedInAnnotation = "NO"


def _place(dataset: FileDataset, k: int, grid: Grid) -> None:
    x, y, z = grid.first
    z += k * grid.step_mm
    dataset.FrameOfReferenceUID = uid_of("frame of reference")
    dataset.PositionReferenceIndicator = ""
    dataset.ImagePositionPatient = [f"{x:g}", f"{y:g}", f"{z:g}"]
    dataset.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    dataset.PixelSpacing = [f"{grid.pixel_mm:g}", f"{grid.pixel_mm:g}"]
    dataset.SliceThickness = f"{grid.step_mm:g}"
    dataset.SpacingBetweenSlices = f"{grid.step_mm:g}"
    dataset.SliceLocation = f"{z:g}"


def _hold_pixels(dataset: FileDataset, hu: NDArray[np.int16]) -> None:
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows, dataset.Columns = hu.shape
    dataset.BitsAllocated = 16
    dataset.BitsStored = 16
    dataset.HighBit = 15
    dataset.PixelRepresentation = 1
    dataset.RescaleIntercept = "-1024"
    dataset.RescaleSlope = "1"
    dataset.RescaleType = "HU"
    dataset.WindowCenter = ["40", "-600", "350"]
    dataset.WindowWidth = ["400", "1500", "1800"]
    dataset.WindowCenterWidthExplanation = ["Soft tissue", "Lung", "Bone"]
    dataset.PixelData = (hu + np.int16(1024)).astype("<i2").tobytes()
