"""Answers of labels as attributes, and the questions that a taxonomy asks."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from viewer.formats.json_tools import is_list, is_object
from viewer.formats.values import shown_text
from viewer.model.placement import Attribute, AttributeKind, AttributeValue

STATS = ("average", "minimum", "maximum", "area", "volume")  # area in mm2, volume in mm3
_LONGEST = 500  # characters of a value that is shown only


class Question(msgspec.Struct, frozen=True):
    """What a taxonomy asks of the labels of a class.

    Args:
        name: the key in a label's `attributes`.
        first: the answer that RedBrick AI begins with, None without one.
        low, high: bounds of a number.
        is_archived: it is not asked any more.
    """

    name: str
    kind: AttributeKind
    options: tuple[str, ...] = ()
    first: AttributeValue = None
    low: float | None = None
    high: float | None = None
    is_archived: bool = False

    def answered(self, value: AttributeValue) -> Attribute:
        """Return the question with an answer."""
        attribute = Attribute(self.name, value, self.name, self.kind, self.options)
        return msgspec.structs.replace(attribute, low=self.low, high=self.high)


def attributes_of(found: object, questions: Sequence[Question] = ()) -> tuple[Attribute, ...]:
    """Return the attributes of a label's `attributes` (or `values`), then questions not answered.

    A list, as RedBrick AI's own interface has it, is shown only.
    """
    if is_object(found):
        asked = {question.name: question for question in questions}
        answered = tuple(_answer(shown_text(key), value, asked) for key, value in found.items())
        names = {attribute.key for attribute in answered}
        return (*answered, *_open(each for each in questions if each.name not in names))
    if is_list(found):
        return tuple(_of_list(found))
    return _open(questions)


def stats_of(found: object) -> tuple[Attribute, ...]:
    """Return what RedBrick AI measured in a label's shape, to be shown."""
    if not is_object(found):
        return ()
    known = [name for name in STATS if name in found]
    names = dict.fromkeys((*known, *(shown_text(name) for name in found)))
    return tuple(Attribute(name, _value(found.get(name))[0]) for name in names)


def _open(questions: Iterable[Question]) -> tuple[Attribute, ...]:
    """Return questions that nobody answered, those aside that are not asked any more."""
    return tuple(each.answered(None) for each in questions if not each.is_archived)


def first_answers(questions: Iterable[Question]) -> tuple[Attribute, ...]:
    """Return what a new label is asked, with the answers that it begins with."""
    return tuple(each.answered(each.first) for each in questions if not each.is_archived)


def _answer(name: str, value: object, asked: Mapping[str, Question]) -> Attribute:
    read, kind = _value(value)
    question = asked.get(name)
    if question is None or kind == "shown":
        return Attribute(name, read, name, kind)
    fits = {"text": str, "number": float, "boolean": bool, "choice": str, "choices": tuple}
    if question.kind == "shown" or not isinstance(read, fits[question.kind] | None):
        return Attribute(name, read, name, kind)
    return question.answered(read)


def _value(value: object) -> tuple[AttributeValue, AttributeKind]:
    if isinstance(value, bool):
        return value, "boolean"
    if isinstance(value, str):
        return shown_text(value), "text"
    if isinstance(value, int | float):
        number = float(value) if abs(value) < 1e300 else math.inf
        return (number, "number") if math.isfinite(number) else (str(value)[:40], "shown")
    if is_list(value):
        texts = [shown_text(each) for each in value if isinstance(each, str)]
        if len(texts) == len(value):
            return tuple(texts), "choices"
    return (None, "text") if value is None else (_text(value), "shown")


def _text(value: object) -> str:
    return json.dumps(value, default=str)[:_LONGEST]


def _of_list(found: list[object]) -> Iterator[Attribute]:
    """Yield the answers of a list of {attrId, name, optionId, value}."""
    for number, answer in enumerate(found, 1):
        if not is_object(answer):
            yield Attribute(f"answer {number}", _text(answer))
            continue
        name = answer.get("name")
        asked = answer.get("attrId", answer.get("attrid"))
        title = name if isinstance(name, str) else f"attribute {asked}"
        value = answer.get("value")
        chosen = answer.get("optionId", answer.get("optionid"))
        read, _ = _value(value if value is not None else chosen)
        yield Attribute(shown_text(title), read)
