"""Many labels at once: hairlines in a layer of the view's size, widened by dilating it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from viewer.paint.bands import band_lines, column_lines
from viewer.paint.framing import Affine, on_screen
from viewer.paint.layers import Floats, Layer, device, draw_lines, draw_segments, widened
from viewer.paint.line_styles import FAINT, HALO, HALO_PX, PARTING_PX, USUAL, Manner, faintness_of
from viewer.paint.mark_paths import POINT_TICK_PX, RING_PX
from viewer.paint.mask_tiles import draw_outlines
from viewer.paint.nodes import NODE_PX
from viewer.render.lines import Lines, Part, Raster
from viewer.render.mark import Appearance, Mark
from viewer.render.pens import WIDTH_PX
from viewer.review.kept import Kept, kept_for_views

CIRCLE = np.stack([f(np.arange(16) * np.pi / 8) for f in (np.cos, np.sin)], axis=1)
COLORS = 253  # with their strengths; one byte per pixel: 0 is clear, then there are two halos
FAINT_HALO, FULL_HALO = 254, 255
Ink = tuple[str, float]  # colour and strength
Stroke = Literal["", "dashes", "dots"]
# Logical px that are drawn and left out, and the period of the other way.
STROKES: dict[Stroke, tuple[float, float, float]] = {"dashes": (7, 5, 17), "dots": (3, 2, 7)}


@dataclass(frozen=True, eq=False)
class _Joined:
    """Lines, one behind the other.

    Args:
        points: (n, 2) vertices.
        ends: where each line begins, and the last one ends.
        each: vertices of every line; 0 where they differ in it.
    """

    points: Floats
    ends: list[int]
    each: int

    def drawn(self, layer: Layer, affine: Affine, value: int, *, closed: bool) -> None:
        """Draw them into a layer."""
        if not len(self.points):
            return
        places = device(on_screen(affine, self.points))
        if self.each:
            draw_lines(layer, list(places.reshape(-1, self.each, 2)), value, closed=closed)
        else:
            parts = [places[start:end] for start, end in pairwise(self.ends)]
            draw_lines(layer, parts, value, closed=closed)


@dataclass(frozen=True, eq=False)
class _Batch:
    """Marks that are drawn alike, in plane mm.

    Args:
        width_px: of their lines, at the usual width.
        is_cut: through labels of other planes.
        faint: how strongly halos and lines are drawn.
        stroke: dashes or dots, "" for whole lines.
        ink: of their lines.
        alike: the marks; those of one list have one Appearance.
    """

    width_px: float
    is_cut: bool
    faint: float
    stroke: Stroke
    ink: Ink
    alike: list[list[Mark]]

    @property
    def level(self) -> tuple[float, bool, float, Stroke]:
        """What is drawn in one layer."""
        return self.width_px, self.is_cut, self.faint, self.stroke

    @cached_property
    def rings(self) -> _Joined:
        """All closed lines."""
        return _joined([ring for one in self._having("rings") for ring in one.rings])

    @cached_property
    def lines(self) -> _Joined:
        """All open ones."""
        return _joined([line for one in self._having("lines") for line in one.lines])

    @cached_property
    def segments(self) -> Floats:
        """(n, 2) ends of single lines, two by two."""
        edges = _stacked([one.edges for one in self._having("edges") if one.raster is None], 4)
        ticks = _stacked([one.ticks for one in self._having("ticks") if one.raster is None], 4)
        return np.concatenate([edges, ticks]).reshape(-1, 2)

    @cached_property
    def bands(self) -> Floats:
        """(n, 4) cuts along p."""
        return _stacked([one.bands for one in self._having("bands")], 4)

    @cached_property
    def columns(self) -> tuple[Floats, NDArray[np.int64]]:
        """(n, 4) cuts along q, and the number of the mark that each is of."""
        parts = [one.columns for one in self._having("columns")]
        counts = [0 if part is None else len(part) for part in parts]
        return _stacked(parts, 4), np.repeat(np.arange(len(parts)), counts)

    @cached_property
    def points(self) -> Floats:
        """(n, 2) places drawn as rings with ticks."""
        return _stacked([one.points for one in self._having("points")], 2)

    @cached_property
    def nodes(self) -> Floats:
        """(n, 2) nodes of skeletons."""
        return _stacked([one.nodes for one in self._having("nodes")], 2)

    @cached_property
    def rasters(self) -> list[Raster]:
        """Masks that are drawn pixel by pixel."""
        return [one.raster for one in self._having("raster") if one.raster is not None]

    def _having(self, part: Part) -> list[Lines]:
        """What is drawn of the marks that have something of a kind."""
        having = (same for same in self.alike if part in same[0].appearance.parts)
        return [mark.drawn for same in having for mark in same]

    def prepare(self) -> None:
        """Join what is drawn; in a background job, before it is asked for."""
        _ = self.rings, self.lines, self.segments, self.bands, self.columns, self.rasters
        _ = self.points, self.nodes


_batches: Kept[tuple[Mark, ...], list[_Batch]] = Kept(12, for_views=True)


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


def prepare_lines(marks: tuple[Mark, ...]) -> None:
    """Join what `hairlines` will be asked for; in a background job."""
    for batch in _batches.get(marks, lambda: _alike(marks)):
        batch.prepare()


def _alike(marks: tuple[Mark, ...]) -> list[_Batch]:
    """Return the marks by width and colour: the widest first, since they lie below."""
    looking: dict[Appearance, list[Mark]] = {}  # worked out once for all that look the same
    for mark in marks:
        looking.setdefault(mark.appearance, []).append(mark)
    groups: dict[tuple[float, bool, float, Stroke, Ink], list[list[Mark]]] = {}
    for same in looking.values():
        mark = same[0]
        faint = faintness_of(mark)
        width_px, ink = USUAL.width_of(mark), (mark.color, faint * mark.pen.opacity)
        key = (width_px, mark.drawn.is_cut, faint, _stroke_of(mark), ink)
        groups.setdefault(key, []).append(same)
    batches = [_Batch(*key, alike) for key, alike in groups.items()]
    return sorted(batches, key=lambda batch: (-batch.width_px, batch.is_cut, *batch.level[2:]))


def _stroke_of(mark: Mark) -> Stroke:
    if mark.is_predicted:
        return "dots"
    return "dashes" if mark.dashed or mark.pen.is_broken else ""


def _pixels(
    batches: list[_Batch], affine: Affine, size: tuple[int, int], ratio: float, manner: Manner
) -> NDArray[np.uint32]:
    inks = list(dict.fromkeys(batch.ink for batch in batches))[:COLORS]
    index = {ink: at + 1 for at, ink in enumerate(inks)}
    shape = (size[1], size[0])
    painted: Layer = np.zeros(shape, dtype=np.uint8)
    halos = {1.0: np.zeros(shape, dtype=np.uint8), FAINT: np.zeros(shape, dtype=np.uint8)}
    levels = list(dict.fromkeys(batch.level for batch in batches))
    scale = manner.width_px / WIDTH_PX
    for number, level in enumerate(levels):
        layer: Layer = np.zeros(shape, dtype=np.uint8)
        alike = [(batch, index.get(batch.ink, 1)) for batch in batches if batch.level == level]
        masks = [(raster, value) for batch, value in alike for raster in batch.rasters]
        draw_outlines(layer, masks, affine)
        for batch, value in alike:
            _draw(layer, batch, affine, value, (ratio, manner.tick_px * ratio))
        width_px, halo_px, halo = level[0] * scale, HALO_PX, halos[level[2]]
        if level[1]:
            width_px, halo_px = manner.thinned(width_px), HALO_PX * manner.looseness
        cv2.max(halo, widened(layer, (width_px + 2 * halo_px) * ratio), dst=halo)
        if number:
            parted = widened(layer, (width_px + 2 * min(PARTING_PX, halo_px)) * ratio)
            parted = np.asarray(cv2.bitwise_and(painted, painted, mask=parted), dtype=np.uint8)
            cv2.copyTo(_levelled(parted, FULL_HALO), parted, painted)
        lines = widened(layer, width_px * ratio)
        if level[3]:
            cv2.bitwise_and(lines, _strokes(level[3], shape, ratio), dst=lines)
        cv2.copyTo(lines, lines, painted)
    shown = _levelled(halos[1.0], FULL_HALO)
    if any(faint != 1.0 for _, _, faint, _ in levels):
        shown = np.maximum(shown, _levelled(halos[FAINT], FAINT_HALO))
    cv2.copyTo(painted, painted, shown)
    table = _table(inks, manner.opacity).view(np.int32)  # OpenCV knows no unsigned ones
    return np.asarray(cv2.LUT(shown, table), dtype=np.int32).view(np.uint32)


@kept_for_views(4)
def _strokes(stroke: Stroke, shape: tuple[int, int], ratio: float) -> Layer:
    """Return 255 where lines of a stroke are drawn, 0 where they are interrupted.

    Whichever way they go: of two gratings the second one changes sides where the first goes along
    with the line.
    """
    on, off, other = STROKES[stroke]
    y, x = np.ogrid[: shape[0], : shape[1]]
    across = x % ((on + off) * ratio) < on * ratio
    down = y % (other * ratio) < other * ratio / 2
    return (across == down).astype(np.uint8) * np.uint8(255)


def _levelled(layer: Layer, value: int) -> Layer:
    """Return a layer with one value wherever something is drawn."""
    return np.asarray(cv2.threshold(layer, 0, value, cv2.THRESH_BINARY)[1], dtype=np.uint8)


def _stacked(parts: list[Floats | None], width: int) -> Floats:
    """Return the rows of those that are there, (n, width)."""
    return np.concatenate([np.empty((0, width)), *(part for part in parts if part is not None)])


def _joined(lines: list[Floats]) -> _Joined:
    points = np.concatenate(lines) if lines else np.empty((0, 2))
    counts = [len(line) for line in lines]
    each = counts[0] if lines and min(counts) == max(counts) else 0
    return _Joined(points, np.cumsum([0, *counts]).tolist(), each)


def _draw(
    layer: Layer, batch: _Batch, affine: Affine, value: int, sizes: tuple[float, float]
) -> None:
    ratio, tick_px = sizes
    batch.rings.drawn(layer, affine, value, closed=True)
    batch.lines.drawn(layer, affine, value, closed=False)
    if len(batch.segments):
        draw_segments(layer, on_screen(affine, batch.segments).reshape(-1, 2, 2), value)
    _draw_cuts(layer, batch, affine, value, tick_px)
    _draw_places(layer, batch, affine, value, ratio)


def _draw_cuts(layer: Layer, batch: _Batch, affine: Affine, value: int, tick_px: float) -> None:
    columns, owners = batch.columns
    if len(batch.bands):
        lines = band_lines(affine, batch.bands, tick_px)
        draw_segments(layer, lines.reshape(-1, 2, 2), value)
    if len(columns):
        lines = column_lines(affine, columns, tick_px, owners)
        draw_segments(layer, lines.reshape(-1, 2, 2), value)


def _draw_places(layer: Layer, batch: _Batch, affine: Affine, value: int, ratio: float) -> None:
    if len(batch.points):
        _points(layer, on_screen(affine, batch.points), value, ratio)
    if len(batch.nodes):
        rings = on_screen(affine, batch.nodes)[:, None, :] + CIRCLE * (NODE_PX / 2 * ratio)
        cv2.polylines(layer, list(device(rings)), True, value)


def _points(layer: Layer, points: Floats, value: int, ratio: float) -> None:
    """Rings with four ticks, as a point is drawn alone."""
    rings = points[:, None, :] + CIRCLE * (RING_PX / 2 * ratio)
    cv2.polylines(layer, list(device(rings)), True, value)
    for way in CIRCLE[::4]:
        near, far = way * RING_PX / 2 * ratio, way * (RING_PX / 2 + POINT_TICK_PX) * ratio
        draw_segments(layer, np.stack([points + near, points + far], axis=1), value)


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
