"""Unpacked bytes by offset are those of the standard library, in whatever order they are asked."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import CannotDecode
from viewer.media.files import ByteReader
from viewer.media.instance import FileRef
from viewer.media.plain import block
from viewer.media.plain.block import DeflatedBlock, Marks

CONTENT = np.random.default_rng(5).integers(0, 40, 300_000).astype(np.uint8).tobytes()
HEAD = 352
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "members": lambda data: b"".join(
        gzip.compress(data[at : at + 70_000]) for at in range(0, len(data), 70_000)
    ),
    "with padding behind": lambda data: gzip.compress(data) + bytes(512),
}


def block_of(packed: bytes, marks: Marks | None = None, start: int = 0) -> DeflatedBlock:
    reader = ByteReader(io.BytesIO(packed), len(packed), FileRef("x.gz"))
    return DeflatedBlock(reader, start, HEAD, marks or Marks(), "x.gz")


def read(from_block: DeflatedBlock, offset: int, length: int) -> bytes:
    target = bytearray(length)
    got = from_block.read_into(offset, memoryview(target))
    return bytes(target[:got])


@pytest.mark.parametrize("name", PACKERS)
@given(places=st.lists(st.tuples(st.integers(0, 310_000), st.integers(0, 90_000)), max_size=6))
def test_any_place_in_any_order_gives_the_bytes_that_were_packed(
    name: str, places: list[tuple[int, int]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(block, "_MARK_EVERY", 20_000)  # so that small data has marks
        marks = Marks()
        packed = b"before" + PACKERS[name](CONTENT)
        for offset, length in places:
            expected = CONTENT[HEAD + offset : HEAD + offset + length]
            assert read(block_of(packed, marks, start=6), offset, length) == expected
        same = block_of(packed, marks, start=6)
        for offset, length in places:
            expected = CONTENT[HEAD + offset : HEAD + offset + length]
            assert read(same, offset, length) == expected


def test_a_later_place_is_reached_from_a_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block, "_MARK_EVERY", 20_000)
    packed, marks = gzip.compress(CONTENT), Marks()
    read(block_of(packed, marks), 250_000, 1000)
    mark = marks.before(240_000)
    assert mark is not None
    assert 180_000 < mark.at <= 240_000


def test_cut_data_gives_what_is_there_and_damaged_data_a_sentence() -> None:
    packed = gzip.compress(CONTENT)
    got = read(block_of(packed[: len(packed) // 2]), 0, len(CONTENT))
    assert CONTENT[HEAD:].startswith(got)
    assert len(got) > 100_000
    damaged = bytearray(packed)
    damaged[len(packed) // 2 : len(packed) // 2 + 50] = bytes(50)
    with pytest.raises(CannotDecode, match="packed data is damaged"):
        read(block_of(bytes(damaged)), 0, len(CONTENT))
