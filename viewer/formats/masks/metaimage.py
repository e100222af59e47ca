"""MetaImage label volumes: an .mha, or an .mhd with its data (.zraw, .raw) beside it.

The header is read as that of pictures is; it stays as found but for the type of its voxels, where
that has to widen, and the number of packed bytes.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotRead, CannotWrite
from viewer.formats.masks.unpacking import (
    GZIP,
    block_of,
    check_announced,
    check_slices,
    taken,
    unreadable,
)
from viewer.formats.masks.volume import (
    LabelVolume,
    Planes,
    dtype_for,
    labels_of,
    read_only,
    slices_written,
)
from viewer.geometry.space import Floats
from viewer.geometry.space import read_only as read_only_floats
from viewer.media.instance import FileRef
from viewer.media.plain.damage import Damaged
from viewer.media.plain.found import Said
from viewer.media.plain.grid import Grid
from viewer.media.plain.metaimage import check, described, grid_of, header_of, placed_of

_HEADER_LIMIT = 1 << 16
_RAS_OF_LPS = np.diag([-1.0, -1.0, 1.0])
_GZIP_BITS, _ZLIB_BITS = 31, 15
_LOCAL = "LOCAL"


def data_name(name: str, header: bytes) -> str | None:
    """Return the name of the data file that a header gives, None where the data follow in it.

    The name is the file's own word: what it leads to is for the caller to judge.

    Raises:
        CannotRead: no MetaImage header.
    """
    with unreadable(name, "MetaImage header"):
        keys, _ = header_of(header[:_HEADER_LIMIT])
    value = keys["ElementDataFile"]
    return None if value.upper() == _LOCAL else value


def read_metaimage(name: str, header: bytes, data: bytes | None, limit_bytes: int) -> LabelVolume:
    """Return the label volume of a MetaImage.

    Args:
        name: of the file, for sentences.
        header: the whole .mhd or .mha.
        data: the whole data file; None where the data follow in the header's file.
        limit_bytes: the most that the voxels may take unpacked.

    Raises:
        CannotRead: damaged, cut off, not three-dimensional, or more than the limit.
    """
    said = Said(name)
    content = header if data is None else data
    with unreadable(name, "label volume"):
        keys, end = header_of(header[:_HEADER_LIMIT])
        if (keys["ElementDataFile"].upper() == _LOCAL) != (data is None):
            raise Damaged("its voxels do not stand where its header says (ElementDataFile)")
        check(keys, name)
        read = described(keys, name)
        start = end if data is None else 0
        grid = grid_of(keys, read, FileRef(name), FileRef(name), (start, len(content)))
        stored, tail = _stored(grid, content, limit_bytes)
        values, words = labels_of(stored)
        if words:
            said.add("warning", "labels-rounded", words)
        affine = placed_of(keys, read, grid, Said(name)).affine
    place = None if affine is None else _affine_ras(affine)
    head = header[:end] if data is None else header
    return LabelVolume(
        *(name, values, stored, head, place, content, grid.is_packed, tail),
        issues=tuple(said.issues),
    )


def empty_like(volume: LabelVolume, name: str, data: str | None) -> LabelVolume:
    """Return a MetaImage without labels whose header, grid and packing are those of another.

    Args:
        data: name of the data file as the header gives it; None where the data follow.
    """
    head = (
        volume.head if data is None else _with_value(volume.head, b"ElementDataFile", data.encode())
    )
    values, stored = np.zeros_like(volume.values), np.zeros_like(volume.stored)
    return replace(volume, name=name, values=read_only(values), stored=read_only(stored), head=head)


def write_metaimage(volume: LabelVolume, planes: Planes) -> tuple[bytes, bytes | None]:
    """Return header and data with changed planes; None for data that follow in the header's file.

    Without a change both are as they were read.

    Args:
        planes: (rows, columns) by slice of the file; those alike its own are no change.

    Raises:
        CannotWrite: numbers that neither its type nor 16 bits hold.
    """
    assert volume.content is not None
    content = volume.content
    keys, end = header_of(volume.head)
    is_local = keys["ElementDataFile"].upper() == _LOCAL
    changed = volume.with_planes(planes)
    if not changed:
        return (content, None) if is_local else (volume.head, content)
    read = described(keys, volume.name)
    start = end if is_local else 0
    grid = grid_of(keys, read, FileRef(""), FileRef(""), (start, len(content)))
    sixteen = np.dtype(np.uint16).newbyteorder(grid.dtype.byteorder)
    dtype = dtype_for(volume, changed, [sixteen])
    head = volume.head
    if dtype != volume.stored.dtype:
        head = _with_value(head, b"ElementType", b"MET_USHORT")
    before = content[start : _begin(grid)]
    pieces = (*slices_written(volume, changed, dtype), volume.tail)
    data = before + (_packed(content, grid, pieces) if grid.is_packed else b"".join(pieces))
    if grid.is_packed:
        size = str(len(data) - len(before)).encode()
        head = _with_value(head, b"CompressedDataSize", size)
    if not is_local:
        return head, data
    if len(head) != end and int(keys.get("HeaderSize", "0")) > 0:
        raise CannotWrite(
            f"{volume.name}: its header says how long it is (HeaderSize) and would grow; save it"
            " as .mhd with data beside it."
        )
    return head + data, None


def _stored(grid: Grid, content: bytes, limit_bytes: int) -> tuple[NDArray[Any], bytes]:
    """The voxels (slices, rows, columns), and what stands behind them."""
    if grid.values != 1 or grid.points != 1:
        raise Damaged("its voxels hold several values, which are no labels")
    check_slices(grid.slices)
    packed = max(1, len(content) - grid.packed_at) if grid.is_packed else 0
    check_announced(grid.name, grid.nbytes, packed, limit_bytes)
    if _begin(grid) > len(content):
        raise CannotRead(f"{grid.name}: its voxels begin behind its end; export it again.")
    start, head = (grid.packed_at, grid.offset) if grid.is_packed else (0, grid.offset)
    block = block_of(grid.name, content, start, head, is_packed=grid.is_packed)
    data, tail = taken(block, grid.nbytes)
    if len(data) < grid.nbytes:
        raise Damaged(f"it ends after {len(data):,} of {grid.nbytes:,} bytes of voxels")
    stored = data.view(grid.dtype).reshape(grid.slices, grid.rows, grid.columns)
    return read_only(stored), tail


def _begin(grid: Grid) -> int:
    """Where the voxels, or what they are packed in, begin in the file."""
    return grid.packed_at if grid.is_packed else grid.offset


def _affine_ras(affine: Floats) -> Floats:
    """(4, 4), RAS, of a (3, 4) affine in LPS."""
    return read_only_floats(np.vstack([_RAS_OF_LPS @ affine, [0, 0, 0, 1]]))


def _with_value(head: bytes, key: bytes, value: bytes) -> bytes:
    """The header with another value of a key, where it has the key; all else as it is."""
    pattern = re.compile(rb"^([ \t]*" + key + rb"[ \t]*=[ \t]*)[^\r\n]*?([ \t]*\r?)$", re.MULTILINE)
    return pattern.sub(lambda found: found[1] + value + found[2], head, count=1)


def _packed(content: bytes, grid: Grid, pieces: tuple[bytes, ...]) -> bytes:
    """Pieces packed as the file was."""
    is_gzip = content[grid.packed_at :].startswith(GZIP)
    packer = zlib.compressobj(wbits=_GZIP_BITS if is_gzip else _ZLIB_BITS)
    return b"".join([*(packer.compress(piece) for piece in pieces), packer.flush()])
