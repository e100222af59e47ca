"""Masks on the screen, pixel by pixel: what they cost goes by the screen, not by their outlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from viewer.paint.framing import Affine, on_screen
from viewer.paint.layers import Layer, draw_segments, widened
from viewer.render.lines import Raster

HATCH_PX = 9.0  # from line to line, along the screen


@dataclass(frozen=True, eq=False)
class Tile:
    """The part of a layer that a mask may cover.

    Args:
        inside: (h, w) of 0 and 1.
    """

    left: int
    top: int
    inside: Layer

    def within(self, layer: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return that part of a layer or canvas."""
        height, width = self.inside.shape
        return layer[self.top : self.top + height, self.left : self.left + width]


def draw_outline(layer: Layer, raster: Raster, affine: Affine, value: int) -> None:
    """Draw the hairline along the pixel edges of a mask.

    Args:
        layer: one byte per device pixel; changed.
        affine: (2, 3) device pixels from plane mm; along the axes.
    """
    if np.abs(affine[:, :2] * raster.pixel_mm).max(axis=1).min() < 1:
        # Zoomed out, a narrow part may lie between the middles of two pixels.
        ends = on_screen(affine, raster.edges.reshape(-1, 2))
        draw_segments(layer, ends.reshape(-1, 2, 2), value)
        return
    tile = _tile_of(raster, affine, layer.shape)
    if tile is not None:
        inside = tile.inside
        around = inside[1:, 1:] + inside[:-1, 1:] + inside[1:, :-1] + inside[:-1, :-1]
        # Of the four pixels that meet at a corner some are inside, and some are not.
        np.copyto(tile.within(layer)[1:, 1:], value, where=(around & 3) != 0)


def paint_inside(
    painter: QPainter, raster: Raster, affine: Affine, size: tuple[float, float], color: QColor
) -> None:
    """Fill a mask with a translucent colour.

    Args:
        affine: (2, 3) logical px from plane mm.
        size: of the view, in logical px.
    """
    _paint_tile(painter, raster, affine, size, (color, None))


def paint_stripes(
    painter: QPainter,
    raster: Raster,
    affine: Affine,
    size: tuple[float, float],
    stripes: Sequence[tuple[QColor, float]],
) -> None:
    """Hatch a mask: lines of a colour and a width in logical px, one above the other."""
    for stripe in stripes:
        _paint_tile(painter, raster, affine, size, stripe)


def paint_strokes(
    painter: QPainter,
    raster: Raster,
    affine: Affine,
    size: tuple[float, float],
    strokes: Sequence[tuple[QColor, float]],
) -> None:
    """Draw the outline of a mask in strokes of a colour and a width in logical px.

    Args:
        strokes: the widest first; each takes the place of what is below it.
    """
    ratio = painter.device().devicePixelRatioF()
    width, height = (max(int(px * ratio + 0.999), 1) for px in size)
    layer = np.zeros((height, width), dtype=np.uint8)
    draw_outline(layer, raster, affine * ratio, 1)
    rows, columns = np.flatnonzero(layer.any(axis=1)), np.flatnonzero(layer.any(axis=0))
    if not len(rows):
        return
    beside = int(strokes[0][1] * ratio) + 2
    top, left = max(int(rows[0]) - beside, 0), max(int(columns[0]) - beside, 0)
    part = layer[top : int(rows[-1]) + beside, left : int(columns[-1]) + beside]
    pixels = np.zeros(part.shape, dtype=np.uint32)
    for color, width_px in strokes:
        np.copyto(pixels, premultiplied(color), where=widened(part, width_px * ratio) != 0)
    painter.drawImage(QPointF(left, top) / ratio, image_of(pixels, ratio))


def image_of(pixels: NDArray[np.uint32], ratio: float) -> QImage:
    """Return (h, w) premultiplied ARGB as an image that looks at them, so they must stay."""
    height, width = pixels.shape
    layout = QImage.Format.Format_ARGB32_Premultiplied
    image = QImage(pixels.data, width, height, width * 4, layout)
    image.setDevicePixelRatio(ratio)
    return image


def premultiplied(color: QColor) -> int:
    """Return a colour as premultiplied ARGB."""
    alpha = color.alphaF()
    parts = (color.red(), color.green(), color.blue())
    red, green, blue = (round(part * alpha) for part in parts)
    return round(alpha * 255) << 24 | red << 16 | green << 8 | blue


def _paint_tile(
    painter: QPainter,
    raster: Raster,
    affine: Affine,
    size: tuple[float, float],
    stripe: tuple[QColor, float | None],
) -> None:
    ratio = painter.device().devicePixelRatioF()
    width, height = (max(int(px * ratio + 0.999), 1) for px in size)
    tile = _tile_of(raster, affine * ratio, (height, width))
    if tile is None:
        return
    color, stripe_px = stripe
    shown = tile.inside
    if stripe_px is not None:
        y, x = np.ogrid[: shown.shape[0], : shown.shape[1]]
        step = HATCH_PX * ratio
        away = (x + tile.left + y + tile.top + step / 2) % step - step / 2
        shown = shown & (np.abs(away) <= stripe_px * ratio / np.sqrt(2))
    pixels = shown.astype(np.uint32) * np.uint32(premultiplied(color))
    painter.drawImage(QPointF(tile.left, tile.top) / ratio, image_of(pixels, ratio))


def _tile_of(raster: Raster, affine: Affine, shape: tuple[int, ...]) -> Tile | None:
    """Return where a mask's pixels are on a layer; None beside it, or for an empty mask."""
    mask = raster.mask
    is_turned = abs(affine[0, 1]) > abs(affine[0, 0])
    bitmap = raster.padded
    firsts, counts = (mask.x, mask.y), (mask.width, mask.height)
    ways = (1, 0) if is_turned else (0, 1)
    chosen: list[tuple[int, NDArray[np.intp]]] = []
    for on_layer, way, most in zip((0, 1), ways, (shape[1], shape[0]), strict=True):
        scale = float(affine[on_layer, way]) * raster.pixel_mm[way]
        start = float(affine[on_layer, 2]) + scale * firsts[way]
        low, high = sorted((start, start + scale * counts[way]))
        first, last = max(int(low) - 2, 0), min(int(high) + 2, most)
        if first >= last:
            return None
        middles = np.arange(first, last) + 0.5
        at = np.floor((middles - start) / scale)
        chosen.append((first, np.clip(at, -1, counts[way]).astype(np.intp) + 1))
    (left, across), (top, down) = chosen
    stored = bitmap.T if is_turned else bitmap
    return Tile(left, top, stored.take(across, axis=1).take(down, axis=0))
