"""Which files under what was opened are label exports, and which only go with one."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath

from viewer.errors import CannotRead, Issue
from viewer.formats.format import HEAD_BYTES, Format, looked_for, told
from viewer.formats.members import (
    base_name,
    head_of,
    is_zip,
    opened_member,
    split_member,
    whole_path,
)
from viewer.formats.table import FORMATS
from viewer.media.files import Files
from viewer.media.plain.found import natural
from viewer.media.scan import EXPORT_ENDINGS
from viewer.model.source import Role

UNREAD = "export-not-read"  # code of the issue of an export that was met and cannot be opened
UNKNOWN = "json-unknown"  # of JSON that is no export
MANY = "json-many"  # of more JSON than is looked into
PASSED_OVER = frozenset({UNREAD, UNKNOWN, MANY})  # codes of what a folder or zip holds unopened
NAMED_LIMIT = 3  # JSON files of an unknown kind that are named one by one
MET_LIMIT = 5_000  # JSON files in a folder or zip that are looked into
DEPTH_LIMIT = 8  # folders below a folder that is searched for exports alone
WHOLE_LIMIT = 256 * 2**20  # bytes of a file that is read whole to tell what it is
_START = 64  # bytes that tell text
_LONGEST = 1_000  # characters of a path that its order goes by


@dataclass(frozen=True)
class Joined:
    """A file that is no export, and goes with exports of one format: a taxonomy, say.

    Args:
        format: name of the format.
        is_named: a person named it together with the exports, wherever it lies.
    """

    path: str
    format: str
    role: Role
    is_named: bool = False


@dataclass(frozen=True)
class MetExports:
    """JSON files met beside images: label exports of a known format, and what is said of others.

    Args:
        known: exports, in natural order.
        issues: of files that cannot be opened.
        strangers: files that are whole, but of no known format by themselves.
        joined: files that go with exports.
    """

    known: tuple[str, ...]
    issues: tuple[Issue, ...] = ()
    strangers: tuple[str, ...] = ()
    joined: tuple[Joined, ...] = ()

    def said(self, belonging: Container[str] = ()) -> tuple[Issue, ...]:
        """Return what is said of the files that are no exports or cannot be opened.

        Args:
            belonging: whole paths of files that exports turned out to call for.
        """
        unknown = [path for path in self.strangers if whole_path(path) not in belonging]
        return (*self.issues, *_unknown_issues(unknown))


def kind_of(path: str | Path, files: Files | None = None) -> Format | Joined | None:
    """Return what a file is by its content; None for a stranger.

    Args:
        path: of a file, or of a member as "archive.zip!member".
        files: keeps the archives open; whoever asks for many members passes the same one.

    Raises:
        CannotRead: it cannot be opened.
    """
    with opened_member(path, files) as reader:
        head = reader.read(0, HEAD_BYTES)
        size = min(reader.size, WHOLE_LIMIT)
        known = told(head, lambda: reader.read(0, size), FORMATS)
    if known is not None:
        return known
    for asked in FORMATS:
        role = asked.role(head)
        if role is not None:
            return Joined(str(path), asked.name, role)
    return None


def exports_met(paths: Iterable[str]) -> MetExports:
    """Sort JSON files that were met on the way; a file that cannot be opened is an issue."""
    ordered = sorted(paths, key=lambda path: natural(path[-_LONGEST:]))
    known: list[str] = []
    unknown: list[str] = []
    joined: list[Joined] = []
    issues: list[Issue] = []
    with closing(Files()) as files:
        for path in islice(ordered, MET_LIMIT):
            try:
                kind = kind_of(path, files)
            except CannotRead as error:
                issues.append(Issue("error", UNREAD, str(error), path))
                continue
            match kind:
                case Format():
                    known.append(path)
                case Joined():
                    joined.append(kind)
                case None:
                    unknown.append(path)
    if len(ordered) > MET_LIMIT:
        issues.append(_too_many(len(ordered), ordered[MET_LIMIT]))
    return MetExports(tuple(known), tuple(issues), tuple(unknown), tuple(joined))


def _unknown_issues(paths: Sequence[str]) -> Iterator[Issue]:
    looked = looked_for(FORMATS)
    for path in paths[:NAMED_LIMIT]:
        sentence = f"{base_name(path)} is JSON, but no label export of a known format."
        sentence += f" Looked for {looked}."
        yield Issue("note", UNKNOWN, sentence, path)
    more = len(paths) - NAMED_LIMIT
    if more > 0:
        sentence = f"{more:,} more JSON files are no label exports of a known format."
        if more == 1:
            sentence = "1 more JSON file is no label export of a known format."
        yield Issue("note", UNKNOWN, sentence, paths[NAMED_LIMIT])


def _too_many(count: int, first: str) -> Issue:
    sentence = (
        f"{count:,} JSON files were met and the first {MET_LIMIT:,} looked into; open the others by"
        " themselves."
    )
    return Issue("warning", MANY, sentence, first)


def exports_named(paths: Iterable[str | Path]) -> MetExports:
    """Return the exports among what a person named: files, and those in folders and zips.

    A file that is named stays among the exports even if it is none, so that reading says why.

    Raises:
        CannotRead: a folder or zip that holds no export or cannot be opened.
    """
    known: list[str] = []
    joined: list[Joined] = []
    issues: list[Issue] = []
    strangers: list[str] = []
    for path in paths:
        inside = _inside(str(path))
        if inside is None:
            kind = _kind_if_readable(path)
            if isinstance(kind, Joined):
                joined.append(replace(kind, is_named=True))
            else:
                known.append(str(path))
        else:
            known += inside.known
            joined += inside.joined
            issues += inside.issues
            strangers += inside.strangers
    return MetExports(tuple(known), tuple(issues), tuple(strangers), tuple(joined))


def lonely(joined: Joined) -> CannotRead:
    """Return what is said of a file that goes with an export and was opened without one."""
    title = next(known.title for known in FORMATS if known.name == joined.format)
    name = base_name(joined.path)
    return CannotRead(
        f"{name} holds the {joined.role} of {title} exports and no labels; open it together with"
        " its export."
    )


def is_text(path: str) -> bool:
    """Whether a file that was named begins as JSON text does; False for a folder."""
    if not Path(path).is_file():
        return False
    try:
        start = head_of(path, _START).removeprefix(b"\xef\xbb\xbf").lstrip()
    except CannotRead:
        return False  # said where the file is read as a picture
    return start.startswith((b"{", b"["))


def _kind_if_readable(path: str | Path) -> Format | Joined | None:
    """What a named file is; None too for one that cannot be opened, which reading says."""
    try:
        return kind_of(path)
    except CannotRead:
        return None


def _inside(path: str) -> MetExports | None:
    """What a folder or zip holds; None for any other file.

    Raises:
        CannotRead: a zip that is damaged, or there is no export in it.
    """
    file, member = split_member(path)
    if member is not None:
        return None
    if Path(file).is_dir():
        met = exports_met(_under(file))
    elif is_zip(file):
        with closing(Files()) as files:
            names = [item.member or "" for item in files.members(file)]
        met = exports_met(
            f"{file}!{name}" for name in names if name.lower().endswith(EXPORT_ENDINGS)
        )
    else:
        return None
    if not met.known:
        sentence = f"{Path(file).name} holds no label export of a known format."
        raise CannotRead(" ".join((sentence, *sentences_of(met))))
    return met


def sentences_of(met: MetExports) -> Iterator[str]:
    """Yield what is said of files that are no exports or cannot be opened, a few of each kind."""
    said = met.said()
    unread = [issue.sentence for issue in said if issue.code == UNREAD]
    yield from unread[:NAMED_LIMIT]
    more = len(unread) - NAMED_LIMIT
    if more > 0:
        yield "1 more cannot be opened." if more == 1 else f"{more:,} more cannot be opened."
    yield from (issue.sentence for issue in said if issue.code != UNREAD)
    yield from (str(lonely(item)) for item in met.joined[:NAMED_LIMIT])


def _under(folder: str) -> Iterator[str]:
    """Yield files below a folder that are named like exports; no link is followed."""
    found = 0
    for here, folders, names in os.walk(folder):
        depth = len(Path(here).relative_to(folder).parts)
        folders[:] = sorted(folders) if depth < DEPTH_LIMIT else []
        for name in names:
            path = os.path.join(here, name)  # noqa: PTH118 - a Path per file takes longer
            if name.lower().endswith(EXPORT_ENDINGS) and not os.path.islink(path):  # noqa: PTH114
                found += 1
                yield path
        if found > MET_LIMIT:
            return


def joined_to(main: str, format: str, joined: Iterable[Joined]) -> tuple[Joined, ...]:
    """Return the files that go with an export: of its format, named with it or lying nearest.

    Nearest is the same folder, then the folders above, then those below.
    """
    mine = [item for item in joined if item.format == format]
    steps = {item: _steps(main, item.path) for item in mine if not item.is_named}
    near = [count for count in steps.values() if count is not None]
    nearest = min(near, default=None)
    return tuple(item for item in mine if item.is_named or (near and steps[item] == nearest))


def _steps(main: str, other: str) -> int | None:
    """How far a file's folder is from the main file's, None if neither is within the other."""
    file, member = split_member(main)
    other_file, other_member = split_member(other)
    if (member is None) != (other_member is None) or (member is not None and file != other_file):
        return None
    mine = PurePosixPath(member or Path(file).absolute().as_posix()).parent
    others = PurePosixPath(other_member or Path(other_file).absolute().as_posix()).parent
    if mine.is_relative_to(others):
        return len(mine.parts) - len(others.parts)
    if others.is_relative_to(mine):
        return 1_000 + len(others.parts) - len(mine.parts)
    return None
