"""From an MD.ai file's bytes to columns: fast where the file is clean, forgiving where not."""

from __future__ import annotations

import gc
from collections.abc import Sequence

import msgspec

from viewer.formats.mdai.build import Parsed, columns_of
from viewer.formats.mdai.forgiving import parsed_forgiving
from viewer.formats.mdai.head import head_of
from viewer.formats.mdai.records import DOCUMENT, FAST_REFUSES, RECORDS, Document
from viewer.formats.mdai.spans import spans_of
from viewer.formats.table_bytes import Index


def index(sources: Sequence[bytes | memoryview]) -> Index:
    """Return columns and head of an export; a damaged file gives what is whole, and issues."""
    (data,) = sources
    was_on = gc.isenabled()
    gc.disable()  # millions of small objects are made and none of them is cyclic
    try:
        parsed = _parsed(data)
        head = head_of(parsed.document, parsed.issues)
        columns, issues = columns_of(data, parsed, head)
        return Index(columns, msgspec.structs.replace(head, issues=(*head.issues, *issues)))
    finally:
        if was_on:
            gc.enable()


def _parsed(data: bytes | memoryview) -> Parsed:
    try:
        return _fast(data)
    except FAST_REFUSES:
        return parsed_forgiving(data)


def _fast(data: bytes | memoryview) -> Parsed:
    document: Document = DOCUMENT.decode(data)
    raws = [raw for dataset in document.datasets for raw in dataset.annotations]
    starts, ends = spans_of(data, raws)
    records = [RECORDS.decode(raw) for raw in raws]
    return Parsed(document, records, starts, ends)
