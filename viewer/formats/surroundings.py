"""The rows of a file of many rows, such as data rows or tasks: what stands around a record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import msgspec
import numpy as np

from viewer.formats.json_tools import BadJson, Bytes, Span, Walker, first_byte
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.spans import address
from viewer.model.placement import Origin
from viewer.model.project import Export
from viewer.model.source import Source
from viewer.model.table import Base

_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_LINE = msgspec.json.Decoder(msgspec.Raw)


@dataclass(frozen=True)
class Rows:
    """Finds rows for people; its two calls are those of a Format.

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
        for number, span in enumerate(_rows(export.sources[0]), 1):
            yield f"{self.title} {number:,}", Origin(export.sources[0].id, *span)


def _row_at(source: Source, at: int) -> Span | None:
    rows = _rows(source)
    starts = np.fromiter((span.start for span in rows), np.int64, len(rows))
    number = int(np.searchsorted(starts, at, side="right")) - 1
    return rows[number] if number >= 0 and at < rows[number].end else None


@lru_cache(maxsize=4)
def _rows(source: Source) -> tuple[Span, ...]:
    return tuple(row_spans(source.base))


def row_spans(data: Bytes) -> list[Span]:
    """Return the rows of a file: elements of its list, or documents one behind the other.

    Of a damaged file those that are whole.
    """
    first = first_byte(data)
    view = memoryview(data)[first:]
    at = Walker(view).start()
    try:
        is_list = bytes(view[at : at + 1]) == b"["
        raws = _LIST.decode(view) if is_list else _LINE.decode_lines(view)
    except FAST_REFUSES:
        return _forgiven(data, first)
    origin = address(view) - first
    starts = [address(raw) - origin for raw in raws]
    ends = [start + len(memoryview(raw)) for start, raw in zip(starts, raws, strict=True)]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True)]


def _forgiven(data: Bytes, first: int) -> list[Span]:
    walker = Walker(data, first)
    found: list[Span] = []
    try:
        if walker.start() < len(data) and walker.is_array():
            found += (walker.skip() for _ in walker.elements())
        while walker.start() < len(data):
            found.append(walker.skip())
    except BadJson:
        return found  # the reader has told where it breaks off
    return found
