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

import platformdirs

from viewer.errors import CannotRead
from viewer.formats.beside import beside_of
from viewer.formats.child import index_in_child
from viewer.formats.format import HEAD_BYTES, Format, Raw, detect
from viewer.formats.members import base_name, exports_in, opened_member, split_member
from viewer.formats.table import FORMATS
from viewer.formats.table_bytes import Index
from viewer.media.files import open_plain
from viewer.model.project import Project
from viewer.model.source import Source

CHILD_FROM_BYTES = 32 * 2**20
MAPPED_FROM_BYTES = 10**9
_PIECE = 2**20


def read_export(*paths: str | Path, into: Project | None = None) -> Project:
    """Return a project that holds the exports of these files, besides what `into` holds.

    A zip gives the exports inside it; one of them is called "archive.zip!member". Damaged records
    become issues of their export, and stay.

    Raises:
        CannotRead: a file that is no known label export at all, or cannot be opened.
    """
    return _read(paths, into, lambda known, sources: known.index(sources))


def read_in_child(
    *paths: str | Path, into: Project | None = None, cancelled: Callable[[], bool] | None = None
) -> Project:
    """Do what `read_export` does with large files in a child, so that this process stays live.

    Args:
        paths: files of exports.
        into: the project that they come to.
        cancelled: asked about twenty times a second while a child reads.

    Raises:
        CannotRead: as `read_export`.
        Cancelled: `cancelled` said so.
    """

    def index(known: Format, sources: Sequence[Raw]) -> Index:
        if sum(len(source) for source in sources) < CHILD_FROM_BYTES:
            return known.index(sources)
        return index_in_child(known, sources, cancelled)

    return _read(paths, into, index)


def _read(
    paths: Sequence[str | Path],
    into: Project | None,
    index: Callable[[Format, Sequence[Raw]], Index],
) -> Project:
    project = into or Project()
    exports = [export for path in paths for export in exports_in(path)]
    for path in exports:
        data = base_of(path)
        known = detect(bytes(data[:HEAD_BYTES]), base_name(path), FORMATS)
        with ThreadPoolExecutor(1) as other:
            digest = other.submit(_sha256, data)
            found = index(known, (data,))
            source = Source(0, "annotations", str(path), digest.result(), data)
        project = with_index(project, known, (source,), found)
    gc.freeze()  # what was read stays: the collector need not walk over it again and again
    return project


def with_index(
    project: Project, known: Format, sources: tuple[Source, ...], index: Index
) -> Project:
    """Return the project with one more export, under an id that is not taken."""
    number = 1 + max((int(id) for id in project.exports if id.isdecimal()), default=0)
    beside = beside_of(sources[0].path)
    export, base = known.open(str(number), sources, index, beside)
    named = replace(export, title=base_name(sources[0].path))
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
        raise CannotRead(f"{path} is a folder; open the export's JSON file in it.") from error
    except (OSError, ValueError) as error:  # a ValueError for a name with a zero byte
        reason = error.strerror if isinstance(error, OSError) else None
        raise CannotRead(f"{path} cannot be opened: {reason or error}.") from error


def _base_of_member(path: str | Path) -> Raw:
    with opened_member(path) as reader:
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
