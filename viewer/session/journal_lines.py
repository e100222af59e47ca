"""Lines of a journal: what was said of labels, each chained to the one before by a hash."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from viewer.model.annotation import AnnotationId
from viewer.model.project import Export, Project
from viewer.model.verdict import Target, Verdict
from viewer.review.label_names import LabelName, name_of
from viewer.session.commands import Stamp

VERSION = 1
_CHAIN = ',"chain":"'
_CHAIN_LETTERS = 64
_BEHIND = len(_CHAIN) + _CHAIN_LETTERS + len('"}')


class Head(msgspec.Struct, frozen=True, omit_defaults=True):
    """The first line: which export, by which program.

    Args:
        journal: version of the lines.
        export: digest of the export's files, see `viewer.model.source.digest_of`.
        copy_of: digest of the files that it was saved from.
        place: digest of the path of its first file, see `place_of`.
    """

    journal: int
    program: str
    export: str
    copy_of: str | None = None
    place: str | None = None


class LabelSaid(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is said of a label; None for nothing."""

    label: LabelName
    before: Verdict | None = None
    after: Verdict | None = None


class TaskSaid(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is said of a task; None for nothing."""

    task: str
    before: Verdict | None = None
    after: Verdict | None = None


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line: when, by whom, what, of which labels and tasks.

    Args:
        action: "carried": what was said before the export was saved to these files.
        verb: what was done, in words.
    """

    time: str
    reviewer: str
    action: Literal["judge", "undo", "redo", "carried"]
    verb: str
    labels: tuple[LabelSaid, ...] = ()
    tasks: tuple[TaskSaid, ...] = ()


def place_of(export: Export) -> str | None:
    """Return by what the place of an export is known, without naming it: SHA-256 of its path."""
    paths = [source.path for source in export.sources[:1] if source.path]
    data = (os.path.abspath(path).encode("utf-8", "surrogatepass") for path in paths)  # noqa: PTH100 - a member of a zip has no Path
    return next((hashlib.sha256(path).hexdigest() for path in data), None)


def lines_of(parts: Iterable[Head | Entry], chain: str) -> Iterator[tuple[bytes, str]]:
    """Yield each part as a line of ASCII, and its hash, which the next one is chained to.

    The hash is the SHA-256 of the one before and of the line without it, in hexadecimal.
    """
    for part in parts:
        # Ids may hold lone surrogates, which only the standard library escapes and reads again.
        body = json.dumps(msgspec.to_builtins(part), separators=(",", ":"))
        chain = _hash(chain, body)
        yield f'{body[:-1]}{_CHAIN}{chain}"}}\n'.encode("ascii"), chain


class Read(msgspec.Struct, frozen=True):
    """A line that was read.

    Args:
        part: None where it cannot be understood.
        is_chained: its hash follows from it and from the line before.
    """

    part: Head | Entry | None
    is_chained: bool


def read_lines(data: bytes) -> Iterator[Read]:
    """Yield the lines of a journal; of a damaged one nothing is known, and the next are read."""
    chain: str | None = ""
    for number, line in enumerate(data.splitlines()):
        part = _part(line, Entry if number else Head)
        text = line.decode("ascii", "replace")
        body, said = f"{text[:-_BEHIND]}}}", text[-_CHAIN_LETTERS - 2 : -2]
        # What follows a damaged line is known by nothing but its own hash.
        is_chained = chain is None or said == _hash(chain, body)
        yield Read(part, is_chained)
        chain = None if part is None else said


def said_by(
    project: Project, before: Project, targets: Iterable[Target]
) -> tuple[tuple[LabelSaid, ...], tuple[TaskSaid, ...]]:
    """Return what is said of labels and tasks, and what was said before."""
    labels, tasks = list[LabelSaid](), list[TaskSaid]()
    for target in targets:
        was, now = before.verdicts.get(target), project.verdicts.get(target)
        if isinstance(target, AnnotationId):
            labels.append(LabelSaid(name_of(project, target), was, now))
        else:
            tasks.append(TaskSaid(target.task, was, now))
    return tuple(labels), tuple(tasks)


def carried(labels: tuple[LabelSaid, ...], tasks: tuple[TaskSaid, ...], made: Stamp) -> Entry:
    """Return the line of what was said before an export was saved."""
    return Entry(made.time, made.author, "carried", "Saved as these files", labels, tasks)


def _part(line: bytes, kind: type[Head | Entry]) -> Head | Entry | None:
    try:
        return msgspec.convert(json.loads(line), kind)
    except (ValueError, RecursionError):  # what msgspec raises is a ValueError
        return None


def _hash(chain: str, body: str) -> str:
    return hashlib.sha256(f"{chain}{body}".encode("ascii", "replace")).hexdigest()
