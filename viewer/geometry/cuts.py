"""Where a plane of a view meets a shape that was drawn on another plane.

A shape is a slab: as thick as its slice's (`Stack.slabs_mm`) where it was drawn on an acquired
slice, one column or row of pixels where it was drawn on a reformat. On another plane it is
therefore a band across that slab, wherever the plane, which runs through the pixel centres of its
column, row or slice, is inside the shape; points and lines are ticks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias, assert_never

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.mask import Mask
from viewer.geometry.ring_spans import crossings, spans_inside, spans_of_rings
from viewer.geometry.shapes import (
    Box,
    Ellipse,
    Point,
    Points,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Shape,
    Skeleton,
)
from viewer.geometry.space import Floats, pixel_from_voxel
from viewer.geometry.tracing import in_strips
from viewer.geometry.views import ViewPlane

Rects: TypeAlias = NDArray[np.float64]  # (n, 4)
# Intervals inside (n, 2), places across (m,), intervals along (l, 2) of a cutting line, in pixels.
_Met: TypeAlias = tuple[Floats, Floats, Floats]
_NOTHING, _NOWHERE, _NO_RECTS = np.empty((0, 2)), np.empty(0), np.empty((0, 4))


@dataclass(frozen=True, eq=False)
class Cut:
    """A shape on another plane than its own, in plane mm; all parts empty where it is missed.

    Args:
        bands: (n, 4) rectangles p0, q0, p1, q1 whose length, inside the shape, goes along p.
        columns: (n, 4) such rectangles whose length goes along q.
        ticks: (m, 4) line segments p0, q0, p1, q1: across the slab where a point or line meets
            the plane, along it where a line stays within the plane's pixels.
    """

    bands: Rects
    columns: Rects
    ticks: Rects

    @property
    def is_empty(self) -> bool:
        """The plane misses the shape."""
        return not (len(self.bands) or len(self.columns) or len(self.ticks))


def cuts_of(
    shapes: Sequence[Shape], slices: Sequence[int], view: ViewPlane, index: int, axis: int = 2
) -> list[Cut]:
    """Return how the plane `index` of a view cuts shapes that were drawn on other planes.

    Args:
        shapes: each in the pixel space of the plane that it was drawn on.
        slices: of each, which plane that was, along their axis.
        view: on the shapes' own planes there is nothing to cut.
        index: of the plane along the view's axis.
        axis: voxel axis that the planes of the shapes cut.
    """
    if view.axis == axis:
        return [Cut(_NO_RECTS, _NO_RECTS, _NO_RECTS) for _ in shapes]
    met = _meet(shapes, coordinate_of(axis, view.axis), index)
    if axis == 2:
        return _across_slices(met, slices, view)
    return [_across_reformat(one, slab, view, axis) for one, slab in zip(met, slices, strict=True)]


def cut_of(shape: Shape, slice_index: int, view: ViewPlane, index: int, axis: int = 2) -> Cut:
    """Return the same of one shape."""
    (cut,) = cuts_of((shape,), (slice_index,), view, index, axis)
    return cut


def ring_bands(
    points: Points,
    counts: NDArray[np.int64],
    slices: NDArray[np.int64],
    view: ViewPlane,
    index: int,
) -> tuple[Rects, NDArray[np.intp]]:
    """Return the bands of rings of acquired slices that stand one behind the other.

    Args:
        points: (n, 2) vertices, in the pixel space of their slices.
        counts: (rings,) how many of them each has, at least three.
        slices: (rings,) which slice each was drawn on.
        view: a reformat.
        index: of the plane along the view's axis.

    Returns:
        (m, 4) as `Cut.bands`, and (m,) the rising numbers of the rings that they are of.
    """
    axis, at = coordinate_of(2, view.axis), float(pixel_from_voxel(index))
    spans, owners = spans_of_rings(points, counts, np.arange(len(counts)), axis, at)
    return _bands(spans, slices[owners], view), owners


def coordinate_of(axis: int, cut_axis: int) -> int:
    """Return which coordinate, 0 for x, of a plane's pixel space runs along another voxel axis.

    Args:
        axis: voxel axis that the plane cuts.
        cut_axis: one of the other two.
    """
    return cut_axis if cut_axis < axis else cut_axis - 1


def _across_slices(met: Sequence[_Met], slices: Sequence[int], view: ViewPlane) -> list[Cut]:
    """The cuts of shapes of acquired slices: each in its slice's strip, as thick as its slab."""
    counts = [len(inside) for inside, _, _ in met]
    k = np.repeat(slices, counts)
    spans = np.concatenate([_NOTHING, *(inside for inside, _, _ in met)])
    own = np.split(_bands(spans, k, view), np.cumsum(counts)[:-1])
    ticks = (_slice_ticks(one, k, view) for one, k in zip(met, slices, strict=True))
    return [Cut(part, _NO_RECTS, some) for part, some in zip(own, ticks, strict=True)]


def _bands(spans: Floats, slices: NDArray[np.int64], view: ViewPlane) -> Rects:
    return _rects(spans * view.pixel_mm + view.shifts[slices, None], *view.q_spans[slices].T)


def _slice_ticks(met: _Met, slice_index: int, view: ViewPlane) -> Rects:
    _, across, along = met
    if not (len(across) or len(along)):
        return _NO_RECTS
    scale, shift = view.pixel_mm, float(view.shifts[slice_index])
    q0, q1 = view.q_spans[slice_index].tolist()
    q = float(view.centres_q[slice_index])
    on_p = across * scale + shift
    upright = _rects(np.stack([on_p, on_p], axis=1), q0, q1)
    return np.concatenate([upright, _rects(along * scale + shift, q, q)])


def _across_reformat(met: _Met, slab: int, view: ViewPlane, axis: int) -> Cut:
    """The cut of a shape of a reformat: in one column or row of pixels of the view."""
    inside, across, along = met
    middle = float(pixel_from_voxel(slab))
    is_upright = coordinate_of(view.axis, axis) == 0  # the slab stands upright in the view

    def laid(spans: Floats, low: float, high: float) -> Rects:
        """(n, 4) x0, y0, x1, y1 over an interval across the slab."""
        rects = _rects(spans, low, high)
        return rects[:, [1, 0, 3, 2]] if is_upright else rects

    rects = in_strips(laid(inside, slab, slab + 1), view)
    points = laid(np.stack([across, across], axis=1), slab, slab + 1)
    ticks = np.concatenate([in_strips(points, view), in_strips(laid(along, middle, middle), view)])
    if is_upright:
        return Cut(_NO_RECTS, rects, ticks)
    return Cut(rects, _NO_RECTS, ticks)


def _rects(spans: Floats, q0: float | Floats, q1: float | Floats) -> Rects:
    rects = np.empty((len(spans), 4))
    rects[:, 0::2] = spans
    rects[:, 1], rects[:, 3] = q0, q1
    return rects


def _meet(shapes: Sequence[Shape], axis: int, index: int) -> list[_Met]:
    """How pixel `index` along a coordinate meets each of some shapes, along the other one."""
    at = float(pixel_from_voxel(index))
    spans, owners = spans_inside([_filled_rings(shape) for shape in shapes], axis, at)
    ends = np.searchsorted(owners, np.arange(len(shapes) + 1)).tolist()
    return [
        _meets(shape, spans[start:end], axis, index)
        for shape, (start, end) in zip(shapes, pairwise(ends), strict=True)
    ]


def _filled_rings(shape: Shape) -> Sequence[Points]:
    """The rings that enclose what is filled, even-odd; none of shapes of other kinds."""
    match shape:
        case Box() | RotatedBox():
            return (shape.corners,)
        case Polygon(vertices):
            return shape.rings if len(vertices) > 2 else ()
        case Regions(parts):
            return shape.filled if any(len(part.vertices) > 2 for part in parts) else ()
        case _:
            return ()


def _meets(shape: Shape, inside: Floats, axis: int, index: int) -> _Met:
    """How the pixels meet one of them, given (n, 2) intervals inside its rings."""
    at = float(pixel_from_voxel(index))
    match shape:
        case Polygon() | Regions():
            return _rings_meet(shape, inside, axis, at)
        case Point(x, y):
            return _line_meets(np.array([(x, y)]), axis, at)
        case Polyline(vertices):
            return _line_meets(vertices, axis, at)
        case Skeleton():
            return _skeleton_meets(shape, axis, at)
        case Box() | RotatedBox():
            return inside, _NOWHERE, _NOTHING
        case Ellipse():
            return _ellipse_spans(shape, axis, at), _NOWHERE, _NOTHING
        case Mask():
            spans = shape.column_spans(index) if axis == 0 else shape.row_spans(index)
            return spans.astype(np.float64), _NOWHERE, _NOTHING
        case _:
            assert_never(shape)


def _rings_meet(shape: Polygon | Regions, inside: Floats, axis: int, at: float) -> _Met:
    """Spans of what is filled; regions of one or two vertices are met as lines are."""
    parts = shape.parts if isinstance(shape, Regions) else (shape,)
    lines = [part.vertices for part in parts if len(part.vertices) < 3]
    if not lines:
        return inside, _NOWHERE, _NOTHING
    _, across, along = _all_of([_line_meets(line, axis, at) for line in lines])
    return inside, across, along


def _skeleton_meets(shape: Skeleton, axis: int, at: float) -> _Met:
    """Its edges as lines, and the nodes that lie in the plane's pixels, each once."""
    _, across, along = _all_of([_line_meets(ends, axis, at) for ends in shape.ends])
    _, nodes, _ = _all_of([_line_meets(node[None, :], axis, at) for node in shape.points])
    return _NOTHING, np.concatenate([across, nodes]), along


def _all_of(met: Sequence[_Met]) -> _Met:
    spans, across, along = zip(*met, (_NOTHING, _NOWHERE, _NOTHING), strict=True)
    return np.concatenate(spans), np.concatenate(across), np.concatenate(along)


def _ellipse_spans(shape: Ellipse, axis: int, at: float) -> Floats:
    reach, away = shape.reach[axis], at - (shape.cx, shape.cy)[axis]
    if reach == 0 or abs(away) >= reach:
        return _NOTHING
    half = shape.rx / reach * shape.ry * np.sqrt(1 - (away / reach) ** 2)
    (cosine, _), (sine, _) = shape.turn.tolist()
    lean = (shape.rx / reach * shape.rx - shape.ry / reach * shape.ry) * sine * cosine / reach
    middle = (shape.cx, shape.cy)[1 - axis] + lean * away
    return np.array([(middle - half, middle + half)])


def _line_meets(line: Points, axis: int, at: float) -> tuple[Floats, Floats, Floats]:
    """How a point or an open line meets the pixels whose centres lie on the line `at`.

    A segment that stays within them lies along; others count where they cross the centres.
    """
    near = pixel_from_voxel(np.floor(line[:, axis])) == at
    if len(line) == 1:
        return _NOTHING, line[near, 1 - axis], _NOTHING
    stays = near[:-1] & near[1:]
    along = np.stack([line[:-1, 1 - axis], line[1:, 1 - axis]], axis=1)[stays]
    starts, ends = line[:-1][~stays], line[1:][~stays]
    meets = (starts[:, axis] <= at) != (ends[:, axis] <= at)
    return _NOTHING, crossings(starts[meets], ends[meets], axis, at), along
