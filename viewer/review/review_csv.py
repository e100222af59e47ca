"""Verdicts as CSV: one row for each label and reviewer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from viewer.model.annotation import AnnotationId
from viewer.model.csv_text import csv_text
from viewer.model.export_words import export_words
from viewer.model.project import Project
from viewer.model.verdict import Target, Verdict
from viewer.review.label_names import LabelName, name_of
from viewer.review.reviews import agreement_of

HEAD = (
    *("export", "label", "id", "ordinal", "study", "series", "instance", "entry", "frame", "task"),
    *("judgement", "corrected", "reason", "comment", "reviewer", "time"),
)


def csv_of(project: Project, sides: Sequence[tuple[str, Mapping[Target, Verdict]]]) -> str:
    """Return all verdicts, in the order of the labels, and of each label reviewer by reviewer.

    Args:
        sides: names of reviewers, and what they say; a verdict that names nobody is theirs.
    """
    return csv_text(chain((HEAD,), _rows(project, sides)))


def _rows(
    project: Project, sides: Sequence[tuple[str, Mapping[Target, Verdict]]]
) -> Iterator[tuple[str, ...]]:
    titles = export_words(project)
    for row in agreement_of(project, sides).rows:
        named = zip((name for name, _ in sides), row.verdicts, strict=True)
        for name, said in named:
            if said is not None:
                title = titles[row.target.export]
                yield (title, *_target(project, row.target), *_said(said, name))


def _target(project: Project, target: Target) -> Iterable[str]:
    if not isinstance(target, AnnotationId):
        return (*[""] * 8, target.task)
    name = name_of(project, target)
    return (name.label, name.id, _ordinal(name), *_where(name), "")


def _ordinal(name: LabelName) -> str:
    return f"new {name.ordinal}" if name.new else str(name.ordinal)


def _where(name: LabelName) -> Iterable[str]:
    where = name.where
    words = (where.study, where.series, where.instance, where.entry)
    return (*(word or "" for word in words), "" if where.frame is None else str(where.frame))


def _said(verdict: Verdict, name: str) -> Iterable[str]:
    corrected = "yes" if verdict.is_corrected else ""
    said = (verdict.judgement or "", corrected, verdict.reason, verdict.comment)
    is_told_apart = name.startswith(f"{verdict.reviewer} (")
    return (*said, name if is_told_apart else verdict.reviewer or name, verdict.time)
