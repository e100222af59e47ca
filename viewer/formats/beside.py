"""The files beside an export's main file: in its folder and below, or in the same zip."""

from __future__ import annotations

import itertools
import os
import re
import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from viewer.errors import CannotRead, Issue
from viewer.formats.format import Format, Raw
from viewer.formats.members import cleaned, opened_member, split_member
from viewer.media.files import Files
from viewer.media.instance import FileRef
from viewer.model.source import Beside, Role

NAMED_LIMIT = 3  # names that lead out and are said one by one
NAMES_LIMIT = 1_000_000  # of a folder that are looked at
LONGEST_NAME = 4096  # characters; no system has a longer path
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_DRIVE = re.compile(r"[A-Za-z]:")


def beside_of(path: str | Path, files: Files | None = None) -> Beside:
    """Return what lies beside a main file, or beside a member called "archive.zip!member".

    Nothing is listed or opened until a name is looked for.

    Args:
        path: of the main file.
        files: keeps its archive open.
    """
    file, member = split_member(path)
    return InFolder(Path(file)) if member is None else InZip(file, member, files)


@dataclass(frozen=True)
class FoundPart:
    """A file that an export's main file calls for; without a path where there is none."""

    role: Role
    path: str


@dataclass(frozen=True)
class FoundParts:
    """All files that a main file calls for, in its order, and what is said of odd names."""

    all: tuple[FoundPart, ...]
    issues: tuple[Issue, ...]


def found_parts(known: Format, data: Raw, beside: Beside) -> FoundParts:
    """Look for the files that the main file of an export calls for.

    Args:
        known: the format that tells what it calls for.
        data: the main file.
        beside: what lies around it.
    """
    refused: list[str] = []
    found: list[FoundPart] = []
    for part in known.parts(data):
        path = None
        for name in part.names:
            try:
                path = path or beside.find(name)
            except CannotRead as error:
                refused.append(str(error))
        found.append(FoundPart(part.role, path or ""))
    issues = [Issue("warning", "part-refused", sentence) for sentence in refused[:NAMED_LIMIT]]
    if len(refused) > NAMED_LIMIT:
        more = f"{len(refused) - NAMED_LIMIT:,} more files are named that cannot be read from here."
        issues.append(Issue("warning", "part-refused", more))
    return FoundParts(tuple(found), tuple(issues))


class InFolder:
    """What lies in a main file's folder and below."""

    def __init__(self, main: Path) -> None:
        self._title = main.name
        self._folder = main.parent
        self._root = str(main.parent)

    def find(self, name: str) -> str | None:
        """Return the path of a file by its name; case counts as on the disk.

        Raises:
            CannotRead: it leads out of the folder: by "..", as a whole path or through a link.
        """
        for spelling in _spellings(name):
            parts = parts_inside(self._within(spelling), (), self._title)
            if not os.path.exists(os.path.join(self._root, *parts)):  # noqa: PTH110, PTH118
                continue  # told quickly, since exports name thousands of files
            path = self._folder.joinpath(*parts)
            if not _is_plain(path):
                continue
            if not self._holds(path):
                raise leads_out(self._title, name)
            return str(path)
        return None

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names of the files and folders in a folder; none where there is none."""
        path = self._folder / folder
        if not self._holds(path):
            return ()
        try:
            with os.scandir(path) as found:
                return tuple(entry.name for entry in itertools.islice(found, NAMES_LIMIT))
        except (OSError, ValueError):  # not there, no folder, or no name at all
            return ()

    def top_names(self) -> frozenset[str]:
        """Return what lies in the folder itself, each name `folded`."""
        try:
            return frozenset(map(folded, os.listdir(self._root)))  # noqa: PTH208
        except OSError:  # it is gone: nothing lies in it
            return frozenset()

    def head(self, path: str, size: int) -> bytes:
        """Return the first bytes of a file that was found.

        Raises:
            CannotRead: it cannot be read, or lies elsewhere.
        """
        if not self._holds(Path(path)):
            raise leads_out(self._title, path)
        return _head(path, size)

    def read(self, path: str, limit: int) -> bytes:
        """Return the whole content of a file that was found.

        Raises:
            CannotRead: it cannot be read, has more than `limit` bytes, or lies elsewhere.
        """
        if not self._holds(Path(path)):
            raise leads_out(self._title, path)
        return bounded(path, limit)

    def _within(self, name: str) -> str:
        """Return a whole path that lies in the folder as a name within it, others as they are."""
        if not os.path.isabs(name):  # noqa: PTH117
            return name
        whole = os.path.normpath(name)
        for folder in (os.path.abspath(self._folder), os.path.realpath(self._folder)):  # noqa: PTH100
            if whole.startswith(folder.rstrip(os.sep) + os.sep):
                return Path(whole).relative_to(folder).as_posix()
        return name

    def _holds(self, path: Path) -> bool:
        try:
            return path.resolve().is_relative_to(self._folder.resolve())
        except (OSError, RuntimeError, ValueError):  # links in a circle, or no name at all
            return False


class InZip:
    """What lies in the zip that holds a main file; names count from the main file's folder."""

    def __init__(self, archive: str, main: str, files: Files | None = None) -> None:
        self._archive = archive
        self._title = PurePosixPath(main).name
        self._folder = tuple(cleaned(main).split("/")[:-1])
        self._files = files or Files()
        self._by_name: dict[str, list[FileRef]] | None = None

    def find(self, name: str) -> str | None:
        """Return "archive.zip!member" of a name; case counts.

        Raises:
            CannotRead: it leads out of the zip, the zip is damaged, or has several of that name.
        """
        for spelling in _spellings(name):
            wanted = "/".join(parts_inside(spelling, self._folder, self._title))
            named = self._members().get(wanted, [])
            if len(named) > 1:
                raise CannotRead(
                    f"{Path(self._archive).name} holds {len(named)} files that are all named"
                    f" {wanted}; unpack them under different names."
                )
            if named:
                return f"{self._archive}!{named[0].member}"
        return None

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names of the members and folders in a folder; none where there is none."""
        wanted = (*self._folder, *(part for part in folder.split("/") if part))
        found: dict[str, None] = {}
        for name in itertools.islice(self._members(), NAMES_LIMIT):
            parts = tuple(name.split("/"))
            if len(parts) > len(wanted) and parts[: len(wanted)] == wanted:
                found[parts[len(wanted)]] = None
        return tuple(found)

    def head(self, path: str, size: int) -> bytes:
        """Return the first bytes of a member that was found.

        Raises:
            CannotRead: it cannot be read, or lies elsewhere.
        """
        if not path.startswith(f"{self._archive}!"):
            raise leads_out(self._title, path)
        return _head(path, size, self._files)

    def read(self, path: str, limit: int) -> bytes:
        """Return the whole content of a member that was found.

        Raises:
            CannotRead: it cannot be read, has more than `limit` bytes, or lies elsewhere.
        """
        if not path.startswith(f"{self._archive}!"):
            raise leads_out(self._title, path)
        return bounded(path, limit, self._files)

    def _members(self) -> dict[str, list[FileRef]]:
        """All members by name, listed at the first question."""
        if self._by_name is None:
            by_name: dict[str, list[FileRef]] = {}
            for member in self._files.members(self._archive):
                by_name.setdefault(cleaned(member.member or ""), []).append(member)
            self._by_name = by_name
        return self._by_name


def parts_inside(name: str, folder: Sequence[str], title: str) -> tuple[str, ...]:
    r"""Return the parts of a name's path, counted from the outermost folder that may be entered.

    Args:
        name: parts separated by "/"; "." and ".." are worked out, not left to the disk.
        folder: where it is relative to.
        title: of the file that says the name.

    Raises:
        CannotRead: it goes above the outermost folder, or is a whole path.
    """
    if name.startswith("/") or _DRIVE.match(name) or (os.name == "nt" and ":" in name):
        raise leads_out(title, name)
    parts = list(folder)
    for part in name.split("/"):
        if part == ".." and not parts:
            raise leads_out(title, name)
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return tuple(parts)


def bounded(path: str, limit: int, files: Files | None = None) -> bytes:
    """Return the content of a file or a zip's member.

    Args:
        limit: the most bytes that it may have.
        files: keeps archives open.

    Raises:
        CannotRead: it has more, or cannot be read.
    """
    with opened_member(path, files) as reader:
        content = reader.read(0, limit) if reader.size <= limit else b""
        if reader.size > limit:
            raise CannotRead(
                f"{reader.file.name}: {reader.size:,} bytes are more than the {limit:,} that such a"
                " file may have; not read."
            )
    return content


def _head(path: str, size: int, files: Files | None = None) -> bytes:
    with opened_member(path, files) as reader:
        return reader.read(0, min(size, reader.size))


def leads_out(title: str, name: str) -> CannotRead:
    """Return what is said of a name that leads out of what was opened."""
    return CannotRead(
        f"{title}: names the file {name[:200]!r}, which lies outside of what was opened; not read."
        f" Put it beside {title}."
    )


def folded(name: str) -> str:
    """Return a name so that all spellings that a disk may take for one are the same."""
    return unicodedata.normalize("NFC", name).casefold()


def _spellings(name: str) -> tuple[str, ...]:
    """What a name may be spelled as on the disk: as it is, then percent-decoded."""
    if not name or len(name) > LONGEST_NAME or _URL.match(name):
        return ()
    found = (name.replace("\\", "/"), unquote(name).replace("\\", "/"))
    return tuple(spelling for spelling in dict.fromkeys(found) if "\0" not in spelling)


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):  # not there, too long, or no name at all
        return False
