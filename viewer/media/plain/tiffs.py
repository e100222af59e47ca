"""TIFF and BigTIFF by tifffile: every page a picture, values of any depth."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotDecode
from viewer.media import jpegs
from viewer.media.instance import FileRef
from viewer.media.plain.damage import Damaged
from viewer.media.plain.picture import (
    ALPHA_NOTE,
    CMYK_NOTE,
    DEPTH_NOTE,
    TURN_NOTE,
    TURNS,
    Picture,
    Samples,
    eight_bits,
    on_black,
    profile_notes,
    turned,
    turned_size,
)

if TYPE_CHECKING:
    from tifffile import TiffPage

PAGES_LIMIT = 16384
TILE_LIMIT = 16384  # pixels of a side; real tiles have a few hundred
_ORIENTATION, _PROFILE = 274, 34675
_WHITE_IS_0, _BLACK_IS_0, _RGB, _PALETTE, _CMYK, _YCBCR = 0, 1, 2, 3, 5, 6
_SHOWN = (_WHITE_IS_0, _BLACK_IS_0, _RGB, _PALETTE, _CMYK, _YCBCR)
_JPEGS = (7, 34892)
_LOSSY = (6, 7, 33003, 33005, 34892, 50001)  # JPEG, JPEG 2000 of Aperio, DNG JPEG, WebP
_JPEG = (6, 7)
_PREMULTIPLIED = 1  # of ExtraSamples: associated alpha, colours already hold their opacity
_ALPHA = (_PREMULTIPLIED, 2)  # associated, unassociated


def knows(head: bytes) -> bool:
    """Whether a file begins like TIFF or BigTIFF of either byte order."""
    return head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def pictures_of(file: FileRef, stream: BinaryIO) -> list[Picture]:
    """Read the pages' headers; reduced copies of other pages are left out, and said to be.

    Raises:
        CannotDecode: no page, too many, or a kind of picture that cannot be shown.
        Exception: whatever tifffile raises on damaged bytes.
    """
    import tifffile

    _silence()
    stream.seek(0)
    with tifffile.TiffFile(stream, name=file.name) as tiff:
        if len(tiff.pages) > PAGES_LIMIT:
            raise CannotDecode(f"{file.name}: {len(tiff.pages)} pages cannot be right.")
        pages = [page.aspage() for page in tiff.pages]
        numbered = [*enumerate(pages)]
        full = [(number, page) for number, page in numbered if not page.is_reduced] or numbered
        notes: list[tuple[str, str]] = []
        if len(full) < len(pages):
            words = f"{len(pages) - len(full)} reduced copies in it are not shown"
            notes.append(("reduced-pages", words))
        if pages and _goes_on(tiff, pages[-1], stream):
            words = f"the file is damaged behind page {len(pages)}, and further pages are not shown"
            words += "; copy or export it again"
            notes.append(("pages-lost", words))
        said = _imagej_count(tiff)
        if said > len(pages):
            words = f"{said - len(pages)} further images that ImageJ put behind it are not shown"
            words += "; save it as OME-TIFF"
            notes.append(("pages-behind", words))
        return [_picture(file, number, page, tuple(notes)) for number, page in full]


def _goes_on(tiff: Any, last: TiffPage, stream: BinaryIO) -> bool:  # noqa: ANN401
    """Whether the last page that was found names a further one (TIFF 6.0, section 2)."""
    order = "little" if tiff.byteorder == "<" else "big"
    counts, tag, pointer = (8, 20, 8) if tiff.is_bigtiff else (2, 12, 4)
    stream.seek(last.offset)
    tags = int.from_bytes(stream.read(counts), order)
    stream.seek(last.offset + counts + tags * tag)
    return int.from_bytes(stream.read(pointer), order) != 0


def _imagej_count(tiff: Any) -> int:  # noqa: ANN401 - tifffile.TiffFile
    count: Any = tiff.imagej_metadata.get("images") if tiff.imagej_metadata else None
    return count if isinstance(count, int) else 1


@dataclass(frozen=True, eq=False)
class _Tables:
    """A page with what tifffile would read late, when the file is closed."""

    page: TiffPage
    decode: Callable[..., Any]
    jpeg: bytes | None
    palette: NDArray[np.uint16] | None
    nodata: float


def _picture(
    file: FileRef, number: int, page: TiffPage, notes: tuple[tuple[str, str], ...]
) -> Picture:
    _check(file.name, page)
    turn = page.tags.valueof(_ORIENTATION, 1)
    turn = turn if turn in TURNS else 1
    rows, columns = turned_size(page.imagelength, page.imagewidth, turn)
    dtype = _dtype_of(page)
    is_colour = _is_colour(page)
    own = [
        *notes,
        *([TURN_NOTE] if turn != 1 else []),
        *([ALPHA_NOTE] if _has_alpha(page) else []),
        *([DEPTH_NOTE] if is_colour and dtype == np.uint16 else []),
        *([CMYK_NOTE] if page.photometric == _CMYK else []),
        *profile_notes(page.iccprofile),
    ]
    if is_colour and dtype.kind == "f":
        own.append(("colour-floats", "its colours are floats and shown from 0 to 1"))
    extra = 0 if is_colour else page.samplesperpixel - 1 - _has_alpha(page)
    if extra:
        words = f"only the first of its {extra + 1} channels is shown; save each as a file"
        own.append(("channels", words))
    bits = page.bitspersample
    tables = _Tables(page, page.decode, page.jpegtables, page.colormap, page.nodata)
    return Picture(
        *(file, number, rows, columns),
        dtype=np.dtype(np.uint8) if is_colour else dtype,
        is_colour=is_colour,
        decode=partial(_decoded, tables, turn),
        notes=tuple(own),
        is_inverted=page.photometric == _WHITE_IS_0,
        lossy=page.compression in _LOSSY,
        top=(1 << bits) - 1 if dtype == np.uint8 and bits <= 8 else None,
    )


def _check(name: str, page: TiffPage) -> None:
    """Refuse what cannot be shown.

    Raises:
        CannotDecode: with the reason.
    """
    why = ""
    if page.photometric not in _SHOWN:
        why = f"its colours are of kind {int(page.photometric)} (PhotometricInterpretation)"
    elif page.photometric == _YCBCR and page.compression not in _JPEG:
        why = "its colours are YCbCr without JPEG"
    elif page.dtype is None or page.dtype.kind not in "uifb" or page.dtype.itemsize > 8:
        why = f"its samples of {page.bitspersample} bits are of no known type"
    elif page.imagedepth > 1:
        why = "it holds a volume in one page"
    elif page.photometric in (_RGB, _YCBCR) and page.samplesperpixel < 3:
        why = "its colours have fewer than three samples"
    elif page.is_tiled and max(page.tilelength, page.tilewidth) > TILE_LIMIT:
        why = f"its tiles are {page.tilewidth} x {page.tilelength} pixels large"
    if why:
        raise CannotDecode(f"{name}: {why}, which cannot be shown; save it as a plain TIFF or PNG.")


def _dtype_of(page: TiffPage) -> np.dtype[Any]:
    """The type that grey values are held in: bits as bytes, half floats as floats."""
    assert page.dtype is not None
    if page.dtype.kind == "b":
        return np.dtype(np.uint8)
    if page.dtype == np.float16:
        return np.dtype(np.float32)
    return page.dtype.newbyteorder("=")


def _is_colour(page: TiffPage) -> bool:
    return page.photometric in (_RGB, _PALETTE, _CMYK, _YCBCR)


def _has_alpha(page: TiffPage) -> bool:
    colours = {_RGB: 3, _YCBCR: 3, _CMYK: 4}.get(page.photometric, 1)
    first = next(iter(page.extrasamples), 0)
    return page.samplesperpixel > colours and first in _ALPHA


def _decoded(tables: _Tables, turn: int, stream: BinaryIO) -> Samples:
    """Pixels of one page, as shown."""
    page = tables.page
    samples = _samples(tables, stream)
    if page.photometric == _PALETTE:
        assert tables.palette is not None
        samples = _by_palette(tables.palette, samples[..., 0])
    elif page.photometric == _CMYK:
        samples = _from_cmyk(eight_bits(samples[..., :4]))
    elif _is_colour(page):
        samples = eight_bits(_composed(page, samples, 3))
    else:
        samples = _composed(page, samples, 1)
        samples = samples.astype(_dtype_of(page), copy=False)
    return turned(samples, turn)


def _composed(page: TiffPage, samples: Samples, count: int) -> Samples:
    """Grey (`count` 1) or colours (3) on black; associated alpha has been multiplied already.

    Source: TIFF 6.0, section 18, "Associated Alpha Handling".
    """
    is_straight = _has_alpha(page) and page.extrasamples[0] != _PREMULTIPLIED
    if is_straight and samples.dtype.kind == "u":
        return on_black(samples[..., : count + 1])
    return samples[..., 0] if count == 1 else samples[..., :count]


def _samples(tables: _Tables, stream: BinaryIO) -> Samples:
    """(rows, columns, samples) as stored, put together from strips or tiles."""
    page = tables.page
    planes, _depth, rows, columns, inner = page.shaped
    assert page.dtype is not None
    whole = np.full((planes, rows, columns, inner), tables.nodata, page.dtype)
    offsets, lengths = page.dataoffsets, page.databytecounts
    wanted, there = math.prod(page.chunked), min(len(offsets), len(lengths))
    if there < wanted:
        raise Damaged(f"{wanted - there} of its {wanted} strips or tiles are missing")
    for index, (offset, length) in enumerate(zip(offsets, lengths, strict=False)):
        if length == 0:
            continue  # an empty strip or tile stands for the background (GDAL's sparse files)
        stream.seek(offset)
        data = stream.read(length)
        if len(data) < length:
            raise Damaged("it is cut off")
        if page.compression in _JPEGS:  # its decoder would pass over damage
            jpegs.check(data if tables.jpeg is None else tables.jpeg[:-2] + data[2:])
        part, where, shape = tables.decode(data, index, jpegtables=tables.jpeg)
        if part is None:
            continue
        plane, _, top, left, _ = where
        down, across = min(shape[1], rows - top), min(shape[2], columns - left)
        whole[plane, top : top + down, left : left + across] = part[0, :down, :across]
    return whole[0] if planes == 1 else np.moveaxis(whole[..., 0], 0, -1)


def _by_palette(table: NDArray[np.uint16], indices: Samples) -> Samples:
    """Colours of a palette of 16 bits; some writers fill in 8, as libtiff knows too."""
    bytes_of = (table >> 8 if table.max(initial=0) > 255 else table).astype(np.uint8)
    return bytes_of.T[np.minimum(indices, table.shape[1] - 1)]


def _from_cmyk(samples: Samples) -> Samples:
    """RGB = (1 - ink) * (1 - black), in 8 bits."""
    light = 255 - samples.astype(np.uint16)
    return ((light[..., :3] * light[..., 3:] + 127) // 255).astype(np.uint8)


def _silence() -> None:
    """Keep tifffile's log of odd files off the terminal; what is odd is said in sentences."""
    logger = logging.getLogger("tifffile")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
