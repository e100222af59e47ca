"""A zip is written anew with its other members as they were, bit by bit."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import CannotRead, CannotWrite
from viewer.formats import read_export, write_export
from viewer.formats.archive import OpenedArchive
from viewer.formats.rezip import entry_at, rezipped
from viewer.formats.zip_layout import CENTRAL, wide_values
from viewer.model.project import Project

FIXTURE = Path(__file__).parents[1] / "data" / "mdai" / "all_modes.json"
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
# A comment that looks like the end of a zip is one that the standard library cannot read itself.
COMMENTS = st.binary(max_size=9).filter(lambda data: b"PK" not in data)
NAMES = st.text("aé/ .b\\ü漢", min_size=1, max_size=12).map(lambda name: name.strip("/") or "a")


@st.composite
def archives(draw: st.DrawFn) -> bytes:
    """A zip of any members: methods, comments, extra fields, descriptors, bytes before it."""
    target = io.BytesIO(draw(st.binary(max_size=30).filter(lambda data: b"PK" not in data)))
    target.seek(0, io.SEEK_END)
    stream = target if draw(st.booleans()) else _Unseekable(target)
    with zipfile.ZipFile(stream, "a" if stream is target else "w") as archive:
        for name in draw(st.lists(NAMES, max_size=6, unique=True)):
            member = zipfile.ZipInfo(name, (draw(st.integers(1980, 2107)), 5, 4, 3, 2, 0))
            member.compress_type = draw(st.sampled_from(METHODS))
            member.comment = draw(COMMENTS)
            member.external_attr = draw(st.integers(0, 2**32 - 1))
            extra = draw(st.binary(max_size=9))
            member.extra = struct.pack("<2H", 0xCAFE, len(extra)) + extra
            content = draw(st.binary(max_size=200)) * draw(st.sampled_from([1, 50]))
            with archive.open(member, "w", force_zip64=draw(st.booleans())) as file:
                file.write(content)
        archive.comment = draw(COMMENTS)
    return target.getvalue()


class _Unseekable(io.RawIOBase):
    """A stream that is only written to, so that sizes follow each member's bytes."""

    def __init__(self, target: io.BytesIO) -> None:
        self._target = target

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._target.write(data)


def packed_of(data: bytes) -> dict[str, tuple[object, ...]]:
    """Every member's packed bytes and all that its record says but its place."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for one in archive.infolist():
            name, extra = struct.unpack_from("<2H", data, one.header_offset + 26)
            start = one.header_offset + 30 + name + extra
            header = data[one.header_offset : start]
            raw = data[start : start + one.compress_size]
            found[one.filename] = (
                header, raw, one.date_time, one.comment, one.extra, one.external_attr,
                one.compress_type, one.CRC, one.file_size, one.create_system, one.flag_bits,
            )  # fmt: skip
    return found


def written(path: Path, changed: dict[str, bytes], added: dict[str, bytes]) -> bytes:
    archive = OpenedArchive(str(path))

    def of(content: bytes):
        return lambda: (content[:5], content[5:])

    pieces = rezipped(
        archive,
        {name: of(content) for name, content in changed.items()},
        {name: of(content) for name, content in added.items()},
    )
    return b"".join(pieces)


@given(data=archives())
def test_a_zip_without_changes_is_the_same_bytes(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    assert written(path, {}, {}) == data


@given(data=archives(), choice=st.data())
def test_what_is_not_changed_keeps_every_byte(data: bytes, choice, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    before = packed_of(data)
    changed = choice.draw(
        st.dictionaries(st.sampled_from(sorted(before)), st.binary(max_size=300), max_size=3)
        if before
        else st.just({})
    )
    added = choice.draw(st.dictionaries(NAMES, st.binary(max_size=99), max_size=2))
    added = {f"new/{name.replace(chr(92), '')}": content for name, content in added.items()}
    out = written(path, changed, added)
    after = packed_of(out)
    assert list(after) == [*before, *added]
    for name in before.keys() - changed.keys():
        assert after[name] == before[name]
    for name in changed:
        _, _, date, comment, _, attributes, *_ = after[name]
        assert (date, comment, attributes) == (before[name][2], before[name][3], before[name][5])
    with zipfile.ZipFile(io.BytesIO(out)) as archive, zipfile.ZipFile(io.BytesIO(data)) as old:
        assert archive.testzip() is None
        assert archive.comment == old.comment
        for name, content in {**changed, **added}.items():
            assert archive.read(name) == content


@given(
    offset=st.integers(0, 2**40),
    others=st.tuples(st.integers(0, 2**34), st.integers(0, 2**34), st.integers(0, 2**34)),
)
def test_a_record_holds_an_offset_of_any_width(offset: int, others: tuple[int, int, int]) -> None:
    wide = [value for value in others if value >= 0xFFFFFFFF]
    extra = struct.pack(f"<2H{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    size, packed, at = (min(value, 0xFFFFFFFF) for value in others)
    head = (b"PK\x01\x02", 45, 45, 0, 0, 0, 0, 7, packed, size, 1, len(extra), 2, 0, 0, 0, at)
    entry = CENTRAL.pack(*head) + b"n" + extra + b"cc"
    assert wide_values(entry) == others
    moved = entry_at(entry, offset)
    assert wide_values(moved) == (*others[:2], offset)
    assert moved.endswith(b"cc")
    assert moved[CENTRAL.size : CENTRAL.size + 1] == b"n"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An export in a zip between other members."""
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("before.bin", os.urandom(5000), zipfile.ZIP_STORED)
        target.write(FIXTURE, "in/labels.json", zipfile.ZIP_DEFLATED)
        target.writestr("in/after.txt", b"after" * 999, zipfile.ZIP_DEFLATED)
        target.comment = b"a comment"
    return path


def edited(project: Project) -> Project:
    id = next(iter(project.annotations))
    note = msgspec.structs.replace(project.annotations[id], note="edited")
    return project.with_annotation(note)


def test_an_unedited_export_gives_the_same_zip(archive: Path, tmp_path: Path) -> None:
    opened = read_export(archive)
    report = write_export(opened, opened, "1", tmp_path / "out.zip")
    assert (tmp_path / "out.zip").read_bytes() == archive.read_bytes()
    assert report.path == str(tmp_path / "out.zip")


def test_an_edited_export_changes_its_own_member_alone(archive: Path, tmp_path: Path) -> None:
    opened = read_export(archive)
    write_export(opened, edited(opened), "1", tmp_path / "out.zip")
    write_export(opened, edited(opened), "1", tmp_path / "out.json")
    before = packed_of(archive.read_bytes())
    after = packed_of((tmp_path / "out.zip").read_bytes())
    assert list(after) == list(before)
    assert [name for name in before if after[name] != before[name]] == ["in/labels.json"]
    with zipfile.ZipFile(tmp_path / "out.zip") as target:
        assert target.read("in/labels.json") == (tmp_path / "out.json").read_bytes()
    again = read_export(tmp_path / "out.zip")
    assert next(again.annotations[id].note for id in again.annotations) == "edited"


def test_the_opened_zip_is_written_over_only_when_asked(archive: Path) -> None:
    before = archive.read_bytes()
    opened = read_export(archive)
    for target in (archive, archive.parent / "." / "export.zip"):
        with pytest.raises(CannotWrite, match=r"export\.zip is open"):
            write_export(opened, edited(opened), "1", target)
    assert archive.read_bytes() == before
    write_export(opened, edited(opened), "1", archive, overwrite=True)
    assert archive.read_bytes() != before
    write_export(opened, opened, "1", archive, overwrite=True)  # what was opened is held
    assert archive.read_bytes() == before


def test_a_folder_gets_the_members_of_the_export(archive: Path, tmp_path: Path) -> None:
    opened = read_export(archive)
    (tmp_path / "out").mkdir()
    report = write_export(opened, opened, "1", tmp_path / "out")
    assert (tmp_path / "out" / "labels.json").read_bytes() == FIXTURE.read_bytes()
    assert [Path(file.path).name for file in report.files] == ["labels.json"]


def test_all_exports_of_a_zip_are_saved_with_it(tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.write(FIXTURE, "a10.json")
        target.write(FIXTURE, "a9.json")
        target.writestr("x.txt", "x")
    opened = read_export(path)
    assert [export.title for export in opened.exports.values()] == ["a9.json", "a10.json"]
    current = edited(opened)
    other = next(id for id in opened.annotations if id.export == "2")
    changed = msgspec.structs.replace(opened.annotations[other], note="too")
    current = current.with_annotation(changed)
    report = write_export(opened, current, "2", tmp_path / "out.zip")
    assert list(report.exports) == ["1", "2"]
    again = read_export(tmp_path / "out.zip")
    notes = {again.annotations[id].note for id in again.annotations}
    assert {"edited", "too"} <= notes


def test_a_zip_that_changed_since_is_not_written_anew(archive: Path, tmp_path: Path) -> None:
    opened = read_export(archive)
    with archive.open("ab") as file:
        file.write(b"more")
    with pytest.raises(CannotWrite, match=r"export\.zip has changed since it was opened"):
        write_export(opened, edited(opened), "1", tmp_path / "out.zip")
    assert not (tmp_path / "out.zip").exists()
    write_export(opened, edited(opened), "1", tmp_path / "out.json")  # its own bytes are kept


def test_members_that_overlap_are_refused(archive: Path, tmp_path: Path) -> None:
    data = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as target:
        inner = target.getinfo("in/labels.json").header_offset
    at = data.rindex(b"PK\x01\x02")  # the record of the last member now stands for the second
    struct.pack_into("<L", data, at + 42, inner)
    struct.pack_into("<L", data, at + 20, 1)
    (tmp_path / "bomb.zip").write_bytes(data)
    opened = read_export(tmp_path / "bomb.zip")
    with pytest.raises(CannotWrite, match="overlap, as in a zip bomb"):
        write_export(opened, edited(opened), "1", tmp_path / "out.zip")
    write_export(opened, opened, "1", tmp_path / "out.zip")
    assert (tmp_path / "out.zip").read_bytes() == data


def test_a_member_that_claims_to_grow_beyond_belief_is_not_unpacked(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as target,
        target.open("labels.json", "w") as file,
    ):
        file.write(FIXTURE.read_bytes()[:-2])
        for _ in range(280):
            file.write(b" " * 2**20)
    with pytest.raises(CannotRead, match="packed bytes claim to hold"):
        read_export(tmp_path / "bomb.zip")


def test_an_export_of_files_is_written_into_no_zip(tmp_path: Path) -> None:
    opened = read_export(FIXTURE)
    with pytest.raises(CannotWrite, match="is no part of a zip; name a JSON file"):
        write_export(opened, opened, "1", tmp_path / "out.zip")


def test_a_damaged_mask_keeps_nobody_from_saving_the_zip_that_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "masks.zip"
    series = {"items": ["a.png"], "segmentations": "S.nii.gz", "segmentMap": {"1": {}}}
    with zipfile.ZipFile(path, "w") as target:
        tasks = [{"taskId": "t", "name": "t", "series": [series]}]
        target.writestr("tasks.json", json.dumps(tasks))
        target.writestr("S.nii.gz", b"x" * 99)
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, second + 42, 0)  # the mask now lies where the tasks are
    path.write_bytes(data)
    opened = read_export(path)
    write_export(opened, opened, "1", tmp_path / "out.zip")
    assert (tmp_path / "out.zip").read_bytes() == path.read_bytes()
    with pytest.raises(CannotWrite, match=r"S\.nii\.gz cannot be copied"):
        write_export(opened, opened, "1", tmp_path / "out.json")
