"""Encapsulated pixel data: which bytes of the file belong to which frame."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice, pairwise

from viewer.errors import CannotDecode
from viewer.media.files import ByteReader

Fragment = tuple[int, int]  # offset in the file, length
_ITEM = b"\xfe\xff\x00\xe0"
_END = b"\xfe\xff\xdd\xe0"
_LENGTH = struct.Struct("<I")
_BLOCK = 1 << 16  # bytes
_FRAGMENTS_LIMIT = 1_200_000  # a million frames may have one each
_FRAGMENTS_OF_FEW, _FRAGMENTS_EACH = 50_000, 16
_STREAM_LIMIT = 1_000_000


def frames_in(reader: ByteReader, start: int, frames: int) -> list[list[Fragment]]:
    """Return the fragments of each frame, from the pixel data's value at `start`.

    One frame takes all fragments; otherwise the basic offset table tells where frames begin, or
    there is a fragment per frame (always so with an extended offset table, which is therefore not
    needed), or the JPEG end markers tell. May return fewer than `frames`.

    Raises:
        CannotDecode: the items are damaged, or the frames cannot be told apart.

    Source: DICOM PS3.5 A.4.
    """
    most = min(_FRAGMENTS_OF_FEW + _FRAGMENTS_EACH * frames, _FRAGMENTS_LIMIT)
    table, fragments = _items(reader, start, most)
    if len(fragments) > most:
        name = reader.file.name
        raise CannotDecode(
            f"{name}: its pixels are in more than {most:,} pieces; export the file again."
        )
    if frames == 1 or not fragments:
        return [fragments] if fragments else []
    by_table = _by_offsets(table, fragments, frames)
    if by_table is not None:
        return by_table
    if len(fragments) <= frames:
        return [[fragment] for fragment in fragments]
    return _by_end_markers(reader, fragments)


def stream_in(reader: ByteReader, start: int) -> tuple[Fragment, ...]:
    """Return the fragments of a video, which make one stream for all frames together.

    The one that the file cuts off counts up to the file's end, and is the last.

    Args:
        start: of the pixel data's value; the stream itself where no item begins there.

    Raises:
        CannotDecode: there is nothing of it, or it is in too many pieces.
        CannotRead: the file cannot be read.

    Source: DICOM PS3.5 8.2.5 to 8.2.11, A.4.5 to A.4.9.
    """
    head = reader.read(start, 8)
    if head[:4] != _ITEM or len(head) < 8:
        found = [(start, reader.size - start)]
    else:
        table = struct.unpack_from("<I", head, 4)[0]
        found = list(islice(_fragments(reader, start + 8 + table), _STREAM_LIMIT + 1))
    if len(found) > _STREAM_LIMIT:
        raise CannotDecode(f"the video is in more than {_STREAM_LIMIT} pieces")
    whole = tuple((at, min(length, reader.size - at)) for at, length in found)
    if not any(length > 0 for _at, length in whole):
        raise CannotDecode("there is nothing in the pixel data")
    return whole


def joined(reader: ByteReader, fragments: list[Fragment]) -> bytes:
    """The bytes of a frame's fragments, one after the other."""
    return b"".join(reader.read(offset, length) for offset, length in fragments)


def first_bytes(reader: ByteReader, start: int, most: int) -> bytes:
    """The beginning of the first frame's stream, without looking for where the others are.

    Args:
        start: of the pixel data's value.
        most: bytes to read; fewer come where the file ends.
    """
    head = reader.read(start, 8)
    if head[:4] != _ITEM or len(head) < 8:
        return b""
    table_bytes = struct.unpack_from("<I", head, 4)[0]
    return reader.read(start + 16 + table_bytes, most)


def _items(reader: ByteReader, start: int, most: int) -> tuple[list[int], list[Fragment]]:
    """The basic offset table, and the fragments behind it; a cut off end is left out.

    Where there are more fragments than `most`, one more comes.
    """
    head = reader.read(start, 8)
    if head[:4] != _ITEM or len(head) < 8:
        raise CannotDecode("the compressed pixel data does not begin with an item")
    length = struct.unpack_from("<I", head, 4)[0]
    raw = reader.read(start + 8, length)
    table = [number for (number,) in struct.iter_unpack("<I", raw[: len(raw) // 4 * 4])]
    whole = islice(_fragments(reader, start + 8 + length), most + 1)
    fragments = [(at, size) for at, size in whole if at + size <= reader.size]
    return table, fragments


def _fragments(reader: ByteReader, at: int) -> Iterator[Fragment]:
    """Yield the items from a place on; the last one may reach beyond the file's end."""
    heads = _Heads(reader)
    for _number in range(_FRAGMENTS_LIMIT + 1):
        length = heads.item_at(at)
        if length is None:
            return
        yield at + 8, length
        at += 8 + length


class _Heads:
    """Heads of items one after another; those of short items are read many at a time."""

    def __init__(self, reader: ByteReader) -> None:
        self._reader = reader
        self._block, self._begin, self._last = b"", 0, 0

    def item_at(self, at: int) -> int | None:
        """Return the length of the item that begins at `at`, None where there is none."""
        within = at - self._begin
        if not 0 <= within <= len(self._block) - 8:
            is_near = self._last and at - self._last < _BLOCK // 16
            self._block = self._reader.read(at, _BLOCK if is_near else 8)
            self._begin, within = at, 0
        self._last = at
        block = self._block
        if len(block) - within < 8 or not block.startswith(_ITEM, within):
            return None
        return _LENGTH.unpack_from(block, within + 4)[0]


def _by_offsets(
    table: list[int], fragments: list[Fragment], frames: int
) -> list[list[Fragment]] | None:
    """Frames as the basic offset table says; None where it does not fit the fragments.

    Of a file that is cut off those that are whole.
    """
    first = fragments[0][0]  # offsets count from the first byte of the first item's tag
    number = {offset - first: n for n, (offset, _length) in enumerate(fragments)}
    last, length = fragments[-1]
    end = last + length + 8 - first
    number[end] = len(fragments)
    is_rising = all(a < b for a, b in pairwise(table))
    if len(table) != frames or table[0] != 0 or not is_rising:
        return None
    there = [offset for offset in table if offset <= end]
    if any(offset not in number for offset in there):
        return None
    begins = [number[offset] for offset in there]
    if len(there) == frames and there[-1] < end:
        begins.append(len(fragments))
    return [fragments[begin:stop] for begin, stop in pairwise(begins)]


def _by_end_markers(reader: ByteReader, fragments: list[Fragment]) -> list[list[Fragment]]:
    """A frame ends with the fragment whose last bytes hold JPEG's end of image."""
    frames: list[list[Fragment]] = [[]]
    for offset, length in fragments:
        frames[-1].append((offset, length))
        tail = reader.read(max(offset, offset + length - 10), min(10, length))
        if b"\xff\xd9" in tail:
            frames.append([])
    if not frames[-1]:
        frames.pop()
    return frames
