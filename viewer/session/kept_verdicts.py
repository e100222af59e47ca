"""Verdicts of exports as their journals keep them, read when they are opened."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from viewer.errors import Issue
from viewer.model.annotation import AnnotationId
from viewer.model.counted import counted
from viewer.model.project import Export, Project
from viewer.model.source import digest_of
from viewer.model.task import TaskKey
from viewer.model.verdict import Target, Verdict
from viewer.review.label_names import Finder
from viewer.session.journal import ENDING, journals_folder
from viewer.session.journal_lines import VERSION, Entry, Head, place_of, read_lines
from viewer.session.sidecar import keep

SIZE_LIMIT = 256 << 20
DAMAGED = "journal-damaged"
CHANGED = "journal-changed"
NOT_FOUND = "verdicts-without-label"
UNCORRECTED = "corrections-not-saved"
OTHER_BYTES = "verdicts-on-other-bytes"
MOST_HEADS = 2_000  # of journals that are asked of which place they are
HEAD_BYTES = 4_096
NOTHING = Verdict()


@dataclass(eq=False)
class _Files:
    """What the journals of one export hold.

    Args:
        entries: in the order of time, each with whether it was made of the very files.
        damaged: lines that cannot be understood, by file.
        changed: names of files whose hashes do not follow from each other.
        unread: names of files, with why.
        others: names of files of other exports; () where this one has its own.
    """

    entries: list[Entry] = field(default_factory=list[Entry])
    damaged: dict[Path, list[bytes]] = field(default_factory=dict[Path, "list[bytes]"])
    changed: list[str] = field(default_factory=list[str])
    unread: list[tuple[str, str]] = field(default_factory=list["tuple[str, str]"])
    others: tuple[str, ...] = ()


def with_kept_verdicts(
    project: Project, but: Collection[str] = ()
) -> tuple[Project, tuple[Issue, ...]]:
    """Return a project with the verdicts that are kept of its exports, and what is said of them.

    Args:
        but: ids of exports that have theirs.
    """
    issues = list[Issue]()
    for export in project.exports.values():
        if export.id not in but:
            files = _read(journals_folder(), digest_of(export.sources))
            found, uncorrected, lost = _replayed(project, export, files.entries)
            project = project.with_verdicts(found.items()) if found else project
            issues += (*_said(files, export, lost), *_said_of_corrections(export, uncorrected))
            issues += _said_of_place(files.others, export)
    return project, tuple(issues)


def _read(folder: Path, digest: str) -> _Files:
    """Return what the journals of an export hold, by the order of their times.

    A time that lies before that of the line above it counts as the one above.
    """
    found, timed = _Files(), list[tuple[str, int, Entry]]()
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        names = []
    except OSError as error:
        names = []
        found.unread.append((str(folder), error.strerror or str(error)))
    names = [name for name in names if name.endswith(ENDING)]
    own = [name for name in names if name.startswith(f"{digest}.")]
    found.others = () if own else tuple(names[:MOST_HEADS])
    for path in map(folder.joinpath, sorted(own)):
        time = ""
        for entry in _entries(path, digest, found):
            time = max(time, entry.time)
            timed.append((time, len(timed), entry))
    found.entries = [entry for _, _, entry in sorted(timed, key=lambda one: one[:2])]
    return found


def _entries(path: Path, digest: str, found: _Files) -> Iterator[Entry]:
    try:
        data = _bytes_of(path)
        lines = list(zip(data.splitlines(), read_lines(data), strict=True))
        if lines:
            _check(lines[0][1].part, digest)
    except (OSError, ValueError) as error:
        found.unread.append((path.name, getattr(error, "strerror", None) or str(error)))
        return
    for line, read in lines:
        if read.part is None:
            found.damaged.setdefault(path, []).append(line)
        elif isinstance(read.part, Entry):
            yield read.part
    if not all(read.is_chained for _, read in lines if read.part is not None):
        found.changed.append(path.name)


def _bytes_of(path: Path) -> bytes:
    if path.stat().st_size > SIZE_LIMIT:
        raise ValueError("it is too large")
    return path.read_bytes()


def _check(head: Head | Entry | None, digest: str) -> None:
    """Look at the first line of a journal; a damaged one says nothing against the others.

    Raises:
        ValueError: it is of another program or export.
    """
    if isinstance(head, Head) and head.journal != VERSION:
        raise ValueError(f"it is of version {head.journal}, which a newer Overread reads")
    if isinstance(head, Head) and head.export != digest:
        raise ValueError("it is of another export")


def _replayed(
    project: Project, export: Export, entries: Iterable[Entry]
) -> tuple[dict[Target, Verdict], int, int]:
    """Return what was said last of each label and task.

    Returns:
        The verdicts; of how many labels the correction is not in the files, so that they are to be
        judged again; and of how many verdicts there is no label.
    """
    finder = Finder(project, export.id, is_same=True)
    tasks = {task.id for task in export.tasks}
    found, lost = dict[Target, Verdict](), dict[str, Verdict]()
    held = {*project.annotations.edits}  # labels whose correction these files hold, or a sidecar
    known = dict[tuple[int, str, bool], AnnotationId | None]()
    for entry in entries:
        for said in entry.labels:
            name = (said.label.ordinal, said.label.id, said.label.new)
            if name not in known:
                known[name] = finder.find(said.label)
            id = known[name]
            if id is None:
                lost[f"label {name}"] = said.after or NOTHING
            else:
                found[id] = said.after or NOTHING
                held |= {id} if entry.action == "carried" else set[AnnotationId]()
        for said in entry.tasks:
            if said.task in tasks:
                found[TaskKey(export.id, said.task)] = said.after or NOTHING
            else:
                lost[f"task {said.task}"] = said.after or NOTHING
    absent = [id for id, one in found.items() if one.is_corrected and id not in held]
    open_again = {"judgement": None, "is_corrected": False}
    found.update((id, msgspec.structs.replace(found[id], **open_again)) for id in absent)
    return found, len(absent), sum(not verdict.is_empty for verdict in lost.values())


def _said(files: _Files, export: Export, lost: int) -> Iterator[Issue]:
    title = export.title
    for name, why in files.unread:
        sentence = f"Verdicts of {title} cannot be read ({why}); {name} is left as it is."
        yield Issue("warning", DAMAGED, sentence, name)
    for path, lines in files.damaged.items():
        aside, is_known = _put_aside(path, lines)
        if not is_known:
            words = counted(len(lines), "line")
            sentence = (
                f"{words} of the verdicts of {title} cannot be understood, and what they said is"
                f" not shown; look at the labels again. They are kept in {aside.name}."
            )
            yield Issue("warning", DAMAGED, sentence, aside.name)
    for name in files.changed:
        sentence = (
            f"The verdicts of {title} were changed outside of Overread, or lines of them are"
            f" missing; check them. They are in {name}."
        )
        yield Issue("warning", CHANGED, sentence, name)
    if lost:
        words = counted(lost, "verdict is", "verdicts are")
        sentence = (
            f"{words} of labels or tasks that {title} does not hold, such as labels that were made"
            " and not saved; they are kept, and not shown."
        )
        yield Issue("note", NOT_FOUND, sentence, title)


def _said_of_corrections(export: Export, count: int) -> Iterator[Issue]:
    if count:
        words = counted(count, "label was", "labels were")
        sentence = (
            f"{words} corrected in a review of {export.title}, and its files do not hold that;"
            " judge again, or open the file that the correction was saved to."
        )
        yield Issue("warning", UNCORRECTED, sentence, export.title)


def _said_of_place(others: Iterable[str], export: Export) -> Iterator[Issue]:
    """Say that the verdicts kept of a place are on other bytes than lie there now."""
    place = place_of(export)
    if place is None or not any(_place_in(journals_folder() / name) == place for name in others):
        return
    sentence = (
        f"{export.title} is not the file that it was when verdicts on it were kept, and they are"
        " not shown. Open the file as it was, save its review, and open that beside this one."
    )
    yield Issue("warning", OTHER_BYTES, sentence, export.title)


def _place_in(path: Path) -> str | None:
    """Return the place that the head of a journal tells."""
    try:
        with path.open("rb") as file:
            head = next(read_lines(file.readline(HEAD_BYTES)), None)
    except OSError:
        return None
    return head.part.place if head is not None and isinstance(head.part, Head) else None


def _put_aside(path: Path, lines: list[bytes]) -> tuple[Path, bool]:
    """Keep damaged lines in a file of their own; return it, and whether they were there before."""
    aside, data = path.with_suffix(".damaged"), b"\n".join(lines) + b"\n"
    try:
        if aside.exists() and aside.read_bytes() == data:
            return aside, True
        keep(aside, data)
    except OSError:
        return path, False  # they stand there as well
    return aside, False
