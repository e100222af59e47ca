"""One DICOM object's header values that placing and decoding need."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

import msgspec


@dataclass(frozen=True)
class Rescale:
    """Modality value = stored * slope + intercept (DICOM PS3.3 C.11.1)."""

    slope: float = 1.0
    intercept: float = 0.0
    unit: str = ""


HALF_WIDTH = ("YBR_FULL_422", "YBR_PARTIAL_422")  # colours of two pixels stored once


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
        name = os.path.basename(self.path)  # noqa: PTH119 - a hundred thousand are named
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


class Breast(msgspec.Struct, frozen=True):
    """Which breast a mammogram shows, and how (PS3.3 C.8.11.7, C.7.6.1.1.1).

    Args:
        side: of the patient.
        view: such as "CC" or "MLO".
        rows, columns: where the patient's body lies towards the right and the lower edge of the
            picture as stored, letters such as "P" and "FL"; "" where the header does not say.
    """

    side: Literal["R", "L"]
    view: str
    rows: str = ""
    columns: str = ""


class Instance(msgspec.Struct, frozen=True):
    """One DICOM object's header values that placing and decoding need.

    Args:
        pixels_at: offset of the pixel data's value in the file, or in the inflated data set.
        pixels_length: its length in bytes, None when encapsulated.
        has_table: a Modality LUT turns its stored values into modality values.
        has_overlays: planes of bits are drawn over its pictures.
        frames: of the whole object, even where this stands for one of them.
        frame: where this stands for one frame of a multi-frame object: which, from 0.
        breast: of a mammogram; None for all else.
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
    has_table: bool = False
    has_overlays: bool = False
    frame: int | None = None
    breast: Breast | None = None

    @property
    def pictures(self) -> int:
        """How many pictures it stands for: all its frames, or one of them."""
        return self.frames if self.frame is None else 1

    @property
    def frame_bits(self) -> int:
        """Size of one uncompressed frame in bits; only 1-bit frames end within a byte."""
        form = self.format
        samples = 2 if form.photometric in HALF_WIDTH else form.samples
        return self.rows * self.columns * samples * form.bits_allocated
