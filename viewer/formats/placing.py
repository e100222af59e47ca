"""Bytes put in the place of a file in one step: the whole of them, or the file as it was."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from viewer.errors import CannotWrite


def file_to_write(path: Path) -> Path:
    """Return the file that is written for a path; of a link, the file that it names.

    Raises:
        CannotWrite: a folder, a pipe or a device stands there, or its folder does not exist.
    """
    try:
        target = path.resolve()  # a link stays a link: the file it names is replaced
        if target.is_dir():
            raise CannotWrite(f"{path} is a folder; name a file in it.")
        if not target.parent.is_dir():
            raise CannotWrite(
                f"{target.parent} is no folder; choose one."
                if target.parent.exists()
                else f"The folder {target.parent} does not exist; make it or choose another."
            )
        if os.path.lexists(target) and not target.is_file():  # replacing it would take it away
            raise CannotWrite(f"{path} is a pipe, a device or a link to nowhere; name a file.")
    except OSError as error:
        raise refused(path, error) from error
    except RuntimeError as error:  # so before Python 3.13
        raise CannotWrite(f"{path} is a link that leads back to itself; name a file.") from error
    return target


def put(target: Path, pieces: Iterable[bytes | memoryview]) -> tuple[int, str]:
    """Write beside `target`, read back and compare, then take its place; return size and sha256.

    Raises:
        CannotWrite: the disk refuses, or gives back other bytes; `target` is as it was.
    """
    try:
        number, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
    except OSError as error:
        raise refused(target, error) from error
    temporary = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            size, digest = _copied(file, pieces)
            file.flush()
            os.fsync(file.fileno())
        if _sha256(temporary) != digest:
            raise CannotWrite(
                f"{target} could not be written: the disk gave back other bytes; "
                "choose another place."
            )
        temporary.chmod(_mode(target))
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise refused(target, error) from error
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
    return size, digest


def refused(path: Path, error: OSError) -> CannotWrite:
    """Return what to say of a place where nothing can be written."""
    return CannotWrite(
        f"{path} cannot be written: {error.strerror or error}; choose another place or name."
    )


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
