"""An index of an export: its columns and head, as a value that can cross a pipe."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sized
from dataclasses import dataclass, fields
from typing import Generic, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.errors import Issue
from viewer.model.ontology import Ontology
from viewer.model.project import AuthorKind, Entry, Exam, Export, MediaGroup
from viewer.model.source import Source
from viewer.model.strings import StringColumn
from viewer.model.table import Columns
from viewer.model.task import Task


class HeadRelation(msgspec.Struct, frozen=True):
    """A relation between two annotations by their ordinals; see `viewer.model.annotation`."""

    name: str
    source: int
    target: int
    directed: bool


class Head(msgspec.Struct, frozen=True):
    """Everything of an export but its annotations; see `viewer.model.project.Export`.

    Args:
        own: arrays that the format's own decoder needs besides, as bytes by name.
    """

    ontology: Ontology = Ontology()
    exams: tuple[Exam, ...] = ()
    entries: tuple[Entry, ...] = ()
    media_groups: tuple[MediaGroup, ...] = ()
    tasks: tuple[Task, ...] = ()
    authors: dict[str, str] = {}
    author_kinds: dict[str, AuthorKind] = {}
    facts: tuple[tuple[str, str], ...] = ()
    issues: tuple[Issue, ...] = ()
    relations: tuple[HeadRelation, ...] = ()
    own: dict[str, bytes] = {}

    def export(self, id: str, format: str, sources: tuple[Source, ...]) -> Export:
        """Return the export that this is the head of, titled by its main file."""
        return Export(
            id=id,
            format=format,
            title=sources[0].path,
            sources=sources,
            ontology=self.ontology,
            exams=self.exams,
            entries=self.entries,
            media_groups=self.media_groups,
            tasks=self.tasks,
            authors=self.authors,
            author_kinds=self.author_kinds,
            facts=self.facts,
            issues=self.issues,
        )


class _Part(msgspec.Struct):
    """One field of Columns: an array, a string column, a tuple of strings, or another's name."""

    dtype: str
    data: bytes = b""
    ends: bytes = b""
    strings: tuple[str, ...] = ()


class _Sent(msgspec.Struct):
    head: Head
    parts: dict[str, _Part]


@dataclass(frozen=True, eq=False)
class Index:
    """What reading an export's bytes once finds."""

    columns: Columns
    head: Head

    def to_bytes(self) -> bytes:
        """Return the index as bytes for `from_bytes`."""
        parts: dict[str, _Part] = {}
        names: dict[int, str] = {}  # one array may be two columns: it is sent once
        for item in fields(Columns):
            value = getattr(self.columns, item.name)
            same = names.setdefault(id(value), item.name)
            parts[item.name] = _part(value) if same == item.name else _Part("same", strings=(same,))
        return msgspec.msgpack.encode(_Sent(self.head, parts))

    @classmethod
    def from_bytes(cls, sent: bytes) -> Index:
        """Return the index that `to_bytes` wrote.

        Raises:
            msgspec.MsgspecError: these are other bytes.
        """
        found = msgspec.msgpack.decode(sent, type=_Sent)
        values = {name: _value(part) for name, part in found.parts.items() if part.dtype != "same"}
        for name, part in found.parts.items():
            if part.dtype == "same":
                values[name] = values[part.strings[0]]
        return cls(Columns(**values), found.head)  # pyright: ignore[reportArgumentType]


def _part(value: NDArray[np.generic] | StringColumn | tuple[str, ...]) -> _Part:
    match value:
        case StringColumn():
            return _Part("text", value.text, value.ends.tobytes())
        case tuple():
            return _Part("strings", strings=value)
        case _:
            return _Part(value.dtype.str, value.tobytes())


def _value(part: _Part) -> NDArray[np.generic] | StringColumn | tuple[str, ...]:
    if part.dtype == "text":
        return StringColumn(np.frombuffer(part.ends, dtype=np.int64), part.data)
    if part.dtype == "strings":
        return part.strings
    return np.frombuffer(part.data, dtype=part.dtype)


_T = TypeVar("_T", bound=Hashable)


class Codes(Generic[_T]):
    """Gives each different value a number, in order of appearance; None is -1.

    Args:
        absent: values that say no more than None.
    """

    def __init__(self, *absent: _T) -> None:
        self._known = defaultdict[_T | None, int](itertools.count().__next__)
        self._known.update(dict.fromkeys((None, *absent), -1))
        self._absent = len(self._known)

    def of(self, values: Iterable[_T | None]) -> NDArray[np.int32]:
        """Return the code of each value."""
        count = len(values) if isinstance(values, Sized) else -1  # known, it is a sixth quicker
        return np.fromiter(map(self._known.__getitem__, values), np.int32, count)

    @property
    def values(self) -> tuple[_T, ...]:
        """All values by code."""
        known = itertools.islice(self._known, self._absent, None)
        return tuple(known)  # pyright: ignore[reportReturnType] - None is the first of the absent
