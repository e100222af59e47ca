"""Where the labels of an export v2 stand in its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec
import numpy as np

from viewer.formats.containers import Container, container_at
from viewer.formats.filling import filled
from viewer.formats.json_tools import BadJson, Bytes, Span, Walker, first_byte
from viewer.formats.labelbox.records import DataRow, DataRowKey, LabelDetails
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.spans import address


class _Part(msgspec.Struct):
    labels: list[msgspec.Raw] = []


class _Run(msgspec.Struct):
    labels: list[msgspec.Raw] = []
    predictions: list[msgspec.Raw] = []


class _Experiment(msgspec.Struct):
    runs: dict[str, _Run] = {}


class RowPlace(msgspec.Struct):
    """A row of any kind, its labels as raw values of the file."""

    data_row: DataRow | None = None
    for_import: DataRowKey | None = msgspec.field(default=None, name="dataRow")
    v1_id: str | None = msgspec.field(default=None, name="DataRow ID")
    v1_global_key: str | None = msgspec.field(default=None, name="Global Key")
    v1_label: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="Label")
    v1_author: str | None = msgspec.field(default=None, name="Created By")
    projects: dict[str, _Part] = {}
    experiments: dict[str, _Experiment] = {}
    exports: list[RowPlace] = []


class _Label(msgspec.Struct):
    label_kind: str | None = None
    label_details: LabelDetails | None = None


_ROWS = msgspec.json.Decoder(RowPlace)
_LIST = msgspec.json.Decoder(list[RowPlace])


@dataclass(frozen=True, eq=False)
class LabelPlace:
    """One label in its file.

    Args:
        entry: id of its data row.
        is_predicted: by a model run.
    """

    span: Span
    entry: str
    author: str | None
    is_predicted: bool = False


def label_places(base: Bytes) -> list[LabelPlace]:
    """Return the labels of a file, in its order; of a damaged one those that are whole."""
    origin = address(memoryview(base))
    found: list[LabelPlace] = []
    for entry, row in rows_of(base):
        for raw, is_predicted in _labels(row):
            start = address(raw) - origin
            head, _ = _head(raw)
            author = head.label_details.created_by if head.label_details else None
            span = Span(start, start + len(memoryview(raw)))
            found.append(LabelPlace(span, entry, author, is_predicted))
    return sorted(found, key=lambda place: place.span)


def data_rows(base: Bytes) -> dict[str, DataRow]:
    """Return what names each data row, by the id of its entry."""
    found: dict[str, DataRow] = {}
    for entry, row in rows_of(base):
        found.setdefault(entry, _data_row(row))
    return found


def rows_of(base: Bytes) -> Iterator[tuple[str, RowPlace]]:
    """Yield (id of its entry, row) of every row of a file."""
    for number, row in enumerate(_rows(base), 1):
        data_row = _data_row(row)
        yield data_row.id or data_row.global_key or f"row {number}", row


def _data_row(row: RowPlace) -> DataRow:
    if row.for_import is not None:
        return DataRow(row.for_import.id, row.for_import.global_key)
    return row.data_row or DataRow(row.v1_id, row.v1_global_key)


def _rows(base: Bytes) -> Iterator[RowPlace]:
    view = memoryview(base)[first_byte(base) :]
    at = Walker(view).start()
    is_list = bytes(view[at : at + 1]) == b"["
    try:
        rows: Sequence[RowPlace] = _LIST.decode(view) if is_list else _ROWS.decode_lines(view)
    except FAST_REFUSES:
        rows, _ = filled(base, RowPlace)
    for row in rows:
        yield from row.exports
        is_v2 = row.data_row is not None or row.projects or row.experiments
        is_v1 = row.v1_id is not None or row.v1_label is not msgspec.UNSET
        if is_v2 or is_v1 or row.for_import is not None:
            yield row


def _labels(row: RowPlace) -> Iterator[tuple[msgspec.Raw, bool]]:
    for part in row.projects.values():
        yield from ((raw, False) for raw in part.labels)
    for experiment in row.experiments.values():
        for run in experiment.runs.values():
            yield from ((raw, True) for raw in (*run.labels, *run.predictions))


def _head(raw: msgspec.Raw) -> tuple[_Label, bool]:
    try:
        return msgspec.json.decode(raw, type=_Label), True
    except FAST_REFUSES:
        found, _ = filled(bytes(raw), _Label)
        return (found[0] if found else _Label()), False


class _Placed(Protocol):
    @property
    def span(self) -> Span: ...


_P = TypeVar("_P", bound=_Placed)


def place_of(places: Sequence[_P], at: int) -> _P | None:
    """Return the label that byte `at` stands in."""
    number = int(np.searchsorted([place.span.start for place in places], at, side="right")) - 1
    return places[number] if number >= 0 and at < places[number].span.end else None


def inside(base: Bytes, span: Span, *path: str) -> Container | None:
    """Return the list or object down a path of keys; None where it is missing or is neither."""
    try:
        found = container_at(base, span)
        for key in path:
            number = found.find(key) if found.keys is not None else None
            if number is None:
                return None
            found = container_at(base, found.value(number))
    except BadJson:
        return None
    return found
