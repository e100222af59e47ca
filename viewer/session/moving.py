"""Labels on other slices and frames: moving one there, and taking one off a single frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from viewer.geometry.flats import is_whole
from viewer.geometry.solids import MaskVolume, Solid, reach_of, shifted
from viewer.media.volume import Media
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Placement
from viewer.model.subject import MediaKey
from viewer.model.track import Track
from viewer.review.places import Place
from viewer.session.commands import DeletePlacement, MovePlacement, Reshape
from viewer.session.making import entry_place, media_key_of
from viewer.session.said_once import ONCE, is_said
from viewer.session.session import Session

ALREADY = "The label is on that slice already; change it there."


def place_here(session: Session, id: AnnotationId) -> Place | None:
    """Return where a label is seen: on the slice under the crosshair, of the plane it is on.

    Of those with a shape the first; None where the label is not on the slice that is shown.
    """
    number = session.viewing.media_index
    if number is None or id not in session.project.annotations:
        return None
    for axis in (2, 0, 1):
        at = round(session.viewing.crosshair[axis])
        for found, placement in session.matches.on(number, at, axis):
            if found == id:
                return Place(placement, number, at, axis=axis)
    at = round(session.viewing.crosshair[2])
    return next((place for place in _solid_places(session, id) if place.slice == at), None)


def _solid_places(session: Session, id: AnnotationId) -> Iterator[Place]:
    """Yield a slice of the shown media that holds all of a solid, the nearest to the one shown.

    Mask volumes are painted slice by slice, and have none.
    """
    shown, at = session.viewing.media_index, round(session.viewing.crosshair[2])
    for extent in session.matches.extents_of(id):
        first, last = extent.reach[2]
        k = min(max(at, first), last)
        is_one = not isinstance(extent.solid, MaskVolume) and is_whole(extent.solid, 2, k)
        if is_one and extent.media == shown:
            yield Place(extent.placement, extent.media, k)


def moved_by(session: Session, id: AnnotationId, steps: int) -> MovePlacement | Reshape | str:
    """Return the command that moves a label by slices or frames, or why it cannot be moved.

    Args:
        session: the label stands where it is seen now.
        id: of the label.
        steps: along the axis of the plane that it was drawn on.
    """
    place = place_here(session, id)
    if place is None or place.slice is None:
        return "The label is not on the slice that is shown; go to it first."
    return _moved(session, id, place, place.slice + steps)


def moved_here(session: Session, id: AnnotationId) -> MovePlacement | Reshape | str:
    """Return the command that moves a label to the slice or frame shown, or why it cannot.

    Of a label on several slices the one nearest to this one moves; of a track a key frame.
    """
    place = nearest_place(session, id)
    if place is None:
        return "The label is on no single slice of these images, so it cannot be moved."
    return _moved(session, id, place, round(session.viewing.crosshair[place.axis]))


def nearest_place(session: Session, id: AnnotationId) -> Place | None:
    """Return where a label is on the shown media, next to the slice shown; None where nowhere."""
    number, annotations = session.viewing.media_index, session.project.annotations
    if number is None or id not in annotations:
        return None
    placements, crosshair = annotations[id].placements, session.viewing.crosshair
    may = placements.keys if isinstance(placements, Track) else None
    flat = session.matches.nearest_to(id, number, crosshair, may)
    places = [*([flat] if flat is not None else []), *_solid_places(session, id)]
    return min(places, key=lambda place: _away(place, crosshair), default=None)


def _away(place: Place, voxel: Sequence[float]) -> float:
    return abs((place.slice or 0) - voxel[place.axis])


def _moved(
    session: Session, id: AnnotationId, place: Place, wanted: int
) -> MovePlacement | Reshape | str:
    """Return the command that moves what is at a place to another slice, or why it cannot."""
    media, annotation = session.current, session.project.annotations[id]
    if annotation.locked_reason:
        return f"This label cannot be moved: {annotation.locked_reason}."
    if media is None or place.slice is None:
        return "The label is on no single slice of these images, so it cannot be moved."
    counts = (media.columns, media.rows, media.count)
    if not 0 <= wanted < counts[place.axis]:
        return "There is no slice beyond this one."
    placement = annotation.placements[place.placement]
    if refused := _taken(session, annotation, placement, (place.media or 0, wanted, place.axis)):
        return refused
    solid = placement.solid
    if solid is not None and not isinstance(solid, MaskVolume):
        voxels = session.matches.lookup.voxels_of(id.export, placement.media.entry)
        moved = shifted(solid, voxels.signs[2] * (wanted - place.slice))
        command = Reshape(id, place.placement, moved, session.stamp(), "Move to slice")
        before, after = (voxels.shown(each) for each in (solid, moved))
        is_lost = _is_within(before, media.count) and not _is_within(after, media.count)
        return "There is no slice beyond the end of this label." if is_lost else command
    is_track = isinstance(annotation.placements, Track)
    files = () if is_track else _files(session, id, placement, (place.axis, wanted))
    for name in (*files, *_names(placement, media, place.slice, wanted)):
        command = _command(session, annotation, place.placement, name)
        if _lands(session, annotation, command, (place.media, place.axis, wanted)):
            return ALREADY if _is_on(annotation, command.frame) else command
    return "The export has no name for that slice, so the label stays."


def _taken(
    session: Session, annotation: Annotation, placement: Placement, to: tuple[int, int, int]
) -> str:
    """Return why a media's slice along an axis has no room for a label, "" when it has."""
    id = annotation.id
    if any(found == id for found, _ in session.matches.on(*to)):
        return ALREADY
    key, at = (id.export, annotation.class_id), (placement.media.entry, to[1])
    is_twice = placement.shape is None and is_said(session, key, annotation.author, at, but=id)
    return ONCE if is_twice else ""


def _is_within(solid: Solid, slices: int) -> bool:
    if isinstance(solid, MaskVolume):
        return True
    first, last = reach_of(solid)[2]
    return first >= 0 and last < slices


def _is_on(annotation: Annotation, frame: int) -> bool:
    """Whether a track lists a frame, be it one on which nothing is drawn."""
    placements = annotation.placements
    return isinstance(placements, Track) and bool((placements.frames == frame).any())


def _command(session: Session, annotation: Annotation, number: int, name: _Name) -> MovePlacement:
    placements = annotation.placements
    frame = int(placements.frames[number]) + name.way if isinstance(placements, Track) else 0
    return MovePlacement(
        annotation.id,
        number,
        placements[number].flat,
        name.media,
        name.index,
        frame,
        session.stamp(),
    )


def _lands(
    session: Session,
    annotation: Annotation,
    command: MovePlacement,
    wanted: tuple[int | None, int, int],
) -> bool:
    """Whether what the export would say is shown on the wanted media, axis and slice."""
    old = annotation.placements[command.placement]
    moved = msgspec.structs.replace(old, media=command.media, index=command.index)
    alone = msgspec.structs.replace(annotation, placements=(moved,))
    matches = session.matches.with_edits(session.project.with_annotation(alone))
    (place,) = matches.of(annotation.id)
    return not place.reason and (place.media, place.axis, place.slice) == wanted


def taken_off(session: Session, id: AnnotationId) -> DeletePlacement | str:
    """Return the command that takes a label off the slice shown, or why not.

    A label that is on no other slice is not taken off: it is deleted as a whole.
    """
    place = place_here(session, id)
    if place is None:
        return "The label is not on the slice that is shown."
    annotation = session.project.annotations[id]
    if annotation.locked_reason:
        return f"This label cannot be changed: {annotation.locked_reason}."
    if len(annotation.placements) < 2:
        return "The label is on this slice alone; Del deletes it."
    return DeletePlacement(id, place.placement, session.stamp())


@dataclass(frozen=True)
class _Name:
    """What an export may call a slice.

    Args:
        way: how much further its number is than that of the slice before.
    """

    media: MediaKey
    index: int | None
    way: int


def _files(
    session: Session, id: AnnotationId, placement: Placement, wanted: tuple[int, int]
) -> Iterator[_Name]:
    """Yield the name of an entry's file that shows the slice `wanted` (axis, number) alone.

    What the export counts besides stays, and who writes it lets it follow the file; a label that is
    in no file yet is counted as where it would be drawn.
    """
    number, exports = session.viewing.media_index, session.project.exports
    if number is None or placement.media.item is None or id.export not in exports:
        return
    place = entry_place(exports[id.export], session.matches.lookup, number, *wanted)
    if place is None or place.media.entry != placement.media.entry:
        return
    if place.media.item is not None and place.media.frame is None:
        there = msgspec.structs.replace(placement.media, item=place.media.item)
        yield _Name(there, place.index if id.new else placement.index, 0)


def _names(placement: Placement, media: Media, now: int, wanted: int) -> Iterator[_Name]:
    """Yield what the export may call another slice, likeliest first; `_lands` tells which is right.

    An export may count against the stack's order.
    """
    key, steps = placement.media, wanted - now
    if key.instance is not None and placement.plane == "acquired":
        named = media_key_of(media, wanted)
        has_frame = key.frame is not None or named.frame is not None
        frame = named.frame if has_frame else None
        there = msgspec.structs.replace(key, instance=named.instance, frame=frame)
        yield _Name(there, frame if placement.index is not None else None, steps)
    for way in (steps, -steps):
        index, frame, item = (
            None if number is None else number + way
            for number in (placement.index, key.frame, key.item)
        )
        if index is not None or frame is not None:
            yield _Name(msgspec.structs.replace(key, frame=frame), index, way)
        if item is not None:
            yield _Name(msgspec.structs.replace(key, item=item), placement.index, way)
