"""From label to label: their order, and bringing one into all views."""

from __future__ import annotations

from viewer.geometry.measure import centre
from viewer.geometry.space import voxel_from_pixel
from viewer.model.annotation import AnnotationId
from viewer.review.matching import Place
from viewer.session.session import Session


def go_to_label(session: Session, id: AnnotationId) -> bool:
    """Move all views to a label; False when it is placed on no pixels.

    Of several placements the one on the shown media nearest to the shown slice is taken.
    """
    places = [place for place in session.matches.of(id) if place.media is not None]
    if not places:
        return False
    best = min(places, key=lambda place: _distance(session, place))
    if best.media is not None:
        session.viewing.show(best.media)
    voxel = session.viewing.crosshair
    shape = session.project.annotations[id].placements[best.placement].shape
    i, j = voxel[:2] if shape is None else voxel_from_pixel(centre(shape)).tolist()
    session.viewing.set_crosshair((i, j, voxel[2] if best.slice is None else float(best.slice)))
    return True


def labels_in_order(session: Session) -> tuple[AnnotationId, ...]:
    """Return the labels that have geometry on the shown media and are drawn, slice by slice."""
    index = session.viewing.media_index
    if index is None:
        return ()
    seen: dict[AnnotationId, None] = {}
    slices = session.matches.slices_with_labels(index)
    for slice in sorted(slices):
        seen.update(dict.fromkeys(slices[slice]))
    annotations, display = session.project.annotations, session.display
    return tuple(id for id in seen if display.is_drawn(id, annotations[id].class_id))


def _distance(session: Session, place: Place) -> tuple[bool, float]:
    away = 0.0 if place.slice is None else abs(place.slice - session.viewing.crosshair[2])
    return (place.media != session.viewing.media_index, away)
