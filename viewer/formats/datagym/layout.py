"""Where the tasks of a file stand, and what stands in them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from viewer.errors import CannotWrite
from viewer.formats.json_tools import BadJson, Bytes, Span, Walker, elements, first_byte, members
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.spans import address
from viewer.model.project import Entry

_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_CLASSES = b'"label_classes"'
_OWN = frozenset(("internal_media_ID", "internal_image_ID", "labels"))


@dataclass(frozen=True, eq=False)
class Layout:
    """The tasks of a file in order, of which entry number n is the medium of task n.

    Args:
        by_entry: tasks by the ids of their entries.
    """

    tasks: tuple[Span, ...]
    by_entry: Mapping[str, Span]

    def at(self, place: int) -> Span:
        """Return the task that byte `place` stands in.

        Raises:
            CannotWrite: the file breaks off inside it.
        """
        number = bisect_right(self.tasks, place, key=lambda span: span.start) - 1
        if number < 0 or place >= self.tasks[number].end:
            raise CannotWrite("The file breaks off inside a task: nothing in it can change.")
        return self.tasks[number]

    def of_entry(self, entry: str | None, name: str) -> Span:
        """Return the task of an entry.

        Args:
            name: of what is to stand in it.

        Raises:
            CannotWrite: the file has none, or breaks off inside it.
        """
        found = self.by_entry.get(entry or "")
        if found is None:
            raise CannotWrite(f"{name}: the file has no task of what it stands on.")
        return found


def layout_of(base: Bytes, entries: Sequence[Entry]) -> Layout:
    """Return where the tasks of a file stand; of a damaged file those that are whole."""
    tasks = tuple(span for span in _elements(base) if not _is_head(base, span))
    pairs = zip(entries, tasks, strict=False)
    return Layout(tasks, {entry.id: task for entry, task in pairs})


def end_of_classes(base: Bytes) -> int:
    """Return where the list of classes ends at the beginning of a file, which has but one key."""
    walker = Walker(base, first_byte(base))
    try:
        if walker.start() < len(base) and walker.is_array():
            for _ in walker.elements():
                span = walker.skip()
                return span.end if _is_head(base, span) else 0
    except BadJson:
        return 0
    return 0


def members_at(base: Bytes, start: int) -> Mapping[str, Span]:
    """Return the spans of the members of the object at byte `start`, the last one of each key.

    Raises:
        CannotWrite: it is damaged.
    """
    try:
        return {one.key: Span(one.start, one.end) for one in members(base, start)}
    except BadJson as error:
        raise CannotWrite(f"The file is damaged where it must be changed: {error}.") from error


def starts_in(base: Bytes, start: int) -> dict[int, int]:
    """Return the number of each element of the list at byte `start` by where it begins."""
    try:
        return {span.start: number for number, span in enumerate(elements(base, start))}
    except BadJson as error:
        raise CannotWrite(f"The file is damaged where it must be changed: {error}.") from error


def video_home(base: Bytes, task: Span) -> int:
    """Return where the object begins that holds `frames` and `object` of a video task."""
    found = members_at(base, task.start)
    labels = found.get("labels")
    return labels.start if labels and "object" not in found else task.start


def _is_head(base: Bytes, span: Span) -> bool:
    """Whether an element is the list of classes, and no task."""
    data = bytes(base[span.start : span.end])
    if data[:1] != b"{":
        return True
    return _CLASSES in data and not _OWN & {one.key for one in members(data)}


def _elements(base: Bytes) -> Iterator[Span]:
    first = first_byte(base)
    view = memoryview(base)[first:]
    try:
        raws = _LIST.decode(view)
    except FAST_REFUSES:
        yield from _walked(base, first)
        return
    origin = address(view) - first
    for raw in raws:
        start = address(raw) - origin
        yield Span(start, start + len(memoryview(raw)))


def _walked(base: Bytes, first: int) -> Iterator[Span]:
    walker = Walker(base, first)
    try:
        while walker.start() < len(base):
            if not walker.is_array():
                yield walker.skip()
                continue
            for _ in walker.elements():
                yield walker.skip()
    except BadJson:
        return  # the reader has told where it breaks off
