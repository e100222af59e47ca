"""NIfTI-1 and NIfTI-2, in one file or as a pair of header and image, packed or not.

The header is read by nibabel, its affine chosen by the standard's rule: the sform where its code
is above 0, else the qform where its code is, else only the voxel sizes are known. NIfTI's patient
space is RAS; ours is LPS.

Source: nifti.nimh.nih.gov, nifti1.h, "3D IMAGE (VOLUME) ORIENTATION AND LOCATION IN SPACE".
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import product
from typing import Any

import numpy as np

from viewer.errors import CannotDecode, CannotRead, Issue
from viewer.geometry.space import Floats
from viewer.media.files import Files
from viewer.media.instance import FileRef, Rescale
from viewer.media.plain.beside import beside
from viewer.media.plain.block import inflated_head
from viewer.media.plain.damage import refused
from viewer.media.plain.found import Opened, Said, base_name, opened_each, windows_from
from viewer.media.plain.grid import Grid
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
from viewer.media.plain.placing import Placed, media_of
from viewer.media.scan import Cancel

PAIR_IMAGE = "pair-image"  # the code of what is said of a pair's image opened alone
_IMAGE = re.compile(r"\.img(\.gz)?$", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
_SAME_MM = 0.1  # qform and sform that place every corner within this agree
_LPS_OF_RAS = np.diag([-1.0, -1.0, 1.0])
_POINTS = {
    **{"sec": ("time", "s"), "msec": ("time", "ms"), "usec": ("time", "µs")},
    **{"hz": ("frequency", "Hz"), "ppm": ("shift", "ppm"), "rads": ("angle", "rad/s")},
}
_VECTOR_INTENTS = (1005, 1006, 1007)  # symmetric matrix, displacement, vector


def knows(head: bytes, name: str) -> bool:
    """Whether a file begins like NIfTI; a packed one that is named so is too, however damaged."""
    if head.startswith(_GZIP):
        return name.endswith(".nii.gz") or version_of(inflated_head(head, HEAD_BYTES)) > 0
    return version_of(head) > 0


def open_all(files: Sequence[FileRef], opener: Files, cancelled: Cancel) -> Opened:
    """Open volumes by their headers; voxels are read later."""
    return opened_each(files, cancelled, lambda file: _opened(file, opener))


def images_alone(unknown: Sequence[FileRef], opener: Files) -> dict[FileRef, Issue]:
    """Of files that nothing knows, the images of pairs, with the header to be opened instead."""
    found: dict[FileRef, Issue] = {}
    for file in unknown:
        header = _header_of(file, opener)
        if header is not None and header not in unknown:
            own = base_name(header)
            words = f"holds the voxels of a NIfTI pair; open {own}, which lies beside it"
            found[file] = Issue("error", PAIR_IMAGE, f"{file.name}: {words}.", file.name)
    return found


def _header_of(file: FileRef, opener: Files) -> FileRef | None:
    """The .hdr of a pair beside its .img, None for what is no such image."""
    ending = _IMAGE.search(base_name(file))
    if ending is None:
        return None
    stem = base_name(file)[: ending.start()]
    try:
        header = beside(file, stem + ".hdr", opener) or beside(file, stem + ".HDR", opener)
        if header is None:
            return None
        with closing(opener.open(header)) as reader:
            return header if version_of(reader.read(0, HEAD_BYTES)) > 0 else None
    except CannotRead:
        return None  # nothing is promised of a header that cannot be read


def _opened(file: FileRef, opener: Files) -> Opened:
    with closing(opener.open(file)) as reader:
        head, size = reader.read(0, 1 << 16), reader.size
    is_packed = head.startswith(_GZIP)
    head = inflated_head(head, HEAD_BYTES) if is_packed else head[:HEAD_BYTES]
    version = version_of(head)
    if version == 0 or len(head) < SIZES[version - 1]:
        raise CannotDecode(
            f"{file.name}: its NIfTI header is damaged or cut off; copy or export the file again."
        )
    said = Said(file.name)
    from nibabel.filebasedimages import ImageFileError
    from nibabel.spatialimages import HeaderDataError

    with refused(file.name, "NIfTI header", ImageFileError, HeaderDataError):
        header = header_of(head, version)
        data, has_image = file, is_pair(head)
        if has_image:
            data = _image_of(file, opener)
            with closing(opener.open(data)) as reader:
                size, is_packed = reader.size, reader.read(0, 2) == _GZIP
        placed = _placed(header, _grid(header, (file, data), said, is_packed=is_packed), said)
    found = media_of(placed, size)
    found.claimed |= {data} if has_image else set()
    return found


def _image_of(file: FileRef, opener: Files) -> FileRef:
    """The .img beside a .hdr."""
    name = base_name(file)
    stem = name[: name.lower().rfind(".hdr")] if ".hdr" in name.lower() else name
    for ending in (".img", ".img.gz", ".IMG"):
        found = beside(file, stem + ending, opener)
        if found is not None:
            return found
    raise CannotRead(f"{file.name}: the image file {stem}.img is not beside it; copy it there.")


def _grid(
    header: Any,  # noqa: ANN401
    files: tuple[FileRef, FileRef],
    said: Said,
    *,
    is_packed: bool,
) -> Grid:
    """The grid of (the file opened, the file that holds its voxels)."""
    file, data = files
    shape = [int(size) for size in header.get_data_shape()]
    columns, rows, slices, *further = [*shape, 1, 1, 1][: max(3, len(shape))]
    dtype, values, is_colour = _values(dtype_of(header), file.name)
    return Grid(
        name=file.name,
        file=file,
        data=data,
        offset=offset_of(header, said, is_pair=data != file),
        is_packed=is_packed,
        dtype=dtype,
        columns=columns,
        rows=rows,
        slices=slices,
        points=math.prod(further),
        values=values,
        is_colour=is_colour,
    )


def _values(dtype: np.dtype[Any], name: str) -> tuple[np.dtype[Any], int, bool]:
    if dtype.names is not None:  # RGB24 and RGBA32
        return np.dtype(np.uint8), len(dtype.names), True
    if dtype.kind not in "iuf" or dtype.itemsize > 8:
        raise CannotDecode(
            f"{name}: its voxels are of type {dtype.name}, which cannot be shown; export their"
            " real part or magnitude."
        )
    return dtype, 1, False


def _placed(header: Any, grid: Grid, said: Said) -> Placed:  # noqa: ANN401
    space, time = units_of(header)
    if grid.offset < 0:
        raise CannotDecode(f"{grid.name}: its voxels begin before the file; export it again.")
    if grid.is_colour and grid.values > 3:
        said.add("note", "alpha-dropped", "its transparency is not shown")
    affine = _affine(header, grid, said, MM_OF_UNIT.get(space, 1.0))
    spacing = None
    sizes = [float(size) * MM_OF_UNIT.get(space, 1.0) for size in header["pixdim"][1:4]]
    if all(math.isfinite(size) and size > 0 for size in sizes[:2]):
        spacing = (sizes[0], sizes[1])
    low, high = float(header["cal_min"]), float(header["cal_max"])
    return Placed(
        grid=grid,
        affine=affine,
        spacing_mm=spacing,
        rescale=Rescale() if grid.is_colour else _rescale(header, said),
        windows=() if grid.is_colour else windows_from(low, high),
        point_words=_point_words(header, time),
        issues=tuple(said.issues),
    )


def _rescale(header: Any, said: Said) -> Rescale:  # noqa: ANN401
    """scl_slope and scl_inter; a slope of 0 or no number means none (nifti1.h)."""
    slope, inter = float(header["scl_slope"]), float(header["scl_inter"])
    if slope == 0 or math.isnan(slope):
        return Rescale()
    if not math.isfinite(slope) or not math.isfinite(inter) or max(abs(slope), abs(inter)) > 1e25:
        words = f"its scaling by {slope:g} and {inter:g} is impossible and not applied"
        said.add("warning", "rescale-refused", words)
        return Rescale()
    return Rescale(slope, inter)


def _point_words(header: Any, unit: str) -> Callable[[int], tuple[str, str]]:  # noqa: ANN401
    step, start = float(header["pixdim"][4]), float(header["toffset"])
    if int(header["intent_code"]) in _VECTOR_INTENTS:
        return lambda point: ("component", str(point + 1))
    if unit not in _POINTS or not math.isfinite(step) or step <= 0 or not math.isfinite(start):
        return lambda point: ("volume", str(point + 1))
    name, symbol = _POINTS[unit]
    return lambda point: (name, f"{start + point * step:.6g} {symbol}")


def _affine(header: Any, grid: Grid, said: Said, scale: float) -> Floats | None:  # noqa: ANN401
    """(3, 4) from voxels to mm in LPS by the standard's rule, None where it has no place."""
    sform, qform = form_of(header.get_sform, said), form_of(header.get_qform, said)
    if sform is None and qform is None:
        words = "its orientation is unknown (no qform, no sform): shown as frames without a place"
        said.add("warning", "orientation-unknown", f"{words} in the patient")
        return None
    if sform is not None and qform is not None:
        away = _farthest_mm(sform, qform, grid) * scale
        if away > _SAME_MM:
            words = f"its qform and sform differ by up to {away:.1f} mm; the sform is used"
            said.add("warning", "two-places", f"{words}; check the place with another image")
    chosen = qform if sform is None else sform
    assert chosen is not None
    return scale * _LPS_OF_RAS @ chosen[:3]


def _farthest_mm(one: Floats, other: Floats, grid: Grid) -> float:
    """The largest distance between the places that two affines give to the grid's corners."""
    ends = [(0, grid.columns - 1), (0, grid.rows - 1), (0, grid.slices - 1)]
    corners = np.array([(*corner, 1) for corner in product(*ends)], dtype=np.float64)
    return float(np.linalg.norm(corners @ (one - other).T[:, :3], axis=1).max())
