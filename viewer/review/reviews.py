"""Other reviewers' verdicts beside one's own: where they agree, and where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from viewer.errors import Issue
from viewer.model.annotation import AnnotationId
from viewer.model.counted import counted
from viewer.model.project import Export, Project
from viewer.model.source import digest_of
from viewer.model.task import TaskKey
from viewer.model.verdict import Target, Verdict
from viewer.review.label_names import Finder
from viewer.review.review_file import ReviewedExport, ReviewFile

OTHER_BYTES = "review-of-other-files"
NOT_FOUND = "review-labels-not-found"
MOST_LETTERS = 60  # of a reviewer's name


@dataclass(frozen=True, eq=False)
class Review:
    """A review file over the exports that are open; only looked at.

    Args:
        title: name of the file.
        reviewer: as people call who made it; the file's name without one.
        verdicts: by label or task.
        issues: what is said of exports that are not the very ones, and of labels not found.
        file: as it was read, to be laid over other exports.
    """

    title: str
    reviewer: str
    verdicts: Mapping[Target, Verdict]
    issues: tuple[Issue, ...]
    file: ReviewFile


def laid_over(project: Project, title: str, file: ReviewFile) -> Review:
    """Return a review over the exports of a project.

    What is said of the very files that are open is found by their places. Of another copy of an
    export, told by its name and format, only labels whose vendor's id is there once.
    """
    found, issues = dict[Target, Verdict](), list[Issue]()
    by_digest = {digest_of(export.sources): export for export in project.exports.values()}
    for part in file.exports:
        export = by_digest.get(part.digest) or _namesake(project, part)
        if not part.labels and not part.tasks:
            continue
        if export is None:
            sentence = (
                f"{title} is a review of {part.title} too, which is not open; open it to see what"
                " is said of it."
            )
            issues.append(Issue("note", OTHER_BYTES, sentence, title))
            continue
        is_same = digest_of(export.sources) == part.digest
        if not is_same:
            sentence = (
                f"{title} is a review of another copy of {export.title}; labels are found by the"
                " ids of the vendor alone, where one has it."
            )
            issues.append(Issue("warning", OTHER_BYTES, sentence, title))
        said, lost = _found(project, export, part, is_same=is_same)
        found.update(said)
        if lost:
            words = counted(lost, "verdict", "verdicts")
            sentence = f"{words} of {title} are of labels that {export.title} does not hold."
            issues.append(Issue("warning", NOT_FOUND, sentence, title))
    reviewer = _shown(file.reviewer) or _stem(title)
    return Review(title, reviewer, MappingProxyType(found), tuple(issues), file)


def told_apart(reviews: Sequence[Review], taken: Sequence[str] = ()) -> tuple[str, ...]:
    """Return what reviewers are called beside each other: those of one name with their files too.

    Args:
        taken: names of others who stand beside them.
    """
    names = Counter([*taken, *(review.reviewer for review in reviews)])
    return tuple(
        f"{one.reviewer} ({_stem(one.title)})" if names[one.reviewer] > 1 else one.reviewer
        for one in reviews
    )


@dataclass(frozen=True)
class Compared:
    """A label or task, and what each reviewer says of it; None for nothing."""

    target: Target
    verdicts: tuple[Verdict | None, ...]

    @property
    def judged(self) -> tuple[tuple[str, bool], ...]:
        """What those decided who decided something."""
        return tuple(
            (said.judgement, said.is_corrected)
            for said in self.verdicts
            if said is not None and said.judgement is not None
        )

    @property
    def agrees(self) -> bool | None:
        """All who judged it decided the same; None where fewer than two did.

        To accept a label as it is, and to accept it corrected, are two decisions.
        """
        return len(set(self.judged)) == 1 if len(self.judged) > 1 else None


@dataclass(frozen=True)
class Agreement:
    """What several reviewers say of the same labels and tasks.

    Args:
        reviewers: their names.
        rows: whatever one of them says something of, in reading order.
    """

    reviewers: tuple[str, ...]
    rows: tuple[Compared, ...]

    @property
    def both(self) -> int:
        """How many two or more of them judged."""
        return sum(row.agrees is not None for row in self.rows)

    @property
    def agreed(self) -> int:
        """How many of those all judged alike."""
        return sum(row.agrees is True for row in self.rows)

    @property
    def differing(self) -> tuple[Target, ...]:
        """Those of which they decided different things."""
        return tuple(row.target for row in self.rows if row.agrees is False)


def agreement_of(
    project: Project, sides: Sequence[tuple[str, Mapping[Target, Verdict]]]
) -> Agreement:
    """Return what reviewers say, each given with a name.

    What was deleted since is left out.
    """
    targets = {target for _, said in sides for target in said}
    there = (one for one in targets if _is_there(project, one))
    order = {id: number for number, id in enumerate(project.exports)}

    def place(target: Target) -> tuple[int, bool, int, str]:
        if isinstance(target, AnnotationId):
            return order[target.export], target.new, target.ordinal, ""
        return order[target.export], True, -1, target.task

    rows = (
        Compared(target, tuple(said.get(target) for _, said in sides))
        for target in sorted(there, key=place)
    )
    return Agreement(tuple(name for name, _ in sides), tuple(rows))


def _shown(name: str) -> str:
    """Return a name in one line, as long as people's names are."""
    printable = "".join(letter if letter.isprintable() else " " for letter in name[:MOST_LETTERS])
    return " ".join(printable.split())


def _stem(title: str) -> str:
    return title.removesuffix(".json").removesuffix(".review")


def _is_there(project: Project, target: Target) -> bool:
    if isinstance(target, AnnotationId):
        return target in project.annotations
    return target.export in project.exports


def _namesake(project: Project, part: ReviewedExport) -> Export | None:
    """Return the one open export of the same format and name, else the one of the same format."""
    alike = [one for one in project.exports.values() if one.format == part.format]
    named = [one for one in alike if one.title == part.title]
    for found in (named, alike):
        if len(found) == 1:
            return found[0]
    return None


def _found(
    project: Project, export: Export, part: ReviewedExport, *, is_same: bool
) -> tuple[dict[Target, Verdict], int]:
    """Return what is said of labels and tasks that are there, and of how many others."""
    finder = Finder(project, export.id, is_same=is_same)
    tasks = {task.id for task in export.tasks}
    found = dict[Target, Verdict]()
    lost = 0
    for said in part.labels:
        id = finder.find(said.label)
        if id is None:
            lost += 1
        else:
            found[id] = said.verdict
    for task in part.tasks:
        if task.task in tasks:
            found[TaskKey(export.id, task.task)] = task.verdict
        else:
            lost += 1
    return found, lost
