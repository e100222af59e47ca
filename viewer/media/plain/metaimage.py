"""MetaImage: .mha, or .mhd with its data beside it. Its patient space is LPS, as ITK writes it.

The header is read by SimpleITK, which reads files only, follows the paths that a header names and
goes on with zeros behind what is no number. It is therefore given a file of its own with the keys
that describe the picture, each held against its bounds before; voxels are read by offset.

Source: itk.org/Wiki/ITK/MetaIO/Documentation.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
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

_HEADER_LIMIT = 1 << 16
_ENDINGS = (".mha", ".mhd")
_FIRST = re.compile(rb"\s*[A-Za-z]+\s*=")
_NEEDED = ("NDims", "DimSize", "ElementType")
_SPACINGS = ("ElementSpacing", "ElementSize")
_DIRECTIONS = ("TransformMatrix", "Orientation", "Rotation")
_ORIGINS = ("Offset", "Position", "Origin")
_WHOLE = ("CHAR", "SHORT", "INT", "LONG", "LONG_LONG")
_TYPES = {f"MET_{sign}{kind}" for sign in ("", "U") for kind in _WHOLE} | {
    "MET_FLOAT",
    "MET_DOUBLE",
}
_SIZE_LIMIT = 1 << 31  # the library counts with 32 bits
_CHANNELS_LIMIT = 4096
_PIECE = 1 << 20


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
        header, offset = header_of(head)
        check(header, file.name)
        name = header["ElementDataFile"]
        is_beside = name.upper() != "LOCAL"
        data = data_beside(file, name, opener) if is_beside else file
        if is_beside:
            with closing(opener.open(data)) as reader:
                offset, size = 0, reader.size
        read = described(header, file.name)
        grid = grid_of(header, read, file, data, (offset, size))
        placed = placed_of(header, read, grid, said)
    found = media_of(placed, size)
    found.claimed |= {data} if is_beside else set()
    return found


def header_of(head: bytes) -> tuple[Mapping[str, str], int]:
    """Return keys with their values, and where the line of ElementDataFile, the last one, ends.

    Raises:
        Damaged: that line, or a key that every header has, is missing.
    """
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


def check(header: Mapping[str, str], name: str) -> None:
    """Refuse what is no block of binary values.

    Raises:
        CannotDecode: with the reason.
    """
    why = ""
    if header.get("ObjectType", "Image").lower() != "image":
        why = f"it holds no image but a {header['ObjectType']!r}"
    elif not _is_true(header, "BinaryData", default=True):
        why = "its voxels are written as text"
    if why:
        raise CannotDecode(f"{name}: {why}, which cannot be shown; save it again as .mha.")


@dataclass(frozen=True)
class Description:
    """What SimpleITK reads out of a header.

    Args:
        sizes: along each axis, two to four; spacing in mm, origin in mm and directions, (n x n)
            row by row, of as many axes; defaults where the header is silent.
        dtype: of one value, byte order not yet told.
        values: per voxel.
    """

    sizes: tuple[int, ...]
    spacing: tuple[float, ...]
    origin: tuple[float, ...]
    directions: tuple[float, ...]
    dtype: np.dtype[Any]
    values: int


def described(header: Mapping[str, str], name: str) -> Description:
    """Let SimpleITK read the keys that describe the picture.

    Raises:
        CannotDecode: of other than two to four axes, or of a type that it does not know.
        Damaged: a key has other than the numbers it should have.
    """
    _fetch_library()
    import SimpleITK

    with TemporaryDirectory(prefix="overread-") as folder:
        path = Path(folder, "header.mha")
        path.write_text(_bounded(header, name), "ascii")
        reader = cast(Any, SimpleITK).ImageFileReader()
        reader.SetImageIO("MetaImageIO")
        reader.SetFileName(str(path))
        reader.ReadImageInformation()
    empty: Any = SimpleITK.Image([1] * reader.GetDimension(), reader.GetPixelID())
    return Description(
        sizes=tuple(reader.GetSize()),
        spacing=tuple(reader.GetSpacing()),
        origin=tuple(reader.GetOrigin()),
        directions=tuple(reader.GetDirection()),
        dtype=SimpleITK.GetArrayViewFromImage(empty).dtype,
        values=reader.GetNumberOfComponents(),
    )


@cache
def _fetch_library() -> None:
    """Read the library's file once, so that it lies in memory when it is imported.

    An import holds the interpreter, and so the window: 130 to 350 ms where the file comes from the
    disk, 40 where it need not.
    """
    package = find_spec("SimpleITK")  # of a module in it, this would import the package
    folders = (package.submodule_search_locations or ()) if package else ()
    piece = bytearray(_PIECE)
    for library in (path for folder in folders for path in Path(folder).glob("_SimpleITK*")):
        with library.open("rb", buffering=0) as file:
            while file.readinto(piece):
                pass


def _bounded(header: Mapping[str, str], name: str) -> str:
    """The lines of a header that may be read by others: known keys with numbers within bounds."""
    count = _whole(header, "NDims")
    if not 2 <= count <= 4:
        raise CannotDecode(f"{name}: {count} sizes are not to be shown; save it as 3-D.")
    if header["ElementType"].removesuffix("_ARRAY") not in _TYPES:  # it takes others for bytes
        kind = header["ElementType"][:40]
        raise CannotDecode(
            f"{name}: its voxels are of the unknown type {kind!r}, which cannot be shown; save it"
            " again as .mha."
        )
    sizes = _numbers(header, ("DimSize",), count) or []
    if not all(1 <= size < _SIZE_LIMIT and size.is_integer() for size in sizes):
        raise Damaged("DimSize has sizes that make no picture")
    channels = _whole(header, "ElementNumberOfChannels", 1)
    if not 1 <= channels <= _CHANNELS_LIMIT:
        raise Damaged("ElementNumberOfChannels cannot be right")
    lines = ["ObjectType = Image", f"NDims = {count}"]
    lines += [f"DimSize = {' '.join(str(int(size)) for size in sizes)}"]
    lines += [f"ElementType = {header['ElementType']}", f"ElementNumberOfChannels = {channels}"]
    for keys, expected in (
        (_SPACINGS, count),
        (_DIRECTIONS, count * count),
        (_ORIGINS, count),
    ):
        numbers = _numbers(header, keys, expected)
        if numbers is not None and np.isfinite(numbers).all():
            key = next(key for key in keys if key in header)
            lines.append(f"{key} = {' '.join(map(repr, numbers))}")
    return "\n".join([*lines, "ElementDataFile = LOCAL", ""])


def grid_of(
    header: Mapping[str, str],
    read: Description,
    file: FileRef,
    data: FileRef,
    ends: tuple[int, int],
) -> Grid:
    """Return the grid of a data file whose voxels begin and that ends at `ends`.

    Raises:
        CannotDecode: several values per voxel and time.
        Damaged: a key has no number where one should be.
    """
    columns, rows, slices, points = (*read.sizes, 1, 1)[:4]
    is_big = _is_true(header, "BinaryDataByteOrderMSB") or _is_true(header, "ElementByteOrderMSB")
    is_colour = read.dtype == np.uint8 and read.values in (3, 4)
    if points > 1 and read.values > 1 and not is_colour:
        raise CannotDecode(f"{file.name}: several values per voxel and time; save its parts alone.")
    grid = Grid(
        name=file.name,
        file=file,
        data=data,
        offset=ends[0],
        is_packed=_is_true(header, "CompressedData"),
        dtype=read.dtype.newbyteorder(">" if is_big else "<"),
        columns=columns,
        rows=rows,
        slices=slices,
        points=points if read.values == 1 or is_colour else read.values,
        values=read.values,
        points_inside=read.values > 1 and not is_colour,
        is_colour=is_colour,
    )
    return _behind(grid, _whole(header, "HeaderSize", 0), ends[1])


def _behind(grid: Grid, skip: int, size: int) -> Grid:
    """The grid behind HeaderSize bytes of a data file; -1 means that the data end the file."""
    if skip == -1 and not grid.is_packed:
        return replace(grid, offset=max(0, size - grid.nbytes))
    at = grid.offset if skip <= 0 else skip
    return replace(grid, packed_at=at, offset=0) if grid.is_packed else replace(grid, offset=at)


def placed_of(header: Mapping[str, str], read: Description, grid: Grid, said: Said) -> Placed:
    """Return the grid with its place, as far as the header gives one; says where it does not."""
    if grid.is_colour:
        said.add("note", "values-as-colour", "its three values per voxel are shown as colour")
    is_calibrated = _says_spacing(header, read, said)
    affine = None
    if len(read.sizes) > 2 and is_calibrated and _says_place(header, read, said):
        affine = affine_of(read)
    return Placed(
        grid=grid,
        affine=affine,
        spacing_mm=(read.spacing[0], read.spacing[1]) if is_calibrated else None,
        issues=tuple(said.issues),
    )


def _says_spacing(header: Mapping[str, str], read: Description, said: Said) -> bool:
    """Whether steps in mm along each axis are given; says so where none or impossible ones are.

    ITK takes 1 mm then; a length in millimetres that nobody measured must not be shown.
    """
    spacing = _numbers(header, _SPACINGS, len(read.sizes))
    if spacing is not None and all(0 < step < math.inf for step in spacing[:3]):
        return True
    words = "it gives no spacing (ElementSpacing)"
    if spacing is not None:
        words = f"its spacing of {' x '.join(f'{step:g}' for step in spacing[:3])} is impossible"
    frames = "as frames without a place in the patient, " if len(read.sizes) > 2 else ""
    words += f", so that it is shown {frames}with lengths in pixels; export it with its spacing"
    said.add("warning", "spacing-unknown", words)
    return False


def _says_place(header: Mapping[str, str], read: Description, said: Said) -> bool:
    """Whether there is a place; says where ITK's defaults stand for what the header lacks."""
    count = len(read.sizes)
    turn, origin = _numbers(header, _DIRECTIONS, count * count), _numbers(header, _ORIGINS, count)
    if turn is None:
        words = "it gives no orientation (TransformMatrix) and is taken as axial, not turned"
        words += "; check left and right with another image"
        said.add("warning", "orientation-assumed", words)
    if origin is None:
        words = "it gives no origin (Offset), which is taken as 0"
        words += "; check its place with another image before it is used beside others"
        said.add("warning", "origin-assumed", words)
    if np.isfinite([*(turn or ()), *(origin or ())]).all():
        return True
    words = "its orientation or origin is no number: shown as frames without a place in the patient"
    said.add("warning", "orientation-unknown", words)
    return False


def affine_of(read: Description) -> Floats:
    """Return (3, 4) from voxels to mm, LPS; columns of ITK's directions are those of the axes."""
    count = len(read.sizes)
    axes = np.array(read.directions).reshape(count, count)[:3, :3] * np.array(read.spacing[:3])
    return np.column_stack([axes, np.array(read.origin[:3])])


def _whole(header: Mapping[str, str], key: str, default: int | None = None) -> int:
    """The whole number of a key.

    Raises:
        Damaged: it is none.
    """
    if key not in header and default is not None:
        return default
    try:
        return int(header[key])
    except ValueError as error:
        raise Damaged(f"{key} is no whole number") from error


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
