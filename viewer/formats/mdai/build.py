"""Columns of an MD.ai export from its records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from viewer.errors import Issue
from viewer.formats.mdai.kinds import UNKNOWN, KindFinder
from viewer.formats.mdai.records import Number, Parsed, Record
from viewer.formats.mdai.shapes import whole
from viewer.formats.problems import few, summed
from viewer.formats.table_bytes import Codes, Head
from viewer.model.strings import StringColumn
from viewer.model.table import Columns, Ints

_Problem = tuple[str, str, str]  # code, annotation id, what
_Signed = NDArray[np.signedinteger]
_S = TypeVar("_S", bound=np.signedinteger)


def columns_of(parsed: Parsed, head: Head) -> tuple[Columns, tuple[Issue, ...]]:
    """Return the columns and what is wrong with single records."""
    found = _Gathered(KindFinder(head.ontology, parsed.damage))
    for records in parsed.chunks:
        found.take(records)
    count = len(found.ids)
    authors = Codes[str]()
    of_maker = authors.of([head.authors.get(maker, maker) for maker in found.makers.values])
    locked, locks = _locks(found.finder.reasons, count)
    parents, broken = _parents(found)
    sources = np.zeros(count, dtype=np.int32)
    columns = Columns(
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
        entries=np.full(count, -1, dtype=np.int32),
        items=np.full(count, -1, dtype=np.int32),
        keys=StringColumn.of(found.keys.values),
        frames=found.joined("frames", np.int64),
        planes=np.zeros(count, dtype=np.int8),
        roles=np.zeros(count, dtype=np.int8),
        runs=np.zeros(count, dtype=np.int32),
        origin_sources=sources,
        origin_starts=parsed.starts,
        origin_ends=parsed.ends,
        kinds=found.joined("kinds", np.int8),
        widths=found.joined("widths", np.int32),
        heights=found.joined("heights", np.int32),
    )
    damaged = [("damaged-record", found.ids[row], why) for row, why in found.locked]
    odd = [("odd-size", id, f"{why} is none of a picture") for id, why in found.odd_sizes]
    return columns, (*summed([*damaged, *broken, *odd], "annotation"), *_repeated(found.ids))


@dataclass(eq=False)
class _Gathered:
    """What of the records goes into columns; a chunk of records can be let go once it was taken.

    Args:
        makers: user ids, or the model where there is no user.
        parents: (row, id of its parent).
        odd_sizes: (id, what it says) of records with a width or height that none can be.
    """

    finder: KindFinder
    classes: Codes[str] = field(default_factory=Codes[str])
    makers: Codes[str] = field(default_factory=Codes[str])
    keys: Codes[str] = field(default_factory=lambda: Codes(""))
    ids: list[str] = field(default_factory=list[str])
    parents: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    odd_sizes: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    parts: defaultdict[str, list[_Signed]] = field(default_factory=lambda: defaultdict(list))

    @property
    def locked(self) -> list[tuple[int, str]]:
        """(row, reason) of damaged records, by row."""
        return sorted(self.finder.reasons.items())

    def take(self, records: Sequence[Record]) -> None:
        """Add records to the columns."""
        row = len(self.ids)
        parts = self.parts
        self.ids += [record.id or "" for record in records]
        wanted = [record.parent_id for record in records]
        if any(wanted):
            self.parents += [(row + at, id) for at, id in enumerate(wanted) if id]
        labels = self.classes.of([record.label_id or "" for record in records])
        parts["classes"].append(labels)
        kinds = self.finder.kinds(records, labels, row)
        parts["kinds"].append(kinds)
        makers = self.makers.of([record.created_by_id or _model_of(record) for record in records])
        parts["makers"].append(makers)
        parts["studies"].append(self.keys.of([record.study_uid for record in records]))
        parts["series"].append(self.keys.of([record.series_uid for record in records]))
        parts["instances"].append(self.keys.of([record.instance_uid for record in records]))
        frames, odd = _numbers([record.frame_number for record in records])
        parts["frames"].append(frames)
        for at, number in odd:  # which frame is meant is not for us to guess
            self.finder.reasons.setdefault(row + at, f"its frameNumber {number} counts no frame")
            kinds[at] = UNKNOWN
        self._take_sizes("width", [record.width for record in records], row)
        self._take_sizes("height", [record.height for record in records], row)

    def _take_sizes(self, key: str, sizes: Sequence[Number], row: int) -> None:
        numbers, odd = _numbers(sizes)
        self.parts[f"{key}s"].append(numbers)
        self.odd_sizes += [(self.ids[row + at], f"its {key} {size}") for at, size in odd]

    def joined(self, name: str, dtype: type[_S]) -> NDArray[_S]:
        """Return a column of all records."""
        return np.concatenate([np.zeros(0, dtype), *self.parts[name]], dtype=dtype)


def _model_of(record: Record) -> str | None:
    return f"model {record.model_id}" if record.model_id else None


def _locks(reasons: Mapping[int, str], count: int) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Return a code of why each row is locked, -1 where it is not, and the reasons by code."""
    locked = np.full(count, -1, dtype=np.int32)
    locks = Codes[str]()
    rows = sorted(reasons)
    locked[rows] = locks.of([reasons[row] for row in rows])
    return locked, locks.values


def _numbers(values: Sequence[Number]) -> tuple[Ints, list[tuple[int, str]]]:
    """Return what `whole` makes of each value, and (place, value) of those it makes nothing of.

    Most records share a few values.
    """
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
    if len(set(every)) == len(every):
        return []
    ids = [id for id in every if id]
    seen: set[str] = set()
    twice = sorted({id for id in ids if id in seen or seen.add(id)})
    if not twice:
        return []
    what = "1 annotation id stands" if len(twice) == 1 else f"{len(twice):,} annotation ids stand"
    sentence = f"{what} more than once ({few(twice)}); every one of these annotations is kept."
    return [Issue("warning", "duplicate-id", sentence, twice[0])]
