"""Members of objects and elements of lists that come, change and go, with their commas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from viewer.errors import CannotWrite
from viewer.formats.json_tools import (
    BadJson,
    Bytes,
    Member,
    Span,
    Walker,
    elements,
    members,
    value_of,
)
from viewer.formats.style import JsonValue, Style, indent_at, line_indent, number_text
from viewer.model.source import Delete, Edit, Insert, Replace


class Gone:
    """Instead of a value: the member is to go."""


GONE = Gone()
Change: TypeAlias = "JsonValue | Gone"


@dataclass(eq=False)
class Pen:
    """Collects what is to be done to one file, and turns it into edits that fit together.

    Args:
        objects: changes of members by key, by the byte an object starts at.
        lists: numbers of elements that go, and new elements, by the byte a list starts at.
        edits: of single values.
    """

    base: Bytes
    style: Style
    objects: dict[int, dict[str, Change]] = field(default_factory=dict[int, dict[str, Change]])
    lists: dict[int, tuple[set[int], list[JsonValue]]] = field(
        default_factory=dict[int, tuple[set[int], list[JsonValue]]]
    )
    edits: list[Edit] = field(default_factory=list[Edit])

    def set(self, start: int, key: str, value: Change) -> None:
        """Give the object at byte `start` a member, or take one away."""
        self.objects.setdefault(start, {})[key] = value

    def number(self, span: Span, value: float) -> None:
        """Replace a number, spelled like the one there, unless it is the same."""
        old = bytes(self.base[span.start : span.end])
        was = value_of(old)
        if isinstance(was, bool) or not isinstance(was, int | float) or float(was) != value:
            self.edits.append(Replace(span.start, span.end, number_text(value, old)))

    def replace(self, span: Span, value: JsonValue) -> None:
        """Replace a value by another."""
        text = self.style.dumped(value, line_indent(self.base, span.start))
        self.edits.append(Replace(span.start, span.end, text))

    def delete(self, start: int, number: int) -> None:
        """Take an element out of the list at byte `start`."""
        self.lists.setdefault(start, (set(), []))[0].add(number)

    def add(self, start: int, row: JsonValue) -> None:
        """Put an element in at the end of the list at byte `start`."""
        self.lists.setdefault(start, (set(), []))[1].append(row)

    def all(self) -> list[Edit]:
        """Return every edit.

        Raises:
            CannotWrite: the file breaks off inside an object or list that is to change.
        """
        found = list(self.edits)
        for start, changes in self.objects.items():
            found += self._object(start, changes)
        for start, (gone, rows) in self.lists.items():
            found += _List(self.base, self.style, start).plan(gone, rows)
        return found

    def _object(self, start: int, changes: Mapping[str, Change]) -> Iterator[Edit]:
        found, end = whole_object(self.base, start)
        last = {member.key: member for member in found}
        gone = {key for key, change in changes.items() if isinstance(change, Gone)}
        kept = [member for member in found if member.key not in gone]
        added: dict[str, JsonValue] = {}
        for key, change in changes.items():
            if isinstance(change, Gone):
                continue
            if key in last:
                yield from self._replaced(last[key], change)
            else:
                added[key] = change
        if not kept and (found or added):
            yield Replace(start + 1, end - 1, self._filled(start, found, added))
            return
        yield from _taken_out([m.key in gone for m in found], [(m.key_start, m.end) for m in found])
        for key, value in added.items():
            gap, text = self._gap(found), self._member(found[0], key, value)
            yield Insert(kept[-1].end, gap + text)

    def _replaced(self, member: Member, value: JsonValue) -> Iterator[Edit]:
        old = bytes(self.base[member.start : member.end])
        indent = line_indent(self.base, member.key_start)
        if isinstance(value, float):
            text = number_text(value, old)
        else:
            text = self.style.dumped(value, indent)
        if text != old:
            yield Replace(member.start, member.end, text)

    def _member(self, like: Member, key: str, value: JsonValue) -> bytes:
        colon = bytes(self.base[like.key_end : like.start])
        indent = indent_at(self.base, like.key_start)
        return self.style.text(key) + colon + self.style.dumped(value, indent)

    def _gap(self, found: Sequence[Member]) -> bytes:
        """Return what stands between two members of an object that has some."""
        if len(found) > 1:
            return bytes(self.base[found[0].end : found[1].key_start])
        indent = indent_at(self.base, found[0].key_start)
        return b"," + self.style.line(indent) if self.style.newline else self.style.comma

    def _filled(self, start: int, found: Sequence[Member], added: Mapping[str, JsonValue]) -> bytes:
        """Return what stands between the braces of an object all of whose members are new."""
        if not added:
            return b""
        outer = line_indent(self.base, start)
        inner = indent_at(self.base, found[0].key_start) if found else outer + self.style.unit
        items = [
            self.style.text(key) + self.style.colon + self.style.dumped(value, inner)
            for key, value in added.items()
        ]
        gap = self.style.line(inner)
        comma = b"," + gap if gap else self.style.comma
        return gap + comma.join(items) + self.style.line(outer)


def whole_object(base: Bytes, start: int) -> tuple[list[Member], int]:
    """Return the members of the object at byte `start` and the byte behind it.

    Raises:
        CannotWrite: the file breaks off inside it, or is damaged there.
    """
    try:
        found = list(members(base, start))
        return found, Walker(base, start).skip().end
    except BadJson as error:
        raise CannotWrite(
            f"The file breaks off inside what is to change ({error}): nothing can change there."
        ) from error


@dataclass(frozen=True, eq=False)
class _List:
    """Edits of one list."""

    base: Bytes
    style: Style
    start: int

    def plan(self, gone: Iterable[int], rows: Sequence[JsonValue]) -> list[Edit]:
        """Return the edits that take elements out by number and put new ones in at the end."""
        found, end = self._elements()
        deleted = set(gone)
        kept = [span for number, span in enumerate(found) if number not in deleted]
        if not kept:
            interior = bytes(self.base[self.start + 1 : end - 1])
            new = self._filled(found, rows)
            is_same = new == interior or not (found or rows)
            return [] if is_same else [Replace(self.start + 1, end - 1, new)]
        edits = list(_taken_out([number in deleted for number in range(len(found))], found))
        if rows:
            indent = indent_at(self.base, found[0].start)
            gap = self._gap(found)
            text = b"".join(gap + self.style.dumped(row, indent) for row in rows)
            edits.append(Insert(kept[-1].end, text))
        return edits

    def _elements(self) -> tuple[list[Span], int]:
        try:
            found = list(elements(self.base, self.start))
            return found, Walker(self.base, self.start).skip().end
        except BadJson as error:
            raise CannotWrite(
                "The file breaks off inside a list of labels: none can be added or deleted there."
            ) from error

    def _gap(self, found: Sequence[Span]) -> bytes:
        if len(found) > 1:
            return bytes(self.base[found[0].end : found[1].start])
        indent = indent_at(self.base, found[0].start)
        return b"," + self.style.line(indent) if self.style.newline else self.style.comma

    def _filled(self, found: Sequence[Span], rows: Sequence[JsonValue]) -> bytes:
        """Return what stands between the brackets of a list all of whose elements are new."""
        if not rows:
            return b""
        outer = line_indent(self.base, self.start)
        inner = indent_at(self.base, found[0].start) if found else outer + self.style.unit
        gap = self.style.line(inner)
        comma = b"," + gap if gap else self.style.comma
        items = [self.style.dumped(row, inner) for row in rows]
        return gap + comma.join(items) + self.style.line(outer)


def _taken_out(gone: Sequence[bool], spans: Sequence[tuple[int, int]]) -> Iterator[Edit]:
    """Yield deletions of runs of elements, each with its comma; some element stays."""
    number = 0
    while number < len(gone):
        if not gone[number]:
            number += 1
            continue
        first = number
        while number < len(gone) and gone[number]:
            number += 1
        if first > 0:
            yield Delete(spans[first - 1][1], spans[number - 1][1])
        else:
            yield Delete(spans[0][0], spans[number][0])
