"""Strata of labels: those of the same class, author, size or status."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from viewer.model.project import Project
from viewer.model.task import Task
from viewer.review.label_keys import LabelKeys, Numbers
from viewer.review.label_sizes import GROUPS, Check, size_groups
from viewer.review.sampling import Codes, Trait
from viewer.review.task_codes import task_codes, tasks_of

STATUS_WORDS = ("status", "state", "stage")  # in the names of a task's facts


@dataclass(frozen=True, eq=False)
class Strata:
    """Which stratum each label is in.

    Args:
        codes: (n,) of each label, from 0; each has a label.
        names: of each stratum, one word or more for each trait.
    """

    codes: Codes
    names: tuple[tuple[str, ...], ...]

    @property
    def sizes(self) -> list[int]:
        """How many labels each has."""
        return np.bincount(self.codes, minlength=len(self.names)).tolist()


def strata_of(
    project: Project, labels: LabelKeys, by: Sequence[Trait], check: Check = lambda: None
) -> Strata:
    """Return the strata of labels that are alike in some traits, ordered by their names.

    Traits are those that the exports were opened with, so that a sample is the same again whatever
    was corrected since; those of a new label are its own, and it has no size.

    Args:
        check: called about every millisecond where records are decoded; may raise to stop.
    """
    codes = np.zeros(len(labels), dtype=np.int64)
    names: list[tuple[str, ...]] = [()] if len(labels) else []
    for trait in by:
        values, words = _READERS[trait](project, labels, check)
        met, codes = np.unique(codes * len(words) + values, return_inverse=True)
        pairs = [divmod(pair, len(words)) for pair in met.tolist()]
        names = [(*names[before], words[value]) for before, value in pairs]
    order = sorted(range(len(names)), key=names.__getitem__)
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return Strata(ranks[codes], tuple(names[at] for at in order))


class _Words:
    """Words by number, each once."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number_of(self, word: str) -> int:
        return self.numbers.setdefault(word, len(self.numbers))


_Read = tuple[Numbers, list[str]]  # code of each label, and the words of the codes


def _by_class(project: Project, labels: LabelKeys, _check: Check) -> _Read:
    def of_export(id: str, words: _Words) -> Numbers:
        columns, ontology = project.annotations.bases[id].columns, project.exports[id].ontology
        codes = [words.number_of(ontology.title_of(one)) for one in columns.classes]
        return np.array([*codes, words.number_of("")])[columns.class_codes]

    def of_new(place: int) -> str:
        annotation = project.annotations[labels.id_at(place)]
        return project.exports[annotation.id.export].ontology.title_of(annotation.class_id)

    return _read(project, labels, of_export, of_new)


def _by_author(project: Project, labels: LabelKeys, _check: Check) -> _Read:
    def of_export(id: str, words: _Words) -> Numbers:
        columns = project.annotations.bases[id].columns
        codes = [words.number_of(name) for name in columns.authors]
        return np.array([*codes, words.number_of("")])[columns.author_codes]

    def of_new(place: int) -> str:
        return project.annotations[labels.id_at(place)].author

    return _read(project, labels, of_export, of_new)


def _by_size(project: Project, labels: LabelKeys, check: Check) -> _Read:
    def of_export(id: str, words: _Words) -> Numbers:
        codes = np.array([words.number_of(group) for group in GROUPS])
        return codes[size_groups(project.annotations.bases[id], check)]

    return _read(project, labels, of_export, lambda _place: GROUPS[0])


def _by_status(project: Project, labels: LabelKeys, _check: Check) -> _Read:
    words, codes = _Words(), task_codes(project, labels)
    found = np.full(len(labels), words.number_of(""))
    for code, id in enumerate(labels.exports):
        here = (labels.export_codes == code) & (codes >= 0)
        said = map(status_of, tasks_of(project.exports[id]))
        numbers = np.array([words.number_of(one) for one in said], dtype=np.int64)
        found[here] = numbers[codes[here]] if here.any() else 0
    return found, list(words.numbers)


_READERS: Mapping[Trait, Callable[[Project, LabelKeys, Check], _Read]] = MappingProxyType(
    {"class": _by_class, "author": _by_author, "size": _by_size, "status": _by_status}
)


def status_of(task: Task) -> str:
    """Return what a vendor says of the state of a task, "" for nothing."""
    facts = ((name.lower(), value) for name, value in task.facts)
    said = (value for name, value in facts if any(word in name for word in STATUS_WORDS))
    return task.status or next(said, "")


def _read(
    project: Project,
    labels: LabelKeys,
    of_export: Callable[[str, _Words], Numbers],
    of_new: Callable[[int], str],
) -> _Read:
    """Return a trait's codes, export by export."""
    words = _Words()
    found = np.full(len(labels), words.number_of(""))
    is_new = np.zeros(len(labels), dtype=np.bool_)
    is_new[labels.new] = True
    for code, id in enumerate(labels.exports):
        here = (labels.export_codes == code) & ~is_new
        if here.any():
            found[here] = of_export(id, words)[labels.ordinals[here]]
    for place in labels.new.tolist():
        found[place] = words.number_of(of_new(place))
    return found, list(words.numbers)
