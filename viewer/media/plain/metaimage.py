"""MetaImage: .mha, or .mhd with its data beside it. Its patient space is LPS, as ITK writes it.

Read by ourselves: the library that knows it, ITK, is as large as the whole program, follows the
header's paths and links, and reads from files only.

Source: itk.org/Wiki/ITK/MetaIO/Documentation.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace

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

_HEADER_LIMIT = 1 << 16
_ENDINGS = (".mha", ".mhd")
_FIRST = re.compile(rb"\s*[A-Za-z]+\s*=")
_TYPES = {
    **{"MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2"},
    **{"MET_INT": "i4", "MET_UINT": "u4", "MET_LONG": "i4", "MET_ULONG": "u4"},
    **{"MET_LONG_LONG": "i8", "MET_ULONG_LONG": "u8", "MET_FLOAT": "f4", "MET_DOUBLE": "f8"},
}
_NEEDED = ("NDims", "DimSize", "ElementType")
_SPACINGS = ("ElementSpacing", "ElementSize")
_DIRECTIONS = ("TransformMatrix", "Orientation", "Rotation")
_ORIGINS = ("Offset", "Position", "Origin")


def knows(head: bytes, name: str) -> bool:
    """Whether a file has the ending, begins with a key and names dimensions."""
    return name.endswith(_ENDINGS) and _FIRST.match(head) is not None and b"NDims" in head


def open_all(files: Sequence[FileRef], opener: Files, cancelled: Cancel) -> Opened:
    """Open volumes by their headers; voxels are read later."""
    return opened_each(files, cancelled, lambda file: _opened(file, opener))


def _opened(file: FileRef, opener: Files) -> Opened:
    with closing(opener.open(file)) as reader:
        head, size = reader.read(0, _HEADER_LIMIT), reader.size
    said = Said(file.name)
    with refused(file.name, "MetaImage header"):
        header, offset = _header(head)
        _check(header, file.name)
        name = header["ElementDataFile"]
        is_beside = name.upper() != "LOCAL"
        data = data_beside(file, name, opener) if is_beside else file
        if is_beside:
            with closing(opener.open(data)) as reader:
                offset, size = 0, reader.size
        placed = _placed(header, _grid(header, file, data, offset, size), said)
    found = media_of(placed, size)
    found.claimed |= {data} if is_beside else set()
    return found


def _header(head: bytes) -> tuple[Mapping[str, str], int]:
    """Keys with their values, and where the line of ElementDataFile, the last one, ends."""
    header: dict[str, str] = {}
    at = 0
    while at < len(head):
        end = head.find(b"\n", at)
        end = len(head) if end < 0 else end
        key, _, value = head[at:end].decode("utf-8", "replace").partition("=")
        at = end + 1
        header[key.strip()] = value.strip()
        if key.strip() == "ElementDataFile":
            _check_keys(header)
            return header, at
    raise Damaged("it names no data (ElementDataFile)")


def _check_keys(header: Mapping[str, str]) -> None:
    missing = [key for key in _NEEDED if key not in header]
    if missing:
        raise Damaged(f"it does not give {', '.join(missing)}")


def _check(header: Mapping[str, str], name: str) -> None:
    """Refuse what is no block of binary values.

    Raises:
        CannotDecode: with the reason.
    """
    why = ""
    if header.get("ObjectType", "Image").lower() != "image":
        why = f"it holds no image but a {header['ObjectType']!r}"
    elif not _is_true(header, "BinaryData", default=True):
        why = "its voxels are written as text"
    elif header["ElementType"].removesuffix("_ARRAY") not in _TYPES:
        why = f"its voxels are of the unknown type {header['ElementType']!r}"
    if why:
        raise CannotDecode(f"{name}: {why}, which cannot be shown; save it again as .mha.")


def _grid(header: Mapping[str, str], file: FileRef, data: FileRef, offset: int, size: int) -> Grid:
    sizes = [int(size) for size in header["DimSize"].split()]
    if len(sizes) != int(header["NDims"]) or not 2 <= len(sizes) <= 4:
        raise CannotDecode(f"{file.name}: {len(sizes)} sizes are not to be shown; save it as 3-D.")
    columns, rows, slices, points = (*sizes, 1, 1)[:4]
    is_big = _is_true(header, "BinaryDataByteOrderMSB") or _is_true(header, "ElementByteOrderMSB")
    code = _TYPES[header["ElementType"].removesuffix("_ARRAY")]
    values = int(header.get("ElementNumberOfChannels", "1"))
    is_colour = code == "u1" and values in (3, 4)
    if points > 1 and values > 1 and not is_colour:
        raise CannotDecode(f"{file.name}: several values per voxel and time; save its parts alone.")
    grid = Grid(
        name=file.name,
        file=file,
        data=data,
        offset=offset,
        is_packed=_is_true(header, "CompressedData"),
        dtype=np.dtype((">" if is_big else "<") + code),
        columns=columns,
        rows=rows,
        slices=slices,
        points=points if values == 1 or is_colour else values,
        values=values,
        points_inside=values > 1 and not is_colour,
        is_colour=is_colour,
    )
    return _behind(grid, int(header.get("HeaderSize", "0")), size)


def _behind(grid: Grid, skip: int, size: int) -> Grid:
    """The grid behind HeaderSize bytes of a data file; -1 means that the data end the file."""
    if skip == -1 and not grid.is_packed:
        return replace(grid, offset=max(0, size - grid.nbytes))
    at = grid.offset if skip <= 0 else skip
    return replace(grid, packed_at=at, offset=0) if grid.is_packed else replace(grid, offset=at)


def _placed(header: Mapping[str, str], grid: Grid, said: Said) -> Placed:
    if grid.is_colour:
        said.add("note", "values-as-colour", "its three values per voxel are shown as colour")
    count = int(header["NDims"])
    spacing = _spacing(header, count, said)
    affine = None
    if count > 2 and spacing is not None:
        affine = _affine(*_turn_and_origin(header, count, said), spacing)
    return Placed(
        grid=grid,
        affine=affine,
        spacing_mm=None if spacing is None else (spacing[0], spacing[1]),
        issues=tuple(said.issues),
    )


def _spacing(header: Mapping[str, str], count: int, said: Said) -> list[float] | None:
    """Steps in mm along each axis; None, and said to be, where none or impossible ones are given.

    ITK takes 1 mm then; a length in millimetres that nobody measured must not be shown.
    """
    spacing = _numbers(header, _SPACINGS, count)
    if spacing is not None and all(0 < step < math.inf for step in spacing[:3]):
        return spacing
    words = "it gives no spacing (ElementSpacing)"
    if spacing is not None:
        words = f"its spacing of {' x '.join(f'{step:g}' for step in spacing[:3])} is impossible"
    frames = "as frames without a place in the patient, " if count > 2 else ""
    words += f", so that it is shown {frames}with lengths in pixels; export it with its spacing"
    said.add("warning", "spacing-unknown", words)
    return None


def _turn_and_origin(
    header: Mapping[str, str], count: int, said: Said
) -> tuple[list[float], list[float]]:
    """Directions and origin; ITK's defaults, and said to be, where the header gives none."""
    turn, origin = _numbers(header, _DIRECTIONS, count * count), _numbers(header, _ORIGINS, count)
    if turn is None:
        words = "it gives no orientation (TransformMatrix) and is taken as axial, not turned"
        words += "; check left and right with another image"
        said.add("warning", "orientation-assumed", words)
        turn = np.eye(count).ravel().tolist()
    if origin is None:
        words = "it gives no origin (Offset), which is taken as 0"
        words += "; check its place with another image before it is used beside others"
        said.add("warning", "origin-assumed", words)
        origin = [0.0] * count
    return turn, origin


def _affine(directions: list[float], origin: list[float], spacing: list[float]) -> Floats:
    """(3, 4) from voxels to mm, LPS; the file names the direction of one axis after the other."""
    count = len(spacing)
    axes = np.array(directions).reshape(count, count)[:3, :3] * np.array(spacing[:3])[:, None]
    return np.column_stack([axes.T, np.array(origin[:3])])


def _numbers(header: Mapping[str, str], keys: Sequence[str], count: int) -> list[float] | None:
    """The numbers of the first key that is there, None where none is.

    Raises:
        Damaged: they are not as many as they should be, or no numbers.
    """
    key = next((key for key in keys if key in header), None)
    if key is None:
        return None
    try:
        numbers = [float(part) for part in header[key].split()]
    except ValueError as error:
        raise Damaged(f"{key} has what is no number") from error
    if len(numbers) != count:
        raise Damaged(f"{key} has {len(numbers)} numbers, not {count}")
    return numbers


def _is_true(header: Mapping[str, str], key: str, *, default: bool = False) -> bool:
    return header.get(key, str(default)).lower() in ("true", "t", "1", "yes")
