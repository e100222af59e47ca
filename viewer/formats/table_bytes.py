"""An index of an export: its columns and head, as a value that can cross a pipe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.errors import Issue
from viewer.model.ontology import Ontology
from viewer.model.project import Exam
from viewer.model.strings import StringColumn
from viewer.model.table import Columns


class Head(msgspec.Struct, frozen=True):
    """Everything of an export but its annotations; see `viewer.model.project.Export`."""

    ontology: Ontology = Ontology()
    exams: tuple[Exam, ...] = ()
    authors: dict[str, str] = {}
    facts: tuple[tuple[str, str], ...] = ()
    issues: tuple[Issue, ...] = ()


class _Part(msgspec.Struct):
    """One field of Columns: an array, a string column or a tuple of strings."""

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
        parts = {item.name: _part(getattr(self.columns, item.name)) for item in fields(Columns)}
        return msgspec.msgpack.encode(_Sent(self.head, parts))

    @classmethod
    def from_bytes(cls, sent: bytes) -> Index:
        """Return the index that `to_bytes` wrote.

        Raises:
            msgspec.MsgspecError: these are other bytes.
        """
        found = msgspec.msgpack.decode(sent, type=_Sent)
        values = {name: _value(part) for name, part in found.parts.items()}
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


class Codes:
    """Gives each different string a number, in order of appearance; None is -1."""

    def __init__(self) -> None:
        self.known: dict[str | None, int] = {None: -1}

    def of(self, strings: Iterable[str | None]) -> NDArray[np.int32]:
        """Return the code of each string."""
        known = self.known
        return np.fromiter(
            (known.setdefault(string, len(known) - 1) for string in strings), dtype=np.int32
        )

    @property
    def strings(self) -> tuple[str, ...]:
        """All strings by code."""
        return tuple(string for string in self.known if string is not None)
