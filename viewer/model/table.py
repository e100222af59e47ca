"""All annotations of a project: columns for what the files hold, a mapping for edits."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.edits import NO_EDITS, Edits
from viewer.model.strings import StringColumn
from viewer.model.told import Told

Ints = NDArray[np.int64]
Boxes = NDArray[np.float64]  # (n, 4) x0, y0, x1, y1 in pixels
_Key = tuple[AnnotationId, tuple[int, int]]  # with the version of what its decoder was told


@dataclass(frozen=True, eq=False, repr=False)
class Columns:
    """One export's annotations as parallel arrays; no Python object per record.

    Row r of the first block is the annotation with ordinal r; row p of the second block is one
    stored placement. Codes index the tables beside them; -1 means absent. Placements are grouped by
    annotation, in ordinal order.

    Args:
        native_ids: the vendor's id of each annotation.
        class_codes, classes: index into `classes` (class ids as the records spell them).
        author_codes, authors: index into `authors`.
        parents: ordinal of the parent annotation.
        sources, starts, ends: the record's source and byte span in its base bytes.
        locked: index into `reasons`.
        owners: ordinal of the placement's annotation.
        studies, series, instances, entries: codes into `keys`, the media keys' strings.
        items: number of the file within the entry.
        frames: frame index counted from 0.
        planes: code into `viewer.model.subject.PLANES`; "acquired" for most.
        roles: KEY, BETWEEN or DERIVED.
        runs: number of the stretch of frames, among its annotation's, that is seen as one.
        origin_sources, origin_starts, origin_ends: source and byte span of the record that holds
            the placement; of a derived one the span is empty.
        kinds: code into `viewer.model.table.KINDS`.
        widths, heights: size of the image as stated by the export.
        copied, copied_from: ordinals of the annotations that were copied from a record, rising, and
            the vendor's id of that record.
    """

    native_ids: StringColumn
    class_codes: NDArray[np.int32]
    classes: tuple[str, ...]
    author_codes: NDArray[np.int32]
    authors: tuple[str, ...]
    parents: Ints
    sources: NDArray[np.int32]
    starts: Ints
    ends: Ints
    locked: NDArray[np.int32]
    reasons: tuple[str, ...]
    owners: Ints
    studies: NDArray[np.int32]
    series: NDArray[np.int32]
    instances: NDArray[np.int32]
    entries: NDArray[np.int32]
    items: NDArray[np.int32]
    keys: StringColumn
    frames: Ints
    planes: NDArray[np.int8]
    roles: NDArray[np.int8]
    runs: NDArray[np.int32]
    origin_sources: NDArray[np.int32]
    origin_starts: Ints
    origin_ends: Ints
    kinds: NDArray[np.int8]
    widths: NDArray[np.int32]
    heights: NDArray[np.int32]
    copied: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    copied_from: StringColumn = field(default_factory=lambda: StringColumn.of(()))

    @property
    def count(self) -> int:
        """Number of annotations."""
        return len(self.class_codes)

    def class_of(self, ordinal: int) -> str:
        """Return the class id of an annotation."""
        return self.classes[int(self.class_codes[ordinal])]

    def author_of(self, ordinal: int) -> str:
        """Return the author of an annotation, "" if unknown."""
        code = int(self.author_codes[ordinal])
        return self.authors[code] if code >= 0 else ""

    def reason_of(self, ordinal: int) -> str | None:
        """Return why an annotation is locked; None where it is not."""
        code = int(self.locked[ordinal])
        return self.reasons[code] if code >= 0 else None

    def rows_of(self, ordinal: int) -> range:
        """Return the rows of an annotation's placements."""
        return range(*self.owners.searchsorted([ordinal, ordinal + 1]).tolist())


# Codes of Columns.roles: drawn by somebody; stored, but worked out between two that were drawn; not
# stored at all.
KEY, BETWEEN, DERIVED = range(3)
# Codes of Columns.kinds. "none" is a classification or a verified negative (no geometry).
FLAT_KINDS = (
    "none",
    "point",
    "box",
    "rotated-box",
    "ellipse",
    "polygon",
    "polyline",
    "skeleton",
    "mask",
    "unknown",
)
# Shapes in voxel space, on no slice of their own: their frames are -1.
SOLID_KINDS = ("landmark", "length", "angle", "cuboid", "volume")
KINDS = FLAT_KINDS + SOLID_KINDS


class RecordDecoder(Protocol):
    """Decodes the record with this ordinal; made by the export's reader."""

    def __call__(self, ordinal: int, /) -> Annotation:
        """Return the annotation as the file holds it; a damaged one comes back locked."""
        ...


class BoundsFinder(Protocol):
    """Finds the bounds of many shapes quicker than decoding one record after another."""

    def __call__(self, rows: Ints, check: Callable[[], None], /) -> Boxes:
        """Return the bounds of the shapes of stored placements, NaN where there is none.

        They equal the bounds of the decoded shapes. `check` is called about every millisecond,
        and raises where the answer is no longer wanted.
        """
        ...


class RingReader(Protocol):
    """Reads the outlines of many shapes quicker than decoding one record after another."""

    def __call__(self, rows: Ints, /) -> tuple[NDArray[np.float64], Ints]:
        """Return the rings of stored placements, one behind the other, of a few at a time.

        Returns:
            (n, 2) vertices in pixels, and (rows,) how many of them each has: 0 where its shape is
            no polygon of at least three vertices and without holes, or where more than the columns
            say decides how it is drawn: its record locks it, or knows a probability.
        """
        ...


class ProbabilityReader(Protocol):
    """Reads how sure models were of what they made, for all records of an export at once."""

    def __call__(self, check: Callable[[], None], /) -> NDArray[np.float32]:
        """Return (annotations,) from 0 to 1, NaN where the file says none; of a track the highest.

        `check` is called about every millisecond, and raises where the answer is no longer wanted.
        """
        ...


@dataclass(frozen=True, eq=False, repr=False)
class Base:
    """What one export held when it was opened: columns, and how to decode one record.

    Args:
        bounds, rings: None where the format has no quick way to them.
        told: what `decode` goes by of the pictures that the entries are shown on.
        probabilities: None where the format holds none.
    """

    export: str
    columns: Columns
    decode: RecordDecoder
    bounds: BoundsFinder | None = None
    told: Told = field(default_factory=Told)
    probabilities: ProbabilityReader | None = None
    rings: RingReader | None = None


@dataclass(eq=False)
class _Cache:
    """The records decoded last, shared by every version of a table; bounded by count."""

    limit: int = 20_000
    kept: OrderedDict[_Key, Annotation] = field(default_factory=OrderedDict["_Key", Annotation])

    def get(self, id: AnnotationId, base: Base) -> Annotation:
        key = (id, base.told.version)
        found = self.kept.get(key)
        if found is None:
            found = base.decode(id.ordinal)
            if base.told.version != key[1]:  # other pictures were shown while it was decoded
                return found
            self.kept[key] = found
            if len(self.kept) > self.limit:
                self.kept.popitem(last=False)
        return found


@dataclass(frozen=True, eq=False, repr=False)
class AnnotationTable:
    """Annotations by id: edits first, else the record decoded through a bounded cache.

    An edit makes new `edits` that share nearly all of the old ones, so its cost grows neither with
    the files nor with what was edited before.
    """

    bases: Mapping[str, Base] = field(default_factory=dict[str, Base])
    edits: Edits = field(default_factory=lambda: NO_EDITS)
    _cache: _Cache = field(default_factory=_Cache)

    def __getitem__(self, id: AnnotationId) -> Annotation:
        """Return one annotation.

        Raises:
            KeyError: it was deleted, or never was.
        """
        if id in self.edits:
            annotation = self.edits[id]
            if annotation is None:
                raise KeyError(id)
            return annotation
        return self.opened(id)

    def __contains__(self, id: AnnotationId) -> bool:
        if id in self.edits:
            return self.edits[id] is not None
        base = self.bases.get(id.export)
        return base is not None and not id.new and 0 <= id.ordinal < base.columns.count

    def __len__(self) -> int:
        return self._count

    @cached_property
    def _count(self) -> int:
        """Counted once for all who ask how many there are."""
        count = sum(base.columns.count for base in self.bases.values())
        for id, annotation in self.edits.items():
            if id.new and annotation is not None:
                count += 1
            elif not id.new and annotation is None:
                count -= 1
        return count

    def __iter__(self) -> Iterator[AnnotationId]:
        """Yield ids in reading order, new ones of an export after its own."""
        for export, base in self.bases.items():
            for ordinal in range(base.columns.count):
                id = AnnotationId(export, ordinal)
                if id not in self.edits or self.edits[id] is not None:
                    yield id
            for id, annotation in self.edits_of(export).items():
                if id.new and annotation is not None:
                    yield id

    def opened(self, id: AnnotationId) -> Annotation:
        """Return the annotation as its file holds it, whatever was edited since.

        Raises:
            KeyError: no such record was opened.
        """
        base = self.bases.get(id.export)
        if base is None or id.new or not 0 <= id.ordinal < base.columns.count:
            raise KeyError(id)
        return self._cache.get(id, base)

    def author_of(self, id: AnnotationId) -> str:
        """Return the author of an annotation that is there, without decoding it; "" if unknown."""
        edit = self.edits.get(id)
        if edit is not None:
            return edit.author
        return self.bases[id.export].columns.author_of(id.ordinal)

    def with_edit(self, id: AnnotationId, annotation: Annotation | None) -> AnnotationTable:
        """Return a table in which `id` is `annotation`, or deleted for None."""
        forgotten = annotation is None and id.new
        edits = self.edits.without(id) if forgotten else self.edits.with_(id, annotation)
        return replace(self, edits=edits)

    def without(self, ids: Iterable[AnnotationId]) -> AnnotationTable:
        """Return a table in which these are deleted.

        Raises:
            KeyError: one is not there, or named twice.
        """
        gone: set[AnnotationId] = set()
        for id in ids:
            if id in gone or id not in self:
                raise KeyError(id)
            gone.add(id)
        return replace(self, edits=self.edits.with_deleted(gone))

    def edits_of(self, export: str) -> dict[AnnotationId, Annotation | None]:
        """Return what was edited in one export, in id order."""
        return {id: edit for id, edit in self.edits.items() if id.export == export}

    def next_new(self, export: str) -> AnnotationId:
        """Return an id for an annotation made now; ids of deleted ones may come again."""
        taken = [id.ordinal for id in self.edits if id.new and id.export == export]
        return AnnotationId(export, max(taken, default=-1) + 1, new=True)
