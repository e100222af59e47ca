"""What saving one export would do, worked out off the main thread: the plan once, then per path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from viewer.errors import CannotWrite
from viewer.formats.format import ChangedLabel, WritePlan
from viewer.formats.members import split_member
from viewer.formats.outputs import plan_of
from viewer.formats.writing import Outcome, outcome_of, refuse_opened
from viewer.model.annotation import AnnotationId
from viewer.model.project import Export, Project
from viewer.model.source import Delete, Edit, Insert
from viewer.session.jobs import JobControl
from viewer.ui.saving.span_strip import ByteSpan

FINEST = 4096  # places of a file that can be seen apart


@dataclass(frozen=True)
class Place:
    """Where a copy would go.

    Args:
        path: of the copy; "" before one is named.
        new_folder: the folder that is made if the copy goes there, None without.
        instead: the path that is proposed where `path` is refused, "" without.
    """

    path: str
    new_folder: Path | None = None
    instead: str = ""

    def makes_folder(self, path: str) -> bool:
        """Whether a copy at `path` would go into the new folder."""
        return self.new_folder is not None and Path(path).parent == self.new_folder


@dataclass(frozen=True)
class ChangeRow:
    """One changed label as it is listed.

    Args:
        verb: "added", "changed" or "deleted".
        title: its class.
        words: what of it changes.
    """

    verb: str
    title: str
    native_id: str
    words: str


@dataclass(frozen=True, eq=False)
class Planned:
    """A plan, with what is shown of it.

    Args:
        rows: one for each changed label.
        spans: where the main file changes; those too near to be seen apart are one.
        changed_bytes: how many bytes of it do.
        beside: names of the files that are written over beside the opened one, if that is replaced.
    """

    plan: WritePlan
    rows: tuple[ChangeRow, ...]
    spans: tuple[ByteSpan, ...]
    changed_bytes: int
    beside: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Foreseen:
    """The answer for one place.

    Args:
        path: where the copy would go.
        planned: None where the format cannot hold a change.
        outcome: None where it cannot be written there.
        refusal: why not, as a sentence; "" where it can.
    """

    path: str
    planned: Planned | None
    outcome: Outcome | None
    refusal: str = ""


class Foresight:
    """Works out what saving one export of one state of the project would do.

    It is asked from one thread at a time, and keeps the plans, so that another path costs a look at
    the files alone.

    Args:
        opened: the project as it was read.
        current: the project as it is to be saved.
        export: id of the export.
    """

    def __init__(self, opened: Project, current: Project, export: str) -> None:
        self.opened, self.current, self.export = opened, current, export
        self._plans: dict[str, WritePlan] = {}
        self._planned: Planned | None = None
        self._refusal = ""

    def at(self, place: Place, control: JobControl) -> Foreseen:
        """Return what saving to a place would do; what cannot be written is a sentence.

        Raises:
            Cancelled: the answer is no longer wanted.
        """
        if self._planned is None and not self._refusal:
            try:
                self._planned = self._plan()
            except CannotWrite as error:
                self._refusal = str(error)
        control.check()
        if self._planned is None:
            return Foreseen(place.path, None, None, self._refusal)
        if not place.path:
            return Foreseen(place.path, self._planned, None)
        found = self._at(self._planned, place, place.path)
        if found.outcome is None and place.instead:
            control.check()
            found = self._at(self._planned, place, place.instead)
        return found

    def _plan(self) -> Planned:
        plan = self._plans[self.export] = plan_of(self.opened, self.current, self.export)
        rows = tuple(self._row(change) for change in plan.changed)
        edits = plan.edits.get(self.opened.exports[self.export].sources[0].id, ())
        spans = tuple(span_of(edit) for edit in edits)
        changed = sum(max(span.end - span.start, span.new) for span in spans)
        size = len(self.opened.exports[self.export].sources[0].base)
        return Planned(plan, rows, merged(spans, size), changed, self._beside())

    def _row(self, change: ChangedLabel) -> ChangeRow:
        words = ", ".join(change.fields) or change.verb
        return ChangeRow(change.verb, self._title(change.id), change.native_id, words)

    def _title(self, wanted: AnnotationId) -> str:
        opened, current = self.opened.annotations, self.current.annotations
        annotation = (current if wanted in current else opened)[wanted]
        return self.current.exports[wanted.export].ontology.title_of(annotation.class_id)

    def _beside(self) -> tuple[str, ...]:
        """Name what is written over beside the opened file, if that is replaced."""
        try:
            outcome = self._outcome(opened_path(self.opened.exports[self.export]))
        except CannotWrite:
            return ()  # writing says why
        return tuple(item.name for item in outcome.items[1:]) if outcome.archive is None else ()

    def _at(self, planned: Planned, place: Place, path: str) -> Foreseen:
        """Look at one path; the opened file itself is asked about later."""
        try:
            outcome = self._outcome(path, make_folder=place.makes_folder(path))
            if not is_opened(self.opened.exports[self.export], path):
                refuse_opened(outcome, (self.opened, self.current))
        except CannotWrite as error:
            return Foreseen(path, planned, None, str(error))
        return Foreseen(path, planned, outcome)

    def _outcome(self, path: str, *, make_folder: bool = False) -> Outcome:
        outcome = outcome_of(
            self.opened,
            self.current,
            self.export,
            path,
            make_folder=make_folder,
            plans=self._plans,
        )
        self._plans.update(outcome.plans)
        return outcome


def opened_path(export: Export) -> str:
    """Return the file that was opened; of a zip's member, the zip."""
    source = export.sources[0]
    return split_member(source.path)[0] if source.archive is None else source.archive.path


def is_opened(export: Export, path: str) -> bool:
    """Whether a path names the file that was opened."""
    return Path(path).absolute() == Path(opened_path(export)).absolute()


def merged(spans: Iterable[ByteSpan], size_bytes: int) -> tuple[ByteSpan, ...]:
    """Return the spans of a file of `size_bytes`, one for those too near to be seen apart."""
    found: dict[tuple[int, str], ByteSpan] = {}
    for span in spans:
        place = span.start * FINEST // max(size_bytes, 1), span.token
        known = found.get(place, span)
        new = span.new if known is span else known.new + span.new
        found[place] = ByteSpan(min(known.start, span.start), max(known.end, span.end), new)
    return tuple(found.values())


def span_of(edit: Edit) -> ByteSpan:
    """Return where an edit touches the file."""
    if isinstance(edit, Insert):
        return ByteSpan(edit.at, edit.at, len(edit.new))
    if isinstance(edit, Delete):
        return ByteSpan(edit.start, edit.end, 0)
    return ByteSpan(edit.start, edit.end, len(edit.new))
