"""Label records of one track as one annotation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.formats.redbrick.gather import Rows
from viewer.formats.redbrick.records import Label
from viewer.model.table import Ints


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


def grouped(
    rows: Rows, labels: Sequence[Label], classes: NDArray[np.int32], frames: Ints
) -> Grouped:
    """Return the annotations of records: those of one track in one list and class are one."""
    leaders = list(range(len(labels)))
    known: dict[tuple[int, int, str, int], int] = {}
    seen: set[tuple[int, int]] = set()
    repeated: list[int] = []
    of_class: list[int] = classes.tolist()
    of_frame: list[int] = frames.tolist()
    for row in np.flatnonzero(frames >= 0).tolist():
        video = labels[row].video
        track = video.track_id if video else None
        if not track:
            continue
        key = (rows.owners[row], rows.codes[row], track, of_class[row])
        leader = known.setdefault(key, row)
        if (leader, of_frame[row]) in seen:
            repeated.append(row)
        else:
            leaders[row] = leader
            seen.add((leader, of_frame[row]))
    firsts, owners = np.unique(np.array(leaders, dtype=np.int64), return_inverse=True)
    order = np.lexsort((frames, owners))
    owners = owners[order].astype(np.int64)
    return Grouped(firsts, order, owners, _runs(labels, order, owners), tuple(repeated))


def _runs(labels: Sequence[Label], order: Ints, owners: Ints) -> NDArray[np.int32]:
    """Number the stretches of each annotation from 0."""
    ends = np.array([_is_end(label) for label in labels], dtype=np.bool_)[order]
    before = np.cumsum(ends) - ends
    is_first = np.diff(owners, prepend=-1) != 0
    base = np.maximum.accumulate(np.where(is_first, before, 0)) if len(before) else before
    return (before - base).astype(np.int32)


def _is_end(label: Label) -> bool:
    video = label.video
    return video is None or video.end_track is None or bool(video.end_track)
