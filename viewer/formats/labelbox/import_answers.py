"""Answers as rows of an import spell them: by name, nested ones inside the answer they follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from viewer.formats.labelbox.questions import Asked, asked_tree
from viewer.formats.style import JsonValue
from viewer.model.annotation import Annotation
from viewer.model.placement import Attribute


def asked_of(annotation: Annotation) -> list[Asked]:
    """Return the answers of an annotation; of its first frame if it stands on frames."""
    return asked_tree(annotation.attributes or annotation.placements[0].attributes)


def classifications_of(attributes: Sequence[Attribute]) -> list[JsonValue]:
    """Return the answers as a row's `classifications`."""
    return _listed(asked_tree(attributes))


def answer_of(asked: Asked) -> JsonValue:
    """Return the value of `answer`."""
    attribute = asked.attribute
    if attribute.kind == "text":
        return attribute.text
    answers: list[JsonValue] = []
    for name in asked.chosen:
        nested = _listed(asked.below_option(name))
        answers.append({"name": name, **({"classifications": nested} if nested else {})})
    return answers if attribute.kind == "choices" else answers[0]


def _listed(asked: Iterable[Asked]) -> list[JsonValue]:
    return [
        {"name": one.attribute.name, "answer": answer_of(one)} for one in asked if one.is_answered
    ]
