"""Zips are read by offset; their names are never paths, their sizes never believed."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from slices import a_slice, saved, series

from viewer.errors import CannotRead
from viewer.formats import read_export
from viewer.media import load, open_media
from viewer.media.files import ByteReader, Files, inflated, inflated_bytes
from viewer.media.instance import FileRef


def zipped(folder: Path, target: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(target, "w", method) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return target


def deflated(data: bytes) -> bytes:
    return zlib.compress(data, 9, wbits=-zlib.MAX_WBITS)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_zip_holds_what_its_folder_holds(method: int, tmp_path: Path) -> None:
    series(tmp_path / "a", 4)
    (tmp_path / "a" / "labels.json").write_text("[]")
    archive = zipped(tmp_path / "a", tmp_path / "a.zip", method)
    plain, packed = open_media(tmp_path / "a"), open_media(archive)
    load(plain.media[0])
    load(packed.media[0])
    assert np.array_equal(plain.media[0].pixels, packed.media[0].pixels)
    assert packed.media[0].ready.all()
    assert packed.exports == (f"{archive}!labels.json",)


@pytest.mark.parametrize("name", ["a.json", "b/A.JSON", "c.ndjson", "d.jsonl"])
def test_what_may_be_an_export_is_no_stranger_in_a_folder_or_zip(name: str, tmp_path: Path) -> None:
    (tmp_path / "in" / name).parent.mkdir(parents=True)
    (tmp_path / "in" / name).write_text("{}")
    archive = zipped(tmp_path / "in", tmp_path / "all.zip")
    assert open_media(tmp_path / "in").exports == (str(tmp_path / "in" / name),)
    assert open_media(archive).exports == (f"{archive}!{name}",)
    assert open_media(tmp_path).skipped == 0


def test_a_zip_inside_an_opened_folder_is_searched(tmp_path: Path) -> None:
    series(tmp_path / "a", 3)
    (tmp_path / "b").mkdir()
    zipped(tmp_path / "a", tmp_path / "b" / "c.zip")
    assert [media.count for media in open_media(tmp_path / "b").media] == [3]


def test_real_slices_load_from_a_zip(shared: Path, tmp_path: Path) -> None:
    folder = shared / "data" / "dicom" / "mr_sagittal_compressed" / "compressed_j2k"
    archive = zipped(folder, tmp_path / "j2k.zip")
    plain, packed = open_media(folder).media[0], open_media(archive).media[0]
    load(plain)
    load(packed)
    assert np.array_equal(plain.pixels, packed.pixels)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_one_name_are_both_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as archive:
        for number in (1, 2):
            path = saved(a_slice(number), tmp_path / f"{number}.dcm")
            archive.writestr("same.dcm", path.read_bytes())
    (volume,) = open_media(tmp_path / "twice.zip").media
    load(volume)
    assert volume.pixels[:, 0, 0].tolist() == [100, 200]


def test_names_that_climb_out_of_the_folder_are_only_names(tmp_path: Path) -> None:
    path = saved(a_slice(1), tmp_path / "in" / "a.dcm")
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../../outside.dcm", path.read_bytes())
    before = sorted(tmp_path.rglob("*"))
    (volume,) = open_media(tmp_path / "evil.zip").media
    load(volume)
    assert volume.ready.all()
    assert sorted(tmp_path.rglob("*")) == before


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    target = tmp_path / "bomb.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.dcm", bytes(50_000))
    data = bytearray(target.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:  # every entry claims a compressed size of 5000 bytes
        struct.pack_into("<I", data, at + 20, 5000)
        at = data.find(b"PK\x01\x02", at + 4)
    target.write_bytes(data)
    (issue, *_rest) = open_media(target).issues
    assert issue.code == "zip-refused"
    assert "overlap" in issue.sentence


def test_a_member_of_absurd_size_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "huge.zip"
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.dcm", b"abc")
    data = bytearray(target.read_bytes())
    at = data.find(b"PK\x01\x02")
    name_end = at + 46 + 5
    extra = struct.pack("<HHQ", 1, 8, 1 << 40)  # zip64: unpacked size
    struct.pack_into("<I", data, at + 24, 0xFFFFFFFF)
    struct.pack_into("<H", data, at + 30, len(extra))
    data[name_end:name_end] = extra
    end = data.find(b"PK\x05\x06")
    struct.pack_into("<I", data, end + 12, struct.unpack_from("<I", data, end + 12)[0] + len(extra))
    target.write_bytes(data)
    issue = open_media(target).issues[0]
    assert issue.code == "zip-refused"
    assert "1024 GB" in issue.sentence


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"not a zip at all"])
def test_a_damaged_zip_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(content)
    found = open_media(tmp_path / "bad.zip")
    assert found.issues[0].code == "zip-refused"
    assert "bad.zip" in found.issues[0].sentence


def test_a_damaged_member_is_a_sentence_and_the_rest_loads(tmp_path: Path) -> None:
    series(tmp_path / "a", 3)
    archive = zipped(tmp_path / "a", tmp_path / "a.zip", zipfile.ZIP_STORED)
    data = bytearray(archive.read_bytes())
    at = data.find(b"\xe0\x7f\x10\x00OW")
    data[at + 20] ^= 0xFF  # one pixel: the checksum no longer fits
    archive.write_bytes(data)
    found = open_media(archive)
    (volume,) = found.media
    load(volume)
    assert volume.ready.sum() == 2
    assert found.issues[0].sentence.startswith("a.zip!")


def test_an_encrypted_member_is_a_sentence(tmp_path: Path) -> None:
    series(tmp_path / "a", 1)
    archive = zipped(tmp_path / "a", tmp_path / "a.zip", zipfile.ZIP_STORED)
    data = bytearray(archive.read_bytes())
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(data)
    found = open_media(archive)
    assert found.issues[0].code == "file-unreadable"
    assert "encrypted" in found.issues[0].sentence


def test_a_zip_that_changed_since_is_a_sentence(tmp_path: Path) -> None:
    series(tmp_path / "a", 2)
    archive = zipped(tmp_path / "a", tmp_path / "a.zip")
    with closing(Files()) as files:
        members = files.members(str(archive))
    (tmp_path / "a" / "07.dcm").unlink()
    zipped(tmp_path / "a", archive)
    with closing(Files()) as files, pytest.raises(CannotRead):
        files.open(members[1])


def test_no_more_of_a_deflated_data_set_is_unpacked_than_is_asked_for() -> None:
    bomb = deflated(bytes(40 << 20))
    tracemalloc.start()
    reader = ByteReader(io.BytesIO(bomb), len(bomb), FileRef("bomb.dcm"))
    assert len(inflated(reader, 0, 3 << 20)) == 3 << 20
    assert inflated_bytes(reader, 0, 5 << 20) == 5 << 20
    assert inflated_bytes(reader, 0, 1 << 40) == 40 << 20
    assert tracemalloc.get_traced_memory()[1] < 10 << 20
    tracemalloc.stop()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_are_found_by_name_also_where_a_name_repeats(tmp_path: Path) -> None:
    path = tmp_path / "named.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (("a", "1"), ("b/a", "2"), ("a", "3")):
            archive.writestr(name, text)
    with closing(Files()) as files:
        for name, texts in (("a", [b"1", b"3"]), ("b/a", [b"2"]), ("b", [])):
            found: list[bytes] = []
            for member in files.members_named(str(path), name):
                with closing(files.open(member)) as reader:
                    found.append(reader.read(0, 9))
            assert found == texts


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("at", [0, 4, 9, 20, 60])
def test_damaged_bytes_of_a_member_are_said_whatever_packed_them(
    method: int, at: int, tmp_path: Path
) -> None:
    path = saved(a_slice(1), tmp_path / "a.dcm")
    with zipfile.ZipFile(tmp_path / "torn.zip", "w", method) as archive:
        archive.write(path, "a.dcm")
        archive.write(path, "a.json")
    data = bytearray((tmp_path / "torn.zip").read_bytes())
    for name in (b"a.dcm", b"a.json"):
        start = data.index(name) + len(name) + at
        data[start : start + 8] = b"\xff" * 8
    (tmp_path / "torn.zip").write_bytes(data)
    found = open_media(tmp_path / "torn.zip")
    assert not found.media
    assert any("torn.zip!a.dcm" in issue.sentence for issue in found.issues)
    with pytest.raises(CannotRead):
        read_export(f"{tmp_path}/torn.zip!a.json")


def test_a_member_whose_own_name_is_damaged_is_said(tmp_path: Path) -> None:
    path = saved(a_slice(1), tmp_path / "a.dcm")
    with zipfile.ZipFile(tmp_path / "named.zip", "w") as archive:
        archive.write(path, "\u00e9.dcm")
        archive.write(path, "whole.dcm")
    data = (tmp_path / "named.zip").read_bytes()
    (tmp_path / "named.zip").write_bytes(data.replace(b"\xc3\xa9", b"\xff\xa9", 1))
    found = open_media(tmp_path / "named.zip")
    assert [media.count for media in found.media] == [1]
    (issue,) = found.issues
    assert "cannot be opened (a name in it is damaged)" in issue.sentence
