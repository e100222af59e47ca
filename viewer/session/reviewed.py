"""Reviews of a session: one's own, to be saved, and those of others that are open beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from viewer import __version__
from viewer.errors import CannotRead, Issue
from viewer.formats.placing import file_to_write, put
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.model.task import TaskKey
from viewer.model.verdict import Target, Verdict
from viewer.review.label_keys import keys_of
from viewer.review.review_file import ReviewFile, bytes_of, read_review, review_of
from viewer.review.reviews import Agreement, Review, agreement_of, laid_over, told_apart
from viewer.review.worklist import Rule, Worklist

if TYPE_CHECKING:
    from viewer.session.session import Session

OWN = "You"
UNREAD = "review-not-read"
Sides = tuple[tuple[str, Mapping[Target, Verdict]], ...]


def own_review(session: Session) -> ReviewFile:
    """Return one's own review as a file holds it."""
    made = session.stamp()
    return review_of(session.project, session.work.worklist, made.author, made.time, __version__)


def write_review(path: Path, review: ReviewFile) -> None:
    """Write a review file, in one step.

    Raises:
        CannotWrite: a folder stands there, or the disk refuses.
    """
    put(file_to_write(path), [bytes_of(review)])


def write_csv(path: Path, text: str) -> None:
    """Write CSV in UTF-8 with the mark by which spreadsheets know it, in one step.

    Raises:
        CannotWrite: a folder stands there, or the disk refuses.
    """
    put(file_to_write(path), [text.encode("utf-8-sig", "backslashreplace")])


def read_reviews(
    project: Project, kept: Iterable[Review], paths: Iterable[str]
) -> tuple[tuple[Review, ...], tuple[Issue, ...]]:
    """Return the reviews that are open, and those of files, over a project; and what is said.

    A file takes the place of one with its name. One that cannot be read leaves the others.
    """
    files, issues = {review.title: review.file for review in kept}, list[Issue]()
    for path in paths:
        try:
            files[Path(path).name] = read_review(path)
        except CannotRead as error:
            issues.append(Issue("error", UNREAD, str(error), path))
    reviews = tuple(laid_over(project, title, file) for title, file in files.items())
    return reviews, (*issues, *(issue for review in reviews for issue in review.issues))


def sides_of(project: Project, own: str, reviews: Sequence[Review]) -> Sides:
    """Return what each says: one's own first, if anything is said."""
    first = [(own or OWN, project.verdicts)] if project.verdicts else []
    names = told_apart(reviews, [name for name, _ in first])
    return (*first, *zip(names, (review.verdicts for review in reviews), strict=True))


def agreement(session: Session) -> Agreement:
    """Return what all reviewers say who are open."""
    return agreement_of(session.project, sides_of(session.project, session.author, session.reviews))


def differing_worklist(session: Session) -> Worklist:
    """Return the worklist of what reviewers decided differently."""
    found = agreement(session)
    labels = (one for one in found.differing if isinstance(one, AnnotationId))
    tasks = (one for one in found.differing if isinstance(one, TaskKey))
    rule = Rule("differing", ", ".join(found.reviewers))
    return Worklist(rule, keys_of(session.project, labels), tuple(tasks))
