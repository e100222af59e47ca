"""The files beside an export are found by name, and nothing else ever is."""

from __future__ import annotations

import os
import zipfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import CannotRead
from viewer.formats.beside import beside_of
from viewer.model.source import Beside

MASKS = {
    "masks/a 1.png": b"a",
    "masks/deep/er/b.png": b"bb",
    "100%25.png": b"percent",
    "c.nii.gz": b"c" * 1000,
}
LIMIT = 10_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An export's folder among others that were not opened."""
    (tmp_path / "secret.png").write_bytes(b"secret")
    (tmp_path / "opened-too").mkdir()
    (tmp_path / "opened-too" / "secret.png").write_bytes(b"secret")
    home = tmp_path / "opened"
    for name, content in MASKS.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    (home / "tasks.json").write_text("[]")
    return home


@pytest.fixture(params=["folder", "zip", "zip with a folder in it"])
def beside(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> Beside:
    if request.param == "folder":
        return beside_of(folder / "tasks.json")
    inner = "export/" if "folder" in request.param else ""
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(folder.rglob("*")):
            target.write(path, inner + path.relative_to(folder).as_posix())
    return beside_of(f"{archive}!{inner}tasks.json")


def test_a_name_is_found_however_its_path_is_spelled(beside: Beside) -> None:
    spellings = {
        "masks/a 1.png": ("./masks/a 1.png", "masks//a 1.png", "masks\\a 1.png", "masks/a%201.png"),
        "masks/deep/er/b.png": (".\\masks\\deep\\er\\b.png", "masks/deep/../deep/er/./b.png"),
        "100%25.png": ("100%25.png", "100%2525.png"),
    }
    for name, others in spellings.items():
        for spelling in (name, *others):
            found = beside.find(spelling)
            assert found is not None, spelling
            assert beside.read(found, LIMIT) == MASKS[name]


def test_case_folders_urls_and_what_is_not_there_are_not_found(beside: Beside) -> None:
    names = ("MASKS/a 1.png", "masks", "none.png", "", ".", "https://x.org/c.nii.gz", "x" * 5000)
    for name in (*names, "n" * 300, "\ud800", "a\0b", "c.nii.gz/x"):
        assert beside.find(name) is None, name


def test_what_is_in_a_folder_is_told_by_its_names(beside: Beside) -> None:
    assert set(beside.names("")) == {"masks", "100%25.png", "c.nii.gz", "tasks.json"}
    assert set(beside.names("masks")) == {"a 1.png", "deep"}
    assert beside.names("masks/deep") == ("er",)


def test_what_is_no_folder_of_what_was_opened_has_no_names(beside: Beside) -> None:
    for name in ("none", "c.nii.gz", "..", "../opened-too", "/etc", "a\0b", "x" * 5000, "\ud800"):
        assert beside.names(name) == (), name


def test_names_that_lead_out_are_a_sentence(beside: Beside) -> None:
    names = (
        "../../secret.png", "/etc/passwd", "..\\..\\..\\secret.png", "C:\\x.png", "c:x.png",
        "masks/../../../secret.png", "%2e%2e/../%2e%2e/secret.png", "\\\\host\\share\\x.png",
    )  # fmt: skip
    for name in names:
        with pytest.raises(CannotRead, match=r"lies outside of what was opened; not read\. Put it"):
            beside.find(name)


def test_no_more_is_read_than_was_asked_for(beside: Beside) -> None:
    found = beside.find("c.nii.gz")
    assert found is not None
    assert beside.read(found, 1000) == MASKS["c.nii.gz"]
    with pytest.raises(CannotRead, match="1,000 bytes are more than the 999"):
        beside.read(found, 999)
    for size in (7, 1000, 5000):
        assert beside.head(found, size) == MASKS["c.nii.gz"][:size]


def test_what_was_not_found_is_not_read(beside: Beside, folder: Path) -> None:
    for path in (folder.parent / "secret.png", folder.parent / "opened-too" / "secret.png"):
        with pytest.raises(CannotRead, match="lies outside"):
            beside.read(str(path), LIMIT)
        with pytest.raises(CannotRead, match="lies outside"):
            beside.head(str(path), LIMIT)


def test_a_link_is_followed_within_the_folder_only(folder: Path) -> None:
    (folder / "inside.png").symlink_to(folder / "masks" / "a 1.png")
    (folder / "outside.png").symlink_to(folder.parent / "secret.png")
    (folder / "up").symlink_to(folder.parent / "opened-too")
    (folder / "round.png").symlink_to(folder / "round.png")
    beside = beside_of(folder / "tasks.json")
    assert beside.read(beside.find("inside.png") or "", LIMIT) == b"a"
    assert beside.find("round.png") is None
    for name in ("outside.png", "up/secret.png"):
        with pytest.raises(CannotRead, match="lies outside"):
            beside.find(name)


def test_a_whole_path_into_the_folder_is_found(folder: Path) -> None:
    beside = beside_of(folder / "tasks.json")
    assert beside.find(str(folder / "masks" / "a 1.png")) == str(folder / "masks" / "a 1.png")
    with pytest.raises(CannotRead, match="lies outside"):
        beside.find(f"{folder}-too/secret.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_no_file_beside(folder: Path) -> None:
    os.mkfifo(folder / "pipe.png")
    assert beside_of(folder / "tasks.json").find("pipe.png") is None


def test_a_name_that_a_zip_holds_twice_is_a_sentence(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as target:
        target.writestr("tasks.json", "[]")
        target.writestr("a/m.png", "1")
        target.writestr("a\\m.png", "2")
    with pytest.raises(CannotRead, match=r"2 files that are all named a/m\.png"):
        beside_of(f"{tmp_path / 'x.zip'}!tasks.json").find("a/m.png")


def test_a_member_that_unpacks_to_more_than_allowed_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("tasks.json", "[]")
        target.writestr("bomb.png", bytes(20_000_000))
    beside = beside_of(f"{tmp_path / 'x.zip'}!tasks.json")
    with pytest.raises(CannotRead, match="20,000,000 bytes are more than"):
        beside.read(beside.find("bomb.png") or "", 1_000_000)


PARTS = st.sampled_from(
    [
        "..",
        ".",
        "",
        "masks",
        "deep",
        "secret.png",
        "opened",
        "opened-too",
        "up",
        "c.nii.gz",
        "C:",
        "~",
    ]
)
SEPARATORS = st.sampled_from(["/", "\\", "%2f", "%5C"])


@given(
    parts=st.lists(st.tuples(PARTS, SEPARATORS), max_size=7),
    before=st.sampled_from(["", "/", "//", "file:///", "absolute"]),
    is_quoted=st.booleans(),
)
def test_no_name_ever_leads_out(
    parts: list[tuple[str, str]],
    before: str,
    is_quoted: bool,
    beside: Beside,
    folder: Path,
) -> None:
    if not (folder / "up").is_symlink():
        (folder / "up").symlink_to(folder.parent)
    name = "".join(part + separator for part, separator in parts)
    name = f"{folder}/{name}" if before == "absolute" else before + name
    for spelling in (name, name.rstrip("/\\")):
        found = None
        with suppress(CannotRead):
            found = beside.find(quote(spelling) if is_quoted else spelling)
        assert found is None or beside.read(found, LIMIT) != b"secret"
