"""Headers of DICOM files: our own walker for explicit little endian, pydicom for the rest."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

from viewer.errors import CannotRead
from viewer.media.dicom import tags
from viewer.media.dicom.walker import (
    EXPLICIT_LITTLE,
    Encoding,
    NeedMoreError,
    UnwalkableError,
    Walked,
    encoding_of,
    walk,
    walk_encoded,
    walk_meta,
)
from viewer.media.files import ByteReader, inflated
from viewer.media.instance import FileRef

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
GE_IMPLICIT_BIG_ENDIAN = "1.2.840.113619.5.2"

FIRST_READ = 16 << 10
_HEADER_LIMIT = 64 << 20  # no header of a real image is larger
PREAMBLE = 128
_ENCODING_OF = {
    IMPLICIT: encoding_of("<", is_implicit=True),
    BIG_ENDIAN: encoding_of(">", is_implicit=False),
}


class PixelPlace(msgspec.Struct, frozen=True):
    """Where the pixel data's value lies in its file.

    Args:
        offset: of its first byte in the file; in the inflated data set if it is deflated.
        length: in bytes; None when encapsulated.
        tag: integer pixels, float or double.
    """

    offset: int
    length: int | None
    tag: int = tags.PIXELS


class Header(msgspec.Struct, frozen=True, eq=False):
    """Raw values of one file's header, read on demand.

    Args:
        elements: undecoded values by tag, in the file's own byte order.
        byte_order: "<" or ">", as struct wants it.
        size: of the file, or of the inflated data set, in bytes.
        is_implicit: elements inside sequences have no value representation.
    """

    file: FileRef
    elements: Mapping[int, bytes]
    byte_order: str
    transfer_syntax: str
    size: int
    pixels: PixelPlace | None = None
    is_implicit: bool = False

    @property
    def encoding(self) -> Encoding:
        """How the elements inside its sequences are written."""
        return encoding_of(self.byte_order, is_implicit=self.is_implicit)

    def has(self, tag: int) -> bool:
        """Whether the element is there, even if empty."""
        return tag in self.elements

    def raw(self, wanted: Iterable[int]) -> tuple[bytes | None, ...]:
        """The undecoded values of elements, None for those that are not there."""
        return tuple(map(self.elements.get, wanted))

    def text(self, tag: int) -> str:
        """The element as plain text (codes, UIDs, numbers), without padding; "" if absent."""
        value = self.elements.get(tag)
        return "" if value is None else value.decode("latin-1").strip(" \0")

    def words(self, tag: int) -> str:
        """The element as text in the file's own character set."""
        value = self.elements.get(tag, b"").strip(b" \0")
        charset = self.elements.get(tags.CHARACTER_SET, b"").strip(b" \0")
        if value.isascii() and b"\x1b" not in value:
            return value.decode("ascii")
        return _decoded(value, charset.decode("latin-1"))

    def numbers(self, tag: int) -> tuple[float, ...]:
        """The decimal numbers of a DS or IS element; a part that is no number becomes NaN."""
        value = self.elements.get(tag)
        return _numbers(value) if value else ()

    def number(self, tag: int) -> float | None:
        """The first number of the element, None when there is none or it is not finite."""
        numbers = self.numbers(tag)
        return numbers[0] if numbers and math.isfinite(numbers[0]) else None

    def integer(self, tag: int) -> int | None:
        """The first number of an IS element as an integer."""
        number = self.number(tag)
        return None if number is None else int(number)

    def short(self, tag: int, *, signed: bool = False) -> int | None:
        """The 16-bit number of a US or SS element, None when absent."""
        value = self.elements.get(tag, b"")
        if len(value) < 2:
            return None
        return struct.unpack_from(f"{self.byte_order}{'h' if signed else 'H'}", value)[0]

    def double(self, tag: int) -> float | None:
        """The finite 64-bit number of an FD element, None when absent."""
        numbers = self.binaries(tag, "d")
        return numbers[0] if numbers and math.isfinite(numbers[0]) else None

    def binaries(self, tag: int, code: str) -> tuple[float, ...]:
        """All numbers of a binary element; `code` is struct's, such as "d" for FD, "I" for UL."""
        value = self.elements.get(tag, b"")
        count = len(value) // struct.calcsize(f"={code}")
        return struct.unpack_from(f"{self.byte_order}{count}{code}", value)


def read_header(file: FileRef, reader: ByteReader) -> Header | None:
    """Read the header of one file; None when it is not DICOM.

    Raises:
        CannotRead: it is DICOM, but too damaged to say what it holds.
    """
    first = reader.read(0, FIRST_READ)
    if not may_be_dicom(first):
        return None
    has_preamble = _has_preamble(first)
    start = PREAMBLE + 4 if has_preamble else 0
    header = _walked(file, reader, first, start)
    if header is None:
        header = _from_pydicom(file, reader)
    if not has_preamble and not header.has(tags.SOP_CLASS) and not header.has(tags.ROWS):
        return None
    return header


def may_be_dicom(first: bytes) -> bool:
    """Whether the first bytes of a file are those of a DICOM file, with or without preamble."""
    return _has_preamble(first) or _starts_like_dicom(first)


def _has_preamble(first: bytes) -> bool:
    return first[PREAMBLE : PREAMBLE + 4] == b"DICM"


def _starts_like_dicom(first: bytes) -> bool:
    """A file without preamble begins with group 2 or 8, whose first elements are below 0x20."""
    if len(first) < 16:
        return False
    for order in "<>":
        group, element = struct.unpack_from(f"{order}HH", first)
        if group in (0x0002, 0x0008) and element <= 0x0020:
            return True
    return False


def _walked(file: FileRef, reader: ByteReader, data: bytes, start: int) -> Header | None:
    """The header by our own walker, None where pydicom has to look at it."""
    meta: Mapping[int, bytes] = {}
    try:
        if start:
            meta, start = walk_meta(data)
        syntax = meta.get(tags.TRANSFER_SYNTAX, b"").decode("latin-1").strip(" \0")
        if syntax == DEFLATED:
            content = inflated(reader.read(start, reader.size), file.name)
            return _header_of(file, meta, walk(content, 0, True), len(content))
        if syntax in ("", GE_IMPLICIT_BIG_ENDIAN):
            return None
        encoding = _ENCODING_OF.get(syntax, EXPLICIT_LITTLE)
        found = _walked_to_pixels(reader, data, start, encoding)
        return _header_of(file, meta, found, reader.size, encoding)
    except (NeedMoreError, UnwalkableError):
        return None


def _walked_to_pixels(reader: ByteReader, data: bytes, start: int, encoding: Encoding) -> Walked:
    """Walk on with more and more of the file until the pixel data is met.

    Raises:
        NeedMoreError: the file ends, or the limit is reached, within the header.
        UnwalkableError: of another encoding, or damaged.
    """
    while True:
        is_whole = len(data) >= reader.size
        try:
            if encoding is EXPLICIT_LITTLE:
                return walk(data, start, is_whole)
            return walk_encoded(data, start, is_whole, encoding)
        except NeedMoreError:
            if len(data) >= min(reader.size, _HEADER_LIMIT):
                raise
            data += reader.read(len(data), 15 * len(data))


def _header_of(
    file: FileRef,
    meta: Mapping[int, bytes],
    found: Walked,
    size: int,
    encoding: Encoding = EXPLICIT_LITTLE,
) -> Header:
    place = None
    if found.pixels_at is not None:
        place = PixelPlace(found.pixels_at, found.pixels_length, found.pixels_tag)
    syntax = meta[tags.TRANSFER_SYNTAX].decode("latin-1").strip(" \0")
    elements = {**meta, **found.elements}
    return Header(file, elements, encoding.order, syntax, size, place, encoding.is_implicit)


def _from_pydicom(file: FileRef, reader: ByteReader) -> Header:
    from viewer.media.dicom.tolerant import tolerant_header

    with reader.buffered() as stream:
        found = tolerant_header(stream)
    if found is None:
        raise CannotRead(f"{file.name}: the header cannot be read; export the file again.")
    elements, encoding, syntax, pixels = found
    place = PixelPlace(*pixels) if pixels else None
    order, is_implicit = encoding.order, encoding.is_implicit
    return Header(file, elements, order, syntax, reader.size, place, is_implicit)


def _decoded(value: bytes, charset: str) -> str:
    from viewer.media.dicom.tolerant import text_in

    return text_in(value, charset)


@lru_cache(maxsize=4096)  # many files of a series say the same
def _numbers(value: bytes) -> tuple[float, ...]:
    text = value.decode("latin-1").strip(" \0")
    return tuple(_number(part) for part in text.split("\\")) if text else ()


def _number(part: str) -> float:
    try:
        return float(part)
    except ValueError:
        return math.nan
