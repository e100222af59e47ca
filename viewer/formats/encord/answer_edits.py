"""Answers changed: those of a label as a whole, and those of its frames with their ranges."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from viewer.formats.encord.answers import hash_of, options_in, text_in
from viewer.formats.encord.known import KnownAnswers
from viewer.formats.encord.ontology import Json
from viewer.formats.encord.ranges import Range, holds, ranges_in, with_frame, without
from viewer.formats.json_tools import is_list, is_object
from viewer.formats.patches import GONE, ListPatch, ObjectPatch, Put
from viewer.formats.style import JsonValue
from viewer.formats.values import objects_in
from viewer.model.answers import Attribute, AttributeValue

Record = dict[str, JsonValue]
_LISTED = ("choice", "choices")


def answers_of(attributes: Iterable[Attribute]) -> dict[str, Attribute]:
    """Return the answers that there are, by the hash of their question."""
    return {one.key: one for one in attributes if one.key and one.value not in (None, "", ())}


def same_answers(before: Sequence[Attribute], after: Sequence[Attribute]) -> bool:
    """Whether two lists of attributes hold the same answers."""
    old, new = (
        {key: one.value for key, one in answers_of(some).items()} for some in (before, after)
    )
    return old == new


@dataclass(frozen=True, eq=False)
class AnswerWriter:
    """Writes answers.

    Args:
        known: what the file and its ontology call questions and options.
    """

    known: KnownAnswers

    def records(self, attributes: Sequence[Attribute]) -> list[JsonValue]:
        """Return new answers, nested ones before those that they follow from.

        Raises:
            CannotWrite: an option that neither the ontology nor another label names.
        """
        return [self.record(one) for one in reversed(answers_of(attributes).values())]

    def record(self, one: Attribute, like: Json | None = None) -> Record:
        """Return a new answer.

        Raises:
            CannotWrite: an option that neither the ontology nor another label names.
        """
        name, value = self.known.question(one)
        return {
            "name": name,
            "value": value,
            "answers": self.value(one, like or {}),
            "featureHash": one.key,
            "manualAnnotation": True,
        }

    def value(self, one: Attribute, held: Json) -> JsonValue:
        """Return the value of `answers`; options that stay are as they were.

        Args:
            held: the answer as it is.

        Raises:
            CannotWrite: an option that neither the ontology nor another label names.
        """
        if one.kind not in _LISTED:
            return cast("JsonValue", one.value)
        there = {self.known.name_of(one, option): option for option in options_in(held)}
        return [
            cast("JsonValue", there[name]) if name in there else self.known.option(one, name)
            for name in chosen(one.value)
        ]

    def patch(
        self, held: object, before: Sequence[Attribute], after: Sequence[Attribute]
    ) -> ListPatch:
        """Return the patch of a list of answers of a label as a whole.

        Raises:
            CannotWrite: an option that neither the ontology nor another label names.
        """
        old, new = answers_of(before), answers_of(after)
        patch = ListPatch()
        listed = objects_in(held)
        places = {id(one): at for at, one in enumerate(held if is_list(held) else ())}
        there = {hash_of(one): one for one in listed}
        for key in old.keys() - new.keys():
            patch.at.update({places[id(one)]: GONE for one in listed if hash_of(one) == key})
        for key, one in new.items():
            if key in old and old[key].value == one.value:
                continue
            if key in there:
                value = Put(self.value(one, there[key]))
                patch.at[places[id(there[key])]] = ObjectPatch({"answers": value})
            else:
                patch.added.append(self.record(one))
        return patch


def chosen(value: AttributeValue) -> tuple[str, ...]:
    """Return the options that are chosen."""
    return value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()


@dataclass(eq=False)
class _Action:
    """One answer that holds on some frames.

    Args:
        at: its number in the file's list, None for a new one.
        record: as it is in the file, or as it will be without its range.
    """

    at: int | None
    record: Json
    ranges: list[Range]
    is_changed: bool = False


@dataclass(eq=False)
class Actions:
    """The answers of one label that hold on frames, while they are changed.

    Args:
        held: the list of the file; None without one.
    """

    writer: AnswerWriter
    held: object
    _all: list[_Action] = field(default_factory=list[_Action])

    def __post_init__(self) -> None:
        for at, one in enumerate(self.held if is_list(self.held) else ()):
            if is_object(one):
                self._all.append(_Action(at, one, ranges_in(one.get("range"))))

    def leave(self, frame: int) -> None:
        """Take all answers off a frame."""
        for action in self._all:
            self._off(action, frame)

    def change(self, frame: int, before: Sequence[Attribute], after: Sequence[Attribute]) -> None:
        """Make the answers of a frame others.

        Raises:
            CannotWrite: an option that neither the ontology nor another label names.
        """
        old, new = answers_of(before), answers_of(after)
        for key in dict.fromkeys((*old, *new)):
            if key in old and key in new and old[key].value == new[key].value:
                continue
            for action in self._all:
                if hash_of(action.record) == key:
                    self._off(action, frame)
            if key in new:
                self._on(new[key], frame)

    def patch(self) -> ListPatch:
        """Return the patch of the list."""
        patch = ListPatch()
        for action in self._all:
            ranges: JsonValue = [list(ends) for ends in action.ranges]
            if action.at is None:
                if action.ranges:
                    patch.added.append({**cast("Record", action.record), "range": ranges})
            elif action.is_changed:
                changed = ObjectPatch({"range": Put(ranges)})
                patch.at[action.at] = changed if action.ranges else GONE
        return patch

    @property
    def questions(self) -> dict[str, str]:
        """The questions that are answered on some frame: names by hash."""
        answered = (action.record for action in self._all if action.ranges)
        return {hash_of(one): text_in(one, "name") for one in answered if hash_of(one)}

    def leave_questions(self, hashes: Collection[str]) -> None:
        """Take all answers to some questions away."""
        for action in self._all:
            if hash_of(action.record) in hashes:
                action.ranges, action.is_changed = [], True

    @property
    def is_empty(self) -> bool:
        """Whether no answer is left."""
        return not any(action.ranges or not action.is_changed for action in self._all)

    def _off(self, action: _Action, frame: int) -> None:
        if holds(action.ranges, frame):
            action.ranges, action.is_changed = without(action.ranges, frame), True

    def _on(self, one: Attribute, frame: int) -> None:
        """Put an answer on a frame: each chosen option by itself, as the web site does."""
        single = list(chosen(one.value)) if one.kind in _LISTED else [None]
        for name in single:
            alone = one if name is None else _alone(one, name)
            for action in self._all:
                if hash_of(action.record) == one.key and self._says(action.record, alone):
                    action.ranges, action.is_changed = with_frame(action.ranges, frame), True
                    break
            else:
                record = self.writer.record(alone)
                manual = record.pop("manualAnnotation")
                more: Record = {
                    "dynamic": True, "range": [], "shouldPropagate": False, "trackHash": "",
                    "manualAnnotation": manual,
                }  # fmt: skip
                self._all.append(_Action(None, {**record, **more}, [(frame, frame)], True))

    def _says(self, record: Json, one: Attribute) -> bool:
        """Whether an answer says the same."""
        if one.kind in _LISTED:
            names = [self.writer.known.name_of(one, option) for option in options_in(record)]
            return names == list(chosen(one.value))
        return record.get("answers") == one.value


def _alone(one: Attribute, name: str) -> Attribute:
    """Return an answer that chooses one option."""
    value = (name,) if one.kind == "choices" else name
    return Attribute(one.name, value, one.key, one.kind, one.options)
