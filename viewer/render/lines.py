"""The lines of shapes in plane mm: on their own plane, and where other planes cut them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.cuts import cut_of
from viewer.geometry.mask import Mask
from viewer.geometry.measure import outline
from viewer.geometry.shapes import NodeState, Point, Points, Regions, Shape, Skeleton
from viewer.geometry.tracing import mask_lines, traced
from viewer.geometry.views import ViewPlane

Rects = NDArray[np.float64]  # (n, 4) p0, q0, p1, q1


@dataclass(frozen=True, eq=False)
class Lines:
    """The geometry that is drawn of a shape on one plane; all coordinates are plane mm.

    Args:
        rings: closed outlines; with holes the ones behind the first are cut out of the fill.
        lines: open lines.
        areas: what is filled, even-odd, where that is not what `rings` enclose.
        points: (n, 2) locations drawn as a ring with a dot.
        nodes: (n, 2) nodes of a skeleton.
        states: how each node is seen.
        edges: (n, 4) mask outline along the pixel edges.
        fills: (n, 4) rectangles that make up the inside of a mask.
        bands: (n, 4) cuts of a shape of another plane, their length along p.
        columns: (n, 4) such cuts whose length goes along q.
        ticks: (n, 4) cuts of points and lines.
        is_askew: the plane is oblique; then cuts are what `areas` enclose, or `fills`.
    """

    rings: tuple[Points, ...] = ()
    lines: tuple[Points, ...] = ()
    areas: tuple[Points, ...] | None = None
    points: Points | None = None
    nodes: Points | None = None
    states: tuple[NodeState, ...] = ()
    edges: Rects | None = None
    fills: Rects | None = None
    bands: Rects | None = None
    columns: Rects | None = None
    ticks: Rects | None = None
    is_askew: bool = False

    @property
    def is_cut(self) -> bool:
        """The shape was drawn on another plane."""
        parts = (self.bands, self.columns, self.ticks)
        return self.is_askew or any(part is not None for part in parts)

    @cached_property
    def corners(self) -> Points:
        """(n, 2) every place that a line ends, turns or stands at."""
        parts = [*self.rings, *self.lines]
        parts.extend(places for places in (self.points, self.nodes) if places is not None)
        several = (self.edges, self.bands, self.columns, self.ticks)
        parts.extend(rects.reshape(-1, 2) for rects in several if rects is not None)
        return np.concatenate(parts) if parts else np.empty((0, 2))


@lru_cache(maxsize=16384)
def shape_lines(shape: Shape, spacing_mm: tuple[float, float]) -> Lines:
    """Return a shape's lines on its own slice: p = x * dx, q = y * dy."""
    scale = np.array(spacing_mm)
    match shape:
        case Point():
            return Lines(points=_frozen(np.array([[shape.x, shape.y]]) * scale))
        case Mask():
            return lines_of_mask(shape, spacing_mm)
        case _:
            return _outlined(shape, lambda points, _: points * scale)


def lines_of_mask(mask: Mask, spacing_mm: tuple[float, float]) -> Lines:
    """Return a mask's lines on its own slice, not kept: of one that is being painted."""
    doubled = np.tile(np.array(spacing_mm), 2)
    edges = _frozen(mask.edges() * doubled)
    return Lines(edges=edges, fills=_frozen(_mask_rects(mask) * doubled))


@lru_cache(maxsize=16384)
def plane_lines(shape: Shape, view: ViewPlane) -> Lines:
    """Return a shape's lines on the reformat that it was drawn on."""
    if view.is_regular:
        return shape_lines(shape, view.pixel_size_mm(0))
    match shape:
        case Point(x, y):
            return Lines(points=_frozen(view.mm_of_pixels([(x, y)])))
        case Mask():
            edges, fills = mask_lines(shape, view)
            return Lines(edges=_frozen(edges), fills=_frozen(fills))
        case _:
            return _outlined(shape, lambda points, closed: traced(points, view, closed=closed))


def _outlined(shape: Shape, placed: Callable[[Points, bool], Points]) -> Lines:
    """Return what is drawn along the outline of a shape.

    Args:
        shape: no point, and no mask.
        placed: the plane mm of a line, given whether it is closed.
    """
    parts = [(_frozen(placed(points, closed)), closed) for points, closed in outline(shape)]
    rings = tuple(points for points, closed in parts if closed)
    lines = tuple(points for points, closed in parts if not closed)
    if isinstance(shape, Skeleton):
        nodes = [placed(node[None, :], False) for node in shape.points]
        return Lines(lines=lines, nodes=_frozen(np.concatenate(nodes)), states=shape.states)
    if isinstance(shape, Regions) and not shape.are_apart:
        return Lines(rings, areas=tuple(_frozen(placed(ring, True)) for ring in shape.filled))
    return Lines(rings, lines)


@lru_cache(maxsize=16384)
def cut_lines(shape: Shape, k: int, view: ViewPlane, index: int, axis: int) -> Lines | None:
    """Return where a view's plane cuts a shape of plane `k` along another axis; None if nowhere."""
    cut = cut_of(shape, k, view, index, axis)
    if cut.is_empty:
        return None
    return Lines(
        bands=cut.bands if len(cut.bands) else None,
        columns=cut.columns if len(cut.columns) else None,
        ticks=cut.ticks if len(cut.ticks) else None,
    )


def _mask_rects(mask: Mask) -> Rects:
    """Return (n, 4) x0, y0, x1, y1 that tile the mask: its row runs, equal neighbours joined."""
    bitmap = np.pad(mask.to_array(), ((0, 1), (1, 1)))
    rows, starts = np.nonzero(bitmap[:, 1:] & ~bitmap[:, :-1])
    _, ends = np.nonzero(bitmap[:, :-1] & ~bitmap[:, 1:])
    open_runs: dict[tuple[int, int], int] = {}
    rects: list[tuple[float, float, float, float]] = []
    for row in range(mask.height + 1):
        here = {
            (int(starts[at]), int(ends[at]))
            for at in range(*np.searchsorted(rows, [row, row + 1]).tolist())
        }
        ended = [run for run in open_runs if run not in here]
        rects.extend((run[0], open_runs.pop(run), run[1], row) for run in ended)
        for run in here - open_runs.keys():
            open_runs[run] = row
    corner = np.array([mask.x, mask.y, mask.x, mask.y], dtype=np.float64)
    return np.array(rects, dtype=np.float64).reshape(-1, 4) + corner


def _frozen(values: NDArray[np.float64]) -> NDArray[np.float64]:
    values.flags.writeable = False
    return values
