"""A walk over the elements of an explicit VR little endian header, trusting no length in it."""

from __future__ import annotations

import struct

import msgspec

from viewer.media import tags

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
_ITEM = 0xE000FFFE  # (FFFE,E000) read as one little endian number: the group is the low half
_ITEM_END = 0xE00DFFFE
_SEQUENCE_END = 0xE0DDFFFE
_element = struct.Struct("<HH2sH").unpack_from
_number = struct.Struct("<I").unpack_from
_pair = struct.Struct("<II").unpack_from


class UnwalkableError(Exception):
    """The bytes are not what this walker understands; another reader may."""


class NeedMoreError(Exception):
    """The walk ran past the bytes that were given."""


class Walked(msgspec.Struct, frozen=True):
    """What a walk found.

    Args:
        elements: raw values by tag; a sequence's value is empty, its presence is what counts.
        pixels_at: offset of the pixel data's value in the file, None when there are none.
        pixels_length: its length in bytes, None when encapsulated (undefined length).
        pixels_tag: which of the three pixel data elements it is, 0 for none.
    """

    elements: dict[int, bytes]
    pixels_at: int | None = None
    pixels_length: int | None = None
    pixels_tag: int = 0


def walk(data: bytes, start: int, is_whole: bool) -> Walked:
    """Walk `data` from offset `start` up to the pixel data.

    Args:
        data: a file's first bytes.
        start: where the first element begins (132 behind a preamble).
        is_whole: `data` is the whole file, so that its end is the end of the header.

    Raises:
        NeedMoreError: the header goes on behind `data`.
        UnwalkableError: not explicit VR little endian, or damaged.

    Source: DICOM PS3.5 7.1.2 and 7.5.
    """
    elements: dict[int, bytes] = {}
    wanted = tags.VALUES
    at, end = start, len(data)
    while at + 8 <= end:
        group, number, representation, length = _element(data, at)
        tag = group << 16 | number
        if representation in _SHORT:
            at += 8
        else:
            length = _long_length(data, at, representation)
            at += 12
            if tag in tags.PRESENCE:
                if tag in tags.PIXEL_TAGS:
                    return Walked(elements, at, None if length == UNDEFINED else length, tag)
                elements[tag] = b""
            if length == UNDEFINED:
                at = _skip_sequence(data, at)
                continue
        if tag in wanted:
            elements[tag] = data[at : at + length]
        at += length
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


def _skip_sequence(data: bytes, at: int) -> int:
    """Return the offset behind a sequence of undefined length whose first item is at `at`."""
    inside_item = [False]  # one entry per open level: reading elements of an item, or items
    try:
        while inside_item:
            if inside_item[-1]:
                at = _step_in_item(data, at, inside_item)
            else:
                at = _step_in_sequence(data, at, inside_item)
            if len(inside_item) > DEPTH_LIMIT:
                raise UnwalkableError("sequences are nested too deeply")
            if at > len(data):
                raise NeedMoreError
    except struct.error as error:
        raise NeedMoreError from error
    return at


def _step_in_sequence(data: bytes, at: int, inside_item: list[bool]) -> int:
    tag, length = _pair(data, at)
    at += 8
    if tag == _SEQUENCE_END:
        inside_item.pop()
    elif tag != _ITEM:
        raise UnwalkableError("a sequence holds something that is no item")
    elif length == UNDEFINED:
        inside_item.append(True)
    else:
        at += length
    return at


def _step_in_item(data: bytes, at: int, inside_item: list[bool]) -> int:
    if _number(data, at)[0] == _ITEM_END:
        inside_item.pop()
        return at + 8
    representation, length = _element(data, at)[2:]
    if representation in _SHORT:
        return at + 8 + length
    length = _long_length(data, at, representation)
    if length == UNDEFINED:
        inside_item.append(False)
        return at + 12
    return at + 12 + length
