"""Records of the frames of v1: in a list, or a line each in a file of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from viewer.errors import CannotWrite
from viewer.formats.containers import Container, New, changed, container_at
from viewer.formats.json_tools import BadJson, Bytes, Span, Walker, first_byte
from viewer.formats.labelbox.imports import raw_rows
from viewer.formats.labelbox.layout import inside
from viewer.formats.labelbox.old_layout import FramesAt
from viewer.formats.patches import GONE, ObjectPatch, edits_of
from viewer.formats.problems import FAST_REFUSES
from viewer.formats.spans import spans_of
from viewer.formats.style import JsonValue, Style, style_of
from viewer.model.source import Edit, Insert, Source

_USUAL = ("frameNumber", "classifications", "objects", "relationships")


class _Numbered(msgspec.Struct):
    number: int | None = msgspec.field(default=None, name="frameNumber")


@dataclass(eq=False)
class FrameRecords:
    """The frames of one plane of a label, and what of them changes."""

    source: Source
    at: FramesAt
    _patches: dict[int, ObjectPatch] = field(default_factory=dict[int, ObjectPatch])
    _new: dict[int, dict[str, list[JsonValue]]] = field(
        default_factory=dict[int, dict[str, list[JsonValue]]]
    )

    def __post_init__(self) -> None:
        self.base = self.source.base
        self.style: Style = style_of(self.base)
        self._list: Container | None = self._container()
        self._spans: list[Span] = self._records()
        self._numbers: list[int | None] = [self._number(span) for span in self._spans]
        self._by_number: Mapping[int, int] = {
            number: n
            for n, number in reversed(list(enumerate(self._numbers)))
            if number is not None
        }

    def put(self, frame: int, name: str, record: JsonValue) -> None:
        """Put a record into the list `name` of a frame."""
        at = self._by_number.get(frame)
        if at is None:
            self._new.setdefault(frame, {}).setdefault(name, []).append(record)
        else:
            self._patch(at).list(name).added.append(record)

    def drop(self, frame: int, name: str, start: int) -> None:
        """Take the record that begins at byte `start` out of the list `name` of a frame.

        Raises:
            CannotWrite: it is not there.
        """
        for at, number in enumerate(self._numbers):
            found = inside(self.base, self._spans[at], name) if number == frame else None
            starts = [int(one) for one in found.starts] if found else []
            if start in starts:
                self._patch(at).list(name).at[starts.index(start)] = GONE
                return
        raise CannotWrite("its record was not found where its frame should have it")

    def drop_relations(self, ids: Sequence[str]) -> None:
        """Take out the relationships that name one of these."""
        for at, span in enumerate(self._spans):
            for number in named_in(self.base, inside(self.base, span, "relationships"), ids):
                self._patch(at).list("relationships").at[number] = GONE

    def example(self) -> Span | None:
        """Return where the first object stands; None without."""
        for span in self._spans:
            found = inside(self.base, span, "objects")
            if found is not None and len(found):
                return found.value(0)
        return None

    def edits(self) -> list[Edit]:
        """Return everything that was collected."""
        found: list[Edit] = []
        for at, patch in self._patches.items():
            found += edits_of(self.base, self._spans[at], patch, self.style)
        news = sorted(self._new)
        if self._list is not None:
            added = [New(self._before(frame), self._made(frame)) for frame in news]
            return [*found, *changed(self._list, self.style, (), added)] if added else found
        return [*found, *(self._line(frame) for frame in news)]

    def _patch(self, at: int) -> ObjectPatch:
        return self._patches.setdefault(at, ObjectPatch())

    def _made(self, frame: int) -> JsonValue:
        """Return the record of a new frame, with the keys of the first one."""
        sound = (
            span for span in self._spans if bytes(self.base[span.start : span.start + 1]) == b"{"
        )
        first = next(sound, None)
        keys = () if first is None else container_at(self.base, first).keys or ()
        names = [key for key in keys if key in _USUAL]
        names += [key for key in _USUAL[:3] if key not in names]
        lists = self._new[frame]
        return {key: frame if key == _USUAL[0] else lists.get(key, []) for key in names}

    def _before(self, frame: int) -> int:
        """Return the number of the record that a new frame comes before."""
        return next(
            (n for n, one in enumerate(self._numbers) if one is not None and one > frame),
            len(self._spans),
        )

    def _line(self, frame: int) -> Edit:
        """Return the edit that puts a new frame in as a line."""
        at = self._before(frame)
        text = self.style.dumped(self._made(frame))
        newline = b"\r\n" if b"\r\n" in bytes(self.base[:100_000]) else b"\n"
        if at < len(self._spans):
            return Insert(self._spans[at].start, text + newline)
        end = self._spans[-1].end if self._spans else len(self.base)
        return Insert(end, newline + text)

    def _container(self) -> Container | None:
        try:
            if self.at.span is not None:
                return container_at(self.base, self.at.span)
            start = Walker(self.base, first_byte(self.base)).start()
            if bytes(self.base[start : start + 1]) != b"[":
                return None
            return container_at(self.base, Walker(self.base, start).skip())
        except BadJson as error:
            raise CannotWrite(f"its frames are damaged: {error}") from error

    def _records(self) -> list[Span]:
        if self._list is not None:
            return [self._list.value(number) for number in range(len(self._list))]
        raws, broken = raw_rows(self.base)
        if broken is not None:
            raise CannotWrite("the file of its frames breaks off, so that nothing can come or go")
        starts, ends = spans_of(self.base, raws)
        return [Span(a, b) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]

    def _number(self, span: Span) -> int | None:
        try:
            found = msgspec.json.decode(self.base[span.start : span.end], type=_Numbered)
        except FAST_REFUSES:
            return None
        return found.number


def named_in(base: Bytes, found: Container | None, ids: Sequence[str]) -> list[int]:
    """Return the numbers of the elements of a list that name one of these ids."""
    if found is None or found.keys is not None:
        return []
    marks = [b'"' + id.encode("utf-8", "surrogatepass") + b'"' for id in ids]
    spans = [found.value(number) for number in range(len(found))]
    texts = [bytes(base[span.start : span.end]) for span in spans]
    return [number for number, text in enumerate(texts) if any(mark in text for mark in marks)]
