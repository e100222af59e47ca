"""New annotations, complete with id, place, class, author and time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from viewer.geometry.flats import solid_made
from viewer.geometry.plane_frame import PLAIN, PlaneFrame
from viewer.geometry.shapes import Shape
from viewer.geometry.views import Axis
from viewer.geometry.voxel_frame import AS_COUNTED, VoxelFrame
from viewer.media.volume import FrameStack, Media, Video, Volume
from viewer.model.annotation import Annotation
from viewer.model.ontology import Template
from viewer.model.placement import Placement
from viewer.model.project import Export, Project
from viewer.model.subject import PLANES, MediaKey, Plane
from viewer.review.entry_keys import entry_key_of, frame_among_all
from viewer.review.entry_spots import axes_of_planes
from viewer.review.lookup import Lookup
from viewer.session.commands import AddAnnotation, Stamp

Where: TypeAlias = tuple[MediaKey, Plane, int | None, Axis, int]


@dataclass(frozen=True)
class Target:
    """Where a new annotation goes.

    Args:
        export: id of the export that it is added to.
        class_id: of that export's ontology.
        kind: the shape that the class is drawn with; None for a classification.
        media: the slice in DICOM's words; the whole series where a plane is named.
        size: width and height of the image in pixels.
        plane: the plane that the export can hold it on.
        index: slice of a named plane, from 0.
        frame: how the export counts on the plane.
        axis, slice: where it is drawn, in voxels of the media: what a solid is made of.
        refused: why the export cannot hold the class there, "" when it can.
        voxels: how the export counts the voxels of a solid.
        template: how the nodes of a new skeleton stand, where the class says so.
    """

    export: str
    class_id: str
    kind: str | None
    media: MediaKey
    size: tuple[int, int]
    plane: Plane = "acquired"
    index: int | None = None
    frame: PlaneFrame = PLAIN
    axis: Axis = 2
    slice: int = 0
    refused: str = ""
    voxels: VoxelFrame = AS_COUNTED
    template: Template | None = None

    @property
    def where(self) -> Where:
        """The slice, whatever is drawn on it."""
        return self.media, self.plane, self.index, self.axis, self.slice


def media_key_of(media: Media, slice: int) -> MediaKey:
    """Return DICOM's words for one slice; the frame is named where the object has several.

    Where there is no DICOM object the file's name stands for it, and the frame is the slice's
    number in the file, whichever way the stack runs.
    """
    facts = media.facts
    match media:
        case Volume(instances=()):
            numbered = (key for key, at in media.slice_of.items() if at == slice)
            instance, frame = next(numbered, (None, slice))
        case Volume():
            shown = media.instances[slice]
            instance, frame = shown.sop_uid, shown.frame
        case FrameStack() | Video():
            instance, frame = _object_at(media, slice)
    return MediaKey(facts.study_uid, facts.series_uid, instance, frame=frame)


def series_key_of(media: Media) -> MediaKey:
    """Return DICOM's words for a whole series; the file's name where there is no DICOM."""
    facts = media.facts
    if facts.series_uid:
        return MediaKey(facts.study_uid, facts.series_uid)
    return msgspec.structs.replace(media_key_of(media, 0), frame=None)


@dataclass(frozen=True)
class EntryPlace:
    """A slice in the words of an export that lists its media as entries.

    Args:
        plane: the one that the export holds what is drawn there on.
        index: number of the slice as its placements count it, None for a single picture.
    """

    media: MediaKey
    plane: Plane
    index: int | None


def entry_place(
    export: Export, lookup: Lookup, number: int, axis: int, slice: int
) -> EntryPlace | None:
    """Return what an export calls a slice by its entries; None where it has no name for it.

    Volumes of a format that names its planes are drawn on by those names, their own plane too.

    Args:
        number: index of the media.
        axis: voxel axis that `slice` counts along.
    """
    found = entry_key_of(lookup, export.id, number, axis, slice)
    if found is None:
        return None
    key, _ = found
    entry = lookup.bindings[export.id].entries[lookup.entries_of(export.id)[0][key.entry or ""]]
    axes = zip(PLANES, axes_of_planes(lookup.media[number]), strict=True)
    held: list[Plane] = [plane for plane, cut in axes if cut == axis and plane in export.planes]
    if entry.kind != "volume":
        held = [plane for plane in held if plane == "acquired"]
    if not held:
        return None
    index = key.frame
    if index is None and axis == 2:
        index = frame_among_all(lookup, export.id, key, number, slice)
    return EntryPlace(key, held[-1], index)


def annotation_made(
    project: Project, target: Target, shape: Shape | None, made: Stamp
) -> AddAnnotation:
    """Return the command that adds a new annotation with this shape, made a solid where it is one.

    A solid stands in its media as a whole, on no slice of its own. It is asked what its class asks.
    """
    export = project.exports.get(target.export)
    label = None if export is None else export.ontology.by_id.get(target.class_id)
    solid = None
    if shape is not None and target.kind is not None:
        made_here = solid_made(target.kind, shape, target.axis, target.slice)
        solid = made_here and target.voxels.stored(made_here)
    flat = None if shape is None else target.frame.stored(shape, target.size)
    is_sized = target.plane == "acquired" and (solid is None or target.axis == 2)
    placement = Placement(
        target.media
        if solid is None
        else msgspec.structs.replace(target.media, item=None, frame=None),
        target.plane,
        None if solid is not None else target.index,
        solid or flat,
        target.frame.export_size(target.size) if is_sized else None,
        attributes=label.frame_questions if label else (),
    )
    annotation = Annotation(
        project.annotations.next_new(target.export),
        native_id="",
        class_id=target.class_id,
        author=made.author,
        placements=(placement,),
        attributes=label.questions if label else (),
        created=made.time,
        updated=made.time,
        updated_by=made.author or None,
    )
    return AddAnnotation(annotation, made)


def _object_at(media: FrameStack | Video, slice: int) -> tuple[str | None, int | None]:
    """Return the object that a frame belongs to, and its number there when it has several."""
    if isinstance(media, FrameStack) and media.slice_of:
        return next((key for key, index in media.slice_of.items() if index == slice), (None, slice))
    firsts = sorted((first, uid) for uid, first in media.frame_of.items() if first <= slice)
    if not firsts:
        return None, slice
    first, uid = firsts[-1]
    after = [other for other in media.frame_of.values() if other > first]
    is_alone = min(after, default=media.count) - first == 1
    return uid, None if is_alone else slice - first
