"""From an MD.ai file's bytes to columns: fast where the file is clean, forgiving where not."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np

from viewer.formats.mdai.build import columns_of
from viewer.formats.mdai.forgiving import parsed_forgiving
from viewer.formats.mdai.head import head_of
from viewer.formats.mdai.records import DOCUMENT, FAST_REFUSES, RECORDS, Document, Parsed
from viewer.formats.spans import spans_of
from viewer.formats.table_bytes import Index

_CHUNK_BYTES = 2**19  # of records at once: their objects stay in the processor's cache


def index(sources: Sequence[bytes | memoryview]) -> Index:
    """Return columns and head of an export; a damaged file gives what is whole, and issues."""
    (data,) = sources
    was_on = gc.isenabled()
    gc.disable()  # millions of small objects are made and none of them is cyclic
    try:
        try:
            return _index(_fast(data))
        except FAST_REFUSES:
            return _index(parsed_forgiving(data))
    finally:
        if was_on:
            gc.enable()


def _index(parsed: Parsed) -> Index:
    head = head_of(parsed.document, parsed.issues)
    columns, issues = columns_of(parsed, head)
    return Index(columns, msgspec.structs.replace(head, issues=(*head.issues, *issues)))


def _fast(data: bytes | memoryview) -> Parsed:
    document: Document = DOCUMENT.decode(data)
    raws = [raw for dataset in document.datasets for raw in dataset.annotations]
    starts, ends = spans_of(data, raws)
    steps = np.arange(0, int((ends - starts).sum()), _CHUNK_BYTES)
    bounds: list[int] = [*np.searchsorted(np.cumsum(ends - starts), steps).tolist(), len(raws)]
    chunks = (list(map(RECORDS.decode, raws[start:end])) for start, end in pairwise(bounds))
    return Parsed(document, chunks, starts, ends)
