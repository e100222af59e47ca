"""The lists of a RedBrick AI series: what each holds, and how the model calls it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from viewer.model.ontology import ShapeKind
from viewer.model.project import EntryKind
from viewer.model.subject import Scope


@dataclass(frozen=True)
class LabelList:
    """One place of a file where labels stand.

    Args:
        name: its key in the file.
        kind: the shape of its labels; None for classifications.
        mode: the taxonomy's word for the kind, "" for classifications.
        scope: what a classification of it applies to.
        word: one of its labels, for people.
    """

    name: str
    kind: ShapeKind | None
    mode: str
    word: str
    scope: Scope | None = None


LISTS: tuple[LabelList, ...] = (
    LabelList("landmarks", "point", "POINT", "landmark"),
    LabelList("landmarks3d", "landmark", "POINT", "3-D landmark"),
    LabelList("measurements", "length", "LENGTH", "measurement"),
    LabelList("ellipses", "ellipse", "ELLIPSE", "ellipse"),
    LabelList("boundingBoxes", "box", "BBOX", "box"),
    LabelList("cuboids", "cuboid", "CUBOID", "cuboid"),
    LabelList("polygons", "polygon", "POLYGON", "polygon"),
    LabelList("polylines", "polyline", "POLYLINE", "polyline"),
    LabelList("classifications", None, "", "series classification", "series"),
    LabelList("instanceClassifications", None, "", "frame classification", "instance"),
    LabelList("segmentMap", "volume", "SEGMENTATION", "segmentation"),
    LabelList("classification", None, "", "study classification", "study"),
    LabelList("datapointClassification", None, "", "datapoint classification", "study"),
)
CODE_OF: Mapping[str, int] = {found.name: code for code, found in enumerate(LISTS)}
IN_SERIES = LISTS[:10]  # those that are lists of a series
FLAT = frozenset(("landmarks", "ellipses", "boundingBoxes", "polygons", "polylines"))
SOLID = frozenset(("landmarks3d", "measurements", "cuboids"))
CLASSIFYING = frozenset(found.name for found in LISTS if found.scope)
_PLANAR: tuple[ShapeKind, ...] = ("box", "ellipse", "polygon", "polyline")
# What can be drawn anew on a series of each kind: a point of a volume has a place in three axes.
HELD: Mapping[EntryKind, frozenset[ShapeKind]] = {
    "image": frozenset((*_PLANAR, "point", "length", "angle", "volume")),
    "video": frozenset((*_PLANAR, "point")),
    "volume": frozenset((*_PLANAR, "landmark", "length", "angle", "cuboid", "volume")),
}
