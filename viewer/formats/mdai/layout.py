"""Where a dataset's annotations stand in an MD.ai file."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from viewer.formats.json_tools import BadJson, Bytes, Walker, first_byte, text_of, value_of
from viewer.formats.mdai.spans import address


@dataclass(frozen=True)
class Container:
    """One dataset.

    Args:
        start, end: span of the dataset object; end is None where the file breaks off inside.
        list_start, list_end: span of its annotations' list with brackets, None without a list.
        value: span of the value of `annotations` when it is no list.
        studies: StudyInstanceUIDs it lists.
    """

    start: int
    end: int | None
    list_start: int | None
    list_end: int | None
    value: tuple[int, int] | None
    studies: frozenset[str]


class _Dataset(msgspec.Struct):
    annotations: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    studies: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Document(msgspec.Struct):
    datasets: list[msgspec.Raw] = []


def containers_of(base: bytes | memoryview) -> tuple[Container, ...]:
    """Return the datasets of a file, in order; of a damaged one those that begin."""
    try:
        document = msgspec.json.decode(base, type=_Document)
        origin = address(base)
        return tuple(_container(raw, address(raw) - origin) for raw in document.datasets)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return _forgiven(base)


def _container(raw: msgspec.Raw, start: int) -> Container:
    dataset = msgspec.json.decode(raw, type=_Dataset)
    length = len(memoryview(raw))
    if not isinstance(dataset.annotations, msgspec.Raw):
        return Container(start, start + length, None, None, None, _studies(dataset.studies))
    inner = dataset.annotations
    at = start + address(inner) - address(raw)
    end = at + len(memoryview(inner))
    is_list = bytes(memoryview(inner)[:1]) == b"["
    return Container(
        start,
        start + length,
        at if is_list else None,
        end if is_list else None,
        None if is_list else (at, end),
        _studies(dataset.studies),
    )


def _studies(raw: msgspec.Raw | msgspec.UnsetType) -> frozenset[str]:
    value = value_of(bytes(raw)) if isinstance(raw, msgspec.Raw) else None
    rows: list[object] = value if isinstance(value, list) else []
    found = (row.get("StudyInstanceUID") for row in rows if isinstance(row, dict))
    return frozenset(uid for uid in found if isinstance(uid, str))


def _forgiven(base: Bytes) -> tuple[Container, ...]:
    found: list[dict[str, object]] = []
    walker = Walker(base, first_byte(base))
    try:
        while walker.start() < len(base):
            if not walker.is_object():
                walker.skip()
                continue
            for key, _ in walker.members():
                if text_of(base[key.start : key.end]) == "datasets" and walker.is_array():
                    for at in walker.elements():
                        found.append({"start": at})
                        _walk_dataset(walker, found[-1])
    except BadJson:
        pass  # the reader has told where it breaks off; what begins before that is listed
    return tuple(
        Container(
            row["start"],
            row.get("end"),
            row.get("list_start"),
            row.get("list_end"),
            row.get("value"),
            row.get("studies", frozenset()),
        )
        for row in found
    )


def _walk_dataset(walker: Walker, row: dict[str, object]) -> None:
    if not walker.is_object():
        row["end"] = walker.skip().end
        return
    for key, start in walker.members():
        name = text_of(walker.data[key.start : key.end])
        if name == "annotations" and walker.is_array():
            row["list_start"] = start
            row["list_end"] = walker.skip().end
        elif name in ("annotations", "studies"):
            span = walker.skip()
            if name == "annotations":
                row["value"] = tuple(span)
            else:
                row["studies"] = _studies(msgspec.Raw(bytes(walker.data[span.start : span.end])))
    row["end"] = walker.at
