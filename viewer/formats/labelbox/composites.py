"""Masks of one plane painted into pictures, a colour for each label."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotWrite
from viewer.formats.style import JsonValue
from viewer.geometry.mask import Mask
from viewer.model.placement import Placement

_LARGEST = 2**26  # pixels of a picture


def composite(named: Sequence[tuple[str, Sequence[Placement]]], first: int) -> JsonValue:
    """Return the `masks` value of a row for import; where two overlap, the later one is on top.

    Args:
        named: name and masks of each label.
        first: number of the first frame.

    Raises:
        CannotWrite: a picture is too large.
    """
    colors = [_color(number) for number in range(1, len(named) + 1)]
    pictures: dict[int, NDArray[np.uint8]] = {}
    for (_, placements), color in zip(named, colors, strict=True):
        for placement in placements:
            number = (placement.index or 0) + first
            width, height = placement.size or (0, 0)
            if width * height > _LARGEST:
                raise CannotWrite(f"a mask of {width} x {height} pixels is too large")
            canvas = pictures.setdefault(number, np.zeros((height, width, 3), np.uint8))
            if isinstance(placement.shape, Mask):
                _paint(canvas, placement.shape, color)
    frames = [
        {"index": number, "imBytes": base64.b64encode(_png(pictures[number])).decode()}
        for number in sorted(pictures)
    ]
    instances = [
        {"colorRGB": list(color), "name": name}
        for (name, _), color in zip(named, colors, strict=True)
    ]
    return {"frames": frames, "instances": instances}


def _color(number: int) -> tuple[int, int, int]:
    """Return the colour of an instance: all differ, none is black."""
    return (number & 255, number >> 8 & 255, 255 - (number >> 16 & 255))


def _paint(canvas: NDArray[np.uint8], mask: Mask, color: tuple[int, int, int]) -> None:
    """Paint a mask, as far as it lies inside the picture."""
    height, width, _ = canvas.shape
    x0, y0 = max(mask.x, 0), max(mask.y, 0)
    x1, y1 = min(mask.x + mask.width, width), min(mask.y + mask.height, height)
    if x0 < x1 and y0 < y1:
        bitmap = mask.to_array()[y0 - mask.y : y1 - mask.y, x0 - mask.x : x1 - mask.x]
        canvas[y0:y1, x0:x1][bitmap] = color


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """Return (height, width, 3) pixels as a PNG."""
    height, width, _ = pixels.shape
    rows = np.concatenate((np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)), axis=1)

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = (
        chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows.tobytes())) + chunk(b"IEND", b"")
    )
    return b"\x89PNG\r\n\x1a\n" + body
