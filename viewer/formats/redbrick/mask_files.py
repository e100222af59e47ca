"""The mask files of an export, which go with it to another folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from viewer.formats.beside import InFolder, folded
from viewer.formats.json_tools import BadJson
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.redbrick.entries import items_of
from viewer.formats.redbrick.forgiving import parsed_forgiving
from viewer.formats.redbrick.mask_claims import Claims
from viewer.formats.redbrick.records import NULL, Flag, Holder, Series, Task
from viewer.formats.redbrick.segments import Segments, name_beside, number_of_key, segments_of
from viewer.formats.redbrick.shapes import record_of
from viewer.model.source import Beside


class _Series(msgspec.Struct, rename="camel"):
    """What a series says of its masks."""

    segmentations: msgspec.Raw = NULL
    segment_map: dict[str, msgspec.Raw] | None = None
    binary_mask: Flag = None
    semantic_mask: Flag = None


class _Holder(msgspec.Struct, rename="camel"):
    series: list[_Series] | None = None


class _Task(_Holder, rename="camel"):
    segmentations: msgspec.Raw = NULL
    consensus_tasks: list[_Holder] | None = None
    super_truth: _Holder | None = None


class SeriesFiles(NamedTuple):
    """The mask files that a series names, or a task for all of its series.

    Args:
        has_instances: something is said to lie in them.
        numbers: of voxels that are an instance's, or that instances share; None where the series
            does not say it by numbers alone.
    """

    names: tuple[str, ...]
    has_instances: bool
    numbers: frozenset[int] | None = None


_PARTS = re.compile(r"[/\\]")
_TASKS = msgspec.json.Decoder(list[_Task])


def masks_by_series(base: bytes | memoryview) -> tuple[SeriesFiles, ...]:
    """Return the mask files that a main file names, for each task and series that has any."""
    try:
        tasks = _TASKS.decode(base)
    except FAST_REFUSES:
        tasks = parsed_forgiving(base).tasks
    return tuple(found for task in tasks for found in _of_task(task) if found.names)


def mask_files(names: Iterable[str], beside: Beside | None) -> tuple[str, ...]:
    """Return the mask files that lie beside a main file, named from its folder."""
    if isinstance(beside, InFolder):  # thousands of names are asked for, and few may be there
        there = beside.top_names()
        names = [name for name in names if "%" in name or _may_lie(name, there)]
    found = [name_beside(beside, name) for name in names]
    return tuple(dict.fromkeys(each[0] for each in found if each is not None))


def _may_lie(name: str, there: frozenset[str]) -> bool:
    """Whether any part of a name lies in the folder: names may have folders that are not there."""
    return not there.isdisjoint(_PARTS.split(folded(name)))


def _of_task(task: Task | _Task) -> Iterator[SeriesFiles]:
    yield SeriesFiles(tuple(items_of(task.segmentations)), has_instances=True)
    holders: list[Holder | _Holder | None] = [task, task.super_truth, *(task.consensus_tasks or ())]
    for holder in holders:
        for series in (holder.series or ()) if holder else ():
            yield _of_series(series)


def _of_series(series: Series | _Series) -> SeriesFiles:
    names, numbers = dict.fromkeys(items_of(series.segmentations)), set[int]()
    for key, segments in _instances(series):
        names.update(dict.fromkeys(segments.names if segments else ()))
        numbers.update((number_of_key(key), *(segments.values if segments else ())))
    told = None if series.binary_mask else frozenset(numbers - {0})
    return SeriesFiles(tuple(names), bool(series.segment_map), told)


def _instances(series: Series | _Series) -> Iterator[tuple[str, Segments | None]]:
    """Yield the key of each instance, and where its voxels lie; None for a damaged one."""
    if not series.segment_map:
        return
    told = Series(
        segmentations=series.segmentations,
        segment_map=series.segment_map,
        binary_mask=series.binary_mask,
        semantic_mask=series.semantic_mask,
    )
    claims = Claims(told)
    for key, raw in series.segment_map.items():
        try:
            yield key, segments_of(told, key, record_of(raw), claims=claims)
        except BadJson:
            yield key, None
