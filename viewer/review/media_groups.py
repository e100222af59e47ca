"""Which media stand side by side, and where, as the parts of a group are called."""

from __future__ import annotations

import math
import re
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from viewer.model.project import Export
from viewer.review.binding import Binding
from viewer.review.evidence import short
from viewer.review.local_files import LocalFiles
from viewer.review.lookup import Lookup

MOST_PARTS = 9  # more of them would be too small to be read
_COLUMNS = {"left": 0, "right": 2}
_ROWS = {"top": 0, "upper": 0, "bottom": 2, "lower": 2}
_MIDDLE = frozenset(("middle", "center", "centre"))
_WORDS = re.compile(r"[a-z]+")

Spot = tuple[int, int | None]  # media, and the one picture of it that is meant; None for all


@dataclass(frozen=True)
class Cell:
    """Where a part stands in a grid: column, row and how many of each it takes."""

    column: int
    row: int
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Part:
    """One part of a group that is open.

    Args:
        place: where it stands, in the vendor's word; one line, cut where it is very long.
    """

    spot: Spot
    place: str
    cell: Cell


Groups = Mapping[Spot, tuple[Part, ...]]
NO_GROUPS: Groups = MappingProxyType({})


def groups_of(exports: Mapping[str, Export], lookup: Lookup) -> Groups:
    """Return by each part the first group that it is in.

    Only parts that are open count, and two at least; of very many the first.

    Args:
        exports: those that the look-up was made of.
    """
    found: dict[Spot, tuple[Part, ...]] = {}
    if not any(export.media_groups for export in exports.values()):
        return found
    own = {id: dict(_spots_by_key(id, lookup)) for id in exports}
    every = {key: spot for spots in reversed(own.values()) for key, spot in spots.items()}
    for id, export in exports.items():
        known = ChainMap(own[id], every)  # its own go before those of others
        for group in export.media_groups:
            parts = _open_parts(group.parts, known)
            if len(parts) > 1:
                for part in parts:
                    found.setdefault(part.spot, parts)
    return found


def group_at(groups: Groups, here: Iterable[Spot]) -> tuple[Part, ...]:
    """Return the parts of the group that what is shown is one of; () for none.

    Args:
        here: what is shown, by any name that a part may have.
    """
    return next((groups[spot] for spot in here if spot in groups), ())


def cells_of(places: Sequence[str]) -> tuple[Cell, ...]:
    """Return where parts stand that are called so.

    By their sides where each names one and no two meet; else row by row in a grid, numbers in
    their order.
    """
    named = [_sides(place) for place in places]
    if all(column is not None or row is not None for column, row in named):
        cells = _compressed(named)
        if not _do_meet(cells):
            return cells
    order = list(range(len(places)))
    if all(place.isascii() and place.isdecimal() for place in places):
        order.sort(key=lambda number: (len(places[number].lstrip("0")), places[number]))
    across = math.ceil(math.sqrt(len(places)))
    found = {number: Cell(at % across, at // across) for at, number in enumerate(order)}
    return tuple(found[number] for number in range(len(places)))


def _spots_by_key(export: str, lookup: Lookup) -> Iterator[tuple[str, Spot]]:
    """Yield what is open of an export, by what its vendor calls it."""
    bound = lookup.bindings.get(export)
    if bound is None:
        return
    for entry, binding in zip(bound.entries, bound.bindings, strict=True):
        if binding.index >= 0:
            spot = _spot(binding, bound.files)
            yield from ((key, spot) for key in (entry.id, *entry.keys))


def _open_parts(parts: Sequence[tuple[str, str]], spots: Mapping[str, Spot]) -> tuple[Part, ...]:
    """Return the parts that are open, each picture once."""
    found: dict[Spot, str] = {}
    for place, key in parts:
        if key in spots and len(found) < MOST_PARTS:
            found.setdefault(spots[key], place)
    cells = cells_of(tuple(found.values()))
    return tuple(
        Part(spot, short(place), cell)
        for (spot, place), cell in zip(found.items(), cells, strict=True)
    )


def _spot(binding: Binding, files: LocalFiles) -> Spot:
    """Return the media of a binding, and the picture of it where one file of several is meant."""
    if binding.file is None or files.is_only_file(binding.index):
        return binding.index, None
    spots = files.spots[binding.file]
    pictures: list[int] = spots[spots[:, 0] == binding.index, 1].tolist()
    return binding.index, pictures[0] if len(pictures) == 1 else None


def _sides(place: str) -> tuple[int | None, int | None]:
    """Return the column and row, 0 to 2, that a place names; None where it leaves them open."""
    words = _WORDS.findall(place.lower())
    column = next((_COLUMNS[word] for word in words if word in _COLUMNS), None)
    row = next((_ROWS[word] for word in words if word in _ROWS), None)
    if not _MIDDLE.isdisjoint(words):
        return (1, row) if column is None else (column, 1 if row is None else row)
    return column, row


def _compressed(named: Sequence[tuple[int | None, int | None]]) -> tuple[Cell, ...]:
    """Return cells without empty columns and rows between; what is left open reaches over all."""
    columns = sorted({column for column, _ in named if column is not None})
    rows = sorted({row for _, row in named if row is not None})
    return tuple(
        Cell(
            0 if column is None else columns.index(column),
            0 if row is None else rows.index(row),
            max(len(columns), 1) if column is None else 1,
            max(len(rows), 1) if row is None else 1,
        )
        for column, row in named
    )


def _do_meet(cells: Sequence[Cell]) -> bool:
    taken: set[tuple[int, int]] = set()
    for cell in cells:
        own = {
            (cell.column + x, cell.row + y) for x in range(cell.columns) for y in range(cell.rows)
        }
        if taken & own:
            return True
        taken |= own
    return False
