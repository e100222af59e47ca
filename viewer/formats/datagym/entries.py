"""Media of tasks as entries of an export."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from viewer.formats.datagym.records import Task, Value
from viewer.formats.values import shown_text
from viewer.model.file_names import file_name
from viewer.model.project import Entry, EntryKind, Reading

_STAMP = re.compile(r"[0-9]{10,17}_(?=.)")  # what the platform puts before a file's name
_ODD = re.compile(r"[%/\\\0]|://|^[0-9]{10}")
_OPEN: tuple[Reading, ...] = ("pixel-centres",)
_LARGEST = 2**31 - 1


def entries_of(
    tasks: Sequence[Task], ids: Sequence[str] = (), outlined: Collection[int] = ()
) -> tuple[Entry, ...]:
    """Return the entry of each task.

    Args:
        ids: what `ids_of` gives.
        outlined: numbers of tasks with labels that leave open where pixels are counted from.
    """
    pairs = zip(ids or ids_of(tasks), tasks, strict=True)
    return tuple(
        _entry(id, task, _OPEN if number in outlined else ())
        for number, (id, task) in enumerate(pairs)
    )


def ids_of(tasks: Sequence[Task]) -> list[str]:
    """Return the id of each task's entry."""
    return unique_ids(map(_id, tasks))


def size_of(task: Task) -> tuple[int, int]:
    """Return (width, height) as a task says it, (-1, -1) without."""
    if task.video_width is None:
        return -1, -1
    width, height = whole(task.video_width), whole(task.video_height)
    return (width, height) if width and height else (-1, -1)


def unique_ids(ids: Iterable[str]) -> list[str]:
    """Return an id for each task; a repeated one is counted on."""
    given = list(ids)
    if len(set(given)) == len(given) and "" not in given:
        return given
    taken: dict[str, int] = {}
    found: list[str] = []
    for at, id in enumerate(given, 1):
        id = id or f"task {at}"
        count = taken.get(id, 0) + 1
        taken[id] = count
        found.append(id if count == 1 else f"{id}#{count}")
    return found


def _id(task: Task) -> str:
    id = task.id or task.name or _video_id(task)
    return id if id.isascii() else shown_text(id)


def _video_id(task: Task) -> str:
    """Return the id of a video task's own file, which does not name its task; "" of another.

    It goes by the first object, whose id no other task has: so it is the same whatever the file is
    called, and in a copy that was edited, since new objects come last.
    """
    if task.labels is not None or task.video is None:
        return ""
    return f"video task {next(iter(task.object or ()), '')}".rstrip()


def _entry(id: str, task: Task, left_open: tuple[Reading, ...]) -> Entry:
    name = task.media_name or task.image_name or ""
    names = names_of(name)
    media = task.media_id or task.image_id
    keys = (media,) if media else ()
    title = names[0] if names else id
    if not task.is_video and task.video is None:
        kind: EntryKind | None = None if task.labels is None else "image"
        return Entry(id, title, names, kind=kind, keys=keys, left_open=left_open)
    size = size_of(task)
    return Entry(
        id,
        title,
        names,
        kind="video",
        size=size if size[0] > 0 else None,
        count=whole(task.video_total_frames),
        keys=keys,
        left_open=left_open,
    )


def names_of(name: str) -> tuple[str, ...]:
    """Return what a file may be called: decoded, then without the time it was uploaded at."""
    if name and name.isascii() and not _ODD.search(name):
        return (name,)
    plain = file_name(shown_text(name)) if name else ""
    found = (plain, _STAMP.sub("", plain, count=1) if _STAMP.match(plain) else plain)
    return tuple(dict.fromkeys(filter(None, found)))


def whole(value: Value) -> int | None:
    """Return a count, which is spelled as text; None for none."""
    if isinstance(value, str):
        value = int(value) if value.isdecimal() and value.isascii() and len(value) < 11 else None
    if value is None or not 0 < value <= _LARGEST or value != int(value):
        return None
    return int(value)
