"""The files under the paths that were opened, and the headers of those that are DICOM."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from viewer.errors import CannotRead, Issue
from viewer.media.dicom.header import Header
from viewer.media.dicom.scan_memory import FACTS, ScanMemory, key_of
from viewer.media.dicom.trails import HeaderReader
from viewer.media.files import Files
from viewer.media.instance import FileRef
from viewer.media.stopping import Cancel, Progress, stop_if

EXPORT_ENDINGS = (".json", ".ndjson", ".jsonl")  # files that may be label exports, and no DICOM

_Identity: TypeAlias = tuple[int, int]  # device and inode


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
    seen: set[_Identity] = set()
    roots = tuple(os.path.realpath(path) for path in paths)
    for path in paths:
        for file in _files_under(str(path), roots, listing, seen):
            stop_if(cancelled)
            _add(file, listing, files)
    return listing


def read_headers(
    listing: Sequence[FileRef],
    files: Files,
    progress: Progress,
    cancelled: Cancel,
    memory: ScanMemory | None = None,
) -> Scan:
    """Read the headers of all files; damaged ones become issues, others are counted.

    Args:
        memory: knows files that were read before.

    Raises:
        Cancelled: the person stopped the work.
    """
    scan = Scan()
    reading = _Reading(scan, HeaderReader(files, cancelled), memory)
    for done, file in enumerate(listing):
        stop_if(cancelled)
        if done % 16 == 0:
            progress(done, len(listing))
        reading.read(file)
    if memory is not None:
        memory.save()
    progress(len(listing), len(listing))
    return scan


class _Reading:
    """Reads headers one after the other, and remembers them."""

    def __init__(self, scan: Scan, reader: HeaderReader, memory: ScanMemory | None) -> None:
        self._scan = scan
        self._reader = reader
        self._memory = memory

    def read(self, file: FileRef) -> None:
        memory = self._memory
        key = key_of(file) if memory else None
        if memory is not None and key is not None:
            if memory.is_stranger(key):
                self._scan.strangers.append(file)
                return
            header = memory.find(key, file, self._facts)
            if header is not None:
                self._scan.headers.append(header)
                return
        self._read_anew(file, key)

    def _read_anew(self, file: FileRef, key: bytes | None) -> None:
        try:
            header = self._reader.read(file)
        except CannotRead as error:
            self._scan.issues.append(Issue("error", "file-unreadable", str(error), file.name))
            return
        if self._memory is not None and key is not None:
            self._memory.keep(key, header)
        if header is None:
            self._scan.strangers.append(file)
        else:
            self._scan.headers.append(header)

    def _facts(self, file: FileRef) -> dict[int, bytes]:
        """What the memory does not hold of a series, read from one of its files."""
        try:
            header = self._reader.read(file)
        except CannotRead as error:
            self._scan.issues.append(Issue("error", "file-unreadable", str(error), file.name))
            return {}
        if header is None:
            return {}
        return {tag: header.elements[tag] for tag in FACTS if tag in header.elements}


def strangers_issues(strangers: Sequence[FileRef]) -> list[Issue]:
    """What is said of files that no reader takes: empty ones by name, the others counted."""
    empty = [file for file in strangers if _is_empty(file)]
    issues = [_empty_issue(empty)] if empty else []
    others = [file for file in strangers if file not in set(empty)]
    return [*issues, _others_issue(others)] if others else issues


def _is_empty(file: FileRef) -> bool:
    try:
        return file.member is None and Path(file.path).stat().st_size == 0
    except OSError:
        return False  # gone since it was listed


def _empty_issue(empty: Sequence[FileRef]) -> Issue:
    names = ", ".join(file.name for file in empty[:5])
    names += "" if len(empty) <= 5 else f" and {len(empty) - 5} more"
    what = "the file is empty" if len(empty) == 1 else f"{len(empty)} files are empty"
    return Issue("warning", "file-empty", f"{names}: {what}; copy it again.", empty[0].name)


def _others_issue(strangers: Sequence[FileRef]) -> Issue:
    """One note that counts files by their endings."""
    endings = Counter(_ending(file) for file in strangers)
    kinds = ", ".join(f"{count} {ending}" for ending, count in endings.most_common(5))
    more = "" if len(endings) <= 5 else ", ..."
    are = "file is" if len(strangers) == 1 else "files are"
    sentence = f"{len(strangers)} {are} no picture and not shown ({kinds}{more})."
    return Issue("note", "not-dicom", sentence, strangers[0].name)


def _ending(file: FileRef) -> str:
    suffix = Path(file.member or file.path).suffix.lower()
    return suffix or "without ending"


def _files_under(
    path: str, roots: Sequence[str], listing: Listing, seen: set[_Identity]
) -> Iterator[str]:
    """Files below a path in order of name; what is met twice (named twice, linked) only once.

    A link that leads out of everything that was opened is not followed.
    """
    pending: list[tuple[str, _Identity | None]] = [(path, None)]
    while pending:
        here, identity = pending.pop()
        try:
            mode = stat.S_IFREG
            if identity is None:
                status = os.stat(here)  # noqa: PTH116 - a Path per file takes longer
                mode, identity = status.st_mode, (status.st_dev, status.st_ino)
            if identity in seen:
                continue
            seen.add(identity)
            if stat.S_ISREG(mode):
                yield here
            elif stat.S_ISDIR(mode):
                pending.extend(_children(here, identity[0], roots, listing))
            else:  # reading a pipe would wait for ever
                sentence = f"{Path(here).name}: neither a file nor a folder, and not opened."
                listing.issues.append(Issue("note", "path-special", sentence, here))
        except OSError as error:
            sentence = f"{Path(here).name}: cannot be opened ({error.strerror})."
            listing.issues.append(Issue("error", "path-unreadable", sentence, here))


def _children(
    folder: str, device: int, roots: Sequence[str], listing: Listing
) -> list[tuple[str, _Identity | None]]:
    """What a folder holds, last name first, but for links that lead out of the roots.

    Plain files with what they are known by, which the folder itself says; the others without.
    """
    with os.scandir(folder) as entries:
        found = [(entry.path, _identity(entry, device), entry.is_symlink()) for entry in entries]
    away = [path for path, _, is_link in found if is_link and not _is_under(path, roots)]
    if away:
        names = ", ".join(Path(path).name for path in sorted(away)[:3])
        more = ", ..." if len(away) > 3 else ""
        what = "1 link leads" if len(away) == 1 else f"{len(away)} links lead"
        sentence = f"{Path(folder).name}: {what} out of the opened folder and is not followed"
        sentence = sentence if len(away) == 1 else sentence.replace(" is not", " are not")
        words = f"{sentence} ({names}{more}); open what it leads to by itself."
        listing.issues.append(Issue("warning", "link-outside", words, folder))
    refused = set(away)
    return sorted(
        ((path, identity) for path, identity, _ in found if path not in refused),
        key=lambda child: child[0],
        reverse=True,
    )


def _identity(entry: os.DirEntry[str], device: int) -> _Identity | None:
    return (device, entry.inode()) if entry.is_file(follow_symlinks=False) else None


def _is_under(link: str, roots: Sequence[str]) -> bool:
    """Whether a link leads to something inside one of the roots; a broken one is said later."""
    real = os.path.realpath(link)
    return any(real == root or real.startswith(root.rstrip(os.sep) + os.sep) for root in roots)


def _add(path: str, listing: Listing, files: Files) -> None:
    ending = os.path.splitext(path)[1].lower()  # noqa: PTH122 - as above
    if ending in EXPORT_ENDINGS:
        listing.exports.append(path)
    elif ending == ".zip":
        _add_members(path, listing, files)
    else:
        listing.files.append(FileRef(path))


def _add_members(path: str, listing: Listing, files: Files) -> None:
    try:
        members = files.members(path)
    except CannotRead as error:
        listing.issues.append(Issue("error", "zip-refused", str(error), path))
        return
    for member in members:
        if (member.member or "").lower().endswith(EXPORT_ENDINGS):
            listing.exports.append(f"{path}!{member.member}")
        else:
            listing.files.append(member)
