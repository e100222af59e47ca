"""Lines of the label list: heads of groups, and under the unfolded ones their rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np

from viewer.review.label_groups import Groups
from viewer.review.label_table import Cells


@dataclass(frozen=True, eq=False)
class Lines:
    """Which line shows what; nothing is kept for each row.

    Args:
        groups: in their order.
        is_open: of each group.
    """

    groups: Groups
    is_open: tuple[bool, ...]

    @cached_property
    def heads(self) -> list[int]:
        """The first line of each group, and behind them the number of all lines."""
        sizes = (
            (not group.is_bare) + (group.count if is_open else 0)
            for group, is_open in zip(self.groups.groups, self.is_open, strict=True)
        )
        return [0, *accumulate(sizes)]

    @property
    def count(self) -> int:
        """Number of lines."""
        return self.heads[-1]

    def group_at(self, line: int) -> int:
        """Return the number of the group that a line belongs to."""
        return bisect_right(self.heads, line) - 1

    def row_at(self, line: int) -> int | None:
        """Return the row that a line shows; None for the head of a group."""
        number = self.group_at(line)
        group = self.groups.groups[number]
        at = line - self.heads[number] - (not group.is_bare)
        return None if at < 0 else int(self.groups.order[group.start + at])

    def first_row_line(self, number: int) -> int:
        """Return the line of the first row of a group, were it unfolded."""
        return self.heads[number] + (not self.groups.groups[number].is_bare)

    def line_of(self, row: int) -> int | None:
        """Return the line that shows a row; None where it is folded away or left out."""
        found = self.groups.find(row)
        if found is None or not self.is_open[found[0]]:
            return None
        return self.first_row_line(found[0]) + found[1]

    def rows_in(self, first: int, last: int) -> Cells:
        """Return the rows that lines `first` to `last` show, heads left out."""
        parts = [np.empty(0, dtype=np.int64), *self._parts(first, last)]
        return np.concatenate(parts)

    def _parts(self, first: int, last: int) -> Iterator[Cells]:
        for number in range(self.group_at(first), self.group_at(last) + 1):
            group, begin = self.groups.groups[number], self.first_row_line(number)
            low, high = max(first - begin, 0), min(last - begin + 1, group.count)
            if self.is_open[number] and low < high:
                yield self.groups.order[group.start + low : group.start + high]

    def spans_of(self, rows: Cells) -> list[tuple[int, int]]:
        """Return the runs of lines that show some rows, first and last of each, from the top."""
        places = np.sort(self.groups.places[rows])
        places = places[places >= 0]
        if not len(places):
            return []
        starts = [group.start for group in self.groups.groups]
        numbers = np.searchsorted(starts, places, side="right") - 1
        shown = np.array(self.is_open)[numbers]
        firsts = np.array([self.first_row_line(at) - start for at, start in enumerate(starts)])
        lines = (places + firsts[numbers])[shown]
        if not len(lines):
            return []
        cuts = np.flatnonzero(np.diff(lines) != 1) + 1
        begins, ends = lines[np.r_[0, cuts]].tolist(), lines[np.r_[cuts, len(lines)] - 1].tolist()
        return list(zip(begins, ends, strict=True))
