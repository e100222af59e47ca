"""What can be labelled: classes, their groups, colours and parents."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, TypeAlias

import msgspec

from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline, Shape
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length, MaskVolume, Solid
from viewer.model.answers import Attribute
from viewer.model.subject import Scope

FlatKind = Literal["point", "box", "ellipse", "polygon", "polyline", "mask"]
SolidKind = Literal["landmark", "length", "angle", "cuboid", "volume"]
ShapeKind: TypeAlias = FlatKind | SolidKind


_KINDS: Mapping[type[Shape | Solid], ShapeKind] = {
    Point: "point",
    Box: "box",
    Ellipse: "ellipse",
    Polygon: "polygon",
    Polyline: "polyline",
    Mask: "mask",
    Landmark: "landmark",
    Length: "length",
    Angle: "angle",
    Cuboid: "cuboid",
    MaskVolume: "volume",
}


def kind_of(shape: Shape | Solid) -> ShapeKind:
    """Return the kind of a shape."""
    return _KINDS[type(shape)]


class LabelClass(msgspec.Struct, frozen=True):
    """One class of label.

    Args:
        id: the vendor's id, the key everywhere.
        name: as shown; may repeat in other groups.
        group: name of its label group (reader, task), "" without one.
        color: "#rrggbb" of the export, None when it has none.
        kind: the shape it is drawn with; None for classifications (no geometry).
        mode: the vendor's own word for the kind, as read.
        scope: what a classification applies to.
        parent: id of the class it is a sub-label of.
        questions: what the export asks of its labels, as far as it says; their values are what an
            answer is at first.
        is_archived: the export has labels of it, and no new ones are made.
    """

    id: str
    name: str
    group: str = ""
    color: str | None = None
    kind: ShapeKind | None = None
    mode: str | None = None
    scope: Scope | None = None
    parent: str | None = None
    short_name: str = ""
    description: str = ""
    questions: tuple[Attribute, ...] = ()
    is_archived: bool = False

    @property
    def title(self) -> str:
        """Group and name, since groups of several readers repeat the same names."""
        return f"{self.group} / {self.name}" if self.group else self.name


class Ontology(msgspec.Struct, frozen=True, dict=True):
    """All classes of one export, in the export's order."""

    classes: tuple[LabelClass, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, LabelClass]:
        """Classes by id; the first one wins where an export repeats an id."""
        found: dict[str, LabelClass] = {}
        for label in self.classes:
            found.setdefault(label.id, label)
        return found
