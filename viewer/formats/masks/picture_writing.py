"""PNG masks written: in the mode of the picture that is replaced, or as a composite of colours."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np

from viewer.errors import CannotWrite
from viewer.formats.masks.pictures import (
    Color,
    Samples,
    decoded,
    depth_and_colour_type,
    has_alpha,
    read_png_mask,
)
from viewer.formats.masks.volume import Values
from viewer.geometry.mask import Bitmap

_COLOR_COUNT = 1 << 24
_SPREAD = 0x9E3779  # odd, so that multiples below 2**24 differ; golden, so that neighbours do much
_BYTE = 255
_LIMIT_BYTES = 1 << 32  # of a picture that was read before


def write_png_mask(bitmap: Bitmap, like: bytes | None = None) -> bytes:
    """Return a mask as PNG: white on black.

    Args:
        bitmap: (rows, columns).
        like: the PNG that is replaced; its kind is kept: grey or colours, 1, 8 or 16 bits, ones
            for white, a transparent background. A palette becomes colours. Without one the
            mask is grey of 8 bits, 0 and 255.

    Raises:
        CannotRead: `like` is no PNG, or damaged.
    """
    if like is None:
        return _encoded(bitmap.astype(np.uint8) * 255)
    if depth_and_colour_type(like) == (1, 0):
        return _one_bit(bitmap)
    old = decoded("", like, _LIMIT_BYTES)
    values = old.shape[2] - has_alpha(old)
    white = _white(like, old)
    samples = np.zeros((*bitmap.shape, old.shape[2]), old.dtype)
    samples[bitmap, :values] = white
    if has_alpha(old):
        is_clear = bool((old[..., -1] == 0).any())
        opaque = np.iinfo(old.dtype).max
        samples[..., -1] = np.where(bitmap, opaque, 0) if is_clear else opaque
    return _encoded(samples)


def write_composite(masks: Mapping[Color, Bitmap]) -> bytes:
    """Return masks of one picture as an RGB PNG, each in its colour, on black.

    Args:
        masks: at least one; (rows, columns) of one size.

    Raises:
        CannotWrite: two of them overlap, or a colour is black.
        ValueError: no mask, or they are of different sizes.
    """
    shapes = {bitmap.shape for bitmap in masks.values()}
    if len(shapes) != 1:
        raise ValueError(f"masks of one composite have one size, not {shapes}")
    samples = np.zeros((*shapes.pop(), 3), np.uint8)
    for color, bitmap in masks.items():
        if not any(color):
            raise CannotWrite("black is the background of a composite mask; choose another colour.")
        shared = int(samples[bitmap].any(axis=1).sum())
        if shared:
            raise CannotWrite(
                f"masks overlap in {shared} pixels, and a composite holds one label per pixel;"
                " erase one of them there."
            )
        samples[bitmap] = color
    return _encoded(samples)


def write_recolored(labels: Values, painted: Values, colors: Sequence[Color], like: bytes) -> bytes:
    """Return a composite in which the pixels that changed have their new colour.

    Args:
        labels: (rows, columns) numbers as the picture `like` has them, 0 for the background.
        painted: the same as they are to be; a changed one is 0 or a number of `colors`.
        colors: the first one is number 1.
        like: the composite as found; its kind is kept, and all other pixels. A palette becomes
            colours.

    Raises:
        CannotRead: `like` is no PNG, or damaged.
    """
    samples = decoded("", like, _LIMIT_BYTES)
    alpha = samples[..., -1:] if has_alpha(samples) else samples[..., :0]
    values = samples[..., :-1] if has_alpha(samples) else samples
    changed = labels != painted
    table = np.array([(0, 0, 0), *colors], dtype=np.uint16)
    is_deep = samples.dtype != np.uint8 and bool((values > _BYTE).any())
    fresh = np.repeat(values, 3, axis=2) if values.shape[2] == 1 else values.copy()
    fresh[changed] = (table[painted[changed]] * (257 if is_deep else 1)).astype(samples.dtype)
    if alpha.size:
        opaque = np.iinfo(samples.dtype).max
        is_clear = bool((alpha == 0).any())
        alpha = alpha.copy()
        alpha[changed, 0] = np.where((painted[changed] > 0) | (not is_clear), opaque, 0)
    return _encoded(np.concatenate([fresh, alpha], axis=2))


def composite_colors(count: int) -> tuple[Color, ...]:
    """Return as many colours, the same at every call, each once and none black.

    Raises:
        ValueError: more than 24 bits tell apart.
    """
    if not 0 <= count < _COLOR_COUNT:
        raise ValueError(f"{count} colours cannot be told apart")
    numbers = ((number * _SPREAD) % _COLOR_COUNT for number in range(1, count + 1))
    return tuple((number >> 16, number >> 8 & 255, number & 255) for number in numbers)


def _white(like: bytes, old: Samples) -> int:
    """What stands for the mask in a picture: its highest value, or that of its kind."""
    if read_png_mask("", like, _LIMIT_BYTES).is_zero_one:
        return 1
    highest = int(old[..., : old.shape[2] - has_alpha(old)].max())
    return 255 if 0 < highest <= 255 else int(np.iinfo(old.dtype).max)


def _encoded(samples: Samples) -> bytes:
    import imagecodecs

    plain = samples[..., 0] if samples.ndim == 3 and samples.shape[2] == 1 else samples
    return bytes(imagecodecs.png_encode(np.ascontiguousarray(plain)))


def _one_bit(bitmap: Bitmap) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(bitmap).save(stream, "PNG")
    return stream.getvalue()
