"""Where tasks, the holders of labels in them, and their series stand in a file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from viewer.formats.json_tools import (
    BadJson,
    Bytes,
    Span,
    Walker,
    first_byte,
    members,
    text_of,
)
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.redbrick.entries import agreed_author, annotator, unique_ids
from viewer.formats.redbrick.records import NULL
from viewer.formats.spans import address
from viewer.formats.values import shown_text


@dataclass(frozen=True)
class Object:
    """An object of the file: bytes [start, end); `end` is None where the file breaks off inside."""

    start: int
    end: int | None


@dataclass(frozen=True)
class HolderPlace:
    """What holds series with labels: a task, its agreed answer, or one annotator's work.

    Args:
        task: id of its task, as entries have it.
        author: of its labels.
        agreed: it is the agreed answer.
        at: where it stands.
        series: its series, in order.
    """

    task: str
    author: str
    agreed: bool
    at: Object
    series: tuple[Object, ...]


@dataclass(eq=False)
class Layout:
    """All holders of a file, tasks in order."""

    holders: Sequence[HolderPlace]
    _series: list[tuple[int, Object]] = field(default_factory=list[tuple[int, Object]])
    _by_start: list[HolderPlace] = field(default_factory=list[HolderPlace])

    def __post_init__(self) -> None:
        self._by_start = sorted(self.holders, key=lambda holder: holder.at.start)
        found = [(one.start, one) for holder in self.holders for one in holder.series]
        self._series = sorted(found, key=lambda pair: pair[0])

    def series_at(self, place: int) -> Object | None:
        """Return the series that byte `place` stands in."""
        number = bisect_right(self._series, place, key=lambda pair: pair[0]) - 1
        found = self._series[number][1] if number >= 0 else None
        is_inside = found is not None and (found.end is None or place < found.end)
        return found if is_inside else None

    def holder_at(self, place: int) -> HolderPlace | None:
        """Return the innermost holder that byte `place` stands in."""
        number = bisect_right(self._by_start, place, key=lambda holder: holder.at.start)
        before = (self._by_start[at] for at in range(number - 1, -1, -1))
        return next((one for one in before if one.at.end is None or place < one.at.end), None)

    def holders_of(self, task: str) -> list[HolderPlace]:
        """Return the holders of one task: itself first."""
        return [holder for holder in self.holders if holder.task == task]


class _Holder(msgspec.Struct, rename="camel"):
    task_id: str | None = None
    name: str | None = None
    updated_by: str | None = None
    series: list[msgspec.Raw] | None = None
    super_truth: msgspec.Raw = NULL
    consensus_tasks: list[msgspec.Raw] | None = None


_TASKS = msgspec.json.Decoder(list[msgspec.Raw])
_HOLDER = msgspec.json.Decoder(_Holder)


@dataclass(eq=False)
class _Begun:
    """A holder as far as it was walked."""

    at: Object
    texts: dict[str, str] = field(default_factory=dict[str, str])
    series: list[Object] = field(default_factory=list[Object])
    truth: list[_Begun] = field(default_factory=list["_Begun"])
    annotators: list[_Begun] = field(default_factory=list["_Begun"])


def layout_of(base: bytes | memoryview) -> Layout:
    """Return where everything stands; of a damaged file what begins before the damage."""
    try:
        origin = address(base)
        tasks = [_fast(raw, origin) for raw in _TASKS.decode(base)]
    except FAST_REFUSES:
        tasks = _forgiven(base)
    ids = unique_ids((task.texts.get("taskId"), task.texts.get("name")) for task in tasks)
    return Layout([holder for id, task in zip(ids, tasks, strict=True) for holder in _of(id, task)])


def _of(id: str, task: _Begun) -> Iterator[HolderPlace]:
    yield _place(id, task, shown_text(task.texts.get("updatedBy")))
    for truth in task.truth:
        yield _place(id, truth, agreed_author(truth.texts.get("updatedBy")), agreed=True)
    for number, one in enumerate(task.annotators, 1):
        yield _place(id, one, annotator(one.texts.get("updatedBy"), number))


def _place(id: str, found: _Begun, author: str, *, agreed: bool = False) -> HolderPlace:
    return HolderPlace(id, author, agreed, found.at, tuple(found.series))


def _fast(raw: msgspec.Raw, origin: int) -> _Begun:
    found = _HOLDER.decode(raw)
    texts = {"taskId": found.task_id, "name": found.name, "updatedBy": found.updated_by}
    truth = [found.super_truth] if _is_object(found.super_truth) else []
    return _Begun(
        _object(raw, origin),
        {key: text for key, text in texts.items() if text is not None},
        [_object(one, origin) for one in found.series or () if _is_object(one)],
        [_fast(one, origin) for one in truth],
        [_fast(one, origin) for one in found.consensus_tasks or () if _is_object(one)],
    )


def _is_object(raw: msgspec.Raw) -> bool:
    return bytes(memoryview(raw)[:1]) == b"{"


def _object(raw: msgspec.Raw, origin: int) -> Object:
    start = address(raw) - origin
    return Object(start, start + len(memoryview(raw)))


def _forgiven(base: Bytes) -> list[_Begun]:
    """Return the tasks of a file that the fast parser refuses."""
    walker = Walker(base, first_byte(base))
    tasks: list[_Begun] = []
    try:
        while walker.start() < len(base):
            tasks.extend(_begun(base, start) for start in _tasks_at(base, walker))
    except BadJson:
        pass  # the reader has told where it breaks off; what begins before that is listed
    return tasks


def _tasks_at(base: Bytes, walker: Walker) -> Iterator[int]:
    """Yield the starts of the tasks of the document here."""
    if walker.is_array():
        yield from _objects_at(walker)
        return
    if not walker.is_object():
        walker.skip()
        return
    start, others = walker.start(), 0
    for key, _ in walker.members():
        if text_of(base[key.start : key.end]) == "tasks" and walker.is_array():
            yield from _objects_at(walker)
        elif not others:
            others += 1
            yield start


def _objects_at(walker: Walker) -> Iterator[int]:
    for at in walker.elements():
        if walker.is_object():
            yield at


def _begun(base: Bytes, start: int) -> _Begun:
    """Return a holder that begins at byte `start`."""
    walker = Walker(base, start)
    found = _Begun(Object(start, None))
    try:
        for key, at in walker.members():
            name = text_of(base[key.start : key.end])
            if name == "series" and walker.is_array():
                found.series.extend(_span_of(base, one) for one in _objects_at(walker))
            elif name == "superTruth" and walker.is_object():
                found.truth = [_begun(base, at)]
            elif name == "consensusTasks" and walker.is_array():
                found.annotators.extend(_begun(base, one) for one in _objects_at(walker))
            elif name in ("taskId", "name", "updatedBy") and base[at : at + 1] == b'"':
                span = walker.skip()
                found.texts[name] = text_of(base[span.start : span.end])
        found.at = Object(start, walker.at)
    except BadJson:
        pass  # it breaks off inside, which `Object.end` says
    return found


def _span_of(base: Bytes, start: int) -> Object:
    try:
        return Object(start, Walker(base, start).skip().end)
    except BadJson:
        return Object(start, None)


def member_of(base: Bytes, at: Object, key: str) -> Span | None:
    """Return the span of a member's value, the last one of its key; None without."""
    return spans_of(base, at).get(key)


def spans_of(base: Bytes, at: Object) -> dict[str, Span]:
    """Return the spans of the values of all members, as far as the object goes."""
    found: dict[str, Span] = {}
    try:
        for member in members(base, at.start):
            found[member.key] = Span(member.start, member.end)
    except BadJson:
        return found
    return found
