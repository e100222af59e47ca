"""The rows of a file of many rows, such as data rows or tasks: what stands around a record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias
from weakref import WeakKeyDictionary

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.formats.json_tools import BadJson, Bytes, Span, Walker, first_byte
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.spans import address
from viewer.model.placement import Origin
from viewer.model.project import Export
from viewer.model.source import Source
from viewer.model.table import Base

AT_ONCE_BYTES = 8 * 2**20  # of a file that is read in one go, which holds the interpreter
Check: TypeAlias = Callable[[], None]
Spans: TypeAlias = NDArray[np.int64]  # (rows, 2): start and end
_kept: WeakKeyDictionary[Source, Spans] = WeakKeyDictionary()
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_LINE = msgspec.json.Decoder(msgspec.Raw)


def _go_on() -> None:
    """Nobody stops this."""


@dataclass(frozen=True)
class Rows:
    """Finds rows for people; its calls are those of a Format.

    Args:
        title: what a row is, such as "Task".
    """

    title: str

    def around(self, export: Export, base: Base, ordinal: int) -> Iterator[tuple[str, Origin]]:
        """Yield the row that the record with this ordinal stands in, with all that it holds."""
        columns = base.columns
        source, at = int(columns.sources[ordinal]), int(columns.starts[ordinal])
        found = _row_at(export.sources[source], at)
        if found is not None:
            yield self.title, Origin(source, *found)

    def every(self, export: Export, _base: Base) -> Iterator[tuple[str, Origin]]:
        """Yield all rows of the main file."""
        for number, (start, end) in enumerate(_rows(export.sources[0]).tolist(), 1):
            yield f"{self.title} {number:,}", Origin(export.sources[0].id, start, end)

    def ahead(self, export: Export, _base: Base, check: Check) -> None:
        """Find the rows of the main file in a job, so that nobody has to wait for them."""
        _rows(export.sources[0], check)


def _row_at(source: Source, at: int) -> Span | None:
    rows = _rows(source)
    number = int(np.searchsorted(rows[:, 0], at, side="right")) - 1
    if number < 0 or at >= rows[number, 1]:
        return None
    return Span(int(rows[number, 0]), int(rows[number, 1]))


def _rows(source: Source, check: Check = _go_on) -> Spans:
    if source not in _kept:
        spans = list(row_spans(source.base, check))
        _kept[source] = np.array(spans, dtype=np.int64).reshape(-1, 2)
    return _kept[source]


def row_spans(data: Bytes, check: Check = _go_on) -> Iterator[Span]:
    """Yield the rows of a file: elements of its list, or documents one behind the other.

    Of a damaged file those that are whole.

    Args:
        data: the file.
        check: asked before each row of a large file; may raise to stop.
    """
    first = first_byte(data)
    view = memoryview(data)[first:]
    if len(view) > AT_ONCE_BYTES:
        yield from _walked(data, first, check)
        return
    at = Walker(view).start()
    try:
        is_list = bytes(view[at : at + 1]) == b"["
        raws = _LIST.decode(view) if is_list else _LINE.decode_lines(view)
    except FAST_REFUSES:
        yield from _walked(data, first, check)
        return
    origin = address(view) - first
    for raw in raws:
        start = address(raw) - origin
        yield Span(start, start + len(memoryview(raw)))


def _walked(data: Bytes, first: int, check: Check) -> Iterator[Span]:
    walker = Walker(data, first)
    try:
        if walker.start() < len(data) and walker.is_array():
            for _ in walker.elements():
                check()
                yield walker.skip()
        while walker.start() < len(data):
            check()
            yield walker.skip()
    except BadJson:
        return  # the reader has told where it breaks off
