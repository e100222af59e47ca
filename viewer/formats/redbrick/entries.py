"""Series of tasks as entries of an export: what they are called, how large they are, where."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Literal, NamedTuple

import msgspec

from viewer.formats.json_tools import BadJson, is_list, is_object, numbers_in
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.redbrick.records import Holder, Parsed, Series, Task
from viewer.formats.redbrick.shapes import record_of
from viewer.formats.values import shown_text
from viewer.model.file_names import FileNames
from viewer.model.project import AuthorKind, Entry

AGREED = "superTruth"
_UID = re.compile(r"[0-2](\.[0-9]+){4,}")
_MOVIES = (".mp4", ".mov", ".avi")
_VOLUMES = (".nii", ".nii.gz")
_PICTURES = (".png", ".jpg", ".jpeg", ".bmp")
_LARGEST = 2**31 - 1
_NOTHING = (b"null", b"[]", b'""')
_ITEMS = msgspec.json.Decoder(list[str])
_NO_FILES = FileNames()


class Work(NamedTuple):
    """One person's labels of one series, or the agreed ones.

    Args:
        entry: number of the series' entry in the export, -1 for none.
        author: of its labels.
    """

    entry: int
    author: str


def holders_of(task: Task) -> Iterator[tuple[Holder, str]]:
    """Yield what holds labels of a task, with the author: itself, the agreed answer, annotators."""
    yield task, shown_text(task.updated_by)
    if task.super_truth is not None:
        yield task.super_truth, agreed_author(task.super_truth.updated_by)
    for number, holder in enumerate(task.consensus_tasks or (), 1):
        yield holder, annotator(holder.updated_by, number)


def agreed_author(updated_by: str | None) -> str:
    """Return the author of what annotators agreed on."""
    by = shown_text(updated_by)
    return f"{AGREED} ({by})" if by else AGREED


def agreed_among(authors: Iterable[str]) -> dict[str, AuthorKind]:
    """Return the kind of those authors that stand for what annotators agreed on."""
    return {name: "agreed" for name in authors if name == AGREED or name.startswith(f"{AGREED} (")}


def annotator(updated_by: str | None, number: int) -> str:
    """Return the author of one annotator's work, the `number`-th from 1."""
    return shown_text(updated_by) or f"annotator {number}"


def unique_ids(names: Iterable[tuple[str | None, str | None]]) -> list[str]:
    """Return an id for each task by its (taskId, name); a repeated one is counted on."""
    taken: dict[str, int] = {}
    found: list[str] = []
    for at, (task_id, name) in enumerate(names, 1):
        id = shown_text(task_id) or shown_text(name) or f"task {at}"
        taken[id] = taken.get(id, 0) + 1
        found.append(id if taken[id] == 1 else f"{id}#{taken[id]}")
    return found


def entries_of(parsed: Parsed) -> tuple[tuple[Entry, ...], list[list[int]]]:
    """Return the entries, and for each task the number of the entry of each of its series."""
    entries: list[Entry] = []
    numbers: list[list[int]] = []
    ids = unique_ids((task.task_id, task.name) for task in parsed.tasks)
    for id, task in zip(ids, parsed.tasks, strict=True):
        series = [_described(same) for same in _by_number(task)] or _of_old_items(task)
        numbers.append(list(range(len(entries), len(entries) + len(series))))
        several = len(series) > 1
        for n, one in enumerate(series):
            files = files_of(one.items, is_strict=parsed.is_strict)
            entries.append(_entry(f"{id}/{n}", task, one, _Part(n, several, files)))
    return tuple(entries), numbers


def _by_number(task: Task) -> list[list[Series]]:
    """Return the series that have the same number with every holder: they are shared by number."""
    found: list[list[Series]] = []
    for holder, _ in holders_of(task):
        for number, series in enumerate(holder.series or ()):
            if number == len(found):
                found.append([])
            found[number].append(series)
    return found


def _described(same: Sequence[Series]) -> Series:
    """Return the first of a shared series that lists its files, else the first."""
    if len(same) == 1:
        return same[0]
    return next((series for series in same if bytes(series.items) not in _NOTHING), same[0])


def _of_old_items(task: Task) -> list[Series]:
    """Return the series of a task in the layout without: one of each NIfTI file, else one."""
    items = items_of(task.items)
    if len(items) > 1 and all(item.lower().endswith(_VOLUMES) for item in items):
        return [Series(items=msgspec.Raw(msgspec.json.encode(item))) for item in items]
    has_labels = task.segment_map or bytes(task.labels) != b"null"
    return [Series(items=task.items)] if items or has_labels else []


def items_of(value: msgspec.Raw) -> list[str]:
    """Return the files that `items` or `segmentations` names: one, or a list."""
    data = bytes(value)
    try:
        items = _ITEMS.decode(data)
    except FAST_REFUSES:
        try:
            found = record_of(data)
        except BadJson:
            return []
        if isinstance(found, str):
            return [shown_text(found)]
        items = [item for item in found if isinstance(item, str)] if is_list(found) else []
    is_plain = data.isascii() and b"\\u" not in data
    return items if is_plain else [shown_text(item) for item in items]


def files_of(value: msgspec.Raw, *, is_strict: bool) -> FileNames:
    """Return the names of the files that `items` lists.

    Args:
        is_strict: the value is known to be JSON; where it can only be a list of plain texts, these
            are counted and stay bytes.
    """
    data = bytes(value)
    texts = data.count(b'"') // 2
    is_flat = data[:1] == b"[" and data.find(b"[", 1) < 0 and b"{" not in data
    is_of_texts = is_flat and texts > 0 and data.count(b",") == texts - 1
    if is_strict and is_of_texts and data.isascii() and b"\\" not in data:
        return FileNames(memoryview(value), texts)
    return FileNames.of(items_of(value))


class _Part(NamedTuple):
    """A series as one of its task's."""

    number: int
    has_others: bool
    files: FileNames


def _entry(id: str, task: Task, series: Series, part: _Part) -> Entry:
    name, of_task = shown_text(series.name), shown_text(task.name)
    sizes, affine = sizes_of(series), _affine(series)
    own = name or (f"series {part.number + 1}" if part.has_others else "")
    title = " / ".join(filter(None, (of_task, own)))
    is_one = len(part.files) == 1
    names = [part.files[0] if is_one else "", name, "" if part.has_others else of_task]
    return Entry(
        id=id,
        title=title or id,
        names=tuple(dict.fromkeys(filter(None, names))),
        series=name if _UID.fullmatch(name) else None,
        items=part.files if len(part.files) > 1 else _NO_FILES,
        kind="volume" if affine else _kind(part.files, sizes),
        size=(sizes[0], sizes[1]) if sizes else None,
        count=_count(series, sizes),
        affine=affine,
        from_right=is_mammography(series) or None,
    )


def sizes_of(series: Series) -> tuple[int, int, int] | None:
    """Return (columns, rows, slices) as the export states them, None without."""
    headers = series.image_headers
    found = (headers.dimensions if headers else None) or series.dimensions or ()
    whole = [_whole(number) for number in found]
    if len(whole) not in (2, 3) or any(not number for number in whole):
        return None
    columns, rows, slices = (*(number or 1 for number in whole), 1)[:3]
    return columns, rows, slices


def _count(series: Series, sizes: tuple[int, int, int] | None) -> int | None:
    headers = series.image_headers
    frames = _whole(headers.total_frames if headers else None) or _whole(series.num_frames)
    return frames or (sizes[2] if sizes else None)


def _whole(number: float | None) -> int | None:
    is_one = number is not None and 0 < number <= _LARGEST and number == int(number)
    return int(number) if is_one and number is not None else None


def _kind(
    items: FileNames, sizes: tuple[int, int, int] | None
) -> Literal["image", "video", "volume"] | None:
    if sizes and sizes[2] > 1:
        return "volume"
    if len(items) == 1 and items[0].lower().endswith(_MOVIES):
        return "video"
    if len(items) and all(item.lower().endswith(_PICTURES) for item in items):
        return "image" if len(items) == 1 else "video"
    return None


def _affine(series: Series) -> tuple[float, ...] | None:
    """Return the first three rows of imageHeaders.affine: voxel to patient mm, LPS as written."""
    rows = series.image_headers.affine if series.image_headers else None
    if rows is None or len(rows) not in (3, 4) or any(len(row) != 4 for row in rows):
        return None
    numbers = tuple(numbers_in(chain.from_iterable(rows[:3])))
    return numbers if all(map(math.isfinite, numbers)) else None


def is_mammography(series: Series) -> bool:
    """Whether a series says of itself that it is mammography or breast tomosynthesis."""
    return _says_so(series.name) or _is_of_breasts(bytes(series.meta_data))


@lru_cache(maxsize=256)  # most series say the same
def _is_of_breasts(meta_data: bytes) -> bool:
    try:
        found = record_of(meta_data)
    except BadJson:
        return False
    return is_object(found) and any(map(_says_so, (*found.keys(), *found.values())))


def _says_so(text: object) -> bool:
    word = text.lower() if isinstance(text, str) else ""
    return "mammo" in word or word.strip() in ("mg", "dbt")
