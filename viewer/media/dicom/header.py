"""Headers of DICOM files: our own walker for explicit little endian, pydicom for the rest."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

from viewer.errors import CannotRead
from viewer.media.dicom import tags
from viewer.media.dicom.bounds import (
    BYTES_LIMIT,
    FARTHEST_PACKED,
    BoundedStream,
    EndlessHeaderError,
    steps,
)
from viewer.media.dicom.walker import (
    EXPLICIT_LITTLE,
    UNDEFINED,
    Encoding,
    NeedMoreError,
    UnwalkableError,
    Walked,
    encoding_of,
    walk,
    walk_encoded,
    walk_meta,
)
from viewer.media.files import ByteReader, check_expansion, inflated, inflated_bytes
from viewer.media.instance import FileRef
from viewer.media.stopping import Cancel, never

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
GE_IMPLICIT_BIG_ENDIAN = "1.2.840.113619.5.2"

FIRST_READ = 16 << 10
_ENDLESS = "the header goes on for longer than that of any picture; export the file again."
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
        size: of the file, or of the inflated data set up to the end of its pixels, in bytes.
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


def read_header(file: FileRef, reader: ByteReader, cancelled: Cancel = never) -> Header | None:
    """Read the header of one file; None when it is not DICOM.

    Raises:
        CannotRead: it is DICOM, but too damaged to say what it holds, or endless.
        Cancelled: `cancelled` answered yes.
    """
    first = reader.read(0, FIRST_READ)
    if not may_be_dicom(first):
        return None
    is_whole = has_preamble(first)
    start = PREAMBLE + 4 if is_whole else 0
    try:
        header = _walked(reader, first, start, cancelled) or _from_pydicom(reader, cancelled)
    except EndlessHeaderError as error:
        raise CannotRead(f"{file.name}: {_ENDLESS}") from error
    if not is_whole and not header.has(tags.SOP_CLASS) and not header.has(tags.ROWS):
        return None
    return header


def may_be_dicom(first: bytes) -> bool:
    """Whether the first bytes of a file are those of a DICOM file, with or without preamble."""
    return has_preamble(first) or _starts_like_dicom(first)


def has_preamble(first: bytes) -> bool:
    """Whether a file begins with the preamble of PS3.10 7.1."""
    return first[PREAMBLE : PREAMBLE + 4] == b"DICM"


def encoding_in(transfer_syntax: str) -> Encoding:
    """Return how elements are written in a transfer syntax (PS3.5 A)."""
    return _ENCODING_OF.get(transfer_syntax, EXPLICIT_LITTLE)


def _starts_like_dicom(first: bytes) -> bool:
    """A file without preamble begins with group 2 or 8, whose first elements are below 0x20."""
    if len(first) < 16:
        return False
    for order in "<>":
        group, element = struct.unpack_from(f"{order}HH", first)
        if group in (0x0002, 0x0008) and element <= 0x0020:
            return True
    return False


def _walked(reader: ByteReader, data: bytes, start: int, cancelled: Cancel) -> Header | None:
    """The header by our own walker, None where pydicom has to look at it."""
    meta: Mapping[int, bytes] = {}
    try:
        if start:
            meta, start = walk_meta(data)
        syntax = meta.get(tags.TRANSFER_SYNTAX, b"").decode("latin-1").strip(" \0")
        if syntax == DEFLATED:
            return _deflated(reader, meta, start, cancelled)
        if syntax in ("", GE_IMPLICIT_BIG_ENDIAN):
            return None
        encoding = encoding_in(syntax)
        found = _walked_to_pixels(reader, data, start, encoding, cancelled)
        return _header_of(reader.file, meta, found, reader.size, encoding)
    except (NeedMoreError, UnwalkableError):
        return None


def _walked_to_pixels(
    reader: ByteReader, data: bytes, start: int, encoding: Encoding, cancelled: Cancel
) -> Walked:
    """Walk on with more and more of the file until the pixel data is met.

    Raises:
        NeedMoreError: the file ends, or the limit is reached, within the header.
        UnwalkableError: of another encoding, or damaged.
    """
    left = steps(cancelled)
    while True:
        is_whole = len(data) >= reader.size
        try:
            if encoding is EXPLICIT_LITTLE:
                return walk(data, start, is_whole, left)
            return walk_encoded(data, start, is_whole, encoding, left)
        except NeedMoreError:
            if len(data) >= min(reader.size, BYTES_LIMIT):
                raise
            data += reader.read(len(data), 15 * len(data))


def _deflated(
    reader: ByteReader, meta: Mapping[int, bytes], start: int, cancelled: Cancel
) -> Header:
    """The header of a deflated data set, of which no more is unpacked than header and pixels take.

    Raises:
        CannotRead: damaged, or made to deceive.
    """
    left, most = steps(cancelled), 16 * FIRST_READ
    while True:
        content = inflated(reader, start, most, cancelled)
        try:
            found = walk(content, 0, len(content) < most, left)
            break
        except (NeedMoreError, UnwalkableError) as error:
            if isinstance(error, UnwalkableError) or len(content) < most:
                name = reader.file.name
                raise CannotRead(f"{name}: the deflated data set is damaged.") from error
            if most > BYTES_LIMIT:
                raise EndlessHeaderError from error
            most *= 16
    header = _header_of(reader.file, meta, found, len(content))
    if header.pixels is None:
        return header
    place = msgspec.structs.replace(header.pixels, length=_pixel_bytes(header))
    need = place.offset + _pixel_bytes(header)
    check_expansion(reader.file.name, need, reader.packed)
    size = inflated_bytes(reader, start, need, cancelled)
    return msgspec.structs.replace(header, size=size, pixels=place)


def _pixel_bytes(header: Header) -> int:
    """Bytes that the announced pixels take, and no more than their element has."""
    sides = (tags.ROWS, tags.COLUMNS, tags.BITS_ALLOCATED)
    bits = math.prod(header.short(tag) or 0 for tag in sides) * (header.short(tags.SAMPLES) or 1)
    bits *= max(header.integer(tags.FRAMES) or 1, 1)
    length = header.pixels.length if header.pixels else None
    return min((bits + 7) // 8, UNDEFINED if length is None else length)


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


def _from_pydicom(reader: ByteReader, cancelled: Cancel) -> Header:
    from viewer.media.dicom.tolerant import tolerant_header

    file = reader.file
    farthest = None if file.member is None else FARTHEST_PACKED
    with reader.buffered() as stream:
        found = tolerant_header(BoundedStream(stream, cancelled, farthest))
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
