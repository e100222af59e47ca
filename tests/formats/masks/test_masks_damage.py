"""Damaged and hostile mask files: one sentence each, in bounded memory."""

from __future__ import annotations

import gzip
import io
import struct
import tracemalloc
import zlib
from typing import Any

import nibabel
import numpy as np
import pytest
from bombs import packed
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from viewer.errors import CannotRead
from viewer.formats.masks import read_composite, read_nifti, read_png_mask, write_nifti
from viewer.formats.masks.pictures import decoded

LIMIT = 1 << 24


Field = float | bytes | list[int]


def nifti(data: NDArray[Any] | None = None, *, version: int = 1, **fields: Field) -> bytes:
    """A file whose header says what `fields` say."""
    kind = nibabel.Nifti2Image if version == 2 else nibabel.Nifti1Image
    data = np.arange(60, dtype="<i2").reshape(5, 4, 3) if data is None else data
    content = kind(data, np.eye(4)).to_bytes()
    header = kind.header_class(content[: kind.header_class.sizeof_hdr], check=False)
    for name, value in fields.items():
        header[name] = value
    return header.binaryblock + content[len(header.binaryblock) :]


PLAIN = nifti()
PACKED = gzip.compress(PLAIN)
DAMAGED: dict[str, bytes] = {
    "empty": b"",
    "no NIfTI": b"PK" + bytes(400),
    "gzip of something else": gzip.compress(bytes(400)),
    "gzip magic alone": b"\x1f\x8b",
    "header cut off": PLAIN[:200],
    "packed header cut off": PACKED[:40],
    "no voxels": PLAIN[:352],
    "one byte too few": PLAIN[:-1],
    "one byte too many for one per voxel": PLAIN[: 352 + 61],
    "packed voxels cut off": PACKED[:-40],
    "packed voxels damaged": PACKED[:60] + b"\xff" * 20 + PACKED[80:],
    "check sum wrong": PACKED[:-8] + bytes(4) + PACKED[-4:],
    "second gzip member damaged": gzip.compress(PLAIN[:400]) + b"\x1f\x8bxxxxxxxxxxxxx",
    "header of a pair": nifti(magic=b"ni1"),
    "header of a second pair": nifti(version=2, magic=b"ni2\0\r\n\x1a\n"),
    "unknown type": nifti(datatype=77),
    "type of bits": nifti(datatype=1),
    "colours": nifti(datatype=128),
    "complex": nifti(datatype=32),
    "no size": nifti(dim=[3, 0, 4, 3, 1, 1, 1, 1]),
    "negative size": nifti(dim=[3, 5, -4, 3, 1, 1, 1, 1]),
    "no dimensions": nifti(dim=[0, 5, 4, 3, 1, 1, 1, 1]),
    "one dimension": nifti(dim=[1, 60, 1, 1, 1, 1, 1, 1]),
    "a hundred dimensions": nifti(dim=[100, 5, 4, 3, 1, 1, 1, 1]),
    "two volumes": nifti(dim=[4, 5, 4, 1, 3, 1, 1, 1]),
    "sizes beyond all": nifti(dim=[3, 32767, 32767, 32767, 1, 1, 1, 1]),
    "sizes beyond 64 bits": nifti(version=2, dim=[3, 2**62, 2**62, 2**62, 1, 1, 1, 1]),
    "a hundred thousand slices": nifti(
        np.zeros((1, 1, 100_000), np.uint8), version=2, dim=[3, 1, 1, 100_000, 1, 1, 1, 1]
    ),
    "packed sizes beyond all": gzip.compress(nifti(dim=[3, 32767, 32767, 32767, 1, 1, 1, 1])),
    "packed sizes that cannot be": gzip.compress(nifti(dim=[3, 2000, 2000, 2, 1, 1, 1, 1])),
    "voxels before the file": nifti(vox_offset=-8),
    "voxels behind the file": nifti(vox_offset=1e9),
    "voxels nowhere": nifti(vox_offset=np.nan),
    "voxels at infinity": nifti(vox_offset=np.inf),
    "more voxels than announced": gzip.compress(PLAIN + bytes(2 << 20)),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_volume_is_refused_in_one_sentence(kind: str) -> None:
    with pytest.raises(CannotRead) as caught:
        read_nifti("S.nii.gz", DAMAGED[kind], LIMIT)
    sentence = str(caught.value)
    assert sentence.startswith("S.nii.gz: ")
    assert sentence.endswith(".")
    assert "\n" not in sentence


@given(st.integers(0, 351), st.integers(0, 255), st.booleans())
@example(111, 128, False)  # voxels begin a hair before the file
def test_any_byte_of_a_header_may_be_wrong(at: int, byte: int, is_packed: bool) -> None:
    content = PLAIN[:at] + bytes([byte]) + PLAIN[at + 1 :]
    content = gzip.compress(content) if is_packed else content
    try:
        volume = read_nifti("S.nii", content, LIMIT)
    except CannotRead:
        return  # in one sentence, as above
    assert write_nifti(volume, {}) is content
    plane = volume.values[0].astype(np.int64)
    plane[0, 0] = plane[0, 0] ^ 1
    again = read_nifti("S.nii", write_nifti(volume, {0: plane}), LIMIT)
    np.testing.assert_array_equal(again.values[0], plane)
    np.testing.assert_array_equal(again.values[1:], volume.values[1:])


@given(st.integers(0, len(PACKED) - 1), st.integers(0, 255))
def test_any_byte_of_a_packed_file_may_be_wrong(at: int, byte: int) -> None:
    content = PACKED[:at] + bytes([byte]) + PACKED[at + 1 :]
    try:
        volume = read_nifti("S.nii.gz", content, LIMIT)
    except CannotRead:
        return  # in one sentence, as above
    assert write_nifti(volume, {}) is content


@pytest.mark.parametrize(
    "content",
    [
        packed(PLAIN, 200),
        gzip.compress(nifti(dim=[3, 32767, 32767, 1, 1, 1, 1, 1])),
        nifti(version=2, dim=[3, 10**9, 10**9, 1, 1, 1, 1, 1]),
        nifti(vox_offset=1e18),
    ],
)
def test_a_bomb_takes_no_memory(content: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(CannotRead):
        read_nifti("S.nii.gz", content, 1 << 28)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_a_limit_is_kept_to_the_byte() -> None:
    assert read_nifti("S", PLAIN, len(PLAIN)).shape == (3, 4, 5)
    with pytest.raises(CannotRead, match=f"are more than the {len(PLAIN) - 1} allowed"):
        read_nifti("S", PLAIN, len(PLAIN) - 1)


def test_an_empty_mask_of_a_large_series_is_no_bomb() -> None:
    content = gzip.compress(nifti(np.zeros((512, 512, 60), np.uint8)), 9)
    assert len(content) * 900 < 512 * 512 * 60
    assert read_nifti("S", content, LIMIT).shape == (60, 512, 512)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(mode: str = "L") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (40, 30), "white").save(stream, "PNG")
    return stream.getvalue()


def ihdr(columns: int, rows: int, depth: int = 8, colour_type: int = 0) -> bytes:
    fields = struct.pack(">IIBBBBB", columns, rows, depth, colour_type, 0, 0, 0)
    return png()[:8] + chunk(b"IHDR", fields) + png()[33:]


DAMAGED_PNG: dict[str, bytes] = {
    "empty": b"",
    "JPEG": b"\xff\xd8\xff" + bytes(100),
    "signature alone": png()[:8],
    "header cut off": png()[:30],
    "no data": png()[:33],
    "cut off": png()[:-24],
    "no end": png()[:50],
    "check sum wrong": png().replace(png()[29:33], bytes(4)),
    "data damaged": png()[:45] + bytes(9) + png()[54:],
    "fewer rows": ihdr(40, 31),
    "no rows": ihdr(40, 0),
    "negative": ihdr(0x80000001, 30),
    "other depth": ihdr(40, 30, 7),
    "other colour type": ihdr(40, 30, 8, 9),
    "palette without one": ihdr(40, 30, 8, 3),
    "a million rows": ihdr(1000, 1_000_000),
    "larger than its bytes can be": ihdr(3000, 1000),
    "first chunk another": png()[:12] + b"IDAT" + png()[16:],
    "chunk that runs out": png()[:33] + b"\x7f\xff\xff\xffIDAT" + png()[41:],
}


@pytest.mark.parametrize("kind", DAMAGED_PNG)
def test_a_damaged_picture_is_refused_in_one_sentence(kind: str) -> None:
    for read in (read_png_mask, read_composite):
        with pytest.raises(CannotRead) as caught:
            read("m.png", DAMAGED_PNG[kind], LIMIT)
        sentence = str(caught.value)
        assert sentence.startswith("m.png: ")
        assert sentence.endswith(".")
        assert "\n" not in sentence


@given(st.integers(0, len(png()) - 1), st.integers(0, 255))
def test_any_byte_of_a_picture_may_be_wrong(at: int, byte: int) -> None:
    content = png()[:at] + bytes([byte]) + png()[at + 1 :]
    try:
        samples = decoded("m.png", content, LIMIT)
    except CannotRead:
        return  # in one sentence, as above
    assert samples.size <= LIMIT


def test_what_is_packed_beside_the_pixels_is_never_unpacked() -> None:
    zeros = zlib.compress(bytes(20 << 20), 9)
    bombs = chunk(b"iCCP", b"k\0\0" + zeros) + chunk(b"zTXt", b"k\0\0" + zeros)
    assert read_png_mask("m", png()[:33] + bombs + png()[33:], LIMIT).bitmap.all()


def test_a_picture_of_endless_chunks_is_refused() -> None:
    content = png()[:33] + chunk(b"tEXt", b"") * 100_001 + png()[33:]
    with pytest.raises(CannotRead):
        read_png_mask("m", content, LIMIT)


def test_a_picture_above_the_limit_is_refused() -> None:
    with pytest.raises(CannotRead, match="allowed"):
        read_png_mask("m", png(), 40 * 30)
