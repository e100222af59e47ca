"""One annotation, decoded: class, author, placements and what else its record says."""

from __future__ import annotations

import msgspec

from viewer.geometry.shapes import Shape
from viewer.model.subject import MediaKey, Plane


class AnnotationId(msgspec.Struct, frozen=True, order=True):
    """(export, ordinal in reading order); annotations made here count on their own.

    The vendor's id is never a key: vendors repeat ids, lack them, and two exports collide.
    """

    export: str
    ordinal: int
    new: bool = False


class Origin(msgspec.Struct, frozen=True):
    """Where a record stands in a source: byte span [start, end) in the source's base bytes."""

    source: int
    start: int
    end: int


class Placement(msgspec.Struct, frozen=True, eq=False):
    """One shape of an annotation on one piece of media, or a classification without shape.

    Args:
        media: what the export says it was drawn on.
        plane: "acquired" is the stack's own plane.
        index: frame inside the media key, counted from 0; None for single images and for shapes
            in voxel or patient space.
        shape: in pixel space; None for a classification and for a verified negative.
        size: (width, height) of the image in pixels as the export states it, to be compared with
            the pixels it is shown on.
        origins: records that hold this placement.
        stored: False where the placement is derived (interpolated), not in a file.
    """

    media: MediaKey
    plane: Plane = "acquired"
    index: int | None = None
    shape: Shape | None = None
    size: tuple[int, int] | None = None
    origins: tuple[Origin, ...] = ()
    stored: bool = True


class Annotation(msgspec.Struct, frozen=True, eq=False):
    """A label that a person or a model made.

    Args:
        native_id: the vendor's id, "" when the record has none.
        class_id: key into the export's ontology.
        author: as the export names it (name, else id), "" when unknown.
        note: free text of the record; None when the record has none.
        attributes: further named values of the record that a person may read, in file order.
        parent: the annotation it is a child of.
        group: the vendor's id of the object it is one view of.
        locked_reason: why it cannot be edited, in words; None when it can.
    """

    id: AnnotationId
    native_id: str
    class_id: str
    author: str
    placements: tuple[Placement, ...] = ()
    note: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    parent: AnnotationId | None = None
    group: str | None = None
    created: str | None = None
    updated: str | None = None
    updated_by: str | None = None
    locked_reason: str | None = None

    def with_shape(self, placement: int, shape: Shape) -> Annotation:
        """Return a copy whose placement number `placement` holds `shape`."""
        changed = msgspec.structs.replace(self.placements[placement], shape=shape)
        placements = (*self.placements[:placement], changed, *self.placements[placement + 1 :])
        return msgspec.structs.replace(self, placements=placements)
