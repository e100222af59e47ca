"""Many labels at once: hairlines in a layer of the view's size, widened by dilating it."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from viewer.paint.bands import TICK_PX, band_lines, column_lines
from viewer.paint.framing import Affine, on_screen
from viewer.paint.nodes import NODE_PX
from viewer.render.overlay import Mark

HALO_PX = 1.25
PARTING_PX = 0.6  # black on each side of a line over wider ones
HALO = 0.7
RING_PX = 14.0
POINT_TICK_PX = 4.0
CIRCLE = np.stack([f(np.arange(16) * np.pi / 8) for f in (np.cos, np.sin)], axis=1)
FEW_LINES = 3000  # OpenCV draws so many as fast as a whole layer is summed up
COLORS = 254  # with their strengths; one byte per pixel: 0 is clear, 255 the halo
Layer = NDArray[np.uint8]
Floats = NDArray[np.float64]
Ink = tuple[str, float]  # colour and strength


def paint_hairlines(
    painter: QPainter,
    marks: tuple[Mark, ...],
    affine: Affine,
    size: tuple[float, float],
    opacity: float,
) -> None:
    """Draw the lines of many marks, as wide as their pens with 1.25 px of halo, without fill."""
    ratio = painter.device().devicePixelRatioF()
    width, height = max(int(size[0] * ratio + 0.999), 1), max(int(size[1] * ratio + 0.999), 1)
    place = tuple(np.ravel(affine * ratio).tolist())
    pixels = _pixels(marks, place, (width, height), ratio, opacity)
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(QRectF(0, 0, width / ratio, height / ratio), image)
    painter.restore()


@lru_cache(maxsize=4)
def _pixels(
    marks: tuple[Mark, ...],
    place: tuple[float, ...],
    size: tuple[int, int],
    ratio: float,
    opacity: float,
) -> NDArray[np.uint32]:
    """Return the layer as premultiplied ARGB; kept, since windowing and hovering do not change it.

    Args:
        marks: what is drawn.
        place: the (2, 3) affine in device pixels, row by row.
        size: width and height in device pixels.
        ratio: device pixels to a logical one.
        opacity: of the lines, times that of their pens.
    """
    affine = np.array(place).reshape(2, 3)
    inks = list(dict.fromkeys(_ink(mark) for mark in marks))[:COLORS]
    index = {ink: at + 1 for at, ink in enumerate(inks)}
    painted: Layer = np.zeros((size[1], size[0]), dtype=np.uint8)
    halo = np.zeros(painted.shape, dtype=np.bool_)
    for width_px, group in _by_width(marks).items():
        layer: Layer = np.zeros_like(painted)
        for ink, alike in _by_ink(group).items():
            _draw(layer, alike, affine, index.get(ink, 1), TICK_PX * ratio)
        halo |= _widened(layer, (width_px + 2 * HALO_PX) * ratio) != 0
        if painted.any():
            parted = _widened(layer, (width_px + 2 * PARTING_PX) * ratio) != 0
            np.copyto(painted, 255, where=parted & (painted != 0))
        lines = _widened(layer, width_px * ratio)
        np.copyto(painted, lines, where=lines != 0)
    np.copyto(painted, 255, where=(painted == 0) & halo)
    return _table(inks, opacity)[painted]


def _ink(mark: Mark) -> Ink:
    return mark.color, mark.pen.opacity


def _by_width(marks: tuple[Mark, ...]) -> dict[float, list[Mark]]:
    """Return the marks by the width of their lines, the widest first: they lie below."""
    groups: dict[float, list[Mark]] = {}
    for mark in sorted(marks, key=lambda mark: -mark.pen.width_px):
        groups.setdefault(mark.pen.width_px, []).append(mark)
    return groups


def _by_ink(marks: list[Mark]) -> dict[Ink, list[Mark]]:
    groups: dict[Ink, list[Mark]] = {}
    for mark in marks:
        groups.setdefault(_ink(mark), []).append(mark)
    return groups


def _draw(layer: Layer, marks: list[Mark], affine: Affine, value: int, tick_px: float) -> None:
    drawn = [mark.drawn for mark in marks]
    _polylines(layer, [ring for one in drawn for ring in one.rings], affine, value, closed=True)
    _polylines(layer, [line for one in drawn for line in one.lines], affine, value, closed=False)
    segments = [part for one in drawn for part in (one.edges, one.ticks) if part is not None]
    bands = [one.bands for one in drawn if one.bands is not None]
    columns = [one.columns for one in drawn if one.columns is not None]
    points = [one.points for one in drawn if one.points is not None]
    nodes = [one.nodes for one in drawn if one.nodes is not None]
    if segments:
        ends = on_screen(affine, np.vstack(segments).reshape(-1, 2))
        _segments(layer, ends.reshape(-1, 2, 2), value)
    if bands:
        lines = band_lines(affine, np.vstack(bands), tick_px)
        _segments(layer, lines.reshape(-1, 2, 2), value)
    if columns:
        lines = np.vstack([column_lines(affine, each, tick_px) for each in columns])
        _segments(layer, lines.reshape(-1, 2, 2), value)
    if points:
        _points(layer, on_screen(affine, np.vstack(points)), value, tick_px / TICK_PX)
    if nodes:
        radius = NODE_PX / 2 * tick_px / TICK_PX
        rings = on_screen(affine, np.vstack(nodes))[:, None, :] + CIRCLE * radius
        cv2.polylines(layer, list(_device(rings)), True, value)


def _points(layer: Layer, points: Floats, value: int, ratio: float) -> None:
    """Rings with four ticks, as a point is drawn alone."""
    rings = points[:, None, :] + CIRCLE * (RING_PX / 2 * ratio)
    cv2.polylines(layer, list(_device(rings)), True, value)
    for way in CIRCLE[::4]:
        near, far = way * RING_PX / 2 * ratio, way * (RING_PX / 2 + POINT_TICK_PX) * ratio
        _segments(layer, np.stack([points + near, points + far], axis=1), value)


def _polylines(
    layer: Layer, lines: list[Floats], affine: Affine, value: int, *, closed: bool
) -> None:
    if not lines:
        return
    sizes = [len(line) for line in lines]
    points = _device(on_screen(affine, np.concatenate(lines)))
    starts = np.cumsum([0, *sizes]).tolist()
    parts = [points[a:b] for a, b in pairwise(starts)]
    cv2.polylines(layer, parts, closed, value)


def _segments(layer: Layer, ends: Floats, value: int) -> None:
    """Draw (n, 2, 2) lines; those along the screen's axes, as of cuts and masks, all at once."""
    points = _device(ends)
    for axis in (0, 1) if len(points) > FEW_LINES else ():
        is_along = points[:, 0, 1 - axis] == points[:, 1, 1 - axis]
        if np.count_nonzero(is_along) > FEW_LINES:
            _runs(layer if axis == 0 else layer.T, points[is_along][:, :, [axis, 1 - axis]], value)
            points = points[~is_along]
    cv2.polylines(layer, list(points), False, value)


def _runs(layer: Layer, ends: NDArray[np.int32], value: int) -> None:
    """Draw (n, 2, 2) lines along the rows of the layer, both ends included."""
    rows, columns = layer.shape
    low, high = ends[:, :, 0].min(axis=1), ends[:, :, 0].max(axis=1)
    is_in = (ends[:, 0, 1] >= 0) & (ends[:, 0, 1] < rows) & (high >= 0) & (low < columns)
    if not is_in.any():
        return
    row = ends[is_in, 0, 1].astype(np.int64) * (columns + 1)
    steps = np.zeros(rows * (columns + 1), dtype=np.int32)
    np.add.at(steps, row + np.maximum(low[is_in], 0), 1)
    np.add.at(steps, row + np.minimum(high[is_in] + 1, columns), -1)
    covered = np.cumsum(steps.reshape(rows, columns + 1), axis=1)[:, :columns] > 0
    layer[covered] = value


def _device(points: Floats) -> NDArray[np.int32]:
    """Nearest pixel corner; far ones are pulled in, since OpenCV counts in 16.16 bits."""
    return np.clip(np.rint(points), -16000, 16000).astype(np.int32)


def _widened(layer: Layer, width_px: float) -> Layer:
    """Dilate hairlines to an even width about the pixel corners that they stand for."""
    side = max(2 * round(width_px / 2), 1)
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    disc = (x**2 + y**2 <= (side / 2) ** 2 + 0.1).astype(np.uint8)
    anchor = (side - 1 - side // 2, side - 1 - side // 2) if side > 1 else (0, 0)
    return np.asarray(cv2.dilate(layer, disc, anchor=anchor), dtype=np.uint8)


def _table(inks: list[Ink], opacity: float) -> NDArray[np.uint32]:
    table = np.zeros(256, dtype=np.uint32)
    for at, (color, own) in enumerate(inks):
        alpha = round(min(max(opacity * own, 0.0), 1.0) * 255)
        rgb = QColor(color)
        red, green, blue = (
            round(part * alpha / 255) for part in (rgb.red(), rgb.green(), rgb.blue())
        )
        table[at + 1] = alpha << 24 | red << 16 | green << 8 | blue
    table[255] = round(HALO * 255) << 24
    return table
