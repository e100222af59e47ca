"""What a compressed stream says of its picture: its size, asked before a decoder takes memory."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

Size = tuple[int, int]  # rows, columns
SizeOf = Callable[[bytes], Size | None]

_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # JPEG markers without a length
_NOT_FRAMES = frozenset({0xC4, 0xC8, 0xCC})  # of the range C0..CF: tables, reserved
_JPEG_LS_FRAME, _JPEG_SCAN = 0xF7, 0xDA
_J2K_SIZE = b"\xff\x4f\xff\x51"  # start of codestream, then the size marker
_J2K_STYLE, _J2K_STYLE_OF_ONE, _J2K_TILE = 0x52, 0x53, 0x90  # COD, COC, start of a tile
_JXL_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))  # width : height
_JXL_BITS = (9, 13, 18, 30)


def jpeg_size(data: bytes) -> Size | None:
    """Size in the frame header of a JPEG or JPEG-LS stream; None without one.

    Source: ITU-T T.81 B.2.2, ITU-T T.87 C.2.2.
    """
    for marker, begin, _end in jpeg_segments(data):
        is_frame = 0xC0 <= marker <= 0xCF and marker not in _NOT_FRAMES
        if (is_frame or marker == _JPEG_LS_FRAME) and begin + 5 <= len(data):
            rows, columns = struct.unpack_from(">HH", data, begin + 1)
            return rows, columns
    return None


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the marker of each segment before the first scan, and where its value begins and ends.

    Source: ITU-T T.81 B.1.1.
    """
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            at += 1
            continue
        marker = data[at + 1]
        if marker == 0xFF or marker == 0x00 or marker in _STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker == _JPEG_SCAN:
            return
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        yield marker, at + 4, end
        at = end


def jpeg_2000_size(data: bytes) -> Size | None:
    """Size in the SIZ marker of a JPEG 2000 codestream, bare or in a file; None without one.

    Source: ITU-T T.800 A.5.1.
    """
    at = data.find(_J2K_SIZE)
    if at < 0 or at + 24 > len(data):
        return None
    right, bottom, left, top = struct.unpack_from(">4I", data, at + 8)
    return bottom - top, right - left


def is_irreversible(data: bytes) -> bool:
    """Whether a JPEG 2000 codestream, HT or not, keeps its samples by the lossy 9-7 wavelet.

    Only the main header is looked at, 4 KB of it at most.

    Source: ITU-T T.800 A.6.1 (COD), A.6.2 (COC), table A.20.
    """
    at = data.find(_J2K_SIZE)
    if at < 0:
        return False
    many = data[at + 40 : at + 42] > b"\x01\x00"  # components, whose numbers then take two bytes
    kinds = {_J2K_STYLE: 13, _J2K_STYLE_OF_ONE: 11 if many else 10}
    at, end = at + 2, min(len(data), at + 4096)
    while at + 14 <= end and data[at] == 0xFF and data[at + 1] != _J2K_TILE:
        place = kinds.get(data[at + 1])
        if place is not None and data[at + place] == 0:
            return True
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return False


def jpeg_xl_size(data: bytes) -> Size | None:
    """Size in the header of a JPEG XL codestream, bare or in boxes; None without one.

    Source: ISO/IEC 18181-1 annex D.2 (SizeHeader).
    """
    start = data.find(b"\xff\x0a", 0, 4096)
    if start < 0 or start + 14 > len(data):
        return None
    word = int.from_bytes(data[start + 2 : start + 14], "little")

    def taken(bits: int) -> int:
        nonlocal word
        value = word & ((1 << bits) - 1)
        word >>= bits
        return value

    is_small = taken(1)

    def length() -> int:
        return 8 * (taken(5) + 1) if is_small else taken(_JXL_BITS[taken(2)]) + 1

    rows = length()
    ratio = taken(3)
    if ratio == 0:
        return rows, length()
    across, down = _JXL_RATIOS[ratio - 1]
    return rows, rows * across // down
