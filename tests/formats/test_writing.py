"""Files appear whole or not at all, and never over what is open."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from pathlib import Path

import pytest

from viewer.errors import CannotWrite
from viewer.formats import read_export, write_export
from viewer.model.project import Project

FIXTURE = Path(__file__).parents[1] / "data" / "mdai" / "all_modes.json"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return Path(shutil.copy(FIXTURE, tmp_path / "export.json"))


@pytest.fixture
def opened(source: Path) -> Project:
    return read_export(source)


def test_the_report_tells_path_size_and_sum(opened: Project, tmp_path: Path):
    report = write_export(opened, opened, "1", tmp_path / "out.json")
    data = (tmp_path / "out.json").read_bytes()
    assert report.path == str((tmp_path / "out.json").resolve())
    assert (report.size_bytes, report.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert report.sha256 == opened.exports["1"].sources[0].sha256
    assert report.changed == ()


def test_a_folder_gets_a_file_of_the_same_name(opened: Project, tmp_path: Path):
    folder = tmp_path / "out"
    folder.mkdir()
    write_export(opened, opened, "1", folder)
    assert (folder / "export.json").read_bytes() == FIXTURE.read_bytes()
    assert [path.name for path in folder.iterdir()] == ["export.json"]


def test_an_opened_file_is_overwritten_only_when_asked(opened, source, tmp_path):
    link = tmp_path / "link.json"
    link.symlink_to(source)
    for target in (source, link, tmp_path / "." / "export.json"):
        with pytest.raises(CannotWrite, match="is open"):
            write_export(opened, opened, "1", target)
    source.write_bytes(b"changed by another program")
    write_export(opened, opened, "1", link, overwrite=True)
    assert source.read_bytes() == FIXTURE.read_bytes()
    assert link.is_symlink()


def test_a_source_that_is_gone_may_be_written_back_when_asked(opened, source):
    source.unlink()
    with pytest.raises(CannotWrite, match="is open"):
        write_export(opened, opened, "1", source)
    write_export(opened, opened, "1", source, overwrite=True)
    assert source.read_bytes() == FIXTURE.read_bytes()


def test_permissions_of_a_replaced_file_are_kept(opened: Project, tmp_path: Path):
    target = tmp_path / "out.json"
    write_export(opened, opened, "1", target)
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~mask
    target.chmod(0o640)
    write_export(opened, opened, "1", target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_folder_that_is_missing_or_a_name_that_is_a_folder_is_a_sentence(opened, tmp_path):
    with pytest.raises(CannotWrite, match="does not exist"):
        write_export(opened, opened, "1", tmp_path / "no" / "out.json")
    folder = tmp_path / "out"
    (folder / "export.json").mkdir(parents=True)
    with pytest.raises(CannotWrite, match="is a folder"):
        write_export(opened, opened, "1", folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_file_is_never_replaced(opened: Project, tmp_path: Path):
    special = {
        "pipe.json": lambda path: os.mkfifo(path),
        "loop.json": lambda path: path.symlink_to(path),
    }
    for name, make in special.items():
        make(tmp_path / name)
        before = os.lstat(tmp_path / name)
        with pytest.raises(CannotWrite, match=f"{name} is a .*; name a file"):
            write_export(opened, opened, "1", tmp_path / name, overwrite=True)
        assert os.lstat(tmp_path / name).st_ino == before.st_ino


def test_a_disk_that_refuses_leaves_nothing_behind(opened, tmp_path, monkeypatch):
    def refuses(number: int) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "out.json"
    target.write_bytes(b"as it was")
    monkeypatch.setattr(os, "fsync", refuses)
    with pytest.raises(
        CannotWrite, match=r"No space left on device; choose another place or name\.$"
    ):
        write_export(opened, opened, "1", target)
    assert target.read_bytes() == b"as it was"
    assert {path.name for path in tmp_path.iterdir()} == {"out.json", "export.json"}


def test_a_folder_that_cannot_be_written_is_a_sentence(opened, tmp_path, monkeypatch):
    def refuses(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuses)
    with pytest.raises(CannotWrite, match=r"Permission denied; choose another place or name\.$"):
        write_export(opened, opened, "1", tmp_path / "out.json")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda number, size: os.pwrite(number, b"!", 0),
        lambda number, size: os.pwrite(number, b"!", size // 2),
        lambda number, size: os.pwrite(number, b"!", size - 1),
        lambda number, size: os.pwrite(number, b"!", size),
        lambda number, size: os.ftruncate(number, size - 1),
    ],
)
def test_bytes_that_read_back_differently_are_not_put_in_place(
    opened, tmp_path, monkeypatch, spoil
):
    real = os.fsync

    def spoils(number: int) -> None:
        spoil(number, os.fstat(number).st_size)
        real(number)

    monkeypatch.setattr(os, "fsync", spoils)
    with pytest.raises(CannotWrite, match="other bytes"):
        write_export(opened, opened, "1", tmp_path / "out.json")
    assert not (tmp_path / "out.json").exists()
