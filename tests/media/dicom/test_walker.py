"""The header walker never trusts a length, whatever the bytes."""

from __future__ import annotations

import struct
from io import BytesIO
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from slices import a_slice

from viewer.media.dicom import tags
from viewer.media.dicom.nested import BROKEN, elements_in, items_in
from viewer.media.dicom.walker import (
    Encoding,
    NeedMoreError,
    UnwalkableError,
    encoding_of,
    walk,
    walk_encoded,
    walk_meta,
)

START = 132
PIXELS_HEAD = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, 60)


def file_bytes() -> bytes:
    stream = BytesIO()
    a_slice(1).save_as(stream, enforce_file_format=True)
    return stream.getvalue()


WHOLE = file_bytes()


def walked_safely(data: bytes, start: int) -> None:
    for is_whole in (True, False):
        try:
            found = walk(data, start, is_whole)
        except (NeedMoreError, UnwalkableError):
            continue
        assert found.pixels_at is None or found.pixels_at <= len(data)
    for order, is_implicit in product("<>", (False, True)):
        encoding = encoding_of(order, is_implicit=is_implicit)
        try:
            found = walk_encoded(data, start, True, encoding)
        except (NeedMoreError, UnwalkableError):
            continue
        assert found.pixels_at is None or found.pixels_at <= len(data)
        for raw in found.elements.values():
            items_walked_safely(raw, encoding)
    try:
        _elements, end = walk_meta(data)
        assert end <= len(data)
    except (NeedMoreError, UnwalkableError):
        pass


def items_walked_safely(raw: bytes, encoding: Encoding) -> None:
    try:
        for item in items_in(raw, 0, len(raw), encoding):
            for _tag, begin, end in elements_in(raw, *item, encoding):
                assert 0 <= begin <= end <= len(raw)
    except BROKEN:
        pass


def test_every_encoding_is_walked_alike() -> None:
    for syntax in (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian):
        image = a_slice(1)
        image.file_meta.TransferSyntaxUID = syntax
        stream = BytesIO()
        image.save_as(stream, enforce_file_format=True)
        data = stream.getvalue()
        encoding = encoding_of(
            ">" if syntax == ExplicitVRBigEndian else "<",
            is_implicit=syntax == ImplicitVRLittleEndian,
        )
        _meta, start = walk_meta(data)
        found = walk_encoded(data, start, True, encoding)
        assert found.pixels_at == len(data) - 60
        assert found.pixels_length == 60
        assert found.elements[tags.MODALITY] == b"CT"


def test_a_plain_header_is_walked_up_to_its_pixels() -> None:
    found = walk(WHOLE, START, True)
    assert found.pixels_tag == tags.PIXELS
    assert found.pixels_length == 60
    assert found.pixels_at == WHOLE.index(PIXELS_HEAD) + 12
    assert found.elements[tags.ROWS] == b"\x05\x00"
    assert found.elements[tags.MODALITY] == b"CT"


@given(st.binary(max_size=400), st.integers(0, 140))
def test_random_bytes_end_in_our_own_errors(data: bytes, start: int) -> None:
    walked_safely(data, start)


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=12))
def test_a_mutated_header_ends_in_our_own_errors(changes: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for at, value in changes:
        data[at] = value
    walked_safely(bytes(data), START)


@given(st.integers(0, len(WHOLE)))
def test_a_header_cut_anywhere_asks_for_more_or_is_whole(length: int) -> None:
    walked_safely(WHOLE[:length], START)


@given(
    st.lists(
        st.sampled_from(
            [
                b"\xfe\xff\x00\xe0",
                b"\xfe\xff\x0d\xe0",
                b"\xfe\xff\xdd\xe0",
                b"\xff\xff\xff\xff",
                b"\x00\x00\x00\x00",
                b"\x08\x00\x15\x11SQ\x00\x00",
                b"\x08\x00\x60\x00CS\x02\x00",
                b"MR",
            ]
        ),
        max_size=60,
    )
)
def test_any_pile_of_sequence_marks_ends_in_our_own_errors(parts: list[bytes]) -> None:
    walked_safely(b"\x08\x00\x15\x11SQ\x00\x00\xff\xff\xff\xff" + b"".join(parts), 0)


def test_sequences_nested_without_end_are_refused() -> None:
    level = b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + b"\x08\x00\x15\x11SQ\x00\x00\xff\xff\xff\xff"
    data = b"\x08\x00\x15\x11SQ\x00\x00\xff\xff\xff\xff" + level * 5000
    with pytest.raises(UnwalkableError):
        walk(data, 0, True)


def test_elements_inside_sequences_are_not_taken_for_the_image_s_own() -> None:
    inner = struct.pack("<HH2sH", 0x0008, 0x0060, b"CS", 2) + b"MR"
    item = (
        b"\xfe\xff\x00\xe0" + struct.pack("<I", 0xFFFFFFFF) + inner + b"\xfe\xff\x0d\xe0" + bytes(4)
    )
    sequence = b"\x08\x00\x15\x11SQ\x00\x00\xff\xff\xff\xff" + item + b"\xfe\xff\xdd\xe0" + bytes(4)
    outer = struct.pack("<HH2sH", 0x0008, 0x103E, b"LO", 2) + b"ab"
    found = walk(sequence + outer, 0, True)
    assert tags.MODALITY not in found.elements
    assert found.elements[tags.SERIES_DESCRIPTION] == b"ab"
