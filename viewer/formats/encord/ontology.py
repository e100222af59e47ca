"""The ontology beside an export: classes, what is asked of them, and edges of skeletons."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

import msgspec

from viewer.errors import Issue
from viewer.formats.encord.recognising import WRAPPERS
from viewer.formats.encord.shapes import KIND_OF
from viewer.formats.json_tools import BadJson, Bytes, is_object, numbers_in, value_of
from viewer.formats.values import objects_in, text_in
from viewer.model.answers import Attribute, AttributeKind
from viewer.model.ontology import LabelClass, ShapeKind, Template
from viewer.model.subject import Scope

_KINDS: Mapping[str, AttributeKind] = {
    "radio": "choice",
    "checklist": "choices",
    "text": "text",
    "numeric": "number",
}
_COLOR = re.compile("#[0-9a-fA-F]{6}")
_DEEPEST = 100  # questions below questions
Json = Mapping[str, object]


@dataclass(frozen=True, eq=False)
class Option:
    """What can be chosen.

    Args:
        below: what is asked of those who chose it.
    """

    hash: str
    label: str
    value: str
    below: tuple[Question, ...] = ()


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of a label.

    Args:
        is_dynamic: it may be answered otherwise on each frame.
    """

    hash: str
    name: str
    kind: AttributeKind
    is_dynamic: bool = False
    options: tuple[Option, ...] = ()

    @cached_property
    def by_hash(self) -> Mapping[str, Option]:
        """The options by their hash."""
        return {option.hash: option for option in self.options}

    def attribute(self, depth: int = 0, under: str = "") -> Attribute:
        """Return the question without an answer."""
        names = tuple(option.label for option in self.options)
        value = () if self.kind == "choices" else None
        return Attribute(self.name, value, self.hash, self.kind, names, depth, under)


@dataclass(eq=False)
class Book:
    """All that ontologies say.

    Args:
        questions: by class id.
        edges: pairs of the hashes of nodes, by class id.
        nodes: of skeletons, by class id.
    """

    classes: dict[str, LabelClass] = field(default_factory=dict[str, LabelClass])
    questions: dict[str, tuple[Question, ...]] = field(
        default_factory=dict[str, tuple[Question, ...]]
    )
    edges: dict[str, tuple[tuple[str, str], ...]] = field(
        default_factory=dict[str, tuple[tuple[str, str], ...]]
    )
    nodes: dict[str, tuple[Json, ...]] = field(default_factory=dict[str, "tuple[Json, ...]"])
    issues: list[Issue] = field(default_factory=list[Issue])

    @cached_property
    def every(self) -> Mapping[str, Question]:
        """Every question, nested ones too, by its hash."""
        found: dict[str, Question] = {}
        waiting = [each for asked in self.questions.values() for each in asked]
        while waiting:
            one = waiting.pop()
            if one.hash not in found:
                found[one.hash] = one
                waiting += [below for option in one.options for below in option.below]
        return found


def book_of(texts: Sequence[Bytes]) -> Book:
    """Return what ontology files say; a damaged one says nothing, and an issue why."""
    book = Book()
    for text in texts:
        try:
            tree = _structure(value_of(text))
        except BadJson as error:
            sentence = (
                f"The ontology is damaged ({error}); classes are shown as the labels name them."
            )
            book.issues.append(Issue("error", "broken-ontology", sentence))
            continue
        for each in objects_in(tree.get("objects")):
            _take_object(book, each)
        for each in objects_in(tree.get("classifications")):
            _take_classification(book, each)
        for each in objects_in(tree.get("skeleton_templates")):
            _take_template(book, each)
    return book


def _structure(tree: object) -> Json:
    for _ in range(len(WRAPPERS)):
        if not is_object(tree) or "objects" in tree:
            break
        tree = next((tree[key] for key in WRAPPERS if is_object(tree.get(key))), None)
    return tree if is_object(tree) else {}


def _take_object(book: Book, each: Json) -> None:
    id, word = text_in(each, "featureNodeHash"), text_in(each, "shape")
    if not id or id in book.classes:
        return
    asked = tuple(_questions(each.get("attributes"), _DEEPEST))
    book.questions[id] = asked
    color = text_in(each, "color")
    book.classes[id] = LabelClass(
        id=id,
        name=text_in(each, "name") or id,
        color=color if _COLOR.fullmatch(color) else None,
        kind=cast("ShapeKind | None", KIND_OF.get(word)),
        mode=word or "unknown",
        questions=tuple(one.attribute() for one in asked if not one.is_dynamic),
        frame_questions=tuple(one.attribute() for one in asked if one.is_dynamic),
        nested=tuple(_unanswered(asked)),
        is_archived=each.get("archived") is True,
    )


def _take_classification(book: Book, each: Json) -> None:
    id = text_in(each, "featureNodeHash")
    asked = tuple(_questions(each.get("attributes"), _DEEPEST))
    if not id or id in book.classes:
        return
    book.questions[id] = asked
    scope: Scope = "series" if each.get("level") == "global" else "instance"
    book.classes[id] = LabelClass(
        id=id,
        name=asked[0].name if asked else id,
        mode="classification",
        scope=scope,
        questions=tuple(one.attribute() for one in asked),
        nested=tuple(_unanswered(asked)),
        is_archived=each.get("archived") is True,
    )


def _take_template(book: Book, each: Json) -> None:
    """Take the nodes of a skeleton: places in their own bounding box, and edges by number."""
    held = each.get("template")
    template = held if is_object(held) else each
    named, edges = template.get("skeleton"), template.get("skeletonEdges")
    if not is_object(named) or not all(map(str.isdecimal, named)):
        return
    keys = sorted(named, key=int)
    nodes = [node for key in keys if is_object(node := named[key])]
    if not nodes or len(nodes) < len(keys):
        return
    ends = [
        (first, last)
        for first, others in (edges.items() if is_object(edges) else ())
        for last in (others if is_object(others) else ())
        if first in named and last in named
    ]
    numbers = {key: number for number, key in enumerate(keys)}
    id = text_in(template, "feature_node_hash") or text_in(template, "featureNodeHash")
    book.nodes[id] = tuple(nodes)
    hashes = {key: text_in(node, "featureHash") for key, node in zip(keys, nodes, strict=True)}
    book.edges[id] = tuple((hashes[first], hashes[last]) for first, last in ends)
    label = book.classes.get(id)
    if label is not None and label.kind == "skeleton":
        made = Template(_places(nodes), tuple((numbers[a], numbers[b]) for a, b in ends))
        book.classes[id] = msgspec.structs.replace(label, template=made)


def _places(nodes: Sequence[Json]) -> tuple[tuple[float, float], ...]:
    """Return the places of nodes in the box around them; of a flat one in its middle."""
    axes: list[list[float]] = []
    for key in "xy":
        numbers = [next(iter(numbers_in([node.get(key)])), 0.0) for node in nodes]
        low, high = min(numbers), max(numbers)
        flat = not (high > low and math.isfinite(high - low))
        axes.append([0.5 if flat else (number - low) / (high - low) for number in numbers])
    return tuple(zip(*axes, strict=True))


def _questions(value: object, deepest: int) -> Iterator[Question]:
    for each in objects_in(value) if deepest else ():
        id, kind = text_in(each, "featureNodeHash"), _KINDS.get(text_in(each, "type"))
        if not id or kind is None:
            continue
        options = tuple(
            Option(
                text_in(one, "featureNodeHash"),
                text_in(one, "label") or text_in(one, "value"),
                text_in(one, "value"),
                tuple(_questions(one.get("options"), deepest - 1)),
            )
            for one in objects_in(each.get("options"))
        )
        name = text_in(each, "name") or id
        yield Question(id, name, kind, each.get("dynamic") is True, options)


def _unanswered(asked: Sequence[Question], depth: int = 0, under: str = "") -> Iterator[Attribute]:
    """Yield questions without answers, each followed by those that its options bring."""
    for question in asked:
        yield question.attribute(depth, under)
        for option in question.options:
            yield from _unanswered(option.below, depth + 1, option.label)
