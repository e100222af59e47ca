"""Files to projects: a private copy of the bytes, the format by content, then its index."""

from __future__ import annotations

import gc
import hashlib
import mmap
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import platformdirs

from viewer.errors import CannotRead, Issue
from viewer.formats.archive import archive_of
from viewer.formats.beside import beside_of, found_parts
from viewer.formats.child import index_in_child
from viewer.formats.companions import belonging
from viewer.formats.finding import (
    UNREAD,
    Joined,
    MetExports,
    exports_named,
    joined_to,
    lonely,
    sentences_of,
)
from viewer.formats.format import HEAD_BYTES, Format, Raw, detect
from viewer.formats.members import base_name, opened_member, split_member
from viewer.formats.table import FORMATS
from viewer.formats.table_bytes import Index
from viewer.media.files import check_expansion, open_plain
from viewer.model.project import Project
from viewer.model.source import Role, Source

CHILD_FROM_BYTES = 8 * 2**20  # a decode of more would hold the window up for 50 ms
MAPPED_FROM_BYTES = 10**9
_PIECE = 2**20


def read_export(
    *paths: str | Path, into: Project | None = None, joined: Sequence[Joined] = ()
) -> Project:
    """Return a project that holds the exports of these files, besides what `into` holds.

    A folder or zip gives the exports inside it; one of a zip is called "archive.zip!member". What
    else is JSON in there, or cannot be opened, becomes an issue of each export that came out of it.
    Damaged records become issues of their export, and stay.

    Args:
        paths: files, folders and zips.
        into: the project that they come to.
        joined: files that go with exports where they lie near, besides those under `paths`.

    Raises:
        CannotRead: a file that is no known label export at all, or cannot be opened; a folder or
            zip in which there is none that can be.
    """
    return _read(paths, into, joined, lambda known, sources: known.index(sources))


def read_in_child(
    *paths: str | Path,
    into: Project | None = None,
    joined: Sequence[Joined] = (),
    cancelled: Callable[[], bool] | None = None,
) -> Project:
    """Do what `read_export` does with large files in a child, so that this process stays live.

    Args:
        paths: files of exports.
        into: the project that they come to.
        joined: as for `read_export`.
        cancelled: asked about twenty times a second while a child reads.

    Raises:
        CannotRead: as `read_export`.
        Cancelled: `cancelled` said so.
    """

    def index(known: Format, sources: Sequence[Raw]) -> Index:
        if sum(len(source) for source in sources) < CHILD_FROM_BYTES:
            return known.index(sources)
        return index_in_child(known, sources, cancelled)

    return _read(paths, into, joined, index)


def _read(
    paths: Sequence[str | Path],
    into: Project | None,
    joined: Sequence[Joined],
    index: Callable[[Format, Sequence[Raw]], Index],
) -> Project:
    project = into or Project()
    found = [(path, exports_named([path])) for path in paths]
    mine = tuple(item for _, named in found for item in named.joined)
    if mine and not any(named.known for _, named in found):
        raise lonely(mine[0])
    near = (*joined, *mine)
    for path, named in found:
        if named.known == (str(path),):
            project = _with_one(project, str(path), near, index)
        else:
            project = _with_all(project, named, near, index)
    gc.freeze()  # what was read stays: the collector need not walk over it again and again
    return project


def _with_all(
    project: Project,
    named: MetExports,
    joined: Sequence[Joined],
    index: Callable[[Format, Sequence[Raw]], Index],
) -> Project:
    """Return the project with the exports of a folder or zip, and what is said of other files.

    Raises:
        CannotRead: none of them can be read.
    """
    before, unread = project.exports.keys(), list[Issue]()
    for path in named.known:
        try:
            project = _with_one(project, path, joined, index)
        except CannotRead as error:
            unread.append(Issue("error", UNREAD, str(error), path))
    met = replace(named, issues=(*unread, *named.issues), joined=())
    read = [export for id, export in project.exports.items() if id not in before]
    if named.known and not read:
        raise CannotRead(" ".join(sentences_of(met)))
    said = met.said(belonging(project, named.strangers))
    told = {one.id: replace(one, issues=(*one.issues, *said)) for one in read}
    return replace(project, exports=MappingProxyType({**project.exports, **told}))


def _with_one(
    project: Project,
    path: str,
    joined: Sequence[Joined],
    index: Callable[[Format, Sequence[Raw]], Index],
) -> Project:
    data = base_of(path)
    known = detect(bytes(data[:HEAD_BYTES]), base_name(path), FORMATS, lambda: data)
    archive = archive_of(path, project)
    beside = beside_of(path, archive.files if archive else None)
    parts = found_parts(known, data, beside)
    near = joined_to(path, known.name, joined)
    files: tuple[tuple[Role, str, Raw], ...] = (
        ("annotations", path, data),
        *((part.role, part.path, base_of(part.path) if part.path else b"") for part in parts.all),
        *((item.role, item.path, base_of(item.path)) for item in near),
    )
    with ThreadPoolExecutor(1) as other:
        digests = other.map(_sha256, [base for _, _, base in files])
        found = index(known, [base for _, _, base in files])
        sources = tuple(
            Source(number, role, name, digest, base, archive)
            for number, ((role, name, base), digest) in enumerate(zip(files, digests, strict=True))
        )
    number = 1 + max((int(id) for id in project.exports if id.isdecimal()), default=0)
    export, base = known.open(str(number), sources, found, beside)
    named = replace(export, title=base_name(path), issues=(*export.issues, *parts.issues))
    return project.with_export(named, base)


def base_of(path: str | Path) -> Raw:
    """Return a private copy of a file's bytes: in memory, above 1 GB mapped from the cache folder.

    A mapping of the person's own file would end the program when another one shortens it.

    Raises:
        CannotRead: it is no readable file.
    """
    if split_member(path)[1] is not None:
        return _base_of_member(path)
    try:
        with open_plain(path) as file:
            if os.fstat(file.fileno()).st_size <= MAPPED_FROM_BYTES:
                return file.read()
            return _mapped_copy(iter(lambda: file.read(_PIECE), b""))
    except IsADirectoryError as error:
        raise CannotRead(f"{path} is a folder, not a file of an export.") from error
    except (OSError, ValueError) as error:  # a ValueError for a name with a zero byte
        reason = error.strerror if isinstance(error, OSError) else None
        raise CannotRead(f"{path} cannot be opened: {reason or error}.") from error


def _base_of_member(path: str | Path) -> Raw:
    with opened_member(path) as reader:
        check_expansion(reader.file.name, reader.size, reader.packed)
        if reader.size <= MAPPED_FROM_BYTES:
            return reader.read(0, reader.size)
        return _mapped_copy(reader.read(at, _PIECE) for at in range(0, reader.size, _PIECE))


def _mapped_copy(pieces: Iterable[bytes]) -> memoryview:
    """Return the bytes of a file, mapped from a nameless copy that goes with the program."""
    try:
        folder = platformdirs.user_cache_path("overread", ensure_exists=True)
        with tempfile.TemporaryFile(dir=folder) as copy:
            copy.writelines(pieces)
            copy.flush()
            return memoryview(mmap.mmap(copy.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise CannotRead(
            f"There is no room for a copy in the cache folder: {error.strerror or error}."
        ) from error


def _sha256(data: bytes | memoryview) -> str:
    return hashlib.sha256(data).hexdigest()
