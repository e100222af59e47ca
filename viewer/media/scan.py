"""The files under the paths that were opened, and the headers of those that are DICOM."""

from __future__ import annotations

import os
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from viewer.errors import Cancelled, CannotRead, Issue
from viewer.media.files import Files
from viewer.media.header import Header, read_header
from viewer.media.volume import FileRef

Progress = Callable[[int, int], None]
Cancel = Callable[[], bool]


@dataclass
class Listing:
    """What lies under the opened paths.

    Args:
        files: everything that may be DICOM, in order of name.
        exports: JSON files; "archive.zip!member" inside a zip.
    """

    files: list[FileRef] = field(default_factory=list[FileRef])
    exports: list[str] = field(default_factory=list[str])
    issues: list[Issue] = field(default_factory=list[Issue])


@dataclass
class Scan:
    """The headers that were read, and what was not DICOM."""

    headers: list[Header] = field(default_factory=list[Header])
    strangers: list[FileRef] = field(default_factory=list[FileRef])
    issues: list[Issue] = field(default_factory=list[Issue])


def list_files(paths: Sequence[str | Path], files: Files, cancelled: Cancel) -> Listing:
    """List the files under folders, inside zips, and given by themselves.

    Raises:
        Cancelled: the person stopped the work.
    """
    listing = Listing()
    seen: set[tuple[int, int]] = set()
    for path in paths:
        for file in _files_under(Path(path), listing, seen):
            if cancelled():
                raise Cancelled("opening was stopped.")
            _add(file, listing, files)
    return listing


def read_headers(
    listing: Sequence[FileRef], files: Files, progress: Progress, cancelled: Cancel
) -> Scan:
    """Read the headers of all files; damaged ones become issues, others are counted.

    Raises:
        Cancelled: the person stopped the work.
    """
    scan = Scan()
    for done, file in enumerate(listing):
        if cancelled():
            raise Cancelled("opening was stopped.")
        if done % 16 == 0:
            progress(done, len(listing))
        try:
            with files.open(file) as reader:
                header = read_header(file, reader)
        except CannotRead as error:
            scan.issues.append(Issue("error", "file-unreadable", str(error), file.name))
            continue
        if header is None:
            scan.strangers.append(file)
        else:
            scan.headers.append(header)
    progress(len(listing), len(listing))
    return scan


def strangers_issue(strangers: Sequence[FileRef]) -> Issue:
    """One note that counts the files which are not DICOM, by their endings."""
    endings = Counter(_ending(file) for file in strangers)
    kinds = ", ".join(f"{count} {ending}" for ending, count in endings.most_common(5))
    more = "" if len(endings) <= 5 else ", ..."
    noun = "file is" if len(strangers) == 1 else "files are"
    sentence = f"{len(strangers)} {noun} not DICOM and not shown ({kinds}{more})."
    return Issue("note", "not-dicom", sentence, strangers[0].name)


def _ending(file: FileRef) -> str:
    suffix = Path(file.member or file.path).suffix.lower()
    return suffix or "without ending"


def _files_under(path: Path, listing: Listing, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """Files below a path in order of name; a folder met twice (links in a circle) only once."""
    pending = [path]
    while pending:
        here = pending.pop()
        try:
            if not here.is_dir():
                if not here.exists():
                    raise FileNotFoundError(2, "no such file or folder")
                yield here
                continue
            status = here.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            pending.extend(_children(here))
        except OSError as error:
            sentence = f"{here.name}: cannot be opened ({error.strerror})."
            listing.issues.append(Issue("error", "path-unreadable", sentence, str(here)))


def _children(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return sorted((Path(entry.path) for entry in entries), reverse=True)


def _add(path: Path, listing: Listing, files: Files) -> None:
    suffix = path.suffix.lower()
    if suffix == ".json":
        listing.exports.append(str(path))
    elif suffix == ".zip" or (suffix == "" and _is_zip(path)):
        _add_members(path, listing, files)
    else:
        listing.files.append(FileRef(str(path)))


def _is_zip(path: Path) -> bool:
    return path.is_file() and zipfile.is_zipfile(path)


def _add_members(path: Path, listing: Listing, files: Files) -> None:
    try:
        members = files.members(str(path))
    except CannotRead as error:
        listing.issues.append(Issue("error", "zip-refused", str(error), path.name))
        return
    for member in members:
        if (member.member or "").lower().endswith(".json"):
            listing.exports.append(f"{path}!{member.member}")
        else:
            listing.files.append(member)
