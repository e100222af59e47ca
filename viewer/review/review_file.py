"""Review files, NAME.review.json: what a reviewer said of the labels of some exports.

The keys of the file are the fields of `ReviewFile` and of what it holds, and a version.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import msgspec

from viewer.errors import CannotRead
from viewer.model.annotation import AnnotationId
from viewer.model.project import Export, Project
from viewer.model.source import digest_of
from viewer.model.verdict import Target, Verdict
from viewer.review.label_names import LabelName, name_of
from viewer.review.worklist import Rule, Worklist, counts_of, states_of

ENDING = ".review.json"
VERSION = 1
SIZE_LIMIT = 256 << 20
MARK = b'"overread_review"'  # the first key, by which such a file is known
_HEAD_BYTES = 256
NOTICE = "For research and label review. Not for diagnosis."


class LabelVerdict(msgspec.Struct, frozen=True):
    """A label and what is said of it."""

    label: LabelName
    verdict: Verdict


class TaskVerdict(msgspec.Struct, frozen=True):
    """A task, by the id that its vendor gives it, and what is said of it."""

    task: str
    verdict: Verdict


class ReviewedFile(msgspec.Struct, frozen=True):
    """One file of a reviewed export: its name without folders, and the SHA-256 of its bytes."""

    name: str
    sha256: str


class ReviewedExport(msgspec.Struct, frozen=True):
    """What is said of one export.

    Args:
        title: its file name.
        format: how its vendor writes exports.
        digest: of its files as they were opened, see `viewer.model.source.digest_of`.
        total: how many labels it has.
    """

    title: str
    format: str
    digest: str
    files: tuple[ReviewedFile, ...] = ()
    total: int = 0
    labels: tuple[LabelVerdict, ...] = ()
    tasks: tuple[TaskVerdict, ...] = ()


class ReviewedWorklist(msgspec.Struct, frozen=True):
    """What was to be judged: the rule, with the seed of its sample, and how far that went."""

    rule: Rule
    total: int
    counts: dict[str, int]


class ReviewFile(msgspec.Struct, frozen=True):
    """A review.

    Args:
        overread_review: version of the file.
        program: version of the program that wrote it.
        saved: UTC, ISO 8601.
        counts: of labels and tasks, by what was said: accepted, corrected, rejected,
            needs_change, commented (alone).
    """

    overread_review: int
    program: str
    notice: str
    reviewer: str
    saved: str
    counts: dict[str, int]
    exports: tuple[ReviewedExport, ...]
    worklist: ReviewedWorklist | None = None


class _Versioned(msgspec.Struct, frozen=True):
    """What files of every version have."""

    overread_review: int


def word_of(verdict: Verdict) -> str:
    """Return the one word that counts a verdict."""
    if verdict.judgement is None:
        return "commented"
    return "corrected" if verdict.is_corrected else verdict.judgement


def tally(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """Return how many say each word, the words in alphabetical order."""
    return dict(sorted(Counter(map(word_of, verdicts)).items()))


def review_of(
    project: Project, worklist: Worklist, reviewer: str, time: str, program: str
) -> ReviewFile:
    """Return what is said of the labels and tasks that are there.

    Args:
        program: version of the program.
    """
    exports = tuple(_reviewed(project, export) for export in project.exports.values())
    said = (one.verdict for export in exports for one in (*export.labels, *export.tasks))
    return ReviewFile(
        VERSION,
        program,
        NOTICE,
        reviewer,
        time,
        tally(said),
        exports,
        _worklist(project, worklist) if len(worklist) else None,
    )


def bytes_of(review: ReviewFile) -> bytes:
    """Return the file: JSON in ASCII, one line for each value."""
    # Ids may hold lone surrogates, which only the standard library escapes and reads again.
    return json.dumps(msgspec.to_builtins(review), indent=1).encode("ascii") + b"\n"


def is_review(path: str) -> bool:
    """Whether a file is a review file: it begins with its mark, whatever it is called."""
    if not path.lower().endswith(".json"):
        return False
    try:
        with Path(path).open("rb") as file:
            return MARK in file.read(_HEAD_BYTES)
    except OSError:
        return False


def read_review(path: str) -> ReviewFile:
    """Read a review file.

    Raises:
        CannotRead: it is none, it is damaged, or of another version.
    """
    file = Path(path)
    try:
        if file.stat().st_size > SIZE_LIMIT:
            raise CannotRead(f"{file.name} is too large for a review; nothing of it is shown.")
        tree: object = json.loads(file.read_bytes())
        version = msgspec.convert(tree, _Versioned).overread_review
        if version != VERSION:
            raise CannotRead(
                f"{file.name} is a review of version {version}, which this program does not"
                " know; open it with the program that saved it."
            )
        return msgspec.convert(tree, ReviewFile)
    except OSError as error:
        raise CannotRead(f"{file.name} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise CannotRead(
            f"{file.name} is damaged and not shown ({error}); ask for it once more."
        ) from error


def _reviewed(project: Project, export: Export) -> ReviewedExport:
    labels, tasks = list[LabelVerdict](), list[TaskVerdict]()
    own = (one for one in project.verdicts.items() if one[0].export == export.id)
    for target, verdict in sorted(own, key=_place):
        if not isinstance(target, AnnotationId):
            tasks.append(TaskVerdict(target.task, verdict))
        elif target in project.annotations:
            labels.append(LabelVerdict(name_of(project, target), verdict))
    base = project.annotations.bases.get(export.id)
    files = (ReviewedFile(_base_name(one.path), one.sha256) for one in export.sources if one.path)
    return ReviewedExport(
        export.title,
        export.format,
        digest_of(export.sources),
        tuple(files),
        0 if base is None else base.columns.count,
        tuple(labels),
        tuple(tasks),
    )


def _place(said: tuple[Target, Verdict]) -> tuple[bool, int, str]:
    target = said[0]
    if isinstance(target, AnnotationId):
        return target.new, target.ordinal, ""
    return True, 0, target.task


def _base_name(path: str) -> str:
    return path.replace("\\", "/").replace("!", "/").rsplit("/", 1)[-1]


def _worklist(project: Project, worklist: Worklist) -> ReviewedWorklist:
    states = states_of(project, worklist)
    counts = counts_of(states)
    return ReviewedWorklist(worklist.rule, counts.total, asdict(counts))
