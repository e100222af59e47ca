"""`overread info --reviews`: what reviewers said of labels, and where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from viewer.errors import CannotRead, Issue
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.model.verdict import Target, Verdict
from viewer.review.label_names import LabelName, name_of
from viewer.review.review_file import read_review, word_of
from viewer.review.reviews import Compared, agreement_of, laid_over
from viewer.session.kept_verdicts import with_kept_verdicts
from viewer.session.reviewed import UNREAD

KEPT = "kept on this computer"
MOST_LISTED = 50  # differences in the text; JSON has all of them


class LabelCounts(msgspec.Struct, frozen=True):
    """How many labels of a class a reviewer judged, by what was said."""

    label: str
    counts: dict[str, int]


class ReviewerFacts(msgspec.Struct, frozen=True):
    """What one reviewer said.

    Args:
        source: name of the review file, or that the verdicts are kept on this computer.
        counts: labels and tasks by what was said: accepted, corrected, rejected, needs_change,
            commented (alone).
        labels: those of labels, by class.
        studies: those of studies, tasks or rows as wholes.
    """

    reviewer: str
    source: str
    counts: dict[str, int]
    labels: tuple[LabelCounts, ...]
    studies: dict[str, int]


class Difference(msgspec.Struct, frozen=True):
    """A label or task that reviewers judged differently; what each said, None for nothing."""

    export: str
    label: LabelName | None
    task: str | None
    verdicts: tuple[Verdict | None, ...]


class ReviewReport(msgspec.Struct, frozen=True):
    """What the reviewers of some exports said.

    Args:
        judged_by_several, agreed: how many two or more judged, and how many of them alike.
        said: sentences about journals and review files.
    """

    reviewers: tuple[ReviewerFacts, ...]
    judged_by_several: int
    agreed: int
    differences: tuple[Difference, ...]
    said: tuple[str, ...]


def reviews_of(project: Project, paths: Sequence[str]) -> ReviewReport:
    """Return what the journals of the exports say, and review files beside them.

    A file that cannot be read is said, and the others are.
    """
    project, issues = with_kept_verdicts(project)
    sides = list[tuple[str, str, Mapping[Target, Verdict]]]()
    by_name = dict[str, dict[Target, Verdict]]()
    for target, verdict in project.verdicts.items():
        by_name.setdefault(verdict.reviewer, {})[target] = verdict
    sides += [(name or "no name", KEPT, said) for name, said in sorted(by_name.items())]
    for path in paths:
        try:
            file = read_review(path)
        except CannotRead as error:
            issues = (*issues, Issue("error", UNREAD, str(error), path))
            continue
        review = laid_over(project, path, file)
        sides.append((review.reviewer, path, review.verdicts))
        issues = (*issues, *review.issues)
    found = agreement_of(project, [(name, said) for name, _, said in sides])
    return ReviewReport(
        tuple(_facts(project, *side) for side in sides),
        found.both,
        found.agreed,
        tuple(_difference(project, row) for row in found.rows if row.agrees is False),
        tuple(dict.fromkeys(issue.sentence for issue in issues)),
    )


def lines_of(report: ReviewReport) -> Iterator[str]:
    """Yield the report as lines for people."""
    yield f"Reviews ({len(report.reviewers)})" if report.reviewers else "Reviews: none"
    for one in report.reviewers:
        yield f"  {one.reviewer} ({one.source}): {_words(one.counts)}"
        yield from (f"     {each.label}: {_words(each.counts)}" for each in one.labels)
        if one.studies:
            yield f"     whole studies: {_words(one.studies)}"
    if len(report.reviewers) > 1:
        several = report.judged_by_several
        yield f"Judged by several: {several:,}; alike {report.agreed:,}, differently " + (
            f"{several - report.agreed:,}"
        )
        for each in report.differences[:MOST_LISTED]:
            named = zip((one.reviewer for one in report.reviewers), each.verdicts, strict=True)
            said = "; ".join(f"{name}: {_said(verdict)}" for name, verdict in named if verdict)
            yield f"  {_title(each)}: {said}"
        if len(report.differences) > MOST_LISTED:
            yield f"  and {len(report.differences) - MOST_LISTED:,} more; --json lists them all"
    yield from (f"   ! {sentence}" for sentence in report.said)


def _facts(
    project: Project, name: str, source: str, said: Mapping[Target, Verdict]
) -> ReviewerFacts:
    words, studies = Counter[str](), Counter[str]()
    by_label = dict[str, Counter[str]]()
    for target, verdict in said.items():
        words[word_of(verdict)] += 1
        if isinstance(target, AnnotationId):
            label = name_of(project, target).label
            by_label.setdefault(label, Counter())[word_of(verdict)] += 1
        else:
            studies[word_of(verdict)] += 1
    labels = (LabelCounts(label, _sorted(by_label[label])) for label in sorted(by_label))
    return ReviewerFacts(name, source, _sorted(words), tuple(labels), _sorted(studies))


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _difference(project: Project, row: Compared) -> Difference:
    title, target = project.exports[row.target.export].title, row.target
    if isinstance(target, AnnotationId):
        return Difference(title, name_of(project, target), None, row.verdicts)
    return Difference(title, None, target.task, row.verdicts)


def _title(one: Difference) -> str:
    if one.label is None:
        return f"task {one.task}"
    return f"{one.label.label} {one.label.id}".rstrip()


def _words(counts: Mapping[str, int]) -> str:
    words = (f"{count:,} {word.replace('_', ' ')}" for word, count in counts.items())
    return ", ".join(words) or "nothing"


def _said(verdict: Verdict) -> str:
    parts = (word_of(verdict).replace("_", " "), verdict.reason, verdict.comment)
    return ", ".join(part for part in parts if part)
