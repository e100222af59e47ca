"""MD.ai exports as the model sees them."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.errors import BadRecord
from viewer.formats.format import top_keys
from viewer.formats.mdai.bounds import ShapeBounds
from viewer.formats.mdai.quick import shape_of_bytes
from viewer.formats.mdai.records import Details, details_of
from viewer.formats.mdai.shapes import Size, size_of, whole
from viewer.formats.table_bytes import Index
from viewer.geometry.shapes import Shape
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import Ontology
from viewer.model.placement import Origin, Placement
from viewer.model.project import Export
from viewer.model.source import Beside, Source
from viewer.model.subject import MediaKey
from viewer.model.table import Base, Columns


def recognise(head: bytes) -> bool:
    """Whether these are the first bytes of an MD.ai annotation export."""
    keys = top_keys(head)
    if "labelGroups" in keys:
        return b'"modelOutputs"' not in head
    return "datasets" in keys and b'"annotations"' in head and b'"StudyInstanceUID"' in head


def open_export(
    export: str, sources: tuple[Source, ...], index: Index, _beside: Beside | None = None
) -> tuple[Export, Base]:
    """Return the export and its base for an index of the same bytes."""
    head = index.head
    opened = Export(
        id=export,
        format="mdai",
        title=sources[0].path,
        sources=sources,
        ontology=head.ontology,
        exams=head.exams,
        authors=head.authors,
        facts=head.facts,
        issues=head.issues,
    )
    decoder = _Decoder(export, sources, index.columns, head.ontology)
    bounds = ShapeBounds(sources[0].base, index.columns, head.ontology, decoder)
    return opened, Base(export, index.columns, decoder, bounds)


@dataclass(frozen=True, eq=False)
class _Decoder:
    """Decodes one record when it is looked at."""

    export: str
    sources: tuple[Source, ...]
    columns: Columns
    ontology: Ontology

    def __call__(self, ordinal: int, /) -> Annotation:
        columns = self.columns
        start, end = int(columns.starts[ordinal]), int(columns.ends[ordinal])
        details, reason = self._details(ordinal, start, end)
        size = size_of(details)
        shape: Shape | None = None
        try:
            # Where a row of the columns is not locked, only a note or a stamp can be odd.
            shape = self._shape(details, size) if columns.locked[ordinal] < 0 else None
        except BadRecord as error:
            reason = str(error)
        author, parent = int(columns.author_codes[ordinal]), int(columns.parents[ordinal])
        placement = Placement(
            media=_media_key(details),
            shape=shape,
            size=size,
            origins=(Origin(int(columns.sources[ordinal]), start, end),),
        )
        return Annotation(
            id=AnnotationId(self.export, ordinal),
            native_id=details.id or "",
            class_id=details.label_id or "",
            author=columns.authors[author] if author >= 0 else "",
            placements=(placement,),
            note=details.note,
            parent=AnnotationId(self.export, parent) if parent >= 0 else None,
            group=details.group_id,
            created=details.created_at,
            updated=details.updated_at,
            updated_by=details.updated_by_id,
            locked_reason=reason,
        )

    def _details(self, ordinal: int, start: int, end: int) -> tuple[Details, str | None]:
        code = int(self.columns.locked[ordinal])
        reason = self.columns.reasons[code] if code >= 0 else None
        try:
            details, wrong = details_of(self.sources[0].base[start:end])
        except BadRecord as error:
            return Details(), reason or str(error)
        return details, reason or "; ".join(wrong) or None

    def _shape(self, details: Details, size: Size | None) -> Shape | None:
        label = self.ontology.by_id.get(details.label_id or "")
        mode = label.mode if label else None
        return shape_of_bytes(mode, details.data, size)


def _media_key(details: Details) -> MediaKey:
    frame = whole(details.frame_number)
    return MediaKey(
        study=details.study_uid or None,
        series=details.series_uid or None,
        instance=details.instance_uid or None,
        frame=frame if frame >= 0 else None,
    )
