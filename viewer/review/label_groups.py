"""Groups and order of the label list, over whole columns at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from viewer.review.kept import Kept
from viewer.review.label_table import Cell, Cells, LabelRows, Laid, Table
from viewer.review.matching import REASONS

Flags = NDArray[np.bool_]
SortKey = Literal["file", "label", "slice", "author", "beside"]
GroupKey = Literal["class", "author", "export", "slice", "state", "task", "verdict", "none"]
MOST_KEY = 1 << 62  # what a number that rows are sorted by stays below


@dataclass(frozen=True)
class Order:
    """How the list is grouped and sorted; what is not placed stands behind, by its reason.

    Args:
        by: "file" keeps classes in the export's order and sorts by slice; "beside" goes by a column
            that is no part of the table, such as verdicts.
        descending: turns the chosen order round.
        into: what groups stand for.
    """

    by: SortKey = "file"
    descending: bool = False
    into: GroupKey = "class"


@dataclass(frozen=True, eq=False)
class Beside:
    """Columns that are no part of the table.

    Args:
        sorted_by: (rows,) of small numbers, for the order "beside".
        verdicts: (rows,) of small numbers, for groups by verdict.
    """

    sorted_by: Cells | None = None
    verdicts: Cells | None = None


NOTHING_BESIDE = Beside()
MOST_ORDERS = 4  # of a table's rows that are kept
_orders: WeakKeyDictionary[LabelRows, Kept[Order, Cells]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Group:
    """What is listed under one head, or one reason of what is not placed.

    Args:
        code: of the class, author, export, task, state, slice or verdict, -1 for none; for a reason
            -1 - its code, which is below -1.
        start, end: its rows in `Groups.order`.
        is_bare: it has no head: nothing is grouped.
    """

    code: int
    start: int
    end: int
    is_bare: bool = False

    @property
    def count(self) -> int:
        """Number of its rows."""
        return self.end - self.start

    @property
    def reason(self) -> str:
        """Why its rows are not placed; "" for others."""
        return REASONS[-1 - self.code] if self.code < -1 else ""


@dataclass(frozen=True, eq=False)
class Groups:
    """Rows in the order of the list.

    Args:
        groups: reasons behind.
        order: row numbers, group by group.
        places: (rows,) place of each row in `order`, -1 where the filter left it out.
        into: what groups stand for.
    """

    groups: tuple[Group, ...]
    order: Cells
    places: Cells
    into: GroupKey = "class"

    def find(self, row: int) -> tuple[int, int] | None:
        """Return (group number, place in the group) of a row, None when it is left out."""
        place = int(self.places[row])
        if place < 0:
            return None
        starts = [group.start for group in self.groups]
        number = int(np.searchsorted(starts, place, side="right")) - 1
        return number, place - starts[number]


def grouped(
    rows: LabelRows, keep: Flags, order: Order | None = None, beside: Beside = NOTHING_BESIDE
) -> Groups:
    """Return the kept rows in groups.

    Args:
        rows: all rows.
        keep: (rows,) those that fit the filter.
        order: the usual one without.
        beside: what `order` goes by and the table does not hold.
    """
    wanted = order or Order()
    listed = _listed(rows, wanted, beside)
    listed = listed if keep.all() else listed[keep[listed]]
    codes = _codes(rows, wanted.into, beside)[listed]
    places = np.full(rows.count, -1, dtype=np.int64)
    places[listed] = np.arange(len(listed))
    cuts = np.flatnonzero(np.diff(codes)) + 1
    starts = [0, *cuts.tolist()] if len(listed) else []
    ends = [*cuts.tolist(), len(listed)]
    named = zip(codes[starts].tolist(), starts, ends, strict=False)
    is_bare = wanted.into == "none"
    groups = (Group(code, a, b, is_bare and code >= -1) for code, a, b in named)
    return Groups(tuple(groups), listed, places, wanted.into)


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


def _listed(rows: LabelRows, order: Order, beside: Beside) -> Cells:
    if order.by == "beside" or order.into == "verdict":  # these change without the table
        return np.argsort(_sort_keys(rows, order, beside), kind="stable")
    return sorted_rows(rows, order)


def sorted_rows(rows: LabelRows, order: Order) -> Cells:
    """Return all rows in an order of the list, which a filter only thins out; kept."""
    kept = _orders.setdefault(rows, Kept(MOST_ORDERS))
    return kept.get(order, lambda: _sorted(rows, order))


def _sorted(rows: LabelRows, order: Order) -> Cells:
    if rows.laid is None:
        return np.argsort(_sort_keys(rows, order, NOTHING_BESIDE), kind="stable")
    return _laid_order(rows, rows.laid, order)


def _laid_order(rows: LabelRows, laid: Laid, order: Order) -> Cells:
    """Return the order of rows that were edited: that of the opened ones, and changes put in."""
    numbers = np.full(laid.opened.count, -1, dtype=np.int64)
    numbers[laid.kept] = np.arange(len(laid.kept))
    numbers[laid.kept[laid.changed[laid.changed < len(laid.kept)]]] = -1
    listed = numbers[sorted_rows(laid.opened, order)]
    listed = listed[listed >= 0]
    if not len(laid.changed):
        return listed
    keys = _sort_keys(rows, order, NOTHING_BESIDE)
    changed = laid.changed[np.argsort(keys[laid.changed], kind="stable")]
    known, wanted = keys[listed], keys[changed]
    firsts, ends = (np.searchsorted(known, wanted, side=side) for side in ("left", "right"))
    for at in np.flatnonzero(firsts < ends).tolist():  # alike: in the order of the rows
        firsts[at] += np.searchsorted(listed[firsts[at] : ends[at]], changed[at])
    return np.insert(listed, firsts, changed)


def _sort_keys(rows: LabelRows, order: Order, beside: Beside) -> Cells:
    """(rows,) what the list is sorted by, as one number."""
    sign = -1 if order.descending else 1
    slices = rows.column(Cell.FIRST) * (sign if order.by == "slice" else 1)
    places = (rows.column(Cell.MEDIA), rows.column(Cell.PLANE), slices)
    columns: list[Cells | Table] = [rows.column(Cell.REASON)]
    columns += _group_ranks(rows, order, beside, places)
    if order.by == "author":
        columns.append(sign * _author_ranks(rows))
    elif order.by == "label" and order.into != "class":
        columns.append(_class_ranks(rows, order)[rows.column(Cell.CLASS)])
    elif order.by == "beside" and beside.sorted_by is not None:
        columns.append(sign * beside.sorted_by)
    return _combined((*columns, *places, rows.column(Cell.AUTHOR)))


def _group_ranks(
    rows: LabelRows, order: Order, beside: Beside, places: tuple[Table, ...]
) -> tuple[Cells | Table, ...]:
    """Return the columns by which groups follow each other; of what is placed nowhere as well."""
    match order.into:
        case "class":
            ranks = _class_ranks(rows, order)[rows.column(Cell.CLASS)]
            return (np.where(rows.column(Cell.REASON) > 0, 0, ranks),)
        case "author":
            return (_author_ranks(rows),)
        case "slice":
            return places
        case "export" | "state" | "task" | "verdict":
            return (_codes_of(rows, order.into, beside),)
        case "none":
            return ()


def _combined(columns: Iterable[Cells | Table]) -> Cells:
    """Return one number for each row, rising as the columns do, the first one first."""
    key: Cells | None = None
    most = 1
    for column in columns:
        low, high = int(column.min(initial=0)), int(column.max(initial=0))
        spread = high - low + 1
        if key is not None and most * spread >= MOST_KEY:
            values, key = np.unique(key, return_inverse=True)
            most = len(values)
        key = column.astype(np.int64) - low if key is None else key * spread + (column - low)
        most *= spread
    return np.zeros(0, dtype=np.int64) if key is None else key


def _codes(rows: LabelRows, into: GroupKey, beside: Beside) -> Cells | Table:
    """Return the code of each row's group."""
    reasons = rows.column(Cell.REASON)
    return np.where(reasons > 0, -1 - reasons, _codes_of(rows, into, beside))


def _codes_of(rows: LabelRows, into: GroupKey, beside: Beside) -> Cells | Table:
    """Return the code of the group that each row would be in if it were placed."""
    match into:
        case "class":
            return rows.column(Cell.CLASS)
        case "author":
            return rows.column(Cell.AUTHOR)
        case "export":
            return rows.column(Cell.EXPORT)
        case "slice":
            cells = (Cell.MEDIA, Cell.PLANE, Cell.FIRST)
            return _combined(rows.column(cell) for cell in cells)
        case "task":
            return rows.column(Cell.TASK)
        case "state":
            return state_codes(rows)[rows.column(Cell.TASK)]
        case "verdict" if beside.verdicts is not None:
            return beside.verdicts
        case _:
            return np.zeros(rows.count, dtype=np.int64)


def states_of(rows: LabelRows) -> tuple[str, ...]:
    """Return what tasks say where they stand, in the order in which they are met."""
    return tuple(dict.fromkeys(one.task.status for one in rows.tasks if one.task.status))


def state_codes(rows: LabelRows) -> Cells:
    """(tasks + 1,) code of the state of each task into `states_of`; -1 without, and at the end."""
    known = {state: code for code, state in enumerate(states_of(rows))}
    return np.array([*(known.get(one.task.status, -1) for one in rows.tasks), -1], dtype=np.int64)


def _class_ranks(rows: LabelRows, order: Order) -> Cells:
    """Return the place of each class, and behind them that of no class (code -1)."""
    count = len(rows.classes)
    ranks = np.arange(count + 1, dtype=np.int64)
    if order.by == "label":
        titles = [entry.title.casefold() for entry in rows.classes]
        listed = sorted(range(count), key=lambda code: titles[code], reverse=order.descending)
        ranks[listed] = np.arange(count)
    return ranks


def _author_ranks(rows: LabelRows) -> Cells:
    """(rows,) place of each row's author by name."""
    names = [name.casefold() for name in rows.authors]
    ranks = np.empty(len(names), dtype=np.int64)
    ranks[sorted(range(len(names)), key=lambda code: names[code])] = np.arange(len(names))
    return ranks[rows.column(Cell.AUTHOR)]
