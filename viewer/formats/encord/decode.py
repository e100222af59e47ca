"""One annotation of Encord, decoded when it is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from msgspec import structs

from viewer.errors import BadRecord
from viewer.formats.encord.answers import Reader
from viewer.formats.encord.gather import Places
from viewer.formats.encord.ontology import Json, book_of
from viewer.formats.encord.ranges import holds, ranges_in
from viewer.formats.encord.shapes import record_of, shape_of
from viewer.formats.json_tools import BadJson
from viewer.formats.relating import relations_by_end
from viewer.formats.table_bytes import HeadRelation
from viewer.formats.values import objects_in, shown_text
from viewer.model.annotation import Annotation, AnnotationId, Relation
from viewer.model.placement import Attribute, Origin, Placement
from viewer.model.source import Source
from viewer.model.subject import MediaKey
from viewer.model.table import KINDS, Columns
from viewer.model.told import Told
from viewer.model.track import Track

FEW = 8  # placements that are decoded whole
SIZE_UNKNOWN = "its picture's size is not in the export; open the picture to see it"
_NONE, _UNKNOWN = KINDS.index("none"), KINDS.index("unknown")
RANGES_COUNT = {"audio": "ms", "text": "characters"}  # by the shape of the label


@dataclass(frozen=True, eq=False)
class SaidOfLabel:
    """What a row says of one annotation besides its records.

    Args:
        entry: its entry among the answers, {} without.
        by_frame: its entry among the answers of frames, {} without.
    """

    entry: Json
    by_frame: Json

    @cached_property
    def answers(self) -> Sequence[Json]:
        """The answers of the annotation as a whole."""
        return objects_in(self.entry.get("classifications"))

    @cached_property
    def actions(self) -> Sequence[Json]:
        """The answers of frames, each with its ranges."""
        return objects_in(self.by_frame.get("actions"))


@dataclass(frozen=True, eq=False)
class Decoder:
    """Decodes the annotations of one export.

    Args:
        places: where answers stand.
        relations: by ordinals.
        told: of the pictures that entries are shown on.
    """

    export: str
    sources: Sequence[Source]
    columns: Columns
    places: Places
    relations: Sequence[HeadRelation] = ()
    told: Told = field(default_factory=Told)

    @cached_property
    def reader(self) -> Reader:
        """What reads answers by the ontologies."""
        return Reader(book_of([one.base for one in self.sources[1:] if len(one.base)]))

    @cached_property
    def _related(self) -> Mapping[int, tuple[Relation, ...]]:
        return relations_by_end(self.export, self.relations)

    def __call__(self, ordinal: int, /) -> Annotation:
        """Return the annotation as the file holds it."""
        columns = self.columns
        rows, class_id = columns.rows_of(ordinal), columns.class_of(ordinal)
        first, end = rows.start, rows.stop
        said = self.said(ordinal)
        record = self._record(first)
        return Annotation(
            id=AnnotationId(self.export, ordinal),
            native_id=columns.native_ids[ordinal],
            class_id=class_id,
            author=columns.author_of(ordinal),
            placements=self._placements(first, end, class_id, said),
            attributes=(
                *self.reader.attributes(class_id, said.answers),
                *_range_of(
                    said.entry,
                    is_placed=bool(max(columns.items[first], columns.frames[first]) >= 0),
                ),
            ),
            created=_text(record, "createdAt") or _text(said.entry, "createdAt"),
            updated=_text(record, "lastEditedAt") or _text(said.entry, "lastEditedAt"),
            updated_by=_text(record, "lastEditedBy") or _text(said.entry, "lastEditedBy"),
            locked_reason=columns.reason_of(ordinal) or self._locked(first, end),
            relations=self._related.get(ordinal, ()),
        )

    def said(self, ordinal: int) -> SaidOfLabel:
        """Return what the row says of an annotation besides its records."""
        entry, actions = (self._value(*span) for span in self.places.spans[ordinal].tolist())
        return SaidOfLabel(entry, actions)

    def size(self, row: int) -> tuple[int, int] | None:
        """Return the size of the picture that a placement is on, None while it is not known."""
        columns = self.columns
        width, height = int(columns.widths[row]), int(columns.heights[row])
        if width > 0 and height > 0:
            return width, height
        return self.told.of(self._entry(row)).size

    def _locked(self, first: int, end: int) -> str | None:
        """Return why shapes cannot be drawn yet."""
        if self.columns.kinds[first] == _NONE:
            return None
        sizes = self.columns.widths[first:end]
        is_known = bool((sizes > 0).all()) or self.told.of(self._entry(first)).size is not None
        return None if is_known else SIZE_UNKNOWN

    def _entry(self, row: int) -> str | None:
        code = int(self.columns.entries[row])
        return self.columns.keys[code] if code >= 0 else None

    def _placements(
        self, first: int, end: int, class_id: str, said: SaidOfLabel
    ) -> Sequence[Placement]:
        columns = self.columns
        places = np.maximum(columns.frames[first:end], columns.items[first:end])
        if end - first <= FEW or (places < 0).any():
            return tuple(self._placement(row, class_id, said) for row in range(first, end))
        return Track(
            decode=lambda slot: self._placement(first + slot, class_id, said),
            slots=np.arange(end - first),
            frames=places.astype(np.int64),
            runs=columns.runs[first:end].astype(np.int64),
            keys=np.ones(end - first, dtype=np.bool_),
            opened=end - first,
        )

    def _placement(self, row: int, class_id: str, said: SaidOfLabel) -> Placement:
        columns = self.columns
        item, frame = int(columns.items[row]), int(columns.frames[row])
        index = max(item, frame) if max(item, frame) >= 0 else None
        media = MediaKey(
            entry=self._entry(row),
            item=item if item >= 0 else None,
            frame=frame if frame >= 0 else None,
        )
        size = self.size(row)
        found = Placement(media, index=index, size=size, origins=(self._origin(row),))
        if columns.kinds[row] == _NONE:
            return found
        attributes = self._dynamic(class_id, said, index or 0)
        if columns.kinds[row] == _UNKNOWN:
            return structs.replace(found, attributes=attributes)
        try:
            if size is None:
                raise BadRecord(SIZE_UNKNOWN)
            shape = shape_of(self._record(row), size, self.reader.book.edges.get(class_id, ()))
        except BadRecord as error:
            damaged = Attribute("damaged", str(error))
            return structs.replace(found, attributes=(*attributes, damaged))
        return structs.replace(found, shape=shape, attributes=attributes)

    def _dynamic(self, class_id: str, said: SaidOfLabel, frame: int) -> tuple[Attribute, ...]:
        """Return the answers that hold on one frame."""
        here = [one for one in said.actions if holds(ranges_in(one.get("range")), frame)]
        return self.reader.attributes(class_id, here, dynamic=True)

    def _origin(self, row: int) -> Origin:
        columns = self.columns
        spans = (columns.origin_sources, columns.origin_starts, columns.origin_ends)
        return Origin(*(int(column[row]) for column in spans))

    def _record(self, row: int) -> Json:
        origin = self._origin(row)
        return self._value(origin.start, origin.end)

    def _value(self, start: int, end: int) -> Json:
        if end <= start:
            return {}
        try:
            return record_of(memoryview(self.sources[0].base)[start:end])
        except BadJson:
            return {}


def _range_of(entry: Json, *, is_placed: bool) -> tuple[Attribute, ...]:
    """Return the range of a label that stands on no frame, for people, in what it counts."""
    ranges = ranges_in(entry.get("range"))
    if is_placed or not ranges:
        return ()
    words = ", ".join(
        f"{first}" if first == last else f"{first} to {last}" for first, last in ranges
    )
    counted = RANGES_COUNT.get(_text(entry, "shape") or "", "")
    return (Attribute("range", f"{words} {counted}".rstrip()),)


def _text(value: Json, key: str) -> str | None:
    found = value.get(key)
    return shown_text(found) if isinstance(found, str) else None
