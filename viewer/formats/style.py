"""How a JSON file is laid out, so that what is put in looks like the rest."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from viewer.errors import CannotWrite
from viewer.formats.json_tools import BadJson, Bytes, Member, first_byte, members

JsonValue: TypeAlias = (
    "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)
_LOOK_AT = 2**20
_INLINE = re.compile(rb"\[ \{\r?\n")


@dataclass(frozen=True)
class Style:
    """Separators of a file.

    Args:
        newline, unit: line end and one step of indentation; both empty for a file in one line.
        comma, colon: with the space behind them.
        is_ascii: other characters are spelled as escapes.
        is_inline: of a file in many lines, lists begin and end on the lines of their elements, with
            a space between, "[ {", as Jackson prints them.
    """

    newline: bytes = b""
    unit: bytes = b""
    comma: bytes = b","
    colon: bytes = b":"
    is_ascii: bool = False
    is_inline: bool = False

    def dumped(self, value: JsonValue, indent: bytes = b"") -> bytes:
        """Return `value` as text whose first line stands at `indent`."""
        if isinstance(value, Mapping):
            colon, inner = self.colon, indent + self.unit
            items = [
                self.text(key) + colon + self.dumped(item, inner) for key, item in value.items()
            ]
            return self._wrapped(b"{", items, b"}", indent)
        if isinstance(value, Sequence) and not isinstance(value, str):
            if self.is_inline:
                inside = b", ".join(self.dumped(item, indent) for item in value)
                return b"[ " + inside + b" ]" if inside else b"[ ]"
            items = [self.dumped(item, indent + self.unit) for item in value]
            return self._wrapped(b"[", items, b"]", indent)
        if isinstance(value, str):
            return self.text(value)
        return number_text(value) if isinstance(value, float) else json.dumps(value).encode()

    def text(self, value: str) -> bytes:
        """Return a string with quotes; lone surrogates are spelled as escapes."""
        spelled = json.dumps(value, ensure_ascii=self.is_ascii)
        try:
            return spelled.encode()
        except UnicodeEncodeError:
            return json.dumps(value).encode()

    def line(self, indent: bytes) -> bytes:
        """Return what begins a new line at `indent`; nothing in a file of one line."""
        return self.newline + indent if self.newline else b""

    def _wrapped(self, opener: bytes, items: list[bytes], closer: bytes, indent: bytes) -> bytes:
        if not items:
            return opener + b" " * self.is_inline + closer
        gap = self.line(indent + self.unit)
        comma = b"," + gap if self.newline else self.comma
        return opener + gap + comma.join(items) + self.line(indent) + closer


def number_text(value: float, like: bytes = b"") -> bytes:
    """Return the shortest spelling; a whole number gets ".0" only if `like` has a point.

    Raises:
        CannotWrite: it is not finite, as in damaged records; JSON has no such number.
    """
    value = float(value)
    if not math.isfinite(value):
        raise CannotWrite(
            "A record that would be written anew holds NaN or a number beyond all bounds, which "
            "JSON cannot hold; leave that label as it is, or correct the number in the file."
        )
    if value.is_integer() and abs(value) < 1e15 and not (b"." in like or b"e" in like.lower()):
        return str(int(value)).encode()
    return repr(value).encode()


def style_of(base: Bytes, at: int = 0) -> Style:
    """Return the style of a file, seen from the first two members of its first object.

    Args:
        at: byte behind which that object begins.
    """
    head = bytes(base[: _LOOK_AT + at])
    at = max(at, first_byte(head))
    found: list[Member] = []
    opener = head.find(b"{", at)
    try:
        for member in members(head, max(opener, 0)):
            found.append(member)
            if len(found) == 2:
                break
    except BadJson:
        pass  # a head that is cut off, or a damaged file: what was seen is enough for a style
    ascii_only = head.isascii() and b"\\u" in head
    if not found:
        return Style(is_ascii=ascii_only)
    first = found[0]
    gap = head[opener + 1 : first.key_start]
    colon = head[first.key_end : first.start]
    comma = head[first.end : found[1].key_start] if len(found) > 1 else b","
    if b"\n" not in gap or gap.strip():
        return Style(comma=_plain(comma, b","), colon=_plain(colon, b":"), is_ascii=ascii_only)
    newline = b"\r\n" if b"\r\n" in gap else b"\n"
    unit = gap.rpartition(b"\n")[2].removeprefix(line_indent(head, opener))
    is_inline = _INLINE.search(head) is not None
    return Style(newline, unit, b",", _plain(colon, b":"), ascii_only, is_inline)


def indent_at(base: Bytes, at: int) -> bytes:
    """Return the white space before byte `at` on its line; nothing if text is there."""
    line = _line_before(base, at)
    return b"" if line.strip() else line


def line_indent(base: Bytes, at: int) -> bytes:
    """Return the white space that the line of byte `at` begins with."""
    line = _line_before(base, at)
    return line[: len(line) - len(line.lstrip(b" \t"))]


def _line_before(base: Bytes, at: int) -> bytes:
    """Return what stands before byte `at` on its line; nothing on the first, or on a long one."""
    _, newline, line = bytes(base[max(0, at - 400) : at]).rpartition(b"\n")
    return line if newline else b""


def _plain(found: bytes, mark: bytes) -> bytes:
    return found if found.strip() == mark else mark
