"""The lines of shapes in plane mm: on their own plane, and where other planes cut them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import compress, pairwise
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.cuts import Cut, cuts_of, ring_bands
from viewer.geometry.mask import Mask
from viewer.geometry.measure import outline
from viewer.geometry.shapes import NodeState, Point, Points, Regions, Shape, Skeleton
from viewer.geometry.tracing import mask_lines, traced
from viewer.geometry.views import ViewPlane
from viewer.review.kept import kept_for_views

Rects = NDArray[np.float64]  # (n, 4) p0, q0, p1, q1


@dataclass(frozen=True, eq=False)
class Raster:
    """A mask on a plane whose pixels are all of one size.

    Args:
        pixel_mm: width and height of a pixel; p = x * width, q = y * height.
    """

    mask: Mask
    pixel_mm: tuple[float, float]

    @cached_property
    def padded(self) -> NDArray[np.uint8]:
        """(height + 2, width + 2) of 0 and 1: the mask's box, and clear pixels around it."""
        padded = np.zeros((self.mask.height + 2, self.mask.width + 2), dtype=np.uint8)
        padded[1:-1, 1:-1] = self.mask.to_array()
        return padded

    @cached_property
    def edges(self) -> Rects:
        """(n, 4) outline along the pixel edges, plane mm."""
        return _frozen(self.mask.edges() * np.tile(self.pixel_mm, 2))

    @cached_property
    def fills(self) -> Rects:
        """(n, 4) rectangles that make up the inside, plane mm."""
        return _frozen(_mask_rects(self.mask) * np.tile(self.pixel_mm, 2))

    @cached_property
    def corners(self) -> Points:
        """(n, 2) corners of the first and last pixel of each row, plane mm."""
        if not self.mask.width:
            return np.empty((0, 2))
        bitmap = self.padded[1:-1, 1:-1]
        first = bitmap.argmax(axis=1)
        rows = np.flatnonzero(bitmap[np.arange(len(first)), first])
        first, last = first[rows], self.mask.width - bitmap[rows, ::-1].argmax(axis=1)
        x = np.tile(np.r_[first, last], 2) + self.mask.x
        y = np.r_[rows, rows, rows + 1, rows + 1] + self.mask.y
        return np.stack([x, y], axis=1) * np.array(self.pixel_mm)

    def holds(self, p: float, q: float) -> bool:
        """Whether a place in plane mm is inside."""
        x, y = int(p // self.pixel_mm[0]), int(q // self.pixel_mm[1])
        return bool(((self.mask.row_spans(y) <= x).sum(axis=1) == 1).any())


Part: TypeAlias = Literal[
    "rings", "lines", "points", "nodes", "raster", "edges", "bands", "columns", "ticks"
]
PARTS: tuple[Part, ...] = get_args(Part)


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
        raster: a mask where the plane's pixels are all of one size.
        edges: (n, 4) outline along the pixel edges of a mask elsewhere.
        fills: (n, 4) rectangles that make up the inside of such a mask.
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
    raster: Raster | None = None
    edges: Rects | None = None
    fills: Rects | None = None
    bands: Rects | None = None
    columns: Rects | None = None
    ticks: Rects | None = None
    is_askew: bool = False

    @cached_property
    def parts(self) -> frozenset[Part]:
        """What of it there is."""
        are_there = {part: getattr(self, part) is not None for part in PARTS}
        are_there |= {"rings": bool(self.rings), "lines": bool(self.lines)}
        return _set_of(tuple(compress(PARTS, are_there.values())))

    @property
    def is_cut(self) -> bool:
        """The shape was drawn on another plane."""
        parts = (self.bands, self.columns, self.ticks)
        return self.is_askew or any(part is not None for part in parts)

    @property
    def is_mask(self) -> bool:
        """It is a mask on a plane that it was drawn on."""
        return self.raster is not None or self.edges is not None

    @property
    def outline(self) -> Rects | None:
        """(n, 4) outline of a mask along the pixel edges; None for other shapes."""
        return self.edges if self.raster is None else self.raster.edges

    @property
    def inside(self) -> Rects | None:
        """(n, 4) rectangles that make up the inside of a mask; None for other shapes."""
        return self.fills if self.raster is None else self.raster.fills

    @property
    def ends(self) -> Points:
        """(n, 2) places around which nothing is drawn: few for a mask, whose box is known."""
        if self.raster is None:
            return self.corners
        mask = self.raster.mask
        box = [(mask.x, mask.y), (mask.x + mask.width, mask.y + mask.height)]
        return np.array(box) * self.raster.pixel_mm

    @cached_property
    def corners(self) -> Points:
        """(n, 2) places that lines end, turn or stand at; all that stand out furthest."""
        parts = [*self.rings, *self.lines]
        parts.extend(places for places in (self.points, self.nodes) if places is not None)
        several = (self.edges, self.bands, self.columns, self.ticks)
        parts.extend(rects.reshape(-1, 2) for rects in several if rects is not None)
        if self.raster is not None:
            parts.append(self.raster.corners)
        return np.concatenate(parts) if parts else np.empty((0, 2))


@lru_cache(maxsize=512)
def _set_of(parts: tuple[Part, ...]) -> frozenset[Part]:
    """The same object for all that have the same parts: there may be very many."""
    return frozenset(parts)


def shape_lines(shape: Shape, spacing_mm: tuple[float, float]) -> Lines:
    """Return a shape's lines on its own slice: p = x * dx, q = y * dy."""
    if isinstance(shape, Mask):
        return _kept_mask(shape, spacing_mm)
    return _kept_lines(shape, spacing_mm)


@kept_for_views(128)  # they hold bitmaps
def _kept_mask(shape: Mask, spacing_mm: tuple[float, float]) -> Lines:
    return lines_of_mask(shape, spacing_mm)


@kept_for_views(16384)
def _kept_lines(shape: Shape, spacing_mm: tuple[float, float]) -> Lines:
    scale = np.array(spacing_mm)
    if isinstance(shape, Point):
        return Lines(points=_frozen(np.array([[shape.x, shape.y]]) * scale))
    return _outlined(shape, lambda points, _: points * scale)


def lines_of_mask(mask: Mask, spacing_mm: tuple[float, float]) -> Lines:
    """Return a mask's lines on its own slice, not kept: of one that is being painted."""
    return Lines(raster=Raster(mask, spacing_mm))


@kept_for_views(16384)
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


def cut_lines(
    shapes: Sequence[Shape], slices: Sequence[int], view: ViewPlane, index: int, axis: int
) -> list[Lines | None]:
    """Return where a view's plane cuts each of some shapes; None where it misses one.

    Args:
        shapes, slices, view, index, axis: as in `geometry.cuts.cuts_of`.
    """
    return [_of_cut(cut) for cut in cuts_of(shapes, slices, view, index, axis)]


def ring_cut_lines(
    points: Points,
    counts: NDArray[np.int64],
    slices: NDArray[np.int64],
    view: ViewPlane,
    index: int,
) -> list[Lines | None]:
    """Return the same of rings that stand one behind the other, as `geometry.cuts.ring_bands`."""
    bands, owners = ring_bands(points, counts, slices, view, index)
    ends = np.searchsorted(owners, np.arange(len(counts) + 1)).tolist()
    own = (bands[start:end] for start, end in pairwise(ends))
    return [Lines(bands=part) if len(part) else None for part in own]


def _of_cut(cut: Cut) -> Lines | None:
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
