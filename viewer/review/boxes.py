"""The block of voxels around a label, by which a view is brought close to it."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.geometry.measure import bounds
from viewer.geometry.space import voxel_from_pixel
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.review.matching import Matches, Place

Voxel = tuple[float, float, float]
HALF = 0.5  # a slice reaches so far to either side


@dataclass(frozen=True)
class VoxelBox:
    """A block along the voxel axes of a media; `low` and `high` count from voxel centres."""

    media: int
    low: Voxel
    high: Voxel


def box_of(
    project: Project, matches: Matches, id: AnnotationId, place: Place | None
) -> VoxelBox | None:
    """Return the block around a label where it is placed; None where it has no geometry there.

    A label of a slice is one slice thick.
    """
    if place is None or place.media is None:
        return None
    if place.slice is None:
        met = (one for one in matches.extents_of(id) if one.placement == place.placement)
        extent = next(met, None)
        if extent is None:
            return None
        (i0, i1), (j0, j1), (k0, k1) = extent.reach
        low, high = (i0 - HALF, j0 - HALF, k0 - HALF), (i1 + HALF, j1 + HALF, k1 + HALF)
        return VoxelBox(place.media, low, high)
    held = project.annotations[id].placements[place.placement].flat
    if held is None:
        return None
    media = matches.lookup.media[place.media]
    sides = (media.columns, media.rows, media.count)
    across = [side for axis, side in enumerate(sides) if axis != place.axis]
    shown = matches.frame_of(id.export, place.media, place.axis).shown(held, (across[0], across[1]))
    x0, y0, x1, y1 = bounds(shown)
    low_in, high_in = (voxel_from_pixel(corner).tolist() for corner in ((x0, y0), (x1, y1)))
    return VoxelBox(place.media, _with(low_in, place, -HALF), _with(high_in, place, HALF))


def _with(inside: list[float], place: Place, away: float) -> Voxel:
    """Return a corner with its coordinate along the axis of its plane."""
    at = list(inside)
    at.insert(place.axis, float(place.slice or 0) + away)
    i, j, k = at
    return (i, j, k)
