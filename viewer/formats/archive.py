"""A zip as it was opened, held open so that its bytes stay whatever takes its name."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

from viewer.errors import CannotRead
from viewer.formats.members import split_member
from viewer.media.files import Files, open_plain
from viewer.model.project import Project
from viewer.model.source import Archive

_PIECE = 1 << 20


def archive_of(path: str | Path, project: Project) -> OpenedArchive | None:
    """Return the zip that a path leads into, None for a file.

    Args:
        path: of an export, or of a zip's member as "archive.zip!member".
        project: an export in it that came out of the same zip shares it.

    Raises:
        CannotRead: the zip cannot be opened, or is made to deceive.
    """
    file, member = split_member(path)
    if member is None:
        return None
    opened = OpenedArchive(file)
    for export in project.exports.values():
        known = export.sources[0].archive
        if isinstance(known, OpenedArchive) and known.same_as(opened):
            opened.close()
            return known
    return opened


class OpenedArchive:
    """A zip, open until nothing refers to it.

    Attributes:
        state: what tells whether it is as it was.

    Raises:
        CannotRead: it cannot be opened, is damaged, or its members overlap.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self._stream = open_plain(path)
        except OSError as error:
            raise CannotRead(f"{path} cannot be opened: {error.strerror or error}.") from error
        self.files = Files()  # keeps the directory of the zip, for what lies beside an export
        self._end = weakref.finalize(self, _closed, self._stream.close, self.files.close)
        self.state = _state_of(self._stream.fileno())
        self._lock = threading.Lock()
        self.size = self.state[-1]
        self.members = self.files.members(path)

    def same_as(self, other: Archive) -> bool:
        """Whether both are one file on the disk, with the same bytes as far as it tells."""
        return isinstance(other, OpenedArchive) and self.state == other.state

    def is_at(self, path: Path) -> bool:
        """Whether the file of a path is this one."""
        try:
            status = path.stat()
        except OSError:
            return False
        return (status.st_dev, status.st_ino) == self.state[:2]

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """Yield bytes [start, end) in pieces of moderate size.

        Raises:
            CannotRead: the disk does not give them, or another program changed the zip.
        """
        while start < end:
            with self._lock:
                if _state_of(self._stream.fileno()) != self.state:
                    raise self._changed()
                self._stream.seek(start)
                piece = self._stream.read(min(_PIECE, end - start))
            if not piece:
                raise self._changed()
            yield piece
            start += len(piece)

    def read(self, start: int, end: int) -> bytes:
        """Return bytes [start, end).

        Raises:
            CannotRead: as `pieces`.
        """
        return b"".join(self.pieces(start, end))

    def close(self) -> None:
        """Let the zip go; nothing of it can be read any more."""
        self._end()

    def _changed(self) -> CannotRead:
        return CannotRead(f"{Path(self.path).name} has changed since it was opened; open it again.")


def _state_of(number: int) -> tuple[int, int, int, int]:
    """What tells whether an open file is as it was: device, inode, time of change and size."""
    status = os.fstat(number)
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


def _closed(*closings: object) -> None:
    for close in closings:
        if callable(close):
            close()
