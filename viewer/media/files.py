"""Bytes of files and of zip members, read by offset; member names are never used as paths."""

from __future__ import annotations

import errno
import io
import lzma
import os
import stat
import struct
import threading
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from viewer.errors import CannotRead
from viewer.media.instance import FileRef
from viewer.media.stopping import Cancel, never, stop_if

MEMBER_LIMIT = 8 << 30  # bytes of one unpacked member
MEMBERS_LIMIT = 1_000_000
_ENCRYPTED = 1  # bit of a member's flags
# As io.FileIO opens: not in text mode on Windows, not for child processes.
_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_LARGE_BYTES = 256 << 20
_EXPANSION_LIMIT = 200  # times that pictures of a large file may grow when they are unpacked
_PIECE = 1 << 20  # bytes that are inflated at a time
# What reading a file or a zip's member raises when the disk or the bytes are bad.
DAMAGED = (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error)


def open_plain(path: str | Path) -> io.FileIO:
    """Open a file for reading, never waiting for the other end of a pipe.

    Raises:
        OSError: it is not there, may not be read, or is a folder, a pipe or a device.
    """
    stream = io.FileIO(path, opener=_without_waiting)
    try:
        _check_regular(os.fstat(stream.fileno()), str(path))
    except OSError:
        stream.close()
        raise
    return stream


def _check_regular(status: os.stat_result, path: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "a pipe or a device is no file", path)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


class ByteReader:
    """One file or zip member, open for reading by offset; its owner closes it."""

    def __init__(
        self, stream: IO[bytes], size: int, file: FileRef, packed: int | None = None
    ) -> None:
        self.size = size
        self.packed = size if packed is None else packed  # bytes that it takes inside its zip
        self.file = file
        self._stream = stream
        self._at = 0

    @contextmanager
    def buffered(self) -> Generator[BinaryIO]:
        """The bytes as a seekable stream from the start, for readers that take small steps."""
        self._stream.seek(0)
        stream = io.BufferedReader(cast(io.RawIOBase, self._stream), 1 << 16)
        try:
            yield stream
        finally:
            stream.detach()
            self._at = -1

    def read(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`; fewer at the end.

        Raises:
            CannotRead: the disk or the archive does not give them.
        """
        try:
            if offset != self._at:
                self._stream.seek(offset)
            data = self._stream.read(max(0, min(length, self.size - offset)))
        except DAMAGED as error:
            raise CannotRead(f"{self.file.name}: cannot be read ({_reason(error)}).") from error
        self._at = offset + len(data)
        return data

    def read_into(self, offset: int, target: memoryview) -> int:
        """Fill `target` from `offset`; returns how many bytes there were.

        Raises:
            CannotRead: the disk or the archive does not give them.
        """
        stream = cast(io.RawIOBase, self._stream)
        filled = 0
        self._at = -1
        try:
            stream.seek(offset)
            while filled < len(target):
                got = stream.readinto(target[filled:])
                if not got:
                    break
                filled += got
        except DAMAGED as error:
            raise CannotRead(f"{self.file.name}: cannot be read ({_reason(error)}).") from error
        return filled

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


class Files:
    """Opens files and zip members; keeps the archives open until its owner closes it."""

    def __init__(self) -> None:
        self._archives: dict[str, zipfile.ZipFile] = {}
        self._by_name: dict[str, dict[str, list[FileRef]]] = {}
        self._kept: list[ByteReader] = []
        self._lock = threading.Lock()

    def open(self, file: FileRef) -> ByteReader:
        """Open one file or member.

        Raises:
            CannotRead: it is not there, may not be read, is encrypted or damaged.
        """
        try:
            if file.member is None:
                stream = open_plain(file.path)
                return ByteReader(cast(IO[bytes], stream), os.fstat(stream.fileno()).st_size, file)
            archive = self._archive(file.path)
            member = _member_at(archive, file)
            if member.flag_bits & _ENCRYPTED:
                raise CannotRead(f"{file.name}: is encrypted; unpack the zip with its password.")
            packed = member.compress_size
            return ByteReader(archive.open(member), member.file_size, file, packed)
        except (*DAMAGED, RuntimeError, ValueError) as error:
            raise CannotRead(f"{file.name}: cannot be opened ({_reason(error)}).") from error

    def head(self, file: FileRef, length: int) -> tuple[bytes, int]:
        """The first bytes of a file or member, at most `length`, and its size.

        Raises:
            CannotRead: as `open`, and where the disk or the archive does not give them.
        """
        if file.member is not None:
            with closing(self.open(file)) as reader:
                return reader.read(0, length), reader.size
        try:
            descriptor = _without_waiting(file.path, _READING)
            try:
                status = os.fstat(descriptor)
                _check_regular(status, file.path)
                return os.read(descriptor, length), status.st_size
            finally:
                os.close(descriptor)
        except (OSError, ValueError) as error:
            raise CannotRead(f"{file.name}: cannot be opened ({_reason(error)}).") from error

    def open_kept(self, file: FileRef) -> ByteReader:
        """Open one file or member that stays open until `close`.

        Raises:
            CannotRead: as `open`.
        """
        reader = self.open(file)
        with self._lock:
            self._kept.append(reader)
        return reader

    def members(self, path: str) -> list[FileRef]:
        """The files inside a zip, checked to be of a believable size.

        Raises:
            CannotRead: damaged, or its directory is made to deceive (overlapping or absurd sizes).
        """
        name = Path(path).name
        try:
            archive = self._archive(path)
        except (*DAMAGED, RuntimeError, ValueError) as error:
            sentence = f"{name}: the zip cannot be read ({_reason(error)}); make it again."
            raise CannotRead(sentence) from error
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > MEMBERS_LIMIT:
            raise CannotRead(f"{name}: a zip of {len(members)} files is refused; unpack a part.")
        packed = sum(member.compress_size for member in members)
        if packed > Path(path).stat().st_size:
            raise CannotRead(f"{name}: the zip's members overlap, as in a zip bomb; not opened.")
        for member in members:
            if member.file_size > MEMBER_LIMIT:
                gigabytes = member.file_size / (1 << 30)
                raise CannotRead(
                    f"{name}: a member claims {gigabytes:.0f} GB unpacked; the zip is not opened."
                )
        return [FileRef(path, member.filename, member.header_offset) for member in members]

    def members_named(self, path: str, name: str) -> list[FileRef]:
        """The files of one name inside a zip; mostly one or none.

        Raises:
            CannotRead: as `members`.
        """
        if path not in self._by_name:
            by_name: dict[str, list[FileRef]] = {}
            for member in self.members(path):
                by_name.setdefault(member.member or "", []).append(member)
            self._by_name[path] = by_name
        return self._by_name[path].get(name, [])

    def close(self) -> None:
        """Close all archives, and the files that were kept open."""
        with self._lock:
            for reader in self._kept:
                reader.close()
            self._kept.clear()
            for archive in self._archives.values():
                archive.close()
            self._archives.clear()

    def _archive(self, path: str) -> zipfile.ZipFile:
        with self._lock:
            archive = self._archives.get(path)
            if archive is None:
                archive = self._archives[path] = zipfile.ZipFile(path)
            return archive


def inflated(reader: ByteReader, start: int, need: int, cancelled: Cancel = never) -> bytes:
    """Return the first `need` bytes of a deflated data set (PS3.5 A.5); fewer where it ends.

    Args:
        reader: the file.
        start: where the deflated bytes begin in it.

    Raises:
        CannotRead: damaged.
        Cancelled: `cancelled` answered yes.
    """
    return b"".join(_inflating(reader, start, need, cancelled))


def inflated_bytes(reader: ByteReader, start: int, most: int, cancelled: Cancel = never) -> int:
    """Return how many bytes there are in a deflated data set, as `inflated`; none are held.

    Raises:
        CannotRead: damaged.
        Cancelled: `cancelled` answered yes.
    """
    return sum(map(len, _inflating(reader, start, most, cancelled)))


def check_expansion(name: str, need: int, packed: int) -> None:
    """Refuse to unpack a few bytes into what no real picture grows to.

    Raises:
        CannotRead: it is so.
    """
    if need > max(_LARGE_BYTES, _EXPANSION_LIMIT * packed):
        raise CannotRead(
            f"{name}: {packed:,} packed bytes claim to hold {need:,}; export the file again,"
            " unpacked."
        )


def _inflating(reader: ByteReader, start: int, need: int, cancelled: Cancel) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    at, packed = start, b""
    while need > 0 and not unpacker.eof:
        stop_if(cancelled)
        if not packed:
            packed = reader.read(at, _PIECE)
            at += len(packed)
            if not packed:
                return
        try:
            piece = unpacker.decompress(packed, min(need, _PIECE))
        except zlib.error as error:
            name = reader.file.name
            raise CannotRead(f"{name}: the deflated data set is damaged ({error}).") from error
        packed = unpacker.unconsumed_tail
        need -= len(piece)
        yield piece


def _member_at(archive: zipfile.ZipFile, file: FileRef) -> zipfile.ZipInfo:
    """The member that starts at the offset; names can repeat inside a zip."""
    member = archive.NameToInfo.get(file.member or "")
    if member is not None and member.header_offset == file.member_offset:
        return member
    for member in archive.infolist():
        if member.header_offset == file.member_offset:
            return member
    raise CannotRead(f"{file.name}: the zip has changed since it was opened; open it again.")


def _reason(error: BaseException) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "a name in it is damaged"
    text = error.strerror if isinstance(error, OSError) else str(error)
    return text or type(error).__name__
