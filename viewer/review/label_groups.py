"""Filter, groups and order of the label list, over whole columns at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from viewer.model.project import Project
from viewer.review.label_table import Cell, Cells, LabelRows, Laid, Table
from viewer.review.matching import REASONS

Flags = NDArray[np.bool_]
SortKey = Literal["file", "label", "slice"]


@dataclass(frozen=True)
class Group:
    """A class, or one reason of what is not placed.

    Args:
        code: class code; for a reason -1 - its code, which is below -1.
        start, end: its rows in `Groups.order`.
    """

    code: int
    start: int
    end: int

    @property
    def count(self) -> int:
        """Number of its rows."""
        return self.end - self.start

    @property
    def reason(self) -> str:
        """Why its rows are not placed; "" for a class."""
        return REASONS[-1 - self.code] if self.code < -1 else ""


@dataclass(frozen=True, eq=False)
class Groups:
    """Rows in the order of the list.

    Args:
        groups: classes first, reasons behind.
        order: row numbers, group by group.
        places: (rows,) place of each row in `order`, -1 where the filter left it out.
    """

    groups: tuple[Group, ...]
    order: Cells
    places: Cells

    @cached_property
    def listed(self) -> bytes:
        """(rows,) 1 for each row that the filter leaves in."""
        return (self.places >= 0).tobytes()

    def find(self, row: int) -> tuple[int, int] | None:
        """Return (group number, place in the group) of a row, None when it is left out."""
        place = int(self.places[row])
        if place < 0:
            return None
        starts = [group.start for group in self.groups]
        number = int(np.searchsorted(starts, place, side="right")) - 1
        return number, place - starts[number]


def grouped(rows: LabelRows, keep: Flags, by: SortKey = "file", descending: bool = False) -> Groups:
    """Return the kept rows in groups.

    Args:
        rows: all rows.
        keep: (rows,) those that fit the filter.
        by: "file" keeps the classes in the export's order and sorts each by slice; "label" sorts
            the classes by title; "slice" keeps them and sorts by slice, then author.
        descending: turns the chosen order round; not-placed rows stay behind.
    """
    order = sorted_rows(rows, by, descending)
    order = order if keep.all() else order[keep[order]]
    codes = _codes(rows)[order]
    places = np.full(rows.count, -1, dtype=np.int64)
    places[order] = np.arange(len(order))
    cuts = np.flatnonzero(np.diff(codes)) + 1
    starts = [0, *cuts.tolist()] if len(order) else []
    ends = [*cuts.tolist(), len(order)]
    groups = (Group(int(codes[a]), a, b) for a, b in zip(starts, ends, strict=False))
    return Groups(tuple(groups), order, places)


def placed_rows_from(rows: LabelRows, order: Cells, row: int | None, step: int) -> Iterator[int]:
    """Yield the placed rows in an order, from the one behind a row (or before it), going round.

    Args:
        order: row numbers as listed, or some of them.
        row: where to begin, last again itself; None or one left out begins at the list's end.
        step: 1 goes down the list, -1 up.
    """
    count = len(order)
    at = np.flatnonzero(order == row) if row is not None else np.empty(0, dtype=np.int64)
    place = int(at[0]) if len(at) else -1 if step > 0 else count
    for away in range(1, count + 1):
        found = int(order[(place + step * away) % count])
        if rows.cell(found, Cell.MEDIA) >= 0 and not rows.cell(found, Cell.REASON):
            yield found


@lru_cache(maxsize=4)
def sorted_rows(rows: LabelRows, by: SortKey, descending: bool) -> Cells:
    """Return all rows in the order of the list, which a filter only thins out."""
    if rows.laid is None:
        return np.argsort(_sort_keys(rows, by, descending), kind="stable")
    return _laid_order(rows, rows.laid, by, descending)


def _laid_order(rows: LabelRows, laid: Laid, by: SortKey, descending: bool) -> Cells:
    """Return the order of rows that were edited: that of the opened ones, and changes put in."""
    numbers = np.full(laid.opened.count, -1, dtype=np.int64)
    numbers[laid.kept] = np.arange(len(laid.kept))
    numbers[laid.kept[laid.changed[laid.changed < len(laid.kept)]]] = -1
    order = numbers[sorted_rows(laid.opened, by, descending)]
    order = order[order >= 0]
    if not len(laid.changed):
        return order
    keys = _sort_keys(rows, by, descending)
    changed = laid.changed[np.argsort(keys[laid.changed], kind="stable")]
    known, wanted = keys[order], keys[changed]
    firsts, ends = (np.searchsorted(known, wanted, side=side) for side in ("left", "right"))
    for at in np.flatnonzero(firsts < ends).tolist():  # alike: in the order of the rows
        firsts[at] += np.searchsorted(order[firsts[at] : ends[at]], changed[at])
    return np.insert(order, firsts, changed)


def _sort_keys(rows: LabelRows, by: SortKey, descending: bool) -> Cells:
    """(rows,) what the list is sorted by, as one number."""
    reasons, classes = rows.column(Cell.REASON), rows.column(Cell.CLASS)
    rank = _ranks(rows, by, descending)[classes]
    rank = np.where(reasons > 0, len(rows.classes) + 1 + reasons, rank)
    slices = rows.column(Cell.FIRST) * (-1 if by == "slice" and descending else 1)
    key = np.zeros(rows.count, dtype=np.int64)
    for column in (
        rank,
        rows.column(Cell.MEDIA),
        rows.column(Cell.PLANE),
        slices,
        rows.column(Cell.AUTHOR),
    ):
        low, high = int(column.min(initial=0)), int(column.max(initial=0))
        key *= high - low + 1
        key += column
        key -= low
    return key


def _codes(rows: LabelRows) -> Table:
    """Return the code of each row's group."""
    reasons = rows.column(Cell.REASON)
    return np.where(reasons > 0, -1 - reasons, rows.column(Cell.CLASS))


def _ranks(rows: LabelRows, by: SortKey, descending: bool) -> Cells:
    """Return the place of each class, and behind them that of no class (code -1)."""
    count = len(rows.classes)
    ranks = np.arange(count + 1, dtype=np.int64)
    if by == "label":
        titles = [entry.title.casefold() for entry in rows.classes]
        order = sorted(range(count), key=lambda code: titles[code], reverse=descending)
        ranks[order] = np.arange(count)
    return ranks


def fitting(
    rows: LabelRows, project: Project, text: str, authors: frozenset[str] = frozenset()
) -> Flags:
    """Return the rows that hold every word of `text` in class, author or id, ignoring case.

    Words of digits also find the slice with that number, counted from 1.

    Args:
        rows: all rows.
        project: that they are of.
        text: words, "" for none.
        authors: whose rows alone are kept; none keeps everybody's.
    """
    keep = np.ones(rows.count, dtype=np.bool_)
    if authors:
        keep = np.array([name in authors for name in rows.authors])[rows.column(Cell.AUTHOR)]
    for word in text.casefold().split():
        keep &= _holding(rows, project, word)
    return keep


def _holding(rows: LabelRows, project: Project, word: str) -> Flags:
    classes = [
        word in f"{entry.title} {entry.label.group} {entry.source}".casefold()
        for entry in rows.classes
    ]
    authors = [word in author.casefold() for author in rows.authors]
    found = np.array([*classes, False])[rows.column(Cell.CLASS)]
    found |= np.array(authors)[rows.column(Cell.AUTHOR)]
    if word.isdigit():
        number = int(word[:9]) - 1
        found |= (rows.column(Cell.FIRST) <= number) & (rows.column(Cell.LAST) >= number)
    for code, export in enumerate(rows.exports):
        base = project.annotations.bases.get(export)
        if base is not None:
            hits = np.zeros(base.columns.count + 1, dtype=np.bool_)
            hits[base.columns.native_ids.find(word)] = True
            mine = (rows.column(Cell.EXPORT) == code) & (rows.column(Cell.NEW) == 0)
            found |= mine & hits[np.where(mine, rows.column(Cell.ORDINAL), -1)]
    return found
