"""Files of exports, on disk or inside a zip, where one is called "archive.zip!member"."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from viewer.errors import CannotRead, Issue
from viewer.formats.format import HEAD_BYTES, detect
from viewer.formats.table import FORMATS
from viewer.media.files import ByteReader, Files
from viewer.media.instance import FileRef
from viewer.media.scan import EXPORT_ENDINGS

ZIP_START = b"PK\x03\x04"
UNREAD = "export-not-read"  # code of the issue of an export that was met and cannot be opened
NAMED_LIMIT = 3  # JSON files of an unknown kind that are named one by one


def split_member(path: str | Path) -> tuple[str, str | None]:
    """Return the file of a path and the zip member in it, None for a whole file.

    A file whose own name has a "!" in it comes first.
    """
    text = str(path)
    if "!" not in text or _is_file(text):
        return text, None
    at = text.find("!")
    while at >= 0:
        if _is_file(text[:at]):
            return text[:at], text[at + 1 :]
        at = text.find("!", at + 1)
    return text, None


def base_name(path: str | Path) -> str:
    """Return the name that a file, or a zip's member, has without its folders."""
    file, member = split_member(path)
    return Path(file).name if member is None else PurePosixPath(member).name


@contextmanager
def opened_member(path: str | Path, files: Files | None = None) -> Generator[ByteReader]:
    """Open a file or a zip's member for reading.

    Args:
        path: of a file, or of a member as "archive.zip!member".
        files: keeps the archives open; whoever asks for many members passes the same one.

    Raises:
        CannotRead: it is not there, may not be read, is encrypted or damaged, or a zip has several
            of that name.
    """
    file, member = split_member(path)
    with closing(Files()) if files is None else nullcontext(files) as opened:
        reference = FileRef(file)
        if member is not None:
            named = opened.members_named(file, member)
            if not named:
                raise CannotRead(f"{Path(file).name} holds no {member}; open it again.")
            if len(named) > 1:
                raise CannotRead(
                    f"{Path(file).name} holds {len(named)} files that are all named {member};"
                    " unpack them under different names and open those."
                )
            reference = named[0]
        with closing(opened.open(reference)) as reader:
            yield reader


def head_of(path: str | Path, length: int = HEAD_BYTES, files: Files | None = None) -> bytes:
    """Return the first bytes of a file or member; `files` as in `opened_member`.

    Raises:
        CannotRead: it cannot be opened.
    """
    with opened_member(path, files) as reader:
        return reader.read(0, length)


def is_known(path: str | Path, files: Files | None = None) -> bool:
    """Whether a file is a label export of a known format; `files` as in `opened_member`.

    Raises:
        CannotRead: it cannot be opened.
    """
    head = head_of(path, files=files)
    try:
        detect(head, base_name(path), FORMATS)
    except CannotRead:
        return False
    return True


@dataclass(frozen=True)
class MetExports:
    """JSON files met beside images: label exports of a known format, and what is said of others.

    Args:
        unknown: how many are whole, but of no known format.
    """

    known: tuple[str, ...]
    issues: tuple[Issue, ...]
    unknown: int


def exports_met(paths: Iterable[str]) -> MetExports:
    """Sort JSON files that were met on the way; a file that cannot be opened is an issue."""
    known: list[str] = []
    unknown: list[str] = []
    issues: list[Issue] = []
    with closing(Files()) as files:
        for path in paths:
            try:
                (known if is_known(path, files) else unknown).append(path)
            except CannotRead as error:
                issues.append(Issue("error", UNREAD, str(error), path))
    issues += _unknown_issues(unknown)
    return MetExports(tuple(known), tuple(issues), len(unknown))


def _unknown_issues(paths: Sequence[str]) -> Iterator[Issue]:
    for path in paths[:NAMED_LIMIT]:
        sentence = f"{base_name(path)} is JSON, but no label export of a known format."
        yield Issue("note", "json-unknown", sentence, path)
    more = len(paths) - NAMED_LIMIT
    if more > 0:
        sentence = f"{more} more JSON files are no label exports of a known format."
        yield Issue("note", "json-unknown", sentence, paths[NAMED_LIMIT])


def exports_in(path: str | Path) -> tuple[str, ...]:
    """Return the exports that a path names: itself, or those inside if it is a zip.

    Raises:
        CannotRead: a zip that is damaged, or holds no label export.
    """
    file, member = split_member(path)
    if member is not None or not _is_zip(file):
        return (str(path),)
    with closing(Files()) as files:
        names = [item.member or "" for item in files.members(file)]
        inside = [f"{file}!{name}" for name in names if name.lower().endswith(EXPORT_ENDINGS)]
        known = tuple(name for name in inside if is_known(name, files))
    if not known:
        raise CannotRead(f"{Path(file).name} holds no label export of a known format.")
    return known


def _is_zip(path: str) -> bool:
    """Whether a file is a zip by its first bytes; one that cannot be opened says so later."""
    try:
        return head_of(path, len(ZIP_START)) == ZIP_START
    except CannotRead:
        return False


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:  # a name that is too long is no file
        return False
