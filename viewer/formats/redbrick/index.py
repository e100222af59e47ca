"""From a RedBrick AI file's bytes to columns: fast where the file is clean, forgiving where not."""

from __future__ import annotations

import gc
from collections.abc import Sequence

import msgspec

from viewer.formats.format import HEAD_BYTES
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.redbrick.build import columns_of
from viewer.formats.redbrick.entries import entries_of
from viewer.formats.redbrick.forgiving import parsed_forgiving
from viewer.formats.redbrick.gather import rows_of
from viewer.formats.redbrick.head import head_of
from viewer.formats.redbrick.recognise import is_taxonomy, main_number
from viewer.formats.redbrick.records import TASKS, Parsed
from viewer.formats.table_bytes import Index


def index(sources: Sequence[bytes | memoryview]) -> Index:
    """Return columns and head of an export; a damaged file gives what is whole, and issues."""
    heads = [bytes(source[:HEAD_BYTES]) for source in sources]
    main = main_number(heads)
    data = b"[]" if is_taxonomy(heads[main]) else sources[main]
    was_on = gc.isenabled()
    gc.disable()  # millions of small objects are made and none of them is cyclic
    try:
        try:
            parsed = Parsed(TASKS.decode(data), is_strict=True)
        except FAST_REFUSES:
            parsed = parsed_forgiving(data)
        return _index(main, data, parsed)
    finally:
        if was_on:
            gc.enable()


def _index(main: int, data: bytes | memoryview, parsed: Parsed) -> Index:
    entries, numbers = entries_of(parsed)
    rows = rows_of(data, parsed, numbers)
    columns, entries, issues = columns_of(rows, entries, main)
    head = head_of(parsed.tasks, entries, numbers, columns.classes, parsed.issues)
    return Index(columns, msgspec.structs.replace(head, issues=(*head.issues, *issues)))
