"""Answers changed: classification records followed down to the one that differs, and new ones.

Records are spelled in three ways: of v2, of v1 and of imports. One that is there says itself how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from viewer.errors import CannotWrite
from viewer.formats.json_tools import is_list, is_object
from viewer.formats.labelbox.questions import Asked, answer_name, asked_tree
from viewer.formats.patches import GONE, Change, ListPatch, ObjectPatch, Put
from viewer.formats.style import JsonValue
from viewer.model.placement import Attribute

Spelling = Literal["v2", "v1", "import"]
Record = dict[str, JsonValue]
# Makes a feature id from words that tell one new record from another.
NewId = Callable[..., str]
# Returns {"feature_schema_id", "value"} of an answer that the file has elsewhere, as far as known;
# of a question where no answer is named.
Known = Callable[[str, str], Mapping[str, str]]
_NEWER = {"radio_answer": "choice", "checklist_answers": "choices", "text_answer": "text"}
_KEYS: Mapping[Spelling, tuple[str, ...]] = {
    "v2": ("feature_id", "feature_schema_id", "name", "value", "classifications"),
    "v1": ("featureId", "schemaId", "title", "value"),
    "import": ("name", "classifications"),
}


def same_answers(before: Sequence[Attribute], after: Sequence[Attribute]) -> bool:
    """Whether two lists of attributes hold the same answers."""
    held, now = (
        {one.key: one.value for one in some if one.key and one.value is not None}
        for some in (before, after)
    )
    return held == now


@dataclass(frozen=True)
class Answers:
    """Writes answers.

    Args:
        spelling: of records that are new.
    """

    new_id: NewId
    known: Known
    spelling: Spelling = "v2"

    def patch(
        self, records: object, before: Sequence[Attribute], after: Sequence[Attribute]
    ) -> ListPatch:
        """Return the patch of a list of classifications whose answers are changed.

        Raises:
            CannotWrite: a question that the records do not have, or an answer of another kind.
        """
        return self._level(records, asked_tree(before), asked_tree(after))

    def _level(self, records: object, before: Sequence[Asked], after: Sequence[Asked]) -> ListPatch:
        patch = ListPatch()
        now = {one.attribute.key: one for one in after}
        had = {one.attribute.key for one in before}
        for one in before:
            number = _number(one.attribute.key)
            record = records[number] if is_list(records) and number < len(records) else None
            other = now.get(one.attribute.key)
            if other == one:
                continue
            if not is_object(record):
                raise CannotWrite(f"the question {one.attribute.name!r} is not asked in its record")
            if other is None or other.attribute.value is None:
                patch.at[number] = GONE
            else:
                patch.at[number] = self._question(record, one, other)
        for one in after:
            if one.attribute.key not in had and one.is_answered:
                patch.added.append(self.record(one))
        return patch

    def _question(self, record: Mapping[str, object], before: Asked, after: Asked) -> ObjectPatch:
        """Return the patch of one classification with another answer, or others below it."""
        patch = ObjectPatch()
        kind, key = slot_of(record)
        if kind != after.attribute.kind:
            value, name = after.attribute.value, before.attribute.name
            raise CannotWrite(f"{value!r} is no answer to its question {name!r}")
        held = record[key]
        if kind == "text":
            said = Put(after.attribute.text)
            if is_object(held):
                patch.into(key).members["content"] = said
            else:
                patch.members[key] = said
        elif kind == "choice":
            patch.members[key] = self._chosen(record, held, before, after)
        else:
            patch.members[key] = self._checked(record, held, before, after)
        return patch

    def _chosen(
        self, record: Mapping[str, object], held: object, before: Asked, after: Asked
    ) -> Change:
        """Return the change of the one answer to a question."""
        name = after.attribute.text
        if before.attribute.value == name and is_object(held):
            return self._below(held, name, before, after)
        like = held if is_object(held) else {}
        return Put(self._choice(like, _question_key(record), name, after))

    def _checked(
        self, record: Mapping[str, object], held: object, before: Asked, after: Asked
    ) -> ListPatch:
        """Return the change of the answers of a checklist; of v1 it may stand in a list more."""
        if is_list(held) and len(held) == 1 and is_list(held[0]):
            return ListPatch({0: self._checked(record, held[0], before, after)})
        patch = ListPatch()
        names = after.chosen
        had: dict[str, None] = {}
        like: dict[str, object] = {}
        for number, one in enumerate(held if is_list(held) else ()):
            if not is_object(one):
                continue
            like = like or one
            name = answer_name(one)
            if name not in names:
                patch.at[number] = GONE
            elif name not in had:
                below = self._below(one, name, before, after)
                if below.members:
                    patch.at[number] = below
            had[name] = None
        question = _question_key(record)
        fresh = [name for name in dict.fromkeys(names) if name not in had]
        patch.added = [self._choice(like, question, name, after) for name in fresh]
        return patch

    def _below(
        self, answer: Mapping[str, object], name: str, before: Asked, after: Asked
    ) -> ObjectPatch:
        """Return the patch of an answer that stays, below which others may differ."""
        patch = ObjectPatch()
        old, new = before.below_option(name), after.below_option(name)
        if old != new:
            nested = self._level(answer.get("classifications"), old, new)
            if nested.at or nested.added:
                patch.members["classifications"] = nested
        return patch

    def _choice(self, like: Mapping[str, object], question: str, name: str, asked: Asked) -> Record:
        """Return an answer with the keys of another one to the same question."""
        told = self.known(question, name)
        schema = told.get("feature_schema_id")
        below = [self.record(one) for one in asked.below_option(name) if one.is_answered]
        id = self.new_id(question, name)
        values: dict[str, JsonValue] = {
            "feature_id": id,
            "featureId": id,
            "feature_schema_id": schema,
            "schemaId": schema or (name if self.spelling == "import" else None),
            "name": name,
            "title": name,
            "value": told.get("value", _value_of(name)),
            "classifications": below,
        }
        keys = [key for key in like if key in values] or list(_KEYS[self.spelling])
        if self.spelling == "import" and not below and "classifications" not in like:
            keys = [key for key in keys if key != "classifications"]
        elif below and "classifications" not in keys:
            keys.append("classifications")
        return {key: values[key] for key in keys if values[key] is not None}

    def record(self, asked: Asked, head: Mapping[str, JsonValue] | None = None) -> Record:
        """Return a classification record that answers a question for the first time.

        Args:
            head: its id and names; made from what the file has elsewhere without.

        Raises:
            CannotWrite: the answer is of no kind that Labelbox has.
        """
        one = asked.attribute
        head = self._head(one.name) if head is None else head
        question = _question_key(head)
        key, value = self._new_answer(asked, question)
        return {**head, key: value}

    def _new_answer(self, asked: Asked, question: str) -> tuple[str, JsonValue]:
        one = asked.attribute
        newer = {kind: key for key, kind in _NEWER.items()}.get(one.kind)
        if newer is None:
            raise CannotWrite(f"its answer to {one.name!r} is none that Labelbox holds")
        is_v2 = self.spelling == "v2"
        if one.kind == "text":
            return (newer, {"content": one.text}) if is_v2 else ("answer", one.text)
        made: list[JsonValue] = [
            self._choice({}, question, name, asked) for name in dict.fromkeys(asked.chosen)
        ]
        if one.kind == "choice":
            return (newer if is_v2 else "answer"), made[0]
        return (newer if is_v2 else "answers" if self.spelling == "v1" else "answer"), made

    def _head(self, name: str) -> Record:
        """Return id and names of a question that is answered for the first time."""
        if self.spelling == "import":
            return {"name": name}
        told = self.known(name, "")
        id_key, schema_key, name_key, value_key, *_ = _KEYS[self.spelling]
        head: Record = {id_key: self.new_id(name, "question")}
        if "feature_schema_id" in told:
            head[schema_key] = told["feature_schema_id"]
        return {**head, name_key: name, value_key: told.get("value", _value_of(name))}


def slot_of(record: Mapping[str, object]) -> tuple[str, str]:
    """Return the kind of answer that a classification holds, and the key that it is under.

    Raises:
        CannotWrite: of no kind that is known.
    """
    for key, kind in _NEWER.items():
        if key in record:
            return kind, key
    for key in ("answers", "answer"):
        value = record.get(key)
        if is_list(value):
            return "choices", key
        if is_object(value):
            return "choice", key
        if isinstance(value, str):
            return "text", key
    raise CannotWrite("its answer is of no form that is known here")


def _number(key: str) -> int:
    last = key.rpartition("/")[2]
    return int(last) if last.isdecimal() else 0


def _question_key(record: Mapping[str, object]) -> str:
    """Return what a question is known by: its schema id, else its name."""
    keys = ("feature_schema_id", "schemaId", "name", "title")
    return next((str(record[key]) for key in keys if record.get(key)), "")


def _value_of(name: str) -> str:
    return name.lower().replace(" ", "_")
