"""Which task of its export each label belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer.model.annotation import Annotation
from viewer.model.project import Export
from viewer.model.table import Base, Columns

Numbers = NDArray[np.int32]


@lru_cache(maxsize=8)
def task_numbers(export: Export, base: Base) -> Numbers:
    """Return (annotations,) the number in `Export.tasks` of each label as opened; -1 without one.

    A label belongs to the task of the entry of its first placement, else to that of its study.
    """
    columns = base.columns
    found = np.full(columns.count, -1, dtype=np.int32)
    if not export.tasks or not len(columns.owners):
        return found
    owners, first = np.unique(columns.owners, return_index=True)
    by_entry, by_study = _by_entry(export), _by_study(export)
    of_entry = _of_codes(columns, columns.entries[first], by_entry)
    of_study = _of_codes(columns, columns.studies[first], by_study)
    found[owners] = np.where(of_entry >= 0, of_entry, of_study)
    found.flags.writeable = False
    return found


def task_of(export: Export, annotation: Annotation) -> int:
    """Return the number of the task of a label that was edited or made; -1 without one."""
    for placement in annotation.placements[:1]:
        media = placement.media
        number = _by_entry(export).get(media.entry or "", -1)
        return number if number >= 0 else _by_study(export).get(media.study or "", -1)
    return -1


def _of_codes(columns: Columns, codes: Numbers, numbers: Mapping[str, int]) -> Numbers:
    """Return the number of the task that the key of each code names, -1 for none."""
    used = np.unique(codes[codes >= 0])
    table = np.full(int(codes.max(initial=-1)) + 2, -1, dtype=np.int32)
    table[used] = [numbers.get(columns.keys[code], -1) for code in used.tolist()]
    return table[codes]


@lru_cache(maxsize=8)
def _by_entry(export: Export) -> Mapping[str, int]:
    return {id: number for number, task in enumerate(export.tasks) for id in task.entries}


@lru_cache(maxsize=8)
def _by_study(export: Export) -> Mapping[str, int]:
    return {task.study: number for number, task in enumerate(export.tasks) if task.study}
