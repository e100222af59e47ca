"""A zip with some members changed: every other member stays as it is, byte for byte."""

from __future__ import annotations

import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from viewer.errors import CannotWrite
from viewer.formats.archive import OpenedArchive
from viewer.formats.format import Raw
from viewer.formats.zip_layout import (
    CENTRAL,
    DESCRIBED_AFTER,
    END,
    END_64,
    LOCAL,
    LOCATOR,
    MOST_16,
    MOST_32,
    UTF_8,
    ZIP64_EXTRA,
    Layout,
    Member,
    extra_fields,
    layout_of,
    wide_values,
)

Content: TypeAlias = Callable[[], Iterable[Raw]]
_STORED, _DEFLATED = 0, 8
_VERSION, _VERSION_64, _UNIX = 20, 45, 3
_FILE_MODE = 0o100644 << 16


def rezipped(
    archive: OpenedArchive, changed: Mapping[str, Content], added: Mapping[str, Content]
) -> Iterator[Raw]:
    """Yield the pieces of a zip as opened, with some members changed and some added.

    What does not change keeps its packed bytes, headers, order and comments. A changed member
    stays where it was, with its name, time, comment and extra fields.

    Args:
        archive: as opened.
        changed: the new content of members, by name.
        added: the content of new members, in order; they come last.

    Raises:
        CannotWrite: the zip is made so that it cannot be written anew.
        CannotRead: another program changed the zip.
    """
    if not changed and not added:
        yield from archive.pieces(0, archive.size)
        return
    layout = layout_of(archive)
    names = Counter(member.name for member in layout.members)
    for name in changed:
        if names[name] != 1:
            raise CannotWrite(
                f"{Path(archive.path).name} does not hold exactly one {name}, so that it cannot be"
                " written anew; save into a folder."
            )
    writer = _Writer(archive, layout)
    yield from writer.prefix()
    for member in sorted(layout.members, key=lambda member: member.start):
        content = changed.get(member.name)
        yield from writer.kept(member) if content is None else writer.changed(member, content)
    for name, content in added.items():
        yield from writer.added(name, content)
    yield from writer.directory()


@dataclass(frozen=True, eq=False)
class _Packed:
    """A member's content as it is written.

    Args:
        size: unpacked.
        packed: number of bytes of `pieces`.
    """

    method: int
    crc: int
    size: int
    packed: int
    pieces: list[Raw]


@dataclass(eq=False)
class _Writer:
    """Yields a zip from front to back and notes where each member comes to stand.

    Args:
        at: bytes that were yielded.
        entries: the directory's records of members already written, by where they stood.
        new: records of members that were not there before.
    """

    archive: OpenedArchive
    layout: Layout
    at: int = 0
    entries: dict[int, bytes] = field(default_factory=dict[int, bytes])
    new: list[bytes] = field(default_factory=list[bytes])

    def __post_init__(self) -> None:
        self._ends = self.layout.slabs()

    def prefix(self) -> Iterator[Raw]:
        """Yield what stands before the first member."""
        first = min((member.start for member in self.layout.members), default=self.layout.directory)
        yield from self._counted(self.archive.pieces(0, first))

    def kept(self, member: Member) -> Iterator[Raw]:
        """Yield a member as it stands."""
        self.entries[member.start] = entry_at(member.entry, self.at - self.layout.shift)
        yield from self._counted(self.archive.pieces(member.start, self._ends[member.start]))

    def changed(self, member: Member, content: Content) -> Iterator[Raw]:
        """Yield a member with other content."""
        packed = _packed(content(), CENTRAL.unpack_from(member.entry)[4])
        head = self.archive.read(member.start, member.start + LOCAL.size)
        fields = LOCAL.unpack(head)
        at = member.start + LOCAL.size
        names = self.archive.read(at, at + fields[9] + fields[10])
        name, extra = names[: fields[9]], names[fields[9] :]
        entry = _changed_entry(member.entry, packed)
        self.entries[member.start] = entry_at(entry, self.at - self.layout.shift)
        flags = fields[2] & ~DESCRIBED_AFTER
        yield from self._counted(
            [_local((fields[1], flags, *fields[4:6]), name, extra, packed), *packed.pieces]
        )

    def added(self, name: str, content: Content) -> Iterator[Raw]:
        """Yield a new member."""
        packed = _packed(content(), _DEFLATED)
        raw, (date, clock) = name.encode(), _stamp()
        version = _VERSION_64 if packed.size >= MOST_32 else _VERSION
        made = (b"PK\x01\x02", _UNIX << 8 | _VERSION_64, version, UTF_8, packed.method, clock, date)
        entry = CENTRAL.pack(*made, 0, 0, 0, len(raw), 0, 0, 0, 0, _FILE_MODE, 0) + raw
        entry = _changed_entry(entry, packed)
        self.new.append(entry_at(entry, self.at - self.layout.shift))
        head = _local((version, UTF_8, clock, date), raw, b"", packed)
        yield from self._counted([head, *packed.pieces])

    def directory(self) -> Iterator[Raw]:
        """Yield the directory and the end records."""
        records = [*(self.entries[member.start] for member in self.layout.members), *self.new]
        start, size = self.at - self.layout.shift, sum(map(len, records))
        yield from records
        count = len(records)
        if self.layout.is_64 or count >= MOST_16 or max(start, size) >= MOST_32:
            both = (_VERSION_64, _VERSION_64, 0, 0, count, count, size, start)
            yield END_64.pack(b"PK\x06\x06", END_64.size - 12, *both)
            yield LOCATOR.pack(b"PK\x06\x07", 0, start + size, 1)
        few = min(count, MOST_16)
        sizes = (min(size, MOST_32), min(start, MOST_32))
        yield END.pack(b"PK\x05\x06", 0, 0, few, few, *sizes, len(self.layout.comment))
        yield self.layout.comment

    def _counted(self, pieces: Iterable[Raw]) -> Iterator[Raw]:
        for piece in pieces:
            self.at += len(piece)
            yield piece


def entry_at(entry: bytes, offset: int) -> bytes:
    """Return a directory's record with another offset, whatever its width."""
    fields = list(CENTRAL.unpack_from(entry))
    size, packed, _ = wide_values(entry)
    if offset < MOST_32 and fields[16] != MOST_32:
        return entry[: CENTRAL.size - 4] + offset.to_bytes(4, "little") + entry[CENTRAL.size :]
    return _entry(entry, size, packed, offset)


def _changed_entry(entry: bytes, packed: _Packed) -> bytes:
    """Return a directory's record with another content; its offset is as it was."""
    fields = list(CENTRAL.unpack_from(entry))
    fields[3] &= ~DESCRIBED_AFTER
    fields[4], fields[7] = packed.method, packed.crc
    *_, offset = wide_values(entry)
    return _entry(CENTRAL.pack(*fields) + entry[CENTRAL.size :], packed.size, packed.packed, offset)


def _entry(entry: bytes, size: int, packed: int, offset: int) -> bytes:
    """Return a directory's record with these sizes and offset, in a zip64 field where too wide."""
    fields = list(CENTRAL.unpack_from(entry))
    at = CENTRAL.size
    name = entry[at : at + fields[10]]
    extra = entry[at + fields[10] : at + fields[10] + fields[11]]
    comment = entry[at + fields[10] + fields[11] :]
    values = (size, packed, offset)
    extra = _wide_extra([value for value in values if value >= MOST_32]) + _without_wide(extra)
    fields[9], fields[8], fields[16] = (min(value, MOST_32) for value in values)
    fields[11] = len(extra)
    return CENTRAL.pack(*fields) + name + extra + comment


def _local(about: tuple[int, int, int, int], name: bytes, extra: bytes, packed: _Packed) -> bytes:
    """Return a local header.

    Args:
        about: version, flags, time and date.
        name: as its record spells it.
        extra: its extra fields.
    """
    version, flags, clock, date = about
    extra, sizes = _without_wide(extra), (packed.packed, packed.size)
    if max(sizes) >= MOST_32:  # both of them stand in the field then
        extra, sizes = _wide_extra([packed.size, packed.packed]) + extra, (MOST_32, MOST_32)
    head = (b"PK\x03\x04", version, flags, packed.method, clock, date, packed.crc, *sizes)
    return LOCAL.pack(*head, len(name), len(extra)) + name + extra


def _without_wide(extra: bytes) -> bytes:
    kept = ((id, data) for id, data in extra_fields(extra) if id != ZIP64_EXTRA)
    return b"".join(struct.pack("<2H", id, len(data)) + data for id, data in kept)


def _wide_extra(values: list[int]) -> bytes:
    if not values:
        return b""
    return struct.pack(f"<2H{len(values)}Q", ZIP64_EXTRA, 8 * len(values), *values)


def _packed(pieces: Iterable[Raw], method: int) -> _Packed:
    """Return content as stored bytes, or deflated for every other method."""
    crc = size = 0
    out: list[Raw] = []
    packer = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    for piece in pieces:
        crc = zlib.crc32(piece, crc)
        size += len(piece)
        out.append(piece if method == _STORED else packer.compress(piece))
    if method != _STORED:
        out.append(packer.flush())
    kind = _STORED if method == _STORED else _DEFLATED
    return _Packed(kind, crc, size, sum(map(len, out)), out)


def _stamp() -> tuple[int, int]:
    """Return (date, time) of now, as zips hold them."""
    now = time.localtime()
    year = min(max(now.tm_year - 1980, 0), 127)
    date = year << 9 | now.tm_mon << 5 | now.tm_mday
    return date, now.tm_hour << 11 | now.tm_min << 5 | min(now.tm_sec, 59) // 2
