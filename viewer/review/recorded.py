"""What records say besides the columns: probabilities and answers, read once for all records.

Reading takes its time where there are many; a job does it, and it is kept as long as the export is
open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from viewer.errors import OverreadError
from viewer.model.annotation import Annotation
from viewer.model.table import Base, Ints
from viewer.model.track import Track

Floats = NDArray[np.float32]
Answer = tuple[str, str]  # question and answer, both as shown
Check = Callable[[], None]
Progress = Callable[[int, int], None]

CHECK_EVERY = 16  # records, about a millisecond


def go_on() -> None:
    """Never stop."""


def tell_nobody(_done: int, _total: int) -> None:
    """Report no progress."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What the records of one export answer; an annotation may say several things.

    Args:
        owners: (answers,) ordinal of the annotation, rising.
        codes: (answers,) into `known`.
        known: each question with each of its answers, in the order in which they were met.
    """

    owners: Ints
    codes: Ints
    known: tuple[Answer, ...]

    @cached_property
    def numbers(self) -> Mapping[Answer, int]:
        """The code of each answer."""
        return {answer: code for code, answer in enumerate(self.known)}

    @cached_property
    def by_question(self) -> Mapping[str, tuple[str, ...]]:
        """The answers to each question."""
        found: dict[str, list[str]] = {}
        for question, answer in self.known:
            found.setdefault(question, []).append(answer)
        return {question: tuple(answers) for question, answers in found.items()}


_probabilities: WeakKeyDictionary[Base, Floats] = WeakKeyDictionary()
_answers: WeakKeyDictionary[Base, Answers] = WeakKeyDictionary()
_lock = Lock()


def are_probabilities_known(base: Base) -> bool:
    """Whether `probabilities_of` answers at once."""
    return base.probabilities is None or base in _probabilities


def probabilities_of(base: Base, check: Check = go_on) -> Floats | None:
    """Return (annotations,) how sure a model was of each, NaN where none is said.

    None where the format holds none.
    """
    if base.probabilities is None:
        return None
    found = _probabilities.get(base)
    if found is None:
        found = base.probabilities(check)
        found.flags.writeable = False
        with _lock:
            _probabilities[base] = found
    return found


def are_answers_known(base: Base) -> bool:
    """Whether `answers_of` answers at once."""
    return base in _answers


def answers_of(base: Base, check: Check = go_on, progress: Progress = tell_nobody) -> Answers:
    """Return what all records of an export answer, those on single frames too."""
    found = _answers.get(base)
    if found is None:
        found = _read(base, check, progress)
        with _lock:
            _answers[base] = found
    return found


def _read(base: Base, check: Check, progress: Progress) -> Answers:
    owners: list[int] = []
    codes: list[int] = []
    known: dict[Answer, int] = {}
    count = base.columns.count
    for ordinal in range(count):
        if ordinal % CHECK_EVERY == 0:
            check()
            progress(ordinal, count)
        try:
            annotation = base.decode(ordinal)
        except OverreadError:
            continue  # what is damaged answers nothing; the inspector says what is wrong with it
        for answer in dict.fromkeys(answers_in(annotation)):
            owners.append(ordinal)
            codes.append(known.setdefault(answer, len(known)))
    progress(count, count)
    return Answers(np.array(owners, np.int64), np.array(codes, np.int64), tuple(known))


def answers_in(annotation: Annotation) -> Iterator[Answer]:
    """Yield what an annotation answers, on all of its stored placements."""
    for each in annotation.attributes:
        if each.value is not None:
            yield each.name, each.text
    placements = annotation.placements
    for number in range(len(placements)):
        if isinstance(placements, Track) and not placements.keys[number]:
            continue  # between key frames it says what the one before it says
        for each in placements[number].attributes:
            if each.value is not None:
                yield each.name, each.text
