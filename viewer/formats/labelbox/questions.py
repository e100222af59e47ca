"""Classifications as answers: radio, checklist and text, nested inside their answers.

The key of an answer is where it stands: "/2" for the third classification of its list, and
"/2/Left/1" for the second one nested in the answer Left to that; names are percent-encoded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from viewer.formats.json_tools import BadJson, Bytes, is_list, is_object, value_of
from viewer.formats.values import objects_in, shown_text, text_in
from viewer.model.answers import Attribute, below_ends

MODES = {"radio_answer": "radio", "checklist_answers": "checklist", "text_answer": "text"}
KINDS_ASKED = ("choice", "choices", "text")
Json = dict[str, object]


class Question(msgspec.Struct, frozen=True):
    """The head of one classification record.

    Args:
        mode: "radio", "checklist" or "text"; "" where the answer is of none of these forms.
    """

    feature_id: str
    schema_id: str
    name: str
    mode: str


def question_of(record: Bytes) -> Question | None:
    """Return the head of a classification; None where it is no object."""
    try:
        value = value_of(bytes(record))
    except BadJson:
        return None
    return _head(value) if is_object(value) else None


def answers_of_record(record: Bytes) -> tuple[Attribute, ...]:
    """Return the answers of one classification that stands by itself."""
    try:
        value = value_of(bytes(record))
    except BadJson:
        return ()
    return tuple(_answers([value], "", 0))


def answers_of_list(records: Bytes) -> tuple[Attribute, ...]:
    """Return the answers of an object's list of classifications."""
    if bytes(records[:2]) == b"[]":
        return ()
    try:
        value = value_of(bytes(records))
    except BadJson:
        return ()
    return tuple(_answers(value, "", 0))


def _head(value: Json) -> Question:
    mode = next((MODES[key] for key in MODES if key in value), "") or _old_mode(value)
    ids = ("feature_id", "featureId", "uuid")
    schemas = ("feature_schema_id", "schemaId")
    return Question(
        next(filter(None, (text_in(value, key) for key in ids)), ""),
        next(filter(None, (text_in(value, key) for key in schemas)), ""),
        answer_name(value),
        mode,
    )


def _old_mode(value: Json) -> str:
    """Return the mode of a classification of v1 or of an import."""
    answer = value.get("answers", value.get("answer"))
    if is_list(answer):
        return "checklist"
    return "radio" if is_object(answer) else "text" if isinstance(answer, str) else ""


def _answers(records: object, path: str, depth: int) -> Iterator[Attribute]:
    for number, record in enumerate(records if is_list(records) else ()):
        if is_object(record):
            yield from _answer(record, f"{path}/{number}", depth)


def _answer(record: Json, key: str, depth: int) -> Iterator[Attribute]:
    head = _head(record)
    name = head.name or "question"
    old = record.get("answers", record.get("answer"))
    match head.mode:
        case "radio":
            chosen = _objects([record.get("radio_answer", old)])
            value = answer_name(chosen[0]) if chosen else None
            yield Attribute(name, value, key, "choice", depth=depth)
        case "checklist":
            chosen = _objects(record.get("checklist_answers", old))
            names = tuple(answer_name(one) for one in chosen)
            yield Attribute(name, names, key, "choices", depth=depth)
        case "text":
            chosen = list[Json]()
            said = record.get("text_answer", old)
            content = text_in(said, "content") if is_object(said) else said
            content = shown_text(content) if isinstance(content, str) else None
            yield Attribute(name, content, key, "text", depth=depth)
        case _:
            chosen = list[Json]()
            yield Attribute(name, "an answer of an unknown form", depth=depth)
    for one in chosen:
        name = answer_name(one)
        for nested in _answers(one.get("classifications"), key_below(key, name), depth + 1):
            is_next = nested.depth == depth + 1
            yield msgspec.structs.replace(nested, under=name) if is_next else nested


def key_below(key: str, name: str) -> str:
    """Return what the keys of the questions begin with that an answer brings."""
    return f"{key}/{quote(name, safe='', errors='surrogatepass')}"


@dataclass(frozen=True)
class Asked:
    """An answer with those that are nested below it."""

    attribute: Attribute
    below: tuple[Asked, ...] = ()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The options that are chosen."""
        value = self.attribute.value
        return value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()

    @property
    def is_answered(self) -> bool:
        """Whether there is an answer."""
        return self.attribute.value not in (None, "", ())

    def below_option(self, name: str) -> list[Asked]:
        """Return what is asked below one option."""
        alone = self.chosen == (name,)
        return [
            one
            for one in self.below
            if one.attribute.under == name or (alone and not one.attribute.under)
        ]


def asked_tree(attributes: Sequence[Attribute]) -> list[Asked]:
    """Return answers that can be edited as trees, in their order."""
    found: list[Asked] = []
    at = 0
    while at < len(attributes):
        end = below_ends(tuple(attributes), at)
        one = attributes[at]
        if one.kind in KINDS_ASKED:
            found.append(Asked(one, tuple(asked_tree(attributes[at + 1 : end]))))
        at = end
    return found


def answer_name(answer: Json) -> str:
    """Return what an answer is called."""
    names = (text_in(answer, key) for key in ("name", "title", "value", "schemaId"))
    return next(filter(None, names), "")


def _objects(value: object) -> list[Json]:
    return objects_in(value) or [
        inner for one in (value if is_list(value) else ()) for inner in _objects(one)
    ]  # a checklist of v1 may stand in a list of its own
