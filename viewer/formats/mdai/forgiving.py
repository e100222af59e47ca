"""Reads an MD.ai file that the fast parser refuses: every complete record is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
import numpy as np

from viewer.errors import Issue
from viewer.formats.json_tools import (
    STRING,
    BadJson,
    Bytes,
    Span,
    Walker,
    first_byte,
    text_of,
    value_of,
)
from viewer.formats.mdai.records import (
    FAST_REFUSES,
    Dataset,
    Document,
    Group,
    Label,
    Parsed,
    Record,
    Study,
    User,
    record_of,
    set_field,
)


@dataclass
class _Found:
    document: Document = field(default_factory=Document)
    spans: list[Span] = field(default_factory=list[Span])
    issues: list[Issue] = field(default_factory=list[Issue])
    no_objects: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    is_inside: bool = False  # an annotation has begun and is not complete


def parsed_forgiving(data: Bytes) -> Parsed:
    """Return everything that is whole in `data`, with issues for the rest."""
    found = _Found()
    walker = Walker(data, first_byte(data))
    try:
        count = 0
        while walker.start() < len(data):
            count += 1
            _document(walker, found)
        if count > 1:
            found.issues.append(
                _oddity(
                    "several-documents",
                    f"The file holds {count} JSON documents in a row; all were read.",
                )
            )
    except BadJson as error:
        found.issues.append(_broken(error, found, data))
    found.issues.extend(_no_object(key, places) for key, places in found.no_objects.items())
    records: list[Record] = []
    damage: dict[int, str] = {}
    view = memoryview(data)
    for row, span in enumerate(found.spans):
        record, wrong = _record(view[span.start : span.end])
        records.append(record)
        if wrong:
            damage[row] = wrong
    if not (found.issues or damage):
        found.issues.extend(_not_strict(data))
    spans = np.array(found.spans, dtype=np.int64).reshape(-1, 2)
    return Parsed(
        found.document, [records], spans[:, 0].copy(), spans[:, 1].copy(), damage, found.issues
    )


def _record(record: Bytes) -> tuple[Record, str]:
    try:
        found, wrong = record_of(record)
    except BadJson:
        return Record(), "it is no readable record"
    return found, "; ".join(wrong)


def _document(walker: Walker, found: _Found) -> None:
    if not walker.is_object():
        walker.skip()
        return
    document = found.document
    for name in _names(walker):
        match name:
            case "datasets":
                for _ in _elements(walker, name, found):
                    document.datasets.append(Dataset())
                    _dataset(walker, document.datasets[-1], found)
            case "labelGroups":
                for _ in _elements(walker, name, found):
                    document.label_groups.append(Group(labels=[]))
                    _group(walker, document.label_groups[-1], found)
            case "users":
                users = _elements(walker, name, found)
                document.users.extend(_struct(walker, User, name, found) for _ in users)
            case _:
                _set_text(document, name, walker)


def _dataset(walker: Walker, dataset: Dataset, found: _Found) -> None:
    for name in _keys(walker, "datasets", found):
        match name:
            case "studies":
                for _ in _elements(walker, name, found):
                    dataset.studies.append(_struct(walker, Study, name, found))
            case "annotations":
                for _ in _elements(walker, name, found):
                    found.is_inside = True
                    found.spans.append(walker.skip())
                    found.is_inside = False
            case _:
                _set_text(dataset, name, walker)


def _group(walker: Walker, group: Group, found: _Found) -> None:
    for name in _keys(walker, "labelGroups", found):
        if name == "labels":
            for _ in _elements(walker, name, found):
                group.labels.append(_struct(walker, Label, name, found))
        else:
            _set_text(group, name, walker)


def _keys(walker: Walker, key: str, found: _Found) -> Iterator[str]:
    """Yield the keys of the object here, an entry of `key`; anything else is noted."""
    if walker.is_object():
        yield from _names(walker)
    else:
        found.no_objects.setdefault(key, []).append(walker.skip().start)


def _names(walker: Walker) -> Iterator[str]:
    for key, _ in walker.members():
        yield text_of(walker.data[key.start : key.end])


def _elements(walker: Walker, key: str, found: _Found) -> Iterator[int]:
    """Yield the places of the elements of the list under `key`; anything else is an issue."""
    if walker.is_array():
        yield from walker.elements()
    else:
        span = walker.skip()
        is_null = bytes(walker.data[span.start : span.end]) == b"null"
        found.issues.append(_no_list(key, span.start, is_null=is_null))


def _value(walker: Walker) -> object:
    span = walker.skip()
    return value_of(walker.data[span.start : span.end])


def _set_text(target: msgspec.Struct, name: str, walker: Walker) -> None:
    """Set a plain field of the object that is walked; other keys are passed over."""
    for field_ in msgspec.structs.fields(target):
        if field_.encode_name == name and name not in _CONTAINERS:
            set_field(target, field_, _value(walker))
            return
    walker.skip()


_CONTAINERS = frozenset(("labelGroups", "labels", "users", "datasets", "studies", "annotations"))
_LABELLED = frozenset(("datasets", "annotations"))  # where annotations are lost to view
_BEGUN = re.compile(rb"[\w.+-]*\s*")
_S = TypeVar("_S", Label, Study, User)


def _struct(walker: Walker, kind: type[_S], key: str, found: _Found) -> _S:
    """Return the entry of `key` here with every field whose value has the type it should have."""
    made = kind()
    for name in _keys(walker, key, found):
        _set_text(made, name, walker)
    return made


def _no_list(key: str, at: int, *, is_null: bool) -> Issue:
    what = "is null" if is_null else "holds no list"
    sentence = f"The key {key!r} {what} at byte {at:,}, and nothing is read from it; it stays."
    severity = "note" if is_null else "error" if key in _LABELLED else "warning"
    return Issue(severity, "no-list", sentence, f"byte {at}")


def _no_object(key: str, places: list[int]) -> Issue:
    count = "1 entry" if len(places) == 1 else f"{len(places):,} entries"
    what = "is no object" if len(places) == 1 else "are no objects"
    sentence = f"{count} of {key!r} {what}, the first at byte {places[0]:,}; all stay in the file."
    severity = "error" if key in _LABELLED else "warning"
    return Issue(severity, "no-object", sentence, f"byte {places[0]}")


def _broken(error: BadJson, found: _Found, data: Bytes) -> Issue:
    kept = len(found.spans)
    if _is_cut_off(data, error.at):
        where = f"in the middle of annotation {kept + 1:,}" if found.is_inside else "too early"
        sentence = f"The file breaks off: it ends {where}, at byte {len(data):,}; "
    else:
        sentence = f"The file is damaged at byte {error.at:,} of {len(data):,} ({error}); "
    words = "1 annotation is kept." if kept == 1 else f"{kept:,} annotations are kept."
    return Issue("error", "broken-json", sentence + words, f"byte {error.at}")


def _is_cut_off(data: Bytes, at: int) -> bool:
    """Whether what cannot be read at byte `at` is the beginning of something that goes on."""
    tail = bytes(data[at : at + 64])
    if tail.startswith(b'"'):
        return STRING.match(data, at) is None
    return len(tail) < 64 and _BEGUN.fullmatch(tail) is not None


def _not_strict(data: Bytes) -> Iterator[Issue]:
    """Say that the file is none for a strict parser, such as one with comments or stray commas."""
    try:
        msgspec.json.decode(memoryview(data)[first_byte(data) :], type=msgspec.Raw)
    except FAST_REFUSES as error:
        yield _oddity(
            "not-strict",
            f"The file is not strict JSON ({error}); everything in it was read, and stays as it "
            "is, but other programs may refuse it.",
        )


def _oddity(code: str, sentence: str) -> Issue:
    return Issue("warning", code, sentence)
