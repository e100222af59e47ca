"""The bytes of an opened file, and the edit plan that turns them into the saved ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

Role = Literal["annotations", "frames", "masks", "ontology", "metadata", "label configuration"]


class Archive(Protocol):
    """The zip that a source came out of, as opened: the same bytes whatever takes its name."""

    @property
    def path(self) -> str:
        """Where it was opened."""
        ...

    @property
    def size(self) -> int:
        """Number of its bytes."""
        ...

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """Yield bytes [start, end) in pieces of moderate size.

        Raises:
            CannotRead: the disk does not give them, or another program changed the zip.
        """
        ...


@dataclass(frozen=True, eq=False, repr=False)
class Source:
    """One file of an export, or one member of a zip.

    Args:
        id: its place among the export's sources, counted from 0.
        path: where it was opened, as the person gave it; a zip member as "archive.zip!member"; ""
            for a file that the export calls for and that is not there.
        sha256: of `base`.
        base: a private copy of the bytes as opened; every save splices from it.
        archive: the zip that holds it; None for a file.
    """

    id: int
    role: Role
    path: str
    sha256: str
    base: bytes | memoryview
    archive: Archive | None = None


_OWN: frozenset[Role] = frozenset({"annotations", "frames", "masks"})  # of the export itself


def digest_of(sources: Sequence[Source], shas: Sequence[str] | None = None) -> str:
    """Return what an export is known by: a digest of the SHA-256 of its files, not of their names.

    A copy of its files has it too, in a zip or out of it. What only lies near an export, such as a
    taxonomy, does not count.

    Args:
        shas: SHA-256 of each of its sources, where they were written; else as they were opened.
    """
    known = [source.sha256 for source in sources] if shas is None else shas
    own = (sha for source, sha in zip(sources, known, strict=True) if source.role in _OWN)
    return hashlib.sha256("\n".join(sorted(own)).encode()).hexdigest()


class Beside(Protocol):
    """The files around an export's main file: in its folder or below, or in the same zip.

    Nothing outside of what the person opened is ever found, whatever a name says.
    """

    def find(self, name: str) -> str | None:
        """Return the path of a file by its name relative to the main file; None if not there.

        Raises:
            CannotRead: the name leads out of what was opened.
        """
        ...

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names of the files and folders in a folder, "" for the main file's own.

        None where there is no such folder, or it is not within what the person opened.
        """
        ...

    def head(self, path: str, size: int) -> bytes:
        """Return the first bytes of a file that was found, at most `size`.

        Raises:
            CannotRead: it cannot be read.
        """
        ...

    def read(self, path: str, limit: int) -> bytes:
        """Return the whole content of a file that was found.

        Raises:
            CannotRead: it cannot be read, or has more than `limit` bytes.
        """
        ...


@dataclass(frozen=True)
class Replace:
    """Bytes [start, end) of the base become `new`."""

    start: int
    end: int
    new: bytes


@dataclass(frozen=True)
class Insert:
    """`new` is put in at byte `at` of the base; several at one place keep their order."""

    at: int
    new: bytes


@dataclass(frozen=True)
class Delete:
    """Bytes [start, end) of the base go."""

    start: int
    end: int


Edit: TypeAlias = Replace | Insert | Delete


def planned(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Return the edits sorted by place; inserts at one place keep their order.

    An insert may stand at either end of a replaced or deleted span, not inside it. At the start
    of such a span it comes before it.

    Raises:
        ValueError: two of them touch the same bytes, or a span ends before it starts.
    """
    ordered = sorted(edits, key=_place)
    reached = 0
    for edit in ordered:
        start, end = span_of(edit)
        if start < reached or end < start:
            raise ValueError(f"edits overlap at byte {start}")
        reached = end
    return tuple(ordered)


def span_of(edit: Edit) -> tuple[int, int]:
    """Return the bytes [start, end) of the base that an edit takes away; empty for an insert."""
    return (edit.at, edit.at) if isinstance(edit, Insert) else (edit.start, edit.end)


def _place(edit: Edit) -> tuple[int, bool]:
    return span_of(edit)[0], not isinstance(edit, Insert)


def spliced(base: bytes | memoryview, plan: Sequence[Edit]) -> Iterator[bytes | memoryview]:
    """Yield the pieces of the saved file in order: slices of `base` and new bytes."""
    view = memoryview(base)
    reached = 0
    for edit in planned(plan):
        start, end = span_of(edit)
        if start > reached:
            yield view[reached:start]
        if not isinstance(edit, Delete):
            yield edit.new
        reached = end
    if reached < len(view):
        yield view[reached:]
