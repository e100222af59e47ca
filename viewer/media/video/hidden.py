"""Which packets show nothing: references that some codecs pack on their own (alternate references).

Sources: VP8, RFC 6386 9.1; VP9 bitstream specification 6.1, 6.2 and annex B (superframes).
"""

from __future__ import annotations

_VP9_MARKER = 0b10
_SUPERFRAME_MARKER = 0b110


def is_hidden(codec: str, data: bytes) -> bool:
    """Whether a packet holds no frame that is displayed."""
    if not data:
        return True
    if codec == "vp8":
        return not data[0] >> 4 & 1
    if codec == "vp9":
        return not any(_shows(frame) for frame in _vp9_frames(data))
    return False


def _vp9_frames(data: bytes) -> list[bytes]:
    """Split a superframe; a single frame is its own."""
    last = data[-1]
    count, width = (last & 7) + 1, (last >> 3 & 3) + 1
    index = 2 + count * width
    if last >> 5 != _SUPERFRAME_MARKER or len(data) < index or data[-index] != last:
        return [data]
    frames: list[bytes] = []
    at = 0
    for number in range(count):
        begin = len(data) - index + 1 + number * width
        size = int.from_bytes(data[begin : begin + width], "little")
        frames.append(data[at : at + size])
        at += size
    return frames


def _shows(frame: bytes) -> bool:
    """Read show_existing_frame or show_frame of an uncompressed VP9 header."""
    if len(frame) < 2 or frame[0] >> 6 != _VP9_MARKER:
        return False
    bits = (frame[0] << 8) | frame[1]
    profile = (bits >> 13 & 1) | (bits >> 12 & 1) << 1
    at = 5 if profile == 3 else 4  # bits read so far: marker, profile and its reserved bit
    shows_existing = bits >> (15 - at) & 1
    show_frame = bits >> (15 - at - 2) & 1
    return bool(shows_existing or show_frame)
