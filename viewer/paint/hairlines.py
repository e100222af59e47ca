"""Many labels at once: hairlines in a layer of the view's size, widened by dilating it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from viewer.paint.bands import TICK_PX, band_lines, column_lines
from viewer.paint.framing import Affine, on_screen
from viewer.paint.line_styles import FAINT, HALO, HALO_PX, PARTING_PX, Manner, faintness_of
from viewer.paint.mark_paths import POINT_TICK_PX, RING_PX
from viewer.paint.nodes import NODE_PX
from viewer.render.overlay import Mark
from viewer.render.pens import WIDTH_PX
from viewer.review.kept import Kept

CIRCLE = np.stack([f(np.arange(16) * np.pi / 8) for f in (np.cos, np.sin)], axis=1)
FEW_LINES = 3000  # OpenCV draws so many as fast as a whole layer is summed up
COLORS = 253  # with their strengths; one byte per pixel: 0 is clear, then there are two halos
FAINT_HALO, FULL_HALO = 254, 255
Layer = NDArray[np.uint8]
Floats = NDArray[np.float64]
Ink = tuple[str, float]  # colour and strength


@dataclass(frozen=True, eq=False)
class _Batch:
    """Marks that are drawn alike, in plane mm.

    Args:
        width_px: of their lines, at the usual width.
        faint: how strongly halos and lines are drawn.
        ink: of their lines.
    """

    width_px: float
    faint: float
    ink: Ink
    marks: list[Mark]

    @cached_property
    def rings(self) -> tuple[Floats, list[int]]:
        """Vertices of all closed lines, and where each begins, and the last one ends."""
        return _joined([ring for mark in self.marks for ring in mark.drawn.rings])

    @cached_property
    def lines(self) -> tuple[Floats, list[int]]:
        """The same of open ones."""
        return _joined([line for mark in self.marks for line in mark.drawn.lines])

    @cached_property
    def segments(self) -> Floats:
        """(n, 2) ends of single lines, two by two."""
        drawn = [mark.drawn for mark in self.marks]
        parts = [part for one in drawn for part in (one.edges, one.ticks) if part is not None]
        return np.concatenate(parts).reshape(-1, 2) if parts else np.empty((0, 2))


_batches: Kept[tuple[Mark, ...], list[_Batch]] = Kept(4)


def hairlines(
    marks: tuple[Mark, ...],
    affine: Affine,
    size: tuple[int, int],
    ratio: float,
    manner: Manner,
) -> NDArray[np.uint32]:
    """Return the lines of many marks, as wide as their pens with 1.25 px of halo, without fill.

    Args:
        marks: what is drawn.
        affine: (2, 3) logical px from plane mm.
        size: width and height in device pixels.
        ratio: device pixels to a logical one.
        manner: opacity and width of the lines, on top of what their pens say.

    Returns:
        (height, width) premultiplied ARGB.
    """
    batches = _batches.get(marks, lambda: _alike(marks))
    return _pixels(batches, affine * ratio, size, ratio, manner)


def _alike(marks: tuple[Mark, ...]) -> list[_Batch]:
    """Return the marks by width and colour: the widest first, since they lie below."""
    groups: dict[tuple[float, float, str, float], list[Mark]] = {}
    for mark in marks:
        pen = mark.pen
        key = (-pen.width_px, faintness_of(mark), mark.color, pen.opacity)
        groups.setdefault(key, []).append(mark)
    return [
        _Batch(-width, faint, (color, faint * opacity), alike)
        for (width, faint, color, opacity), alike in sorted(
            groups.items(), key=lambda group: group[0][:2]
        )
    ]


def _pixels(
    batches: list[_Batch], affine: Affine, size: tuple[int, int], ratio: float, manner: Manner
) -> NDArray[np.uint32]:
    inks = list(dict.fromkeys(batch.ink for batch in batches))[:COLORS]
    index = {ink: at + 1 for at, ink in enumerate(inks)}
    shape = (size[1], size[0])
    painted: Layer = np.zeros(shape, dtype=np.uint8)
    halos = {1.0: np.zeros(shape, dtype=np.uint8), FAINT: np.zeros(shape, dtype=np.uint8)}
    levels = list(dict.fromkeys((batch.width_px, batch.faint) for batch in batches))
    scale = manner.width_px / WIDTH_PX
    for number, level in enumerate(levels):
        layer: Layer = np.zeros(shape, dtype=np.uint8)
        for batch in batches:
            if (batch.width_px, batch.faint) == level:
                _draw(layer, batch, affine, index.get(batch.ink, 1), TICK_PX * ratio)
        width_px, halo = level[0] * scale, halos[level[1]]
        cv2.max(halo, _widened(layer, (width_px + 2 * HALO_PX) * ratio), dst=halo)
        if number:
            parted = _widened(layer, (width_px + 2 * PARTING_PX) * ratio)
            np.copyto(painted, FULL_HALO, where=(parted != 0) & (painted != 0))
        lines = _widened(layer, width_px * ratio)
        cv2.copyTo(lines, lines, painted)
    shown = _levelled(halos[1.0], FULL_HALO)
    if any(faint != 1.0 for _, faint in levels):
        shown = np.maximum(shown, _levelled(halos[FAINT], FAINT_HALO))
    cv2.copyTo(painted, painted, shown)
    return np.take(_table(inks, manner.opacity), shown)


def _levelled(layer: Layer, value: int) -> Layer:
    """Return a layer with one value wherever something is drawn."""
    return np.asarray(cv2.threshold(layer, 0, value, cv2.THRESH_BINARY)[1], dtype=np.uint8)


def _joined(lines: list[Floats]) -> tuple[Floats, list[int]]:
    points = np.concatenate(lines) if lines else np.empty((0, 2))
    return points, np.cumsum([0, *(len(line) for line in lines)]).tolist()


def _draw(layer: Layer, batch: _Batch, affine: Affine, value: int, tick_px: float) -> None:
    for (points, ends), closed in ((batch.rings, True), (batch.lines, False)):
        if len(points):
            places = _device(on_screen(affine, points))
            parts = [places[start:end] for start, end in pairwise(ends)]
            cv2.polylines(layer, parts, closed, value)
    if len(batch.segments):
        _segments(layer, on_screen(affine, batch.segments).reshape(-1, 2, 2), value)
    drawn = [mark.drawn for mark in batch.marks]
    bands = [one.bands for one in drawn if one.bands is not None]
    columns = [one.columns for one in drawn if one.columns is not None]
    points = [one.points for one in drawn if one.points is not None]
    nodes = [one.nodes for one in drawn if one.nodes is not None]
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
    whole = np.rint(points)
    return np.clip(whole, -16000, 16000, out=whole).astype(np.int32)


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
    table[FULL_HALO] = round(HALO * 255) << 24
    table[FAINT_HALO] = round(HALO * FAINT * 255) << 24
    return table
