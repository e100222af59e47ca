"""Where the bytes of a video lie, in words that another process can open by itself."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
from bisect import bisect_right
from collections.abc import Callable
from contextlib import closing
from itertools import accumulate
from typing import IO, cast

import msgspec

from viewer.errors import CannotRead
from viewer.media.files import DAMAGED, MEMBER_LIMIT, Files, open_plain
from viewer.media.instance import FileRef

_CHUNK = 1 << 20


class ByteSource(msgspec.Struct, frozen=True):
    """The bytes of one video.

    Args:
        file: a file, or a member of a zip.
        fragments: (offset, length) of the pieces that make the stream, one after the other, for a
            video inside a DICOM object; empty where the whole file is the stream.
    """

    file: FileRef
    fragments: tuple[tuple[int, int], ...] = ()


class Bytes(io.RawIOBase):
    """Pieces of a file as one seekable stream; `told` is called at each read."""

    def __init__(
        self, stream: IO[bytes], pieces: tuple[tuple[int, int], ...], told: Callable[[], None]
    ) -> None:
        super().__init__()
        self._stream = stream
        self._offsets = [offset for offset, _ in pieces]
        self._ends = list(accumulate(length for _, length in pieces))
        self._at = 0
        self._told = told
        self.is_shortened = False

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self._ends[-1] if self._ends else 0

    def shorten(self, size: int) -> None:
        """Leave out all but the first `size` bytes, and begin anew."""
        self._ends = [min(end, size) for end in self._ends]
        self._at, self.is_shortened = 0, True

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place, as `io.IOBase.seek`."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size`; fewer at the end of a piece."""
        self._told()
        piece = bisect_right(self._ends, self._at)
        if piece == len(self._ends):
            return b""
        left = self._ends[piece] - self._at
        length = self._ends[piece] - (self._ends[piece - 1] if piece else 0)
        self._stream.seek(self._offsets[piece] + length - left)
        data = self._stream.read(left if size < 0 else min(size, left))
        self._at += len(data)
        return data

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        super().close()


def opened(source: ByteSource, told: Callable[[], None]) -> Bytes:
    """Open the bytes; a member of a zip is unpacked into a nameless file first.

    Args:
        told: called whenever bytes were read, as a sign of life.

    Raises:
        CannotRead: they are not there, or the archive is damaged.
    """
    name = source.file.name
    try:
        stream = _plain(source.file) if source.file.member is None else _unpacked(source.file, told)
        size = stream.seek(0, os.SEEK_END)
    except DAMAGED as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise CannotRead(f"{name}: cannot be opened ({reason or type(error).__name__}).") from error
    pieces = source.fragments or ((0, size),)
    whole = tuple((at, min(length, size - at)) for at, length in pieces if 0 <= at < size)
    return Bytes(stream, whole, told)


def _plain(file: FileRef) -> IO[bytes]:
    return cast(IO[bytes], open_plain(file.path))


def _unpacked(file: FileRef, told: Callable[[], None]) -> IO[bytes]:
    """Zip members cannot be read backwards, which finding a frame needs."""
    with closing(Files()) as files, closing(files.open(file)) as reader:
        if reader.size > min(MEMBER_LIMIT, shutil.disk_usage(tempfile.gettempdir()).free // 2):
            raise CannotRead(
                f"{file.name}: the video is too large to be unpacked; unpack the zip yourself."
            )
        with tempfile.TemporaryFile() as unpacked:
            at = 0
            while piece := reader.read(at, _CHUNK):
                unpacked.write(piece)
                at += len(piece)
                told()
            if at < reader.size:
                raise zipfile.BadZipFile("the member is cut off")
            unpacked.flush()
            return cast(IO[bytes], io.FileIO(os.dup(unpacked.fileno()), "rb"))
