"""What can be labelled: classes, their groups, colours and parents."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, TypeAlias

import msgspec
import numpy as np

from viewer.geometry.mask import Mask
from viewer.geometry.shapes import (
    Box,
    Ellipse,
    Point,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Shape,
    Skeleton,
)
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length, MaskVolume, Solid
from viewer.model.answers import Attribute
from viewer.model.subject import MediaKey, Scope

FlatKind = Literal[
    "point", "box", "rotated-box", "ellipse", "polygon", "polyline", "skeleton", "mask"
]
SolidKind = Literal["landmark", "length", "angle", "cuboid", "volume"]
ShapeKind: TypeAlias = FlatKind | SolidKind


_KINDS: Mapping[type[Shape | Solid], ShapeKind] = {
    Point: "point",
    Box: "box",
    RotatedBox: "rotated-box",
    Ellipse: "ellipse",
    Polygon: "polygon",
    Regions: "polygon",
    Polyline: "polyline",
    Skeleton: "skeleton",
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


def words_of(kind: str) -> str:
    """Return what a shape of a kind is called in a sentence."""
    return kind.replace("-", " ")


class Template(msgspec.Struct, frozen=True):
    """How the nodes of a new skeleton stand.

    Args:
        points: of each node, in parts of the width and height of the box that it is drawn in.
        edges: pairs of node numbers.
    """

    points: tuple[tuple[float, float], ...]
    edges: tuple[tuple[int, int], ...] = ()

    def within(self, box: Box) -> Skeleton:
        """Return the skeleton in a box, all of its nodes visible."""
        places = np.array(self.points) * (box.width, box.height) + (box.x, box.y)
        return Skeleton(places, ("visible",) * len(self.points), self.edges)


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
        frame_questions: what it asks of each of their placements.
        nested: both kinds again, each with the questions that its options bring behind it.
        is_archived: the export has labels of it, and no new ones are made.
        template: of a skeleton; None where it is not known, and no new ones can be drawn.
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
    frame_questions: tuple[Attribute, ...] = ()
    nested: tuple[Attribute, ...] = ()
    is_archived: bool = False
    template: Template | None = None

    @property
    def is_drawn_anew(self) -> bool:
        """New labels of it can be drawn."""
        return not self.is_archived and (self.kind != "skeleton" or self.template is not None)

    @property
    def title(self) -> str:
        """Group and name, since groups of several readers repeat the same names."""
        return f"{self.group} / {self.name}" if self.group else self.name


def scope_of(key: MediaKey, label: LabelClass | None) -> Scope:
    """Return what a label without a shape is said of, a slice at the narrowest.

    An export that lists its media as entries names the entry for a whole exam too; there the
    class says which is meant.
    """
    if key.entry is None or key.scope == "instance":
        return key.scope
    return "study" if label is not None and label.scope == "study" else key.scope


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

    def title_of(self, id: str) -> str:
        """Return the title of a class; of one that is not known its id."""
        label = self.by_id.get(id)
        return label.title if label else id
