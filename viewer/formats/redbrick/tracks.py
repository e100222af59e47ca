"""Label records of one track as one annotation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.formats.redbrick.gather import Rows
from viewer.formats.redbrick.label_columns import LabelColumns
from viewer.formats.table_bytes import Codes
from viewer.model.table import Ints

_MORE_THAN_FRAMES = 2**31


@dataclass(frozen=True, eq=False)
class Grouped:
    """Which records make one annotation.

    Args:
        firsts: row of the first record of each annotation, rising.
        order: rows as placements: by annotation, then by frame.
        owners: annotation of each placement.
        runs: stretch of each placement within its annotation; one ends with `endTrack`.
        repeated: rows that say of a frame what another record of their track says already.
    """

    firsts: Ints
    order: Ints
    owners: Ints
    runs: NDArray[np.int32]
    repeated: tuple[int, ...]


def grouped(rows: Rows, labels: LabelColumns, classes: NDArray[np.int32], frames: Ints) -> Grouped:
    """Return the annotations of records: those of one track in one list and class are one.

    Args:
        frames: place of each record along its track, -1 for none.
    """
    leaders = np.arange(len(frames))
    tracked = np.array(
        [row for row in np.flatnonzero(frames >= 0).tolist() if labels.tracks[row]], dtype=np.int64
    )
    numbers: list[int] = tracked.tolist()
    of_track = [labels.tracks[row] for row in numbers]
    each = (found[tracked].tolist() for found in (rows.owners, rows.codes, classes))
    group = Codes[tuple[object, ...]]().of(zip(of_track, *each, strict=True)).astype(np.int64)
    _, first = np.unique(group, return_index=True)
    _, apart = np.unique(group * _MORE_THAN_FRAMES + frames[tracked], return_index=True)
    leaders[tracked[apart]] = tracked[first][group[apart]]
    repeated = np.delete(tracked, apart)
    firsts, owners = np.unique(leaders, return_inverse=True)
    order = np.lexsort((frames, owners))
    owners = owners[order].astype(np.int64)
    ends = np.array(labels.is_end, dtype=np.bool_)[order]
    return Grouped(firsts, order, owners, _runs(ends, owners), tuple(repeated.tolist()))


def _runs(ends: NDArray[np.bool_], owners: Ints) -> NDArray[np.int32]:
    """Number the stretches of each annotation from 0."""
    before = np.cumsum(ends) - ends
    is_first = np.diff(owners, prepend=-1) != 0
    base = np.maximum.accumulate(np.where(is_first, before, 0)) if len(before) else before
    return (before - base).astype(np.int32)
