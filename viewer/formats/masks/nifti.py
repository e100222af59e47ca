"""NIfTI label volumes: read within bounds, and written back with nothing but voxels changed.

Voxels stand in Fortran order: axis 0 is the column, axis 1 the row, axis 2 the slice; so an array
(slices, rows, columns) lies as the file does.

Source: nifti.nimh.nih.gov, nifti1.h and nifti2.h.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

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
from viewer.media.plain.block import inflated_head
from viewer.media.plain.damage import Damaged
from viewer.media.plain.found import Said
from viewer.media.plain.nifti_header import (
    HEAD_BYTES,
    MM_OF_UNIT,
    SIZES,
    dtype_of,
    form_of,
    header_of,
    is_pair,
    offset_of,
    units_of,
    version_of,
)

_HEAD_CHUNK = 1 << 16  # packed bytes in which the header is looked for
_SIDE_LIMIT = 32767  # NIfTI-1 holds sizes as int16
_GZIP_BITS = 31  # window bits of zlib that make gzip; it writes no time and no name
_DATA_AT = 352  # where voxels of a NIfTI-1 file without extensions begin
_FLAGS = bytes(4)  # no extensions
_SCANNER = 1  # code of a form that tells the place in the scanner


def read_nifti(name: str, content: bytes, limit_bytes: int) -> LabelVolume:
    """Return the label volume of a single-file NIfTI, .nii or .nii.gz.

    Where a file holds one byte per voxel though its header announces more, its voxels are uint8
    (RedBrick writes such files). A scaling in the header is not applied: labels are the numbers
    as stored.

    Args:
        name: of the file, for sentences.
        content: the whole file.
        limit_bytes: the most that header and voxels may take unpacked.

    Raises:
        CannotRead: no NIfTI, damaged, cut off, not three-dimensional, or more than the limit.
    """
    is_packed = content.startswith(GZIP)
    head = content[:HEAD_BYTES]
    if is_packed:
        head = inflated_head(content[:_HEAD_CHUNK], HEAD_BYTES)
    version = version_of(head)
    if version == 0 or len(head) < SIZES[version - 1]:
        raise CannotRead(f"{name}: it is no NIfTI file, or its header is cut off; export it again.")
    if is_pair(head):
        raise CannotRead(
            f"{name}: it is the header of a pair of files; save it as one file (.nii)."
        )
    from nibabel.filebasedimages import ImageFileError
    from nibabel.spatialimages import HeaderDataError

    said = Said(name)
    with unreadable(name, "label volume", ImageFileError, HeaderDataError):
        header = header_of(head, version)
        before, stored, tail = _stored(header, said, content, limit_bytes, is_packed=is_packed)
        values, words = labels_of(stored)
        if words:
            said.add("warning", "labels-rounded", words)
        _check_scaling(header, said)
        affine = _affine_ras(header, said)
    return LabelVolume(
        *(name, values, stored, before, affine, content, is_packed, tail),
        issues=tuple(said.issues),
    )


def write_nifti(volume: LabelVolume, planes: Planes) -> bytes:
    """Return the file with changed planes: header, extensions, type and place stay as found.

    Without a change it is the very file that was read. The type widens to 16 bits where a number
    needs them (`volume.dtype_for`); then the header's datatype and bitpix change with it.

    Args:
        planes: (rows, columns) by slice of the file; those alike its own are no change.

    Raises:
        CannotWrite: numbers that neither its type nor 16 bits hold.
    """
    changed = volume.with_planes(planes)
    if not changed and volume.content is not None:
        return volume.content
    header = header_of(volume.head, version_of(volume.head))
    announced = dtype_of(header)
    sixteen = np.dtype(np.uint16).newbyteorder(header.endianness)
    dtype = dtype_for(volume, changed, [announced, sixteen])
    head = volume.head
    if dtype not in (volume.stored.dtype, announced):
        header.set_data_dtype(dtype)
        block: bytes = header.binaryblock
        head = block + volume.head[len(block) :]
    pieces = (head, *slices_written(volume, changed, dtype), volume.tail)
    return _packed(pieces) if volume.is_packed else b"".join(pieces)


def new_nifti(
    name: str, shape: tuple[int, int, int], affine_ras: Floats, dtype: DTypeLike = np.uint8
) -> LabelVolume:
    """Return an empty label volume, to be written as .nii.gz.

    Single-file NIfTI-1 without extensions or scaling, since RedBrick's own reader takes voxels
    from byte 352 as they are.

    Args:
        shape: (slices, rows, columns).
        affine_ras: (4, 4) from voxel (i, j, k) at centres to mm, RAS.
        dtype: np.uint8 or np.uint16.

    Raises:
        CannotWrite: more than 32767 slices, rows or columns, which NIfTI-1 cannot hold.
    """
    import nibabel

    if max(shape) > _SIDE_LIMIT:
        raise CannotWrite(f"{name}: NIfTI-1 holds no more than {_SIDE_LIMIT} voxels along a side.")
    header: Any = nibabel.Nifti1Header(endianness="<")
    header.set_data_dtype(np.dtype(dtype))
    header.set_data_shape(shape[::-1])
    header.set_sform(affine_ras, _SCANNER)
    header["pixdim"][1:4] = np.linalg.norm(affine_ras[:3, :3], axis=0)
    if _is_rigid(affine_ras):
        header.set_qform(affine_ras, _SCANNER)
    header.set_xyzt_units("mm")
    header["scl_slope"], header["scl_inter"] = 1, 0
    header["vox_offset"] = _DATA_AT
    header["magic"] = b"n+1"
    voxels = read_only(np.zeros(shape, np.dtype(dtype)))
    place = read_only_floats(affine_ras)
    return LabelVolume(name, voxels, voxels, header.binaryblock + _FLAGS, place, is_packed=True)


def _stored(
    header: Any,  # noqa: ANN401 - nibabel has no types
    said: Said,
    content: bytes,
    limit_bytes: int,
    *,
    is_packed: bool,
) -> tuple[bytes, NDArray[Any], bytes]:
    """What stands before the voxels, the voxels (slices, rows, columns), and what is behind."""
    shape, dtype = _shape(header), dtype_of(header)
    if dtype.names is not None or dtype.kind not in "iuf" or dtype.itemsize > 8:
        raise Damaged(f"its voxels of type {dtype.name} are no labels")
    offset = offset_of(header, said, is_pair=False)
    if offset < 0:
        raise Damaged("its voxels begin before the file")
    voxels = math.prod(shape)
    announced = voxels * dtype.itemsize
    check_announced(said.name, offset + announced, 0, limit_bytes)
    if is_packed:
        check_announced(said.name, offset + voxels, len(content), limit_bytes)
    block = block_of(said.name, content, 0, 0, is_packed=is_packed)
    data, tail = taken(block, offset + announced)
    there = len(data) - offset
    if there == voxels < announced:
        dtype = np.dtype(np.uint8)
        words = "holds one byte per voxel where its header announces more, and is read so"
        said.add("note", "narrow-voxels", words)
    elif there < announced:
        raise Damaged(f"it ends after {max(0, there):,} of {announced:,} bytes of voxels")
    stored = data[offset:].view(dtype).reshape(shape)
    return data[:offset].tobytes(), read_only(stored), tail


def _shape(header: Any) -> tuple[int, int, int]:  # noqa: ANN401
    """(slices, rows, columns)."""
    sizes = [int(size) for size in header.get_data_shape()]
    columns, rows, slices, *further = [*sizes, 1, 1, 1][: max(3, len(sizes))]
    if len(sizes) < 2 or any(size != 1 for size in further):
        words = " x ".join(str(size) for size in sizes)
        raise Damaged(f"{words} voxels are no volume of three dimensions")
    if min(columns, rows, slices) < 1:
        raise Damaged(f"{columns} x {rows} x {slices} voxels make no volume")
    check_slices(slices)
    return slices, rows, columns


def _check_scaling(header: Any, said: Said) -> None:  # noqa: ANN401
    slope, inter = float(header["scl_slope"]), float(header["scl_inter"])
    if slope == 0 or not math.isfinite(slope) or (slope == 1 and inter == 0):
        return
    words = f"its header asks for numbers times {slope:g} plus {inter:g}; labels are taken as"
    said.add("warning", "labels-scaled", f"{words} stored, check them against the list of labels")


def _affine_ras(header: Any, said: Said) -> Floats | None:  # noqa: ANN401
    """By the standard's rule: the sform where its code is above 0, else the qform."""
    affine = form_of(header.get_sform, said)
    affine = form_of(header.get_qform, said) if affine is None else affine
    if affine is None or not np.isfinite(affine).all():
        return None
    scale = MM_OF_UNIT.get(units_of(header)[0], 1.0)
    return read_only_floats(np.diag([scale, scale, scale, 1.0]) @ affine)


def _is_rigid(affine: Floats) -> bool:
    """Whether the axes are perpendicular, as a qform needs."""
    axes = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    return bool(np.allclose(axes.T @ axes, np.eye(3), atol=1e-6))


def _packed(pieces: Iterable[bytes]) -> bytes:
    packer = zlib.compressobj(wbits=_GZIP_BITS)
    return b"".join([*(packer.compress(piece) for piece in pieces), packer.flush()])
