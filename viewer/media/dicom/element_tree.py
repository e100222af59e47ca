"""Every element of a DICOM file as it stands there, for a person who reads it.

Values are bytes until they are shown; the pixels are never read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from viewer.errors import CannotRead
from viewer.media.dicom import tags
from viewer.media.dicom.bounds import BYTES_LIMIT
from viewer.media.dicom.header import (
    DEFLATED,
    FIRST_READ,
    PREAMBLE,
    Header,
    encoding_in,
    has_preamble,
    read_header,
)
from viewer.media.dicom.nested import BROKEN, elements_in, items_in
from viewer.media.dicom.tolerant import quiet, text_in
from viewer.media.dicom.walker import EXPLICIT_LITTLE, UNDEFINED, Encoding, walk_meta
from viewer.media.files import Files, inflated
from viewer.media.instance import FileRef
from viewer.media.stopping import Cancel, never

MOST_TEXT = 4_096  # characters of a value that is shown at once
MOST_NUMBERS = 64
_NUMBERS = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d", "UV": "Q", "SV": "q"}
_BINARY = frozenset({"OB", "OW", "OF", "OD", "OL", "OV", "UN"})
_TEXT = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"})


@dataclass(frozen=True, eq=False)
class Element:
    """One element.

    Args:
        tag: group and number.
        name: of the dictionary; a private one's as far as its creator is known.
        representation: its value representation; of the dictionary where the file names none.
        value: its bytes, of a sequence those of its items.
        charset: in which its text is written.
        length: of the value; more than `value` holds where it was not read.
    """

    tag: int
    name: str
    representation: str
    value: memoryview
    encoding: Encoding
    charset: str
    length: int

    @property
    def number(self) -> str:
        """Its tag as people write it, such as "(0010,0010)"."""
        return f"({self.tag >> 16:04X},{self.tag & 0xFFFF:04X})"

    @property
    def is_sequence(self) -> bool:
        """It holds items."""
        return self.representation == "SQ"

    def items(self) -> Iterator[tuple[Element, ...]]:
        """Yield the elements of each item of a sequence; none where it is damaged."""
        try:
            data = bytes(self.value)
            for start, end in items_in(data, 0, len(data), self.encoding):
                part = memoryview(data)[start:end]
                yield tuple(_elements(part, 0, self.encoding, self.charset))
        except BROKEN:
            return

    def text(self, most: int = MOST_TEXT) -> str:
        """Return its value in words, at most so many characters; a binary one's length."""
        if self.length > len(self.value):
            return f"{self.length:,} bytes, not read"
        if self.is_sequence:
            return ""
        code = _NUMBERS.get(self.representation)
        if code is not None:
            return self._numbers(code, most)
        if self.representation == "AT":
            return self._tags()
        if self.representation in _BINARY:
            return self._binary()
        raw = bytes(self.value[: 4 * most])
        words = text_in(raw, self.charset) if self.representation not in _TEXT else _plain(raw)
        words = words.strip(" \0")[:most]
        return _with_name(words) if self.representation == "UI" else words

    def is_long(self) -> bool:
        """Some of its text is left out at first."""
        return len(self.value) > MOST_TEXT and self.length == len(self.value)

    def _numbers(self, code: str, most: int) -> str:
        size = struct.calcsize(f"={code}")
        count = len(self.value) // size
        shown = min(count, max(most // 8, MOST_NUMBERS))
        found = struct.unpack_from(f"{self.encoding.order}{shown}{code}", self.value)
        words = "\\".join(f"{number:.10g}" if code in "fd" else str(number) for number in found)
        return words if shown == count else f"{words}\\... ({count:,} numbers)"

    def _tags(self) -> str:
        pairs = struct.iter_unpack(f"{self.encoding.order}HH", self.value[: len(self.value) & ~3])
        return "\\".join(f"({group:04X},{number:04X})" for group, number in pairs)[:MOST_TEXT]

    def _binary(self) -> str:
        """Short private values are often text, and are shown as such where they are plain."""
        raw = bytes(self.value[:MOST_TEXT])
        words = raw.rstrip(b" \0")
        is_text = self.representation == "UN" and len(raw) == self.length and words.isascii()
        if is_text and words and words.decode("ascii").isprintable():
            return words.decode("ascii")
        return f"{self.length:,} bytes"


def elements_of(
    file: FileRef, files: Files, cancelled: Cancel = never
) -> tuple[Element, ...] | None:
    """Return the elements of a DICOM file, without its pixels; None for a file that is not DICOM.

    What is damaged ends the list; what was read before it is returned.

    Raises:
        CannotRead: the file is gone, or its header cannot be read.
        Cancelled: `cancelled` answered yes.
    """
    with closing(files.open(file)) as reader:
        header = read_header(file, reader, cancelled)
        if header is None:
            return None
        first = reader.read(0, FIRST_READ)
        meta: list[Element] = []
        start = 0
        if has_preamble(first):
            try:
                start = walk_meta(first)[1]
            except BROKEN as error:
                raise CannotRead(f"{file.name}: its first elements cannot be read.") from error
            meta = list(_elements(memoryview(first)[:start], PREAMBLE + 4, EXPLICIT_LITTLE, ""))
        end = header.pixels.offset if header.pixels is not None else header.size
        if header.transfer_syntax == DEFLATED:
            data = inflated(reader, start, min(end, BYTES_LIMIT), cancelled)
            start = 0
        else:
            data = reader.read(0, min(end, BYTES_LIMIT))
    charset = header.text(tags.CHARACTER_SET)
    encoding = EXPLICIT_LITTLE if header.transfer_syntax == DEFLATED else _encoding_of(header)
    return (*meta, *_elements(memoryview(data), start, encoding, charset), *_pixels(header))


def _encoding_of(header: Header) -> Encoding:
    """As the syntax says; where that fails, as the header was read."""
    named = encoding_in(header.transfer_syntax)
    return named if named.is_implicit == header.is_implicit else header.encoding


def _pixels(header: Header) -> Iterator[Element]:
    if header.pixels is None:
        return
    length = header.pixels.length
    there = header.size - header.pixels.offset if length is None else length
    name, representation = _named(header.pixels.tag, {}, "OW")
    yield Element(
        header.pixels.tag,
        name,
        representation,
        memoryview(b""),
        header.encoding,
        "",
        max(there, 1),
    )


def _elements(data: memoryview, start: int, encoding: Encoding, charset: str) -> Iterator[Element]:
    """Elements up to the pixels, or to where the bytes make no sense."""
    creators: dict[int, str] = {}
    whole = bytes(data)
    held = memoryview(whole)
    at = start
    try:
        for tag, begin, end in elements_in(whole, start, len(whole), encoding):
            if tag in tags.PIXEL_TAGS:
                return
            written = "" if encoding.is_implicit else whole[at + 4 : at + 6].decode("latin-1")
            length_at = begin - 4 if encoding.is_implicit or begin - at == 12 else begin - 2
            is_open = whole[length_at:begin] == struct.pack("<I", UNDEFINED)
            at = end
            value = held[begin:end]
            if tag >> 16 & 1 and 0x10 <= tag & 0xFFFF <= 0xFF:
                creators[tag & 0xFFFF0000 | (tag & 0xFF) << 8] = _plain(bytes(value[:64]))
            name, known = _named(tag, creators, written)
            representation = "SQ" if is_open else written or known
            yield Element(tag, name, representation, value, encoding, charset, len(value))
    except BROKEN:
        return


def _named(tag: int, creators: dict[int, str], written: str) -> tuple[str, str]:
    """Return the name and value representation that a dictionary knows."""
    from pydicom.datadict import (
        dictionary_description,
        dictionary_VR,
        private_dictionary_description,
        private_dictionary_VR,
    )

    with quiet():
        try:
            if tag & 0xFFFF == 0:
                return "Group Length", "UL"
            if not tag >> 16 & 1:
                return dictionary_description(tag), dictionary_VR(tag).split(" or ")[0]
            if 0x10 <= tag & 0xFFFF <= 0xFF:
                return "Private Creator", "LO"
            creator = creators.get(tag & 0xFFFFFF00, "")
            name = private_dictionary_description(tag, creator).strip("[]")
            return f"{name} ({creator})", private_dictionary_VR(tag, creator)
        except KeyError:
            creator = creators.get(tag & 0xFFFFFF00, "")
            return (f"Private ({creator})" if creator else "Unknown"), written or "UN"


def _with_name(uid: str) -> str:
    """A UID, and what the standard calls it."""
    from pydicom.uid import UID

    name = UID(uid, validation_mode=0).name
    return uid if name == uid else f"{uid} = {name}"


def _plain(raw: bytes) -> str:
    return raw.decode("latin-1").strip(" \0")
