"""Reads a file that the fast parser refuses: every complete label is kept."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from viewer.errors import Issue
from viewer.formats.json_tools import BadJson, Bytes, Walker, first_byte, text_of, value_of
from viewer.formats.problems import broken, not_strict
from viewer.formats.redbrick.lists import IN_SERIES
from viewer.formats.redbrick.problems import Faults
from viewer.formats.redbrick.records import Holder, Parsed, Series, Task
from viewer.formats.values import shown_text

_LABEL_LISTS = frozenset(found.name for found in IN_SERIES)
_RAW = msgspec.Raw


class _Reader:
    """Goes through one text."""

    def __init__(self, data: Bytes) -> None:
        self.walker = Walker(data, first_byte(data))
        self.view = memoryview(data)
        self.tasks: list[Task] = []
        self.faults = Faults()
        self.kept = 0

    def documents(self) -> None:
        """Read one document after another, to the end or to where the text breaks off."""
        walker, count = self.walker, 0
        try:
            while walker.start() < len(self.view):
                count += 1
                self._document()
            if count > 1:
                sentence = f"The file holds {count} JSON documents in a row; all were read."
                self.faults.issues.append(Issue("warning", "several-documents", sentence))
        except BadJson as error:
            self.faults.issues.append(broken(error, self.view, self.kept, is_inside=False))

    def _document(self) -> None:
        if self.walker.is_array():
            self._tasks("tasks")
        elif self.walker.is_object():
            self._root()
        else:
            self.walker.skip()

    def _root(self) -> None:
        """Read an object: one with a list `tasks`, else a single task."""
        walker, task = self.walker, Task()
        is_noted = False
        for name in self._names():
            if name == "tasks" and walker.is_array():
                self._tasks(name)
            else:
                if not is_noted:
                    self.tasks.append(task)
                    is_noted = True
                self._member(task, name)

    def _tasks(self, key: str) -> None:
        for _ in self._elements(key):
            self.tasks.append(Task())
            self._object(self.tasks[-1])

    def _object(self, target: Task | Holder | Series) -> None:
        for name in self._names():
            self._member(target, name)

    def _member(self, target: Task | Holder | Series, name: str) -> None:
        if isinstance(target, Series) and name in _LABEL_LISTS:
            self._labels(target, name)
        elif name == "segmentMap" and isinstance(target, Series | Task):
            self._segment_map(target, name)
        elif isinstance(target, Holder) and name == "series":
            target.series = target.series or []
            for _ in self._elements(name):
                target.series.append(Series())
                self._object(target.series[-1])
        elif isinstance(target, Task) and name == "consensusTasks":
            target.consensus_tasks = target.consensus_tasks or []
            for _ in self._elements(name):
                target.consensus_tasks.append(Holder())
                self._object(target.consensus_tasks[-1])
        elif isinstance(target, Task) and name == "superTruth" and self.walker.is_object():
            target.super_truth = Holder()
            self._object(target.super_truth)
        else:
            self._plain(target, name)

    def _labels(self, series: Series, name: str) -> None:
        found: list[msgspec.Raw] = []
        setattr(series, _FIELD_OF[name], found)
        for _ in self._elements(name, objects=False):
            found.append(self._raw())
            self.kept += 1

    def _segment_map(self, target: Series | Task, name: str) -> None:
        if not self.walker.is_object():
            span = self.walker.skip()
            self.faults.no_list(name, span.start, bytes(self.view[span.start : span.end]))
            return
        target.segment_map = found = dict[str, msgspec.Raw]()
        for key in self._names():
            found[key] = self._raw()
            self.kept += 1

    def _raw(self) -> msgspec.Raw:
        span = self.walker.skip()
        return _RAW(self.view[span.start : span.end])

    def _names(self) -> Iterator[str]:
        for key, _ in self.walker.members():
            yield shown_text(text_of(self.view[key.start : key.end]))

    def _elements(self, key: str, *, objects: bool = True) -> Iterator[int]:
        """Yield the places of the elements of the list here; only objects, unless all count."""
        walker = self.walker
        if not walker.is_array():
            span = walker.skip()
            self.faults.no_list(key, span.start, bytes(self.view[span.start : span.end]))
            return
        for at in walker.elements():
            if objects and not walker.is_object():
                span = walker.skip()
                self.faults.no_object(key, at, bytes(self.view[span.start : span.end]))
            else:
                yield at

    def _plain(self, target: Task | Holder | Series, name: str) -> None:
        span = self.walker.skip()
        item = _FIELDS[type(target)].get(name)
        if item is None:
            return
        token = self.view[span.start : span.end]
        if item.type is msgspec.Raw:
            setattr(target, item.name, _RAW(token))
        elif not set_value(target, item, bytes(token)):
            self.faults.misfit(name, span.start, bytes(token))


_FIELDS = {
    kind: {item.encode_name: item for item in msgspec.structs.fields(kind)}
    for kind in (Task, Holder, Series)
}
_FIELD_OF = {name: item.name for name, item in _FIELDS[Series].items()}


def set_value(target: msgspec.Struct, item: msgspec.structs.FieldInfo, token: bytes) -> bool:
    """Set a field from its JSON text if that holds a value of its type; return whether it does.

    Characters that UTF-8 cannot hold are spelled as escapes.
    """
    try:
        value = value_of(token)
        if isinstance(value, str):
            value = shown_text(value)
        setattr(target, item.name, msgspec.convert(value, item.type))
    except (BadJson, msgspec.ValidationError, UnicodeError, OverflowError):
        return False
    return True


def parsed_forgiving(data: Bytes) -> Parsed:
    """Return everything that is whole in `data`, with issues for the rest."""
    reader = _Reader(data)
    reader.documents()
    issues = reader.faults.told()
    return Parsed(reader.tasks, [*issues, *(() if issues else not_strict(data))])
