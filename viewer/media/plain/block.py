"""Bytes of a voxel block by offset: as they lie in the file, or behind deflate."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from viewer.errors import CannotDecode
from viewer.media.files import ByteReader

_CHUNK = 1 << 16
_SKIP = 1 << 20
_MARK_EVERY = 32 << 20  # bytes between places from which unpacking may go on
_GZIP_OR_ZLIB = 47  # window bits: the header says which


class Block(Protocol):
    """Unpacked bytes by offset."""

    def read_into(self, offset: int, target: memoryview) -> int:
        """Fill `target` from `offset`; returns how many bytes there were."""
        ...


@dataclass(frozen=True)
class StoredBlock:
    """Bytes as they lie in the file from `start`."""

    reader: ByteReader
    start: int

    def read_into(self, offset: int, target: memoryview) -> int:
        """Fill `target` from `offset`; returns how many bytes there were."""
        return self.reader.read_into(self.start + offset, target)


@dataclass(frozen=True)
class _Mark:
    """A place in the stream from which unpacking may go on.

    Args:
        at: unpacked bytes before it.
        place: where the file is read on.
        pending: bytes read and not yet unpacked.
        machine: the unpacker's state (a zlib decompressor; its type has no public name).
    """

    at: int
    place: int
    pending: bytes
    machine: Any

    def copy(self) -> _Mark:
        return _Mark(self.at, self.place, self.pending, self.machine.copy())


@dataclass
class Marks:
    """Places of one packed file, kept from one reading to the next; thread-safe."""

    _marks: list[_Mark] = field(default_factory=list[_Mark])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def before(self, offset: int) -> _Mark | None:
        """Return a copy of the last mark at or before an unpacked offset."""
        with self._lock:
            found = [mark for mark in self._marks if mark.at <= offset]
            return max(found, key=lambda mark: mark.at).copy() if found else None

    def offer(self, at: int, make: Callable[[], _Mark]) -> None:
        """Keep a mark if the last one lies far enough behind."""
        with self._lock:
            if at >= _MARK_EVERY + max((mark.at for mark in self._marks), default=0):
                self._marks.append(make())


class DeflatedBlock:
    """Bytes behind gzip (of one or more members) or zlib, from `start` of a file.

    Never holds more than a chunk of them; marks let a later volume of the file be read without
    unpacking all before it.
    """

    def __init__(self, reader: ByteReader, start: int, head: int, marks: Marks, name: str) -> None:
        """Args are the file, where its stream starts, and how many unpacked bytes come before."""
        self._reader = reader
        self._start = start
        self._head = head
        self._marks = marks
        self._name = name
        self._go(_Mark(0, start, b"", zlib.decompressobj(_GZIP_OR_ZLIB)))

    def read_into(self, offset: int, target: memoryview) -> int:
        """Fill `target` from `offset`; returns how many bytes there were.

        Raises:
            CannotDecode: the packed bytes are damaged.
        """
        offset += self._head
        try:
            self._seek(offset)
            filled = 0
            while filled < len(target) and self._at == offset + filled:
                data = self._more(min(_SKIP, len(target) - filled))
                if not data:
                    break
                target[filled : filled + len(data)] = data
                filled += len(data)
        except zlib.error as error:
            sentence = f"{self._name}: the packed data is damaged; export it again."
            raise CannotDecode(sentence) from error
        return filled

    def _seek(self, offset: int) -> None:
        mark = self._marks.before(offset)
        if mark is not None and (mark.at > self._at or offset < self._at):
            self._go(mark)
        elif offset < self._at:
            self._go(_Mark(0, self._start, b"", zlib.decompressobj(_GZIP_OR_ZLIB)))
        while self._at < offset and self._more(min(_SKIP, offset - self._at)):
            pass

    def _go(self, mark: _Mark) -> None:
        self._at: int = mark.at
        self._place: int = mark.place
        self._pending: bytes = mark.pending
        self._machine: Any = mark.machine

    def _here(self) -> _Mark:
        return _Mark(self._at, self._place, self._pending, self._machine.copy())

    def _more(self, limit: int) -> bytes:
        """The next unpacked bytes, at most `limit`; none at the end."""
        while True:
            if self._machine.eof and not self._next_member():
                return b""
            if not self._pending:
                self._pending = self._reader.read(self._place, _CHUNK)
                self._place += len(self._pending)
                if not self._pending:
                    return b""
            data: bytes = self._machine.decompress(self._pending, limit)
            # At the end of a member the rest is in unused_data, and may stand in both.
            self._pending = b"" if self._machine.eof else self._machine.unconsumed_tail
            if data:
                self._at += len(data)
                self._marks.offer(self._at, self._here)
                return data

    def _next_member(self) -> bool:
        """Go on with a further gzip member behind the one that ended."""
        rest: bytes = self._machine.unused_data
        if not rest:
            rest = self._reader.read(self._place, _CHUNK)
            self._place += len(rest)
        if not rest.startswith(b"\x1f"):
            return False
        self._pending = rest
        self._machine = zlib.decompressobj(_GZIP_OR_ZLIB)
        return True


def inflated_head(head: bytes, length: int) -> bytes:
    """At most `length` bytes unpacked from a file's first ones; none where they are damaged."""
    try:
        return zlib.decompressobj(_GZIP_OR_ZLIB).decompress(head, length)
    except zlib.error:
        return b""
