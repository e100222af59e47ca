"""What the label list shows: rows, filter, order; worked out at once or in a job."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.model.verdict import Verdicts
from viewer.review.filtering import Filter, fitting, is_ready
from viewer.review.fits import Fitting, fitting_labels
from viewer.review.judged_rows import judged_rows
from viewer.review.label_groups import Beside, GroupKey, Groups, Order, SortKey, grouped
from viewer.review.label_rows import rows_of
from viewer.review.label_table import Cell, Cells, LabelRows
from viewer.review.matching import Matches
from viewer.review.recorded import Check, Progress, go_on, tell_nobody
from viewer.review.track_columns import TrackColumns, track_columns
from viewer.session.display import Hidden
from viewer.ui.labels.cells import COUNTED, Column

AT_ONCE = 50_000  # rows that are listed within a frame
_SORTS: dict[Column, SortKey] = {
    Column.LABEL: "label",
    Column.SLICE: "slice",
    Column.AUTHOR: "author",
}
SORTED_BY = (*_SORTS, *COUNTED, Column.REVIEW, Column.EYE, Column.SOLO, Column.LOCK)


@dataclass(frozen=True)
class ListOrder:
    """How a person wants the list.

    Args:
        column: that it is sorted by, None as the export has it.
        descending: the other way.
        into: what it is grouped by.
        only_tracks: labels on several frames or slices alone.
    """

    column: Column | None = None
    descending: bool = False
    into: GroupKey = "class"
    only_tracks: bool = False

    @property
    def of_rows(self) -> Order:
        """The same for the columns of the table."""
        by = "file" if self.column is None else _SORTS.get(self.column, "beside")
        return Order(by, self.descending, self.into)

    @property
    def follows_display(self) -> bool:
        """It changes with eyes and stars."""
        return self.column in (Column.EYE, Column.SOLO)

    @property
    def follows_verdicts(self) -> bool:
        """It changes with verdicts."""
        return self.column == Column.REVIEW or self.into == "verdict"


@dataclass(frozen=True, eq=False)
class Listed:
    """The list as it was asked for.

    Args:
        rows: all labels.
        groups: those that fit, in order.
        asked: for what.
        fits: which of them the filter leaves in, tracks or not.
        tracks: what is counted of them, where only they are listed.
    """

    rows: LabelRows
    groups: Groups
    asked: Asked
    fits: Fitting
    tracks: TrackColumns | None = None

    @property
    def total(self) -> int:
        """How many there are without the filter."""
        if self.tracks is None:
            return self.rows.count
        return int(np.count_nonzero(self.tracks.are_tracks))


@dataclass(frozen=True, eq=False)
class Asked:
    """A question for the list; complete in itself, so that a job can answer it."""

    project: Project
    matches: Matches
    filter: Filter
    order: ListOrder
    hidden: frozenset[Hidden] = frozenset()
    solo: Hidden | None = None

    @property
    def is_quick(self) -> bool:
        """The answer takes less than a frame."""
        bases = self.project.annotations.bases.values() if self.order.only_tracks else ()
        placements = sum(len(base.columns.owners) for base in bases)
        count = max(placements, len(self.project.annotations))
        return count <= AT_ONCE and is_ready(self.filter, self.project)

    def is_as(self, other: Asked) -> bool:
        """Whether the answer is the same as to another question, but for what rows say."""
        return (
            (self.filter, self.order) == (other.filter, other.order)
            and self.project.annotations is other.project.annotations
            and self.matches.rows is other.matches.rows
            and self.matches.solids is other.matches.solids
            and self._verdicts is other._verdicts
            and (
                not self.order.follows_display
                or (self.hidden, self.solo) == (other.hidden, other.solo)
            )
        )

    @property
    def _verdicts(self) -> Verdicts | None:
        """Those that the answer follows."""
        follows = self.order.follows_verdicts or self.filter.verdicts
        return self.project.verdicts if follows else None

    def answer(self, check: Check = go_on, progress: Progress = tell_nobody) -> Listed:
        """Return the list."""
        with self.matches.tellings.in_effect():
            rows = rows_of(self.project, self.matches)
            rows.keys.prepare()
            keep = fitting(self.filter, rows, self.project, self.matches.lookup, check, progress)
            check()
            only = self.order.only_tracks
            tracks = track_columns(self.project, self.matches) if only else None
            listed = keep if tracks is None else keep & tracks.are_tracks
            check()
            groups = grouped(rows, listed, self.order.of_rows, self._beside(rows, tracks))
        return Listed(rows, groups, self, fitting_labels(rows, keep), tracks)

    def _beside(self, rows: LabelRows, tracks: TrackColumns | None) -> Beside:
        column, verdicts = self.order.column, None
        if self.order.follows_verdicts:
            verdicts = judged_rows(rows, self.project.verdicts)[0]
        match column:
            case Column.REVIEW:
                by = verdicts
            case Column.EYE:
                by = _held(rows, self.hidden)
            case Column.SOLO:
                by = _held(rows, frozenset() if self.solo is None else {self.solo})
            case Column.KEYS | Column.BETWEEN | Column.GAPS | Column.PROBLEMS if tracks is not None:
                by = tracks.counts[COUNTED[column]].astype(np.int64)
            case Column.LOCK:
                by = rows.column(Cell.LOCKED).astype(np.int64)
            case _:
                by = None
        return Beside(by, verdicts)


def _held(rows: LabelRows, subjects: frozenset[Hidden] | set[Hidden]) -> Cells:
    """(rows,) 1 for those that are among some labels and classes."""
    of_class = [(one.export, one.label.id) in subjects for one in rows.classes]
    found = np.array([*of_class, False], dtype=np.int64)[rows.column(Cell.CLASS)]
    for subject in subjects:
        row = rows.row_of(subject) if isinstance(subject, AnnotationId) else None
        if row is not None:
            found[row] = 1
    return found
