"""How large solids are, through the slices of a stack: mm where it is calibrated, else voxels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from viewer.geometry.flats import Size
from viewer.geometry.solids import (
    Angle,
    Cuboid,
    Length,
    MaskVolume,
    Reach,
    Solid,
    Voxel,
    points_of_solid,
    slice_of,
)
from viewer.geometry.space import Floats, pixel_from_voxel
from viewer.geometry.stack import Stack


@dataclass(frozen=True)
class Spread:
    """Where a mask volume has voxels.

    Args:
        reach: slices along each axis between which all of them lie.
        voxels: (slice, number of set voxels) of every slice that has any, ascending.
    """

    reach: Reach
    voxels: tuple[tuple[int, int], ...]

    @property
    def count(self) -> int:
        """Number of voxels."""
        return sum(count for _, count in self.voxels)


def spread_of(
    volume: MaskVolume, slices: int, check: Callable[[], None] = lambda: None
) -> Spread | None:
    """Return where a volume has voxels, within the media's slices; None for an empty one.

    Every slice's mask is decoded: not on the main thread.

    Args:
        volume: its masks.
        slices: number of slices of the media; masks beyond are left out.
        check: called for each slice; may raise to stop.
    """
    boxes: list[tuple[int, int, int, int]] = []
    voxels: list[tuple[int, int]] = []
    for k in volume.masks.slices():
        check()
        mask = volume.masks.mask(k) if 0 <= k < slices else None
        if mask is not None and mask.area:
            boxes.append((mask.x, mask.y, mask.x + mask.width - 1, mask.y + mask.height - 1))
            voxels.append((k, mask.area))
    if not boxes:
        return None
    (i0, j0), (i1, j1) = np.min(boxes, axis=0)[:2].tolist(), np.max(boxes, axis=0)[2:].tolist()
    return Spread(((i0, i1), (j0, j1), (voxels[0][0], voxels[-1][0])), tuple(voxels))


def length_of(solid: Length, stack: Stack | None, spacing_mm: tuple[float, float]) -> float:
    """Return how far apart the ends are.

    Args:
        solid: in voxel space.
        stack: None for frames, which lie nowhere: then the way across them does not count.
        spacing_mm: between columns and between rows; (1, 1) for a length in pixels.
    """
    first, last = _places((solid.first, solid.last), stack, spacing_mm)
    return float(np.linalg.norm(last - first))


def angle_of(solid: Angle, stack: Stack | None, spacing_mm: tuple[float, float]) -> float | None:
    """Return the angle at the vertex in degrees, 0 to 180; None where an end is on the vertex."""
    first, vertex, last = _places(points_of_solid(solid), stack, spacing_mm)
    one, other = first - vertex, last - vertex
    if not one.any() or not other.any():
        return None
    crossed = float(np.linalg.norm(np.cross(one, other)))
    return float(np.degrees(np.arctan2(crossed, float(one @ other))))


def volume_mm3(voxels: tuple[tuple[int, int], ...], stack: Stack) -> float:
    """Return the volume of (slice, number of voxels), each slice as thick as its slab."""
    dx, dy = stack.spacing_mm
    thick = stack.slabs_mm.sum(axis=1)
    return sum((count * dx * dy * float(thick[k]) for k, count in voxels), 0.0)


def voxels_of(solid: Cuboid, size: Size) -> tuple[tuple[int, int], ...]:
    """Return (slice, number of voxels) of a cuboid, within the media."""
    low, high = solid.corners
    ends = [
        (max(slice_of(a), 0), min(slice_of(b), limit - 1))
        for a, b, limit in zip(low, high, size, strict=True)
    ]
    (i0, i1), (j0, j1), (k0, k1) = ends
    on_slice = max(i1 - i0 + 1, 0) * max(j1 - j0 + 1, 0)
    return tuple((k, on_slice) for k in range(k0, k1 + 1)) if on_slice else ()


def middle_of(solid: Solid, spread: Spread | None = None) -> Voxel | None:
    """Return the voxel place that stands for a solid: an angle's vertex, else its middle.

    Args:
        solid: in voxel space.
        spread: of a mask volume; its middle is not known without.
    """
    match solid:
        case MaskVolume():
            if spread is None:
                return None
            i, j, k = ((first + last) / 2 for first, last in spread.reach)
            return i, j, float(_on_a_slice(spread, k))
        case Angle(_, vertex):
            return vertex
        case _:
            i, j, k = np.mean(points_of_solid(solid), axis=0).tolist()
            return i, j, k


def _on_a_slice(spread: Spread, k: float) -> int:
    """The slice with voxels that is nearest to k."""
    return min((on for on, _ in spread.voxels), key=lambda on: abs(on - k))


def _places(points: ArrayLike, stack: Stack | None, spacing_mm: tuple[float, float]) -> Floats:
    """(n, 3) mm of voxel coordinates; between two slices in proportion."""
    ijk = np.asarray(points, dtype=np.float64).reshape(-1, 3)
    if stack is None:
        return np.column_stack([ijk[:, :2] * spacing_mm, np.zeros(len(ijk))])
    below = np.clip(np.floor(ijk[:, 2]), 0, max(stack.count - 2, 0)).astype(np.intp)
    run = np.diff(stack.origins, axis=0) if stack.count > 1 else stack.run[None, :]
    within = stack.planes[0].patient_of_pixel(pixel_from_voxel(ijk[:, :2])) - stack.origins[0]
    return stack.origins[below] + (ijk[:, 2] - below)[:, None] * run[below] + within
