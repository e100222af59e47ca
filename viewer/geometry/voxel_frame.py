"""From the voxels that an export counts to those of the media that it is shown on, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from viewer.geometry.solids import MaskVolume, Solid, Voxel, points_of_solid

Counts = tuple[int, int, int]  # along i, j and k


@dataclass(frozen=True)
class VoxelFrame:
    """How an export counts voxels along each axis: sign * number + shift is the media's voxel.

    Args:
        signs: 1, or -1 where it counts from the other end.
        shifts: whole voxels.
    """

    signs: Counts = (1, 1, 1)
    shifts: Counts = (0, 0, 0)

    def shown(self, solid: Solid) -> Solid:
        """Return an export's solid in the voxels of the media.

        A mask volume stays as it is: its slices are those of the media already.
        """
        if self == AS_COUNTED or isinstance(solid, MaskVolume):
            return solid
        return type(solid)(*map(self._shown, points_of_solid(solid)))

    def stored(self, solid: Solid, before: Solid) -> Solid:
        """Return a solid of the media's voxels as the export counts.

        Args:
            before: what the export held; numbers that were not edited come back as they were, to
                the last digit.
        """
        if self == AS_COUNTED or isinstance(solid, MaskVolume):
            return solid
        points = points_of_solid(solid)
        if isinstance(before, MaskVolume) or type(before) is not type(solid):
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
