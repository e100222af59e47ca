"""One annotation of an export v2, decoded when it is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
from msgspec import structs

from viewer.errors import BadRecord, CannotRead
from viewer.formats.labelbox.labels import MASK_REASON
from viewer.formats.labelbox.mask_reading import MASK, MaskReader
from viewer.formats.labelbox.questions import answers_of_list, answers_of_record
from viewer.formats.labelbox.shapes import object_of, shape_of_object
from viewer.formats.relating import relations_by_end
from viewer.formats.table_bytes import HeadRelation
from viewer.geometry.mask import Mask
from viewer.model.annotation import Annotation, AnnotationId, Relation
from viewer.model.placement import Attribute, Origin, Placement
from viewer.model.source import Beside, Source
from viewer.model.table import DERIVED, KEY, KINDS, Columns
from viewer.model.told import Told
from viewer.model.track import Track

FEW = 8  # placements that are decoded whole
_NONE = KINDS.index("none")


@dataclass(frozen=True, eq=False)
class Decoder:
    """Decodes the annotations of one export.

    Args:
        relations: by ordinals.
        beside: where masks may lie.
        first_frame: number of the first frame in the file.
        told: of the pictures that data rows are shown on.
    """

    export: str
    sources: Sequence[Source]
    columns: Columns
    relations: Sequence[HeadRelation] = ()
    beside: Beside | None = None
    first_frame: int = 1
    told: Told = field(default_factory=Told)

    @cached_property
    def masks(self) -> MaskReader:
        """What finds and reads the masks of the export."""
        return MaskReader(self.sources, self.columns, self.beside, self.first_frame, self.told)

    def __call__(self, ordinal: int, /) -> Annotation:
        """Return the annotation as the file holds it."""
        columns = self.columns
        rows = columns.rows_of(ordinal)
        placements = self._placements(rows.start, rows.stop)
        attributes = self._attributes(rows.start)
        related = self._related.get(ordinal, ())
        return Annotation(
            id=AnnotationId(self.export, ordinal),
            native_id=columns.native_ids[ordinal],
            class_id=columns.class_of(ordinal),
            author=columns.author_of(ordinal),
            placements=placements,
            attributes=attributes,
            locked_reason=self._reason(columns.reason_of(ordinal), rows.start, placements),
            relations=related,
        )

    def _reason(self, found: str | None, row: int, placements: Sequence[Placement]) -> str | None:
        """Return why an annotation cannot be edited; None when it can.

        Args:
            found: why its record is locked.
            row: of its first placement.
        """
        if found != MASK_REASON or not placements:
            return found
        refused = self.masks.refusal(row)
        return refused if isinstance(placements[0].shape, Mask) else refused or found

    @cached_property
    def _related(self) -> Mapping[int, tuple[Relation, ...]]:
        return relations_by_end(self.export, self.relations)

    def _placements(self, first: int, end: int) -> Sequence[Placement]:
        columns = self.columns
        roles = columns.roles[first:end]
        if end - first <= FEW and (roles == KEY).all():
            return tuple(self._placement(row) for row in range(first, end))
        return Track(
            decode=lambda slot: self._placement(first + slot),
            slots=np.arange(end - first),
            frames=columns.frames[first:end],
            runs=columns.runs[first:end].astype(np.int64),
            keys=roles == KEY,
            opened=end - first,
            derived=np.flatnonzero(roles == DERIVED),
            is_held=partial(self._is_held, first),
        )

    def _is_held(self, row: int) -> bool:
        """Return whether objects of a placement's data row are held between key frames."""
        return "held-between-keys" in self.told.of(self.masks.bare(row).media.entry).readings

    def _placement(self, row: int) -> Placement:
        bare = self.masks.bare(row)
        return bare if self.columns.roles[row] == DERIVED else self._filled(bare, row)

    def _filled(self, bare: Placement, row: int) -> Placement:
        """Return a placement with what its own record holds."""
        columns = self.columns
        origin = Origin(
            int(columns.origin_sources[row]),
            int(columns.origin_starts[row]),
            int(columns.origin_ends[row]),
        )
        found = structs.replace(bare, origins=(origin,))
        record = self.masks.record(row)
        if columns.kinds[row] == _NONE:
            answers = answers_of_record(record)
            return structs.replace(found, attributes=answers) if bare.index is not None else found
        held, reason = object_of(record)
        shape = None
        if reason is None:
            try:
                is_mask = columns.kinds[row] == MASK
                shape = None if is_mask else shape_of_object(held)
                shape = shape or self.masks.shape(held, bare, row)
            except (BadRecord, CannotRead) as error:
                reason = str(error)
        answers = answers_of_list(memoryview(held.classifications))
        if bare.index is None:
            answers = ()
        if reason is not None:
            answers = (*answers, Attribute("damaged", reason))
        return structs.replace(found, shape=shape, attributes=answers)

    def _attributes(self, row: int) -> tuple[Attribute, ...]:
        """Return the answers of an annotation that is on no frame."""
        if self.columns.frames[row] >= 0:
            return ()
        record = self.masks.record(row)
        if self.columns.kinds[row] == _NONE:
            return answers_of_record(record)
        return answers_of_list(memoryview(object_of(record)[0].classifications))
