"""Multi-frame DICOM objects written for the tests, frame by frame from tags alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import EnhancedMRImageStorage, ExplicitVRLittleEndian, RTDoseStorage
from slices import AXIAL, SERIES, a_slice

UID = "1.2.826.0.1.3680043.8.498.7"


@dataclass(frozen=True)
class FrameTags:
    """What the functional groups say of one frame; its pixels are all `level`."""

    position: Sequence[float]
    orientation: Sequence[float] = AXIAL
    stack: str = "1"
    level: int = 0
    slope: float = 1.0
    window: tuple[float, float] = (50.0, 100.0)
    groups: dict[str, Dataset] = field(default_factory=dict)


def group(**values: object) -> Dataset:
    """One item with these elements."""
    item = Dataset()
    for name, value in values.items():
        setattr(item, name, value)
    return item


def echo(time_ms: float) -> dict[str, Dataset]:
    return {"MREchoSequence": group(EffectiveEchoTime=time_ms)}


def diffusion(b_value: float, direction: Sequence[float] | None = None) -> dict[str, Dataset]:
    item = group(DiffusionBValue=b_value, DiffusionDirectionality="NONE")
    if direction is not None:
        gradient = group(DiffusionGradientOrientation=list(direction))
        item.DiffusionGradientDirectionSequence = Items([gradient])
    return {"MRDiffusionSequence": item}


def enhanced(frames: Sequence[FrameTags], **values: object) -> Dataset:
    """An enhanced MR object of 6 x 5 pixels."""
    dataset = a_slice(1, ImagePositionPatient=None, ImageOrientationPatient=None)
    for name in ("PixelSpacing", "SliceThickness", "RescaleSlope", "RescaleIntercept"):
        delattr(dataset, name)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = EnhancedMRImageStorage
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = UID
    dataset.Modality = "MR"
    dataset.BitsStored, dataset.HighBit = 16, 15
    dataset.NumberOfFrames = len(frames)
    measures = group(PixelSpacing=[0.5, 0.75], SliceThickness=2.0)
    dataset.SharedFunctionalGroupsSequence = Items([group(PixelMeasuresSequence=Items([measures]))])
    dataset.PerFrameFunctionalGroupsSequence = Items([_groups(frame) for frame in frames])
    dataset.PixelData = np.repeat([frame.level for frame in frames], 30).astype("<u2").tobytes()
    for name, value in values.items():
        setattr(dataset, name, value)
    return dataset


def _groups(frame: FrameTags) -> Dataset:
    center, width = frame.window
    named = {
        "FrameContentSequence": group(StackID=frame.stack),
        "PlanePositionSequence": group(ImagePositionPatient=list(frame.position)),
        "PlaneOrientationSequence": group(ImageOrientationPatient=list(frame.orientation)),
        "PixelValueTransformationSequence": group(
            RescaleSlope=frame.slope, RescaleIntercept=0.0, RescaleType="US"
        ),
        "FrameVOILUTSequence": group(WindowCenter=center, WindowWidth=width),
        **frame.groups,
    }
    return group(**{name: Items([item]) for name, item in named.items()})


def dose(offsets: Sequence[float], **values: object) -> Dataset:
    """A dose grid whose frame n holds n * 10 everywhere."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = RTDoseStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = UID
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.Modality = "1.2", SERIES, "RTDOSE"
    dataset.ImagePositionPatient = [-10.0, -20.0, 30.0]
    dataset.ImageOrientationPatient = list(AXIAL)
    dataset.PixelSpacing = [0.5, 0.75]
    dataset.GridFrameOffsetVector = list(offsets)
    dataset.NumberOfFrames = len(offsets)
    dataset.DoseUnits, dataset.DoseGridScaling = "GY", 0.01
    dataset.Rows, dataset.Columns = 5, 6
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelRepresentation = 0
    dataset.PixelData = np.repeat(10 * np.arange(len(offsets)), 30).astype("<u2").tobytes()
    for name, value in values.items():
        setattr(dataset, name, value)
    return dataset
