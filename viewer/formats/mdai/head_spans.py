"""Where an MD.ai file says something besides its annotations."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from viewer.formats.json_tools import BadJson, Bytes, Walker, first_byte, members
from viewer.formats.mdai.records import FAST_REFUSES
from viewer.formats.spans import address
from viewer.model.placement import Origin
from viewer.model.project import Export
from viewer.model.table import Base

_Spanned = tuple[str, int, int]  # key, start, end


def head_spans(export: Export, _base: Base) -> Iterator[tuple[str, Origin]]:
    """Yield every key of the document and of its datasets but the records; then of metadata."""
    for source in export.sources:
        of = "" if source.id == 0 else "DICOM metadata: "
        for key, start, end in _members(source.base, first_byte(source.base), len(source.base)):
            if key != "datasets":
                yield f"{of}{key}", Origin(source.id, start, end)
                continue
            for number, (low, high) in enumerate(_elements(source.base, start, end), 1):
                for inner, first, last in _members(source.base, low, high):
                    if inner not in ("annotations", "modelOutputs"):
                        yield f"{of}dataset {number}: {inner}", Origin(source.id, first, last)


def _members(base: Bytes, start: int, end: int) -> Iterator[_Spanned]:
    """Yield the members of the object at [start, end); of a damaged one those that are whole."""
    part = memoryview(base)[start:end]
    try:
        found = msgspec.json.decode(part, type=dict[str, msgspec.Raw])
        origin = address(part)
        for key, raw in found.items():
            at = start + address(raw) - origin
            yield key, at, at + len(memoryview(raw))
    except FAST_REFUSES:
        yield from _forgiven(part, start)


def _forgiven(part: Bytes, start: int) -> Iterator[_Spanned]:
    try:
        for member in members(part):
            yield member.key, start + member.start, start + member.end
    except BadJson:
        return  # the reader has told where it breaks off


def _elements(base: Bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    part = memoryview(base)[start:end]
    walker = Walker(part)
    try:
        for _ in walker.elements():
            low, high = walker.skip()
            yield start + low, start + high
    except BadJson:
        return  # the reader has told where it breaks off
