"""What is counted of the places of each label, so that tracks can be listed and sorted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from viewer.model.project import Project
from viewer.model.table import FLAT_KINDS, KEY, Columns
from viewer.review.kept import Kept
from viewer.review.label_rows import rows_of
from viewer.review.label_table import Cell, LabelRows, Laid, Table
from viewer.review.matching import Matches
from viewer.review.sorted_rows import SortedRows
from viewer.review.task_table import is_problem
from viewer.review.tracks import frames_of_track

Numbers = NDArray[np.int64]
BY_NAME = -2  # places of files that are told apart by their ids alone


class Count(IntEnum):
    """What is counted.

    PLACES are frames or slices, each once; BETWEEN those worked out between key frames; GAPS the
    stretches without it from its first to its last; PROBLEMS the frames that are placed nowhere,
    and what reading found odd about it.
    """

    PLACES = 0
    KEYS = 1
    BETWEEN = 2
    GAPS = 3
    PROBLEMS = 4


@dataclass(frozen=True, eq=False)
class TrackColumns:
    """Counts of each row of the table of labels.

    Args:
        counts: (5, rows), see Count; of what is no track all are 0.
    """

    counts: Table

    @property
    def are_tracks(self) -> NDArray[np.bool_]:
        """(rows,) those on several frames or slices; a solid is one thing on none of its own."""
        return self.counts[Count.PLACES] > 0

    def of(self, row: int, count: Count) -> int:
        """Return one count of a row."""
        return int(self.counts[count, row])


_opened: Kept[object, TrackColumns] = Kept(1)
_edited: Kept[object, TrackColumns] = Kept(1)


def track_columns(project: Project, matches: Matches) -> TrackColumns:
    """Return the counts of all labels as matched. Kept; a job asks first where there are many."""
    rows = rows_of(project, matches)
    opened = rows if rows.laid is None else rows.laid.opened
    key = tuple(ref(one) for one in (opened, *matches.rows.values()))  # keeps no media open
    base = _opened.get(key, lambda: _counted(project, matches, opened.exports))
    if rows.laid is None:
        return base
    laid = rows.laid
    return _edited.get(ref(rows), lambda: _with_edits(base, rows, laid, matches))


def _counted(project: Project, matches: Matches, exports: tuple[str, ...]) -> TrackColumns:
    blocks = [np.zeros((len(Count), 0), dtype=np.int32)]
    for export in exports:
        if export in project.annotations.bases:
            blocks.append(_block(matches.rows[export]))
            _add_issues(blocks[-1], project, export)
    return TrackColumns(np.concatenate(blocks, axis=1))


def _block(rows: SortedRows) -> Table:
    """(5, annotations) counts of one export."""
    columns = rows.columns
    block = np.zeros((len(Count), columns.count), dtype=np.int32)
    many = np.bincount(columns.owners, minlength=columns.count) > 1
    at = np.flatnonzero(many[columns.owners] & (columns.kinds < len(FLAT_KINDS)))
    owners, (highs, lows) = columns.owners[at], _places(columns, rows, at)
    order = np.lexsort((lows, highs, owners))
    is_other = np.diff(owners[order], prepend=-1) != 0
    steps = np.diff(lows[order], prepend=0)
    is_new = is_other | (np.diff(highs[order], prepend=-3) != 0)
    is_gap = ~is_new & (steps > 1) & (highs[order] != BY_NAME)
    _tally(block, Count.PLACES, owners[order[is_new | (steps > 0)]])
    block[Count.PLACES, block[Count.PLACES] == 1] = 0  # all of it stands on one
    is_key = columns.roles[at] == KEY
    is_track = block[Count.PLACES, owners] > 0
    _tally(block, Count.GAPS, owners[order[is_gap]])
    _tally(block, Count.KEYS, owners[is_key & is_track])
    _tally(block, Count.BETWEEN, owners[~is_key & is_track])
    _tally(block, Count.PROBLEMS, owners[(rows.outcomes.reasons[at] > 0) & is_track])
    return block


def _places(columns: Columns, rows: SortedRows, at: Numbers) -> tuple[Numbers, Numbers]:
    """Return where rows stand: media and axis as one number, and the slice or frame there.

    What is placed nowhere stands on the frame or file that its export names.
    """
    media, axes, slices = (
        column[at].astype(np.int64)
        for column in (rows.outcomes.media, rows.outcomes.axes, rows.outcomes.slices)
    )
    frames, items = columns.frames[at], columns.items[at]
    is_placed = (media >= 0) & (slices >= 0)
    is_counted = (frames >= 0) | (items >= 0)
    highs = np.where(is_placed, (media << 2) + axes, np.where(is_counted, -1, BY_NAME))
    named = np.where(is_counted, np.where(frames >= 0, frames, items), columns.instances[at])
    return highs, np.where(is_placed, slices, named)


def _tally(block: Table, count: Count, owners: Numbers) -> None:
    block[count] += np.bincount(owners, minlength=block.shape[1]).astype(np.int32)


def _add_issues(block: Table, project: Project, export: str) -> None:
    ids = project.annotations.bases[export].columns.native_ids
    for where in [issue.where for issue in project.exports[export].issues if is_problem(issue)]:
        ordinal = ids.row_of(where)
        if ordinal is not None and block[Count.PLACES, ordinal]:
            block[Count.PROBLEMS, ordinal] += 1


def _with_edits(base: TrackColumns, rows: LabelRows, laid: Laid, matches: Matches) -> TrackColumns:
    counts = np.zeros((len(Count), laid.count), dtype=np.int32)
    counts[:, : len(laid.kept)] = base.counts[:, laid.kept]
    for row in laid.lines:
        media = rows.cell(row, Cell.MEDIA)
        if media >= 0:  # elsewhere no frame can be changed
            frames = frames_of_track(matches, rows.id_at(row), media)
            keys, steps = len(frames.keys), np.diff(np.unique(frames.slices))
            between = len(frames.slices) - keys
            problems = counts[Count.PROBLEMS, row]
            found = (len(steps) + 1, keys, between, np.count_nonzero(steps > 1), problems)
            counts[:, row] = found if len(steps) else 0
    return TrackColumns(counts)
