"""Headers read by the way through an earlier one: files of a series say almost the same.

A trail is what headers with the same elements have in common, byte for byte: stretches of whole
elements, and between them the lengths and values that differ from file to file. Where the bytes
from one element's head to another's are those of a header that was walked, a walk would find the
same there; so only what differs is looked at. A header that leaves the trail is walked in full.
"""

from __future__ import annotations

import struct
from contextlib import closing

import msgspec

from viewer.media.dicom import tags
from viewer.media.dicom.elements import Elements, Pool
from viewer.media.dicom.header import (
    DEFLATED,
    FIRST_READ,
    PREAMBLE,
    Header,
    PixelPlace,
    may_be_dicom,
    read_header,
)
from viewer.media.dicom.walker import (
    EXPLICIT_LITTLE,
    UNDEFINED,
    Encoding,
    NeedMoreError,
    UnwalkableError,
    skip_sequence,
)
from viewer.media.files import Files
from viewer.media.instance import FileRef
from viewer.media.stopping import Cancel, never

_BEHIND = 1024  # bytes read beyond the end of the last header
_PAGE = 4096
_LONGEST = 1 << 18  # bytes; longer headers are walked
_MOST = 8  # trails, and headers that wait for a second one of their kind
_PATIENCE = 64  # headers more off the trails than on them, until no new trail is looked for


class _Element(msgspec.Struct, frozen=True):
    """Where an element lies: its head, its length of `width` bytes before `begin`, its value."""

    tag: int
    head: int
    width: int
    begin: int
    end: int


class _Step(msgspec.Struct, frozen=True):
    """A stretch that is the same in all headers, up to the length of an element that differs.

    Args:
        width: bytes of that length.
        slot: place of that element's value among those that are kept, -1 if it is not.
    """

    same: bytes
    width: int
    slot: int


class Trail(msgspec.Struct, frozen=True):
    """The way through headers that have the same elements.

    Args:
        like: the header it was learned from.
        tail: the last stretch, up to the value of the pixel data.
        differing: tags of the elements that differ.
        end: where the header ended that it was learned from.
    """

    like: Header
    values: tuple[bytes, ...]
    steps: tuple[_Step, ...]
    tail: bytes
    differing: frozenset[int]
    end: int

    def follow(self, data: bytes) -> tuple[list[bytes], int] | None:
        """Return the kept values and where the pixels begin; None for a header that leaves it."""
        values = list(self.values)
        at = PREAMBLE
        for step in self.steps:
            same = step.same
            if not data.startswith(same, at):
                return None
            begin = at + len(same) + step.width
            at = begin + int.from_bytes(data[begin - step.width : begin], "little")
            if step.slot >= 0:
                values[step.slot] = data[begin:at]
        if not data.startswith(self.tail, at):
            return None
        return values, at + len(self.tail)


class HeaderReader:
    """Reads headers one after the other; not for several threads at once."""

    def __init__(self, files: Files, cancelled: Cancel = never) -> None:
        self._files = files
        self._cancelled = cancelled
        self._pool = Pool()
        self._trails: list[Trail] = []
        self._waiting: dict[tuple[str | int, ...], tuple[Header, bytes, frozenset[int]]] = {}
        self._misses = 0
        self._reach = FIRST_READ

    def read(self, file: FileRef) -> Header | None:
        """Return the header of one file, None when it is not DICOM.

        Raises:
            CannotRead: as `read_header`, and where the file cannot be opened.
            Cancelled: the work is to stop.
        """
        data, size = self._files.head(file, self._reach)
        if not may_be_dicom(data):
            return None
        for place, trail in enumerate(self._trails):
            found = trail.follow(data)
            if found is not None:
                if place:
                    self._trails.insert(0, self._trails.pop(place))
                self._misses -= 1
                return self._header(trail.like, file, size, *found)
        with closing(self._files.open(file)) as reader:
            header = read_header(file, reader, self._cancelled)
            if header is None:
                return None
            kept = msgspec.structs.replace(header, elements=self._pool.elements(header.elements))
            self._misses += 1
            if self._misses < _PATIENCE and _can_be_followed(header):
                assert header.pixels is not None
                self._learn(kept, reader.read(0, header.pixels.offset))
        return kept

    def _header(
        self, like: Header, file: FileRef, size: int, values: list[bytes], at: int
    ) -> Header:
        assert isinstance(like.elements, Elements)
        assert like.pixels is not None
        elements = self._pool.like(like.elements, values)
        place = PixelPlace(at, like.pixels.length, like.pixels.tag)
        form = like.byte_order, like.transfer_syntax
        return Header(file, elements, *form, size, place, like.is_implicit)

    def _learn(self, header: Header, data: bytes) -> None:
        """Make a trail of this header and an earlier one with the same elements."""
        elements = _elements_of(header, data)
        if elements is None:
            return
        names = header.transfer_syntax, *(element.tag for element in elements)
        earlier = self._waiting.pop(names, None)
        differing: frozenset[int] = frozenset()
        if earlier is not None:
            other, other_data, differing = earlier
            others = _elements_of(other, other_data) or []
            differing |= {
                one.tag
                for one, two in zip(elements, others, strict=False)
                if data[one.head : one.end] != other_data[two.head : two.end]
            }
            trail = _trail(header, data, elements, differing)
            if trail is not None:
                old = [kept for kept in self._trails if kept.like is not other]
                self._trails = [trail, *old][:_MOST]
                self._reach = max(kept.end for kept in self._trails) + _BEHIND
                self._reach += -self._reach % _PAGE
        if len(self._waiting) >= _MOST:
            self._waiting.pop(next(iter(self._waiting)))
        self._waiting[names] = header, data, differing


def _can_be_followed(header: Header) -> bool:
    pixels = header.pixels
    is_little = header.byte_order == "<" and header.transfer_syntax not in ("", DEFLATED)
    return is_little and pixels is not None and pixels.offset <= _LONGEST


def _elements_of(header: Header, data: bytes) -> list[_Element] | None:
    """Every element up to the pixel data, None where they are not what the header holds."""
    found: list[_Element] = []
    at = PREAMBLE + 4
    kept = dict(header.elements)
    try:
        while at < len(data):
            is_meta = data[at : at + 2] == b"\x02\x00"
            encoding = EXPLICIT_LITTLE if is_meta else header.encoding
            element = _element_at(data, at, encoding)
            found.append(element)
            value = kept.pop(element.tag, None)
            if value is not None and value != data[element.begin : element.end]:
                return None
            at = element.end
    except (NeedMoreError, UnwalkableError, struct.error):
        return None
    is_whole = at == len(data) and found[-1].tag in tags.PIXEL_TAGS and not kept
    return found if is_whole and len({one.tag for one in found}) == len(found) else None


def _element_at(data: bytes, at: int, encoding: Encoding) -> _Element:
    tag, length, begin = encoding.element(data, at)
    width = 2 if begin - at == 8 and not encoding.is_implicit else 4
    if tag in tags.PIXEL_TAGS:
        return _Element(tag, at, width, begin, begin)
    end = skip_sequence(data, begin, encoding) if length == UNDEFINED else begin + length
    return _Element(tag, at, width, begin, end)


def _trail(
    header: Header, data: bytes, elements: list[_Element], differing: frozenset[int]
) -> Trail | None:
    """The trail; None where what differs has no length, or is the pixel data's head."""
    slots = {tag: place for place, tag in enumerate(header.elements)}
    steps: list[_Step] = []
    at = PREAMBLE
    for element in elements:
        if element.tag not in differing:
            continue
        length_at = element.begin - element.width
        if element is elements[-1] or data[length_at : element.begin] == b"\xff\xff\xff\xff":
            return None
        slot = slots.get(element.tag, -1)
        steps.append(_Step(data[at:length_at], element.width, slot))
        at = element.end
    values = tuple(header.elements.values())
    return Trail(header, values, tuple(steps), data[at:], differing, len(data))
