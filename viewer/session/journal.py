"""Verdicts kept from one opening to the next: files in the state folder that are only added to.

Each program that runs adds to files of its own, one for each export, so that two windows never
write into each other's lines; all files of an export are read at its opening, in the order of time.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import platformdirs

from viewer import __version__
from viewer.model.annotation import AnnotationId
from viewer.model.project import Export, Project
from viewer.model.source import digest_of
from viewer.model.verdict import Target
from viewer.review.label_names import LabelName
from viewer.session.commands import Stamp
from viewer.session.decisions import Decision
from viewer.session.journal_lines import (
    VERSION,
    Entry,
    Head,
    LabelSaid,
    carried,
    lines_of,
    place_of,
    said_by,
)

ENDING = ".jsonl"
WAIT_S = 0.02  # at most, for a line to be in the file; the disk is waited for elsewhere
_NEW_FILE = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def journals_folder() -> Path:
    """Return where journals are kept, in the user's state folder."""
    return platformdirs.user_state_path("overread", appauthor=False) / "journals"


@dataclass(eq=False)
class _File:
    """One file that this program adds to.

    Args:
        waiting: parts that are not lines of it yet.
        renamed: of an export that was saved to other files, what its labels are called there; None
            for the export as opened.
        handle: of the operating system, once there is something to write.
        chain: hash of its last line.
        unwritten: what is left of lines that the disk did not take.
    """

    path: Path
    waiting: list[Head | Entry]
    renamed: Renamed | None = None
    handle: int | None = None
    chain: str = ""
    unwritten: bytes = b""

    @property
    def is_behind(self) -> bool:
        """Some of what was said is not in it; a head alone says nothing."""
        return bool(self.unwritten) or any(isinstance(part, Entry) for part in self.waiting)


@dataclass(frozen=True, eq=False)
class Renamed:
    """What labels of an export are called in the files that it was saved to.

    Args:
        deleted: ordinals of those that are not there any more.
        added: the vendor's ids of those that were made here.
    """

    deleted: frozenset[int]
    added: Mapping[AnnotationId, str]

    def name(self, id: AnnotationId, name: LabelName) -> LabelName | None:
        """Return the name of a label there; None where it is not."""
        if id.new:
            native = self.added.get(id)
            return None if native is None else LabelName(-1, native, name.label, name.where)
        if id.ordinal in self.deleted:
            return None
        ordinal = id.ordinal - sum(gone < id.ordinal for gone in self.deleted)
        return LabelName(ordinal, name.id, name.label, name.where)


@dataclass(eq=False)
class _Kept:
    """The files of one export that is open."""

    export: Export
    files: dict[str, _File] = field(default_factory=dict[str, "_File"])  # by digest


class Journal:
    """Adds every decision to the journals of its exports, at once.

    A thread writes, since disks can be slow; it ends when there is nothing left, and the program
    does not end before it. What a disk does not take is tried again with the next decision.

    Args:
        folder: where the files are made, when there is something to write.
        failed: called from the thread with what the disk says, once in a row.
        kept: called from the thread when decisions are on the disk.
    """

    def __init__(
        self,
        folder: Path,
        failed: Callable[[OSError], None] = lambda _: None,
        kept: Callable[[], None] = lambda: None,
    ) -> None:
        self.folder = folder
        self._failed = failed
        self._kept = kept
        self._open: dict[str, _Kept] = {}
        self._lock = threading.Lock()
        self._queue: list[Callable[[], Iterable[_File]]] = []
        self._thread: threading.Thread | None = None
        self._written = threading.Event()

    def add(self, decision: Decision) -> None:
        """Add a decision; returns when it is in the files, or after a moment."""
        ids = {target.export for target, _ in decision.command.said}
        kept = [self._kept_of(decision.after.exports[id]) for id in sorted(ids)]
        self._do(lambda: _entered(kept, decision))

    def follow_copy(
        self, project: Project, export: str, shas: tuple[str, ...], renamed: Renamed, made: Stamp
    ) -> None:
        """Keep what is said of an export for the files that it was saved to as well.

        Args:
            project: as it stands.
            shas: SHA-256 of each of the export's sources, as written.
        """
        kept = self._kept_of(project.exports[export])
        digest = digest_of(kept.export.sources, shas)
        if digest in kept.files:
            return
        file = self._file(Head(VERSION, __version__, digest, digest_of(kept.export.sources)))
        file.renamed = renamed
        kept.files[digest] = file
        said = [target for target in project.verdicts if target.export == export]
        if said:
            self._do(lambda: _carried(file, project, said, made))

    def unkept(self) -> frozenset[str]:
        """Try once more, and return the ids of exports of which something said is in no file."""
        behind = [file for file in self._files() if file.is_behind]
        if not behind:
            return frozenset()
        self._do(lambda: behind)
        self.wait()
        return frozenset(
            id
            for id, kept in self._open.items()
            if any(file.is_behind for file in kept.files.values())
        )

    def wait(self) -> None:
        """Wait until all is written."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _files(self) -> Iterator[_File]:
        for kept in self._open.values():
            yield from kept.files.values()

    def _kept_of(self, export: Export) -> _Kept:
        found = self._open.get(export.id)
        if found is None or found.export is not export:
            if found is not None:
                self._do(partial(_closed, tuple(found.files.values())))
            digest = digest_of(export.sources)
            file = self._file(Head(VERSION, __version__, digest, place=place_of(export)))
            found = self._open[export.id] = _Kept(export, {digest: file})
        return found

    def _file(self, head: Head) -> _File:
        return _File(self.folder / f"{head.export}.{secrets.token_hex(8)}{ENDING}", [head])

    def _do(self, work: Callable[[], Iterable[_File]]) -> None:
        with self._lock:
            self._queue.append(work)
            self._written.clear()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="journal")
                self._thread.start()
        self._written.wait(WAIT_S)

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._thread = None
                    return
                queue, self._queue = self._queue, []
            files = list(dict.fromkeys(file for work in queue for file in work()))
            self._write(files)

    def _write(self, files: Iterable[_File]) -> None:
        """Add what waits to some files."""
        try:
            for file in files:
                _append(file)
            self._written.set()
            for file in files:
                if file.handle is not None:
                    os.fsync(file.handle)
        except OSError as error:
            self._written.set()
            self._failed(error)
        else:
            self._kept()


def _closed(files: Iterable[_File]) -> Iterable[_File]:
    """Close the files of an export that is not open any more."""
    for file in files:
        if file.handle is not None and not file.unwritten:
            os.close(file.handle)
            file.handle = None
    return ()


def _entered(kept: Iterable[_Kept], decision: Decision) -> Iterable[_File]:
    """Return the files that a decision belongs into, with it waiting there."""
    command, made = decision.command, decision.made
    for one in kept:
        targets = [target for target, _ in command.said if target.export == one.export.id]
        labels, tasks = said_by(decision.after, decision.before, targets)
        for file in one.files.values():
            there = labels if file.renamed is None else _renamed(file.renamed, targets, labels)
            if there or tasks:
                entry = Entry(made.time, made.author, decision.action, command.verb, there, tasks)
                file.waiting.append(entry)
                yield file


def _carried(file: _File, project: Project, said: Iterable[Target], made: Stamp) -> Iterable[_File]:
    there = [one for one in said if not isinstance(one, AnnotationId) or one in project.annotations]
    labels, tasks = said_by(project, Project(), there)
    if file.renamed is not None:
        labels = _renamed(file.renamed, there, labels)
    file.waiting.append(carried(labels, tasks, made))
    yield file


def _renamed(
    renamed: Renamed, targets: Iterable[Target], labels: Iterable[LabelSaid]
) -> tuple[LabelSaid, ...]:
    """Return what is said of those labels that are in the saved files, by their names there."""
    ids = [target for target in targets if isinstance(target, AnnotationId)]
    names = [renamed.name(id, said.label) for id, said in zip(ids, labels, strict=True)]
    found = zip(names, labels, strict=True)
    return tuple(LabelSaid(name, one.before, one.after) for name, one in found if name is not None)


def _append(file: _File) -> None:
    """Add to a file what waits for it; what is not taken stays for the next time.

    Raises:
        OSError: the disk does not take it.
    """
    for line, chain in lines_of(file.waiting, file.chain):
        file.unwritten += line
        file.chain = chain
    file.waiting.clear()
    if file.handle is None:
        file.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.handle = os.open(file.path, _NEW_FILE, 0o600)
    while file.unwritten:
        count = os.write(file.handle, file.unwritten)
        file.unwritten = file.unwritten[count:]
