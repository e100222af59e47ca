"""What a filter can be made of, from what is open."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viewer.model.export_words import export_words
from viewer.model.project import Project
from viewer.model.table import KINDS
from viewer.review.filter_words import (
    KIND_WORDS,
    PLANE_WORDS,
    SCOPE_WORDS,
    VERDICT_WORDS,
)
from viewer.review.filtering import SCOPES, acquired_planes, probabilities
from viewer.review.label_groups import states_of
from viewer.review.label_table import Cell, LabelRows
from viewer.review.lookup import Lookup
from viewer.review.recorded import (
    answers_of,
    are_answers_known,
    are_probabilities_known,
)


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen, as the filter holds it, and in words."""

    key: Hashable
    words: str


@dataclass(frozen=True, eq=False)
class Choices:
    """What can be chosen for each part of a filter; what all labels share is no choice.

    Args:
        last_frame: the highest slice or frame that has a label, from 0.
        probabilities: (rows,) NaN where none is said, or none was read yet.
        are_answers_known: all records were read for their answers.
    """

    classes: tuple[Choice, ...] = ()
    authors: tuple[Choice, ...] = ()
    kinds: tuple[Choice, ...] = ()
    exports: tuple[Choice, ...] = ()
    scopes: tuple[Choice, ...] = ()
    planes: tuple[Choice, ...] = ()
    states: tuple[Choice, ...] = ()
    answers: tuple[Choice, ...] = ()
    verdicts: tuple[Choice, ...] = ()
    last_frame: int = 0
    probabilities: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    are_answers_known: bool = True


def choices_of(rows: LabelRows, project: Project, lookup: Lookup) -> Choices:
    """Return what can be chosen; nothing is read from records."""
    bases = tuple(project.annotations.bases.values())
    is_known = all(map(are_probabilities_known, bases))
    unknown = np.full(rows.count, np.nan, dtype=np.float32)
    titles = export_words(project)
    several = len(rows.exports) > 1
    return Choices(
        classes=_used(
            rows,
            Cell.CLASS,
            lambda code: Choice(
                (rows.classes[code].export, rows.classes[code].label.id),
                f"{rows.classes[code].title}{_beside(rows.classes[code].source)}",
            ),
        ),
        authors=_used(
            rows,
            Cell.AUTHOR,
            lambda code: Choice(rows.authors[code], rows.authors[code] or "No author"),
        ),
        kinds=_kinds(rows, project),
        exports=tuple(Choice(id, titles[id]) for id in rows.exports) if several else (),
        scopes=_scopes(rows),
        planes=_planes(rows, lookup),
        states=tuple(Choice(state, state) for state in states_of(rows)),
        answers=_answers(project),
        verdicts=tuple(Choice(name, words.capitalize()) for name, words in VERDICT_WORDS.items()),
        last_frame=int(rows.column(Cell.LAST).max(initial=0)),
        probabilities=probabilities(rows, project) if is_known else unknown,
        are_answers_known=all(map(are_answers_known, bases)),
    )


def _beside(source: str) -> str:
    return f" · {source}" if source else ""


def _used(rows: LabelRows, cell: Cell, choice: Callable[[int], Choice]) -> tuple[Choice, ...]:
    """Return the choices of the codes that rows have."""
    codes = rows.column(cell)
    counts = np.bincount(codes[codes >= 0], minlength=1)
    return tuple(choice(code) for code in np.flatnonzero(counts).tolist())


def _kinds(rows: LabelRows, project: Project) -> tuple[Choice, ...]:
    known = {kind for id in rows.exports for kind in project.exports[id].author_kinds.values()}
    known.add("reader")
    return tuple(
        Choice(kind, words.capitalize()) for kind, words in KIND_WORDS.items() if kind in known
    )


def _scopes(rows: LabelRows) -> tuple[Choice, ...]:
    is_drawn = rows.column(Cell.KIND) != KINDS.index("none")
    scopes = np.where(is_drawn, SCOPES.index("shape"), rows.column(Cell.SCOPE))
    codes: list[int] = np.unique(scopes).tolist()
    return tuple(Choice(SCOPES[code], SCOPE_WORDS[SCOPES[code]].capitalize()) for code in codes)


def _planes(rows: LabelRows, lookup: Lookup) -> tuple[Choice, ...]:
    known = set(acquired_planes(lookup))
    if (rows.column(Cell.PLANE) > 0).any():
        known |= {"axial", "sagittal", "coronal"}
    return tuple(
        Choice(name, words.capitalize()) for name, words in PLANE_WORDS.items() if name in known
    )


def _answers(project: Project) -> tuple[Choice, ...]:
    bases = (base for base in project.annotations.bases.values() if are_answers_known(base))
    known = dict.fromkeys(answer for base in bases for answer in answers_of(base).known)
    return tuple(Choice(answer, f"{answer[0]}: {answer[1]}") for answer in sorted(known))
