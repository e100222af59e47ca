"""MD.ai exports as the model sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from viewer.errors import BadRecord
from viewer.formats.mdai.bounds import ShapeBounds
from viewer.formats.mdai.head import is_read_only
from viewer.formats.mdai.intervals import has_frames
from viewer.formats.mdai.outputs import (
    OUTPUT,
    attribute_of,
    attributes_of_output,
    is_output,
)
from viewer.formats.mdai.probabilities import Probabilities
from viewer.formats.mdai.quick import shape_of_bytes
from viewer.formats.mdai.records import (
    Details,
    OutputDetails,
    Record,
    details_of,
    output_details_of,
)
from viewer.formats.mdai.rings import ShapeRings
from viewer.formats.mdai.shapes import size_of
from viewer.formats.table_bytes import Index
from viewer.geometry.shapes import Shape
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import Ontology
from viewer.model.placement import Origin, Placement
from viewer.model.project import Export
from viewer.model.source import Beside, Source
from viewer.model.subject import MediaKey
from viewer.model.table import KEY, Base, Columns
from viewer.model.track import Track


def open_export(
    export: str, sources: tuple[Source, ...], index: Index, _beside: Beside | None = None
) -> tuple[Export, Base]:
    """Return the export and its base for an index of the same bytes."""
    head = index.head
    opened = replace(
        head.export(export, "mdai", sources),
        planes=frozenset() if is_read_only(head.facts) else frozenset({"acquired"}),
        has_uids=True,
    )
    decoder = _Decoder(export, sources, index.columns, head.ontology)
    is_flat = len(index.columns.owners) == index.columns.count
    bounds = ShapeBounds(sources[0].base, index.columns, head.ontology, decoder)
    sure = Probabilities(sources[0].base, index.columns)
    rings = ShapeRings(sources[0].base, index.columns, head.ontology)
    quick = (bounds, rings) if is_flat else (None, None)
    found = Base(export, index.columns, decoder, quick[0], probabilities=sure, rings=quick[1])
    return opened, found


@dataclass(frozen=True, eq=False)
class _Decoder:
    """Decodes one record when it is looked at."""

    export: str
    sources: tuple[Source, ...]
    columns: Columns
    ontology: Ontology

    def __call__(self, ordinal: int, /) -> Annotation:
        reason = self.columns.reason_of(ordinal)
        return self._output(ordinal, reason) if is_output(reason) else self._own(ordinal, reason)

    def _own(self, ordinal: int, reason: str | None) -> Annotation:
        """Return an annotation of a person."""
        columns = self.columns
        try:
            details, wrong = details_of(self._record(ordinal))
            why = reason or "; ".join(wrong) or None
        except BadRecord as error:
            details, why = Details(), reason or str(error)
        # Where a row of the columns is not locked, only a note or a stamp can be odd.
        shape, why = self._shape(details, is_whole=reason is None, reason=why)
        parent = int(columns.parents[ordinal])
        shown = (
            *attribute_of("timestamp", details.timestamp),
            *attribute_of("cloned from model output", details.cloned_from_model_output_id),
        )
        return Annotation(
            id=AnnotationId(self.export, ordinal),
            native_id=details.id or "",
            class_id=details.label_id or "",
            author=self.columns.author_of(ordinal),
            placements=self._placements(ordinal, details, shape),
            note=details.note,
            attributes=shown,
            parent=AnnotationId(self.export, parent) if parent >= 0 else None,
            group=details.group_id,
            created=details.created_at,
            updated=details.updated_at,
            updated_by=details.updated_by_id,
            locked_reason=why,
            made_from=details.made_from,
            reviews=details.reviews,
        )

    def _output(self, ordinal: int, reason: str | None) -> Annotation:
        """Return a model's output."""
        try:
            details, _ = output_details_of(self._record(ordinal))
        except BadRecord:
            details = OutputDetails()
        is_interval = has_frames(details.data)
        is_whole = reason == OUTPUT and not is_interval
        shape, why = self._shape(details, is_whole=is_whole, reason=reason)
        frames = self._frames(ordinal) if is_interval and reason == OUTPUT else None
        return Annotation(
            id=AnnotationId(self.export, ordinal),
            native_id=details.id or "",
            class_id=details.label_id or "",
            author=self.columns.author_of(ordinal),
            placements=self._placements(ordinal, details, shape),
            note=details.note if isinstance(details.note, str) else None,
            attributes=(*attribute_of("frames", frames), *attributes_of_output(details)),
            created=details.created_at if isinstance(details.created_at, str) else None,
            locked_reason=why,
            made_from=details.made_from,
        )

    def _record(self, ordinal: int) -> bytes | memoryview:
        columns = self.columns
        return self.sources[0].base[int(columns.starts[ordinal]) : int(columns.ends[ordinal])]

    def _shape(
        self, details: Record, *, is_whole: bool, reason: str | None
    ) -> tuple[Shape | None, str | None]:
        """Return the shape of a record and why it is locked."""
        label = self.ontology.by_id.get(details.label_id or "")
        try:
            mode = label.mode if label else None
            shape = shape_of_bytes(mode, details.data, size_of(details)) if is_whole else None
        except BadRecord as error:
            return None, str(error)
        return shape, reason

    def _rows(self, ordinal: int) -> tuple[int, int]:
        """Return the rows of an annotation's placements."""
        if len(self.columns.owners) == self.columns.count:
            return ordinal, ordinal + 1
        first, end = self.columns.owners.searchsorted([ordinal, ordinal + 1])
        return int(first), int(end)

    def _frames(self, ordinal: int) -> str:
        (first, end), frames = self._rows(ordinal), self.columns.frames
        return f"{frames[first]} to {frames[end - 1]}, as MD.ai counts"

    def _placements(
        self, ordinal: int, details: Record, shape: Shape | None
    ) -> Sequence[Placement]:
        first, end = self._rows(ordinal)
        found = partial(self._placement, details, shape, first)
        if end - first == 1:
            return (found(0),)
        count = end - first
        return Track(
            found,
            slots=np.arange(count),
            frames=self.columns.frames[first:end],
            runs=np.zeros(count, dtype=np.int64),
            keys=self.columns.roles[first:end] == KEY,
            opened=count,
            is_held=_held,
        )

    def _placement(self, details: Record, shape: Shape | None, first: int, slot: int) -> Placement:
        columns, row = self.columns, first + slot
        entry, frame = int(columns.entries[row]), int(columns.frames[row])
        is_object = entry >= 0 and entry != int(columns.series[row])
        media = MediaKey(
            study=details.study_uid or None,
            series=details.series_uid or None,
            instance=None if is_object else details.instance_uid or None,
            entry=columns.keys[entry] if entry >= 0 else None,
            frame=frame if frame >= 0 else None,
        )
        spans = (columns.origin_sources, columns.origin_starts, columns.origin_ends)
        return Placement(
            media=media,
            shape=shape,
            size=size_of(details),
            origins=(Origin(*(int(column[row]) for column in spans)),),
            is_key=int(columns.roles[row]) == KEY,
        )


def _held() -> bool:
    return True
