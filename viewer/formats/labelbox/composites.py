"""Masks of one plane painted into pictures, a colour for each label."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotRead, CannotWrite
from viewer.formats.labelbox.mask_files import Color
from viewer.formats.style import JsonValue
from viewer.geometry.mask import Mask
from viewer.model.placement import Placement

_LARGEST = 2**26  # pixels of a picture
Pixels = NDArray[np.uint8]  # (height, width, values)
Size = tuple[int, int]  # width, height


def composite(
    named: Sequence[tuple[str, Sequence[Placement]]], first: int, sizes: Mapping[int, Size]
) -> tuple[JsonValue, list[str]]:
    """Return the `masks` value of a row for import, and the names of labels that are covered.

    Where two overlap, the later one is on top.

    Args:
        named: name and masks of each label.
        first: number of the first frame.
        sizes: (width, height) of the picture of each frame, frames counted from 0.

    Raises:
        CannotWrite: a picture is too large.
    """
    colors = [instance_color(number) for number in range(1, len(named) + 1)]
    pictures: dict[int, Pixels] = {}
    covered: dict[str, None] = {}
    by_color: dict[tuple[int, ...], str] = {
        color: name for (name, _), color in zip(named, colors, strict=True)
    }
    for (_, placements), color in zip(named, colors, strict=True):
        for placement in placements:
            number = placement.index or 0
            canvas = pictures.setdefault(number, _canvas(sizes[number], 3))
            if isinstance(placement.shape, Mask):
                below = paint(canvas, placement.shape, color)
                covered |= {by_color[one]: None for one in below if one in by_color}
    frames = [
        {
            "index": number + first,
            "imBytes": base64.b64encode(as_png(pictures[number])).decode(),
        }
        for number in sorted(pictures)
    ]
    instances = [
        {"colorRGB": list(color), "name": name}
        for (name, _), color in zip(named, colors, strict=True)
    ]
    return {"frames": frames, "instances": instances}, list(covered)


def zero_one_png(mask: object, size: Size) -> bytes:
    """Return a mask as a grey PNG of 0 and 1, as the vendor's own reader wants it.

    Raises:
        CannotWrite: the picture is too large.
    """
    canvas = _canvas(size, 1)
    if isinstance(mask, Mask):
        paint(canvas, mask, (1,))
    return as_png(canvas)


def _canvas(size: Size, values: int) -> Pixels:
    width, height = size
    if width * height > _LARGEST:
        raise CannotWrite(f"a mask of {width} x {height} pixels is too large")
    return np.zeros((height, width, values), np.uint8)


def instance_color(number: int) -> tuple[int, int, int]:
    """Return the colour of an instance: all differ, none is black."""
    return (number & 255, number >> 8 & 255, 255 - (number >> 16 & 255))


def paint(canvas: Pixels, mask: Mask, color: Sequence[int]) -> set[tuple[int, ...]]:
    """Paint a mask, as far as it lies inside the picture; return the colours that it covers."""
    height, width, _ = canvas.shape
    x0, y0 = max(mask.x, 0), max(mask.y, 0)
    x1, y1 = min(mask.x + mask.width, width), min(mask.y + mask.height, height)
    if x0 >= x1 or y0 >= y1:
        return set()
    bitmap = mask.to_array()[y0 - mask.y : y1 - mask.y, x0 - mask.x : x1 - mask.x]
    there = canvas[y0:y1, x0:x1]
    below = there[bitmap]
    below = below[below.any(axis=1)]
    there[bitmap] = color
    return set(map(tuple, np.unique(below, axis=0).tolist())) if len(below) else set()


def picture(content: bytes, colors: Sequence[Color | None]) -> Pixels:
    """Return the colours of a composite, black where nothing is.

    Args:
        content: a PNG picture.
        colors: of the labels in it.

    Raises:
        CannotRead: it is none, is too large, or is grey where several labels are in it.
    """
    from viewer.formats.masks.pictures import decoded, read_composite, read_png_mask

    if decoded("its picture", content, _LARGEST * 4).shape[2] < 3:
        if len(colors) != 1 or colors[0] is None:
            raise CannotRead("its picture is grey, and does not tell several labels apart")
        bitmap = read_png_mask("its picture", content, _LARGEST * 4).bitmap
        return bitmap[..., None] * np.array(colors[0], dtype=np.uint8)
    found = read_composite("its picture", content, _LARGEST * 4)
    return np.array([(0, 0, 0), *found.colors], dtype=np.uint8)[found.labels]


def as_png(pixels: Pixels) -> bytes:
    """Return (height, width, 1 or 3) pixels as a PNG."""
    height, width, values = pixels.shape
    rows = np.concatenate((np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)), axis=1)

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2 if values == 3 else 0, 0, 0, 0)
    body = (
        chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows.tobytes())) + chunk(b"IEND", b"")
    )
    return b"\x89PNG\r\n\x1a\n" + body
