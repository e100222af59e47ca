"""What a format is, and how one is told from the bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from viewer.errors import CannotRead, Issue
from viewer.formats.json_tools import BadJson, Walker, first_byte, text_of
from viewer.formats.table_bytes import Index
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.placement import Origin
from viewer.model.project import Export, Project
from viewer.model.source import Beside, Edit, Role, Source
from viewer.model.table import Base

HEAD_BYTES = 256 * 1024
Raw: TypeAlias = bytes | memoryview
TitledSpan: TypeAlias = tuple[str, Origin]


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


def named(job: WriteJob, annotation: Annotation) -> str:
    """Return a label's class and id, for sentences."""
    title = job.export.ontology.title_of(annotation.class_id)
    return f"{title!r} ({annotation.native_id or ('new' if annotation.id.new else 'no id')})"


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
        copies: names of files beside the main one that are no sources and belong to it, such as
            masks: they go with it to another folder.
    """

    edits: Mapping[int, tuple[Edit, ...]]
    changed: tuple[ChangedLabel, ...] = ()
    notes: tuple[str, ...] = ()
    files: tuple[NewFile, ...] = ()
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Made:
    """A product as it was made.

    Args:
        count: of its rows.
        notes: what a person should know, such as what is not in it, in sentences.
    """

    content: bytes
    count: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Product:
    """A further file that can be made of an export on request, such as one for import.

    Args:
        name: stable word for the command line.
        title: for people; of a button.
        ending: of file names, such as ".import.ndjson".
        tip: one sentence.
        make: from the project as it is now and the export's id.
    """

    name: str
    title: str
    ending: str
    tip: str
    make: Callable[[Project, str], Made]


@dataclass(frozen=True)
class Part:
    """A further file that an export's main file calls for.

    Args:
        role: what it is to the export.
        names: what it may be called, relative to the main file; the first one found is read.
    """

    role: Role
    names: tuple[str, ...]


def no_parts(_: Raw) -> tuple[Part, ...]:
    """Call for no further files."""
    return ()


def no_role(_: bytes) -> None:
    """Know no files that only go with an export."""


def no_companions(_export: Export, _base: Base, _names: Sequence[str]) -> tuple[str, ...]:
    """Know no files beside a main file but its sources."""
    return ()


@dataclass(frozen=True)
class Format:
    """One vendor's exports: plain functions over bytes.

    Args:
        name: stable word for code and files.
        title: for people.
        looked_for: what `recognise` looks for, for the sentence that says nothing was found.
        recognise: from the first 256 KB of a file, never from its name; None where these leave it
            open, and it is asked again with the whole file.
        index: columns and head of an export from the bytes of its sources: the main file, then one
            for each of `parts` in their order (empty where none was found), then those that have a
            `role` and lie nearest.
        open: the export and its base; the caller gives ids and paths, and then a title to show. A
            part that was not found is a source without a path.
        plan: the edit plan of a save; raises CannotWrite before anything is written.
        parts: what a main file calls for, from all its bytes; `index` may ask the same again.
        role: from the first 256 KB of a file that is no export itself, what it is to exports of
            this format that lie beside it, such as "ontology"; None for a stranger.
        record_spans: what stands around the record with an ordinal and says something of it, such
            as its row, task or series, each with a title; without the records of other labels as
            far as may be.
        head_spans: what an export says besides its labels, each with a title.
        companions: of the names of files in the main file's folder and below, those that belong to
            the export without being sources, such as masks.
        products: further files that can be made of an export.
        with_classes: the export and its base with other classes of annotations, by ordinal: those
            that a person gave where the export does not say them. Such as do not fit are left out.
        unimportable: what the vendor's own platform would not take back of an export as it was
            opened, looked for in a job; asks its last argument again and again whether to go on.
        ahead: finds in a job what `record_spans` and the first records of a large export would
            search for at length; asks its last argument again and again whether to go on.
    """

    name: str
    title: str
    looked_for: str
    recognise: Callable[[bytes], bool | None]
    index: Callable[[Sequence[Raw]], Index]
    open: Callable[[str, tuple[Source, ...], Index, Beside | None], tuple[Export, Base]]
    plan: Callable[[WriteJob], WritePlan]
    parts: Callable[[Raw], Sequence[Part]] = no_parts
    role: Callable[[bytes], Role | None] = no_role
    record_spans: Callable[[Export, Base, int], Iterable[TitledSpan]] | None = None
    head_spans: Callable[[Export, Base], Iterable[TitledSpan]] | None = None
    companions: Callable[[Export, Base, Sequence[str]], Iterable[str]] = no_companions
    products: tuple[Product, ...] = ()
    with_classes: Callable[[Export, Base, Mapping[int, str]], tuple[Export, Base]] | None = None
    unimportable: Callable[[Export, Base, Callable[[], None]], Iterable[Issue]] | None = None
    ahead: Callable[[Export, Base, Callable[[], None]], None] | None = None


@lru_cache(maxsize=8)  # formats are asked one after another about the same bytes
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


def told(head: bytes, whole: Callable[[], Raw], formats: Sequence[Format]) -> Format | None:
    """Return the format whose content this is, None for a stranger.

    Args:
        head: the first 256 KB of the file, or all of it.
        whole: gives all of it; asked only where the head leaves it open.
        formats: those that are asked, in order.
    """
    unsure: list[Format] = []
    for known in formats:
        answer = known.recognise(head)
        if answer:
            return known
        if answer is None:
            unsure.append(known)
    if not unsure or len(head) < HEAD_BYTES:
        return None
    data = bytes(whole())
    return next((known for known in unsure if known.recognise(data)), None)


def detect(
    head: bytes, title: str, formats: Sequence[Format], whole: Callable[[], Raw] = bytes
) -> Format:
    """Return the format whose content this is.

    Args:
        head: the first 256 KB of the file, or all of it.
        title: file name, for sentences only.
        formats: those that are asked, in order.
        whole: as in `told`.

    Raises:
        CannotRead: empty, no JSON, or none of `formats`.
    """
    if not head[first_byte(head) :].strip():
        raise CannotRead(f"{title} is empty: there is nothing to read in it.")
    known = told(head, whole, formats)
    if known is None:
        raise _stranger(head, title, formats)
    return known


def looked_for(formats: Sequence[Format]) -> str:
    """Return what formats are told by, in words without a full stop."""
    return "; ".join(f"{known.title}: {known.looked_for}" for known in formats)


def _stranger(head: bytes, title: str, formats: Sequence[Format]) -> CannotRead:
    """Return what is said of a file of no known format: what it holds, and what was looked for."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return CannotRead(f"{title} is UTF-16 text; save it as UTF-8 and open it again.")
    looked = looked_for(formats)
    walker = Walker(head, first_byte(head))
    walker.start()
    if head[walker.at : walker.at + 1] not in (b"{", b"["):
        return CannotRead(f"{title} is no JSON file; a label export was expected.")
    holds = ", ".join(top_keys(head)[:8]) or "no keys"
    if head[walker.at : walker.at + 1] == b"[":
        keys = top_keys(head[walker.at + 1 :])[:8]
        holds = f"a list of objects with {', '.join(keys)}" if keys else "a list, no keys"
    return CannotRead(f"{title} is JSON of an unknown kind ({holds}). Looked for {looked}.")
