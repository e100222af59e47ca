"""Files to projects: a private copy of the bytes, the format by content, then its index."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from viewer.errors import CannotRead
from viewer.formats.child import index_in_child
from viewer.formats.format import HEAD_BYTES, Format, Raw, detect
from viewer.formats.table import FORMATS
from viewer.formats.table_bytes import Index
from viewer.model.project import Project
from viewer.model.source import Source

CHILD_FROM_BYTES = 32 * 2**20


def read_export(*paths: str | Path, into: Project | None = None) -> Project:
    """Return a project that holds the exports of these files, besides what `into` holds.

    Damaged records become issues of their export, and stay.

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
    for path in paths:
        data = base_of(path)
        known = detect(bytes(data[:HEAD_BYTES]), Path(path).name, FORMATS)
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
    export, base = known.open(str(number), sources, index)
    return project.with_export(export, base)


def base_of(path: str | Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        CannotRead: it is no readable file.
    """
    try:
        return Path(path).read_bytes()
    except IsADirectoryError as error:
        raise CannotRead(f"{path} is a folder; open the export's JSON file in it.") from error
    except OSError as error:
        raise CannotRead(f"{path} cannot be opened: {error.strerror or error}.") from error


def _sha256(data: bytes | memoryview) -> str:
    return hashlib.sha256(data).hexdigest()
