"""A walk over the elements of an explicit VR little endian header, trusting no length in it."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from viewer.media.dicom import tags
from viewer.media.dicom.bounds import steps

UNDEFINED = 0xFFFFFFFF
_META_AT = 132  # behind the preamble and "DICM"
DEPTH_LIMIT = 64  # nested sequences; real files stay below ten

_LONG = frozenset(
    {b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"SQ", b"UC", b"UR", b"UT", b"UN", b"SV", b"UV"}
)
_SHORT = frozenset(
    {b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO", b"LT", b"PN"}
    | {b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US"}
)
ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD
_element = struct.Struct("<HH2sH").unpack_from
_number = struct.Struct("<I").unpack_from


class UnwalkableError(Exception):
    """The bytes are not what this walker understands; another reader may."""


class NeedMoreError(Exception):
    """The walk ran past the bytes that were given."""


class Walked(msgspec.Struct, frozen=True):
    """What a walk found.

    Args:
        elements: raw values by tag; of a sequence its items as they stand.
        pixels_at: offset of the pixel data's value in the file, None when there are none.
        pixels_length: its length in bytes, None when encapsulated (undefined length).
        pixels_tag: which of the three pixel data elements it is, 0 for none.
    """

    elements: dict[int, bytes]
    pixels_at: int | None = None
    pixels_length: int | None = None
    pixels_tag: int = 0


def walk(data: bytes, start: int, is_whole: bool, left: Iterator[None] | None = None) -> Walked:
    """Walk `data` from offset `start` up to the pixel data.

    Args:
        data: a file's first bytes.
        start: where the first element begins (132 behind a preamble).
        is_whole: `data` is the whole file, so that its end is the end of the header.
        left: the steps that may be taken, as `bounds.steps`.

    Raises:
        NeedMoreError: the header goes on behind `data`.
        UnwalkableError: not explicit VR little endian, or damaged.
        EndlessHeaderError: it takes more steps than may be taken.

    Source: DICOM PS3.5 7.1.2 and 7.5.
    """
    elements: dict[int, bytes] = {}
    kept = tags.KEPT
    at, end = start, len(data)
    left = left or steps()
    for _step in left:
        if at + 8 > end:
            break
        group, number, representation, length = _element(data, at)
        tag = group << 16 | number
        if representation in _SHORT:
            at += 8
        else:
            length = _long_length(data, at, representation)
            at += 12
            if tag in tags.PIXEL_TAGS:
                return Walked(elements, at, None if length == UNDEFINED else length, tag)
        begin = at
        at = at + length if length != UNDEFINED else skip_sequence(data, at, left=left)
        if tag in kept:
            elements[tag] = data[begin:at]
    if is_whole and at == end:
        return Walked(elements)
    raise NeedMoreError


def walk_meta(data: bytes) -> tuple[dict[int, bytes], int]:
    """Walk the file meta information (group 2), which is always explicit little endian.

    Returns:
        Its elements, and the offset of the data set behind it.

    Raises:
        UnwalkableError: damaged, or longer than `data`.

    Source: DICOM PS3.10 7.1.
    """
    elements: dict[int, bytes] = {}
    at = _META_AT
    while at + 8 <= len(data):
        group, number, representation, length = _element(data, at)
        if group != 2:
            return elements, at
        if representation not in _SHORT:
            length = _long_length(data, at, representation)
            at += 4
        at += 8
        elements[group << 16 | number] = data[at : at + length]
        at += length
    raise UnwalkableError("the file meta information does not end")


def _long_length(data: bytes, at: int, representation: bytes) -> int:
    """The 32-bit length of an element whose value begins 12 bytes on."""
    if representation not in _LONG:
        raise UnwalkableError(f"unknown value representation {representation!r}")
    if at + 12 > len(data):
        raise NeedMoreError
    return _number(data, at + 8)[0]


class Encoding:
    """How elements are written: byte order, and whether each names its representation (PS3.5 7.1).

    Args:
        order: "<" or ">", as struct wants it.
        is_implicit: elements have no value representation.
    """

    def __init__(self, order: str, *, is_implicit: bool) -> None:
        self.order = order
        self.is_implicit = is_implicit
        self._explicit = struct.Struct(f"{order}HH2sH").unpack_from
        self._implicit = struct.Struct(f"{order}HHI").unpack_from
        self._long = struct.Struct(f"{order}I").unpack_from

    def pair(self, data: bytes, at: int) -> tuple[int, int]:
        """Return tag and length of an item or delimiter, which never has a representation."""
        group, number, length = self._implicit(data, at)
        return group << 16 | number, length

    def element(self, data: bytes, at: int) -> tuple[int, int, int]:
        """Return tag, length, and where the value begins.

        Raises:
            UnwalkableError: no known value representation.
            struct.error: `data` ends within the head.
        """
        if self.is_implicit:
            group, number, length = self._implicit(data, at)
            return group << 16 | number, length, at + 8
        group, number, representation, length = self._explicit(data, at)
        if representation in _SHORT:
            return group << 16 | number, length, at + 8
        if representation not in _LONG:
            raise UnwalkableError(f"unknown value representation {representation!r}")
        return group << 16 | number, self._long(data, at + 8)[0], at + 12


EXPLICIT_LITTLE = Encoding("<", is_implicit=False)
_ENCODINGS = {
    ("<", False): EXPLICIT_LITTLE,
    ("<", True): Encoding("<", is_implicit=True),
    (">", False): Encoding(">", is_implicit=False),
    (">", True): Encoding(">", is_implicit=True),
}


def encoding_of(order: str, *, is_implicit: bool) -> Encoding:
    """Return the encoding with this byte order and kind of elements."""
    return _ENCODINGS[order, is_implicit]


def walk_encoded(
    data: bytes,
    start: int,
    is_whole: bool,
    encoding: Encoding,
    left: Iterator[None] | None = None,
) -> Walked:
    """Walk a header of any encoding, as `walk` does for explicit VR little endian.

    Raises:
        NeedMoreError: the header goes on behind `data`.
        UnwalkableError: of another encoding, or damaged.
        EndlessHeaderError: it takes more steps than may be taken.
    """
    elements: dict[int, bytes] = {}
    at, end = start, len(data)
    left = left or steps()
    try:
        for _step in left:
            if at >= end:
                break
            tag, length, at = encoding.element(data, at)
            if tag in tags.PIXEL_TAGS:
                return Walked(elements, at, None if length == UNDEFINED else length, tag)
            begin = at
            at = skip_sequence(data, at, encoding, left) if length == UNDEFINED else at + length
            if tag in tags.KEPT:
                elements[tag] = data[begin:at]
    except struct.error as error:
        raise NeedMoreError from error
    if is_whole and at == end:
        return Walked(elements)
    raise NeedMoreError


def skip_sequence(
    data: bytes,
    at: int,
    encoding: Encoding = EXPLICIT_LITTLE,
    left: Iterator[None] | None = None,
) -> int:
    """Return the offset behind a sequence of undefined length whose first item is at `at`.

    Raises:
        NeedMoreError: it goes on behind `data`.
        UnwalkableError: damaged, or nested too deeply.
        EndlessHeaderError: it takes more steps than may be taken.
    """
    inside_item = [False]  # one entry per open level: reading elements of an item, or items
    try:
        for _step in left or steps():
            if not inside_item:
                break
            if inside_item[-1]:
                at = _step_in_item(data, at, inside_item, encoding)
            else:
                at = _step_in_sequence(data, at, inside_item, encoding)
            if len(inside_item) > DEPTH_LIMIT:
                raise UnwalkableError("sequences are nested too deeply")
            if at > len(data):
                raise NeedMoreError
    except struct.error as error:
        raise NeedMoreError from error
    return at


def _step_in_sequence(data: bytes, at: int, inside_item: list[bool], encoding: Encoding) -> int:
    tag, length = encoding.pair(data, at)
    at += 8
    if tag == SEQUENCE_END:
        inside_item.pop()
    elif tag != ITEM:
        raise UnwalkableError("a sequence holds something that is no item")
    elif length == UNDEFINED:
        inside_item.append(True)
    else:
        at += length
    return at


def _step_in_item(data: bytes, at: int, inside_item: list[bool], encoding: Encoding) -> int:
    if encoding.pair(data, at)[0] == ITEM_END:
        inside_item.pop()
        return at + 8
    _tag, length, at = encoding.element(data, at)
    if length == UNDEFINED:
        inside_item.append(False)
        return at
    return at + length
