"""Changes of a JSON value, member by member, as edits of the text that spells it.

What a patch does not name keeps its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from viewer.errors import CannotWrite
from viewer.formats.containers import Container, New, changed, container_at
from viewer.formats.json_tools import BadJson, Bytes, Span, numbers_in, value_of
from viewer.formats.style import JsonValue, Style, line_indent, number_text
from viewer.model.source import Edit, Replace


@dataclass(frozen=True)
class Put:
    """The value is this one, whether one was there or not."""

    value: JsonValue


@dataclass(frozen=True)
class Gone:
    """The member or element goes."""


@dataclass(eq=False)
class ListPatch:
    """Elements of a list, by number, go or change, and others come at its end."""

    at: dict[int, Change] = field(default_factory=dict[int, "Change"])
    added: list[JsonValue] = field(default_factory=list[JsonValue])


@dataclass(eq=False)
class ObjectPatch:
    """Members of an object come, go or change, by key.

    A new one stands behind the others; among keys that are all numbers, in their order.
    """

    members: dict[str, Change] = field(default_factory=dict[str, "Change"])

    def into(self, *path: str) -> ObjectPatch:
        """Return the patch of the object down this path."""
        at = self
        for key in path:
            found = at.members.get(key)
            if not isinstance(found, ObjectPatch):
                found = at.members[key] = ObjectPatch()
            at = found
        return at

    def list(self, key: str) -> ListPatch:
        """Return the patch of the list under this key."""
        found = self.members.get(key)
        if not isinstance(found, ListPatch):
            found = self.members[key] = ListPatch()
        return found


Change: TypeAlias = Put | Gone | ObjectPatch | ListPatch
GONE = Gone()


def edits_of(base: Bytes, span: Span, change: Change, style: Style) -> list[Edit]:
    """Return the edits that change the value at `span`.

    Raises:
        CannotWrite: the value is damaged, or is no list or object where one is patched.
    """
    if isinstance(change, Put):
        old = bytes(base[span.start : span.end])
        if isinstance(change.value, float):
            text = number_text(change.value, old)
        else:
            text = style.dumped(change.value, line_indent(base, span.start))
        return [] if text == old else [Replace(*span, text)]
    if isinstance(change, Gone):
        raise CannotWrite("A value cannot go without the list or object that it stands in.")
    if bytes(base[span.start : span.end]) == b"null":
        return edits_of(base, span, Put(plain(change)), style)
    try:
        found = container_at(base, span)
    except BadJson as error:
        raise CannotWrite(f"The file is damaged where it must be changed: {error}.") from error
    if (found.keys is not None) != isinstance(change, ObjectPatch):
        wanted, there = ("an object", "a list") if found.keys is None else ("a list", "an object")
        raise CannotWrite(
            f"At byte {span.start:,} the file holds {there} where {wanted} must be changed; what "
            "stands there is left as it is."
        )
    if isinstance(change, ObjectPatch):
        return list(_object_edits(base, found, change, style))
    return list(_list_edits(base, found, change, style))


def plain(change: Change) -> JsonValue:
    """Return the value that a patch makes where nothing was."""
    match change:
        case Put(value):
            return value
        case ObjectPatch():
            kept = change.members.items()
            return {key: plain(one) for key, one in kept if not isinstance(one, Gone)}
        case ListPatch():
            return list(change.added)
        case Gone():
            return None


def _object_edits(
    base: Bytes, found: Container, patch: ObjectPatch, style: Style
) -> Iterator[Edit]:
    gone: list[int] = []
    news: list[New] = []
    for key, change in patch.members.items():
        at = found.find(key)
        if isinstance(change, Gone):
            gone += [n for n, name in enumerate(found.keys or ()) if name == key]
        elif at is not None:
            yield from edits_of(base, found.value(at), change, style)
        else:
            news.append(New(_place(found, key), plain(change), key))
    yield from changed(found, style, gone, sorted(news, key=lambda new: _order(new.key or "")))


def _list_edits(base: Bytes, found: Container, patch: ListPatch, style: Style) -> Iterator[Edit]:
    gone: list[int] = []
    for number, change in patch.at.items():
        if isinstance(change, Gone):
            gone.append(number)
        else:
            yield from edits_of(base, found.value(number), change, style)
    news = [New(len(found), value) for value in patch.added]
    yield from changed(found, style, gone, news)


def _place(found: Container, key: str) -> int:
    """Return the number of the member that a new one comes before."""
    keys = found.keys or ()
    if key.isdecimal() and all(name.isdecimal() for name in keys):
        return next((n for n, name in enumerate(keys) if int(name) > int(key)), len(keys))
    return len(keys)


def _order(key: str) -> tuple[int, int]:
    """Numbers rise; all else keeps its order."""
    return (1, int(key)) if key.isdecimal() and key.isascii() else (0, 0)


def number_edit(base: Bytes, token: Span, value: float) -> Iterator[Edit]:
    """Yield the edit that makes the number at `token` this one, spelled like it; none if it is."""
    old = bytes(base[token.start : token.end])
    if numbers_in([value_of(old)]) != [value]:
        yield Replace(token.start, token.end, number_text(value, old))


def list_difference(old: Sequence[object], new: Sequence[object]) -> tuple[int, int]:
    """Return how many elements two lists share at their beginning, and then at their end."""
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    rest = shorter - head
    tail = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    return head, tail
