"""What pixels are once opened: a Volume of placed slices, or a FrameStack without positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, ClassVar, Literal, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.errors import Issue
from viewer.geometry.stack import Stack

Pixels: TypeAlias = NDArray[Any]  # any integer or float type, as decoded


@dataclass(frozen=True)
class Window:
    """A VOI window in output units of the rescale (HU for CT)."""

    center: float
    width: float
    name: str = ""


@dataclass(frozen=True)
class Rescale:
    """Modality value = stored * slope + intercept (DICOM PS3.3 C.11.1)."""

    slope: float = 1.0
    intercept: float = 0.0
    unit: str = ""


def modality_values(stored: Pixels, rescale: Rescale) -> NDArray[np.float32]:
    """Return stored values as modality values in float32 (PS3.3 C.11.1)."""
    values = stored.astype(np.float32)
    if (rescale.slope, rescale.intercept) != (1.0, 0.0):
        values *= np.float32(rescale.slope)
        values += np.float32(rescale.intercept)
    return values


@dataclass(frozen=True)
class PatientFacts:
    """What the headers say of the patient; shown, never logged."""

    name: str = ""
    id: str = ""
    sex: str = ""
    age: str = ""
    birth_date: str = ""


@dataclass(frozen=True)
class SeriesFacts:
    """Header values that are the same for a whole series."""

    study_uid: str
    series_uid: str
    modality: str = ""
    description: str = ""
    number: int | None = None
    frame_of_reference_uid: str = ""
    patient: PatientFacts = PatientFacts()
    study_date: str = ""
    study_description: str = ""
    body_part: str = ""
    slice_thickness_mm: float | None = None
    transfer_syntax: str = ""


class FileRef(msgspec.Struct, frozen=True):
    """Where an instance's bytes are: a file, or a member of a zip.

    Args:
        member: the member's name inside the zip, for showing; never used as a path.
        member_offset: where the member's own header begins in the zip.
    """

    path: str
    member: str | None = None
    member_offset: int = 0

    @property
    def name(self) -> str:
        """What a person is shown: "slice.dcm", or "archive.zip!folder/slice.dcm"."""
        name = PurePath(self.path).name
        return name if self.member is None else f"{name}!{self.member}"


@dataclass(frozen=True)
class PixelFormat:
    """How stored values lie in the pixel data (PS3.3 C.7.6.3).

    Args:
        bits_allocated: of one stored value with its padding: 1, 8, 16, 32 or 64.
        high_bit: position of the value's most significant bit.
        is_planar: colours one after the other instead of pixel by pixel.
        kind: "i" integers, "f" floats.
        byte_order: "<" or ">".
    """

    bits_allocated: int = 16
    bits_stored: int = 16
    high_bit: int = 15
    is_signed: bool = False
    samples: int = 1
    photometric: str = "MONOCHROME2"
    is_planar: bool = False
    kind: Literal["i", "f"] = "i"
    byte_order: Literal["<", ">"] = "<"


@dataclass(frozen=True)
class Instance:
    """One DICOM object's header values that placing and decoding need.

    Args:
        pixels_at: offset of the pixel data's value in the file, or in the inflated data set.
        pixels_length: its length in bytes, None when encapsulated.
    """

    sop_uid: str
    file: FileRef
    number: int | None
    columns: int
    rows: int
    frames: int = 1
    transfer_syntax: str = ""
    rescale: Rescale = Rescale()
    format: PixelFormat = PixelFormat()
    pixels_at: int = -1
    pixels_length: int | None = None

    @property
    def frame_bits(self) -> int:
        """Size of one uncompressed frame in bits; only 1-bit frames end within a byte."""
        form = self.format
        samples = 2 if form.photometric == "YBR_FULL_422" else form.samples
        return self.rows * self.columns * samples * form.bits_allocated


@dataclass(eq=False)
class Volume:
    """Slices of one orientation, ordered by position along their normal.

    `pixels` fills while loading, in slice order of `stack`; everything else is fixed. Readers may
    look at `pixels[k]` once `ready[k]` is true.

    Args:
        id: the series UID; "UID#2" for a further stack of one series.
        instances: one per slice, in the stack's order.
        pixels: (count, rows, columns) stored values.
        ready: (count,) slices that are decoded.
        slice_errors: sentence for each slice that could not be decoded.
        slice_of: slice index by SOP Instance UID.
        is_calibrated: pixel spacing is in mm of the patient.
    """

    kind: ClassVar[Literal["volume"]] = "volume"
    id: str
    title: str
    facts: SeriesFacts
    stack: Stack
    instances: tuple[Instance, ...]
    pixels: Pixels
    ready: NDArray[np.bool_]
    rescale: Rescale
    windows: tuple[Window, ...] = ()
    padding: float | None = None
    issues: tuple[Issue, ...] = ()
    slice_errors: dict[int, str] = field(default_factory=dict[int, str])
    slice_of: Mapping[str, int] = field(default_factory=dict[str, int])
    is_calibrated: bool = True
    is_inverted: bool = False  # MONOCHROME1
    lossy: bool = False

    @property
    def unit(self) -> str:
        """Unit of the modality values: "HU" for CT, "" when unknown."""
        return self.rescale.unit

    def values(self, k: int) -> NDArray[np.float32]:
        """Return the (rows, columns) modality values of slice k."""
        return modality_values(self.pixels[k], self.rescale)

    @property
    def count(self) -> int:
        """Number of slices."""
        return self.stack.count

    @property
    def columns(self) -> int:
        """Width of a slice in pixels."""
        return self.stack.columns

    @property
    def rows(self) -> int:
        """Height of a slice in pixels."""
        return self.stack.rows

    @property
    def spacing_mm(self) -> tuple[float, float]:
        """Distance between columns and between rows; 1 pixel where uncalibrated."""
        return self.stack.spacing_mm


@dataclass(eq=False)
class FrameStack:
    """Frames in order, without positions in the patient: cine, colour, single images.

    Args:
        pixels: (count, rows, columns) stored values or (count, rows, columns, 3) RGB uint8.
        frame_of: index of the first frame of each SOP Instance UID.
    """

    kind: ClassVar[Literal["frames"]] = "frames"
    id: str
    title: str
    facts: SeriesFacts
    instances: tuple[Instance, ...]
    pixels: Pixels
    ready: NDArray[np.bool_]
    rescale: Rescale
    spacing_mm: tuple[float, float] = (1.0, 1.0)
    windows: tuple[Window, ...] = ()
    padding: float | None = None
    issues: tuple[Issue, ...] = ()
    slice_errors: dict[int, str] = field(default_factory=dict[int, str])
    frame_of: Mapping[str, int] = field(default_factory=dict[str, int])
    is_calibrated: bool = False
    is_inverted: bool = False
    lossy: bool = False

    @property
    def unit(self) -> str:
        """Unit of the modality values, "" when unknown."""
        return self.rescale.unit

    def values(self, k: int) -> NDArray[np.float32]:
        """Return the modality values of frame k, (rows, columns); (rows, columns, 3) in colour."""
        return modality_values(self.pixels[k], self.rescale)

    @property
    def count(self) -> int:
        """Number of frames."""
        return int(self.pixels.shape[0])

    @property
    def columns(self) -> int:
        """Width of a frame in pixels."""
        return int(self.pixels.shape[2])

    @property
    def rows(self) -> int:
        """Height of a frame in pixels."""
        return int(self.pixels.shape[1])

    @property
    def is_colour(self) -> bool:
        """Frames are RGB."""
        return self.pixels.ndim == 4


Media: TypeAlias = Volume | FrameStack


@dataclass(frozen=True)
class MediaSet:
    """Everything found under the paths that were opened.

    Args:
        media: volumes and frame stacks, most slices first.
        issues: what is to be said, one sentence each; those of the media at opening among them.
        skipped: files that are no images (reported, not opened).
        exports: JSON files met on the way, which may be label exports.
    """

    media: tuple[Media, ...] = ()
    issues: tuple[Issue, ...] = ()
    skipped: int = 0
    exports: tuple[str, ...] = ()
