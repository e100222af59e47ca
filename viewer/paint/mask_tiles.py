"""Masks on the screen, pixel by pixel: what they cost goes by the screen, not by their outlines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TypeVar

import cv2
import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter

from viewer.paint.framing import Affine, on_screen
from viewer.paint.layers import Layer, draw_segments, widened
from viewer.paint.mask_grid import filled, grid_of, image_of, outlined
from viewer.render.lines import Raster

T = TypeVar("T")

HATCH_PX = 9.0  # from line to line, along the screen


def draw_outlines(layer: Layer, masks: Sequence[tuple[Raster, int]], affine: Affine) -> None:
    """Draw the hairlines along the pixel edges of masks.

    Args:
        layer: one byte per device pixel; changed.
        masks: each with the value of its line; later ones lie above.
        affine: (2, 3) device pixels from plane mm; along the axes.
    """
    for alike in _alike(masks):
        if _is_far(alike[0][0], affine):
            # A narrow part may lie between the middles of two pixels.
            for raster, value in alike:
                ends = on_screen(affine, raster.edges.reshape(-1, 2))
                draw_segments(layer, ends.reshape(-1, 2, 2), value)
        elif grid := grid_of([raster for raster, _ in alike], affine, layer.shape):
            lines = outlined(grid, alike)
            cv2.copyTo(lines, lines, _within(layer, grid.corner, lines))


def paint_insides(
    painter: QPainter,
    masks: Sequence[tuple[Raster, QColor]],
    affine: Affine,
    size: tuple[float, float],
) -> None:
    """Fill masks with translucent colours.

    Args:
        affine: (2, 3) logical px from plane mm.
        size: of the view, in logical px.
    """
    ratio, shape = _device(painter, size)
    for alike in _alike(masks):
        if _is_far(alike[0][0], affine * ratio):
            # The masks have more pixels than the screen has for them.
            for raster, color in alike:
                _paint_tile(painter, raster, affine, size, (color, None))
        elif grid := grid_of([raster for raster, _ in alike], affine * ratio, shape):
            pixels = filled(grid, [(raster, premultiplied(color)) for raster, color in alike])
            painter.drawImage(QPointF(*grid.corner) / ratio, image_of(pixels, ratio))


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
    ratio, shape = _device(painter, size)
    layer = np.zeros(shape, dtype=np.uint8)
    draw_outlines(layer, [(raster, 1)], affine * ratio)
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
    ratio, shape = _device(painter, size)
    grid = grid_of([raster], affine * ratio, shape)
    if grid is None:
        return
    color, stripe_px = stripe
    left, top = grid.corner
    shown = grid.on_layer(raster.padded[grid.part_of(raster)[1]])
    if stripe_px is not None:
        y, x = np.ogrid[: shown.shape[0], : shown.shape[1]]
        step = HATCH_PX * ratio
        away = (x + left + y + top + step / 2) % step - step / 2
        shown = shown & (np.abs(away) <= stripe_px * ratio / np.sqrt(2))
    pixels = shown.astype(np.uint32) * np.uint32(premultiplied(color))
    painter.drawImage(QPointF(left, top) / ratio, image_of(pixels, ratio))


def _alike(masks: Sequence[tuple[Raster, T]]) -> list[list[tuple[Raster, T]]]:
    """Return the masks that are not empty, those after each other with pixels of one size."""
    shown = [one for one in masks if one[0].mask.width]
    return [list(alike) for _, alike in groupby(shown, lambda one: one[0].pixel_mm)]


def _is_far(raster: Raster, affine: Affine) -> bool:
    """Whether a pixel of the mask is smaller than one of the layer."""
    return bool(np.abs(affine[:, :2] * raster.pixel_mm).max(axis=1).min() < 1)


def _device(painter: QPainter, size: tuple[float, float]) -> tuple[float, tuple[int, int]]:
    """Return the device pixels to a logical one, and rows and columns of a view in them."""
    ratio = painter.device().devicePixelRatioF()
    width, height = (max(int(px * ratio + 0.999), 1) for px in size)
    return ratio, (height, width)


def _within(layer: Layer, corner: tuple[int, int], part: Layer) -> Layer:
    left, top = corner
    height, width = part.shape
    return layer[top : top + height, left : left + width]
