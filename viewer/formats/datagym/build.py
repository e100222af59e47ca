"""Columns of a DATAGYM export from its labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.formats.datagym.answers import Types
from viewer.formats.datagym.entries import size_of
from viewer.formats.datagym.gather import GLOBAL, OBJECT, Ordered, Source, object_id
from viewer.formats.datagym.kinds import NO_GEOMETRY, NO_OBJECT
from viewer.formats.datagym.records import Task
from viewer.formats.datagym.shapes import TYPES
from viewer.formats.datagym.stretches import VideoObject
from viewer.formats.datagym.video_records import Told, told_of
from viewer.formats.spans import spans_of
from viewer.formats.table_bytes import Codes
from viewer.formats.values import shown_text
from viewer.model.strings import StringColumn
from viewer.model.table import KEY, KINDS, Columns, Ints

_UNKNOWN, _NONE = KINDS.index("unknown"), KINDS.index("none")
SEMANTIC = (
    "it is a semantic map: DATAGYM makes it of all labels of a class together, leaves out where "
    "they overlap, and takes none back; so it is shown and kept, and the labels are what to edit"
)
_REASONS = {
    NO_OBJECT: "it is no object",
    NO_GEOMETRY: "it has no geometry of a known type",
}
_CODES = {
    **{name: KINDS.index(kind) for name, kind in TYPES.items()},
    NO_OBJECT: _UNKNOWN,
    NO_GEOMETRY: _UNKNOWN,
    OBJECT: _UNKNOWN,
    GLOBAL: _NONE,
}


@dataclass(frozen=True, eq=False)
class Built:
    """Columns, and what they leave to be said.

    Args:
        used: class ids of labels, each with what its geometry is called.
        problems: code, id and what is wrong with single labels.
    """

    columns: Columns
    used: Mapping[str, str]
    problems: Sequence[tuple[str, str, str]]


def built(
    data: Source, found: Ordered, tasks: Sequence[Task], ids: Sequence[str], types: Types
) -> Built:
    """Return the columns of labels in the order of the file.

    Args:
        ids: of the entries of tasks.
        types: of classes, as the list of classes has them.
    """
    table = _Table(data, found, tasks, ids, types)
    return Built(table.columns(), table.used(), list(table.problems()))


@dataclass(eq=False)
class _Table:
    data: Source
    found: Ordered
    tasks: Sequence[Task]
    ids: Sequence[str]
    types: Types

    def __post_init__(self) -> None:
        rows, order = self.found.rows, self.found.order
        numbers: list[int] = order.tolist()
        self.objects: dict[int, VideoObject] = (
            {place: rows.objects[row] for place, row in enumerate(numbers) if row in rows.objects}
            if rows.objects
            else {}
        )
        self.told: dict[int, Told] = {at: told_of(one) for at, one in self.objects.items()}
        self.names = self.found.take(rows.names)
        self.class_ids = list(self.found.take(rows.classes))
        self.is_odd = bool(self.told) or not _REASONS.keys().isdisjoint(self.names)
        self.reasons = list(map(_REASONS.get, self.names)) if self.is_odd else []
        for at, one in self.told.items():
            self.class_ids[at] = object_id(self.types, one.name)
            self.reasons[at] = one.reason
        self.task_of = np.array(rows.tasks, dtype=np.int64)[order] if numbers else order
        counts = np.ones(len(numbers), dtype=np.int64)
        for at, one in self.objects.items():
            counts[at] = len(one.frames)
        self.owners: Ints = np.repeat(np.arange(len(numbers), dtype=np.int64), counts)
        self.firsts: Ints = np.cumsum(counts) - counts

    def used(self) -> dict[str, str]:
        """Return the class ids, each with what a geometry of it is called."""
        found = dict(zip(self.class_ids, self.names, strict=True))
        for at, one in self.told.items():
            found[self.class_ids[at]] = one.name
        return found

    def problems(self) -> Iterator[tuple[str, str, str]]:
        """Yield what is wrong with single labels."""
        for at, reason in enumerate(self.reasons):
            if reason is not None:
                id = self.objects[at].id if at in self.objects else self.class_ids[at]
                yield "damaged-label", id, f"{reason}, so that it cannot be edited"

    def columns(self) -> Columns:
        """Return everything as columns."""
        count, total = len(self.firsts), len(self.owners)
        classes, locks, authors = Codes[str](), Codes[str](), Codes("")
        of_task = authors.of([_author(task) for task in self.tasks])
        absent = np.full(total, -1, dtype=np.int32)
        kinds, frames, roles, runs, starts, ends = self._placements()
        sizes = np.array([*map(size_of, self.tasks), (-1, -1)], np.int32)
        of_entry = self.task_of[self.owners]
        return Columns(
            native_ids=self._native_ids(),
            class_codes=classes.of(self.class_ids),
            classes=classes.values,
            author_codes=of_task[self.task_of],
            authors=authors.values,
            parents=self.found.parents,
            sources=np.zeros(count, dtype=np.int32),
            starts=self.found.starts,
            ends=self.found.ends,
            locked=locks.of(self.reasons) if self.is_odd else np.full(count, -1, dtype=np.int32),
            reasons=locks.values,
            owners=self.owners,
            studies=absent,
            series=absent,
            instances=absent,
            entries=of_entry.astype(np.int32),
            items=absent,
            keys=StringColumn.of(self.ids),
            frames=frames,
            planes=np.zeros(total, dtype=np.int8),
            roles=roles,
            runs=runs,
            origin_sources=np.zeros(total, dtype=np.int32),
            origin_starts=starts,
            origin_ends=ends,
            kinds=kinds,
            widths=sizes[of_entry, 0],
            heights=sizes[of_entry, 1],
        )

    def _native_ids(self) -> StringColumn:
        count = len(self.firsts)
        if not self.objects:
            return StringColumn(np.zeros(count, dtype=np.int64), b"")
        objects = self.objects
        return StringColumn.of(objects[at].id if at in objects else "" for at in range(count))

    def _placements(
        self,
    ) -> tuple[NDArray[np.int8], Ints, NDArray[np.int8], NDArray[np.int32], Ints, Ints]:
        """Return kinds, frames, roles, runs, starts and ends of the placements."""
        total = len(self.owners)
        codes = np.fromiter(map(_CODES.__getitem__, self.names), np.int8, len(self.names))
        kinds, frames = codes[self.owners], np.full(total, -1, dtype=np.int64)
        roles, runs = np.full(total, KEY, dtype=np.int8), np.zeros(total, dtype=np.int32)
        starts, ends = self.found.starts[self.owners], self.found.ends[self.owners]
        for at, one in self.objects.items():
            first = int(self.firsts[at])
            mine = slice(first, first + len(one.frames))
            frames[mine], roles[mine], runs[mine] = one.frames, one.roles, one.runs
            kinds[mine] = self.told[at].kind
            spans = spans_of(self.data, one.raws)
            starts[mine], ends[mine] = (np.append(each, 0)[one.stored] for each in spans)
        return kinds, frames, roles, runs, starts, ends


def _author(task: Task) -> str | None:
    return shown_text(task.labeler) if task.labeler else None
