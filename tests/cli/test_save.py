"""`overread save` writes the same bytes, and never over what was opened."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from command_lines import Run
from format_cases import DATA

from viewer.formats.table import FORMATS


@pytest.mark.parametrize("where", ["file", "folder", "new folder"])
def test_save_writes_the_same_bytes(
    run: Run, demo: tuple[Path, Path], tmp_path: Path, where: str
) -> None:
    out = {
        "file": str(tmp_path / "copy.json"),
        "folder": str(tmp_path),
        "new folder": f"{tmp_path}/new/",
    }[where]
    written = Path(out) if where == "file" else Path(out) / demo[1].name
    done = run("save", demo[1], "--out", out)
    assert done.code == 0
    assert written.read_bytes() == demo[1].read_bytes()
    assert str(written) in done.out


def test_save_never_writes_over_the_file_it_opened(run: Run, placed: Path) -> None:
    before = placed.read_bytes()
    assert run("save", placed, "--out", placed).code == 2
    assert run("save", placed, "--out", placed.parent).code == 2
    assert placed.read_bytes() == before


def test_save_takes_one_export_at_a_time(
    run: Run, demo: tuple[Path, Path], placed: Path, tmp_path: Path
) -> None:
    done = run("save", demo[1], placed, "--out", tmp_path / "x.json")
    assert done.code == 2
    assert "one by one" in done.err


def test_an_export_that_is_named_twice_is_saved_once(
    run: Run, placed: Path, tmp_path: Path
) -> None:
    again = placed.parent / "." / "again.json"
    again.symlink_to(placed)
    assert run("save", placed, placed, again, "--out", tmp_path / "x.json").code == 0
    assert (tmp_path / "x.json").read_bytes() == placed.read_bytes()


def test_the_exports_of_a_zip_are_named_so_that_each_can_be_saved(
    run: Run, placed: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "two! of one name.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.write(placed, "a/l.json")
        target.write(placed, "b/l.json")
    refused = run("save", archive, "--out", tmp_path / "x.json")
    told = run("info", archive)
    assert refused.code == 2
    for member in (f"{archive}!a/l.json", f"{archive}!b/l.json"):
        assert member in refused.err
        assert member in told.out
        assert run("save", member, "--out", tmp_path / "x.json").code == 0
        assert (tmp_path / "x.json").read_bytes() == placed.read_bytes()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("none/x.json", "none does not exist; make it or choose another."),
        (f"{'n' * 300}.json", "File name too long; choose another place or name."),
        (f"{'n' * 300}/", "File name too long; name another."),
    ],
)
def test_where_nothing_can_be_written_is_said_with_what_to_do(
    run: Run, placed: Path, tmp_path: Path, name: str, words: str
) -> None:
    done = run("save", placed, "--out", f"{tmp_path}/{name}")
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert done.err.endswith(f"{words}\n")


def test_a_folder_that_cannot_be_made_is_a_sentence(run: Run, placed: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("save", placed, "--out", f"{tmp_path}/file/")
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert "file cannot be made" in done.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_neither_waited_for_nor_taken_for_an_export(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    for source in (tmp_path / "pipe.json", os.devnull):
        done = run("save", source, "--out", tmp_path / "x.json")
        assert (done.code, done.out) == (2, "")
        assert "a pipe or a device is no file" in done.err


@pytest.mark.parametrize("is_zip", [False, True])
def test_what_a_folder_or_zip_holds_unopened_is_said_when_its_export_is_saved(
    run: Run, placed: Path, tmp_path: Path, is_zip: bool
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "a.json").write_bytes(placed.read_bytes())
    (home / "other.json").write_text('{"neither": 1}')
    if is_zip:
        damaged = home.with_suffix(".zip")
        with zipfile.ZipFile(damaged, "w") as archive:
            for path in home.iterdir():
                archive.write(path, path.name)
            archive.writestr("broken.json", b"[" + b" " * 99)
        damaged.write_bytes(damaged.read_bytes().replace(b" " * 99, b"\t" * 99))
    else:
        os.mkfifo(home / "broken.json")
    done = run("save", f"{home}.zip" if is_zip else home, "--out", tmp_path / "x.json")
    assert done.code == 0
    assert (tmp_path / "x.json").read_bytes() == placed.read_bytes()
    assert "overread: other.json is JSON, but no label export of a known format." in done.err
    assert all(f"{known.title}: {known.looked_for}" in done.err for known in FORMATS)
    assert "broken.json" in done.err
    assert done.err.count("\n") == 2


def test_what_else_can_be_made_of_an_export_is_written_as_named(run: Run, tmp_path: Path) -> None:
    export = DATA / "labelbox" / "everything.json"
    done = run("save", export, "--as", "import", "--out", tmp_path)
    assert done.code == 0
    rows = (tmp_path / "everything.import.ndjson").read_text().splitlines()
    assert f"{len(rows)} rows" in done.out
    assert "Not in it: " in done.out
    wrong = run("save", export, "--as", "poem", "--out", tmp_path / "x")
    assert wrong.code == 2
    assert "there is: import, masks" in wrong.err
