"""Header values that tell slices of one position apart: echo, b-value, phase, time."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeAlias, cast

from viewer.media.dicom import tags
from viewer.media.dicom.diffusion import b_value_of, direction_of
from viewer.media.dicom.images import Image
from viewer.media.dicom.nested import BROKEN, elements_in, items_in

Value: TypeAlias = Hashable  # a number, numbers, words, or None where the header has none
_DAY_S = 24 * 3600.0


@dataclass(frozen=True)
class Mark:
    """One header value that may tell slices apart: a number, words, or a number and a direction.

    Args:
        value: of one image; numbers in `unit`.
        is_time: numbers are times of day; they are said from the first one on.
    """

    name: str
    value: Callable[[Image], Value]
    unit: str = ""
    is_time: bool = False

    def words(self, value: Value, first: Value) -> str:
        """The value for a person, with its unit; `first` is the lowest of all points."""
        if value is None:
            return "none"
        if isinstance(value, float):
            since = first if self.is_time and isinstance(first, float) else 0.0
            return f"{value - since:.10g} {self.unit}".rstrip()
        if isinstance(value, tuple):
            first_number, *others = cast("tuple[float, ...]", value)
            way = ", ".join(f"{number:.3g}" for number in others)
            return f"{first_number:.10g} {self.unit}" + (f", ({way})" if way else "")
        return str(value)


def time_of_day_s(text: str) -> float | None:
    """Seconds since midnight of a DICOM time (TM), or of a date and time (DT) with its date.

    Dates count as days, so that a scan across midnight keeps its order; None where the text is no
    time. Source: DICOM PS3.5 6.2.
    """
    whole, _, part = text.split("+")[0].split("-")[0].replace(":", "").partition(".")
    is_dated = len(whole) == len("YYYYMMDDHHMMSS")
    date, whole = (whole[:8], whole[8:]) if is_dated else ("", whole)
    if not (whole + date + part).isascii() or not (whole + date + part).isdigit():
        return None
    if len(whole) not in (2, 4, 6):
        return None
    hours, minutes, seconds = (int(whole[at : at + 2] or 0) for at in (0, 2, 4))
    fraction = float(f"0.{part}") if part else 0.0
    days = _days(date) if date else 0
    return days * _DAY_S + hours * 3600 + minutes * 60 + seconds + fraction


def _days(date: str) -> int:
    """A count of days that grows with the date."""
    return int(date[:4]) * 372 + int(date[4:6]) * 31 + int(date[6:8])


def _decimal(tag: int) -> Callable[[Image], Value]:
    return lambda image: image.header.number(tag)


def _binary(tag: int, code: str) -> Callable[[Image], Value]:
    def value(image: Image) -> Value:
        numbers = image.header.binaries(tag, code)
        return float(numbers[0]) if numbers and math.isfinite(numbers[0]) else None

    return value


def _either(*ways: Callable[[Image], Value]) -> Callable[[Image], Value]:
    """The first value that is there."""
    return lambda image: next((v for way in ways if (v := way(image)) is not None), None)


def _scaled(way: Callable[[Image], Value], factor: float) -> Callable[[Image], Value]:
    def value(image: Image) -> Value:
        number = way(image)
        return number * factor if isinstance(number, float) else None

    return value


def _words(tag: int) -> Callable[[Image], Value]:
    return lambda image: image.header.text(tag) or None


def _image_type(image: Image) -> Value:
    return " ".join(word for word in image.image_type[2:] if word) or None


def _b_value(image: Image) -> Value:
    return b_value_of(image.header)


def _diffusion(image: Image) -> Value:
    """The b-value, and the direction of the gradient where there is one."""
    b_value = b_value_of(image.header)
    return None if b_value is None else (b_value, *direction_of(image.header))


def _time(image: Image) -> Value:
    for tag in (tags.FRAME_REFERENCE_TIME_OF_DAY, tags.FRAME_ACQUISITION_TIME):
        if image.header.has(tag):
            return time_of_day_s(image.header.text(tag))
    return time_of_day_s(image.header.text(tags.ACQUISITION_TIME))


ACQUISITION_TIME = Mark("acquisition time", _time, "s", is_time=True)
# Those that mean most to a person come first.
MARKS: tuple[Mark, ...] = (
    Mark(
        "echo time",
        _either(_binary(tags.EFFECTIVE_ECHO_TIME, "d"), _decimal(tags.ECHO_TIME)),
        "ms",
    ),
    Mark("echo number", _decimal(tags.ECHO_NUMBER)),
    Mark("b-value", _b_value, "s/mm²"),
    Mark("b-value and direction", _diffusion, "s/mm²"),
    Mark("image type", _image_type),
    Mark("component", _words(tags.COMPLEX_COMPONENT)),
    Mark("cardiac phase", _binary(tags.CARDIAC_PHASE_PERCENT, "f"), "%"),
    Mark(
        "trigger time",
        _either(_binary(tags.TRIGGER_DELAY, "d"), _decimal(tags.TRIGGER_TIME)),
        "ms",
    ),
    Mark("time offset", _binary(tags.TEMPORAL_OFFSET, "d"), "s"),
    Mark("frame reference time", _scaled(_decimal(tags.FRAME_REFERENCE_TIME), 0.001), "s"),
    Mark(
        "temporal position",
        _either(_binary(tags.TEMPORAL_INDEX, "I"), _decimal(tags.TEMPORAL_POSITION)),
    ),
    Mark("time slot", _binary(tags.TIME_SLOT, "H")),
    ACQUISITION_TIME,
    Mark(
        "acquisition number",
        _either(_binary(tags.FRAME_ACQUISITION_NUMBER, "H"), _decimal(tags.ACQUISITION_NUMBER)),
    ),
)


def dimension_marks(image: Image) -> list[Mark]:
    """A mark for each dimension that a multi-frame object names, those of places aside.

    Source: DICOM PS3.3 C.7.6.17.
    """
    places = (tags.STACK_ID, tags.IN_STACK_POSITION, tags.POSITION)
    return [
        Mark(_name_of(pointer), _dimension(number))
        for number, pointer in enumerate(_pointers(image))
        if pointer not in places
    ]


def _pointers(image: Image) -> list[int]:
    """The tags that the Dimension Index Values count, in their order."""
    header = image.header
    raw, encoding = header.elements.get(tags.DIMENSIONS, b""), header.encoding
    found: list[int] = []
    try:
        for item in items_in(raw, 0, len(raw), encoding):
            for tag, begin, end in elements_in(raw, *item, encoding):
                if tag == tags.DIMENSION_POINTER and end - begin == 4:
                    group, number = struct.unpack_from(f"{encoding.order}HH", raw, begin)
                    found.append(group << 16 | number)
    except BROKEN:
        return []  # other marks, and the instance numbers, are left
    return found


def _dimension(number: int) -> Callable[[Image], Value]:
    def value(image: Image) -> Value:
        indices = image.header.binaries(tags.DIMENSION_VALUES, "I")
        return float(indices[number]) if number < len(indices) else None

    return value


def _name_of(tag: int) -> str:
    from pydicom.datadict import dictionary_description

    try:
        return dictionary_description(tag).lower()
    except KeyError:
        return f"dimension {tag:08X}"
