"""The placements of an edited track as rows: what was not edited comes from the file's columns."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from viewer.model.annotation import Annotation
from viewer.model.project import Export
from viewer.model.strings import StringColumn
from viewer.model.table import DERIVED, Columns
from viewer.model.track import Track
from viewer.review.lookup import Lookup, utf8
from viewer.review.rows import NONE, UNKNOWN, Rows, exams_of, rows_of_annotation

_Codes = NDArray[np.int32]


def rows_of_track(
    annotation: Annotation, columns: Columns, export: Export | None, lookup: Lookup
) -> Rows | None:
    """Return what `rows_of_annotation` does; only placements that were edited are decoded.

    Args:
        columns: of the export that the annotation is of.

    Returns:
        None for what is no track of the file.
    """
    track, id = annotation.placements, annotation.id
    if not isinstance(track, Track) or id.new or not track.opened:
        return None
    first = int(np.searchsorted(columns.owners, id.ordinal))
    at = first + np.minimum(track.slots, track.opened - 1)
    is_changed = np.isin(track.slots, np.fromiter(track.changed.keys(), np.int64))
    changed = np.flatnonzero(is_changed)
    few = tuple(track.changed[slot] for slot in track.slots[changed].tolist())
    edited = rows_of_annotation(structs.replace(annotation, placements=few), export, lookup)
    rows = _as_opened(at, columns, export, lookup)
    rows = replace(rows, classed=np.full(len(at), edited.classed[:1].all()), bound=edited.bound)
    for item in fields(Rows):
        value = getattr(rows, item.name)
        if isinstance(value, np.ndarray):
            value[changed] = getattr(edited, item.name)
    nothing = NONE if annotation.locked_reason is None else UNKNOWN
    rows.kinds[:] = _after_keys(rows.kinds, track, columns.roles[at] == DERIVED, is_changed)
    rows.kinds[rows.kinds < 0] = nothing
    return rows


def _as_opened(
    at: NDArray[np.int64], columns: Columns, export: Export | None, lookup: Lookup
) -> Rows:
    """Return these stored placements as rows; the arrays may be changed."""
    names = (columns.studies, columns.series, columns.instances, columns.entries)
    numbers, bound = lookup.entries_of(export.id if export else "")
    by_id = {utf8(id): number for id, number in numbers.items()}
    tables = (lookup.studies, lookup.series, lookup.instances, by_id)
    studies, series, instances, entries = (
        _found(codes[at], columns.keys, table) for codes, table in zip(names, tables, strict=True)
    )
    exams = exams_of(export)
    listed = _found(columns.studies[at], columns.keys, dict.fromkeys(exams, 1)) > 0
    return Rows(
        studies=studies,
        series=series,
        instances=instances,
        named=np.stack([codes[at] >= 0 for codes in names], axis=1),
        entries=entries,
        items=columns.items[at],
        planes=columns.planes[at],
        bound=bound,
        frames=columns.frames[at].astype(np.int64),
        kinds=columns.kinds[at],
        sizes=np.stack([columns.widths[at], columns.heights[at]], axis=1),
        listed=listed if exams else np.ones(len(at), dtype=np.bool_),
        classed=np.ones(len(at), dtype=np.bool_),
    )


def _found(codes: _Codes, keys: StringColumn, table: dict[bytes, int]) -> _Codes:
    """Return `table[keys[code]]` for each code, -1 without; few codes are many rows'."""
    used, inverse = np.unique(codes, return_inverse=True)
    found = [-1 if code < 0 else table.get(utf8(keys[code]), -1) for code in used.tolist()]
    return np.array(found, dtype=np.int32)[inverse]


def _after_keys(
    kinds: NDArray[np.int8],
    track: Track,
    is_derived: NDArray[np.bool_],
    is_changed: NDArray[np.bool_],
) -> NDArray[np.int8]:
    """Return kinds, those that follow key frames as `Track` works them out; -1 for no shape."""
    before, after = track.neighbours()
    has_new_end = ((before >= 0) & is_changed[before]) | ((after >= 0) & is_changed[after])
    follows = ~track.keys & ~is_changed & (is_derived | (has_new_end & (before >= 0)))
    return np.where(follows, np.where(before >= 0, kinds[before], -1), kinds).astype(np.int8)
