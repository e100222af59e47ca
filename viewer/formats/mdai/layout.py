"""Where a dataset's annotations stand in an MD.ai file."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from viewer.formats.json_tools import (
    BadJson,
    Bytes,
    Span,
    Walker,
    first_byte,
    is_list,
    is_object,
    text_of,
    value_of,
)
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.spans import address


@dataclass
class Container:
    """One dataset.

    Args:
        start, end: span of the dataset object; end is None where the file breaks off inside.
        list_start, list_end: span of its annotations' list with brackets, None without a list.
        value: span of the value of `annotations` when it is no list.
        studies: StudyInstanceUIDs it lists.
    """

    start: int
    end: int | None = None
    list_start: int | None = None
    list_end: int | None = None
    value: Span | None = None
    studies: frozenset[str] = frozenset()


class _Dataset(msgspec.Struct):
    annotations: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    studies: msgspec.Raw = msgspec.Raw(b"[]")


class _Document(msgspec.Struct):
    datasets: list[msgspec.Raw] = []


def containers_of(base: bytes | memoryview) -> tuple[Container, ...]:
    """Return the datasets of a file, in order; of a damaged one those that begin."""
    try:
        document = msgspec.json.decode(base, type=_Document)
        origin = address(base)
        return tuple(_container(raw, address(raw) - origin) for raw in document.datasets)
    except FAST_REFUSES:
        return _forgiven(base)


def _container(raw: msgspec.Raw, start: int) -> Container:
    dataset = msgspec.json.decode(raw, type=_Dataset)
    found = Container(start, start + len(memoryview(raw)), studies=_studies(bytes(dataset.studies)))
    if isinstance(dataset.annotations, msgspec.Raw):
        at = start + address(dataset.annotations) - address(raw)
        _set_annotations(found, Span(at, at + len(memoryview(dataset.annotations))), raw, start)
    return found


def _set_annotations(found: Container, span: Span, data: Bytes | msgspec.Raw, origin: int) -> None:
    """Note the value of `annotations`; `data` begins at byte `origin` of the file."""
    if bytes(memoryview(data)[span.start - origin : span.start - origin + 1]) == b"[":
        found.list_start, found.list_end = span
    else:
        found.value = span


def _studies(value: Bytes) -> frozenset[str]:
    rows = value_of(value)
    uids = [row.get("StudyInstanceUID") for row in rows if is_object(row)] if is_list(rows) else []
    return frozenset(uid for uid in uids if isinstance(uid, str))


def _forgiven(base: Bytes) -> tuple[Container, ...]:
    found: list[Container] = []
    walker = Walker(base, first_byte(base))
    try:
        while walker.start() < len(base):
            _walk_document(walker, found)
    except BadJson:
        pass  # the reader has told where it breaks off; what begins before that is listed
    return tuple(found)


def _walk_document(walker: Walker, found: list[Container]) -> None:
    if not walker.is_object():
        walker.skip()
        return
    for key, _ in walker.members():
        if text_of(walker.data[key.start : key.end]) == "datasets" and walker.is_array():
            for at in walker.elements():
                if walker.is_object():
                    found.append(Container(at))
                    _walk_dataset(walker, found[-1])


def _walk_dataset(walker: Walker, found: Container) -> None:
    for key, start in walker.members():
        name = text_of(walker.data[key.start : key.end])
        if name == "annotations":
            if walker.is_array():
                found.list_start = start
            _set_annotations(found, walker.skip(), walker.data, 0)
        elif name == "studies":
            span = walker.skip()
            found.studies = _studies(walker.data[span.start : span.end])
    found.end = walker.at
