"""Where the values of a JSON text stand, byte by byte, forgiving what people's tools write.

Comments, commas before a closer, NaN and control characters in strings are passed over.
Nothing here recurses over the text, so nesting cannot exhaust the stack; a text that breaks off
gives every complete member and element before it says where it broke.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias, TypeGuard

import msgspec

from viewer.errors import BadRecord

Bytes: TypeAlias = bytes | bytearray | memoryview
BOM = b"\xef\xbb\xbf"
_CLOSE = {ord("{"): ord("}"), ord("["): ord("]")}
_COLON, _COMMA, _OBJECT, _ARRAY, _QUOTE = b':,{["'
_NUMBER = rb"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+"
_BLANK = rb"[ \t\r\n]*+"
# Lists of numbers and lists of such lists are one token: most of a label export is that.
_COMMA_GAP = _BLANK + rb"," + _BLANK
_FLAT = rb"\[" + _BLANK + _NUMBER + rb"(?:" + _COMMA_GAP + _NUMBER + rb")*+" + _BLANK + rb"\]"
_PAIRS = rb"\[" + _BLANK + _FLAT + rb"(?:" + _COMMA_GAP + _FLAT + rb")*+" + _BLANK + rb"\]"
_TEXT = rb'"(?:[^"\\]++|\\(?s:.))*+"'
_EMPTY = rb"\[" + _BLANK + rb"\]|\{" + _BLANK + rb"\}"


def _held(open: bytes, element: bytes, close: bytes) -> bytes:
    """Return the pattern of a container with at least one element."""
    more = rb"(?:" + _COMMA_GAP + element + rb")*+"
    return open + _BLANK + element + more + _BLANK + close


def _record(value: bytes) -> bytes:
    """Return the pattern of an object, or a list of objects, whose values are these."""
    member = _TEXT + _BLANK + rb":" + _BLANK + rb"(?:" + value + rb")"
    one = _held(rb"\{", member, rb"\}")
    return one + rb"|" + _held(rb"\[", rb"(?:" + one + rb")", rb"\]")


# So are objects, and lists of them, that hold no more than that and one level of such objects.
_PLAIN = rb"|".join((_TEXT, rb"true|false|null", _NUMBER, _EMPTY, _PAIRS, _FLAT))
_RECORDS = _record(_PLAIN + rb"|" + _record(_PLAIN))


class BadJson(BadRecord):
    """A text that is no JSON from byte `at` on."""

    def __init__(self, sentence: str, at: int) -> None:
        super().__init__(sentence, f"byte {at}")
        self.at = at


class Span(NamedTuple):
    """Bytes [start, end) of a text."""

    start: int
    end: int


class Member(NamedTuple):
    """A key and where it and its value stand: [key_start, key_end) with quotes, [start, end)."""

    key: str
    key_start: int
    key_end: int
    start: int
    end: int


SPACE = re.compile(rb"(?:[ \t\r\n\x1e]++|//[^\r\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/)*+")
STRING = re.compile(_TEXT)
SCALAR = re.compile(
    rb"(?:true|false|null|[-+]?(?:NaN|Infinity)|[-+]?[0-9.][0-9a-zA-Z.+-]*+|"
    + _PAIRS
    + rb"|"
    + _FLAT
    + rb")"
)
_AT_ONCE = msgspec.json.Decoder(msgspec.Raw)
_FOLLOWED = re.compile(r".*trailing characters \(byte ([0-9]+)\)")
_SHALLOW = re.compile(rb"|".join((_PAIRS, _FLAT, _EMPTY, _RECORDS)))


class Walker:
    """Goes forward through a text, once; `at` is the byte it stands before.

    A consumer of `members` or `elements` may walk into the value it was given, or call `skip`
    for its span, or do nothing, and then the value is passed over.
    """

    def __init__(self, data: Bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def start(self) -> int:
        """Go to the next byte that is no space, and return its place."""
        found = SPACE.match(self.data, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def peek(self) -> int:
        """Return the next byte that is no space, without passing it.

        Raises:
            BadJson: the text ends here.
        """
        at = self.start()
        if at >= len(self.data):
            raise BadJson("the text ends too early", at)
        return self.data[at]

    def is_object(self) -> bool:
        """Whether the value here is an object."""
        return self.peek() == _OBJECT

    def is_array(self) -> bool:
        """Whether the value here is a list."""
        return self.peek() == _ARRAY

    def members(self) -> Iterator[tuple[Span, int]]:
        """Yield (span of the key with its quotes, start of the value) of the object here.

        Raises:
            BadJson: no object, or it breaks off; what was complete has been yielded.
        """
        for _ in self._inside(_OBJECT):
            key = self._key()
            start = self.start()
            yield key, start
            if self.at == start:
                self.skip()

    def elements(self) -> Iterator[int]:
        """Yield the start of each element of the list here.

        Raises:
            BadJson: no list, or it breaks off; what was complete has been yielded.
        """
        for _ in self._inside(_ARRAY):
            start = self.start()
            yield start
            if self.at == start:
                self.skip()

    def skip(self) -> Span:
        """Pass the value here, whatever it holds, and return its span.

        Raises:
            BadJson: it is no value, or breaks off.
        """
        start = self.start()
        closers = bytearray()
        while True:
            byte = self.peek()
            is_open = byte in _CLOSE and not self._passed(_SHALLOW)
            if is_open and not closers and (end := _end_at_once(self.data, start)) is not None:
                self.at = end
                break
            if is_open:
                self.at += 1
                closers.append(_CLOSE[byte])
            elif byte not in _CLOSE:
                self._scalar(byte)
            if not self._forward(closers, is_open):
                break
        return Span(start, self.at)

    def _forward(self, closers: bytearray, fresh: bool) -> bool:
        """Go to the next value inside the open containers; False when all are closed."""
        while closers:
            if self._more(closers[-1], fresh):
                if closers[-1] == _CLOSE[_OBJECT]:
                    self._key()
                return True
            closers.pop()
            fresh = False
        return False

    def _more(self, closer: int, fresh: bool) -> bool:
        """Pass a comma, or the closer; True when another value or key stands here."""
        byte = self.peek()
        has_comma = not fresh and byte == _COMMA
        if has_comma:
            self.at += 1
            byte = self.peek()
        if byte == closer:
            self.at += 1
            return False
        if not fresh and not has_comma:
            raise BadJson("a comma or a closing bracket is missing", self.at)
        return True

    def _inside(self, opener: int) -> Iterator[None]:
        if self.peek() != opener:
            wanted = "an object" if opener == _OBJECT else "a list"
            raise BadJson(f"{wanted} was expected", self.at)
        self.at += 1
        fresh = True
        while self._more(_CLOSE[opener], fresh):
            fresh = False
            yield

    def _key(self) -> Span:
        start = self.start()
        if not self._passed(STRING):
            raise BadJson("a key in quotes was expected", start)
        key = Span(start, self.at)
        if self.peek() != _COLON:
            raise BadJson("a colon was expected", self.at)
        self.at += 1
        return key

    def _scalar(self, byte: int) -> None:
        pattern = STRING if byte == _QUOTE else SCALAR
        if not self._passed(pattern):
            what = (
                "a text without closing quote" if byte == _QUOTE else "something that is no value"
            )
            raise BadJson(what, self.at)

    def _passed(self, pattern: re.Pattern[bytes]) -> bool:
        found = pattern.match(self.data, self.at)
        if found is None:
            return False
        self.at = found.end()
        return True


def _end_at_once(data: Bytes, start: int) -> int | None:
    """Return where the list or object at `start` ends, found at some GB/s; None where it cannot be.

    The reader is asked for one value of all that is left, and says which byte follows it.
    """
    view = memoryview(data)[start:]
    try:
        return start + len(memoryview(_AT_ONCE.decode(view)))
    except (msgspec.DecodeError, RecursionError) as error:
        found = _FOLLOWED.fullmatch(str(error))
    if found is None:
        return None
    end = int(found[1]) - 1  # it counts bytes from 1
    while end and view[end - 1] in b" \t\r\n":
        end -= 1
    return start + end


def first_byte(data: Bytes) -> int:
    """Return where the text begins, behind a byte-order mark."""
    return len(BOM) if bytes(data[: len(BOM)]) == BOM else 0


def members(data: Bytes, at: int = 0) -> Iterator[Member]:
    """Yield the members of the object at byte `at`, repeated keys as often as they stand there.

    Raises:
        BadJson: no object, or it breaks off; what was complete has been yielded.
    """
    walker = Walker(data, at)
    for key, _ in walker.members():
        value = walker.skip()
        yield Member(text_of(data[key.start : key.end]), *key, *value)


def elements(data: Bytes, at: int = 0) -> Iterator[Span]:
    """Yield the elements of the list at byte `at`.

    Raises:
        BadJson: no list, or it breaks off; what was complete has been yielded.
    """
    walker = Walker(data, at)
    for _ in walker.elements():
        yield walker.skip()


def text_of(token: Bytes) -> str:
    """Return the string of a token in quotes; what cannot be decoded is kept as it is spelled."""
    text = bytes(token).decode("utf-8", "surrogateescape")
    if "\\" not in text:
        return text[1:-1]
    try:
        return str(json.loads(text, strict=False))
    except ValueError:
        return text[1:-1]


def is_list(value: object) -> TypeGuard[list[object]]:
    """Whether a JSON value is a list."""
    return isinstance(value, list)


def is_object(value: object) -> TypeGuard[dict[str, object]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def numbers_in(values: Iterable[object]) -> list[float]:
    """Return the numbers among some values; those beyond all floats as infinite."""
    found = [n for n in values if isinstance(n, int | float) and not isinstance(n, bool)]
    return [_float_of(number) for number in found]


def _float_of(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def value_of(data: Bytes) -> object:
    """Return the value of a text, forgiving NaN, comments, trailing commas and lone surrogates.

    Integers beyond 4,300 digits become infinite; repeated keys: the last one wins.

    Raises:
        BadJson: no single value, or nested deeper than 200 levels.
    """
    text = bytes(data[first_byte(data) :]).decode("utf-8", "surrogateescape")
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        walker = Walker(data, first_byte(data))
        value = _built(walker, 200)
        if walker.start() < len(data):
            raise BadJson("something follows the value", walker.at) from None
        return value


def _built(walker: Walker, depth: int) -> object:
    if depth == 0:
        raise BadJson("lists and objects are nested too deeply", walker.at)
    if walker.is_object():
        return {
            text_of(walker.data[key.start : key.end]): _built(walker, depth - 1)
            for key, _ in walker.members()
        }
    if walker.is_array():
        return [_built(walker, depth - 1) for _ in walker.elements()]
    span = walker.skip()
    return _scalar_of(walker.data[span.start : span.end], span.start)


def _scalar_of(token: Bytes, at: int) -> object:
    if token[0] == _QUOTE:
        return text_of(token)
    text = bytes(token).decode("ascii")
    try:
        return json.loads(text.lstrip("+"))
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        raise BadJson(f"{text[:40]!r} is no number", at) from None
