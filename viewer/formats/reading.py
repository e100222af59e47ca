"""Files to projects: a private copy of the bytes, the format by content, then its index."""

from __future__ import annotations

import gc
import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from viewer.errors import CannotRead
from viewer.formats.format import HEAD_BYTES, Format, Index, detect
from viewer.formats.table import FORMATS
from viewer.model.project import Project
from viewer.model.source import Source


def read_export(*paths: str | Path, into: Project | None = None) -> Project:
    """Return a project that holds the exports of these files, besides what `into` holds.

    Damaged records become issues of their export, and stay.

    Raises:
        CannotRead: a file that is no known label export at all, or cannot be opened.
    """
    project = into or Project()
    for path in paths:
        data = base_of(path)
        known = detect(bytes(data[:HEAD_BYTES]), Path(path).name, FORMATS)
        with ThreadPoolExecutor(1) as other:
            digest = other.submit(_sha256, data)
            index = known.index((data,))
            source = Source(0, "annotations", str(path), digest.result(), data)
        project = with_index(project, known, (source,), index)
    gc.freeze()
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
