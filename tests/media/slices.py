"""Small DICOM series written for the tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

STUDY = "1.2.826.0.1.3680043.8.498.1"
SERIES = "1.2.826.0.1.3680043.8.498.2"
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)


def a_slice(number: int, **values: object) -> Dataset:
    """A 6 x 5 CT slice at z = 2 mm * number, its pixels number * 100 + a ramp."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = generate_uid(entropy_srcs=["slice", str(number), repr(values)])
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.StudyInstanceUID = STUDY
    dataset.SeriesInstanceUID = SERIES
    dataset.FrameOfReferenceUID = "1.2.826.0.1.3680043.8.498.3"
    dataset.Modality = "CT"
    dataset.SeriesDescription = "Thorax"
    dataset.InstanceNumber = number
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.ImagePositionPatient = [-10.0, -20.0, 2.0 * number]
    dataset.ImageOrientationPatient = list(AXIAL)
    dataset.PixelSpacing = [0.5, 0.75]
    dataset.SliceThickness = 2.0
    dataset.Rows, dataset.Columns = 5, 6
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = 0
    dataset.RescaleSlope, dataset.RescaleIntercept = 1.0, -1024.0
    dataset.PixelData = (np.arange(30, dtype="<u2") + 100 * (number % 600)).tobytes()
    for name, value in values.items():
        if value is None:
            delattr(dataset, name)
        else:
            setattr(dataset, name, value)
    return dataset


def saved(dataset: Dataset, path: Path) -> Path:
    """Write the data set as a DICOM file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.save_as(path, enforce_file_format=True)
    return path


def series(folder: Path, count: int = 4, **values: object) -> list[Path]:
    """Write `count` slices; each file's name says nothing about its place."""
    return [
        saved(a_slice(number, **values), folder / f"{(number * 7) % 11:02d}.dcm")
        for number in range(1, count + 1)
    ]
