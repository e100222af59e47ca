"""All labels of the tasks of a file in one row each, in file order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np

from viewer.formats.redbrick.entries import Work, holders_of
from viewer.formats.redbrick.lists import CODE_OF, IN_SERIES, LISTS
from viewer.formats.redbrick.records import NULL, Parsed, Series, Task
from viewer.formats.spans import spans_of
from viewer.model.table import Ints

_FIELD_OF = {item.encode_name: item.name for item in msgspec.structs.fields(Series)}
_FIELDS = [(code, _FIELD_OF[found.name]) for code, found in enumerate(IN_SERIES)]
assert LISTS[: len(IN_SERIES)] == IN_SERIES


@dataclass(eq=False)
class Rows:
    """One row per label record, in the order of the file.

    Args:
        works: the series that hold labels, by their number.
        raws: the records' bytes; of `segmentMap` the values.
        codes: where each stands, as a code into LISTS.
        owners: number of the work that each belongs to.
        instances: the key of each record of a segmentMap, by row.
        starts, ends: byte spans.
    """

    works: list[Work] = field(default_factory=list[Work])
    raws: list[msgspec.Raw] = field(default_factory=list[msgspec.Raw])
    codes: list[int] = field(default_factory=list[int])
    owners: list[int] = field(default_factory=list[int])
    instances: dict[int, str] = field(default_factory=dict[int, str])
    starts: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    ends: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def add(self, code: int, raws: Sequence[msgspec.Raw]) -> None:
        """Add records that stand in one list of the newest work."""
        self.raws += raws
        self.codes += [code] * len(raws)
        self.owners += [len(self.works) - 1] * len(raws)

    def entry_of(self, row: int) -> int:
        """Return the number of the entry that a record is on, -1 for none."""
        return self.works[self.owners[row]].entry


def rows_of(data: bytes | memoryview, parsed: Parsed, entries: Sequence[Sequence[int]]) -> Rows:
    """Return the labels of tasks whose raw values are views of `data`.

    Args:
        entries: for each task the number of the entry of each of its series.
    """
    rows = Rows()
    for number, task in enumerate(parsed.tasks):
        for work in _works(number, task, entries[number]):
            rows.works.append(work)
            _add_series(rows, work.series)
        _add_task(rows, number, task, entries[number])
    starts, ends = spans_of(data, rows.raws)
    if (np.diff(starts) < 0).any():
        order = np.argsort(starts, kind="stable")
        _sort(rows, order)
        starts, ends = starts[order], ends[order]
    rows.starts, rows.ends = starts, ends
    return rows


def _works(number: int, task: Task, entries: Sequence[int]) -> Iterator[Work]:
    for holder, author in holders_of(task):
        for series, entry in zip(holder.series or (), entries, strict=False):
            yield Work(series, entry, author, number)


def _add_series(rows: Rows, series: Series) -> None:
    for code, name in _FIELDS:
        raws: list[msgspec.Raw] | None = getattr(series, name)
        if raws:
            rows.add(code, raws)
    _add_segments(rows, series.segment_map)


def _add_segments(rows: Rows, segments: dict[str, msgspec.Raw] | None) -> None:
    if segments:
        rows.instances.update(enumerate(segments, len(rows.raws)))
        rows.add(CODE_OF["segmentMap"], list(segments.values()))


def _add_task(rows: Rows, number: int, task: Task, entries: Sequence[int]) -> None:
    """Add what the task says of itself as a whole, with the first of its series."""
    entry = entries[0] if entries else -1
    for holder, author in holders_of(task):
        rows.works.append(Work(Series(), entry, author, number))
        for name, raw in (
            ("classification", holder.classification),
            ("datapointClassification", task.datapoint_classification if holder is task else NULL),
        ):
            if bytes(raw) != b"null":
                rows.add(CODE_OF[name], [raw])
        if holder is task:
            rows.works[-1] = Work(Series(segmentations=task.segmentations), entry, author, number)
            _add_segments(rows, task.segment_map)


def _sort(rows: Rows, order: Ints) -> None:
    into = {old: new for new, old in enumerate(order.tolist())}
    rows.raws = [rows.raws[at] for at in order.tolist()]
    rows.codes = [rows.codes[at] for at in order.tolist()]
    rows.owners = [rows.owners[at] for at in order.tolist()]
    rows.instances = {into[row]: key for row, key in rows.instances.items()}
