"""Where the records of a zip stand, byte for byte (APPNOTE.TXT 6.3, sections 4.3 and 4.5.3)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from viewer.errors import CannotWrite
from viewer.formats.archive import OpenedArchive

MOST_16, MOST_32 = 0xFFFF, 0xFFFFFFFF  # a field with this value says: look into the zip64 one
UTF_8, DESCRIBED_AFTER = 0x800, 0x8  # bits of a member's flags
ZIP64_EXTRA = 1  # id of the extra field with 64-bit sizes and offset
CENTRAL = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
END = struct.Struct("<4s4H2LH")
END_64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR = struct.Struct("<4sLQL")
_LONGEST_END = END.size + MOST_16


@dataclass(frozen=True)
class Member:
    """One record of a zip's directory.

    Args:
        name: as readers of zips show it.
        entry: the record as it stands.
        start: where its local header begins in the file.
        packed: number of its packed bytes.
    """

    name: str
    entry: bytes
    start: int
    packed: int


@dataclass(frozen=True)
class Layout:
    """The records of a zip.

    Args:
        members: in the directory's order.
        directory: where the directory begins.
        shift: bytes before the zip proper, that its offsets do not count.
        comment: of the whole zip.
        is_64: it has a zip64 end record.
    """

    members: tuple[Member, ...]
    directory: int
    shift: int
    comment: bytes
    is_64: bool

    def slabs(self) -> dict[int, int]:
        """Where the bytes of each member end: before the next one, or before the directory."""
        starts = sorted(member.start for member in self.members)
        return dict(pairwise([*starts, self.directory]))


def layout_of(archive: OpenedArchive) -> Layout:
    """Return where the records of a zip stand.

    Raises:
        CannotWrite: members overlap, as in a zip bomb, or the records contradict each other.
        CannotRead: another program changed the zip.
    """
    name = Path(archive.path).name
    at = max(archive.size - _LONGEST_END, 0)
    tail = archive.read(at, archive.size)
    found = _end_in(tail)
    if found < 0:
        raise _odd(name)
    *_, count, size, offset, _ = END.unpack_from(tail, found)
    end = at + found
    wide = archive.read(max(end - LOCATOR.size - END_64.size, 0), end)
    is_64 = wide[:4] == b"PK\x06\x06" and wide[END_64.size :][:4] == b"PK\x06\x07"
    if is_64:
        *_, count, size, offset = END_64.unpack_from(wide)
        end -= len(wide)
    shift = end - size - offset
    if shift < 0 or size > end:
        raise _odd(name)
    members = _members(archive.read(end - size, end), shift, name)
    if len(members) != count:
        raise _odd(name)
    layout = Layout(members, end - size, shift, tail[found + END.size :], is_64)
    _check_apart(archive, layout, name)
    return layout


def _end_in(tail: bytes) -> int:
    """Where the end record begins: at the very end without a comment, else the last one."""
    if tail[-END.size :][:4] == b"PK\x05\x06" and tail[-2:] == b"\0\0":
        return len(tail) - END.size
    found = tail.rfind(b"PK\x05\x06")
    return found if found <= len(tail) - END.size else -1


def _members(directory: bytes, shift: int, name: str) -> tuple[Member, ...]:
    members: list[Member] = []
    at = 0
    while at < len(directory):
        if directory[at : at + 4] != b"PK\x01\x02" or at + CENTRAL.size > len(directory):
            raise _odd(name)
        fields = CENTRAL.unpack_from(directory, at)
        flags, lengths = fields[3], fields[10:13]
        end = at + CENTRAL.size + sum(lengths)
        if end > len(directory):
            raise _odd(name)
        entry = directory[at:end]
        raw = entry[CENTRAL.size : CENTRAL.size + lengths[0]]
        _, packed, offset = wide_values(entry)
        title = raw.decode("utf-8" if flags & UTF_8 else "cp437", "replace").split("\0")[0]
        members.append(Member(title, entry, offset + shift, packed))
        at = end
    return tuple(members)


def wide_values(entry: bytes) -> tuple[int, int, int]:
    """Return (unpacked size, packed size, offset) of a directory's record."""
    fields = CENTRAL.unpack_from(entry)
    values = [fields[9], fields[8], fields[16]]
    at = CENTRAL.size + fields[10]
    wide = dict(extra_fields(entry[at : at + fields[11]])).get(ZIP64_EXTRA, b"")
    for number, value in enumerate(values):
        if value == MOST_32 and len(wide) >= 8:
            values[number] = int.from_bytes(wide[:8], "little")
            wide = wide[8:]
    return values[0], values[1], values[2]


def extra_fields(extra: bytes) -> Sequence[tuple[int, bytes]]:
    """Return (id, content) of a record's extra fields; what is cut off is left out."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while at + 4 <= len(extra):
        id, length = struct.unpack_from("<2H", extra, at)
        found.append((id, extra[at + 4 : at + 4 + length]))
        at += 4 + length
    return found


def _check_apart(archive: OpenedArchive, layout: Layout, name: str) -> None:
    """Check that no two members share bytes."""
    ends = layout.slabs()
    if len(ends) != len(layout.members):
        raise _overlap(name)
    for member in layout.members:
        head = archive.read(member.start, min(member.start + LOCAL.size, archive.size))
        if len(head) < LOCAL.size or head[:4] != b"PK\x03\x04":
            raise _odd(name)
        *_, name_length, extra_length = LOCAL.unpack(head)
        if (
            member.start + LOCAL.size + name_length + extra_length + member.packed
            > ends[member.start]
        ):
            raise _overlap(name)


def _odd(name: str) -> CannotWrite:
    return CannotWrite(
        f"{name}: the zip's records contradict each other, so that it cannot be written anew; save"
        " into a folder."
    )


def _overlap(name: str) -> CannotWrite:
    return CannotWrite(
        f"{name}: the zip's members overlap, as in a zip bomb, so that it cannot be written anew;"
        " save into a folder."
    )
