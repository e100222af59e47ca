"""What a row says of its labels besides their records: answers, and those by frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from viewer.formats.encord.gather import NO_RAW, Gathered
from viewer.formats.encord.ranges import Range, ranges_of
from viewer.formats.encord.records import ANSWER_NAME, SAID, AnswerName, Answers, Row, Said
from viewer.formats.filling import filled
from viewer.formats.problems import FAST_REFUSES

_S = TypeVar("_S", bound=msgspec.Struct)


@dataclass(eq=False)
class RowAnswers:
    """The answers of a row, by the ids of its labels.

    Args:
        branch: name of the branch that it is on, None for the main one.
        placed: ids of objects and of classifications that are annotations.
    """

    gathered: Gathered
    row: Row
    placed: set[str] = field(default_factory=set[str])
    _said: dict[str, Said] = field(default_factory=dict[str, Said])

    def __post_init__(self) -> None:
        name = self.row.branch_name
        self.branch = None if name in (None, "", "main") else name
        self.objects: Answers = self.row.object_answers or {}
        self.classifications: Answers = self.row.classification_answers or {}
        self._objects = self._kept(self.objects)
        self._actions = self._kept(self.row.object_actions or {})
        self._classifications = self._kept(self.classifications)

    def _kept(self, answers: Answers) -> Mapping[str, int]:
        first = self.gathered.keep(list(answers.values()))
        return {id: first + at for at, id in enumerate(answers)}

    def of_object(self, id: str) -> tuple[int, int]:
        """Return the records of answers, and of answers by frame, of an object."""
        self.placed.add(id)
        return self._objects.get(id, NO_RAW), self._actions.get(id, NO_RAW)

    def object(self, id: str) -> Said:
        """Return what stands among the answers of an object."""
        return head_of(self.objects[id], SAID.decode, Said)

    def classification(self, id: str) -> tuple[Said, int]:
        """Return what stands among the answers of a classification, and its record's number."""
        if id not in self.classifications:
            return Said(), NO_RAW
        if id not in self._said:
            self._said[id] = head_of(self.classifications[id], SAID.decode, Said)
        return self._said[id], self._classifications[id]

    def ranges(self, id: str, space: str | None) -> list[Range] | None:
        """Return the frames that a classification names; None where it names none there.

        Args:
            space: that they are frames of, None for the row itself.
        """
        said, _ = self.classification(id)
        if space is not None:
            held = (said.spaces or {}).get(space)
            return None if held is None else ranges_of(held.ranges)
        found = None if said.ranges is None else ranges_of(said.ranges)
        return None if said.spaces and not found else found

    def orphans(self) -> Iterator[str]:
        """Yield the ids of answers without a label."""
        every = dict.fromkeys((*self.objects, *self._actions, *self.classifications))
        yield from (id for id in every if id not in self.placed)


def head_of(raw: msgspec.Raw, decode: Callable[[msgspec.Raw], _S], kind: type[_S]) -> _S:
    """Return the fields of a record that are sound."""
    try:
        return decode(raw)
    except FAST_REFUSES:
        found, _ = filled(bytes(raw), kind)
        return found[0] if found else kind()


def root_name(entry: Said) -> str:
    """Return the name of the question that a classification answers: its last one, as written."""
    if not entry.classifications:
        return ""
    return head_of(entry.classifications[-1], ANSWER_NAME.decode, AnswerName).name or ""
