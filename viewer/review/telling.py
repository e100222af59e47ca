"""What decoders of exports are told of the open pictures."""

from __future__ import annotations

from collections.abc import Mapping

from viewer.geometry.plane_frame import PlaneFrame
from viewer.geometry.voxel_frame import AS_COUNTED, VoxelFrame
from viewer.media.volume import Media
from viewer.model.project import Project
from viewer.model.subject import PLANES
from viewer.model.table import Affine
from viewer.review.binding import Binding
from viewer.review.entry_spots import plane_sizes
from viewer.review.lookup import Lookup
from viewer.review.measuring import PixelMeasurer, affine_of
from viewer.review.voxel_order import grid_shown

_ACQUIRED = PLANES.index("acquired")


def tell_pictures(
    project: Project, lookup: Lookup, frames: Mapping[tuple[str, int, int], PlaneFrame]
) -> None:
    """Tell decoders of the pictures that entries are shown on: sizes, voxels and affines.

    Decoders are told of the readings too that a person chose for them.

    Args:
        frames: how exports count on planes, by export id, media and voxel axis.
    """
    for id, bound in lookup.bindings.items():
        sizes = project.annotations.bases[id].sizes
        sizes.measure = PixelMeasurer(project.exports[id], lookup, frames)
        orders = lookup.entries_of(id)[1].orders
        for entry, binding, order in zip(bound.entries, bound.bindings, orders, strict=True):
            shown = lookup.media[binding.index] if binding.index >= 0 else None
            sizes.tell_readings(entry.id, binding.readings)
            sizes.tell_grid(entry.id, grid_shown(shown, order.run) if shown else None)
            if entry.affine is None:
                sizes.tell_affine(entry.id, _affine(shown, binding, order.points))
            if shown is None:
                continue
            planes = plane_sizes(binding, shown)
            sizes.tell_planes(entry.id, planes)
            acquired = planes[_ACQUIRED]
            if entry.size is None and acquired is not None:
                sizes.tell(entry.id, acquired)


def _affine(shown: Media | None, binding: Binding, voxels: VoxelFrame | None) -> Affine | None:
    """Return the affine from the voxels that an entry counts, None where there is none.

    Where solids are refused, since an entry is a part of its media or in an order of its own, only
    the distances of pixels are asked for; they are those of the media unless rows are scaled.
    """
    affine = affine_of(shown) if shown else None
    is_scaled = any(turn.scale_y != 1 for turn in binding.planes.values())
    if affine is None or (voxels is None and is_scaled):
        return None
    return (voxels or AS_COUNTED).counted(affine)
