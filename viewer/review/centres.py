"""Where the middle of a label is: media, voxel, and the slices of the planes through it."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.geometry.measure import centre
from viewer.geometry.shapes import Shape
from viewer.geometry.space import voxel_from_pixel
from viewer.geometry.views import view_planes
from viewer.media.volume import Volume
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.review.matching import Matches, Place

Voxel = tuple[float, float, float]


@dataclass(frozen=True)
class Centre:
    """The middle of one placement.

    Args:
        media: index of the media.
        voxel: (i, j, k) at voxel centres; None where the label is about the whole media, and for
            a solid until it is known where it lies.
        axis: voxel axis of the planes that it was drawn on.
    """

    media: int
    voxel: Voxel | None
    axis: int = 2


def centre_of(project: Project, matches: Matches, id: AnnotationId) -> Centre | None:
    """Return where the first matched placement of an annotation lies; None when none matches.

    A placement with geometry goes before one without.
    """
    return _centre(project, matches, id, matches.first_of(id))


def centre_at(project: Project, matches: Matches, id: AnnotationId, number: int) -> Centre | None:
    """Return where one placement of an annotation lies; None when it is not matched."""
    return _centre(project, matches, id, matches.place_at(id, number))


def _centre(
    project: Project, matches: Matches, id: AnnotationId, place: Place | None
) -> Centre | None:
    if place is None or place.media is None:
        return None
    return Centre(place.media, voxel_of(project, matches, id, place), place.axis)


def voxel_of(project: Project, matches: Matches, id: AnnotationId, place: Place) -> Voxel | None:
    """Return the voxel place that stands for a placement; None where there is none to go to."""
    if place.media is not None and place.slice is None:
        met = (one for one in matches.extents_of(id) if one.placement == place.placement)
        extent = next(met, None)
        return None if extent is None else extent.middle
    shape = project.annotations[id].placements[place.placement].flat
    return _voxel(matches, id.export, place, shape)


def centre_slices(project: Project, matches: Matches, id: AnnotationId) -> dict[str, int]:
    """Return the slice number, from 0, of each plane through the centre of a label.

    Keys are "axial", "sagittal" and "coronal" for a volume, "frame" for frames without positions;
    empty for a label without geometry or without pixels.
    """
    found = centre_of(project, matches, id)
    if found is None or found.voxel is None:
        return {}
    media = matches.lookup.media[found.media]
    if not isinstance(media, Volume):
        return {"frame": int(found.voxel[2])}
    planes = view_planes(media.stack)
    return {name: plane.index_of(found.voxel) for name, plane in planes.items()}


def _voxel(matches: Matches, export: str, place: Place, shape: Shape | None) -> Voxel | None:
    """Return the middle of a placement; None where it is about the whole media."""
    if place.media is None or place.slice is None:
        return None
    media = matches.lookup.media[place.media]
    sides = (media.columns, media.rows, media.count)
    across = [side for axis, side in enumerate(sides) if axis != place.axis]
    if shape is None:
        u, v = (float(side // 2) for side in across)
    else:
        frame = matches.frame_of(export, place.media, place.axis)
        shown = frame.shown(shape, (across[0], across[1]))
        u, v = voxel_from_pixel(centre(shown)).tolist()
    at = [u, v]
    at.insert(place.axis, float(place.slice))
    i, j, k = at
    return (i, j, k)
