"""Data groups: rows whose parts are looked at side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from viewer.errors import Issue
from viewer.formats.encord.entries import id_of, space_id
from viewer.formats.encord.records import Row
from viewer.model.project import MediaGroup


def groups_of(rows: Sequence[Row]) -> Iterator[MediaGroup]:
    """Yield the groups of several parts: by their spaces, else by the rows that they name.

    Branches repeat the group of their row; it is yielded once.
    """
    seen: set[tuple[tuple[str, str], ...]] = set()
    for number, row in enumerate(rows):
        parts = tuple(_spaces(row, number)) or tuple(_children(row))
        if len(parts) > 1 and parts not in seen:
            seen.add(parts)
            yield MediaGroup(row.data_title or id_of(row, number), parts)


def arranged_as_taken(count: int) -> Issue:
    """Return the note that the format names the parts of groups and not how they are arranged."""
    groups = "A data group is" if count == 1 else f"{count:,} data groups are"
    return Issue(
        "note",
        "group-layout",
        f"{groups} shown side by side, parts called left, right, top or bottom there and others in "
        "the file's order, nine at most; Encord exports the names of the parts, not how its editor "
        "splits the screen.",
    )


def _spaces(row: Row, number: int) -> Iterator[tuple[str, str]]:
    id = id_of(row, number)
    for key, space in (row.spaces or {}).items():
        if space is not None and space.child_info is not None:
            yield space.child_info.layout_key or "", space_id(id, key)


def _children(row: Row) -> Iterator[tuple[str, str]]:
    for unit in (row.data_units or {}).values():
        facts = unit.metadata if unit else None
        for child in (facts.children if facts else None) or ():
            if child.data_hash:
                yield child.layout_key or "", child.data_hash
