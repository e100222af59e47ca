"""One annotation, decoded: class, author, placements and what else its record says."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from viewer.geometry.shapes import Shape
from viewer.geometry.solids import Solid
from viewer.model.answers import Attribute, AttributeValue, answered
from viewer.model.placement import Placement
from viewer.model.track import Track


class AnnotationId(msgspec.Struct, frozen=True, order=True):
    """(export, ordinal in reading order); annotations made here count on their own.

    The vendor's id is never a key: vendors repeat ids, lack them, and two exports collide.
    """

    export: str
    ordinal: int
    new: bool = False


class Relation(msgspec.Struct, frozen=True):
    """What an export says of two annotations, such as that one belongs to the other.

    Args:
        directed: it leads from `source` to `target`; else it holds both ways.
    """

    name: str
    source: AnnotationId
    target: AnnotationId
    directed: bool = True


class Annotation(msgspec.Struct, frozen=True, eq=False):
    """A label that a person or a model made.

    Args:
        native_id: the vendor's id, "" when the record has none.
        class_id: key into the export's ontology.
        author: as the export names it (name, else id), "" when unknown.
        note: free text of the record; None when the record has none.
        attributes: what else the record says, or was asked, in file order.
        parent: the annotation it is a child of.
        group: the vendor's id of the object it is one view of.
        locked_reason: why it cannot be edited, in words; None when it can.
        relations: those that it is an end of.
        made_from: the vendor's id of the record that it was copied from, of this export or another.
        reviews: how many reviews are in favour of it, and against it, as the export counts them.
    """

    id: AnnotationId
    native_id: str
    class_id: str
    author: str
    placements: Sequence[Placement] = ()
    note: str | None = None
    attributes: tuple[Attribute, ...] = ()
    parent: AnnotationId | None = None
    group: str | None = None
    created: str | None = None
    updated: str | None = None
    updated_by: str | None = None
    locked_reason: str | None = None
    relations: tuple[Relation, ...] = ()
    made_from: str | None = None
    reviews: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if isinstance(self.placements, list):  # as read from a journal
            msgspec.structs.force_setattr(self, "placements", tuple(self.placements))

    def with_shape(self, placement: int, shape: Shape | Solid) -> Annotation:
        """Return a copy whose placement number `placement` holds `shape`."""
        drawn = msgspec.structs.replace(
            self.placements[placement], shape=shape, stored=True, is_key=True
        )
        return self.with_placement(placement, drawn)

    def with_placement(self, number: int, placement: Placement) -> Annotation:
        """Return a copy with another placement of this number."""
        placements = self.placements
        if isinstance(placements, Track):
            return msgspec.structs.replace(self, placements=placements.with_(number, placement))
        changed = (*placements[:number], placement, *placements[number + 1 :])
        return msgspec.structs.replace(self, placements=changed)

    def with_attribute(
        self,
        placement: int | None,
        key: str,
        value: AttributeValue,
        asked: tuple[Attribute, ...] = (),
    ) -> Annotation:
        """Return a copy with another answer; see `viewer.model.answers.answered`.

        An answer on a frame between two key frames makes that frame a key frame, so that what is
        said there is stored there.

        Args:
            placement: whose answer it is; None for one of the whole annotation.
            key: of the attribute.
            value: the answer.
            asked: the questions that it brings.

        Raises:
            KeyError: there is no such attribute.
            IndexError: there is no such placement.
            ValueError: the attribute cannot be edited, or the value is not of its kind.
        """
        if placement is None:
            changed = answered(self.attributes, key, value, asked)
            return msgspec.structs.replace(self, attributes=changed)
        said = self.placements[placement].with_attribute(key, value, asked)
        stored = msgspec.structs.replace(said, stored=True, is_key=True)
        return self.with_placement(placement, stored)

    def with_moved(self, number: int, placement: Placement, frame: int) -> Annotation:
        """Return a copy whose placement of this number stands elsewhere; of a track as a key frame.

        Args:
            number: of the placement that moves.
            placement: as it is there.
            frame: number of its frame in a track.

        Raises:
            ValueError: the track is on that frame already.
        """
        placements = self.placements
        if not isinstance(placements, Track):
            return self.with_placement(number, placement)
        drawn = msgspec.structs.replace(placement, stored=True, is_key=True)
        moved = placements.without(number).with_new(drawn, frame)
        return msgspec.structs.replace(self, placements=moved)

    def without_placement(self, number: int) -> Annotation:
        """Return a copy that lacks one placement."""
        placements = self.placements
        if isinstance(placements, Track):
            return msgspec.structs.replace(self, placements=placements.without(number))
        left = (*placements[:number], *placements[number + 1 :])
        return msgspec.structs.replace(self, placements=left)
