"""The rows of a file for import as text: a line each, or in a list."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from viewer.errors import CannotWrite
from viewer.formats.containers import Container, New, changed, container_at
from viewer.formats.format import HEAD_BYTES
from viewer.formats.json_tools import BadJson, Span, Walker, first_byte, is_object, value_of
from viewer.formats.labelbox.import_rows import Row
from viewer.formats.labelbox.imports import raw_rows
from viewer.formats.labelbox.recognising import recognise
from viewer.formats.spans import spans_of
from viewer.formats.style import Style
from viewer.model.source import Delete, Edit, Insert


@dataclass(eq=False)
class ImportText:
    """The rows of a file."""

    base: bytes | memoryview
    style: Style

    def edits(self, gone: Collection[int], new: Sequence[Row]) -> list[Edit]:
        """Return the edits that take rows out, by number, and put others in at the end."""
        if not gone and not new:
            return []
        if self.held is None:
            return list(self._line_edits(gone, new))
        news = [New(len(self.held), row) for row in new]
        return changed(self.held, self.style, gone, news)

    @cached_property
    def held(self) -> Container | None:
        """The list that holds the rows; None where each is a line.

        Raises:
            CannotWrite: it breaks off.
        """
        start = Walker(self.base, first_byte(self.base)).start()
        if bytes(self.base[start : start + 1]) != b"[":
            return None
        try:
            return container_at(self.base, Walker(self.base, start).skip())
        except BadJson as error:
            raise CannotWrite("the file breaks off, so that nothing can come or go") from error

    @cached_property
    def spans(self) -> list[Span]:
        """Where each row stands."""
        raws, _ = raw_rows(self.base)
        starts, ends = spans_of(self.base, raws)
        return [Span(a, b) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]

    def row_at(self, at: int) -> int:
        """Return the number of the row that byte `at` stands in.

        Raises:
            CannotWrite: it stands in none.
        """
        starts = [span.start for span in self.spans]
        number = int(np.searchsorted(starts, at, side="right")) - 1
        if number < 0 or at >= self.spans[number].end:
            raise CannotWrite("its row was not found in the file")
        return number

    def is_known(self, number: int) -> bool:
        """Whether a row is known for what it is when it comes first."""
        start, end = self.spans[number]
        return recognise(bytes(self.base[start : min(end, start + HEAD_BYTES)]))

    def value(self, span: Span) -> Mapping[str, object]:
        """Return the object at a span.

        Raises:
            CannotWrite: it is damaged.
        """
        try:
            value = value_of(self.base[span.start : span.end])
        except BadJson as error:
            raise CannotWrite(f"its row is damaged: {error}") from error
        return value if is_object(value) else {}

    def _line_edits(self, gone: Collection[int], new: Sequence[Row]) -> Iterator[Edit]:
        for number in sorted(gone):
            start, end = self.spans[number]
            reached = self.spans[number + 1].start if number + 1 < len(self.spans) else end
            if number + 1 == len(self.spans) and bytes(self.base[end : end + 2]) == b"\r\n":
                reached = end + 2
            elif number + 1 == len(self.spans) and bytes(self.base[end : end + 1]) == b"\n":
                reached = end + 1
            yield Delete(start, reached)
        if new:
            newline = b"\r\n" if b"\r\n" in bytes(self.base[:100_000]) else b"\n"
            text = b"".join(self.style.dumped(row) + newline for row in new)
            is_ended = bytes(self.base[-1:]) in (b"\n", b"")
            at = len(self.base)
            yield Insert(at, text if is_ended else newline + text.removesuffix(newline))

    def related(self, lost: Sequence[str]) -> Iterator[int]:
        """Yield the numbers of relationships that name one of these."""
        marks = [b'"' + id.encode("utf-8", "surrogatepass") + b'"' for id in lost if id]
        for number, span in enumerate(self.spans if marks else ()):
            text = bytes(self.base[span.start : span.end])
            if b'"relationship"' not in text or not any(mark in text for mark in marks):
                continue
            ends = self.value(span).get("relationship")
            if is_object(ends) and {ends.get("source"), ends.get("target")} & set(lost):
                yield number
