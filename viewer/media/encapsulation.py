"""Encapsulated pixel data: which bytes of the file belong to which frame."""

from __future__ import annotations

import struct
from itertools import pairwise

from viewer.errors import CannotDecode
from viewer.media.files import ByteReader

Fragment = tuple[int, int]  # offset in the file, length
_ITEM = b"\xfe\xff\x00\xe0"
_END = b"\xfe\xff\xdd\xe0"
_FRAGMENTS_LIMIT = 5_000_000


def frames_in(reader: ByteReader, start: int, frames: int) -> list[list[Fragment]]:
    """Return the fragments of each frame, from the pixel data's value at `start`.

    One frame takes all fragments; otherwise there is a fragment per frame (always so with an
    extended offset table, which is therefore not needed), or the basic offset table or the JPEG
    end markers tell where frames end. May return fewer than `frames`.

    Raises:
        CannotDecode: the items are damaged, or the frames cannot be told apart.

    Source: DICOM PS3.5 A.4.
    """
    table, fragments = _items(reader, start)
    if frames == 1:
        return [fragments] if fragments else []
    if len(fragments) <= frames:
        return [[fragment] for fragment in fragments]
    return _by_offsets(table, fragments, frames) or _by_end_markers(reader, fragments)


def joined(reader: ByteReader, fragments: list[Fragment]) -> bytes:
    """The bytes of a frame's fragments, one after the other."""
    return b"".join(reader.read(offset, length) for offset, length in fragments)


def _items(reader: ByteReader, start: int) -> tuple[list[int], list[Fragment]]:
    """The basic offset table, and the fragments behind it; a cut off end is left out."""
    head = reader.read(start, 8)
    if head[:4] != _ITEM or len(head) < 8:
        raise CannotDecode("the compressed pixel data does not begin with an item")
    length = struct.unpack_from("<I", head, 4)[0]
    raw = reader.read(start + 8, length)
    table = [number for (number,) in struct.iter_unpack("<I", raw[: len(raw) // 4 * 4])]
    fragments: list[Fragment] = []
    at = start + 8 + length
    while len(head := reader.read(at, 8)) == 8 and head[:4] == _ITEM:
        length = struct.unpack_from("<I", head, 4)[0]
        at += 8
        if at + length > reader.size or len(fragments) > _FRAGMENTS_LIMIT:
            break
        fragments.append((at, length))
        at += length
    return table, fragments


def _by_offsets(
    table: list[int], fragments: list[Fragment], frames: int
) -> list[list[Fragment]] | None:
    """Frames as the basic offset table says; None where it does not fit the fragments."""
    first = fragments[0][0]  # offsets count from the first byte of the first item's tag
    number = {offset - first: n for n, (offset, _length) in enumerate(fragments)}
    begins = [number.get(offset, -1) for offset in table]
    is_rising = all(a < b for a, b in pairwise(begins))
    if len(table) != frames or begins[0] != 0 or not is_rising:
        return None
    return [fragments[begin:end] for begin, end in pairwise([*begins, len(fragments)])]


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
