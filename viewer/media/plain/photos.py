"""PNG, JPEG, WebP and BMP: headers by Pillow; pixels by the decoder that tells of damage.

PNG by imagecodecs, which keeps 16 bits and refuses rows that are missing; JPEG in grey and RGB by
simplejpeg; both at twice Pillow's speed. CMYK, WebP and BMP are Pillow's.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from viewer.errors import CannotDecode
from viewer.media import jpegs
from viewer.media.instance import FileRef
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
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "WEBP", "BMP")  # JPEG covers what Pillow calls MPO
_ORIENTATION = 0x0112
_ANIMATED = (
    "animated",
    "it is animated and only its first picture is shown; save it as a GIF or video to see all",
)
_PNG_HEAD = 26  # signature, then IHDR with the bit depth at 24 and the colour type at 25
_CHUNKS_LIMIT = 100_000
_EXIF_LIMIT = 1 << 20
_GREY_MODES = ("1", "L", "I;16", "I", "I;16B")


def knows(head: bytes) -> bool:
    """Whether a file begins like one of these."""
    return (
        head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))
        or (head.startswith(b"RIFF") and head[8:12] == b"WEBP")
        or (head.startswith(b"BM") and head[14:18] in _BMP_HEADERS)
    )


_BMP_HEADERS = tuple(size.to_bytes(4, "little") for size in (12, 40, 52, 56, 64, 108, 124))


def pictures_of(file: FileRef, stream: BinaryIO) -> list[Picture]:
    """Read the header of one image; an animation's first picture stands for it, and is said to.

    Raises:
        CannotDecode: a kind of picture that cannot be shown.
        Exception: whatever Pillow raises on damaged bytes.
    """
    depth, colour_type = _png_depth(stream)
    with _opened(stream) as image:
        turn = _turn_of(image, stream)
        mode = image.mode
        rows, columns = turned_size(image.height, image.width, turn)
        has_alpha = "A" in mode or "transparency" in image.info
        is_colour = not (mode in _GREY_MODES or mode == "LA")
        notes = [
            *([TURN_NOTE] if turn != 1 else []),
            *([ALPHA_NOTE] if has_alpha else []),
            *([DEPTH_NOTE] if depth == 16 and is_colour else []),
            *([CMYK_NOTE] if mode == "CMYK" else []),
            *profile_notes(image.info.get("icc_profile")),
        ]
        if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
            notes.append(_ANIMATED)
        is_deep = depth == 16 and colour_type >= 0
        file_kind = image.format
        lossy = file_kind in ("JPEG", "MPO", "WEBP")
    decode = partial(_decoder(file_kind, mode), turn)
    dtype = np.dtype(np.uint16 if is_deep and not is_colour else np.uint8)
    return [
        Picture(
            *(file, 0, rows, columns, dtype, is_colour, decode),
            notes=tuple(notes),
            lossy=lossy,
            top=255 if dtype == np.uint8 else None,
        )
    ]


def _decoded(turn: int, stream: BinaryIO) -> Samples:
    """Pixels of 8 bits, as shown."""
    with _opened(stream) as image:
        has_alpha = "A" in image.mode or "transparency" in image.info
        if image.mode in _GREY_MODES or image.mode == "LA":
            samples = np.asarray(image.convert("LA" if has_alpha else "L"))
        else:
            samples = np.asarray(image.convert("RGBA" if has_alpha else "RGB"))
    return turned(on_black(samples) if has_alpha else samples, turn)


def _grey_jpeg(turn: int, stream: BinaryIO) -> Samples:
    """Pixels of a JPEG in grey, in half of Pillow's time and with the interpreter free."""
    stream.seek(0)
    samples = jpegs.decoded(stream.read(), "GRAY")
    return _decoded(turn, stream) if samples is None else turned(samples[..., 0], turn)


def _colour_jpeg(turn: int, stream: BinaryIO) -> Samples:
    """Pixels of a JPEG in RGB, as fast."""
    stream.seek(0)
    samples = jpegs.decoded(stream.read(), "RGB")
    return _decoded(turn, stream) if samples is None else turned(samples, turn)


def _other_jpeg(turn: int, stream: BinaryIO) -> Samples:
    """Pixels of a JPEG in printing colours, by Pillow, which does not tell of damage."""
    stream.seek(0)
    jpegs.check(stream.read())
    return _decoded(turn, stream)


def _png(turn: int, stream: BinaryIO) -> Samples:
    """Pixels of a PNG: grey as it is, colours with 8 bits.

    libpng refuses what Pillow shows as black: fewer rows than the header says.
    """
    import imagecodecs

    stream.seek(0)
    samples = np.asarray(imagecodecs.png_decode(stream.read()))
    if samples.ndim == 3 and samples.shape[2] in (2, 4):
        samples = on_black(samples)
    return turned(samples if samples.ndim == 2 else eight_bits(samples), turn)


def _decoder(file_kind: str | None, mode: str) -> Callable[[int, BinaryIO], Samples]:
    """What decodes a picture of Pillow's format and mode."""
    if file_kind == "PNG":
        return _png
    if file_kind not in ("JPEG", "MPO"):
        return _decoded
    if mode not in ("L", "RGB"):
        return _other_jpeg
    return _grey_jpeg if mode == "L" else _colour_jpeg


def _png_depth(stream: BinaryIO) -> tuple[int, int]:
    """(bit depth, colour type) of a PNG's header, (8, -1) for all others."""
    stream.seek(0)
    head = stream.read(_PNG_HEAD)
    stream.seek(0)
    return (head[24], head[25]) if head.startswith(b"\x89PNG") and len(head) > 25 else (8, -1)


def _opened(stream: BinaryIO) -> Image:
    """Pillow's image, its pixels not yet read; its warnings are for programmers, not persons."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # sizes are checked by ourselves, before pixels are read
    warnings.filterwarnings("ignore", module=r"PIL\.")
    stream.seek(0)
    image = Image.open(stream, formats=FORMATS)
    if image.mode in ("P", "PA") and image.palette is None:
        raise CannotDecode("a picture by palette has none")
    return image


def _turn_of(image: Image, stream: BinaryIO) -> int:
    """EXIF's Orientation, 1 where there is none.

    Pillow's own `getexif` decodes a whole PNG to look for EXIF behind its pixels.
    """
    from PIL import Image as Pillow

    block = image.info.get("exif")
    if block is None and image.format == "PNG":
        block = _png_exif(stream)
    if not block:
        return 1
    exif = Pillow.Exif()
    exif.load(block)
    turn = exif.get(_ORIENTATION, 1)
    return turn if turn in TURNS else 1


def _png_exif(stream: BinaryIO) -> bytes | None:
    """The eXIf chunk of a PNG, wherever it stands (PNG 3rd edition, 5.3 and 11.3.3.1)."""
    at = 8
    for _ in range(_CHUNKS_LIMIT):
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8 or head[4:] == b"IEND":
            return None
        length = int.from_bytes(head[:4], "big")
        if head[4:] == b"eXIf":
            return stream.read(min(length, _EXIF_LIMIT))
        at += length + 12
    return None
