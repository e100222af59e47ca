"""Answers of Encord as attributes: by the hashes of an ontology, else as they name themselves."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from viewer.formats.encord.ontology import Book, Json, Option, Question
from viewer.formats.json_tools import is_list, is_object
from viewer.formats.values import objects_in, shown_text, text_in
from viewer.model.answers import Attribute, AttributeValue

UNNAMED = "question"
_MOST_SHOWN = 200  # characters of an answer of no known form


@dataclass(frozen=True, eq=False)
class Reader:
    """Reads answers.

    Args:
        book: what the ontologies say.
    """

    book: Book

    def attributes(
        self, class_id: str, answers: Sequence[Json], *, dynamic: bool = False
    ) -> tuple[Attribute, ...]:
        """Return the questions of a class with these answers, nested ones below theirs.

        Answers to questions that the ontology does not have follow, in file order. Several answers
        to one question are taken together: the web site spells each option by itself.

        Args:
            dynamic: the answers hold on one frame.
        """
        given: dict[str, list[Json]] = {}
        for one in answers:
            given.setdefault(hash_of(one), []).append(one)
        asked = [
            each
            for each in self.book.questions.get(class_id, ())
            if each.is_dynamic == dynamic or each.hash in given
        ]
        found = list(self._asked(asked, given, 0, ""))
        known = {each.key for each in found}
        for key, ones in given.items():
            if key not in known:
                question = self.book.every.get(key)
                found.append(_inferred(ones) if question is None else _answered(question, ones))
        return tuple(found)

    def _asked(
        self, asked: Iterable[Question], given: Mapping[str, list[Json]], depth: int, under: str
    ) -> Iterator[Attribute]:
        for question in asked:
            ones = given.get(question.hash, [])
            found = _answered(question, ones)
            yield msgspec.structs.replace(found, depth=depth, under=under)
            chosen = {hash_of(each) for one in ones for each in options_in(one)}
            for option in question.options:
                if option.hash in chosen:
                    yield from self._asked(option.below, given, depth + 1, option.label)


def hash_of(answer: Json) -> str:
    """Return the hash of a question or an option, "" without."""
    return text_in(answer, "featureHash")


def options_in(answer: Json) -> Sequence[Json]:
    """Return the options that an answer chooses."""
    return objects_in(answer.get("answers"))


def option_name(option: Json, question: str) -> str:
    """Return what an option is called where no ontology says it.

    Answers about frames carry the name of their question in its place; the value is their own.
    """
    name, value = text_in(option, "name"), text_in(option, "value")
    if name and (name != question or not value):
        return name
    return value or hash_of(option)


def _answered(question: Question, ones: Sequence[Json]) -> Attribute:
    """Return a question with its answer."""
    bare = question.attribute()
    value: AttributeValue = bare.value
    if question.kind in ("choice", "choices"):
        names = [_name_of(question.by_hash, each, question) for each in _every_option(ones)]
        chosen = tuple(dict.fromkeys(names))
        value = chosen if question.kind == "choices" else chosen[-1] if chosen else None
        if question.kind == "choice" and len(chosen) > 1:
            value = None  # as Encord itself takes it
    elif ones:
        value = _plain(ones[-1].get("answers"), question.kind)
    return msgspec.structs.replace(bare, value=value)


def _name_of(known: Mapping[str, Option], option: Json, question: Question) -> str:
    found = known.get(hash_of(option))
    return found.label if found else option_name(option, question.name)


def _inferred(ones: Sequence[Json]) -> Attribute:
    """Return the answer to a question that no ontology tells of; one of no known form is shown."""
    last = ones[-1]
    name, key = text_in(last, "name") or UNNAMED, hash_of(last)
    held = last.get("answers")
    if is_list(held):
        if not all(_is_option(one) for one in held):
            return Attribute(name, tuple(_words_of(one, name) for one in held))
        names = tuple(dict.fromkeys(option_name(one, name) for one in _every_option(ones)))
        if len(names) == 1:
            return Attribute(name, names[0], key, "choice" if key else "shown", names)
        return Attribute(name, names, key, "choices" if key else "shown", names)
    if is_object(held):
        return Attribute(name, _words_of(held, name))
    kind = "text" if isinstance(held, str) else "number" if _is_number(held) else "shown"
    value = _plain(held, kind)
    return Attribute(name, value, key if kind != "shown" else "", kind if key else "shown")


def _is_option(value: object) -> bool:
    return is_object(value) and bool(hash_of(value))


def _words_of(value: object, question: str) -> str:
    """Return what stands for an answer that is no option, for people."""
    if is_object(value):
        texts = [held for held in value.values() if isinstance(held, str)]
        return option_name(value, question) or shown_text(", ".join(texts))
    return shown_text(value if isinstance(value, str) else repr(value))[:_MOST_SHOWN]


def _every_option(ones: Sequence[Json]) -> Iterator[Json]:
    for one in ones:
        yield from options_in(one)


def _plain(held: object, kind: str) -> AttributeValue:
    if kind == "text" and isinstance(held, str):
        return shown_text(held)
    if kind == "number" and isinstance(held, int | float) and not isinstance(held, bool):
        return float(held) if abs(held) <= sys.float_info.max else None
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
