"""What decoders of exports are told of the open pictures."""

from __future__ import annotations

from collections.abc import Mapping

from viewer.geometry.plane_frame import PlaneFrame
from viewer.geometry.voxel_frame import AS_COUNTED, VoxelFrame
from viewer.media.volume import Media
from viewer.model.project import Entry, Project
from viewer.model.subject import PLANES
from viewer.model.told import Affine, Telling, Tellings, Told, ToldOfEntry
from viewer.review.binding import Binding
from viewer.review.entry_spots import plane_sizes
from viewer.review.lookup import Lookup
from viewer.review.measuring import PixelMeasurer, affine_of
from viewer.review.voxel_order import VoxelOrder, grid_shown

_ACQUIRED = PLANES.index("acquired")


def tellings_of(
    project: Project, lookup: Lookup, frames: Mapping[tuple[str, int, int], PlaneFrame]
) -> Tellings:
    """Return what decoders are to be told of the pictures that entries are shown on.

    Among it are the readings that a person chose. How large an entry's pictures are is kept when
    they are closed.

    Args:
        frames: how exports count on planes, by export id, media and voxel axis.
    """
    tellings = dict[Told, Telling]()
    for id, bound in lookup.bindings.items():
        told = project.annotations.bases[id].told
        orders = lookup.entries_of(id)[1].orders
        entries = {
            entry.id: _told(entry, binding, order, lookup, told.of(entry.id))
            for entry, binding, order in zip(bound.entries, bound.bindings, orders, strict=True)
        }
        measure = PixelMeasurer(project.exports[id], lookup, frames)
        tellings[told] = told.next(entries, measure)
    return Tellings(tellings)


def _told(
    entry: Entry, binding: Binding, order: VoxelOrder, lookup: Lookup, before: ToldOfEntry
) -> ToldOfEntry:
    if binding.index < 0:
        return ToldOfEntry(before.size, before.planes, readings=binding.readings)
    shown = lookup.media[binding.index]
    planes = plane_sizes(binding, shown)
    return ToldOfEntry(
        size=before.size if entry.size else planes[_ACQUIRED] or before.size,
        planes=planes,
        grid=grid_shown(shown, order.run),
        affine=_affine(shown, binding, order.points) if entry.affine is None else None,
        readings=binding.readings,
    )


def _affine(shown: Media, binding: Binding, voxels: VoxelFrame | None) -> Affine | None:
    """Return the affine from the voxels that an entry counts, None where there is none.

    Where solids are refused, since an entry is a part of its media or in an order of its own, only
    the distances of pixels are asked for; they are those of the media unless rows are scaled.
    """
    affine = affine_of(shown)
    is_scaled = any(turn.scale_y != 1 for turn in binding.planes.values())
    if affine is None or (voxels is None and is_scaled):
        return None
    return (voxels or AS_COUNTED).counted(affine)
