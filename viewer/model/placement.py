"""Where an annotation stands: one shape on one piece of media, and what is said of it there."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from viewer.geometry.shapes import Shape
from viewer.geometry.solids import Solid
from viewer.model.subject import MediaKey, Plane


class Origin(msgspec.Struct, frozen=True):
    """Where a record stands in a source: byte span [start, end) in the source's base bytes."""

    source: int
    start: int
    end: int


AttributeValue: TypeAlias = "str | float | bool | tuple[str, ...] | None"
AttributeKind = Literal["shown", "text", "number", "boolean", "choice", "choices"]


class Attribute(msgspec.Struct, frozen=True):
    """One answer to a question about an annotation, or about one of its placements.

    Args:
        name: the question as shown.
        value: the answer: text, a number, yes or no, or the names of what was chosen.
        key: what names it in the file, unique within its annotation or placement; "" for a value
            that is shown only.
        kind: "shown" cannot be edited.
        options: what can be chosen, () where the export does not say.
        depth: 0 at the top; answers nested under another follow it, one deeper.
    """

    name: str
    value: AttributeValue
    key: str = ""
    kind: AttributeKind = "shown"
    options: tuple[str, ...] = ()
    depth: int = 0

    @property
    def text(self) -> str:
        """The answer in words; nothing without one."""
        match self.value:
            case None:
                return ""
            case bool():
                return "yes" if self.value else "no"
            case tuple():
                return ", ".join(self.value)
            case float():
                return f"{self.value:g}"
            case _:
                return str(self.value)


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
