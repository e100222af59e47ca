"""Where an oblique plane meets shapes and solids: by the same slabs as on the three planes.

See `viewer.geometry.cuts`: a shape is as thick as its slice where it was drawn on an acquired
slice, one column or row of pixels where it was drawn on a reformat. Masks are met voxel by voxel:
`viewer.geometry.oblique_masks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import cast

import numpy as np

from viewer.geometry.measure import bounds, outline
from viewer.geometry.oblique import ObliquePlane, is_straight, patient_between
from viewer.geometry.prisms import Crossing, Prism, clipped_edges, clipped_ring
from viewer.geometry.shapes import (
    FARTHEST,
    Box,
    Point,
    Points,
    Polygon,
    Polyline,
    Regions,
    Shape,
    Skeleton,
)
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length, points_of_solid, slice_of
from viewer.geometry.space import Floats, voxel_from_pixel
from viewer.geometry.stack import Stack
from viewer.geometry.views import Axis, ViewPlane

NO_SEGMENTS = np.empty((0, 4))
NO_POINTS = np.empty((0, 2))
SAME_PLACE_MM = 1e-6  # slices displaced by less stand above each other


@dataclass(frozen=True, eq=False)
class ObliqueCut:
    """What an oblique plane shows of a shape or solid, in plane mm; all empty where it is missed.

    Args:
        areas: rings whose inside, even-odd, is inside the shape.
        edges: (n, 4) line segments p0, q0, p1, q1: the border of the areas.
        ticks: (n, 4) where points and lines are met.
        points: (n, 2) places that are shown as points.
    """

    areas: tuple[Points, ...] = ()
    edges: Floats = field(default_factory=lambda: NO_SEGMENTS)
    ticks: Floats = field(default_factory=lambda: NO_SEGMENTS)
    points: Points = field(default_factory=lambda: NO_POINTS)

    @property
    def is_empty(self) -> bool:
        """The plane misses the shape."""
        return not (self.areas or len(self.edges) or len(self.ticks) or len(self.points))


@dataclass(frozen=True, eq=False)
class _Piece:
    """A part of the plane that a shape was drawn on, as a prism.

    Args:
        prism: its slab.
        scale, start: (2,) a and b of a place x, y of pixel space: scale * (x, y) + start.
        rows: from which y to which it goes; None where it is all of the plane.
    """

    prism: Prism
    scale: Points
    start: Points
    rows: tuple[float, float] | None = None

    def ring(self, ring: Points) -> Points:
        """Return the part of a closed line of pixel space, in mm."""
        part = ring if self.rows is None else clipped_ring(ring, *self.rows)
        return part * self.scale + self.start

    def segments(self, line: Points) -> Floats:
        """Return (n, 4) the edges of an open line of pixel space, in mm."""
        if self.rows is None:
            edges = np.hstack([line[:-1], line[1:]])
        else:
            edges = clipped_edges(line, *self.rows, closed=False)
        return edges * np.tile(self.scale, 2) + np.tile(self.start, 2)

    def points(self, points: Points) -> Points:
        """Return those of (n, 2) points that lie in it, in mm."""
        y = points[:, 1]
        kept = points if self.rows is None else points[(y >= self.rows[0]) & (y < self.rows[1])]
        return kept * self.scale + self.start


def oblique_cut_of(
    shape: Shape, slice_index: int, plane: ObliquePlane, index: int, axis: int = 2
) -> ObliqueCut:
    """Return how plane `index` of an oblique family cuts a shape that is no mask.

    Args:
        shape: in the pixel space of the plane that it was drawn on.
        slice_index: which plane that was, along its axis.
        plane: the family.
        index: of the plane in it.
        axis: voxel axis that the plane of the shape cuts.
    """
    pieces = list(pieces_of(plane.stack, axis, slice_index, bounds(shape)))
    return _all_of([_met(piece, shape, plane, index) for piece in pieces])


def solid_cut_of(
    solid: Landmark | Length | Angle | Cuboid, plane: ObliquePlane, index: int
) -> ObliqueCut:
    """Return how plane `index` of an oblique family cuts a solid that is no mask volume.

    As on other planes: a landmark is a point where the plane goes through its voxel, a length or
    angle is a line where all of it lies that near, else a point wherever it goes through.
    """
    if isinstance(solid, Cuboid):
        return _all_of([*_boxes(solid, plane, index)])
    voxels = np.array(points_of_solid(solid))
    places = patient_between(plane.stack, voxels)
    away = (places - plane.origin_mm(index)) @ plane.e_n
    reach = np.array([_voxel_reach(plane, voxel) for voxel in voxels])
    shown = plane.plane_of_patient(places)
    # The first and the last plane have what lies beyond them too: no other plane does.
    below, above = index == 0, index == plane.count - 1
    near = (np.abs(away) <= reach) | ((away < 0) & below) | ((away > 0) & above)
    if len(voxels) == 1:
        return ObliqueCut(points=shown[near])
    ticks, points = [NO_SEGMENTS], [NO_POINTS]
    for a, b in pairwise(range(len(voxels))):
        if near[a] and near[b]:
            ticks.append(np.hstack([shown[a], shown[b]])[None, :])
            continue
        share = np.clip(away[a] / (away[a] - away[b]), 0, 1) if away[a] != away[b] else 0.0
        if abs(away[a] + share * (away[b] - away[a])) <= (reach[a] if share < 1 else reach[b]):
            points.append((shown[a] + share * (shown[b] - shown[a]))[None, :])
    through = np.unique(np.concatenate(points), axis=0)
    return ObliqueCut(ticks=np.concatenate(ticks), points=through)


def pieces_of(
    stack: Stack, axis: int, index: int, around: tuple[float, float, float, float]
) -> Iterator[_Piece]:
    """Yield the slabs in which shapes of a plane lie.

    Args:
        stack: the slices.
        axis: voxel axis that the plane cuts.
        index: of the plane.
        around: x0, y0, x1, y1 of the shape in the plane's pixel space.
    """
    if axis == 2:
        yield _of_slice(stack, index)
    elif _is_regular(stack, axis):
        yield _of_reformat(stack, axis, index, None)
    else:
        ends = np.floor(np.clip((around[1], around[3]), 0, stack.count - 1)).astype(np.intp)
        for k in range(int(ends[0]), int(ends[1]) + 1):
            yield _of_reformat(stack, axis, index, k)


@lru_cache(maxsize=64)
def _is_regular(stack: Stack, axis: int) -> bool:
    """Its pixels are one block: a plain grid, of slices that are not displaced across it either."""
    return is_straight(stack) and ViewPlane(stack, cast("Axis", axis), "axial").is_regular


def _of_slice(stack: Stack, k: int) -> _Piece:
    below, above = stack.slabs_mm[k].tolist()
    axes = np.stack([stack.row_direction, stack.column_direction, stack.normal])
    prism = Prism(stack.origins[k], axes, -below, above, stack.spacing_mm)
    scale = np.array(stack.spacing_mm)
    return _Piece(prism, scale, voxel_from_pixel((0.0, 0.0)) * scale)


def _of_reformat(stack: Stack, axis: int, index: int, k: int | None) -> _Piece:
    """A column or row of pixels: in the strip of slice k, or in those of all, if they are even."""
    directions, sides = (stack.row_direction, stack.column_direction), stack.spacing_mm
    own, own_mm = directions[axis], sides[axis]
    other, other_mm = directions[1 - axis], sides[1 - axis]
    below, above = stack.strips_mm[k or 0].tolist()
    origin = stack.origins[k or 0] + index * own_mm * own
    axes = np.stack([other, stack.normal, own])
    prism = Prism(origin, axes, -own_mm / 2, own_mm / 2, (other_mm, below + above))
    x0 = float(voxel_from_pixel(0.0)) * other_mm
    scale = np.array([other_mm, stack.step_mm if k is None else below + above])
    if k is None:
        return _Piece(prism, scale, np.array([x0, float(voxel_from_pixel(0.0)) * stack.step_mm]))
    rows = (k or -FARTHEST, k + 1 if k + 1 < stack.count else FARTHEST)
    return _Piece(prism, scale, np.array([x0, -below - k * (below + above)]), rows)


def _met(piece: _Piece, shape: Shape, plane: ObliquePlane, index: int) -> ObliqueCut:
    """How a plane cuts the part of a shape that lies in a piece."""
    crossing = Crossing(piece.prism, plane, index)
    rings, lines, points = _parts_of(shape)
    areas = crossing.areas([piece.ring(ring) for ring in rings])
    segments = [piece.segments(line) for line in lines]
    ticks = crossing.lines(np.concatenate([NO_SEGMENTS, *segments]))
    places = crossing.points(piece.points(points))
    if crossing.is_flat:
        middles = (places[:, :2] + places[:, 2:]) / 2
        return ObliqueCut(areas.rings, areas.edges, ticks, middles)
    return ObliqueCut(areas.rings, areas.edges, np.concatenate([ticks, places]))


def _parts_of(shape: Shape) -> tuple[Sequence[Points], Sequence[Points], Points]:
    """A shape's filled rings, its lines and its single points, in pixel space."""
    match shape:
        case Point(x, y):
            return (), (), np.array([(x, y)])
        case Skeleton():
            return (), tuple(shape.ends), shape.points
        case Polyline(vertices):
            return ((), (), vertices) if len(vertices) == 1 else ((), (vertices,), NO_POINTS)
        case Polygon() | Regions():
            return _filled_parts(shape)
        case _:
            return tuple(ring for ring, _ in outline(shape)), (), NO_POINTS


def _filled_parts(shape: Polygon | Regions) -> tuple[Sequence[Points], Sequence[Points], Points]:
    """Of polygons; one of one or two vertices is a point or a line."""
    parts = shape.parts if isinstance(shape, Regions) else (shape,)
    thin = [part.vertices for part in parts if len(part.vertices) < 3]
    points = [line for line in thin if len(line) == 1]
    lines = tuple(line for line in thin if len(line) == 2)
    if len(thin) == len(parts):
        rings: Sequence[Points] = ()
    else:
        rings = shape.filled if isinstance(shape, Regions) else shape.rings
    return rings, lines, np.concatenate([NO_POINTS, *points])


def _boxes(solid: Cuboid, plane: ObliquePlane, index: int) -> Iterator[ObliqueCut]:
    """The cuts of a cuboid; where slices stand above each other they are one prism."""
    stack = plane.stack
    (i0, j0, k0), (i1, j1, k1) = solid.corners
    first, last = max(slice_of(k0), 0), min(slice_of(k1), stack.count - 1)
    shape = Box(i0, j0, i1 - i0 + 1, j1 - j0 + 1)
    for low, high in _runs(stack, first, last):
        piece = _of_slice(stack, low)
        below, above = float(stack.strips_mm[low, 0]), float(stack.strips_mm[high, 1])
        height = float(stack.positions_mm[high] - stack.positions_mm[low])
        shut = (
            low == first or not _goes_on(stack, low - 1),
            high == last or not _goes_on(stack, high),
        )
        prism = Prism(
            piece.prism.origin_mm, piece.prism.axes, -below, height + above, stack.spacing_mm, shut
        )
        yield _met(_Piece(prism, piece.scale, piece.start), shape, plane, index)


def _runs(stack: Stack, first: int, last: int) -> Iterator[tuple[int, int]]:
    """First and last slices that stand above each other without a gap, from `first` to `last`."""
    low = first
    for k in range(first, last + 1):
        aside = stack.origins[min(k + 1, last)] - stack.origins[k]
        aside = aside - (aside @ stack.normal) * stack.normal
        if k == last or not _goes_on(stack, k) or np.linalg.norm(aside) > SAME_PLACE_MM:
            yield low, k
            low = k + 1


def _goes_on(stack: Stack, k: int) -> bool:
    """There is no gap between a slice and the next."""
    apart = stack.steps_mm[k] - stack.strips_mm[k, 1] - stack.strips_mm[k + 1, 0]
    return float(apart) <= SAME_PLACE_MM


def _voxel_reach(plane: ObliquePlane, voxel: Floats) -> float:
    """How far a plane may be from a place to go through its voxel, about.

    Half way between two planes it goes through both, whatever is rounded.
    """
    stack = plane.stack
    k = int(np.clip(slice_of(float(voxel[2])), 0, stack.count - 1))
    sides = np.array([*stack.spacing_mm, float(stack.slabs_mm[k].sum())])
    axes = np.stack([stack.row_direction, stack.column_direction, stack.normal])
    return float(np.abs(axes @ plane.e_n) @ sides) / 2 + SAME_PLACE_MM


def _all_of(cuts: Sequence[ObliqueCut]) -> ObliqueCut:
    if len(cuts) == 1:
        return cuts[0]
    return ObliqueCut(
        tuple(ring for cut in cuts for ring in cut.areas),
        np.concatenate([NO_SEGMENTS, *(cut.edges for cut in cuts)]),
        np.concatenate([NO_SEGMENTS, *(cut.ticks for cut in cuts)]),
        np.concatenate([NO_POINTS, *(cut.points for cut in cuts)]),
    )
