"""Where the rows of a file stand, and where in a row a frame does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import msgspec
import numpy as np

from viewer.errors import CannotWrite, Issue
from viewer.formats.containers import Container, container_at
from viewer.formats.encord.entries import NOWHERE, Holder, frame_of_key, holders_of, sequence_of
from viewer.formats.encord.index import rows_of
from viewer.formats.encord.records import BRANCH, Answers, Labels, Row, Unit
from viewer.formats.format import Raw
from viewer.formats.json_tools import BadJson, Span
from viewer.formats.spans import Ints, spans_of
from viewer.formats.surroundings import row_spans
from viewer.model.source import Source

_NEAR = 400  # bytes of white space that may stand between a bracket and what it holds
# What stands before the first value of a table of answers: the table's key, and the value's own.
_OPENED = re.compile(rb'"(?P<key>\w+)"\s*:\s*(?P<inner>\{\s*"(?:[^"\\]|\\.)*"\s*:\s*)\Z', re.DOTALL)
_TABLES: Mapping[str, Callable[[Row], Answers | None]] = {
    "object_answers": lambda row: row.object_answers,
    "object_actions": lambda row: row.object_actions,
    "classification_answers": lambda row: row.classification_answers,
}
BROKEN = "the file breaks off in its row, so that nothing can come or go"


_kept: WeakKeyDictionary[Source, Layout] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Layout:
    """The rows of a file.

    Args:
        base: the whole file.
    """

    base: Raw

    @cached_property
    def spans(self) -> list[Span]:
        """Where the rows stand that are whole."""
        every = row_spans(self.base)
        return [span for span in every if bytes(self.base[span.start : span.start + 1]) == b"{"]

    @property
    def rows(self) -> list[Row]:
        """The rows as they are read."""
        return self._read[0]

    @cached_property
    def _read(self) -> tuple[list[Row], BadJson | None, list[Issue]]:
        return rows_of(self.base)

    def is_whole(self, row: int) -> bool:
        """Whether a row does not break off."""
        return self._read[1] is None or row < len(self.spans)

    @cached_property
    def holders(self) -> list[Holder]:
        """What labels are on, row by row."""
        every = enumerate(self.rows)
        return [holder for number, row in every for holder in holders_of(row, number)]

    def list_at(self, byte: int) -> Container | None:
        """Return the list of which an element begins at a byte; None where it must be walked to.

        All lists are found in one pass, however large their row is.
        """
        lists, starts = self._lists
        at = int(np.searchsorted(starts, byte, side="right")) - 1
        begins, ends = spans_of(self.base, lists[at]) if at >= 0 else (starts[:0], starts[:0])
        if byte not in begins:
            return None
        before = bytes(self.base[max(0, int(begins[0]) - _NEAR) : int(begins[0])])
        behind = bytes(self.base[int(ends[-1]) : int(ends[-1]) + _NEAR])
        opener, closer = before.rstrip(), behind.lstrip()
        if not (opener.endswith(b"[") and closer.startswith(b"]")):
            return None
        first = int(begins[0]) - (len(before) - len(opener)) - 1
        last = int(ends[-1]) + (len(behind) - len(closer)) + 1
        return Container(self.base, Span(first, last), begins, ends, begins)

    def list_on(self, holder: Holder, place: int, name: str) -> Container | None:
        """Return a list of a place that holds some records; None where it must be walked to."""
        held: Iterator[list[msgspec.Raw] | None] = (
            sheet.frame.objects if name == "objects" else sheet.frame.classifications
            for sheet in holder.sheets
            if sheet.place == place and sheet.reason is None
        )
        raws = next(held, None)
        return self.list_at(int(spans_of(self.base, raws[:1])[0][0])) if raws else None

    def answers_of(self, row: int, key: str) -> Container | None:
        """Return a table of answers of a row; None where it is empty, or must be walked to."""
        held = _TABLES[key](self.rows[row]) if key in _TABLES else None
        if not held:
            return None
        starts, ends = spans_of(self.base, list(held.values()))
        first, last = int(starts.min()), int(ends.max())
        found = _OPENED.search(bytes(self.base[max(0, first - _NEAR) : first]))
        behind = bytes(self.base[last : last + _NEAR])
        if found is None or found["key"] != key.encode() or not behind.lstrip().startswith(b"}"):
            return None
        end = last + behind.index(b"}") + 1
        return container_at(self.base, Span(first - len(found["inner"]), end))

    @cached_property
    def _lists(self) -> tuple[list[list[msgspec.Raw]], Ints]:
        """Every list of records that holds some, with where its first one begins, in order."""
        found = [
            held
            for holder in self.holders
            for sheet in holder.sheets
            for held in (sheet.frame.objects, sheet.frame.classifications)
            if held
        ]
        starts, _ = spans_of(self.base, [held[0] for held in found])
        order = np.argsort(starts)
        return [found[at] for at in order.tolist()], starts[order]

    def number_at(self, byte: int) -> int:
        """Return the number of the row that a byte stands in.

        Raises:
            CannotWrite: of one that is not whole.
        """
        starts = [span.start for span in self.spans]
        at = int(np.searchsorted(starts, byte, side="right")) - 1
        if at < 0 or byte >= self.spans[at].end:
            raise CannotWrite(BROKEN)
        return at

    def holder(self, row: int, entry: str) -> Holder:
        """Return what the labels of an entry are on in a row.

        Raises:
            CannotWrite: the row has no such entry.
        """
        for holder in self.holders:
            if holder.row == row and holder.entry.id == entry:
                return holder
        raise CannotWrite(BROKEN)

    def holder_for(self, entry: str | None, author: str) -> Holder:
        """Return what a new label of an entry goes to: of its author's branch, else the main one.

        Raises:
            CannotWrite: there is none, or its labels cannot be edited.
        """
        mine = [one for one in self.holders if one.entry.id == entry and self.is_whole(one.row)]
        if not mine:
            raise CannotWrite("no label row of the file is about its media")
        branches = [self.rows[one.row].branch_name for one in mine]
        for wanted in (author.removeprefix(BRANCH), "main", None):
            if wanted in branches:
                return _editable(mine[branches.index(wanted)])
        return _editable(mine[0])


def layout_of(source: Source) -> Layout:
    """Return the layout of a file, kept while it is open: every save asks for it."""
    if source not in _kept:
        _kept[source] = Layout(source.base)
    return _kept[source]


def _editable(holder: Holder) -> Holder:
    if holder.reason is not None:
        raise CannotWrite(holder.reason)
    return holder


def path_to(row: Row, holder: Holder, place: int) -> tuple[str, ...]:
    """Return the path from a row to the object that lists the labels of a place.

    Raises:
        CannotWrite: the row has no such place.
    """
    if holder.space is not None:
        space = (row.spaces or {}).get(holder.space)
        labels = space.labels if space else None
        path = ("spaces", holder.space, "labels")
        is_flat = labels is not None and any(isinstance(one, list) for one in labels.values())
        return path if is_flat else (*path, _key_of(labels, max(place, 0)))
    key, unit = _unit_of(row, holder, place)
    path = ("data_units", key, "labels")
    if not (holder.has_items or holder.is_single):
        return (*path, _key_of(unit.labels, place))
    is_framed = any(frame_of_key(name) == 0 for name in unit.labels or ())
    return (*path, _key_of(unit.labels, 0)) if is_framed else path


def _unit_of(row: Row, holder: Holder, place: int) -> tuple[str, Unit]:
    units = [(key, unit) for key, unit in (row.data_units or {}).items() if unit is not None]
    units.sort(key=lambda pair: sequence_of(pair[1], 0))
    for at, (key, unit) in enumerate(units):
        if not holder.has_items or sequence_of(unit, at) == place:
            return key, unit
    raise CannotWrite("its row has no such picture")


def _key_of(labels: Labels | None, place: int) -> str:
    """Return how the row spells the number of a frame."""
    if place == NOWHERE:
        raise CannotWrite("it stands on no frame, which its row needs")
    return next((key for key in labels or () if frame_of_key(key) == place), str(place))
