"""Trees of keys and values that are made as they are unfolded, such as a JSON text."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from viewer.formats.json_tools import BadJson, Bytes, Span, elements, members
from viewer.formats.record_text import value_text

MOST_CHILDREN = 1_000  # below one row; more are told in stretches
MOST_VALUES = 200_000  # of one list or object that are walked
MOST_SHOWN = 200  # characters of a value
FLAT_BYTES = 200  # a shorter list of numbers is a value
LONG_BYTES = 64 * 1024  # of a value whose rows are made in a job
CHECK_EVERY = 16  # rows


@dataclass(frozen=True, eq=False)
class Node:
    """One row.

    Args:
        key, text: what it is, and its value in one line.
        below: makes the rows under it; None where there are none.
        tip: the whole value, or where it stands.
        color: "#rrggbb" of a swatch before the key.
        link: what a click opens, "" for nothing.
        in_job: makes the rows under it where that takes long; asks whether to go on.
    """

    key: str
    text: str = ""
    below: Below | None = None
    tip: str = ""
    color: str | None = None
    link: str = ""
    in_job: BelowInJob | None = None


Below: TypeAlias = Callable[[], Sequence[Node]]
Check: TypeAlias = Callable[[], None]
BelowInJob: TypeAlias = Callable[[Check], Sequence[Node]]


def many(count: int, make: Callable[[int], Node], first: int = 0) -> tuple[Node, ...]:
    """Return rows by number; very many are told in stretches that are unfolded one by one.

    Args:
        count: how many there are.
        make: the row of a number.
        first: number of the first one.
    """
    if count <= MOST_CHILDREN:
        return tuple(make(first + number) for number in range(count))
    step = MOST_CHILDREN
    while count > step * MOST_CHILDREN:
        step *= MOST_CHILDREN
    return tuple(
        _stretch(first + low, min(step, count - low), make) for low in range(0, count, step)
    )


def _stretch(first: int, count: int, make: Callable[[int], Node]) -> Node:
    return Node(f"{first + 1:,} – {first + count:,}", below=lambda: many(count, make, first))


def of_each(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Return rows that are made already, in stretches where they are very many."""
    return many(len(nodes), nodes.__getitem__)


def node_of_json(key: str, data: Bytes, path: str = "") -> Node:
    """Return the row of a JSON value; what is inside is looked at when it is unfolded.

    Args:
        key: its key, or its number from 0 in a list.
        data: the bytes of the value alone.
        path: where it stands, as a JSON pointer.
    """
    opener = bytes(data[:1])
    if opener not in (b"{", b"[") or _is_flat(data):
        text = value_text(data)
        return Node(key, " ".join(text.split())[:MOST_SHOWN], tip=f"{path}\n{text}".strip())

    def below(check: Check = _go_on) -> Sequence[Node]:
        return _inside(data, path, check)

    in_job = below if len(data) > LONG_BYTES else None
    return Node(key, _summary(data), below=below, tip=path or key, in_job=in_job)


def _go_on() -> None:
    """Nobody stops this."""


def _inside(data: Bytes, path: str, check: Check) -> tuple[Node, ...]:
    """Return the rows of an object or a list; of a damaged one those that are whole.

    Where they stand is kept in arrays, and a row is made when its stretch is unfolded: hundreds of
    thousands of objects would have the garbage collector hold everything up.
    """
    view = memoryview(data)
    is_object = bytes(view[:1]) == b"{"
    named = _of_object(view) if is_object else _of_list(view)
    keys: list[str] = []
    ends = array("q")
    last: tuple[Node, ...] = ()
    try:
        for key, span in islice(named, MOST_VALUES):
            if len(keys) % CHECK_EVERY == 0:
                check()
            keys.append(key)
            ends.extend(span)
    except BadJson as error:
        last = (Node("damaged", str(error)),)
    if len(keys) == MOST_VALUES:
        last = (Node("…", "further ones are not listed; the raw text has them"),)

    def make(number: int) -> Node:
        key = keys[number]
        value = view[ends[2 * number] : ends[2 * number + 1]]
        return node_of_json(key, value, f"{path}/{_escaped(key)}")

    return (*many(len(keys), make), *last)


def _of_object(data: Bytes) -> Iterator[tuple[str, Span]]:
    for member in members(data):
        yield member.key, Span(member.start, member.end)


def _of_list(data: Bytes) -> Iterator[tuple[str, Span]]:
    for number, span in enumerate(elements(data)):
        yield str(number), span


def _is_flat(data: Bytes) -> bool:
    """Whether nothing is inside, or only a few numbers, best read in one line."""
    if len(data) > FLAT_BYTES:
        return False
    text = bytes(data)
    return (text[:1] == b"[" and b"{" not in text) or not text[1:-1].strip()


def _summary(data: Bytes) -> str:
    """Return the beginning of what is folded away."""
    start = " ".join(bytes(data[:FLAT_BYTES]).decode("utf-8", "replace").split())
    return start if len(data) <= FLAT_BYTES else f"{start[:80]} …"


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
