"""From a Labelbox file's bytes to columns: fast where the file is clean, forgiving where not."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np

from viewer.errors import Issue
from viewer.formats.filling import filled
from viewer.formats.format import HEAD_BYTES, Part, Raw
from viewer.formats.json_tools import BadJson, Walker, first_byte
from viewer.formats.labelbox.gather import Gathered, Where
from viewer.formats.labelbox.head import Told, elsewhere_issues, head_issues
from viewer.formats.labelbox.imports import ImportRows, raw_rows
from viewer.formats.labelbox.labels import Labels
from viewer.formats.labelbox.names import entry_of, whole
from viewer.formats.labelbox.old import RAGGED, OldRows, data_row_of, frame_files, frame_of
from viewer.formats.labelbox.recognising import row_keys
from viewer.formats.labelbox.records import (
    ROW_LIST,
    ROWS,
    DataRow,
    Label,
    MediaAttributes,
    OldFrame,
    Row,
)
from viewer.formats.labelbox.tasks import joined, task_of
from viewer.formats.left_open import (
    between_keys,
    entries_of_rows,
    of_kind,
    outlines,
    with_left_open,
)
from viewer.formats.problems import FAST_REFUSES, broken, summed
from viewer.formats.spans import spans_of
from viewer.formats.table_bytes import Head, Index
from viewer.formats.tasks import tasks_of_entries
from viewer.model.ontology import Ontology
from viewer.model.project import Entry, Reading
from viewer.model.table import Columns, Ints
from viewer.model.task import Task

PREDICTED = "it is a prediction of a model run, which can only be looked at"


def index(sources: Sequence[bytes | memoryview]) -> Index:
    """Return columns and head of an export; a damaged file gives what is whole, and issues."""
    was_on = gc.isenabled()
    gc.disable()  # millions of small objects are made and none of them is cyclic
    try:
        export = _Export()
        _take(export, 0, sources[0])
        waiting = len(export.old.waiting)
        for number, data in enumerate(sources[1:], 1):
            rows, stopped, issues = _rows(data) if len(data) else ([], None, [])
            frames = [frame_of(row) for row in _flat(rows) if row.frame_number is not None]
            export.take_frames(number, frames, is_part=number <= waiting)
            export.note(data, stopped, issues)
        return export.index(sources)
    finally:
        if was_on:
            gc.enable()


def parts(data: Raw) -> tuple[Part, ...]:
    """Return the files of frames that labels of v1 call for."""
    if b'"DataRow ID"' not in bytes(data[:HEAD_BYTES]):
        return ()
    export = _Export()
    _take(export, 0, data)
    return tuple(Part("frames", frame_files(*told)) for told in export.old.elsewhere)


def _take(export: _Export, number: int, data: Raw) -> None:
    """Take the main file."""
    if "dataRow" in row_keys(bytes(data[:HEAD_BYTES])):
        raws, stopped = raw_rows(data)
        export.take_import(number, raws)
        export.note(data, stopped, [])
        return
    rows, stopped, issues = _rows(data)
    for row in _flat(rows):
        export.take(row)
    export.note(data, stopped, issues)


def _rows(data: bytes | memoryview) -> tuple[list[Row], BadJson | None, list[Issue]]:
    try:
        return rows_quickly(data), None, []
    except FAST_REFUSES:
        rows, found = filled(data, Row, RAGGED)
        return rows, found.broken, found.issues


def rows_quickly(data: bytes | memoryview) -> list[Row]:
    """Return the rows of a clean file: one a line, or a list of them.

    Raises:
        msgspec.MsgspecError, RecursionError, UnicodeDecodeError: it is not clean.
    """
    view = memoryview(data)[first_byte(data) :]
    if _is_rows(data):
        return ROWS.decode_lines(view)
    return ROW_LIST.decode(view)


def _is_rows(data: bytes | memoryview) -> bool:
    walker = Walker(data, first_byte(data))
    walker.start()
    return bytes(data[walker.at : walker.at + 1]) != b"["


def _flat(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield rows, of a document that lists some those that it lists."""
    for row in rows:
        if row.exports:
            yield from row.exports
        is_v2 = row.data_row is not None or row.projects or row.experiments
        if is_v2 or row.is_v1 or row.frame_number is not None:
            yield row


@dataclass(eq=False)
class _Export:
    """An export as its rows are taken, one by one."""

    gathered: Gathered = field(default_factory=Gathered)
    entries: dict[str, Entry] = field(default_factory=dict[str, Entry])
    told: Told = field(default_factory=Told)
    tasks: dict[str, Task] = field(default_factory=dict[str, Task])
    issues: list[Issue] = field(default_factory=list[Issue])
    count: int = 0

    def __post_init__(self) -> None:
        self.labels = Labels(self.gathered)
        self.old = OldRows(self.labels)

    def take_import(self, number: int, raws: Sequence[msgspec.Raw]) -> None:
        """Take all rows of a file for import."""
        self.labels.source = number
        rows = ImportRows(self.labels, self.entries)
        for raw in raws:
            rows.take(raw)
        self.count += len(raws)

    def take_frames(self, number: int, frames: Sequence[OldFrame], *, is_part: bool) -> None:
        """Take a file of frames: of the label that calls for it, or the one that still waits."""
        self.labels.source = number
        left = self.old.left
        at = number - 1 if is_part else next(iter(left)) if len(left) == 1 else -1
        if frames and at in left:
            self.old.take_frames(frames, self.old.waiting[at])
            left.discard(at)

    def note(self, data: bytes | memoryview, stopped: BadJson | None, issues: list[Issue]) -> None:
        """Keep what was odd about one file."""
        if stopped is not None:
            kept = len(self.gathered.ids)
            self.issues.insert(0, broken(stopped, data, kept, is_inside=False))
        self.issues += issues

    def take(self, row: Row) -> None:
        """Take everything of one row."""
        self.count += 1
        data_row = data_row_of(row) if row.is_v1 else row.data_row or DataRow()
        media = row.media_attributes or MediaAttributes()
        entry = data_row.id or data_row.global_key or f"row {self.count}"
        size = (whole(media.width) or -1, whole(media.height) or -1)
        self.told.take(row, entry)
        first = next(_every_label(row), (None, None))[0]
        made = entry_of(entry, data_row, row.media_attributes, first and first.label_kind)
        self.entries.setdefault(entry, made)
        task = task_of(row, made)
        known = self.tasks.get(entry)
        self.tasks[entry] = task if known is None else joined(known, task)
        if row.is_v1:
            if row.v1_author:
                self.told.authors[row.v1_author] = row.v1_author
            self.old.take(row, Where(entry, size, row.v1_author))
        for label, model in _every_label(row):
            details = label.label_details
            author = model or (details.created_by if details else None)
            where = Where(entry, size, author, PREDICTED if model else None)
            if model:
                self.told.author_kinds[model] = "model"
            elif author:
                self.told.authors[author] = author
            self.labels.take(label, where, whole(media.frame_count))

    def index(self, sources: Sequence[bytes | memoryview]) -> Index:
        """Return what was taken."""
        gathered = self.gathered
        columns = gathered.columns(*_spans(sources, gathered), self.labels.base)
        found = [
            *self.issues,
            *summed(gathered.problems, "object"),
            *head_issues(self.told, self.labels),
        ]
        found += elsewhere_issues([self.old.elsewhere[at] for at in sorted(self.old.left)])
        tasks = tuple(self.tasks.values()) or tasks_of_entries(self.entries.values())
        head = Head(
            ontology=Ontology(tuple(gathered.classes.values())),
            entries=self._entries(columns),
            tasks=tasks,
            authors=self.told.authors,
            author_kinds=self.told.author_kinds,
            facts=self.told.facts(self.count),
            issues=tuple(found),
            relations=tuple(self.labels.relations),
        )
        return Index(columns, head)

    def _entries(self, columns: Columns) -> tuple[Entry, ...]:
        """Return the entries with the number of a first frame, and what their labels leave open."""
        first = 1 if self.labels.base else 0
        found = [
            msgspec.structs.replace(entry, first_frame=first) for entry in self.entries.values()
        ]
        flat = outlines(columns)
        placed = flat | of_kind(columns, "mask")
        turned = {entry.id for entry in found if entry.orientation > 1}
        asked: dict[Reading, Collection[str]] = {
            "pixel-centres": entries_of_rows(columns, flat),
            "stored-picture": turned and turned & entries_of_rows(columns, placed),
            "held-between-keys": entries_of_rows(columns, between_keys(columns)),
        }
        return with_left_open(found, asked)


def _spans(sources: Sequence[bytes | memoryview], gathered: Gathered) -> tuple[Ints, Ints]:
    """Return where each record begins and ends in its source."""
    if len(sources) == 1:
        return spans_of(sources[0], gathered.raws)
    of_source = np.array(gathered.raw_sources, dtype=np.int64)
    starts, ends = np.zeros((2, len(of_source)), dtype=np.int64)
    for number, data in enumerate(sources):
        mine = np.flatnonzero(of_source == number)
        starts[mine], ends[mine] = spans_of(data, [gathered.raws[at] for at in mine.tolist()])
    return starts, ends


def _every_label(row: Row) -> Iterator[tuple[Label, str | None]]:
    """Yield (label, name of the model that predicted it, None for a person's)."""
    for project in row.projects.values():
        for label in project.labels:
            yield label, None
    for id, experiment in row.experiments.items():
        for run_id, run in experiment.runs.items():
            name = f"model {experiment.name or id}, run {run.name or run_id}"
            for label in (*run.labels, *run.predictions):
                yield label, name
