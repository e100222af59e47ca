"""Columns of an MD.ai export from its records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.errors import BadRecord, Issue
from viewer.formats.mdai.entries import with_entries
from viewer.formats.mdai.intervals import MOST_FRAMES, Interval, interval_of, spread
from viewer.formats.mdai.kinds import UNKNOWN, KindFinder
from viewer.formats.mdai.metadata import VideoFile
from viewer.formats.mdai.outputs import OUTPUT, ModelNames
from viewer.formats.mdai.records import NULL, Number, Parsed, Record
from viewer.formats.mdai.shapes import whole
from viewer.formats.problems import few, summed
from viewer.formats.table_bytes import Codes, Head
from viewer.model.project import Entry
from viewer.model.strings import StringColumn
from viewer.model.table import BETWEEN, Columns, Ints

_Problem = tuple[str, str, str]  # code, annotation id, what
_Signed = NDArray[np.signedinteger]
_S = TypeVar("_S", bound=np.signedinteger)
_FIELDS = Record.__struct_fields__
_UID_OF = {"studies": "study_uid", "series": "series_uid", "instances": "instance_uid"}


@dataclass(frozen=True, eq=False)
class Built:
    """What the records of an export give.

    Args:
        entries: objects and videos whose frames are counted.
        models: authors that are models.
        issues: what is wrong with single records.
    """

    columns: Columns
    entries: tuple[Entry, ...]
    models: tuple[str, ...]
    issues: tuple[Issue, ...]


def columns_of(parsed: Parsed, head: Head, videos: Sequence[VideoFile] = ()) -> Built:
    """Return the columns of an export.

    Args:
        videos: that its DICOM metadata list.
    """
    finder = KindFinder(head.ontology, parsed.damage)
    found = _Gathered(finder, ModelNames(parsed.document), parsed.outputs)
    for records in parsed.chunks:
        found.take(records)
    parents, broken = _parents(found)
    keys = found.keys.values
    columns = _columns(found, parsed, head, (parents, StringColumn.of(keys)))
    if found.intervals:
        columns = spread(columns, found.intervals)
    columns, entries = with_entries(columns, keys, videos)
    damaged = [("damaged-record", found.ids[row], why) for row, why in found.locked]
    odd = [("odd-size", id, f"{why} is none of a picture") for id, why in found.odd_sizes]
    issues = (*summed([*damaged, *broken, *odd], "annotation"), *_repeated(found.ids))
    return Built(columns, entries, found.models.used, (*issues, *_of_intervals(found.intervals)))


def _columns(
    found: _Gathered, parsed: Parsed, head: Head, made: tuple[Ints, StringColumn]
) -> Columns:
    """Return columns with one placement for each record, none of which names an entry.

    Args:
        made: parents, and the strings of media keys.
    """
    count = len(found.ids)
    authors = Codes[str]()
    of_maker = authors.of([head.authors.get(maker, maker) for maker in found.makers.values])
    locked, locks = _locks(_with_outputs(found.finder.reasons, parsed.outputs), count)
    sources, nothing = np.zeros(count, dtype=np.int32), np.full(count, -1, dtype=np.int32)
    parents, keys = made
    return Columns(
        native_ids=StringColumn.of(found.ids),
        class_codes=found.joined("classes", np.int32),
        classes=found.classes.values,
        author_codes=np.append(of_maker, np.int32(-1))[found.joined("makers", np.int32)],
        authors=authors.values,
        parents=parents,
        sources=sources,
        starts=parsed.starts,
        ends=parsed.ends,
        locked=locked,
        reasons=locks,
        owners=np.arange(count, dtype=np.int64),
        studies=found.joined("studies", np.int32),
        series=found.joined("series", np.int32),
        instances=found.joined("instances", np.int32),
        entries=nothing,
        items=nothing,
        keys=keys,
        frames=found.joined("frames", np.int64),
        planes=np.zeros(count, dtype=np.int8),
        roles=found.joined("roles", np.int8),
        runs=sources,
        origin_sources=sources,
        origin_starts=parsed.starts,
        origin_ends=parsed.ends,
        kinds=found.joined("kinds", np.int8),
        widths=found.joined("widths", np.int32),
        heights=found.joined("heights", np.int32),
        copied=np.array([*found.copied], dtype=np.int64),
        copied_from=StringColumn.of(found.copied.values()),
    )


def _with_outputs(reasons: Mapping[int, str], outputs: Ints) -> dict[int, str]:
    """Return why records are locked; all of a model's outputs are."""
    found = dict(reasons)
    for row in outputs.tolist():
        found[row] = f"{found[row]}; {OUTPUT}" if row in found else OUTPUT
    return found


def _of_intervals(intervals: Mapping[int, Interval]) -> tuple[Issue, ...]:
    if not intervals:
        return ()
    what = "1 interval of frames is" if len(intervals) == 1 else f"{len(intervals):,} intervals are"
    sentence = (
        f"{what} taken to count frames from 0 and to end with the last frame that is named, which"
        " MD.ai does not say; compare one with its video."
    )
    return (Issue("note", "intervals-taken", sentence),)


@dataclass(eq=False)
class _Gathered:
    """What of the records goes into columns; a chunk of records can be let go once it was taken.

    Args:
        models: names of models.
        outputs: rows of models' outputs, rising.
        makers: user ids, or the model where there is no user.
        parents: (row, id of its parent).
        copied: id of the record that a row was copied from.
        intervals: of frames, by row.
        odd_sizes: (id, what it says) of records with a width or height that none can be.
    """

    finder: KindFinder
    models: ModelNames
    outputs: Ints
    classes: Codes[str] = field(default_factory=Codes[str])
    makers: Codes[str] = field(default_factory=Codes[str])
    keys: Codes[str] = field(default_factory=lambda: Codes(""))
    ids: list[str] = field(default_factory=list[str])
    parents: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    copied: dict[int, str] = field(default_factory=dict[int, str])
    odd_sizes: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    intervals: dict[int, Interval] = field(default_factory=dict[int, Interval])
    frames_left: int = MOST_FRAMES
    parts: defaultdict[str, list[_Signed]] = field(default_factory=lambda: defaultdict(list))

    @property
    def locked(self) -> list[tuple[int, str]]:
        """(row, reason) of damaged records, by row."""
        return sorted(self.finder.reasons.items())

    def take(self, records: Sequence[Record]) -> None:
        """Add records to the columns."""
        if not records:
            return
        row, parts = len(self.ids), self.parts
        self._take_intervals(records, row)
        fields = _transposed(records)
        self.ids += _texts(fields["id"])
        if any(fields["parent_id"]):
            self.parents += [(row + at, id) for at, id in enumerate(fields["parent_id"]) if id]
        if any(fields["cloned_from_model_output_id"]):
            origins = ((row + at, record.made_from) for at, record in enumerate(records))
            self.copied.update((at, id) for at, id in origins if id)
        labels = self.classes.of(_texts(fields["label_id"]))
        parts["classes"].append(labels)
        kinds = self.finder.kinds(records, labels, row)
        parts["kinds"].append(kinds)
        makers = fields["created_by_id"]
        if not all(makers):
            makers = [record.created_by_id or self.models.name_of(record) for record in records]
        parts["makers"].append(self.makers.of(makers))
        parts["roles"].append(_roles(fields["is_interpolated"]))
        for name in ("studies", "series", "instances"):
            parts[name].append(self.keys.of(fields[_UID_OF[name]]))
        frames, odd = _numbers(fields["frame_number"])
        parts["frames"].append(frames)
        for at, number in odd:  # which frame is meant is not for us to guess
            self.finder.reasons.setdefault(row + at, f"its frameNumber {number} counts no frame")
            kinds[at] = UNKNOWN
        self._take_sizes("width", fields["width"], row)
        self._take_sizes("height", fields["height"], row)

    def _take_intervals(self, records: Sequence[Record], row: int) -> None:
        """Note the intervals of frames among a model's outputs; they have no geometry."""
        first, end = np.searchsorted(self.outputs, [row, row + len(records)]).tolist()
        mine: list[int] = self.outputs[first:end].tolist()
        for at in mine:
            record = records[at - row]
            try:
                interval = interval_of(record.data)
                if interval is not None and interval.count > self.frames_left:
                    raise BadRecord(f"its interval of {interval.count:,} frames is too long")
            except BadRecord as error:
                self.finder.lock(at, str(error))
                continue
            if interval is not None:
                self.frames_left -= interval.count
                self.intervals[at] = interval
                record.data = NULL

    def _take_sizes(self, key: str, sizes: Sequence[Number], row: int) -> None:
        numbers, odd = _numbers(sizes)
        self.parts[f"{key}s"].append(numbers)
        self.odd_sizes += [(self.ids[row + at], f"its {key} {size}") for at, size in odd]

    def joined(self, name: str, dtype: type[_S]) -> NDArray[_S]:
        """Return a column of all records."""
        return np.concatenate([np.zeros(0, dtype), *self.parts[name]], dtype=dtype)


def _transposed(records: Sequence[Record]) -> dict[str, tuple[Any, ...]]:
    """Return the values of all records by the names of their fields."""
    return dict(
        zip(_FIELDS, zip(*map(msgspec.structs.astuple, records), strict=True), strict=False)
    )


def _texts(values: Sequence[str | None]) -> Sequence[str]:
    """Return texts, "" for one that is absent."""
    return [value or "" for value in values] if None in values else cast("Sequence[str]", values)


def _locks(reasons: Mapping[int, str], count: int) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Return a code of why each row is locked, -1 where it is not, and the reasons by code."""
    locked = np.full(count, -1, dtype=np.int32)
    locks = Codes[str]()
    rows = sorted(reasons)
    locked[rows] = locks.of([reasons[row] for row in rows])
    return locked, locks.values


def _roles(said: Sequence[object]) -> NDArray[np.int8]:
    """Return the role of each record by what it says of being interpolated."""
    roles = np.zeros(len(said), dtype=np.int8)
    if True in said:
        roles[[at for at, value in enumerate(said) if value is True]] = BETWEEN
    return roles


def _numbers(values: Sequence[Number]) -> tuple[Ints, list[tuple[int, str]]]:
    """Return what `whole` makes of each value, and (place, value) of those it makes nothing of.

    Most records share a few values.
    """
    if values and values.count(values[0]) == len(values):
        only = whole(values[0])
        if only >= 0 or values[0] is None:
            return np.full(len(values), only, dtype=np.int64), []
    known = {value: whole(value) for value in set(values)}
    numbers = np.fromiter(map(known.__getitem__, values), dtype=np.int64, count=len(values))
    odd = {value: str(value)[:20] for value, number in known.items() if number < 0}
    odd.pop(None, None)
    found = [(at, odd[value]) for at, value in enumerate(values) if value in odd] if odd else []
    return numbers, found


def _parents(found: _Gathered) -> tuple[Ints, list[_Problem]]:
    """Return each record's parent as a row; a link that closes a circle is left out."""
    ids = found.ids
    parents = np.full(len(ids), -1, dtype=np.int64)
    if not found.parents:
        return parents, []
    rows = dict(zip(reversed(ids), reversed(range(len(ids))), strict=True))  # the first one counts
    rows.pop("", None)
    tops = list(range(len(ids)))  # of each record one further up, itself without a parent
    broken: list[_Problem] = []
    for row, wanted in found.parents:
        parent = rows.get(wanted, -1)
        if parent < 0:
            what = f"its parent {wanted!r} is not in the file"
            broken.append(("parent-missing", ids[row], what))
        elif _top(tops, parent) == row:
            broken.append(("parent-cycle", ids[row], "its parents lead back to itself"))
        else:
            parents[row] = tops[row] = parent
    return parents, broken


def _top(tops: list[int], row: int) -> int:
    """Return the record at the top of a chain of parents; the chain is shortened on the way."""
    while tops[row] != row:
        tops[row] = tops[tops[row]]
        row = tops[row]
    return row


def _repeated(every: Sequence[str]) -> list[Issue]:
    hashes = np.sort(np.fromiter(map(hash, every), np.int64, len(every)))
    if not (hashes[1:] == hashes[:-1]).any():  # which a set of many strings tells less quickly
        return []
    ids = [id for id in every if id]
    seen: set[str] = set()
    twice = sorted({id for id in ids if id in seen or seen.add(id)})
    if not twice:
        return []
    what = "1 annotation id stands" if len(twice) == 1 else f"{len(twice):,} annotation ids stand"
    sentence = f"{what} more than once ({few(twice)}); every one of these annotations is kept."
    return [Issue("warning", "duplicate-id", sentence, twice[0])]
