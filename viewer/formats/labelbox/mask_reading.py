"""Masks of an export as its records name them: beside it, or in rows of an import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from msgspec import Raw

from viewer.errors import CannotRead
from viewer.formats.labelbox.import_masks import Composites, composites_of, from_base64, picture_of
from viewer.formats.labelbox.mask_files import FoundMask, MaskFolder, MaskPlace, address_of
from viewer.formats.labelbox.records import Object
from viewer.formats.labelbox.shapes import object_of, shape_of_object
from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Shape
from viewer.model.placement import Placement
from viewer.model.source import Beside, Source
from viewer.model.subject import PLANES, MediaKey
from viewer.model.table import DERIVED, KEY, KINDS, Columns, Ints
from viewer.model.told import Told

MASK, UNKNOWN = KINDS.index("mask"), KINDS.index("unknown")


@dataclass(eq=False)
class MaskReader:
    """Finds and reads masks.

    Args:
        beside: where they may lie.
        first_frame: number of the first frame in the file.
        told: of the pictures that the entries are shown on.
    """

    sources: Sequence[Source]
    columns: Columns
    beside: Beside | None
    first_frame: int
    told: Told
    _kept: dict[int, Composites | None] = field(default_factory=dict[int, "Composites | None"])

    @cached_property
    def folder(self) -> MaskFolder | None:
        """The masks beside the export."""
        return MaskFolder(self.beside) if self.beside is not None else None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The files beside the export that its masks are in, named from its folder.

        The tables that say where masks lie are among them.
        """
        tables = self.folder.tables() if self.folder else ()
        return tuple(dict.fromkeys((*tables, *(found.name for _, found in self.files() if found))))

    def files(self) -> Iterator[tuple[MaskPlace, FoundMask | None]]:
        """Yield every mask that lies elsewhere, and its file; None for one that is not there."""
        columns = self.columns
        may_be = (columns.kinds == MASK) | (columns.kinds == UNKNOWN)  # unknown: a damaged label
        for row in np.flatnonzero(may_be & (columns.roles != DERIVED)).tolist():
            held, reason = object_of(self.record(row))
            is_damaged = reason is not None
            place = None if is_damaged else self._place(held, self.bare(row), row)
            place = self._own_place(self.bare(row), row) if is_damaged else place
            if place is None or not (place.url or is_damaged):
                continue
            try:
                found = self.folder.found(place) if self.folder else None
            except CannotRead:  # a link out of the folder is no file of the export
                found = None
            if found is not None or place.url:
                yield place, found

    def picture_size(self, placement: Placement) -> tuple[int, int] | None:
        """Return (width, height) of the file that holds the mask of an opened placement."""
        for origin in placement.origins[:1]:
            order, starts = self._by_start
            at = int(np.searchsorted(starts, origin.start))
            row = int(order[at]) if at < len(order) else -1
            if row < 0 or not self.folder or self.columns.origin_sources[row] != origin.source:
                continue
            held, _ = object_of(self.record(row))
            place = self._place(held, self.bare(row), row)
            try:
                found = self.folder.found(place) if place is not None else None
                return self.folder.size(found) if found else None
            except CannotRead:
                return None
        return None

    @cached_property
    def _by_start(self) -> tuple[Ints, Ints]:
        """The rows of placements in the order of their records, and where these begin."""
        order = np.argsort(self.columns.origin_starts, kind="stable")
        return order, self.columns.origin_starts[order]

    def shape(self, held: Object, bare: Placement, row: int) -> Shape | None:
        """Return the mask of an object where the row holds it, or its file lies beside."""
        place = self._place(held, bare, row)
        if place is None:
            return shape_of_object(held)
        inside = self._inside(held, bare, row, place)
        found = self.folder.found(place) if inside is None and self.folder else None
        return self.folder.read(found, place) if self.folder and found else inside

    def _inside(self, held: Object, bare: Placement, row: int, place: MaskPlace) -> Mask | None:
        """Return the mask that a row of an import holds itself."""
        if isinstance(held.mask, Raw):
            return None if place.url else picture_of(bytes(held.mask))
        if isinstance(held.composite_mask, Raw):
            return None
        composites = self.composites(row)
        return composites.mask(self._number(bare), self._instance(row)) if composites else None

    def _place(self, held: Object, bare: Placement, row: int) -> MaskPlace | None:
        """Return which mask a placement's is; None where its record names none."""
        raw = held.mask if isinstance(held.mask, Raw) else held.composite_mask
        if not isinstance(raw, Raw):
            composites = self.composites(row)
            if composites is None:
                return None
            url = composites.addresses.get(self._number(bare), "")
            color = composites.color(self._instance(row))
            return MaskPlace("", None, "", url, color, self._size(bare))  # of all the row
        url, color = address_of(bytes(raw))
        own = self._own_place(bare, row)
        return replace(own, id=held.feature_id or own.id, url=url, color=color)

    def _own_place(self, bare: Placement, row: int) -> MaskPlace:
        """Return which mask a placement's is, without what its record says of it."""
        id = self.columns.native_ids[int(self.columns.owners[row])]
        frame = None if bare.index is None else self._number(bare)
        group = "" if bare.plane == "acquired" else bare.plane.title()
        return MaskPlace(id, frame, group, "", None, self._size(bare))

    def _size(self, bare: Placement) -> tuple[int, int] | None:
        """Return (width, height) of the pictures of a placement's plane, where that is known."""
        return bare.size or self.told.of(bare.media.entry).plane(PLANES.index(bare.plane))

    def _number(self, bare: Placement) -> int:
        """Return the number of a placement's frame as the file counts."""
        return (bare.index or 0) + self.first_frame

    def composites(self, row: int) -> Composites | None:
        """Return the composites of a row of an import, kept until another one is asked for."""
        start, kept = int(self.columns.origin_starts[row]), self._kept
        if start not in kept:  # a new one: other threads may go on with the one they found
            kept = self._kept = {start: composites_of(self.record(row))}
        return kept[start]

    def refusal(self, row: int) -> str | None:
        """Return why a mask that is there cannot be painted; None where it can.

        Args:
            row: of its first placement.
        """
        composites = self.composites(row)
        return composites.refusal(self._instance(row)) if composites else None

    def instance_of(self, ordinal: int) -> int:
        """Return the number of an annotation among those of its row of an import."""
        return self._instance(int(np.searchsorted(self.columns.owners, ordinal)))

    def composite_content(self, start: int, frame: int) -> bytes:
        """Return the PNG that a row of an import has for a frame.

        Args:
            start: where the row begins in its source.
            frame: as the file counts.

        Raises:
            CannotRead: it is not there, or cannot be read.
        """
        order, starts = self._by_start
        at = int(np.searchsorted(starts, start))
        composites = self.composites(int(order[at])) if at < len(order) else None
        if composites is None:
            raise CannotRead("its row holds no pictures of masks")
        content = composites.pictures.get(frame)
        if content is not None:
            return from_base64(content)
        place = MaskPlace("", None, "", composites.addresses.get(frame, ""), None, None)
        found = self.folder.found(place) if self.folder else None
        if found is None or self.folder is None:
            raise CannotRead(f"the picture of its masks on frame {frame} is not downloaded")
        return self.folder.content(found)

    def _instance(self, row: int) -> int:
        """Return the number of an annotation among those of one row of an import."""
        starts, ordinal = self.columns.starts, int(self.columns.owners[row])
        first = ordinal
        while first > 0 and starts[first - 1] == starts[ordinal]:
            first -= 1
        return ordinal - first

    def bare(self, row: int) -> Placement:
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

    def record(self, row: int) -> bytes | memoryview:
        """Return the record of a placement."""
        columns = self.columns
        base = self.sources[int(columns.origin_sources[row])].base
        return base[int(columns.origin_starts[row]) : int(columns.origin_ends[row])]
