"""The changes of one row: records that come and go, and entries among the answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from viewer.errors import CannotWrite
from viewer.formats.containers import Container, New, changed, container_at
from viewer.formats.encord.layout import Layout
from viewer.formats.json_tools import BadJson
from viewer.formats.patches import GONE, ObjectPatch, Put, edits_of
from viewer.formats.style import JsonValue, Style
from viewer.model.source import Edit

OBJECTS, CLASSIFICATIONS = "objects", "classifications"
_NOT_FOUND = "its record was not found where its row should have it"


@dataclass(eq=False)
class RowPen:
    """Collects the changes of one row.

    Args:
        row: its number.
    """

    layout: Layout
    style: Style
    row: int
    patch: ObjectPatch = field(default_factory=ObjectPatch)
    _inside: dict[tuple[str, ...], Container | None] = field(
        default_factory=dict[tuple[str, ...], "Container | None"]
    )
    _come: dict[tuple[tuple[str, ...], str], list[JsonValue]] = field(
        default_factory=dict[tuple[tuple[str, ...], str], list[JsonValue]]
    )
    _known: dict[tuple[tuple[str, ...], str], Container] = field(
        default_factory=dict[tuple[tuple[str, ...], str], Container]
    )
    _gone: dict[int, tuple[Container, set[int]]] = field(
        default_factory=dict[int, tuple[Container, set[int]]]
    )

    def edits(self) -> list[Edit]:
        """Return the edits of everything that was collected."""
        edits = list(self._list_edits())
        return [*edits, *self._edits((), self.patch)] if self.patch.members else edits

    def _edits(self, path: tuple[str, ...], patch: ObjectPatch) -> Iterator[Edit]:
        """Yield the edits of the object down a path, by what was found on the way there.

        A large row is so not read again on each level.
        """
        here = ObjectPatch()
        for key, change in patch.members.items():
            below = (*path, key)
            inner = self.inside(*below) if isinstance(change, ObjectPatch) else None
            if isinstance(change, ObjectPatch) and inner is not None and inner.keys is not None:
                yield from self._edits(below, change)
            else:
                here.members[key] = change
        if here.members:
            found = self.inside(*path)
            span = self.layout.spans[self.row] if found is None else found.span
            yield from edits_of(self.layout.base, span, here, self.style)

    def put(
        self, path: tuple[str, ...], name: str, record: JsonValue, found: Container | None
    ) -> None:
        """Add a record to a list of a frame; a frame that is new has both lists.

        Args:
            found: the list, where it is known; else it is walked to.
        """
        self._come.setdefault((path, name), []).append(record)
        if found is not None:
            self._known[path, name] = found

    def drop(self, at: int) -> None:
        """Take the record out that begins at byte `at`.

        Raises:
            CannotWrite: it stands in no list of the row.
        """
        found = self.layout.list_at(at) or self._walked_to(at)
        starts = np.asarray(found.starts)
        number = int(np.searchsorted(starts, at))
        if number == len(starts) or starts[number] != at:
            raise CannotWrite(_NOT_FOUND)
        self._gone.setdefault(found.span.start, (found, set()))[1].add(number)

    def _list_edits(self) -> Iterator[Edit]:
        """Yield the edits of lists that hold records; what comes to others goes into the patch."""
        news: dict[int, list[New]] = {}
        for (path, name), records in self._come.items():
            found = self._known.get((path, name)) or self.inside(*path, name)
            if found is not None and len(found):
                news[found.span.start] = [New(len(found), record) for record in records]
                self._gone.setdefault(found.span.start, (found, set()))
                continue
            here, held = self.patch.into(*path), self.inside(*path)
            for each in (OBJECTS, CLASSIFICATIONS):
                if held is None or not len(held):
                    here.list(each)
            here.list(name).added.extend(records)
        for start, (found, gone) in self._gone.items():
            yield from changed(found, self.style, sorted(gone), news.get(start, ()))

    def _walked_to(self, at: int) -> Container:
        """Return the list that a byte stands in, through objects alone."""
        path: tuple[str, ...] = ()
        found = self.inside()
        while found is not None and found.keys is not None:
            number = int(np.searchsorted(found.starts, at, side="right")) - 1
            if number < 0 or found.find(found.keys[number]) != number:
                break
            path = (*path, found.keys[number])
            found = self.inside(*path)
        if found is None or found.keys is not None or not found.span.start < at < found.span.end:
            raise CannotWrite(_NOT_FOUND)
        return found

    def say(self, key: str, id: str, value: JsonValue) -> None:
        """Put an entry among the answers."""
        self.patch.into(key).members[id] = Put(value)

    def forget(self, key: str, id: str) -> None:
        """Take an entry out of the answers, if it is there."""
        found = self.inside(key)
        if found is not None and found.find(id) is not None:
            self.patch.into(key).members[id] = GONE

    def inside(self, *path: str) -> Container | None:
        """Return the list or object down a path of keys; None where it is missing or is neither."""
        if path not in self._inside:
            self._inside[path] = self._found(path)
        return self._inside[path]

    def _found(self, path: tuple[str, ...]) -> Container | None:
        try:
            if not path:
                return container_at(self.layout.base, self.layout.spans[self.row])
            if len(path) == 1 and (quick := self.layout.answers_of(self.row, path[0])) is not None:
                return quick
            above = self.inside(*path[:-1])
            number = above.find(path[-1]) if above is not None and above.keys is not None else None
            return (
                None
                if above is None or number is None
                else container_at(self.layout.base, above.value(number))
            )
        except BadJson:
            return None
