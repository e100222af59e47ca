"""NRRD, in one file or with its data beside it; the header is read by pynrrd.

Axes without a direction in space are the values of a voxel (first axis) or points (last axes).

Source: teem.sourceforge.net/nrrd/format.html.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from viewer.errors import CannotDecode
from viewer.geometry.space import Floats
from viewer.media.files import Files
from viewer.media.instance import FileRef
from viewer.media.plain.beside import data_beside
from viewer.media.plain.damage import Damaged, refused
from viewer.media.plain.found import Opened, Said, opened_each
from viewer.media.plain.grid import Grid
from viewer.media.plain.placing import Placed, media_of
from viewer.media.scan import Cancel

_HEADER_LIMIT = 1 << 20
_GZIP = ("gzip", "gz")
_NEEDED = ("dimension", "sizes", "type", "encoding")  # fields that every file has
# Signs that take a space's axes to LPS.
_SPACES = {
    **{"left-posterior-superior": (1, 1, 1), "lps": (1, 1, 1)},
    **{"right-anterior-superior": (-1, -1, 1), "ras": (-1, -1, 1)},
    **{"left-anterior-superior": (1, -1, 1), "las": (1, -1, 1)},
}
_NAMES = {
    **{"i1": ("signed char", "int8"), "u1": ("uchar", "unsigned char", "uint8")},
    "i2": ("short", "short int", "signed short", "signed short int", "int16"),
    "u2": ("ushort", "unsigned short", "unsigned short int", "uint16"),
    **{"i4": ("int", "signed int", "int32"), "u4": ("uint", "unsigned int", "uint32")},
    "i8": ("longlong", "long long", "long long int", "signed long long", "int64"),
    "u8": ("ulonglong", "unsigned long long", "unsigned long long int", "uint64"),
    **{"f4": ("float",), "f8": ("double",)},
}
_TYPES = {name: code for code, names in _NAMES.items() for name in names}
_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "um": 0.001, "µm": 0.001, "microns": 0.001}


def knows(head: bytes, _name: str) -> bool:
    """Whether a file begins like NRRD of any version."""
    return head.startswith(b"NRRD000") and head[7:8].isdigit()


def open_all(files: Sequence[FileRef], opener: Files, cancelled: Cancel) -> Opened:
    """Open volumes by their headers; voxels are read later."""
    return opened_each(files, cancelled, lambda file: _opened(file, opener))


@dataclass(frozen=True)
class _Axes:
    """How a file's axes are read.

    Args:
        inside: size of the axis before those of space, 1 without one.
        first: number of the first axis of space.
        sizes: of two or three axes of space.
        after: sizes of those behind, multiplied.
    """

    inside: int
    first: int
    sizes: tuple[int, ...]
    after: int


def _opened(file: FileRef, opener: Files) -> Opened:
    import nrrd  # pyright: ignore[reportMissingTypeStubs]

    with closing(opener.open(file)) as reader:
        head, size = reader.read(0, _HEADER_LIMIT), reader.size
    said = Said(file.name)
    with refused(file.name, "NRRD header", nrrd.NRRDError):
        lines, offset = _lines(head, file.name)
        header: dict[str, Any] = dict(cast(Any, nrrd).read_header(lines))
        _check_fields(header)
        name = header.get("data file", header.get("datafile", ""))
        data = data_beside(file, name, opener) if name else file
        if name:
            with closing(opener.open(data)) as reader:
                offset, size = 0, reader.size
        placed = _placed(header, _grid(header, file, data, offset, size), said)
    found = media_of(placed, size)
    found.claimed |= {data} if name else set()
    return found


def _check_fields(header: dict[str, Any]) -> None:
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        raise Damaged(f"it does not give its {', '.join(missing)}")


def _lines(head: bytes, name: str) -> tuple[list[str], int]:
    """The header's lines, and where the data begin: behind the first empty line."""
    at = 0
    lines: list[str] = []
    while at < len(head):
        end = head.find(b"\n", at)
        end = len(head) if end < 0 else end
        line = head[at:end].decode("utf-8", "replace").rstrip()
        at = end + 1
        if not line:
            return lines, at
        lines.append(line)
    if len(head) == _HEADER_LIMIT:
        raise CannotDecode(f"{name}: its NRRD header does not end; export the file again.")
    return lines, at


def _grid(header: dict[str, Any], file: FileRef, data: FileRef, offset: int, size: int) -> Grid:
    name = file.name
    axes = _axes(header, name)
    encoding = str(header["encoding"]).lower()
    if encoding != "raw" and encoding not in _GZIP:
        raise CannotDecode(f"{name}: its encoding {encoding!r} cannot be shown; save it as gzip.")
    if header.get("line skip", header.get("lineskip", 0)):
        raise CannotDecode(f"{name}: its data begin behind lines to skip; save it as plain .nrrd.")
    dtype = _dtype(header)
    is_colour = dtype == np.uint8 and axes.inside in (3, 4)
    columns, rows, slices = (*axes.sizes, 1)[:3]
    grid = Grid(
        name=name,
        file=file,
        data=data,
        offset=offset,
        is_packed=encoding in _GZIP,
        dtype=dtype,
        columns=columns,
        rows=rows,
        slices=slices,
        points=axes.after if is_colour or axes.inside == 1 else axes.inside,
        values=axes.inside,
        points_inside=axes.inside > 1 and not is_colour,
        is_colour=is_colour,
    )
    if grid.points_inside and axes.after > 1:
        raise CannotDecode(f"{name}: several values per voxel and point; save its parts alone.")
    return _skipped(grid, int(header.get("byte skip", header.get("byteskip", 0))), size)


def _skipped(grid: Grid, skip: int, size: int) -> Grid:
    """The grid behind `byte skip`: -1 means that the data end the file."""
    if grid.is_packed:
        return replace(grid, packed_at=grid.offset, offset=max(skip, 0))
    if skip == -1:
        return replace(grid, offset=max(0, size - grid.nbytes))
    if skip < 0:
        raise CannotDecode(f"{grid.name}: a byte skip of {skip} is impossible; export it again.")
    return replace(grid, offset=grid.offset + skip)


def _axes(header: dict[str, Any], name: str) -> _Axes:
    sizes = [int(size) for size in header["sizes"]]
    if len(sizes) != header["dimension"] or min(sizes) < 1:
        raise CannotDecode(f"{name}: its sizes make no picture; export the file again.")
    spatial = _spatial(header, len(sizes))
    first = spatial[0] if spatial else 0
    if spatial != list(range(first, first + len(spatial))) or first > 1 or len(spatial) < 2:
        raise CannotDecode(f"{name}: the order of its axes cannot be shown; save it with x first.")
    after = sizes[first + len(spatial) :]
    inside = sizes[0] if first else 1
    return _Axes(inside, first, tuple(sizes[axis] for axis in spatial), math.prod(after))


def _spatial(header: dict[str, Any], count: int) -> list[int]:
    """The axes that run through space: by their directions, else by their kinds, else the first."""
    directions = header.get("space directions")
    if directions is not None:
        given = np.asarray(directions, dtype=np.float64)
        axes = [axis for axis in range(len(given)) if np.isfinite(given[axis]).all()]
    else:
        kinds = [*header.get("kinds", []), *["domain"] * count][:count]
        axes = [axis for axis, kind in enumerate(kinds) if kind in ("domain", "space", "???")]
    return axes[:3]


def _dtype(header: dict[str, Any]) -> np.dtype[Any]:
    """The type of one value.

    Raises:
        Damaged: of no known name, or without a byte order that it needs.
    """
    name = " ".join(str(header["type"]).split())
    code = _TYPES.get(name.removesuffix("_t"))
    if code is None:
        raise Damaged(f"its voxels are of the unknown type {name[:40]!r}")
    if np.dtype(code).itemsize == 1:
        return np.dtype(code)
    order = {"little": "<", "big": ">"}.get(str(header.get("endian")).lower())
    if order is None:
        raise Damaged("it does not give the byte order (endian) of its voxels")
    return np.dtype(order + code)


def _placed(header: dict[str, Any], grid: Grid, said: Said) -> Placed:
    if grid.is_colour:
        said.add("note", "values-as-colour", "its three values per voxel are shown as colour")
    units = header.get("space units", [])
    scales = {_MM.get(str(unit).lower()) for unit in units[:3]}
    scale = scales.pop() if len(scales) == 1 else (None if scales else 1.0)
    if scale is None:
        said.add("warning", "units-unknown", "its units of space are no millimetres")
    directions = header.get("space directions")
    affine, spacing = None, None
    if directions is not None:
        axes = np.asarray(directions, dtype=np.float64)
        axes = axes[np.isfinite(axes).all(axis=1)][:3]
        spacing = tuple(np.linalg.norm(axes[:2], axis=1).tolist())
        affine = _affine(header, axes)
    elif "spacings" in header:
        sizes = [float(size) for size in header["spacings"] if math.isfinite(size)]
        spacing = (sizes[0], sizes[1]) if len(sizes) > 1 else None
    if affine is None or scale is None:
        words = "its orientation is unknown: shown as frames without a place in the patient"
        said.add("warning", "orientation-unknown", words)
    has_spacing = scale is not None and spacing is not None and min(spacing) > 0
    return Placed(
        grid=grid,
        affine=None if affine is None or scale is None else affine * scale,
        spacing_mm=(spacing[0] * scale, spacing[1] * scale)
        if has_spacing and spacing and scale
        else None,
        issues=tuple(said.issues),
    )


def _affine(header: dict[str, Any], axes: Floats) -> Floats | None:
    """(3, 4) to LPS, None where the space is not the patient's."""
    space = str(header.get("space", "")).lower().removesuffix("-time").removesuffix("t")
    signs = _SPACES.get(space)
    origin = np.asarray(header.get("space origin", ()), dtype=np.float64)
    if signs is None or axes.shape[0] != 3 or axes.shape[1] < 3 or origin.shape[0] < 3:
        return None
    return np.diag(signs).astype(np.float64) @ np.column_stack([axes[:, :3].T, origin[:3]])
