"""Reads an MD.ai file that the fast parser refuses: every complete record is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar, get_args

import msgspec
import numpy as np

from viewer.errors import Issue
from viewer.formats.json_tools import BadJson, Bytes, Span, Walker, first_byte, text_of
from viewer.formats.mdai.problems import no_list, no_objects
from viewer.formats.mdai.records import (
    Dataset,
    Document,
    Group,
    Label,
    Model,
    Parsed,
    Record,
    Study,
    User,
    Version,
    output_of,
    record_of,
    set_bytes,
)
from viewer.formats.problems import Misfits, broken, not_strict, oddity


@dataclass
class _Found:
    document: Document = field(default_factory=Document)
    spans: list[Span] = field(default_factory=list[Span])
    outputs: list[int] = field(default_factory=list[int])
    issues: list[Issue] = field(default_factory=list[Issue])
    no_objects: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    misfits: dict[tuple[str, str], Misfits] = field(default_factory=dict[tuple[str, str], Misfits])
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
            words = f"The file holds {count} JSON documents in a row; all were read."
            found.issues.append(oddity("several-documents", words))
    except BadJson as error:
        found.issues.append(broken(error, data, len(found.spans), is_inside=found.is_inside))
    found.issues.extend(no_objects(key, places) for key, places in found.no_objects.items())
    found.issues.extend(misfits.issue() for misfits in found.misfits.values())
    records: list[Record] = []
    damage: dict[int, str] = {}
    view = memoryview(data)
    outputs = set(found.outputs)
    for row, span in enumerate(found.spans):
        record, wrong = _record(view[span.start : span.end], is_output=row in outputs)
        records.append(record)
        if wrong:
            damage[row] = wrong
    if not (found.issues or damage):
        found.issues.extend(not_strict(data))
    spans = np.array(found.spans, dtype=np.int64).reshape(-1, 2)
    return Parsed(
        found.document,
        [records],
        spans[:, 0].copy(),
        spans[:, 1].copy(),
        np.array(found.outputs, dtype=np.int64),
        damage,
        found.issues,
    )


def _record(record: Bytes, *, is_output: bool) -> tuple[Record, str]:
    try:
        found, wrong = output_of(record) if is_output else record_of(record)
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
            case _:
                _other(walker, document, name, found)


def _other(walker: Walker, document: Document, name: str, found: _Found) -> None:
    """Read a key of the document that holds neither labels by groups nor records."""
    match name:
        case "models":
            for _ in _elements(walker, name, found):
                document.models.append(_model(walker, name, found))
        case "users":
            document.users.extend(_structs(walker, User, name, found))
        case "labels":
            document.labels.extend(_structs(walker, Label, name, found))
        case "model":
            document.model = _model(walker, name, found)
        case _:
            _set_plain(document, name, walker, "", found)


def _dataset(walker: Walker, dataset: Dataset, found: _Found) -> None:
    for name in _keys(walker, "datasets", found):
        match name:
            case "studies":
                dataset.studies.extend(_structs(walker, Study, name, found))
            case "annotations" | "modelOutputs":
                if name == "modelOutputs":
                    dataset.model_outputs = []
                for _ in _elements(walker, name, found):
                    found.is_inside = True
                    found.spans.append(walker.skip())
                    found.is_inside = False
                    if name == "modelOutputs":
                        found.outputs.append(len(found.spans) - 1)
            case _:
                _set_plain(dataset, name, walker, "datasets", found)


def _model(walker: Walker, key: str, found: _Found) -> Model:
    model = Model()
    for name in _keys(walker, key, found):
        if name == "versions":
            model.versions.extend(_structs(walker, Version, name, found))
        else:
            _set_plain(model, name, walker, key, found)
    return model


def _group(walker: Walker, group: Group, found: _Found) -> None:
    for name in _keys(walker, "labelGroups", found):
        if name == "labels":
            group.labels.extend(_structs(walker, Label, name, found))
        else:
            _set_plain(group, name, walker, "labelGroups", found)


def _keys(walker: Walker, key: str, found: _Found) -> Iterator[str]:
    """Yield the keys of the object here, an entry of `key`; anything else is noted."""
    if walker.is_object():
        yield from _names(walker)
    else:
        _note_no_object(walker, key, found)


def _note_no_object(walker: Walker, key: str, found: _Found) -> None:
    span = walker.skip()  # where the text breaks off inside, that alone is told
    found.no_objects.setdefault(key, []).append(span.start)


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
        found.issues.append(no_list(key, span.start, is_null=is_null))


def _set_plain(target: msgspec.Struct, name: str, walker: Walker, key: str, found: _Found) -> None:
    """Set a plain field of the object that is walked, an entry of `key`.

    A value of another type is noted; keys that are not known are passed over.
    """
    span = walker.skip()
    for item in msgspec.structs.fields(target):
        if item.encode_name == name and name not in _CONTAINERS:
            token = bytes(walker.data[span.start : span.end])
            if not set_bytes(target, item, token):
                _note_misfit(found, item, key, span.start, token)
            return


def _note_misfit(
    found: _Found, item: msgspec.structs.FieldInfo, key: str, at: int, token: bytes
) -> None:
    wanted = "number" if int in get_args(item.type) else "text"
    name = item.encode_name
    misfits = found.misfits.setdefault((key, name), Misfits(name, key, wanted, at, token))
    misfits.count += 1


_CONTAINERS = frozenset(
    ("labelGroups", "labels", "users", "datasets", "studies", "annotations", "modelOutputs",
     "models", "model", "versions")
)  # fmt: skip
_S = TypeVar("_S", Label, Study, User, Version)


def _structs(walker: Walker, kind: type[_S], key: str, found: _Found) -> Iterator[_S]:
    """Yield the entries of the list under `key` that are objects, each with all that is sound."""
    for _ in _elements(walker, key, found):
        if walker.is_object():
            made = kind()
            for name in _names(walker):
                _set_plain(made, name, walker, key, found)
            yield made
        else:
            _note_no_object(walker, key, found)
