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
from viewer.formats.mdai.metadata import VideoFile, videos_of_all
from viewer.formats.mdai.records import (
    DOCUMENT,
    FAST_REFUSES,
    OUTPUTS,
    RECORDS,
    Document,
    Parsed,
)
from viewer.formats.mdai.tasks import tasks_of
from viewer.formats.spans import spans_of
from viewer.formats.table_bytes import Index

_CHUNK_BYTES = 2**19  # of records at once: their objects stay in the processor's cache


def index(sources: Sequence[bytes | memoryview]) -> Index:
    """Return columns and head of an export; a damaged file gives what is whole, and issues.

    Args:
        sources: the export, then the DICOM metadata exports that go with it.
    """
    data, *metadata = sources
    videos, unread = videos_of_all(metadata)
    was_on = gc.isenabled()
    gc.disable()  # millions of small objects are made and none of them is cyclic
    try:
        try:
            found = _index(_fast(data), videos)
        except FAST_REFUSES:
            found = _index(parsed_forgiving(data), videos)
    finally:
        if was_on:
            gc.enable()
    head = msgspec.structs.replace(found.head, issues=(*found.head.issues, *unread))
    return Index(found.columns, head) if unread else found


def _index(parsed: Parsed, videos: Sequence[VideoFile]) -> Index:
    head = head_of(parsed.document, parsed.issues)
    built = columns_of(parsed, head, videos)
    whole = msgspec.structs.replace(
        head,
        entries=built.entries,
        tasks=tasks_of(head.exams, built.entries, built.columns),
        author_kinds=dict.fromkeys(built.models, "model"),
        issues=(*head.issues, *built.issues),
    )
    return Index(built.columns, whole)


def _fast(data: bytes | memoryview) -> Parsed:
    document: Document = DOCUMENT.decode(data)
    raws: list[msgspec.Raw] = []
    made: list[msgspec.Raw] = []
    for dataset in document.datasets:
        raws += dataset.annotations
        made += dataset.model_outputs or []
    starts, ends = spans_of(data, raws + made)
    outputs, decode = np.arange(len(raws), len(starts)), RECORDS.decode
    if made:
        order, decode = np.argsort(starts, kind="stable"), OUTPUTS.decode
        both = raws + made
        raws = [both[at] for at in order.tolist()]
        outputs = np.flatnonzero(order >= outputs[0])
        starts, ends = starts[order], ends[order]
    steps = np.arange(0, int((ends - starts).sum()), _CHUNK_BYTES)
    bounds: list[int] = [*np.searchsorted(np.cumsum(ends - starts), steps).tolist(), len(raws)]
    chunks = (list(map(decode, raws[start:end])) for start, end in pairwise(bounds))
    return Parsed(document, chunks, starts, ends, outputs)
