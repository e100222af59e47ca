"""No header is read for longer than that of a picture, and reading it stops when asked."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from contextlib import closing
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import ImplicitVRLittleEndian
from slices import a_slice, saved

from viewer.errors import Cancelled
from viewer.media import load, open_media
from viewer.media.dicom.bounds import (
    BYTES_LIMIT,
    FARTHEST_PACKED,
    READS_LIMIT,
    STEPS_LIMIT,
    BoundedStream,
    EndlessHeaderError,
    steps,
)
from viewer.media.dicom.header import PREAMBLE
from viewer.media.dicom.nested import elements_in, items_in
from viewer.media.dicom.sequences import dataset_of
from viewer.media.dicom.walker import EXPLICIT_LITTLE, walk_meta
from viewer.media.files import Files
from viewer.media.volume import FrameStack, Volume

ITEM = b"\xfe\xff\x00\xe0" + bytes(4)
END = b"\xfe\xff\xdd\xe0" + bytes(4)
UNKNOWN = struct.pack("<HH2sHI", 0x7FD0, 0x10, b"ZZ", 0, 4) + b"abcd"  # pydicom reads on
PIXELS = b"\xe0\x7f\x10\x00"
WORST = "the header goes on for longer than that of any picture"
SMALL = 24 << 20  # bytes of memory that a small picture's file takes at most


def sequence(items: int, *, is_implicit: bool = False, tag: int = 0x0040A730) -> bytes:
    kind = b"" if is_implicit else b"SQ\0\0"
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + kind + b"\xff\xff\xff\xff"
    return head + ITEM * items + END


def with_header_of(extra: bytes, path: Path, **values: object) -> Path:
    """A picture's file with elements before its pixels."""
    saved(a_slice(1, **values), path)
    data = path.read_bytes()
    at = data.index(PIXELS)
    path.write_bytes(data[:at] + extra + data[at:])
    return path


def endless(kind: str, path: Path) -> Path:
    if kind == "explicit":
        return with_header_of(sequence(STEPS_LIMIT), path)
    if kind == "damaged":
        return with_header_of(sequence(2 * READS_LIMIT, tag=0x00291010) + UNKNOWN, path)
    dataset = a_slice(1)
    dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    saved(dataset, path)
    data = path.read_bytes()
    at = data.index(PIXELS)
    path.write_bytes(data[:at] + sequence(STEPS_LIMIT, is_implicit=True) + data[at:])
    return path


@pytest.mark.parametrize("kind", ["explicit", "implicit", "damaged"])
def test_an_endless_header_is_one_sentence_and_stops_when_asked(kind: str, tmp_path: Path) -> None:
    path = endless(kind, tmp_path / "endless.dcm")
    found = open_media(path)
    assert not found.media
    assert found.issues[0].sentence == f"endless.dcm: {WORST}; export the file again."
    asked = count()
    with pytest.raises(Cancelled):
        open_media(path, cancelled=lambda: next(asked) == 5)
    assert next(asked) == 6


def test_steps_and_reads_are_counted_and_ask_whether_to_stop() -> None:
    asked: list[int] = []

    def never() -> bool:
        asked.append(1)
        return False

    with pytest.raises(EndlessHeaderError):
        assert sum(1 for _step in steps(never)) == STEPS_LIMIT
    assert len(asked) >= 100
    stream = BoundedStream(io.BytesIO(bytes(2 * READS_LIMIT)), never)
    for _read in range(READS_LIMIT):
        assert stream.read(1) == b"\0"
    with pytest.raises(EndlessHeaderError):
        stream.read(1)


def test_a_stream_is_neither_read_nor_unpacked_whole() -> None:
    stream = BoundedStream(io.BytesIO(b"abc"), farthest=100)
    with pytest.raises(EndlessHeaderError):
        stream.read()
    with pytest.raises(EndlessHeaderError):
        stream.seek(101)
    assert (stream.seek(1), stream.seek(1, 1), stream.tell(), stream.read(5)) == (1, 2, 2, b"c")


def deflated_file(path: Path, behind: int, said: int = 0, **values: object) -> Path:
    """A slice deflated, with bytes of zero behind its pixels, as part of them.

    Args:
        said: bytes more that the pixels are said to have.
    """
    saved(a_slice(1, **values), path)
    data = path.read_bytes()
    start = walk_meta(data)[1]
    meta = data[:start].replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99")
    lengthened = meta.index(b"1.2.840.10008.1.2.1.99") - 2
    meta = meta[:lengthened] + struct.pack("<H", 22) + meta[lengthened + 2 :]
    at = data.index(PIXELS) + 8
    body = data[start:at] + struct.pack("<I", 60 + behind + said) + data[at + 4 :] + bytes(behind)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    path.write_bytes(meta + packer.compress(body) + packer.flush())
    return path


def zipped_file(path: Path, behind: int) -> Path:
    plain = saved(a_slice(1), path.with_suffix(".dcm")).read_bytes()
    at = plain.index(PIXELS) + 8
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "a.dcm", plain[:at] + struct.pack("<I", 60 + behind) + plain[at + 4 :] + bytes(behind)
        )
    path.with_suffix(".dcm").unlink()
    return path


@pytest.mark.parametrize("kind", ["deflated", "zipped"])
def test_no_more_is_unpacked_than_header_and_pixels_take(kind: str, tmp_path: Path) -> None:
    make = {"deflated": deflated_file, "zipped": zipped_file}[kind]
    path = make(tmp_path / ("a.zip" if kind == "zipped" else "a.dcm"), 96 << 20)
    tracemalloc.start()
    found = open_media(path)
    (volume,) = found.media
    assert isinstance(volume, Volume)
    load(volume)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < SMALL
    assert np.array_equal(volume.pixels[0].ravel(), np.arange(30) + 100)
    assert not [issue for issue in found.issues if "longer" in issue.sentence]


def test_a_few_packed_bytes_that_claim_a_huge_picture_are_refused(tmp_path: Path) -> None:
    path = deflated_file(tmp_path / "a.dcm", 0, 1 << 30, Rows=30_000, Columns=30_000)
    (first, *_rest) = open_media(path).issues
    assert "packed bytes claim to hold" in first.sentence
    assert path.stat().st_size < 4 << 20


def test_the_pixels_of_a_zips_member_are_not_looked_for_behind_more_than_a_header_has(
    tmp_path: Path,
) -> None:
    far = FARTHEST_PACKED + (1 << 20)
    plain = saved(a_slice(1), tmp_path / "a.dcm").read_bytes()
    at = plain.index(PIXELS)
    with (
        zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a.dcm", "w") as member,
    ):
        member.write(plain[:at] + struct.pack("<HH2sHI", 0x29, 0x1010, b"OB", 0, far))
        for _piece in range(far >> 20):
            member.write(bytes(1 << 20))
        member.write(plain[at:])
    found = open_media(tmp_path / "a.zip")
    assert (found.media, WORST in found.issues[0].sentence) == ((), True)
    assert far > BYTES_LIMIT > PREAMBLE


def test_a_headers_tables_are_read_without_its_long_sequences(tmp_path: Path) -> None:
    values = {"NumberOfFrames": 1, "ImagePositionPatient": None, "PatientName": "A^B"}
    path = with_header_of(sequence(200_000), tmp_path / "a.dcm", **values)
    (media,) = open_media(path).media
    assert isinstance(media, FrameStack)
    with closing(Files()) as files:
        header = dataset_of(media.instances[0], files)
    assert (header.PatientName, 0x0040A730 in header) == ("A^B", False)
    many = with_header_of(sequence(20_000), tmp_path / "many.dcm", **values)
    with closing(Files()) as files:
        assert 0x0040A730 not in dataset_of(open_media(many).media[0].instances[0], files)
    small = with_header_of(sequence(3), tmp_path / "b.dcm", **values)
    with closing(Files()) as files:
        header = dataset_of(open_media(small).media[0].instances[0], files)
    assert len(header[0x0040A730].value) == 3


def test_items_and_elements_are_counted_too() -> None:
    items = ITEM * 500_001
    with pytest.raises(EndlessHeaderError):
        list(items_in(items, 0, len(items), EXPLICIT_LITTLE))
    elements = struct.pack("<HH2sH", 0x18, 0x9999, b"US", 0) * 100_001
    with pytest.raises(EndlessHeaderError):
        list(elements_in(elements, 0, len(elements), EXPLICIT_LITTLE))
