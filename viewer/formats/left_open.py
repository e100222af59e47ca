"""Which entries of an export what its format leaves open is a question of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.model.project import Entry, Reading
from viewer.model.table import DERIVED, KEY, KINDS, Columns

Rows = NDArray[np.bool_]  # of placements
_FLAT = ("point", "box", "rotated-box", "ellipse", "polygon", "polyline", "skeleton")
_OUTLINES = np.isin(KINDS, _FLAT)  # by code of kind


def outlines(columns: Columns) -> Rows:
    """Return which placements are flat shapes with numbers, which masks are not."""
    return _OUTLINES[columns.kinds]


def of_kind(columns: Columns, kind: str) -> Rows:
    """Return which placements are of a kind."""
    return columns.kinds == KINDS.index(kind)


def between_keys(columns: Columns) -> Rows:
    """Return which placements are not stored, and worked out between two key frames."""
    found = (columns.roles == DERIVED) & outlines(columns)
    rows, keys = np.flatnonzero(found), np.flatnonzero(columns.roles == KEY)
    after = np.searchsorted(keys, rows)
    has_after = after < len(keys)
    rows, after = rows[has_after], keys[after[has_after]]
    same = (columns.owners[rows] == columns.owners[after]) & (
        columns.runs[rows] == columns.runs[after]
    )
    found[:] = False
    found[rows[same]] = True
    return found


def entries_of_rows(columns: Columns, rows: Rows) -> frozenset[str]:
    """Return the ids of the entries that placements are on."""
    is_met = np.zeros(2 + int(columns.entries.max(initial=-1)), dtype=np.bool_)
    is_met[columns.entries[rows]] = True  # the last one stands for -1
    codes: list[int] = np.flatnonzero(is_met[:-1]).tolist()
    return frozenset(columns.keys[code] for code in codes)


def with_left_open(
    entries: Sequence[Entry], asked: Mapping[Reading, Collection[str]]
) -> tuple[Entry, ...]:
    """Return the entries, each with the readings that it leaves open.

    Args:
        asked: ids of the entries that each reading is a question of.
    """
    found: list[Entry] = []
    for entry in entries:
        readings = tuple(reading for reading, ids in asked.items() if entry.id in ids)
        named = msgspec.structs.replace(entry, left_open=readings) if readings else entry
        found.append(named)
    return tuple(found)
