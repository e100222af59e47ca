"""From an Encord file's bytes to columns: fast where the file is clean, forgiving where not."""

from __future__ import annotations

import gc
from collections.abc import Sequence

import msgspec

from viewer.errors import Issue
from viewer.formats.encord.entries import Holder, holders_of
from viewer.formats.encord.gather import Gathered
from viewer.formats.encord.groups import arranged_as_taken, groups_of
from viewer.formats.encord.head import facts_of, issues_of, ontology_with
from viewer.formats.encord.labels import Labels
from viewer.formats.encord.ontology import book_of
from viewer.formats.encord.records import ONE_ROW, ROW_LIST, Row
from viewer.formats.encord.tasks import tasks_of
from viewer.formats.filling import filled
from viewer.formats.format import Raw
from viewer.formats.json_tools import BadJson, Walker, first_byte
from viewer.formats.problems import FAST_REFUSES, broken, summed
from viewer.formats.spans import spans_of
from viewer.formats.table_bytes import Head, Index
from viewer.model.project import Entry


def index(sources: Sequence[Raw]) -> Index:
    """Return columns and head of an export; a damaged file gives what is whole, and issues."""
    was_on = gc.isenabled()
    gc.disable()  # millions of small objects are made and none of them is cyclic
    try:
        return _index(sources)
    finally:
        if was_on:
            gc.enable()


def _index(sources: Sequence[Raw]) -> Index:
    data = sources[0]
    rows, stopped, issues = rows_of(data)
    book = book_of([source for source in sources[1:] if len(source)])
    gathered = Gathered()
    labels = Labels(gathered, book)
    every: list[Holder] = []
    for number, row in enumerate(rows):
        holders = list(holders_of(row, number))
        labels.take(row, holders)
        every += holders
    starts, ends = spans_of(data, gathered.raws)
    if stopped is not None:
        kept = len(gathered.begun)
        issues.insert(0, broken(stopped, data, kept, is_inside=False))
    issues += summed(gathered.problems, "label")
    issues += issues_of(labels, book, every)
    groups = tuple(groups_of(rows))
    if groups:
        issues.append(arranged_as_taken(len(groups)))
    head = Head(
        ontology=ontology_with(book, gathered.classes),
        entries=tuple(_entries(every).values()),
        authors=labels.authors,
        media_groups=groups,
        tasks=tasks_of(rows, every),
        facts=facts_of(rows),
        issues=tuple(issues),
        relations=tuple(labels.relations),
        own=gathered.own(starts, ends),
    )
    return Index(gathered.columns(starts, ends), head)


def rows_of(data: Raw) -> tuple[list[Row], BadJson | None, list[Issue]]:
    """Return the label rows of a file, where it broke off, and what is odd about it."""
    try:
        return rows_quickly(data), None, []
    except FAST_REFUSES:
        rows, found = filled(data, Row)
        return rows, found.broken, found.issues


def rows_quickly(data: Raw) -> list[Row]:
    """Return the rows of a clean file: a list of them, or one.

    Raises:
        msgspec.MsgspecError, RecursionError, UnicodeDecodeError: it is not clean.
    """
    view = memoryview(data)[first_byte(data) :]
    at = Walker(view).start()
    return ROW_LIST.decode(view) if bytes(view[at : at + 1]) == b"[" else [ONE_ROW.decode(view)]


def _entries(holders: Sequence[Holder]) -> dict[str, Entry]:
    """Return the entries by id; branches of one row share one, which may be named more fully."""
    found: dict[str, Entry] = {}
    for holder in holders:
        entry = holder.entry
        known = found.setdefault(entry.id, entry)
        if (
            len(entry.anchors or ()) > len(known.anchors or ())
            or entry.items.count > known.items.count
        ):
            names = {"anchors": entry.anchors, "items": entry.items, "count": entry.count}
            found[entry.id] = msgspec.structs.replace(known, **names)
    return found
