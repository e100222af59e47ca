"""Tasks of an export, and what its vendor says of them in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from viewer.formats.json_tools import is_object
from viewer.formats.values import shown_text
from viewer.model.project import Entry
from viewer.model.task import Task

MOST_LETTERS = 200  # of one value
_NULL = b"null"


def in_words(value: object) -> str:
    """Return a plain value in words, "" for nothing and for what is no plain value."""
    match value:
        case str():
            return shown_text(value)[:MOST_LETTERS]
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:.6g}" if abs(value) < 1e300 else ""
        case _:
            return ""


def object_of(raw: msgspec.Raw) -> dict[str, object]:
    """Return the values of an object; nothing of anything else."""
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return found if is_object(found) else {}


def plain(raw: msgspec.Raw) -> str:
    """Return a plain value in words, "" for anything else."""
    if bytes(raw) in (b"", _NULL):
        return ""
    try:
        return in_words(msgspec.json.decode(raw))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def stated(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the facts whose values say something."""
    return ((name, value) for name, value in pairs if value)


def tasks_of_entries(entries: Iterable[Entry]) -> tuple[Task, ...]:
    """Return a task for each entry, of exports that list nothing else."""
    return tuple(Task(entry.id, entry.title, (entry.id,)) for entry in entries)
