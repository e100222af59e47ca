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
        voxel: (i, j, k) at voxel centres; None where the label is about the whole media.
    """

    media: int
    voxel: Voxel | None


def centre_of(project: Project, matches: Matches, id: AnnotationId) -> Centre | None:
    """Return where the first matched placement of an annotation lies; None when none matches.

    A placement with geometry goes before one without.
    """
    placements = project.annotations[id].placements
    places = sorted(matches.of(id), key=lambda place: placements[place.placement].shape is None)
    for place in places:
        if place.media is not None:
            voxel = _voxel(matches, place, placements[place.placement].flat)
            return Centre(place.media, voxel)
    return None


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


def _voxel(matches: Matches, place: Place, shape: Shape | None) -> Voxel | None:
    if place.media is None or place.slice is None:
        return None
    if shape is not None:
        i, j = voxel_from_pixel(centre(shape)).tolist()
        return (i, j, float(place.slice))
    media = matches.lookup.media[place.media]
    return (float(media.columns // 2), float(media.rows // 2), float(place.slice))
