"""What questions and options are called in a file: by its ontology, else by its other answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from viewer.errors import CannotWrite
from viewer.formats.encord.answers import hash_of, option_name, options_in
from viewer.formats.encord.layout import Layout
from viewer.formats.encord.ontology import Book, Json, Question
from viewer.formats.encord.shapes import record_of
from viewer.formats.json_tools import BadJson, is_list, is_object
from viewer.formats.style import JsonValue
from viewer.formats.values import text_in
from viewer.model.answers import Attribute

Option = dict[str, JsonValue]


@dataclass(frozen=True, eq=False)
class KnownAnswers:
    """Finds the hashes of answers.

    Args:
        book: what the ontologies say.
        layout: of the file.
    """

    book: Book
    layout: Layout

    def question(self, one: Attribute) -> tuple[str, str]:
        """Return the name and the value of a question."""
        known = self.book.every.get(one.key)
        name = known.name if known else one.name
        return self._questions.get(one.key) or (name, value_of(name))

    def asked_of(self, class_id: str) -> frozenset[str] | None:
        """Return the questions that the ontology has for a class, nested ones too.

        None where no ontology has the class.
        """
        if class_id not in self.book.questions:
            return None
        waiting: list[Question] = list(self.book.questions[class_id])
        found: set[str] = set()
        while waiting:
            one = waiting.pop()
            if one.hash not in found:
                found.add(one.hash)
                waiting += [below for option in one.options for below in option.below]
        return frozenset(found)

    def name_of(self, one: Attribute, option: Json) -> str:
        """Return what an option is called on the screen."""
        known = self.book.every.get(one.key)
        found = known.by_hash.get(hash_of(option)) if known else None
        return found.label if found else option_name(option, one.name)

    def option(self, one: Attribute, name: str) -> Option:
        """Return an option to be chosen.

        Raises:
            CannotWrite: neither the ontology nor another label names it.
        """
        known = self.book.every.get(one.key)
        for option in known.options if known else ():
            if option.label == name:
                return {"name": option.label, "value": option.value, "featureHash": option.hash}
        found = self._options.get((one.key, name))
        if found is None:
            raise CannotWrite(
                f"no label of the file says what Encord calls the answer {name!r}; open the "
                "ontology together with the export"
            )
        return {key: found[key] for key in ("name", "value", "featureHash") if key in found}

    @cached_property
    def _questions(self) -> Mapping[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        for answer in self._answers():
            names = text_in(answer, "name"), text_in(answer, "value")
            if all(names):
                found.setdefault(hash_of(answer), names)
        return found

    @cached_property
    def _options(self) -> Mapping[tuple[str, str], dict[str, str]]:
        found: dict[tuple[str, str], dict[str, str]] = {}
        for answer in self._answers():
            name = text_in(answer, "name")
            for option in options_in(answer):
                said = {key: text_in(option, key) for key in ("name", "value", "featureHash")}
                found.setdefault((hash_of(answer), option_name(option, name)), said)
        return found

    def _answers(self) -> Iterator[Json]:
        """Yield every answer of the file."""
        for row in self.layout.rows:
            for entries in (row.object_answers, row.classification_answers, row.object_actions):
                for raw in (entries or {}).values():
                    try:
                        entry = record_of(raw)
                    except BadJson:
                        continue
                    for key in ("classifications", "actions"):
                        held = entry.get(key)
                        yield from (
                            one for one in (held if is_list(held) else ()) if is_object(one)
                        )


def value_of(name: str) -> str:
    """Return the value that Encord makes of a name."""
    return name.lower().replace(" ", "_")
