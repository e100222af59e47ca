"""Lists and objects of a JSON text whose elements come and go, each with its comma."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec

from viewer.formats.json_tools import BadJson, Bytes, Span, Walker, text_of
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.spans import address
from viewer.formats.style import JsonValue, Style, indent_at, line_indent
from viewer.model.source import Delete, Edit, Insert, Replace
from viewer.model.table import Ints

_KEY = rb'"(?:[^"\\]++|\\.)*+"'
_BLANK = rb"[ \t\r\n]*+"
_FIRST = re.compile(rb"\{" + _BLANK + b"(" + _KEY + rb")" + _BLANK + b":" + _BLANK, re.DOTALL)
_NEXT = re.compile(_BLANK + b"," + _BLANK + b"(" + _KEY + rb")" + _BLANK + b":" + _BLANK, re.DOTALL)
_OBJECTS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LISTS = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, eq=False)
class Container:
    """A list or an object and where its elements stand, in the order of the text.

    Args:
        span: with the brackets.
        starts, ends: span of each value.
        key_starts: where each element begins: with its key, or with itself in a list.
        keys: of an object; None for a list.
    """

    base: Bytes
    span: Span
    starts: Sequence[int] | Ints
    ends: Sequence[int] | Ints
    key_starts: Sequence[int] | Ints
    keys: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {key: number for number, key in enumerate(self.keys or ())}

    def find(self, key: str) -> int | None:
        """Return the number of the last member with this key, as JSON readers take it."""
        return self._numbers.get(key)

    def value(self, number: int) -> Span:
        """Return where a value stands."""
        return Span(int(self.starts[number]), int(self.ends[number]))


def container_at(base: Bytes, span: Span) -> Container:
    """Return the list or object whose value stands at `span`.

    Raises:
        BadJson: neither stands there, or it is damaged.
    """
    is_object = bytes(base[span.start : span.start + 1]) == b"{"
    view = memoryview(base)[span.start : span.end]
    try:
        found = _quick_object(base, span, view) if is_object else _quick_list(base, span, view)
    except FAST_REFUSES:
        found = None
    return found or _walked(base, span, is_object=is_object)


def _quick_list(base: Bytes, span: Span, view: memoryview) -> Container:
    raws = _LISTS.decode(view)
    origin = address(view) - span.start
    starts = [address(raw) - origin for raw in raws]
    ends = [start + len(memoryview(raw)) for start, raw in zip(starts, raws, strict=True)]
    return Container(base, span, starts, ends, starts)


def _quick_object(base: Bytes, span: Span, view: memoryview) -> Container | None:
    """Return the object at `span`; None where a key comes twice."""
    members = _OBJECTS.decode(view)
    origin = address(view) - span.start
    starts = [address(raw) - origin for raw in members.values()]
    sizes = [len(memoryview(raw)) for raw in members.values()]
    ends = [start + size for start, size in zip(starts, sizes, strict=True)]
    key_starts: list[int] = []
    reached = span.start
    for start, end in zip(starts, ends, strict=True):
        gap = (_NEXT if key_starts else _FIRST).fullmatch(base, reached, start)
        if gap is None:
            return None  # between the two stands a member whose key comes again
        key_starts.append(gap.start(1))
        reached = end
    if key_starts and bytes(base[reached : span.end]).strip() != b"}":
        return None
    return Container(base, span, starts, ends, key_starts, tuple(members))


def _walked(base: Bytes, span: Span, *, is_object: bool) -> Container:
    walker = Walker(base, span.start)
    values: list[Span] = []
    keys: list[str] = []
    key_starts: list[int] = []
    for found in walker.members() if is_object else walker.elements():
        if isinstance(found, int):
            key_starts.append(found)
        else:
            key_starts.append(found[0].start)
            keys.append(text_of(base[found[0].start : found[0].end]))
        values.append(walker.skip())
    if walker.at > span.end:
        raise BadJson("a value goes on behind its end", span.end)
    starts, ends = [value.start for value in values], [value.end for value in values]
    return Container(base, span, starts, ends, key_starts, tuple(keys) if is_object else None)


@dataclass(frozen=True)
class New:
    """An element that comes in.

    Args:
        before: number of the element of the text that it stands before; their count for the end.
        key: of a member of an object.
    """

    before: int
    value: JsonValue
    key: str | None = None


def changed(
    found: Container, style: Style, gone: Collection[int], news: Sequence[New]
) -> list[Edit]:
    """Return the edits that take elements out, by number, and put others in."""
    count, leaving = len(found), set(gone)
    if len(leaving) == count:
        return _refilled(found, style, news)
    edits: list[Edit] = []
    for first, last in _stretches(sorted(leaving)):
        if first > 0:
            edits.append(Delete(int(found.ends[first - 1]), int(found.ends[last])))
        else:
            edits.append(Delete(int(found.key_starts[0]), int(found.key_starts[last + 1])))
    gap = gap_of(found, style)
    indent = _indent_of(found, style)
    for new in news:
        text = _text(new, style, indent)
        before = next((n for n in range(new.before - 1, -1, -1) if n not in leaving), None)
        if before is not None:
            edits.append(Insert(int(found.ends[before]), gap + text))
        else:
            after = next(n for n in range(new.before, count) if n not in leaving)
            edits.append(Insert(int(found.key_starts[after]), text + gap))
    return edits


def _stretches(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return (first, last) of each run of numbers that follow each other."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _refilled(found: Container, style: Style, news: Sequence[New]) -> list[Edit]:
    """Return the edits of a container in which nothing stays that was there."""
    start, end = found.span
    interior = bytes(found.base[start + 1 : end - 1])
    if not news:
        return [Replace(start + 1, end - 1, b" " * style.is_inline)] if len(found) else []
    indent = line_indent(found.base, start)
    if style.is_inline and found.keys is None:
        text = b", ".join(_text(new, style, indent) for new in news)
        return [Replace(start + 1, end - 1, b" " + text + b" ")]
    inner = _indent_of(found, style) if len(found) else indent + style.unit
    line = style.line(inner)
    comma = b"," + line if line else style.comma
    text = line + comma.join(_text(new, style, inner) for new in news) + style.line(indent)
    return [] if text == interior else [Replace(start + 1, end - 1, text)]


def _text(new: New, style: Style, indent: bytes) -> bytes:
    value = style.dumped(new.value, indent)
    return value if new.key is None else style.text(new.key) + style.colon + value


def _indent_of(found: Container, style: Style) -> bytes:
    """Return what the lines of a new element of a container that has some begin with."""
    at = int(found.key_starts[0])
    is_inline = style.is_inline and found.keys is None
    return line_indent(found.base, at) if is_inline else indent_at(found.base, at)


def gap_of(found: Container, style: Style) -> bytes:
    """Return what stands between two elements."""
    if len(found) > 1:
        return bytes(found.base[int(found.ends[0]) : int(found.key_starts[1])])
    if style.is_inline and found.keys is None:
        return b", "
    line = style.line(indent_at(found.base, int(found.key_starts[0])))
    return b"," + line if style.newline else style.comma
