"""Where an annotation stands: one shape on one piece of media, and what is said of it there."""

from __future__ import annotations

import msgspec

from viewer.geometry.shapes import Shape
from viewer.geometry.solids import Solid
from viewer.model.answers import Attribute, AttributeKind, AttributeValue, answered
from viewer.model.subject import MediaKey, Plane

__all__ = ["Attribute", "AttributeKind", "AttributeValue", "Origin", "Placement"]


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
        shape: in pixel space, a solid in voxel space; None for a classification and for a verified
            negative.
        size: (width, height) of the image in pixels as the export states it, to be compared with
            the pixels it is shown on.
        origins: records that hold this placement.
        attributes: answers that hold on this frame only.
        stored: False where the placement is derived (interpolated), not in a file.
        is_key: False where it was worked out between two key frames, stored or not.
    """

    media: MediaKey
    plane: Plane = "acquired"
    index: int | None = None
    shape: Shape | Solid | None = None
    size: tuple[int, int] | None = None
    origins: tuple[Origin, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    stored: bool = True
    is_key: bool = True

    @property
    def flat(self) -> Shape | None:
        """The shape that lies on one slice; None without, and for a solid."""
        return None if isinstance(self.shape, Solid) else self.shape

    @property
    def solid(self) -> Solid | None:
        """The shape in voxel space; None without, and for one on a slice."""
        return self.shape if isinstance(self.shape, Solid) else None

    def with_attribute(
        self, key: str, value: AttributeValue, asked: tuple[Attribute, ...] = ()
    ) -> Placement:
        """Return a copy with another answer; see `viewer.model.answers.answered`."""
        changed = answered(self.attributes, key, value, asked)
        return msgspec.structs.replace(self, attributes=changed)
