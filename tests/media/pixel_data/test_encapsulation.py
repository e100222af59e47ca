"""Fragments of compressed pixel data belong to the frames that they make."""

from __future__ import annotations

import io
import struct
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import CannotDecode
from viewer.media.files import ByteReader
from viewer.media.instance import FileRef
from viewer.media.pixel_data.encapsulation import frames_in, joined

Frames = list[list[bytes]]
END = b"\xfe\xff\xdd\xe0" + bytes(4)
pieces = st.lists(
    st.lists(st.binary(min_size=1, max_size=9).map(lambda b: (b + b"\0")[: len(b) + len(b) % 2]),
             min_size=1, max_size=4),
    min_size=1, max_size=5,
)  # fmt: skip


def reader_of(data: bytes) -> ByteReader:
    return ByteReader(io.BytesIO(data), len(data), FileRef("a.dcm"))


def item(value: bytes) -> bytes:
    return b"\xfe\xff\x00\xe0" + struct.pack("<I", len(value)) + value


def encapsulated(frames: Frames, *, with_table: bool) -> bytes:
    table, body = b"", b""
    for fragments in frames:
        table += struct.pack("<I", len(body))
        body += b"".join(item(fragment) for fragment in fragments)
    return item(table if with_table else b"") + body + END


def found_in(data: bytes, frames: int) -> list[bytes]:
    reader = reader_of(data)
    return [joined(reader, fragments) for fragments in frames_in(reader, 0, frames)]


@given(frames=pieces)
def test_the_offset_table_tells_frames_apart(frames: Frames) -> None:
    data = encapsulated(frames, with_table=True)
    assert found_in(data, len(frames)) == [b"".join(fragments) for fragments in frames]


@given(frames=pieces, data=st.data())
def test_of_a_file_that_is_cut_off_the_frames_before_the_cut_are_whole(
    frames: Frames, data: st.DataObject
) -> None:
    whole = encapsulated(frames, with_table=True)[: -len(END)]
    ends = [len(item(bytes(4 * len(frames))))]
    for fragments in frames:
        ends.append(ends[-1] + sum(8 + len(fragment) for fragment in fragments))
    cut = data.draw(st.integers(ends[0], len(whole) - 1))
    kept = sum(end <= cut for end in ends[1:])
    expected = [b"".join(fragments) for fragments in frames]
    if len(frames) > 1:
        assert found_in(whole[:cut], len(frames))[:kept] == expected[:kept]


@given(frames=pieces)
def test_one_frame_takes_all_fragments(frames: Frames) -> None:
    data = encapsulated(frames, with_table=False)
    assert found_in(data, 1) == [b"".join(part for fragments in frames for part in fragments)]


def test_without_a_table_the_end_of_each_jpeg_ends_its_frame() -> None:
    frames = [[b"\xff\xd8aa", b"bb\xff\xd9"], [b"\xff\xd8cc", b"dd", b"\xff\xd9"]]
    data = encapsulated(frames, with_table=False)
    assert found_in(data, 2) == [b"".join(fragments) for fragments in frames]


@given(data=st.binary(max_size=200), frames=st.integers(1, 5))
def test_any_bytes_end_in_frames_or_our_own_error(data: bytes, frames: int) -> None:
    try:
        found_in(item(b"") + data, frames)
        found_in(data, frames)
    except CannotDecode:
        pass


def test_pixel_data_without_items_is_refused() -> None:
    with pytest.raises(CannotDecode):
        found_in(b"no items here", 1)


def test_pixel_data_in_absurdly_many_pieces_is_refused_unread() -> None:
    data = item(b"") + item(b"") * 1_000_000
    reader = reader_of(data)
    tracemalloc.start()
    with pytest.raises(CannotDecode, match="more than 50,016 pieces"):
        frames_in(reader, 0, 1)
    assert tracemalloc.get_traced_memory()[1] < len(data) + (16 << 20)
    tracemalloc.stop()
