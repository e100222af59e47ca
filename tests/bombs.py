"""Gzip files that unpack into far more than they are."""

from __future__ import annotations

import struct
import zlib

PIECE = bytes(1 << 20)


def packed(head: bytes, megabytes: int) -> bytes:
    """Return a whole gzip of some bytes and so many megabytes of zeros, each packed as the first.

    Source: RFC 1952; after a full flush deflate knows nothing of what came before.
    """
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    start = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(PIECE) + packer.flush(zlib.Z_FULL_FLUSH)
    check = zlib.crc32(head)
    for _ in range(megabytes):
        check = zlib.crc32(PIECE, check)
    size = (len(head) + megabytes * len(PIECE)) % 2**32
    end = packer.flush() + struct.pack("<II", check, size)
    return b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + start + piece * megabytes + end
