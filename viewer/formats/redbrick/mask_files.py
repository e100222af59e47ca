"""The mask files of an export, which go with it to another folder."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.formats.json_tools import BadJson
from viewer.formats.redbrick.entries import holders_of, items_of
from viewer.formats.redbrick.forgiving import parsed_forgiving
from viewer.formats.redbrick.records import FAST_REFUSES, TASKS, Series, Task
from viewer.formats.redbrick.segments import name_beside, segments_of
from viewer.formats.redbrick.shapes import record_of
from viewer.model.source import Beside


def mask_files(base: bytes | memoryview, beside: Beside | None) -> tuple[str, ...]:
    """Return the mask files that lie beside a main file, named from its folder."""
    if beside is None:
        return ()
    try:
        tasks = TASKS.decode(base)
    except FAST_REFUSES:
        tasks = parsed_forgiving(base).tasks
    names = dict.fromkeys(name for task in tasks for name in _names(task))
    found = [name_beside(beside, name) for name in names]
    return tuple(dict.fromkeys(each[0] for each in found if each is not None))


def _names(task: Task) -> Iterator[str]:
    yield from items_of(task.segmentations)
    for holder, _ in holders_of(task):
        for series in holder.series or ():
            yield from _of_series(series)


def _of_series(series: Series) -> Iterator[str]:
    yield from items_of(series.segmentations)
    for key, raw in (series.segment_map or {}).items():
        try:
            yield from segments_of(series, key, record_of(raw)).names
        except BadJson:
            continue
