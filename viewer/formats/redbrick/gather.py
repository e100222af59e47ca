"""All labels of the tasks of a file in one row each, in file order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter

import msgspec
import numpy as np

from viewer.formats.redbrick.entries import Work, holders_of
from viewer.formats.redbrick.lists import CODE_OF, IN_SERIES, LISTS
from viewer.formats.redbrick.old_labels import (
    instance_of_raw,
    list_of_raw,
    raw_labels,
    series_of_raw,
)
from viewer.formats.redbrick.records import NULL, Parsed, Series, Task
from viewer.formats.redbrick.shapes import Json
from viewer.formats.spans import spans_of
from viewer.formats.values import shown_text
from viewer.model.table import Ints

_FIELD_OF = {item.encode_name: item.name for item in msgspec.structs.fields(Series)}
_LISTS_OF = attrgetter(*(_FIELD_OF[found.name] for found in IN_SERIES))  # in the order of codes
_SEGMENTS = CODE_OF["segmentMap"]
assert LISTS[: len(IN_SERIES)] == IN_SERIES


@dataclass(frozen=True, eq=False)
class Rows:
    """One row per label record, in the order of the file.

    Args:
        works: the series that hold labels, by their number.
        raws: the records' bytes; of `segmentMap` the values.
        codes: where each stands, as a code into LISTS.
        owners: number of the work that each belongs to.
        instances: the key of each record of a segmentMap, by row.
        olds: raw labels of the old format, by row.
        starts, ends: byte spans.
    """

    works: Sequence[Work]
    raws: Sequence[msgspec.Raw]
    codes: Ints
    owners: Ints
    instances: Mapping[int, str]
    olds: Mapping[int, Json]
    starts: Ints
    ends: Ints

    def entry_of(self, row: int) -> int:
        """Return the number of the entry that a record is on, -1 for none."""
        return self.works[int(self.owners[row])].entry

    def of_lists(self, codes: Sequence[int]) -> list[int]:
        """Return the rows of records that stand in lists with these codes."""
        found: list[int] = np.flatnonzero(np.isin(self.codes, codes)).tolist()
        return found


@dataclass(eq=False)
class _Gathering:
    """Records list by list, as the tasks have them."""

    works: list[Work] = field(default_factory=list[Work])
    lists: list[Sequence[msgspec.Raw]] = field(default_factory=list[Sequence[msgspec.Raw]])
    codes: list[int] = field(default_factory=list[int])
    owners: list[int] = field(default_factory=list[int])
    instances: dict[int, str] = field(default_factory=dict[int, str])
    olds: dict[int, Json] = field(default_factory=dict[int, Json])
    count: int = 0

    def add(self, code: int, raws: Sequence[msgspec.Raw]) -> None:
        """Add records that stand in one list of the newest work."""
        self.lists.append(raws)
        self.codes.append(code)
        self.owners.append(len(self.works) - 1)
        self.count += len(raws)

    def add_segments(self, segments: dict[str, msgspec.Raw] | None) -> None:
        """Add what a segmentMap of the newest work holds."""
        if segments:
            self.instances.update(enumerate(segments, self.count))
            self.add(_SEGMENTS, list(segments.values()))

    def add_raw(self, raw: msgspec.Raw, record: Json) -> None:
        """Add a raw label of the old format to the newest work."""
        self.olds[self.count] = record
        name = list_of_raw(record) or "classifications"
        if name == "segmentMap":
            self.instances[self.count] = instance_of_raw(record)
        self.add(CODE_OF[name], [raw])

    def rows(self, data: bytes | memoryview) -> Rows:
        """Return all of them in the order of the file."""
        raws = list(chain.from_iterable(self.lists))
        sizes = np.fromiter(map(len, self.lists), np.int64, len(self.lists))
        codes, owners = (
            np.repeat(np.array(each, dtype=np.int64), sizes) for each in (self.codes, self.owners)
        )
        starts, ends = spans_of(data, raws)
        instances, olds = self.instances, self.olds
        if (np.diff(starts) < 0).any():
            order = np.argsort(starts, kind="stable")
            numbers: list[int] = order.tolist()
            raws = [raws[at] for at in numbers]
            codes, owners, starts, ends = codes[order], owners[order], starts[order], ends[order]
            places: list[int] = np.argsort(order).tolist()
            instances = {places[row]: key for row, key in instances.items()}
            olds = {places[row]: record for row, record in olds.items()}
        return Rows(self.works, raws, codes, owners, instances, olds, starts, ends)


def rows_of(data: bytes | memoryview, parsed: Parsed, entries: Sequence[Sequence[int]]) -> Rows:
    """Return the labels of tasks whose raw values are views of `data`.

    Args:
        entries: for each task the number of the entry of each of its series.
    """
    found = _Gathering()
    for task, mine in zip(parsed.tasks, entries, strict=True):
        for holder, author in holders_of(task):
            for series, entry in zip(holder.series or (), mine, strict=False):
                found.works.append(Work(entry, author))
                _add_series(found, series)
        _add_task(found, task, mine)
    return found.rows(data)


def _add_series(found: _Gathering, series: Series) -> None:
    for code, raws in enumerate(_LISTS_OF(series)):
        if raws:
            found.add(code, raws)
    found.add_segments(series.segment_map)


def _add_task(found: _Gathering, task: Task, entries: Sequence[int]) -> None:
    """Add what the task says of itself as a whole, with the first of its series."""
    entry = entries[0] if entries else -1
    for holder, author in holders_of(task):
        of_task = holder is task
        found.works.append(Work(entry, author))
        for name, raw in (
            ("classification", holder.classification),
            ("datapointClassification", task.datapoint_classification if of_task else NULL),
        ):
            if raw is not NULL and bytes(raw) != b"null":
                found.add(CODE_OF[name], [raw])
    _add_old_segments(found, task, entries)
    if task.labels is not NULL and bytes(task.labels) != b"null":
        _add_raw_labels(found, task, entries)


def _add_raw_labels(found: _Gathering, task: Task, entries: Sequence[int]) -> None:
    """Add the labels of a task that was exported with old_format."""
    author = shown_text(task.updated_by)
    by_entry: dict[int, list[tuple[msgspec.Raw, Json]]] = {}
    for raw, record in raw_labels(task.labels):
        at = series_of_raw(record)
        by_entry.setdefault(entries[at] if at < len(entries) else -1, []).append((raw, record))
    for entry, labels in by_entry.items():
        found.works.append(Work(entry, author))
        for raw, record in labels:
            found.add_raw(raw, record)


def _add_old_segments(found: _Gathering, task: Task, entries: Sequence[int]) -> None:
    """Add the segments of a whole task to each of its series that has none of its own."""
    if not task.segment_map:
        return
    author = shown_text(task.updated_by)
    owned = [one.segment_map is not None for one in task.series or ()]
    for at, entry in enumerate(entries or (-1,)):
        if at >= len(owned) or not owned[at]:
            found.works.append(Work(entry, author))
            found.add_segments(task.segment_map)
