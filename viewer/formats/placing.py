"""Bytes put in the place of files: the whole of them, or the files as they were."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from viewer.errors import CannotWrite

_LARGE_PIECE = 2**18  # bytes worth another thread
_MOST_MADE = 2**20  # bytes made for a file that are kept until it is read back


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


@dataclass(frozen=True)
class Placed:
    """A file that was written."""

    path: str
    size_bytes: int
    sha256: str


def put(target: Path, pieces: Iterable[bytes | memoryview]) -> tuple[int, str]:
    """Write beside `target`, read back and compare, then take its place; return size and sha256.

    Raises:
        CannotWrite: the disk refuses, or gives back other bytes; `target` is as it was.
    """
    (placed,) = put_all([(target, pieces)])
    return placed.size_bytes, placed.sha256


def put_all(files: Sequence[tuple[Path, Iterable[bytes | memoryview]]]) -> list[Placed]:
    """Write all files beside their places and check them, then put them in place in order.

    Folders that do not exist are made.

    Raises:
        CannotWrite: the disk refuses, or gives back other bytes; everything is as it was.
    """
    with ExitStack() as undo:  # what is undone unless all of it came to its place
        written: list[tuple[Path, Placed]] = []
        for target, pieces in files:
            _make_folders(target.parent, undo)
            written.append(_written(target, pieces, undo))
        kept = ExitStack()
        try:
            with ExitStack() as back:
                for (target, _), (temporary, _) in zip(files, written, strict=True):
                    _take_place(temporary, target, back, kept)
                for folder in dict.fromkeys(target.parent for target, _ in files):
                    _sync_folder(folder)
                back.pop_all()
        except OSError as error:
            raise refused(files[-1][0], error) from error
        finally:
            kept.close()
        undo.pop_all()
        return [placed for _, placed in written]


def _make_folders(folder: Path, undo: ExitStack) -> None:
    missing = [at for at in (folder, *folder.parents) if not at.exists()]
    for at in reversed(missing):
        try:
            at.mkdir()
        except OSError as error:
            raise refused(at, error) from error
        undo.callback(_remove_folder, at)


def _remove_folder(folder: Path) -> None:
    with suppress(OSError):  # another program put something into it meanwhile
        folder.rmdir()


def _written(
    target: Path, pieces: Iterable[bytes | memoryview], undo: ExitStack
) -> tuple[Path, Placed]:
    """Write the file under another name beside its place, read back and compare."""
    try:
        number, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
        temporary = Path(name)
        undo.callback(temporary.unlink, missing_ok=True)
        with os.fdopen(number, "wb") as file:
            size, digest, views = _copied(file, pieces)
        if not (_sha256(temporary) == digest if views is None else _holds(temporary, views)):
            raise CannotWrite(
                f"{target} could not be written: the disk gave back other bytes; "
                "choose another place."
            )
        temporary.chmod(_mode(target))
    except OSError as error:
        raise refused(target, error) from error
    return temporary, Placed(str(target), size, digest)


def _take_place(temporary: Path, target: Path, back: ExitStack, kept: ExitStack) -> None:
    """Put a file in its place; `back` undoes it, `kept` ends what is kept for that."""
    if target.exists():
        before = temporary.with_name(f"{temporary.name}.before")
        try:
            os.link(target, before)
        except OSError:  # a disk without hard links
            shutil.copy2(target, before)
        kept.callback(before.unlink, missing_ok=True)
        temporary.replace(target)
        back.callback(before.replace, target)
    else:
        temporary.replace(target)
        back.callback(target.unlink, missing_ok=True)


def refused(path: Path, error: OSError) -> CannotWrite:
    """Return what to say of a place where nothing can be written."""
    return CannotWrite(
        f"{path} cannot be written: {error.strerror or error}; choose another place or name."
    )


def _copied(
    file: BinaryIO, pieces: Iterable[bytes | memoryview]
) -> tuple[int, str, list[bytes | memoryview] | None]:
    """Write pieces down to the disk; return size and sha256, worked out while the disk works.

    And the pieces themselves, unless some were made for this and would take memory.
    """
    digest = hashlib.sha256()
    size = made = 0
    views: list[bytes | memoryview] = []
    with ThreadPoolExecutor(1) as other:
        hashed: Future[None] | None = None
        for piece in pieces:
            if hashed is not None:
                hashed.result()  # the next piece follows it; no more than one waits
            hashed = other.submit(digest.update, piece) if len(piece) >= _LARGE_PIECE else None
            file.write(piece)
            if hashed is None:
                digest.update(piece)
            size += len(piece)
            made += 0 if isinstance(piece, memoryview) else len(piece)
            if made <= _MOST_MADE:
                views.append(piece)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest(), views if made <= _MOST_MADE else None


def _holds(path: Path, pieces: Iterable[bytes | memoryview]) -> bool:
    """Whether a file holds these bytes and no others."""
    buffer = bytearray(_LARGE_PIECE)
    read = memoryview(buffer)
    with path.open("rb", buffering=0) as file:
        for piece in pieces:
            view, reached = memoryview(piece), 0
            while reached < len(view):
                count = file.readinto(read[: len(view) - reached])
                if not count or not buffer.startswith(view[reached : reached + count]):
                    return False
                reached += count
        return not file.read(1)


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
