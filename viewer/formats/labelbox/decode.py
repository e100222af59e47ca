"""One annotation of an export v2, decoded when it is looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from msgspec import Raw, structs

from viewer.errors import BadRecord, CannotRead
from viewer.formats.labelbox.import_masks import Composites, composites_of, picture_of
from viewer.formats.labelbox.labels import MASK_REASON
from viewer.formats.labelbox.mask_files import FoundMask, MaskFolder, MaskPlace, address_of
from viewer.formats.labelbox.questions import answers_of_list, answers_of_record
from viewer.formats.labelbox.records import Object
from viewer.formats.labelbox.shapes import object_of, shape_of_object
from viewer.formats.table_bytes import HeadRelation
from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Shape
from viewer.model.annotation import Annotation, AnnotationId, Relation
from viewer.model.placement import Attribute, Origin, Placement
from viewer.model.source import Beside, Source
from viewer.model.subject import PLANES, MediaKey
from viewer.model.table import DERIVED, KEY, KINDS, Columns, EntrySizes, Ints
from viewer.model.track import Track

IN_COMPOSITE = "its mask is in one picture with others of an import file, which stays as it is"
FEW = 8  # placements that are decoded whole
_NONE, _MASK = KINDS.index("none"), KINDS.index("mask")


@dataclass(frozen=True, eq=False)
class Decoder:
    """Decodes the annotations of one export.

    Args:
        relations: by ordinals.
        beside: where masks may lie.
        first_frame: number of the first frame in the file.
        sizes: of the planes that data rows are shown on.
    """

    export: str
    sources: Sequence[Source]
    columns: Columns
    relations: Sequence[HeadRelation] = ()
    beside: Beside | None = None
    first_frame: int = 1
    sizes: EntrySizes = field(default_factory=EntrySizes)
    _kept: dict[int, Composites | None] = field(default_factory=dict[int, "Composites | None"])

    @cached_property
    def masks(self) -> MaskFolder | None:
        """The masks beside the export."""
        return MaskFolder(self.beside) if self.beside is not None else None

    @cached_property
    def mask_names(self) -> tuple[str, ...]:
        """The files beside the export that its masks are in, named from its folder."""
        return tuple(dict.fromkeys(found.name for _, found in self.mask_files() if found))

    def mask_files(self) -> Iterator[tuple[MaskPlace, FoundMask | None]]:
        """Yield every mask that lies elsewhere, and its file; None for one that is not there."""
        columns = self.columns
        for row in np.flatnonzero((columns.kinds == _MASK) & (columns.roles != DERIVED)).tolist():
            held, reason = object_of(self._record(row))
            place = self._place(held, self._bare(row), row) if reason is None else None
            if place is None or not place.url:
                continue
            try:
                yield place, self.masks.found(place) if self.masks else None
            except CannotRead:  # a link out of the folder is no file of the export
                yield place, None

    def picture_size(self, placement: Placement) -> tuple[int, int] | None:
        """Return (width, height) of the file that holds the mask of an opened placement."""
        for origin in placement.origins[:1]:
            order, starts = self._by_start
            at = int(np.searchsorted(starts, origin.start))
            row = int(order[at]) if at < len(order) else -1
            if row < 0 or not self.masks or self.columns.origin_sources[row] != origin.source:
                continue
            held, _ = object_of(self._record(row))
            place = self._place(held, self._bare(row), row)
            try:
                found = self.masks.found(place) if place is not None else None
                return self.masks.size(found) if found else None
            except CannotRead:
                return None
        return None

    @cached_property
    def _by_start(self) -> tuple[Ints, Ints]:
        """The rows of placements in the order of their records, and where these begin."""
        order = np.argsort(self.columns.origin_starts, kind="stable")
        return order, self.columns.origin_starts[order]

    def __call__(self, ordinal: int, /) -> Annotation:
        """Return the annotation as the file holds it."""
        columns = self.columns
        first, end = (int(row) for row in np.searchsorted(columns.owners, [ordinal, ordinal + 1]))
        author, reason = int(columns.author_codes[ordinal]), int(columns.locked[ordinal])
        placements = self._placements(first, end)
        attributes = self._attributes(first)
        related = self._related.get(ordinal, ())
        return Annotation(
            id=AnnotationId(self.export, ordinal),
            native_id=columns.native_ids[ordinal],
            class_id=columns.classes[int(columns.class_codes[ordinal])],
            author=columns.authors[author] if author >= 0 else "",
            placements=placements,
            attributes=(*attributes, *self._relation_rows(ordinal, related)),
            locked_reason=self._reason(reason, first, placements),
            relations=related,
        )

    def _reason(self, code: int, row: int, placements: Sequence[Placement]) -> str | None:
        """Return why an annotation cannot be edited; None when it can.

        Args:
            row: of its first placement.
        """
        found = self.columns.reasons[code] if code >= 0 else None
        if found == MASK_REASON and placements and isinstance(placements[0].shape, Mask):
            return IN_COMPOSITE if self._composites(row) is not None else None
        return found

    @cached_property
    def _related(self) -> Mapping[int, tuple[Relation, ...]]:
        found: defaultdict[int, tuple[Relation, ...]] = defaultdict(tuple)
        for one in self.relations:
            ends = [AnnotationId(self.export, end) for end in (one.source, one.target)]
            relation = Relation(one.name, *ends, directed=one.directed)
            for end in dict.fromkeys((one.source, one.target)):
                found[end] = (*found[end], relation)
        return dict(found)

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
        )

    def _placement(self, row: int) -> Placement:
        bare = self._bare(row)
        return bare if self.columns.roles[row] == DERIVED else self._filled(bare, row)

    def _bare(self, row: int) -> Placement:
        """Return a placement without what its own record holds."""
        columns = self.columns
        frame, role = int(columns.frames[row]), int(columns.roles[row])
        index = frame if frame >= 0 else None
        width, height = int(columns.widths[row]), int(columns.heights[row])
        entry = columns.keys[int(columns.entries[row])] if columns.entries[row] >= 0 else None
        return Placement(
            media=MediaKey(entry=entry, frame=index),
            plane=PLANES[int(columns.planes[row])],
            index=index,
            size=(width, height) if width > 0 and height > 0 else None,
            stored=role != DERIVED,
            is_key=role == KEY,
        )

    def _filled(self, bare: Placement, row: int) -> Placement:
        """Return a placement with what its own record holds."""
        columns = self.columns
        origin = Origin(
            int(columns.origin_sources[row]),
            int(columns.origin_starts[row]),
            int(columns.origin_ends[row]),
        )
        found = structs.replace(bare, origins=(origin,))
        record = self._record(row)
        if columns.kinds[row] == _NONE:
            answers = answers_of_record(record)
            return structs.replace(found, attributes=answers) if bare.index is not None else found
        held, reason = object_of(record)
        shape = None
        if reason is None:
            try:
                is_mask = columns.kinds[row] == _MASK
                shape = None if is_mask else shape_of_object(held)
                shape = shape or self._mask(held, bare, row)
            except (BadRecord, CannotRead) as error:
                reason = str(error)
        answers = answers_of_list(memoryview(held.classifications))
        if bare.index is None:
            answers = ()
        if reason is not None:
            answers = (*answers, Attribute("damaged", reason))
        return structs.replace(found, shape=shape, attributes=answers)

    def _mask(self, held: Object, bare: Placement, row: int) -> Shape | None:
        """Return the mask of an object where the row holds it, or its file lies beside."""
        place = self._place(held, bare, row)
        if place is None:
            return shape_of_object(held)
        inside = self._inside(held, bare, row, place)
        found = self.masks.found(place) if inside is None and self.masks else None
        return self.masks.read(found, place) if self.masks and found else inside

    def _inside(self, held: Object, bare: Placement, row: int, place: MaskPlace) -> Mask | None:
        """Return the mask that a row of an import holds itself."""
        if isinstance(held.mask, Raw):
            return None if place.url else picture_of(bytes(held.mask))
        if isinstance(held.composite_mask, Raw):
            return None
        composites = self._composites(row)
        return composites.mask(self._number(bare), self._instance(row)) if composites else None

    def _place(self, held: Object, bare: Placement, row: int) -> MaskPlace | None:
        """Return which mask a placement's is; None where its record names none."""
        raw = held.mask if isinstance(held.mask, Raw) else held.composite_mask
        if not isinstance(raw, Raw):
            composites = self._composites(row)
            if composites is None:
                return None
            url = composites.addresses.get(self._number(bare), "")
            color = composites.color(self._instance(row))
            return MaskPlace(
                "", None, "", url, color, self._size(bare)
            )  # shared by the row's labels
        url, color = address_of(bytes(raw))
        id = held.feature_id or self.columns.native_ids[int(self.columns.owners[row])]
        frame = None if bare.index is None else self._number(bare)
        group = "" if bare.plane == "acquired" else bare.plane.title()
        return MaskPlace(id, frame, group, url, color, self._size(bare))

    def _size(self, bare: Placement) -> tuple[int, int] | None:
        """Return (width, height) of the pictures of a placement's plane, where that is known."""
        return bare.size or self.sizes.of_plane(bare.media.entry, PLANES.index(bare.plane))

    def _number(self, bare: Placement) -> int:
        """Return the number of a placement's frame as the file counts."""
        return (bare.index or 0) + self.first_frame

    def _composites(self, row: int) -> Composites | None:
        """Return the composites of a row of an import, kept until another one is asked for."""
        start = int(self.columns.origin_starts[row])
        if start not in self._kept:
            self._kept.clear()
            self._kept[start] = composites_of(self._record(row))
        return self._kept[start]

    def _instance(self, row: int) -> int:
        """Return the number of an annotation among those of one row of an import."""
        starts, ordinal = self.columns.starts, int(self.columns.owners[row])
        first = ordinal
        while first > 0 and starts[first - 1] == starts[ordinal]:
            first -= 1
        return ordinal - first

    def _attributes(self, row: int) -> tuple[Attribute, ...]:
        """Return the answers of an annotation that is on no frame."""
        if self.columns.frames[row] >= 0:
            return ()
        record = self._record(row)
        if self.columns.kinds[row] == _NONE:
            return answers_of_record(record)
        return answers_of_list(memoryview(object_of(record)[0].classifications))

    def _record(self, row: int) -> bytes | memoryview:
        columns = self.columns
        base = self.sources[int(columns.origin_sources[row])].base
        return base[int(columns.origin_starts[row]) : int(columns.origin_ends[row])]
