"""What was scanned once is known again, and never trusted when anything changed."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
from slices import a_slice, saved

from viewer.media import open_media
from viewer.media.dicom.scan_memory import FEWEST, ScanMemory
from viewer.media.volume import MediaSet

NAME = "Doe^Jane"
OFTEN = 3  # files of each series


@pytest.fixture(name="memories")
def memories_of_this_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "overread" / "scans"


@pytest.fixture(scope="module", name="files")
def files_of_many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "files"
    for number in range(FEWEST):
        image = a_slice(
            number % OFTEN,
            PatientName=NAME,
            StudyDescription="Follow-up of Jane Doe",
            SeriesInstanceUID=f"1.2.3.{number // OFTEN}",
            SOPInstanceUID=f"1.2.4.{number}",
        )
        saved(image, folder / f"{number}")
    (folder / "notes.txt").write_text("no DICOM")
    return folder


@pytest.fixture(name="folder")
def folder_of_many(files: Path, tmp_path: Path) -> Path:
    return shutil.copytree(files, tmp_path / "files")


def seen(found: MediaSet) -> list[object]:
    return [
        [(m.id, m.title, m.facts, m.count, m.issues) for m in found.media],
        found.issues,
        found.skipped,
    ]


def test_a_second_scan_says_the_same_as_the_first(folder: Path, memories: Path) -> None:
    first = open_media(folder)
    (memory,) = memories.iterdir()
    written = memory.stat().st_mtime_ns
    assert seen(open_media(folder)) == seen(first)
    assert memory.stat().st_mtime_ns == written
    assert first.media[0].facts.patient.name == "Doe Jane"


def test_the_memory_is_private_and_names_nobody(folder: Path, memories: Path) -> None:
    open_media(folder)
    (memory,) = memories.iterdir()
    assert stat.S_IMODE(memories.stat().st_mode) == 0o700
    assert stat.S_IMODE(memory.stat().st_mode) == 0o600
    known = ScanMemory([folder], memories)
    values = b"\n".join(known._values)  # pyright: ignore[reportPrivateUsage]
    assert b"1.2.4.7" in values
    for word in (b"Doe", b"Jane", b"Follow-up", b"Thorax", os.fsencode(folder)):
        assert word not in values


def test_a_changed_file_is_read_again(folder: Path, memories: Path) -> None:
    open_media(folder)
    saved(a_slice(1, SeriesInstanceUID="9.9", SOPInstanceUID="9.8"), folder / "7")
    (folder / "notes.txt").write_text("no DICOM either, but longer")
    (folder / "8").unlink()
    found = open_media(folder)
    assert "9.9" in {media.facts.series_uid for media in found.media}
    assert sum(media.count for media in found.media) == FEWEST - 1
    assert found.skipped == 1


@pytest.mark.parametrize("damage", ["empty", "cut", "changed", "another", "folder"])
def test_a_damaged_memory_is_left_aside(folder: Path, memories: Path, damage: str) -> None:
    first = seen(open_media(folder))
    (memory,) = memories.iterdir()
    data = memory.read_bytes()
    memory.unlink()
    if damage == "folder":
        memory.mkdir()
    else:
        middle = len(data) // 2
        memory.write_bytes(
            {
                "empty": b"",
                "cut": data[:-9],
                "changed": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
                "another": b"OVERREAD SCAN 0\n" + data[16:],
            }[damage]
        )
    assert seen(open_media(folder)) == first
    assert memory.is_dir() or memory.read_bytes() == data


def test_few_files_are_not_remembered(tmp_path: Path, memories: Path) -> None:
    saved(a_slice(1), tmp_path / "few" / "a.dcm")
    open_media(tmp_path / "few")
    assert not memories.exists()
