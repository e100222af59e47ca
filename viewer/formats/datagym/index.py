"""From a DATAGYM file's bytes to columns: fast where the file is clean, forgiving where not."""

from __future__ import annotations

import gc
from collections.abc import Sequence

import numpy as np

from viewer.formats.datagym.build import built
from viewer.formats.datagym.entries import entries_of, ids_of
from viewer.formats.datagym.gather import rows_of
from viewer.formats.datagym.head import classes_of, facts_of, issues_of, tasks_of, types_of
from viewer.formats.datagym.maps import addresses_of
from viewer.formats.datagym.near import types_in
from viewer.formats.datagym.records import Parsed, parsed
from viewer.formats.left_open import outlines
from viewer.formats.problems import broken, summed
from viewer.formats.table_bytes import Head, Index
from viewer.model.ontology import Ontology


def index(sources: Sequence[bytes | memoryview]) -> Index:
    """Return columns and head of an export; a damaged file gives what is whole, and issues."""
    was_on = gc.isenabled()
    gc.disable()  # millions of small objects are made and none of them is cyclic
    try:
        return _index(sources[0], parsed(sources[0]), sources[1:])
    finally:
        if was_on:
            gc.enable()


def _index(data: bytes | memoryview, found: Parsed, given: Sequence[bytes | memoryview]) -> Index:
    types = types_of(row for task in found.tasks for row in task.label_classes or ())
    tasks = [task for task in found.tasks if not task.is_head]
    rows = rows_of(data, tasks, types or types_in(given))
    ids = ids_of(tasks)
    table = built(data, rows, tasks, ids, types)
    columns = table.columns
    issues = [*found.issues, *summed(table.problems, "label"), *issues_of(rows, tasks)]
    if found.broken is not None:
        issues.insert(0, broken(found.broken, data, columns.count, is_inside=False))
    outlined = frozenset(np.unique(columns.entries[outlines(columns)]).tolist())
    entries = entries_of(tasks, ids, outlined)
    head = Head(
        ontology=Ontology(classes_of(types, table.used, rows.rows.nested)),
        entries=entries,
        tasks=tasks_of(tasks, entries),
        authors={name: name for name in columns.authors},
        facts=tuple(facts_of(tasks, types)),
        issues=tuple(issues),
        own=addresses_of(data, tasks),
    )
    return Index(columns, head)
