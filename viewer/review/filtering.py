"""Which labels a person wants to see: a value of parts that combine, and the rows that fit it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.model.project import AuthorKind, Project
from viewer.model.subject import PLANES
from viewer.model.table import KINDS, Base
from viewer.review.judged_rows import VERDICTS, judged_rows
from viewer.review.label_table import Cell, LabelRows
from viewer.review.lookup import Lookup
from viewer.review.recorded import (
    Answer,
    Answers,
    Check,
    Progress,
    answers_in,
    answers_of,
    are_answers_known,
    are_probabilities_known,
    go_on,
    probabilities_of,
    tell_nobody,
)

Flags: TypeAlias = NDArray[np.bool_]
FilterScope: TypeAlias = Literal["shape", "image", "series", "exam"]
FilterPlane: TypeAlias = Literal["axial", "sagittal", "coronal", "frame"]
FilterVerdict: TypeAlias = Literal["none", "accepted", "rejected", "needs_change", "commented"]
SCOPES: tuple[FilterScope, ...] = ("image", "series", "exam", "shape")  # first three as Cell.SCOPE


class Span(msgspec.Struct, frozen=True):
    """Slices or frames `first` to `last`, from 0, both included; a label on one of them fits."""

    first: int
    last: int


class Sure(msgspec.Struct, frozen=True):
    """A range of probability, both ends included.

    Args:
        keeps_unsaid: labels without a probability fit too, such as those of readers.
    """

    low: float = 0.0
    high: float = 1.0
    keeps_unsaid: bool = True


class Filter(msgspec.Struct, frozen=True):
    """What labels must fit: each part that says something; one of what a part lists is enough.

    Args:
        text: words that class, author or id hold, ignoring case; a number finds a slice.
        classes: (export id, class id).
        authors: names, "" for nobody.
        exports: ids.
        kinds: of authors.
        scopes: "shape" for labels that are drawn, else what they are said of.
        planes: of the patient that they were drawn on; "frame" for pictures without a place.
        frames: slices or frames.
        sure: probability.
        answers: (question, answer), both as shown.
        states: of their tasks, in the vendor's words.
        verdicts: of the reviewer; "commented" whatever the judgement.
    """

    text: str = ""
    classes: frozenset[tuple[str, str]] = frozenset()
    authors: frozenset[str] = frozenset()
    exports: frozenset[str] = frozenset()
    kinds: frozenset[AuthorKind] = frozenset()
    scopes: frozenset[FilterScope] = frozenset()
    planes: frozenset[FilterPlane] = frozenset()
    frames: Span | None = None
    sure: Sure | None = None
    answers: frozenset[tuple[str, str]] = frozenset()
    states: frozenset[str] = frozenset()
    verdicts: frozenset[FilterVerdict] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Everything fits."""
        return msgspec.structs.replace(self, text=self.text.strip()) == NO_FILTER


NO_FILTER = Filter()
_Reader: TypeAlias = Callable[[Base], Answers]


def is_ready(wanted: Filter, project: Project) -> bool:
    """Whether `fitting` need not read records first."""
    bases = project.annotations.bases.values()
    return (wanted.sure is None or all(map(are_probabilities_known, bases))) and (
        not wanted.answers or all(map(are_answers_known, bases))
    )


def fitting(
    wanted: Filter,
    rows: LabelRows,
    project: Project,
    lookup: Lookup,
    check: Check = go_on,
    progress: Progress = tell_nobody,
) -> Flags:
    """Return (rows,) which labels fit.

    Args:
        wanted: the filter.
        rows: of the project.
        project: with edits and verdicts.
        lookup: of the media that the rows were matched over.
        check: called while records are read; raises where the answer is no longer wanted.
        progress: told how many records were read.
    """
    keep = np.ones(rows.count, dtype=np.bool_)
    for part in _parts(wanted, rows, project, lookup):
        keep &= part()
    if wanted.sure is not None:
        keep &= _of_sure(rows, project, wanted.sure, check)
    if wanted.answers:
        keep &= _answering(rows, project, wanted.answers, lambda b: answers_of(b, check, progress))
    return keep


def _parts(
    wanted: Filter, rows: LabelRows, project: Project, lookup: Lookup
) -> Iterable[Callable[[], Flags]]:
    """Yield what is to be looked at, the quick parts first."""
    coded = (
        (wanted.exports, Cell.EXPORT, rows.exports),
        (wanted.classes, Cell.CLASS, [(one.export, one.label.id) for one in rows.classes]),
        (wanted.authors, Cell.AUTHOR, rows.authors),
        (wanted.states, Cell.TASK, [one.task.status for one in rows.tasks]),
    )
    for chosen, cell, known in coded:
        if chosen:
            is_chosen = [one in chosen for one in known]
            yield lambda cell=cell, is_chosen=is_chosen: _of_codes(rows, cell, is_chosen)
    rest = (
        (wanted.kinds, lambda: _of_kinds(rows, project, wanted.kinds)),
        (wanted.scopes, lambda: _of_scopes(rows, wanted.scopes)),
        (wanted.planes, lambda: _of_planes(rows, lookup, wanted.planes)),
        (wanted.frames, lambda: _on_frames(rows, wanted.frames or Span(0, 0))),
        (wanted.verdicts, lambda: _of_verdicts(rows, project, wanted.verdicts)),
        (wanted.text.strip(), lambda: _holding_all(rows, project, wanted.text)),
    )
    yield from (look for chosen, look in rest if chosen)


def _of_codes(rows: LabelRows, cell: Cell, is_chosen: list[bool]) -> Flags:
    """(rows,) those whose code is chosen; code -1 never is."""
    return np.array([*is_chosen, False])[rows.column(cell)]


def _of_kinds(rows: LabelRows, project: Project, kinds: frozenset[AuthorKind]) -> Flags:
    exports = (project.exports[export].author_kinds for export in rows.exports)
    table = [[of.get(name, "reader") in kinds for name in rows.authors] for of in exports]
    return np.array(table, np.bool_)[rows.column(Cell.EXPORT), rows.column(Cell.AUTHOR)]


def _of_scopes(rows: LabelRows, scopes: frozenset[FilterScope]) -> Flags:
    is_drawn = rows.column(Cell.KIND) != KINDS.index("none")
    of_scope = np.array([scope in scopes for scope in SCOPES[:3]])[rows.column(Cell.SCOPE)]
    return np.where(is_drawn, "shape" in scopes, of_scope)


def _of_planes(rows: LabelRows, lookup: Lookup, planes: frozenset[FilterPlane]) -> Flags:
    """What lies on no slice of its own is on no plane."""
    acquired = np.array([name in planes for name in acquired_planes(lookup)] or [False])
    named = np.array([name in planes for name in PLANES])
    media, codes = rows.column(Cell.MEDIA), rows.column(Cell.PLANE)
    fits = np.where(codes < 0, acquired[np.minimum(media, len(acquired) - 1)], named[codes])
    return fits & (media >= 0) & (rows.column(Cell.FIRST) >= 0)


def acquired_planes(lookup: Lookup) -> tuple[FilterPlane, ...]:
    """Return (media,) on which plane of the patient the pictures of each were acquired."""
    return tuple("frame" if name == "acquired" else name for name in lookup.acquired_names)


def _on_frames(rows: LabelRows, span: Span) -> Flags:
    first, last = rows.column(Cell.FIRST), rows.column(Cell.LAST)
    return (first >= 0) & (first <= span.last) & (last >= span.first)


def _of_verdicts(rows: LabelRows, project: Project, verdicts: frozenset[FilterVerdict]) -> Flags:
    codes, commented = judged_rows(rows, project.verdicts)
    fits = np.array([name in verdicts for name in VERDICTS])[codes]
    return fits | commented if "commented" in verdicts else fits


def probabilities(rows: LabelRows, project: Project, check: Check = go_on) -> NDArray[np.float32]:
    """Return (rows,) how sure a model was of each label, NaN where none is said."""
    found = np.full(rows.count, np.nan, dtype=np.float32)
    for code, export in enumerate(rows.exports):
        base = project.annotations.bases.get(export)
        said = None if base is None else probabilities_of(base, check)
        if said is not None:
            mine = _opened(rows, code)
            found[mine] = said[rows.column(Cell.ORDINAL)[mine]]
    return found


def _of_sure(rows: LabelRows, project: Project, sure: Sure, check: Check) -> Flags:
    found = probabilities(rows, project, check)
    fits = (found >= np.float32(sure.low)) & (found <= np.float32(sure.high))
    return fits | np.isnan(found) if sure.keeps_unsaid else fits


def _answering(
    rows: LabelRows, project: Project, wanted: frozenset[Answer], read: _Reader
) -> Flags:
    """Answers to one question are alternatives; each question must have one of its own."""
    keep = np.ones(rows.count, dtype=np.bool_)
    for question in {question for question, _ in wanted}:
        keep &= _answering_one(rows, project, {one for one in wanted if one[0] == question}, read)
    return keep


def _answering_one(rows: LabelRows, project: Project, wanted: set[Answer], read: _Reader) -> Flags:
    fits = np.zeros(rows.count, dtype=np.bool_)
    for code, export in enumerate(rows.exports):
        base = project.annotations.bases.get(export)
        if base is None:
            continue
        answers = read(base)
        codes = [answers.numbers[one] for one in wanted if one in answers.numbers]
        says = np.zeros(base.columns.count, dtype=np.bool_)
        says[answers.owners[np.isin(answers.codes, codes)]] = True
        mine = _opened(rows, code)
        fits[mine] = says[rows.column(Cell.ORDINAL)[mine]]
    for id, annotation in project.annotations.edits.items():
        row = None if annotation is None else rows.row_of(id)
        if row is not None and annotation is not None:
            fits[row] = not wanted.isdisjoint(answers_in(annotation))
    return fits


def _opened(rows: LabelRows, export: int) -> Flags:
    """(rows,) those of an export, by its code, that its file holds."""
    return (rows.column(Cell.EXPORT) == export) & (rows.column(Cell.NEW) == 0)


def _holding_all(rows: LabelRows, project: Project, text: str) -> Flags:
    keep = np.ones(rows.count, dtype=np.bool_)
    for word in text.casefold().split():
        keep &= _holding(rows, project, word)
    return keep


def _holding(rows: LabelRows, project: Project, word: str) -> Flags:
    """(rows,) those that hold a word; one of digits also finds the slice of that number, from 1."""
    classes = [
        word in f"{entry.title} {entry.label.group} {entry.source}".casefold()
        for entry in rows.classes
    ]
    found = _of_codes(rows, Cell.CLASS, classes)
    found |= _of_codes(rows, Cell.AUTHOR, [word in author.casefold() for author in rows.authors])
    if word.isdigit():
        number = int(word[:9]) - 1
        found |= (rows.column(Cell.FIRST) <= number) & (rows.column(Cell.LAST) >= number)
    for code, export in enumerate(rows.exports):
        base = project.annotations.bases.get(export)
        if base is not None:
            hits = np.zeros(base.columns.count, dtype=np.bool_)
            hits[base.columns.native_ids.find(word)] = True
            mine = _opened(rows, code)
            found[mine] |= hits[rows.column(Cell.ORDINAL)[mine]]
    return found
