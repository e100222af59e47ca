"""Bytes of a mask file within bounds: never more than its header announces, or a limit allows."""

from __future__ import annotations

import io
from collections.abc import Generator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotDecode, CannotRead
from viewer.media.files import ByteReader
from viewer.media.instance import FileRef
from viewer.media.plain.block import Block, DeflatedBlock, Marks, StoredBlock
from viewer.media.plain.damage import Damaged, refused
from viewer.media.plain.placing import SLICES_LIMIT

GZIP = b"\x1f\x8b"
_DEFLATE_MOST = 1032  # times: the most that deflate can pack (zlib.net, "Maximum Expansion Factor")
_SLACK = 1 << 16
_TAIL_LIMIT = 1 << 20


@contextmanager
def unreadable(name: str, what: str, *also: type[Exception]) -> Generator[None]:
    """Turn whatever a reader raises, and exceptions in `also`, into one sentence about a file.

    Raises:
        CannotRead: "NAME: the WHAT is damaged or of a rare kind (why); export it again."
    """
    try:
        with refused(name, what, *also):
            yield
    except CannotDecode as error:
        raise CannotRead(str(error)) from error


def check_announced(name: str, announced: int, packed: int, limit_bytes: int) -> None:
    """Refuse sizes that are out of bounds, before memory is taken.

    A mask packs far better than a picture, so that only what deflate cannot do is a lie.

    Args:
        announced: unpacked bytes as the header says.
        packed: bytes that they are packed in; 0 where they are not packed.

    Raises:
        CannotRead: with the reason.
    """
    if announced > limit_bytes:
        raise CannotRead(
            f"{name}: {announced:,} bytes of voxels are more than the {limit_bytes:,} allowed;"
            " not opened."
        )
    if packed and announced > _DEFLATE_MOST * packed + _SLACK:
        raise CannotRead(
            f"{name}: its header announces {announced:,} bytes of voxels, which cannot be packed in"
            f" {packed:,}; export the file again."
        )


def check_slices(slices: int) -> None:
    """Refuse more slices than any series has, each of which would cost time.

    Raises:
        Damaged: it is so.
    """
    if slices > SLICES_LIMIT:
        raise Damaged(f"{slices:,} slices cannot be right")


def block_of(name: str, content: bytes, start: int, head: int, *, is_packed: bool) -> Block:
    """Return the bytes of a file in memory, by their offset behind `head`.

    Args:
        start: where packed bytes begin in the file.
        head: unpacked bytes to be left out before the first.
    """
    reader = ByteReader(io.BytesIO(content), len(content), FileRef(name))
    if is_packed:
        return DeflatedBlock(reader, start, head, Marks(), name)
    return StoredBlock(reader, start + head)


def taken(block: Block, announced: int) -> tuple[NDArray[np.uint8], bytes]:
    """Return the announced bytes of a block, fewer where it ends, and what stands behind them.

    Raises:
        CannotDecode: packed bytes are damaged.
        Damaged: more than a megabyte stands behind them.
    """
    there = announced  # nobody knows how much is packed before it is unpacked
    if isinstance(block, StoredBlock):
        there = min(announced, max(0, block.reader.size - block.start))
    target = np.empty(there, np.uint8)
    filled = block.read_into(0, target.data)
    if filled < announced:
        return target[:filled], b""
    behind = bytearray(_TAIL_LIMIT + 1)
    length = block.read_into(announced, memoryview(behind))
    if length > _TAIL_LIMIT:
        raise Damaged("it holds far more voxels than its header announces")
    return target, bytes(behind[:length])
