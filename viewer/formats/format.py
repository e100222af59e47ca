"""What a format is, and how one is told from the bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from viewer.errors import CannotRead
from viewer.formats.json_tools import BadJson, Walker, first_byte, text_of
from viewer.formats.table_bytes import Index
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Export
from viewer.model.source import Beside, Edit, Source
from viewer.model.table import Base

HEAD_BYTES = 256 * 1024
Raw: TypeAlias = bytes | memoryview


@dataclass(frozen=True)
class ChangedLabel:
    """One annotation that a saved file holds differently.

    Args:
        verb: "added", "changed" or "deleted".
        fields: names of the changed fields, in words.
    """

    id: AnnotationId
    native_id: str
    verb: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class WriteJob:
    """What is to be written: an export as opened, and its annotations that were edited since.

    Args:
        edits: None for a deleted one; every other annotation stands as it is now.
    """

    export: Export
    base: Base
    opened: Callable[[AnnotationId], Annotation]
    edits: Mapping[AnnotationId, Annotation | None]


@dataclass(frozen=True, eq=False)
class NewFile:
    """A whole file of an export, such as a mask.

    Args:
        name: relative to the main file's folder, parts separated by "/".
    """

    name: str
    content: bytes


@dataclass(frozen=True, eq=False)
class WritePlan:
    """Edits of each source, by source id, and what they mean.

    Args:
        files: files beside the main one that come new, or instead of the one of that name.
    """

    edits: Mapping[int, tuple[Edit, ...]]
    changed: tuple[ChangedLabel, ...] = ()
    notes: tuple[str, ...] = ()
    files: tuple[NewFile, ...] = ()


@dataclass(frozen=True)
class Format:
    """One vendor's exports: plain functions over bytes.

    Args:
        name: stable word for code and files.
        title: for people.
        looked_for: what `recognise` looks for, for the sentence that says nothing was found.
        recognise: from the first 256 KB of a file; never from its name.
        index: columns and head of an export from the bytes of its sources.
        open: the export and its base; the caller gives ids and paths, and then a title to show.
        plan: the edit plan of a save; raises CannotWrite before anything is written.
    """

    name: str
    title: str
    looked_for: str
    recognise: Callable[[bytes], bool]
    index: Callable[[Sequence[Raw]], Index]
    open: Callable[[str, tuple[Source, ...], Index, Beside | None], tuple[Export, Base]]
    plan: Callable[[WriteJob], WritePlan]


def top_keys(head: bytes) -> tuple[str, ...]:
    """Return the keys of the first object in `head`, as far as `head` reaches."""
    walker = Walker(head, first_byte(head))
    keys: list[str] = []
    try:
        for key, _ in walker.members():
            keys.append(text_of(head[key.start : key.end]))
    except BadJson:
        pass  # the head of a long file ends somewhere: the keys before that are what is known
    return tuple(keys)


def detect(head: bytes, title: str, formats: Sequence[Format]) -> Format:
    """Return the format whose content this is.

    Args:
        head: the first 256 KB of the file, or all of it.
        title: file name, for sentences only.
        formats: those that are asked, in order.

    Raises:
        CannotRead: empty, no JSON, or none of `formats`.
    """
    if not head[first_byte(head) :].strip():
        raise CannotRead(f"{title} is empty: there is nothing to read in it.")
    for known in formats:
        if known.recognise(head):
            return known
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise CannotRead(f"{title} is UTF-16 text; save it as UTF-8 and open it again.")
    looked = "; ".join(f"{known.title}: {known.looked_for}" for known in formats)
    walker = Walker(head, first_byte(head))
    walker.start()
    if head[walker.at : walker.at + 1] not in (b"{", b"["):
        raise CannotRead(f"{title} is no JSON file; a label export was expected.")
    holds = ", ".join(top_keys(head)[:8]) or "no keys"
    if head[walker.at : walker.at + 1] == b"[":
        keys = top_keys(head[walker.at + 1 :])[:8]
        holds = f"a list of objects with {', '.join(keys)}" if keys else "a list, no keys"
    raise CannotRead(f"{title} is JSON of an unknown kind ({holds}). Looked for {looked}.")
