"""Shapes in voxel space: immutable, checked at the door, without colour or label.

Voxel space: (i, j, k) = column, row, slice, whole numbers at voxel centres. A solid has no slice
of its own; `viewer.geometry.flats` tells what it is on the planes that meet it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeAlias, cast, runtime_checkable

import msgspec
import numpy as np
from immutables import Map

from viewer.errors import GeometryError
from viewer.geometry.mask import Mask
from viewer.geometry.shapes import FARTHEST
from viewer.geometry.space import pixel_from_voxel

Voxel: TypeAlias = tuple[float, float, float]  # i, j, k
Range: TypeAlias = tuple[int, int]  # first and last slice along a voxel axis, inclusive
Reach: TypeAlias = tuple[Range, Range, Range]  # along i, j and k
_NO_MASKS = Map[int, Mask]()
_NO_CHANGES = Map[int, "Mask | None"]()


def _checked(solid: msgspec.Struct, *names: str) -> None:
    """Make the named fields triples of finite floats, or raise GeometryError."""
    for name in names:
        try:
            point = tuple(float(number) for number in getattr(solid, name))
        except (TypeError, ValueError, OverflowError) as error:
            raise GeometryError("a place in voxel space is three numbers") from error
        if len(point) != 3 or not all(abs(number) <= FARTHEST for number in point):
            raise GeometryError("a voxel coordinate is not a finite number of at most 1e9 voxels")
        msgspec.structs.force_setattr(solid, name, point)


class Landmark(msgspec.Struct, frozen=True, tag=True):
    """A single location.

    Raises:
        GeometryError: a coordinate is not finite or beyond 1e9; so of all solids.
    """

    point: Voxel

    def __post_init__(self) -> None:
        _checked(self, "point")


class Length(msgspec.Struct, frozen=True, tag=True):
    """A straight way that is measured."""

    first: Voxel
    last: Voxel

    def __post_init__(self) -> None:
        _checked(self, "first", "last")


class Angle(msgspec.Struct, frozen=True, tag=True):
    """Two straight ways that meet at `vertex`; the angle between them is measured."""

    first: Voxel
    vertex: Voxel
    last: Voxel

    def __post_init__(self) -> None:
        _checked(self, "first", "vertex", "last")


class Cuboid(msgspec.Struct, frozen=True, tag=True):
    """Voxels between two opposite ones, both inclusive, as given: neither need be the lower."""

    low: Voxel
    high: Voxel

    def __post_init__(self) -> None:
        _checked(self, "low", "high")

    @property
    def corners(self) -> tuple[Voxel, Voxel]:
        """The lowest and the highest voxel."""
        ends = [sorted(pair) for pair in zip(self.low, self.high, strict=True)]
        (i0, i1), (j0, j1), (k0, k1) = ends
        return (i0, j0, k0), (i1, j1, k1)


@runtime_checkable
class SliceMasks(Protocol):
    """Masks by slice, immutable; what stands in a file is decoded when it is asked for.

    A file's own are no dataclass: those msgspec would write field by field into a command, where
    the masks are meant.
    """

    def slices(self) -> tuple[int, ...]:
        """Return the slices that may have set voxels, ascending."""
        ...

    def mask(self, k: int, /) -> Mask | None:
        """Return the mask of a slice; None, or an empty one, where nothing is set."""
        ...

    def with_slice(self, k: int, mask: Mask | None, /) -> SliceMasks:
        """Return masks that differ in one slice and share the rest."""
        ...


class KeptMasks:
    """Masks in memory."""

    __slots__ = ("kept",)

    def __init__(self, kept: Map[int, Mask] = _NO_MASKS) -> None:
        self.kept = kept

    def slices(self) -> tuple[int, ...]:
        """Return the slices with a mask."""
        return tuple(sorted(self.kept))

    def mask(self, k: int) -> Mask | None:
        """Return the mask of a slice."""
        return self.kept.get(k)

    def with_slice(self, k: int, mask: Mask | None) -> KeptMasks:
        """Return masks with another one on this slice."""
        if mask is not None and mask.area:
            return KeptMasks(self.kept.set(k, mask))
        return KeptMasks(self.kept.delete(k)) if k in self.kept else self


class ChangedMasks:
    """Masks laid over others, which stay where they are.

    Args:
        base: as a file holds them.
        changed: slices that differ; None where nothing is left.
    """

    __slots__ = ("base", "changed")

    def __init__(self, base: SliceMasks, changed: Map[int, Mask | None] = _NO_CHANGES) -> None:
        self.base = base
        self.changed = changed

    def slices(self) -> tuple[int, ...]:
        """Return the slices with a mask."""
        under = (k for k in self.base.slices() if k not in self.changed)
        return tuple(sorted([*under, *(k for k, mask in self.changed.items() if mask)]))

    def mask(self, k: int) -> Mask | None:
        """Return the mask of a slice."""
        return self.changed[k] if k in self.changed else self.base.mask(k)

    def with_slice(self, k: int, mask: Mask | None) -> ChangedMasks:
        """Return masks with another one on this slice."""
        left = mask if mask is not None and mask.area else None
        return ChangedMasks(self.base, self.changed.set(k, left))


class MaskVolume(msgspec.Struct, frozen=True, tag=True, eq=False):
    """Voxels of many slices; two are the same when they are the very same."""

    masks: SliceMasks

    def with_slice(self, k: int, mask: Mask | None) -> MaskVolume:
        """Return a volume that differs in one slice and shares the rest."""
        return MaskVolume(self.masks.with_slice(k, mask))


Solid: TypeAlias = Landmark | Length | Angle | Cuboid | MaskVolume


def masks_of(masks: Mapping[int, Mask] | Iterable[tuple[int, Mask]]) -> KeptMasks:
    """Return masks in memory by slice; empty ones are left out."""
    return KeptMasks(Map({int(k): mask for k, mask in dict(masks).items() if mask.area}))


def changes_of(volume: MaskVolume) -> Mapping[int, Mask | None]:
    """Return the slices that are not as a file holds them; all of a volume in memory."""
    masks = volume.masks
    if isinstance(masks, ChangedMasks):
        return dict(sorted(masks.changed.items()))
    return {k: masks.mask(k) for k in masks.slices()} if isinstance(masks, KeptMasks) else {}


def points_of_solid(solid: Landmark | Length | Angle | Cuboid) -> tuple[Voxel, ...]:
    """Return the places that a solid is made of, in its own order."""
    return cast("tuple[Voxel, ...]", msgspec.structs.astuple(solid))


def shifted(
    solid: Landmark | Length | Angle | Cuboid, slices: int
) -> Landmark | Length | Angle | Cuboid:
    """Return a solid moved by whole slices."""
    return type(solid)(*((i, j, k + slices) for i, j, k in points_of_solid(solid)))


def slice_of(coordinate: float) -> int:
    """Return the slice along an axis that a voxel coordinate lies in."""
    return int(np.floor(pixel_from_voxel(coordinate)))


def reach_of(solid: Landmark | Length | Angle | Cuboid) -> Reach:
    """Return the slices along each axis between which a solid lies; mask volumes: `spread_of`."""
    along = zip(*points_of_solid(solid), strict=True)
    i, j, k = ((slice_of(min(ends)), slice_of(max(ends))) for ends in along)
    return i, j, k
