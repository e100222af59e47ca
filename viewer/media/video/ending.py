"""Whether a file ends where its container says, told by lengths; nothing is decoded.

A library that reads containers takes a file cut off for one that ends there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from viewer.media.video.source import Bytes

_MOST_PARTS = 200_000  # of a container that are gone through
_TAIL = 1 << 18
_TS_PACKETS = ((188, 0), (192, 4), (204, 0))  # bytes of a packet, and of what is before its sync
_TS_SYNC = 0x47
_PADDING = 1  # byte that a DICOM object may add to a stream (PS3.5 8.2)
_SEGMENT = 0x18538067
_TORN = ("gif", "mxf", "mpeg", "mpegts")  # whose last packet is handed out although it is cut off
Check = Callable[[Bytes], bool]


def is_cut_off(stream: Bytes, container: str) -> bool:
    """Whether bytes are missing at the end.

    Args:
        stream: the whole file; its place is not kept.
        container: the library's name, such as "mov,mp4,m4a,3gp,3g2,mj2".
    """
    check = _CHECKS.get(container.partition(",")[0])
    return check is not None and check(stream)


def tears_last_packet(container: str) -> bool:
    """Whether the last packet of a container that is cut off may be half a packet."""
    return container.partition(",")[0] in _TORN


def _read(stream: Bytes, at: int, count: int) -> bytes:
    stream.seek(at)
    data = b""
    while len(data) < count and (more := stream.read(count - len(data))):
        data += more
    return data


def _tail(stream: Bytes) -> bytes:
    return _read(stream, max(0, stream.size - _TAIL), _TAIL)


def whole_boxes(stream: Bytes) -> int | None:
    """Return how many bytes of an MP4 file come before the box that is cut off; None without one.

    The library refuses a file that ends inside the header of a fragment.
    """
    return _cut_part(stream, _mp4_end) if _read(stream, 4, 4) == b"ftyp" else None


def _boxes(stream: Bytes, ends: Callable[[Bytes, int], int | None]) -> bool:
    return _cut_part(stream, ends) is not None


def _cut_part(stream: Bytes, ends: Callable[[Bytes, int], int | None]) -> int | None:
    """Go from part to part by their ends; return where one begins that ends behind the file."""
    at = 0
    for _part in range(_MOST_PARTS):
        end = ends(stream, at)
        if end is None or end <= at:
            return None
        if end >= stream.size:
            return at if end > stream.size else None
        at = end
    return None


def _mp4_end(stream: Bytes, at: int) -> int | None:
    """ISO/IEC 14496-12 4.2: a box's size and type; 1 for a longer size, 0 for up to the end."""
    head = _read(stream, at, 16)
    if len(head) < 8:
        return at + 8 if any(head) else None  # zeros may pad a file
    size = int.from_bytes(head[:4], "big")
    if size == 1 and len(head) == 16:
        size = int.from_bytes(head[8:], "big")
    return at + size if size >= 8 else None


def _riff_end(stream: Bytes, at: int) -> int | None:
    head = _read(stream, at, 8)
    size = int.from_bytes(head[4:], "little")
    if head[:4] != b"RIFF" or size == 0:  # a recording that was never finished says 0
        return None
    return at + 8 + size


def _klv_end(stream: Bytes, at: int) -> int | None:
    """SMPTE 336: a key of 16 bytes, a length by the basic encoding rules, the value."""
    head = _read(stream, at, 25)
    if head[:4] != b"\x06\x0e\x2b\x34"[: len(head)]:
        return None
    if len(head) < 17:
        return at + 17  # behind the file's end
    if head[16] < 0x80:
        return at + 17 + head[16]
    more = head[16] & 0x7F
    return at + 17 + more + int.from_bytes(head[17 : 17 + more], "big") if more <= 8 else None


def _is_segment_short(stream: Bytes) -> bool:
    """RFC 8794 4 and 6.2: ids and sizes of variable length, all ones for a size not known."""
    at = 0
    for _element in range(8):
        head = _read(stream, at, 16)
        id_bytes = _vint_bytes(head, 0)
        size_bytes = _vint_bytes(head, id_bytes)
        if not id_bytes or not size_bytes or len(head) < id_bytes + size_bytes:
            return False
        id = int.from_bytes(head[:id_bytes], "big")
        unknown = (1 << 7 * size_bytes) - 1
        size = int.from_bytes(head[id_bytes : id_bytes + size_bytes], "big") & unknown
        at += id_bytes + size_bytes + size
        if id == _SEGMENT:
            return size != unknown and at > stream.size
    return False


def _vint_bytes(head: bytes, at: int) -> int:
    """How many bytes a number of variable length has, by its first; 0 for none."""
    if at >= len(head) or not head[at]:
        return 0
    return 9 - head[at].bit_length()


def _is_gif_short(stream: Bytes) -> bool:
    """GIF89a 27: a semicolon ends it; zeros may follow."""
    return _tail(stream).rstrip(b"\0")[-1:] != b";"


def _is_asf_short(stream: Bytes) -> bool:
    """ASF 2 and 5: a header object with its size, then the data object with its own."""
    header = _read(stream, 16, 8)
    start = int.from_bytes(header, "little")
    size = int.from_bytes(_read(stream, start + 16, 8), "little")
    return len(header) == 8 and size > 0 and start + size > stream.size


def _is_transport_short(stream: Bytes) -> bool:
    """ISO/IEC 13818-1 2.4.3: packets of one size."""
    head = _read(stream, 0, 1024)
    for size, before in _TS_PACKETS:
        syncs = head[before::size]
        if len(syncs) > 1 and set(syncs) == {_TS_SYNC}:
            return stream.size % size > _PADDING
    return False


def _is_program_short(stream: Bytes) -> bool:
    """ISO/IEC 13818-1 2.5.3: from the last pack on, packets with their lengths."""
    tail = _tail(stream)
    return any(end > len(tail) for end in _pes_ends(tail, tail.rfind(b"\x00\x00\x01\xba")))


def _pes_ends(tail: bytes, at: int) -> Iterator[int]:
    while 0 <= at < len(tail) - 6 and tail[at : at + 3] == b"\x00\x00\x01":
        code = tail[at + 3]
        if code == 0xB9:
            return
        if code == 0xBA and tail[at + 4] >> 6 == 1:
            at += 14 + (tail[at + 13] & 7 if at + 13 < len(tail) else 0)
        elif code == 0xBA:
            at += 12
        else:
            at += 6 + int.from_bytes(tail[at + 4 : at + 6], "big")
        yield at


def _is_flash_short(stream: Bytes) -> bool:
    """FLV 10.1 E.3: behind each tag its size, eleven more than the tag says of its data."""
    end = _read(stream, stream.size - 4, 4)
    size = int.from_bytes(end, "big")
    tag = _read(stream, max(0, stream.size - 4 - size), 4)
    return int.from_bytes(tag[1:], "big") + 11 != size


def _is_ogg_short(stream: Bytes) -> bool:
    """RFC 3533 6: the last page's segments, each with its length."""
    tail = _tail(stream)
    at = tail.rfind(b"OggS")
    if at < 0:
        return False
    if at + 27 > len(tail):
        return True
    segments = tail[at + 27 : at + 27 + tail[at + 26]]
    return len(segments) < tail[at + 26] or at + 27 + len(segments) + sum(segments) > len(tail)


_CHECKS: dict[str, Check] = {
    "mov": lambda stream: _boxes(stream, _mp4_end),
    "avi": lambda stream: _boxes(stream, _riff_end),
    "mxf": lambda stream: _boxes(stream, _klv_end),
    "matroska": _is_segment_short,
    "gif": _is_gif_short,
    "asf": _is_asf_short,
    "mpegts": _is_transport_short,
    "mpeg": _is_program_short,
    "flv": _is_flash_short,
    "ogg": _is_ogg_short,
}
