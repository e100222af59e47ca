"""Where the plane of a reformat meets a shape that was drawn on an acquired slice.

A shape is a slab as thick as its slice's (`Stack.slabs_mm`). On another plane it is therefore a
band across the slice's strip, wherever the plane, which runs through the pixel centres of its
column or row, is inside the shape; points and lines are ticks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, assert_never

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Box, Ellipse, Point, Points, Polygon, Polyline, Shape
from viewer.geometry.space import Floats, pixel_from_voxel
from viewer.geometry.views import ViewPlane

Rects: TypeAlias = NDArray[np.float64]  # (n, 4)
_NOTHING, _NO_RECTS = np.empty((0, 2)), np.empty((0, 4))


@dataclass(frozen=True, eq=False)
class Cut:
    """A shape on a reformat, in plane mm; both parts empty where the plane misses it.

    Args:
        bands: (n, 4) rectangles p0, q0, p1, q1.
        ticks: (m, 4) line segments p0, q0, p1, q1: across the strip where a point or line meets
            the plane, along it where a line stays within the plane's pixels.
    """

    bands: Rects
    ticks: Rects

    @property
    def is_empty(self) -> bool:
        """The plane misses the shape."""
        return not len(self.bands) and not len(self.ticks)


def cut_of(shape: Shape, slice_index: int, view: ViewPlane, index: int) -> Cut:
    """Return how the plane `index` of a reformat cuts a shape of one slice.

    Args:
        shape: in the pixel space of its slice.
        slice_index: the slice on which it was drawn.
        view: a reformat; on the acquired plane there is nothing to cut.
        index: of the plane along its axis.
    """
    if view.is_acquired:
        return Cut(_NO_RECTS, _NO_RECTS)
    inside, across, along = _meets(shape, view.axis, index)
    dx, dy = view.stack.spacing_mm
    scale, shift = (dy if view.axis == 0 else dx), float(view.shifts[slice_index])
    q0, q1 = view.q_spans[slice_index].tolist()
    q = float(view.centres_q[slice_index])
    bands, ticks = _rects(inside * scale + shift, q0, q1), _NO_RECTS
    if len(across) or len(along):
        on_p = across * scale + shift
        upright = _rects(np.stack([on_p, on_p], axis=1), q0, q1)
        ticks = np.concatenate([upright, _rects(along * scale + shift, q, q)])
    return Cut(bands, ticks)


def _rects(spans: Floats, q0: float, q1: float) -> Rects:
    rects = np.empty((len(spans), 4))
    rects[:, 0::2] = spans
    rects[:, 1], rects[:, 3] = q0, q1
    return rects


def _meets(shape: Shape, axis: int, index: int) -> tuple[Floats, Floats, Floats]:
    """Intervals inside (n, 2), places across (m,), intervals along (l, 2) of the cutting line.

    All in pixels along the other axis of the slice.
    """
    at = float(pixel_from_voxel(index))
    none = np.empty(0)
    match shape:
        case Point(x, y):
            return _line_meets(np.array([(x, y)]), axis, at)
        case Polyline(vertices):
            return _line_meets(vertices, axis, at)
        case Polygon(vertices) if len(vertices) < 3:
            return _line_meets(vertices, axis, at)
        case Polygon(vertices, holes):
            return _ring_spans((vertices, *holes), axis, at), none, _NOTHING
        case Box(x, y, width, height):
            ring = np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
            return _ring_spans((ring,), axis, at), none, _NOTHING
        case Ellipse():
            return _ellipse_spans(shape, axis, at), none, _NOTHING
        case Mask():
            spans = shape.column_spans(index) if axis == 0 else shape.row_spans(index)
            return spans.astype(np.float64), none, _NOTHING
        case _:
            assert_never(shape)


def _ring_spans(rings: tuple[Points, ...], axis: int, at: float) -> Floats:
    """(n, 2) intervals of the line `at` inside rings, by the even-odd rule."""
    following = [np.concatenate((ring[1:], ring[:1])) for ring in rings]
    pairs = zip(rings, following, strict=True)
    crossed = np.sort(np.concatenate([_crossed(*ends, axis, at) for ends in pairs]))
    spans = crossed.reshape(-1, 2)
    return spans[spans[:, 1] > spans[:, 0]]


def _crossed(here: Points, there: Points, axis: int, at: float) -> Floats:
    """Where segments cross the line `at`; an end on the line belongs to the side above it."""
    meets = (here[:, axis] <= at) != (there[:, axis] <= at)
    a, b = here[meets], there[meets]
    share = (at - a[:, axis]) / (b[:, axis] - a[:, axis])
    return a[:, 1 - axis] + share * (b - a)[:, 1 - axis]


def _ellipse_spans(shape: Ellipse, axis: int, at: float) -> Floats:
    middle, radii = (shape.cx, shape.cy), (shape.rx, shape.ry)
    if radii[axis] == 0 or abs(at - middle[axis]) >= radii[axis]:
        return _NOTHING
    half = radii[1 - axis] * np.sqrt(1 - ((at - middle[axis]) / radii[axis]) ** 2)
    return np.array([(middle[1 - axis] - half, middle[1 - axis] + half)])


def _line_meets(line: Points, axis: int, at: float) -> tuple[Floats, Floats, Floats]:
    """How a point or an open line meets the pixels whose centres lie on the line `at`.

    A segment that stays within them lies along; others count where they cross the centres.
    """
    near = pixel_from_voxel(np.floor(line[:, axis])) == at
    if len(line) == 1:
        return _NOTHING, line[near, 1 - axis], _NOTHING
    stays = near[:-1] & near[1:]
    along = np.stack([line[:-1, 1 - axis], line[1:, 1 - axis]], axis=1)[stays]
    goes = ~stays
    return _NOTHING, _crossed(line[:-1][goes], line[1:][goes], axis, at), along
