"""One header read as an image: sizes checked, values typed, geometry if it has any."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TypeAlias

import msgspec
import numpy as np

from viewer.errors import CannotDecode, GeometryError
from viewer.geometry.space import UNIT_TOLERANCE, SlicePlane, plane_of
from viewer.media.dicom import tags
from viewer.media.dicom.breasts import breast_of
from viewer.media.dicom.header import (
    BIG_ENDIAN,
    DEFLATED,
    EXPLICIT,
    GE_IMPLICIT_BIG_ENDIAN,
    IMPLICIT,
    Header,
    PixelPlace,
)
from viewer.media.dicom.suv import unit_of
from viewer.media.instance import FileRef, Instance, PixelFormat, Rescale
from viewer.media.pixel_data.stored import stored_value
from viewer.media.volume import PatientFacts, SeriesFacts

NATIVE = frozenset({IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED, GE_IMPLICIT_BIG_ENDIAN})
_LOSSY = frozenset(
    f"1.2.840.10008.1.2.4.{last}" for last in (50, 51, 53, 55, 81)
)  # JPEG, near-lossless
_FRAMES_LIMIT = 1_000_000
_ITEM_HEAD = 8  # bytes that even an empty item of compressed pixel data takes
_RESCALE_LIMIT = 1e25  # times any stored value of 32 bits is still a float32
_SPACING_MM = (1e-6, 1e3)  # of pixels, from far below a microscope's to far above a camera's
_ROUNDING = 0.01  # directions farther from unit vectors than this are no rounded ones
FLOAT_BITS = {tags.FLOAT_PIXELS: 32, tags.DOUBLE_PIXELS: 64}  # by the tag, PS3.3 C.7.6.24
_BITS = (1, 8, 16, 32, 64)
_COLOUR_BITS = (8, 16, 32)
_OVERLAYS = frozenset(tags.OVERLAYS)
Values: TypeAlias = tuple[bytes | None, ...]
_ALIKE = (  # what most images of a series say in the same bytes
    *(tags.ROWS, tags.COLUMNS, tags.FRAMES, tags.SAMPLES, tags.PHOTOMETRIC, tags.PLANAR),
    *(tags.BITS_ALLOCATED, tags.BITS_STORED, tags.HIGH_BIT, tags.PIXEL_REPRESENTATION),
)
_RESCALE = (
    *(tags.SLOPE, tags.INTERCEPT, tags.RESCALE_TYPE, tags.MODALITY, tags.UNITS),
    *(tags.DOSE_SCALING, tags.DOSE_UNITS),
)


class Image(msgspec.Struct, frozen=True):
    """A picture's header, ready to be grouped.

    Args:
        plane: where its pixels lie in the patient, None without position.
        plane_problem: why there is no plane although the header names a position.
        plane_note: what had to be set right for the plane, "" mostly.
        frames_there: how many of the frames the file holds in full, as far as the header tells;
            a multi-frame `instance` counts only those.
        frames_said: how many the header announces.
    """

    header: Header
    instance: Instance
    plane: SlicePlane | None
    plane_problem: str = ""
    plane_note: str = ""
    frames_there: int = 1
    frames_said: int = 1

    @property
    def name(self) -> str:
        """The file's name, and which frame of it this is, for sentences."""
        name, frame = self.instance.file.name, self.instance.frame
        return name if frame is None else f"{name} frame {frame + 1}"

    @property
    def series_key(self) -> tuple[str, str]:
        """Study and series UID; the file's name stands in where the series has none."""
        series = self.header.text(tags.SERIES_INSTANCE) or f"file:{self.instance.file.name}"
        return self.header.text(tags.STUDY_INSTANCE), series

    @property
    def group_key(self) -> tuple[str, ...]:
        """The same for images of one series; without Series UID a file is a series by itself."""
        if self.header.text(tags.SERIES_INSTANCE):
            return self.series_key
        file = self.instance.file
        where = (file.path, file.member or "", str(file.member_offset))
        return (*self.series_key, self.header.words(tags.PATIENT_ID), *where)

    @property
    def number_or_last(self) -> tuple[bool, int, str, int]:
        """Sorts by instance number, those without one last, then by file name and frame."""
        number = self.instance.number
        return number is None, number or 0, self.instance.file.name, self.instance.frame or 0

    @property
    def is_colour(self) -> bool:
        """It shows colours: three samples, or a palette."""
        form = self.instance.format
        return form.samples > 1 or form.photometric == "PALETTE COLOR"

    @property
    def is_inverted(self) -> bool:
        """Its least value is white (PS3.3 C.7.6.3.1.2, C.11.6)."""
        is_inverse = self.header.text(tags.PRESENTATION_SHAPE) == "INVERSE"
        return self.instance.format.photometric == "MONOCHROME1" or is_inverse

    @property
    def image_type(self) -> tuple[str, ...]:
        """The values of Image Type (0008,0008)."""
        return _words(self.header.elements.get(tags.IMAGE_TYPE, b""))

    @property
    def is_localizer(self) -> bool:
        """A scout image, drawn beside the stack rather than in it."""
        return "LOCALIZER" in self.image_type

    @property
    def is_mosaic(self) -> bool:
        """Many slices tiled into one picture."""
        return "MOSAIC" in self.image_type

    @property
    def is_enhanced(self) -> bool:
        """Positions stand in functional groups, one per frame."""
        return self.header.has(tags.SHARED_GROUPS) or self.header.has(tags.FRAME_GROUPS)


def image_of(header: Header) -> Image:
    """Read a header with pixel data as an image.

    Raises:
        CannotDecode: sizes that describe no picture, or pixel data too short for them.
    """
    assert header.pixels is not None
    values = header.raw(_ALIKE)
    try:
        model = _model(values, header.byte_order, header.transfer_syntax, header.pixels.tag)
        rescale = rescale_of(header)
    except CannotDecode as error:
        raise CannotDecode(f"{header.file.name}: {error}; export the file again.") from error
    plane, problem, note = placed(header, model.columns, model.rows)
    there = _frames_there(header, model)
    instance = Instance(
        sop_uid=header.text(tags.SOP_INSTANCE),
        file=header.file,
        number=header.integer(tags.INSTANCE_NUMBER),
        columns=model.columns,
        rows=model.rows,
        frames=max(there, 1),
        transfer_syntax=header.transfer_syntax,
        rescale=rescale,
        format=model.format,
        pixels_at=header.pixels.offset,
        pixels_length=header.pixels.length,
        has_table=header.has(tags.MODALITY_LUT),
        has_overlays=not _OVERLAYS.isdisjoint(header.elements),
        breast=breast_of(header),
    )
    return Image(header, instance, plane, problem, note, there, model.frames)


def facts_of(header: Header) -> SeriesFacts:
    """What the header says of its study, series and patient."""
    patient = PatientFacts(
        name=_person(header.words(tags.PATIENT_NAME)),
        id=header.words(tags.PATIENT_ID),
        sex=header.text(tags.PATIENT_SEX),
        age=header.text(tags.PATIENT_AGE),
        birth_date=header.text(tags.BIRTH_DATE),
    )
    return SeriesFacts(
        study_uid=header.text(tags.STUDY_INSTANCE),
        series_uid=header.text(tags.SERIES_INSTANCE),
        modality=header.text(tags.MODALITY),
        description=header.words(tags.SERIES_DESCRIPTION),
        number=header.integer(tags.SERIES_NUMBER),
        frame_of_reference_uid=header.text(tags.FRAME_OF_REFERENCE),
        patient=patient,
        study_date=header.text(tags.STUDY_DATE),
        study_description=header.words(tags.STUDY_DESCRIPTION),
        body_part=header.text(tags.BODY_PART),
        slice_thickness_mm=header.number(tags.SLICE_THICKNESS),
        transfer_syntax=header.transfer_syntax,
    )


def title_by(facts: SeriesFacts) -> str:
    """What a person calls a series: its description, else modality and number."""
    number = "" if facts.number is None else f" {facts.number}"
    return facts.description or f"{facts.modality or 'Series'}{number}"


def padding_of(header: Header, form: PixelFormat) -> float | None:
    """The stored value that marks the outside of the picture."""
    value = header.short(tags.PADDING_VALUE)
    return None if value is None else float(stored_value(value, form))


def is_lossy(header: Header) -> bool:
    """The pixels were compressed with loss at some time, by the header or by the codec."""
    return header.text(tags.LOSSY) == "01" or header.transfer_syntax in _LOSSY


def spacing_of(header: Header) -> tuple[float, float] | None:
    """(dx, dy) in mm: distance between columns, between rows; None when it is not given.

    Pixel Spacing names rows first (PS3.3 10.7.1.3); projections only have it at the detector.
    """
    for tag in (tags.PIXEL_SPACING, tags.IMAGER_PIXEL_SPACING):
        numbers = header.numbers(tag)
        if len(numbers) == 2 and all(map(is_possible_mm, numbers)):
            return numbers[1], numbers[0]
    return None


def is_possible_mm(spacing_mm: float) -> bool:
    """Whether pixels may be this large; never for zero and what is no number."""
    return _SPACING_MM[0] <= spacing_mm <= _SPACING_MM[1]


def impossible_spacing(header: Header) -> str:
    """What it says that cannot be the size of a pixel; "" mostly, and for zero, which says none."""
    for tag in (tags.PIXEL_SPACING, tags.IMAGER_PIXEL_SPACING):
        numbers = header.numbers(tag)
        if any(number and not is_possible_mm(number) for number in numbers):
            return _spacing_words(numbers)
    return ""


def _spacing_words(spacing: tuple[float, ...]) -> str:
    return f"{' x '.join(f'{number:g}' for number in spacing[:2])} mm"


def aspect_of(header: Header) -> float | None:
    """Height of a pixel by its width where there is no spacing (PS3.3 C.7.6.3.1.7)."""
    numbers = header.numbers(tags.PIXEL_ASPECT_RATIO)
    if len(numbers) == 2 and all(math.isfinite(n) and n > 0 for n in numbers):
        return numbers[0] / numbers[1]
    return None


@lru_cache(maxsize=64)
def _model(values: Values, byte_order: str, syntax: str, pixels_tag: int) -> Instance:
    """What images have in common whose elements of `_ALIKE` are the same.

    Raises:
        CannotDecode: they describe no picture; the sentence lacks its subject.
    """
    elements = {tag: value for tag, value in zip(_ALIKE, values, strict=True) if value is not None}
    pixels = PixelPlace(0, None, pixels_tag)
    header = Header(FileRef(""), elements, byte_order, syntax, 0, pixels)
    rows, columns = header.short(tags.ROWS), header.short(tags.COLUMNS)
    if not rows or not columns:
        raise CannotDecode(f"{rows or 'no'} rows and {columns or 'no'} columns make no picture")
    frames = header.integer(tags.FRAMES) or 1
    if not 0 < frames <= _FRAMES_LIMIT:
        raise CannotDecode(f"{frames} frames cannot be right")
    return Instance("", header.file, None, columns, rows, frames, format=_format(header))


def _frames_there(header: Header, instance: Instance) -> int:
    """Complete frames by the pixel data's length and the file's; compressed ones by their items."""
    assert header.pixels is not None
    there = header.size - header.pixels.offset
    if header.transfer_syntax not in NATIVE or header.pixels.length is None:
        return min(instance.frames, max(1, there // _ITEM_HEAD))
    return min(instance.frames, 8 * min(there, header.pixels.length) // instance.frame_bits)


def _format(header: Header) -> PixelFormat:
    assert header.pixels is not None
    float_bits = FLOAT_BITS.get(header.pixels.tag)
    allocated = float_bits or header.short(tags.BITS_ALLOCATED) or 16
    samples = header.short(tags.SAMPLES) or 1
    depths = _COLOUR_BITS if samples > 1 else _BITS
    if allocated not in depths or samples not in (1, 3):
        raise CannotDecode(f"{samples} samples of {allocated} bits are no known pixel layout")
    stored = float_bits or header.short(tags.BITS_STORED) or allocated
    stored = stored if 0 < stored <= allocated else allocated
    high = None if float_bits else header.short(tags.HIGH_BIT)
    return PixelFormat(
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=high if high is not None and stored - 1 <= high < allocated else stored - 1,
        is_signed=header.short(tags.PIXEL_REPRESENTATION) == 1,
        samples=samples,
        photometric=header.text(tags.PHOTOMETRIC) or "MONOCHROME2",
        is_planar=header.short(tags.PLANAR) == 1,
        kind="f" if float_bits else "i",
        byte_order=">" if header.byte_order == ">" else "<",
    )


def rescale_of(header: Header) -> Rescale:
    """From stored to modality values (PS3.3 C.11.1; C.8.8.3 for doses); none where all get one.

    Raises:
        CannotDecode: it gives no possible values; the sentence lacks its subject.
    """
    return _rescale(header.raw(_RESCALE))


@lru_cache(maxsize=1024)
def _rescale(values: Values) -> Rescale:
    elements = {tag: value for tag, value in zip(_RESCALE, values, strict=True) if value}
    header = Header(FileRef(""), elements, "<", "", 0)
    slope, intercept = header.number(tags.SLOPE), header.number(tags.INTERCEPT)
    unit = header.text(tags.RESCALE_TYPE)
    if header.has(tags.DOSE_SCALING):
        slope, intercept = header.number(tags.DOSE_SCALING), 0.0
        unit = {"GY": "Gy", "RELATIVE": ""}.get(header.text(tags.DOSE_UNITS), "")
    if unit in ("", "US"):
        unit = "HU" if header.text(tags.MODALITY) == "CT" and slope is not None else ""
    if unit == "" and header.text(tags.MODALITY) == "PT":
        unit = unit_of(header.text(tags.UNITS))
    if max(abs(slope or 0.0), abs(intercept or 0.0)) > _RESCALE_LIMIT:
        raise CannotDecode(f"a rescale by {slope} and {intercept} gives no possible values")
    if slope == 0:
        return Rescale()
    return Rescale(1.0 if slope is None else slope, intercept or 0.0, unit)


def placed(header: Header, columns: int, rows: int) -> tuple[SlicePlane | None, str, str]:
    """Where a picture lies in the patient, or None and why although a position is named.

    The third is what had to be set right in Image Orientation (Patient), "" mostly.
    """
    position, orientation = header.numbers(tags.POSITION), header.numbers(tags.ORIENTATION)
    if not position and not orientation:
        return None, "", ""
    if len(position) != 3 or not all(map(math.isfinite, position)):
        return None, "its position (0020,0032) is missing or no list of 3 numbers", ""
    spacing = header.numbers(tags.PIXEL_SPACING)
    model, problem, note = _plane_at_zero(orientation, spacing, columns, rows)
    return (None if model is None else model.moved_to(position)), problem, note


def _set_right(orientation: tuple[float, ...]) -> tuple[tuple[float, ...], str]:
    """Rounded directions made unit vectors at right angles, and what was done.

    What is farther off than rounding explains stays as it is, and makes no plane.
    """
    row, column = np.array(orientation).reshape(2, 3)
    lengths = np.linalg.norm([row, column], axis=1)
    cosine = float(row @ column)
    off = max(float(np.abs(lengths - 1).max()), abs(cosine))
    if not UNIT_TOLERANCE < off <= _ROUNDING:
        return orientation, ""
    row = row / lengths[0]
    column = column - (column @ row) * row
    column /= np.linalg.norm(column)
    note = (
        f"the orientation's directions are {lengths[0]:.4f} and {lengths[1]:.4f} long with a"
        f" product of {cosine:.4f}; they are taken as unit vectors at right angles"
    )
    return (*row.tolist(), *column.tolist()), note


@lru_cache(maxsize=64)
def _plane_at_zero(
    orientation: tuple[float, ...], spacing: tuple[float, ...], columns: int, rows: int
) -> tuple[SlicePlane | None, str, str]:
    """The checked plane that slices of one stack share but for their origin, as `placed`."""
    for values, count, words in (
        (orientation, 6, "orientation (0020,0037)"),
        (spacing, 2, "pixel spacing (0028,0030)"),
    ):
        if len(values) != count or not all(map(math.isfinite, values)):
            return None, f"its {words} is missing or no list of {count} numbers", ""
    if not all(map(is_possible_mm, spacing)):
        return None, f"its pixel spacing of {_spacing_words(spacing)} cannot be right", ""
    directions, note = _set_right(orientation)
    try:
        return plane_of(directions, (0.0, 0.0, 0.0), spacing, columns, rows), "", note
    except GeometryError as error:
        return None, str(error), ""


@lru_cache(maxsize=64)
def _words(value: bytes) -> tuple[str, ...]:
    return tuple(part.strip(" \0") for part in value.decode("latin-1").split("\\"))


def _person(name: str) -> str:
    """The alphabetic part of a person name, components as words (PS3.5 6.2.1)."""
    return " ".join(name.split("=")[0].replace("^", " ").split())
