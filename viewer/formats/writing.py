"""Projects to files: the opened bytes with an edit plan applied, checked, then put in place."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from viewer.errors import CannotWrite
from viewer.formats.format import ChangedLabel, WriteJob
from viewer.formats.members import base_name, split_member
from viewer.formats.table import format_named
from viewer.model.project import Project
from viewer.model.source import spliced


@dataclass(frozen=True)
class WriteReport:
    """What was written.

    Args:
        changed: annotations that the file holds differently from the one opened.
        notes: what a person should know, in sentences.
    """

    path: str
    size_bytes: int
    sha256: str
    changed: tuple[ChangedLabel, ...] = ()
    notes: tuple[str, ...] = ()


def write_export(
    opened: Project,
    current: Project,
    export_id: str,
    destination: str | Path,
    *,
    overwrite: bool = False,
) -> WriteReport:
    """Write one export as `current` has it: the bytes opened, with only the edits spliced in.

    Args:
        opened: the project as it was read.
        destination: a file, or a folder that gets a file of the source's name.
        overwrite: allow a destination that is one of the files opened.

    Raises:
        CannotWrite: the format cannot hold an edit, or the destination cannot be written; no file
            was touched then.
    """
    export = opened.exports[export_id]
    job = WriteJob(
        export=export,
        base=opened.annotations.bases[export_id],
        opened=opened.annotations.opened,
        edits=current.annotations.edits_of(export_id),
    )
    (source,) = export.sources
    target = _target(destination, base_name(source.path))
    if not overwrite:
        _refuse_opened(target, (opened, current))
    plan = format_named(export.format).plan(job)
    pieces = spliced(source.base, plan.edits.get(source.id, ()))
    size, digest = _put(target, pieces)
    return WriteReport(str(target), size, digest, plan.changed, plan.notes)


def _target(destination: str | Path, name: str) -> Path:
    path = Path(destination)
    try:
        if path.is_dir():
            path = path / name
        target = path.resolve()  # a link stays a link: the file it names is replaced
    except OSError as error:
        raise _refused(path, error) from error
    except RuntimeError as error:  # so before Python 3.13
        raise CannotWrite(f"{path} is a link that leads back to itself; name a file.") from error
    if target.is_dir():
        raise CannotWrite(f"{path} is a folder; name a file in it.")
    if not target.parent.is_dir():
        raise CannotWrite(f"The folder {target.parent} does not exist; make it or choose another.")
    if os.path.lexists(target) and not target.is_file():  # replacing it would take it away
        raise CannotWrite(f"{path} is a pipe, a device or a link to nowhere; name a file.")
    return target


def _refuse_opened(target: Path, projects: Iterable[Project]) -> None:
    for project in projects:
        for export in project.exports.values():
            for source in export.sources:
                if _is_same(target, Path(split_member(source.path)[0])):
                    raise CannotWrite(
                        f"{target.name} is open and stays as it was read; choose another name."
                    )


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one == other.resolve()


def _put(target: Path, pieces: Iterable[bytes | memoryview]) -> tuple[int, str]:
    """Write beside `target`, read back and compare, then take its place; return size and sha256."""
    try:
        number, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
    except OSError as error:
        raise _refused(target, error) from error
    temporary = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            size, digest = _copied(file, pieces)
            file.flush()
            os.fsync(file.fileno())
        if _sha256(temporary) != digest:
            raise CannotWrite(f"{target} could not be written: the disk gave back other bytes.")
        temporary.chmod(_mode(target))
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise _refused(target, error) from error
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
    return size, digest


def _refused(target: Path, error: OSError) -> CannotWrite:
    return CannotWrite(f"{target} cannot be written: {error.strerror or error}.")


def _copied(file: BinaryIO, pieces: Iterable[bytes | memoryview]) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    for piece in pieces:
        file.write(piece)
        digest.update(piece)
        size += len(piece)
    return size, digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _mode(target: Path) -> int:
    """Return the permissions of the file that is replaced, else those of any new file."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Make the renaming durable, where folders can be opened for that."""
    if hasattr(os, "O_DIRECTORY"):
        number = os.open(folder, os.O_DIRECTORY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
