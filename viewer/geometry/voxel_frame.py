"""From the voxels that an export counts to those of the media that it is shown on, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from viewer.geometry.solids import (
    Angle,
    Cuboid,
    Landmark,
    Length,
    MaskVolume,
    Solid,
    Voxel,
    points_of_solid,
)

Counts = tuple[int, int, int]  # along i, j and k
_Pair = tuple[float, float]  # of a cuboid's corners, along one axis
_Placed = TypeVar("_Placed", bound=Landmark | Length | Angle | Cuboid)


@dataclass(frozen=True)
class VoxelFrame:
    """How an export counts voxels along each axis: sign * number + shift is the media's voxel.

    Args:
        signs: 1, or -1 where it counts from the other end.
        shifts: whole voxels.
        has_edges: its cuboids reach to their higher numbers, and not over the voxels of these.
    """

    signs: Counts = (1, 1, 1)
    shifts: Counts = (0, 0, 0)
    has_edges: bool = False

    @property
    def is_in_place(self) -> bool:
        """Voxels have the numbers of those of the media."""
        return (self.signs, self.shifts) == (AS_COUNTED.signs, AS_COUNTED.shifts)

    def shown(self, solid: Solid) -> Solid:
        """Return an export's solid in the voxels of the media.

        A mask volume stays as it is: its slices are those of the media already.
        """
        if self == AS_COUNTED or isinstance(solid, MaskVolume):
            return solid
        if self.has_edges and isinstance(solid, Cuboid):
            solid = _without_edges(solid)
        return type(solid)(*map(self._shown, points_of_solid(solid)))

    def stored(self, solid: Solid, before: Solid | None = None) -> Solid:
        """Return a solid of the media's voxels as the export counts.

        Args:
            before: what the export held; numbers that were not edited come back as they were, to
                the last digit.
        """
        if self == AS_COUNTED or isinstance(solid, MaskVolume):
            return solid
        if self.has_edges and isinstance(solid, Cuboid):
            old = before if isinstance(before, Cuboid) else None
            inside = None if old is None else _without_edges(old)
            return _with_edges(self._counted(solid, inside), inside, old)
        return self._counted(solid, before)

    def _counted(self, solid: _Placed, before: Solid | None) -> _Placed:
        points = points_of_solid(solid)
        if before is None or isinstance(before, MaskVolume) or type(before) is not type(solid):
            return type(solid)(*(self._stored(point, None) for point in points))
        pairs = zip(points, points_of_solid(before), strict=True)
        return type(solid)(*(self._stored(point, old) for point, old in pairs))

    def counted(self, affine: Sequence[float]) -> tuple[float, ...]:
        """Return an affine from the media's voxels as one from those of the export.

        Args:
            affine: 12 numbers, the first three rows from voxel (i, j, k) to mm.
        """
        if self == AS_COUNTED:
            return tuple(affine)
        rows = np.array(affine, dtype=np.float64).reshape(3, 4)
        origin = rows[:, :3] @ self.shifts + rows[:, 3]
        columns = np.column_stack((rows[:, :3] * self.signs, origin))
        return tuple((columns + 0.0).ravel().tolist())  # no zero below zero

    def _shown(self, point: Voxel) -> Voxel:
        i, j, k = (s * n + t for s, n, t in zip(self.signs, point, self.shifts, strict=True))
        return i, j, k

    def _stored(self, point: Voxel, old: Voxel | None) -> Voxel:
        i, j, k = (s * (n - t) for s, n, t in zip(self.signs, point, self.shifts, strict=True))
        if old is None:
            return i, j, k
        kept = zip((i, j, k), point, old, self._shown(old), strict=True)
        i, j, k = (own if at == there else worked for worked, at, own, there in kept)
        return i, j, k


AS_COUNTED = VoxelFrame()


def _without_edges(cuboid: Cuboid) -> Cuboid:
    """Return the voxels that lie between the edges that a cuboid's numbers are; one at least."""
    pairs = zip(cuboid.low, cuboid.high, strict=True)
    return _of_pairs([_pair_inside(pair) for pair in pairs])


def _with_edges(cuboid: Cuboid, inside: Cuboid | None, before: Cuboid | None) -> Cuboid:
    """Return a cuboid whose numbers are the edges of its voxels.

    Args:
        inside: of `before`, which the export held: pairs that are equal were not edited.
    """
    pairs = list(zip(cuboid.low, cuboid.high, strict=True))
    if inside is None or before is None:
        return _of_pairs([_pair_around(pair, pair[1] >= pair[0]) for pair in pairs])
    old = zip(before.low, before.high, strict=True)
    same = zip(inside.low, inside.high, strict=True)
    found: list[_Pair] = []
    for pair, held, shown in zip(pairs, old, same, strict=True):
        is_up = held[1] >= held[0] if pair[0] == pair[1] else pair[1] > pair[0]
        around = _pair_around(pair, is_up)
        is_kept = pair[is_up] == shown[is_up] == held[is_up] - 1
        edge = held[is_up] if is_kept else around[is_up]
        around = (around[0], edge) if is_up else (edge, around[1])
        found.append(held if pair == shown else around)
    return _of_pairs(found)


def _pair_inside(pair: _Pair) -> _Pair:
    first, last = pair
    if first <= last:
        return first, max(last - 1, first)
    return max(first - 1, last), last


def _pair_around(pair: _Pair, is_up: bool) -> _Pair:
    """Return a pair whose higher number, the last one where `is_up`, is one more."""
    first, last = pair
    return (first, last + 1) if is_up else (first + 1, last)


def _of_pairs(pairs: Sequence[_Pair]) -> Cuboid:
    (i0, i1), (j0, j1), (k0, k1) = pairs
    return Cuboid((i0, j0, k0), (i1, j1, k1))
