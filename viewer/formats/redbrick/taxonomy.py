"""Taxonomies: colours, hierarchy, hints and questions for the classes that labels name.

Version 2 lists `objectTypes` by category and label type; version 1 is a tree of categories for
labels of every type, with a map of colours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import msgspec

from viewer.errors import Issue
from viewer.formats.json_tools import BadJson, Bytes, is_object
from viewer.formats.problems import few
from viewer.formats.redbrick.answers import Question, first_answers
from viewer.formats.redbrick.categories import Category, class_id_of, parts_of, path_of
from viewer.formats.redbrick.head import inferred
from viewer.formats.redbrick.questions import list_in, questions_of, text_of
from viewer.formats.redbrick.shapes import record_of
from viewer.formats.values import objects_in
from viewer.model.ontology import LabelClass, Ontology

Json: TypeAlias = Mapping[str, Any]
_PLACES: Mapping[str, tuple[str, ...]] = {
    "BBOX": ("boundingBoxes",),
    "CUBOID": ("cuboids",),
    "POINT": ("landmarks", "landmarks3d"),
    "POLYLINE": ("polylines",),
    "POLYGON": ("polygons",),
    "ELLIPSE": ("ellipses",),
    "SEGMENTATION": ("segmentMap",),
    "LENGTH": ("measurements.length",),
    "ANGLE": ("measurements.angle",),
}
_ASKED_OF = {
    "studyClassify": "classification",
    "seriesClassify": "classifications",
    "instanceClassify": "instanceClassifications",
}
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
_32_BITS = 0xFFFFFFFF
_PRIME_2, _PRIME_3, _PRIME_5 = 2246822519, 3266489917, 374761397  # of xxHash32
_DEEPEST = 200  # levels of a tree of categories


@dataclass(eq=False)
class Taxonomy:
    """What one taxonomy says.

    Args:
        classes: of version 2, in its order.
        by_path: (colour, remark) of the categories of version 1, by their names from the top.
        numbers: class ids of version 2 by (place, classId).
        questions: by class id.
    """

    name: str = ""
    classes: list[LabelClass] = field(default_factory=list[LabelClass])
    by_path: dict[tuple[str, ...], tuple[str | None, str]] = field(
        default_factory=dict[tuple[str, ...], tuple[str | None, str]]
    )
    numbers: dict[tuple[str, int], str] = field(default_factory=dict[tuple[str, int], str])
    questions: dict[str, tuple[Question, ...]] = field(
        default_factory=dict[str, tuple[Question, ...]]
    )
    issues: list[Issue] = field(default_factory=list[Issue])


def taxonomy_of(data: Bytes) -> Taxonomy:
    """Return what a taxonomy's bytes say; a damaged one says nothing, and an issue why."""
    found = Taxonomy()
    try:
        tree = record_of(bytes(data))
    except BadJson as error:
        sentence = f"The taxonomy is damaged ({error}); classes are shown as the labels name them."
        found.issues.append(Issue("error", "broken-taxonomy", sentence))
        return found
    if is_object(tree):
        found.name = text_of(tree.get("name"))
        _read_objects(found, tree)
        for key, place in _ASKED_OF.items():
            asked = found.questions[place] = tuple(questions_of(tree.get(key)))
            if asked:
                found.classes.append(_with_questions(inferred(place), asked))
        _read_tree(found, tree)
    return found


def _read_objects(found: Taxonomy, tree: Json) -> None:
    objects = objects_in(tree.get("objectTypes"))
    ids: dict[tuple[str, str], str] = {}
    for each in objects:
        for place in _PLACES.get(text_of(each.get("labelType")), ()):
            id = class_id_of(place, text_of(each.get("category")))
            ids.setdefault((place, text_of(each.get("category"))), id)
            number = each.get("classId")
            if isinstance(number, int):
                found.numbers.setdefault((place, number), id)
    seen: set[str] = set()
    twice: list[str] = []
    for each in objects:
        for place in _PLACES.get(text_of(each.get("labelType")), ()):
            made = _class(each, place, ids)
            if made.id in seen:
                twice.append(made.name)
                continue
            seen.add(made.id)
            found.classes.append(made)
            found.questions[made.id] = tuple(questions_of(each.get("attributes")))
    _cut_circles(found)
    if twice:
        sentence = (
            f"The taxonomy has categories of one name twice ({few(twice)}); the first counts."
        )
        found.issues.append(Issue("note", "repeated-category", sentence, twice[0]))


def _class(each: Json, place: str, ids: Mapping[tuple[str, str], str]) -> LabelClass:
    name = text_of(each.get("category"))
    parents = [text_of(parent) for parent in list_in(each.get("parents"))]
    above = next((ids[p, parents[-1]] for p, n in ids if parents and n == parents[-1]), None)
    above = ids.get((place, parents[-1]), above) if parents else None
    made = inferred(class_id_of(place, name))
    remarks = [text_of(each.get("hint")), "archived" if each.get("archived") else ""]
    asked = tuple(questions_of(each.get("attributes")))
    made = msgspec.structs.replace(
        made,
        group="" if above else " / ".join(parents),
        color=_color(each.get("color")) or color_of_number(each.get("classId")),
        parent=above if above != made.id else None,
        description="; ".join(filter(None, remarks)),
        is_archived=bool(each.get("archived")),
    )
    return _with_questions(made, asked)


def _with_questions(label: LabelClass, asked: Iterable[Question]) -> LabelClass:
    return msgspec.structs.replace(label, questions=first_answers(asked))


def color_of_number(number: object) -> str | None:
    """Return the colour that RedBrick AI gives a class without one, by its classId.

    The upper 24 bits of its number mixed as xxHash32 mixes (github.com/Cyan4973/xxHash,
    doc/xxhash_spec.md, step 5 on), as redbrick-sdk 2.35.4 does for exports.
    """
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    mixed = (_PRIME_5 + number * _PRIME_3) & _32_BITS
    mixed = ((mixed ^ mixed >> 15) * _PRIME_2) & _32_BITS
    mixed = ((mixed ^ mixed >> 13) * _PRIME_3) & _32_BITS
    return f"#{(mixed ^ mixed >> 16) >> 8:06x}"


def _cut_circles(found: Taxonomy) -> None:
    """Take the parent away from classes whose parents lead back to themselves."""
    parents = {each.id: each.parent for each in found.classes}
    broken: list[str] = []
    for at, each in enumerate(found.classes):
        above, steps = parents[each.id], 0
        while above is not None and above != each.id and steps <= len(parents):
            above, steps = parents.get(above), steps + 1
        if above is not None:
            parents[each.id] = None
            found.classes[at] = msgspec.structs.replace(each, parent=None)
            broken.append(each.name)
    if broken:
        sentence = (
            f"In the taxonomy, parents lead in a circle ({few(broken)}); these have no parent."
        )
        found.issues.append(Issue("warning", "parent-cycle", sentence, broken[0]))


def _read_tree(found: Taxonomy, tree: Json) -> None:
    """Read what version 1 says of categories, in order of depth."""
    level = [((), each) for each in list_in(tree.get("categories"))]
    for depth in range(_DEEPEST):
        deeper: list[tuple[tuple[str, ...], object]] = []
        for above, each in level:
            if not is_object(each):
                continue
            path = above if depth == 0 else (*above, text_of(each.get("name")))
            if path:
                off = each.get("disabled") or each.get("archived")
                color = color_of_number(each.get("classId"))
                found.by_path.setdefault(path, (color, "archived" if off else ""))
            deeper += [(path, child) for child in list_in(each.get("children"))]
        level = deeper
    for each in list_in(tree.get("colorMap")):
        trail = (
            tuple(text_of(name) for name in list_in(each.get("trail"))) if is_object(each) else ()
        )
        if is_object(each) and len(trail) > 1:
            default, remark = found.by_path.get(trail[1:], (None, ""))
            if not each.get("taskcategory"):
                found.by_path[trail[1:]] = (_color(each.get("color")) or default, remark)


def joined(
    ontology: Ontology, taxonomy: Taxonomy
) -> tuple[Ontology, dict[str, tuple[Question, ...]]]:
    """Return the classes of a taxonomy and those that only labels name, and all questions."""
    known = {each.id for each in taxonomy.classes}
    others = [_coloured(each, taxonomy) for each in ontology.classes if each.id not in known]
    questions = dict(taxonomy.questions)
    for each in ontology.classes:
        same = _numbered(each.id, taxonomy)
        if same in questions:
            questions.setdefault(each.id, questions[same])
    return Ontology((*taxonomy.classes, *others)), questions


def _numbered(class_id: str, taxonomy: Taxonomy) -> str | None:
    """Return the id of the class that a class id gives by its number."""
    place, category = parts_of(class_id)
    return taxonomy.numbers.get((place, category)) if isinstance(category, int) else None


def _coloured(each: LabelClass, taxonomy: Taxonomy) -> LabelClass:
    """Return a class that labels name with what the taxonomy says of its number or path."""
    same = _numbered(each.id, taxonomy)
    for other in taxonomy.classes:
        if other.id == same:
            return msgspec.structs.replace(other, id=each.id)
    category: Category = parts_of(each.id)[1]
    color, remark = taxonomy.by_path.get(tuple(path_of(category)), (None, ""))
    return msgspec.structs.replace(each, color=color, description=remark, is_archived=bool(remark))


def _color(value: object) -> str | None:
    text = text_of(value)
    if not _COLOR.fullmatch(text):
        return None
    return text if len(text) == 7 else "#" + "".join(2 * digit for digit in text[1:])
