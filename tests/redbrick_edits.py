"""Edits of every kind of RedBrick AI label, as a person may make them, for Hypothesis to choose."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from hypothesis import strategies as st
from reshaping import COORDINATES, VOXELS, reshaped

from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline, Shape
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length, Solid
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.answers import Attribute, AttributeValue
from viewer.model.placement import Placement
from viewer.model.project import Project
from viewer.model.subject import MediaKey

MADE = "2026-01-02T03:04:05.678Z"
SIZE = (64, 48)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=9)
Edit = Callable[[st.DrawFn, Annotation], Annotation | None]


def answer(draw: st.DrawFn, asked: Attribute) -> AttributeValue:
    """Another answer of the kind that is asked for, or none."""
    options = st.sampled_from(asked.options) if asked.options else NAMES
    values: dict[str, st.SearchStrategy[AttributeValue]] = {
        "text": NAMES,
        "number": st.floats(asked.low or 0, asked.high or 1e6).map(lambda number: number + 0.0),
        "boolean": st.booleans(),
        "choice": options,
        "choices": st.lists(options, min_size=1, max_size=3, unique=True).map(tuple),
    }
    return draw(st.none() | values[asked.kind])


def _reshaped(draw: st.DrawFn, one: Annotation) -> Annotation | None:
    number = draw(st.integers(0, len(one.placements) - 1))
    shape = one.placements[number].shape
    if shape is None:
        return None
    return one.with_shape(number, reshaped(draw, shape))


def _regrouped(draw: st.DrawFn, one: Annotation) -> Annotation:
    return msgspec.structs.replace(one, group=draw(st.none() | NAMES))


def _answered(draw: st.DrawFn, one: Annotation) -> Annotation | None:
    asked = [each for each in one.attributes if each.key and each.kind != "shown"]
    if not asked:
        return None
    chosen = draw(st.sampled_from(asked))
    return one.with_attribute(None, chosen.key, answer(draw, chosen))


def _moved(draw: st.DrawFn, one: Annotation) -> Annotation | None:
    """On another slice of its series, which names it by its file too."""
    (placement, *more) = one.placements
    if more or placement.media.item is None or placement.index is None:
        return None
    to = draw(st.integers(0, 1 if placement.media.entry == "t-3/0" else 5))
    if to == placement.media.item:
        return None
    key = msgspec.structs.replace(placement.media, item=to)
    is_turned = placement.index != placement.media.item  # its files are listed from the other end
    index = 5 - to if is_turned else to
    place = msgspec.structs.replace(placement, media=key, index=index)
    return msgspec.structs.replace(one, placements=(place,))


def _renamed(draw: st.DrawFn, one: Annotation) -> Annotation | None:
    place, _, name = one.class_id.partition("/")
    return msgspec.structs.replace(one, class_id=f"{place}/{draw(CLASSES)}") if name else None


CLASSES = st.sampled_from(["a", "b/c", "x~1y", "z~0", "Lésion 1"])
EDITS: dict[str, Edit] = {
    "shape": _reshaped,
    "group": _regrouped,
    "answer": _answered,
    "slice": _moved,
    "class": _renamed,
}


@st.composite
def edited(draw: st.DrawFn, opened: Project) -> Project:
    """Labels that can be edited changed in one or more ways, deleted, and new ones.

    With a taxonomy only its classes are given.
    """
    current, export = opened, opened.exports["1"]
    is_free = "taxonomy" not in dict(export.facts)
    kinds = [name for name in EDITS if is_free or name != "class"]
    known = [name for name in NEW if is_free or name in export.ontology.by_id]
    for id in list(opened.annotations):
        one: Annotation | None = opened.annotations[id]
        if one is None or one.locked_reason:
            continue
        if draw(st.integers(0, 9)) == 0:
            current = current.without_annotations([id])
            continue
        for name in draw(st.lists(st.sampled_from(kinds), max_size=2, unique=True)):
            one = EDITS[name](draw, one) or one
        if one is not opened.annotations[id]:
            current = current.with_annotation(one)
    for number in range(draw(st.integers(0, 3))):
        current = current.with_annotation(draw(made(number, known)))
    return current


_BOX = st.tuples(COORDINATES, COORDINATES, st.floats(0, 50), st.floats(0, 50))
_PAIRS = st.lists(st.tuples(COORDINATES, COORDINATES), min_size=3, max_size=5)
NEW: dict[str, st.SearchStrategy[Shape | Solid | None]] = {
    "landmarks/new": st.tuples(COORDINATES, COORDINATES).map(lambda at: Point(*at)),
    "landmarks/apex": st.tuples(COORDINATES, COORDINATES).map(lambda at: Point(*at)),
    "boundingBoxes/box": _BOX.map(lambda box: Box(*box)),
    "boundingBoxes/new": _BOX.map(lambda box: Box(*box)),
    "ellipses/new": _BOX.map(lambda box: Ellipse(*box, angle=0.5)),
    "polygons/a/b": _PAIRS.map(Polygon),
    "polylines/new": _PAIRS.map(Polyline),
    "landmarks3d/new": VOXELS.map(Landmark),
    "measurements.length/new": st.tuples(VOXELS, VOXELS).map(lambda ends: Length(*ends)),
    "measurements.angle/new": st.tuples(VOXELS, VOXELS, VOXELS).map(lambda ends: Angle(*ends)),
    "cuboids/new": st.tuples(VOXELS, VOXELS).map(lambda ends: Cuboid(*ends)),
    "classifications": st.none(),
    "instanceClassifications": st.none(),
}


@st.composite
def made(draw: st.DrawFn, number: int, known: list[str]) -> Annotation:
    """A new label of one of these classes, on the volume."""
    class_id = draw(st.sampled_from(known))
    shape = draw(NEW[class_id])
    is_flat = not isinstance(shape, Solid) and class_id != "classifications"
    index = draw(st.integers(0, 5)) if is_flat else None
    key = MediaKey(entry="t-1/0", item=index)
    size = SIZE if is_flat and shape is not None else None
    place = Placement(key, index=index, shape=shape, size=size)
    asked = (Attribute("sure", draw(st.booleans()), "sure", "boolean"),)
    id = AnnotationId("1", number, new=True)
    group = draw(st.none() | NAMES) if class_id != "instanceClassifications" else None
    return Annotation(id, "", class_id, "", (place,), attributes=asked, group=group, created=MADE)
