"""PNG masks: one mask of a picture, or a composite in which each label has a colour.

Alpha 0 is background. In a grey picture a mask is what is lighter than the middle; in a coloured
one what has exactly the colour that was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.errors import CannotRead
from viewer.formats.masks.unpacking import check_announced, unreadable
from viewer.geometry.mask import Bitmap
from viewer.media.plain.damage import Damaged

Color = tuple[int, int, int]  # red, green, blue, each 0 to 255
Samples = NDArray[Any]  # (rows, columns, values) uint8 or uint16

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_IHDR_END = 33
_CHUNKS_LIMIT = 100_000
_KEPT = (b"PLTE", b"tRNS", b"IDAT", b"IEND")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # values of a pixel by colour type (PNG 11.2.1)
_DECODED = 4  # values of a pixel that a palette with transparency becomes
_BYTE = 255


@dataclass(frozen=True, eq=False)
class PngMask:
    """One mask.

    Args:
        bitmap: (rows, columns), read-only.
        is_zero_one: the file holds 0 and 1, not 0 and 255; its ones were taken as the mask.
    """

    bitmap: Bitmap
    is_zero_one: bool = False


@dataclass(frozen=True, eq=False)
class Composite:
    """Labels of one picture by their colours.

    Args:
        colors: each that is there, in order of its number red * 65536 + green * 256 + blue.
        labels: (rows, columns), read-only: 0 is background, n the pixels of colors[n - 1].
    """

    colors: tuple[Color, ...]
    labels: NDArray[np.int32]

    def bitmap(self, color: Color) -> Bitmap:
        """Return the pixels (rows, columns) of a colour; none where it is not there."""
        if color not in self.colors:
            return np.zeros(self.labels.shape, np.bool_)
        return self.labels == self.colors.index(color) + 1


def read_png_mask(
    name: str, content: bytes, limit_bytes: int, color: Color | None = None
) -> PngMask:
    """Return the mask that a PNG holds.

    A grey file: lighter than the middle; where nothing is above 1, the ones. A file of colours:
    exactly `color`, so that no label is taken for another. Without a colour one of greys only
    counts as grey, and else all that is not black.

    Args:
        name: of the file, for sentences.
        content: the whole file.
        limit_bytes: the most that its pixels may take decoded.
        color: of the mask in a composite.

    Raises:
        CannotRead: no PNG, damaged, cut off, or more than the limit.
    """
    values = _shown(decoded(name, content, limit_bytes))
    is_grey = values.shape[2] == 1
    if is_grey or (color is None and bool((values == values[..., :1]).all())):
        grey = values[..., 0]
        is_zero_one = int(grey.max()) == 1
        middle = 0 if is_zero_one else _top(grey) // 2
        return PngMask(_frozen(grey > middle), is_zero_one)
    if color is None:
        return PngMask(_frozen(values.any(axis=2)))
    return PngMask(_frozen((_eight_bits(values) == np.array(color)).all(axis=2)))


def read_composite(name: str, content: bytes, limit_bytes: int) -> Composite:
    """Return the labels of a composite PNG by their colours; black and alpha 0 are background.

    Raises:
        CannotRead: no PNG, damaged, cut off, or more than the limit.
    """
    values = _eight_bits(_shown(decoded(name, content, limit_bytes)))
    rows, columns, _ = values.shape
    colours = np.broadcast_to(values, (rows, columns, 3)).astype(np.int32)
    numbers = colours[..., 0] << 16 | colours[..., 1] << 8 | colours[..., 2]
    found, labels = np.unique(np.append(0, numbers), return_inverse=True)  # background comes first
    labels = labels[1:].reshape(rows, columns).astype(np.int32)
    labels.flags.writeable = False
    colors = [(number >> 16, number >> 8 & _BYTE, number & _BYTE) for number in found[1:].tolist()]
    return Composite(tuple(colors), labels)


def decoded(name: str, content: bytes, limit_bytes: int) -> Samples:
    """Return the samples of a PNG as they are; a palette becomes colours.

    Chunks that do not make the picture are left out first, so that nothing else is unpacked.

    Raises:
        CannotRead: no PNG, damaged, cut off, or more than the limit.
    """
    if not content.startswith(_SIGNATURE) or len(content) < _IHDR_END:
        raise CannotRead(f"{name}: it is no PNG picture; save the mask as PNG.")
    columns, rows = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    depth, colour_type = content[24], content[25]
    if content[12:16] != b"IHDR" or colour_type not in _CHANNELS or min(columns, rows) < 1:
        raise CannotRead(f"{name}: its PNG header is damaged; export it again.")
    row_bytes = (columns * depth * _CHANNELS[colour_type] + 7) // 8
    check_announced(name, rows * columns * _DECODED * max(1, depth // 8), 0, limit_bytes)
    check_announced(name, rows * row_bytes, len(content), limit_bytes)
    import imagecodecs

    with unreadable(name, "PNG picture", imagecodecs.PngError):
        samples = np.asarray(imagecodecs.png_decode(_picture_only(content)))
        if samples.shape[:2] != (rows, columns):
            raise Damaged("its pixels are not of the size that its header says")
    return samples.reshape(rows, columns, -1)


def depth_and_colour_type(content: bytes) -> tuple[int, int]:
    """Return the bit depth and colour type of a PNG's header (PNG 11.2.1)."""
    return content[24], content[25]


def has_alpha(samples: Samples) -> bool:
    """Whether the last value of a pixel is its opacity."""
    return samples.shape[2] in (2, 4)


def _picture_only(content: bytes) -> bytes:
    """The PNG with the chunks that make its first picture alone."""
    pieces = [content[:_IHDR_END]]
    at = _IHDR_END
    for _ in range(_CHUNKS_LIMIT):
        kind = content[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        if kind in _KEPT:
            pieces.append(content[at:end])
        if kind == b"IEND" or end > len(content):
            break
        at = end
    return b"".join(pieces)


def _shown(samples: Samples) -> Samples:
    """Grey or colour values (rows, columns, 1 or 3), 0 where pixels are transparent."""
    if not has_alpha(samples):
        return samples
    return samples[..., :-1] * (samples[..., -1:] > 0)


def _top(values: Samples) -> int:
    """White: 65535 of 16 bits, but 255 where nothing is above it, as careless writers have it."""
    return _BYTE if values.dtype == np.uint8 or int(values.max()) <= _BYTE else 65535


def _eight_bits(values: Samples) -> Samples:
    return values if _top(values) == _BYTE else values >> 8


def _frozen(cells: ArrayLike) -> Bitmap:
    bitmap = np.array(cells, np.bool_)
    bitmap.flags.writeable = False
    return bitmap
