"""Which slices of their media solids meet, along every axis: worked out off the main thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import cast

import numpy as np

from viewer.errors import Issue
from viewer.geometry.flats import Size
from viewer.geometry.mask import Mask
from viewer.geometry.oblique import NO_AXIS
from viewer.geometry.solid_sizes import Spread, middle_of, spread_of, voxels_of
from viewer.geometry.solids import (
    ChangedMasks,
    Cuboid,
    KeptMasks,
    MaskVolume,
    Reach,
    Solid,
    Voxel,
    masks_of,
    reach_of,
)
from viewer.media.volume import Media
from viewer.model.annotation import Annotation, AnnotationId
from viewer.review.lookup import Lookup
from viewer.review.places import Place

KEPT_BYTES = 256 << 20  # of masks kept in memory; what goes beyond is read from its file again


@dataclass(frozen=True, eq=False)
class Extent:
    """One solid of an annotation, within its media.

    Args:
        media: index of the media.
        solid: a mask volume as decoded, where it was kept.
        reach: first and last slice along each voxel axis, within the media.
        voxels: (slice, number of voxels) of a cuboid or mask volume, ascending; else ().
    """

    id: AnnotationId
    placement: int
    media: int
    solid: Solid
    reach: Reach
    voxels: tuple[tuple[int, int], ...] = ()

    @property
    def middle(self) -> Voxel | None:
        """The voxel place that stands for it."""
        spread = Spread(self.reach, self.voxels) if self.voxels else None
        return middle_of(self.solid, spread)

    def slices(self, axis: int) -> Iterable[int]:
        """Return the slices along an axis that it meets, ascending."""
        if axis == 2 and isinstance(self.solid, MaskVolume):
            return (k for k, _ in self.voxels)
        first, last = self.reach[axis]
        return range(first, last + 1)


Extents = tuple[Extent, ...]
Placed = tuple[int, int, Solid]  # placement, media, solid


NO_DOUBTS: Mapping[int, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class FoundSolids:
    """What was found of solids.

    Args:
        extents: by annotation.
        issues: what cannot be shown, or is doubtful.
        doubts: what is doubtful of the solids on a media, in few words without a full stop.
    """

    extents: Mapping[AnnotationId, Extents]
    issues: tuple[Issue, ...] = ()
    doubts: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: NO_DOUBTS)


NO_SOLIDS = FoundSolids(MappingProxyType({}))


class SortedExtents:
    """Solids by media, found by the slices they meet."""

    def __init__(self, extents: Iterable[Extent]) -> None:
        found: dict[int, list[Extent]] = {}
        for extent in extents:
            found.setdefault(extent.media, []).append(extent)
        self._by_media = {media: tuple(on_media) for media, on_media in found.items()}
        self._reaches = {
            media: np.array([extent.reach for extent in on_media])
            for media, on_media in self._by_media.items()
        }  # (n, 3, 2) each

    def on_media(self, media: int) -> Extents:
        """Return the solids of a media."""
        return self._by_media.get(media, ())

    def on(self, media: int, axis: int, index: int) -> Extents:
        """Return the solids that may meet a slice along an axis; an oblique plane may all."""
        if media not in self._by_media:
            return ()
        if axis == NO_AXIS:
            return self._by_media[media]
        first, last = self._reaches[media][:, axis].T
        here = self._by_media[media]
        return tuple(here[at] for at in np.flatnonzero((first <= index) & (index <= last)).tolist())


def slices_of_extents(extents: Sequence[Extent], axis: int) -> list[int]:
    """Return the slices along an axis that any of them meets, ascending."""
    last = max((extent.reach[axis][1] for extent in extents), default=-1)
    turns = np.zeros(last + 2, dtype=np.int64)
    for extent in extents:
        if axis == 2 and isinstance(extent.solid, MaskVolume):
            on = [k for k, _ in extent.voxels]
            turns[on] += 1
            turns[[k + 1 for k in on]] -= 1
        else:
            first, after = extent.reach[axis][0], extent.reach[axis][1] + 1
            turns[first] += 1
            turns[after] -= 1
    return np.flatnonzero(np.cumsum(turns) > 0).tolist()


def size_of(media: Media) -> Size:
    """Return columns, rows and slices of a media."""
    return media.columns, media.rows, media.count


@dataclass(eq=False)
class ExtentFinder:
    """Works out extents; masks are kept in memory until there are too many.

    Args:
        media: what was opened.
        check: called again and again; may raise to stop.
    """

    media: tuple[Media, ...]
    check: Callable[[], None] = lambda: None
    _kept_bytes: int = field(default=0, init=False)

    def of_opened(self, annotation: Annotation, placed: Iterable[Placed]) -> Extents:
        """Return the extents of an annotation as its file holds it; masks are decoded."""
        found: list[Extent] = []
        for number, media, solid in placed:
            self.check()
            size = size_of(self.media[media])
            if isinstance(solid, MaskVolume):
                kept = self._decoded(solid, size)
                extent = _of_volume(annotation.id, number, media, kept, size, self.check)
            else:
                extent = _of_points(annotation.id, number, media, solid, size)
            found += [extent] if extent else []
        return tuple(found)

    def _decoded(self, volume: MaskVolume, size: Size) -> MaskVolume:
        """Return the volume with its masks in memory; as it is where they would take too much."""
        kept: dict[int, Mask] = {}
        for k in volume.masks.slices():
            self.check()
            mask = volume.masks.mask(k) if 0 <= k < size[2] else None
            if mask is not None and mask.area:
                self._kept_bytes += mask.runs.nbytes
                kept[k] = mask
            if self._kept_bytes > KEPT_BYTES:
                return volume
        return MaskVolume(masks_of(kept))


def placed_solids(annotation: Annotation, places: Sequence[Place], lookup: Lookup) -> list[Placed]:
    """Return the solids of an annotation that found their media, in the voxels of the media."""
    export, found = annotation.id.export, list[Placed]()
    for place in places:
        if place.media is None or place.placement >= len(annotation.placements):
            continue
        placement = annotation.placements[place.placement]
        if placement.solid is not None:
            frame = lookup.voxels_of(export, placement.media.entry)
            found.append((place.placement, place.media, frame.shown(placement.solid)))
    return found


def edited_extents(
    annotation: Annotation, placed: Iterable[Placed], media: tuple[Media, ...], known: Extents
) -> Extents:
    """Return the extents of an edited annotation; nothing of a file is decoded.

    Args:
        annotation: as edited.
        placed: its solids.
        media: what was opened.
        known: its extents as its file holds it; () while they are worked out.
    """
    found: list[Extent] = []
    for number, index, solid in placed:
        size = size_of(media[index])
        if not isinstance(solid, MaskVolume):
            extent = _of_points(annotation.id, number, index, solid, size)
        else:
            before = next((one for one in known if one.placement == number), None)
            extent = _of_edited_volume(annotation.id, (number, index, solid), size, before)
        found += [extent] if extent else []
    return tuple(found)


def _of_edited_volume(
    id: AnnotationId, placed: Placed, size: Size, before: Extent | None
) -> Extent | None:
    number, index, solid = placed
    masks = cast(MaskVolume, solid).masks
    if isinstance(masks, KeptMasks):
        return _of_volume(id, number, index, MaskVolume(masks), size)
    if before is None or not isinstance(before.solid, MaskVolume):
        return None
    if not isinstance(masks, ChangedMasks):
        return before
    changed = MaskVolume(masks_of({k: mask for k, mask in masks.changed.items() if mask}))
    fresh = spread_of(changed, size[2])
    voxels = {k: count for k, count in before.voxels if k not in masks.changed}
    voxels |= dict(fresh.voxels) if fresh else {}
    if not voxels:
        return None
    shown = MaskVolume(ChangedMasks(before.solid.masks, masks.changed))
    i, j = (_joined(before.reach[a], fresh.reach[a] if fresh else None) for a in (0, 1))
    reach = _within((i, j, (min(voxels), max(voxels))), size)
    return reach and Extent(id, number, index, shown, reach, tuple(sorted(voxels.items())))


def _joined(one: tuple[int, int], other: tuple[int, int] | None) -> tuple[int, int]:
    return one if other is None else (min(one[0], other[0]), max(one[1], other[1]))


def _of_volume(
    id: AnnotationId,
    number: int,
    media: int,
    volume: MaskVolume,
    size: Size,
    check: Callable[[], None] = lambda: None,
) -> Extent | None:
    spread = spread_of(volume, size[2], check)
    reach = None if spread is None else _within(spread.reach, size)
    if spread is None or reach is None:
        return None
    return Extent(id, number, media, volume, reach, spread.voxels)


def _of_points(
    id: AnnotationId, number: int, media: int, solid: Solid, size: Size
) -> Extent | None:
    if isinstance(solid, MaskVolume):
        return None
    reach = _within(reach_of(solid), size)
    if reach is None:
        return None
    voxels = voxels_of(solid, size) if isinstance(solid, Cuboid) else ()
    return Extent(id, number, media, solid, reach, voxels)


def _within(reach: Reach, size: Size) -> Reach | None:
    """The part of a reach inside the media; None where there is none."""
    parts = [
        (max(first, 0), min(last, limit - 1))
        for (first, last), limit in zip(reach, size, strict=True)
    ]
    if any(first > last for first, last in parts):
        return None
    i, j, k = parts
    return i, j, k
