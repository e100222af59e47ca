"""All annotations of a project: columns for what the files hold, a mapping for edits."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.errors import Issue
from viewer.geometry.stack import Stack
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.edits import NO_EDITS, Edits
from viewer.model.measuring import Measurer
from viewer.model.strings import StringColumn

Ints = NDArray[np.int64]
Names = tuple[str, ...]  # of files that belong together
PlaneSizes = tuple[tuple[int, int] | None, ...]  # width and height by code into PLANES
Boxes = NDArray[np.float64]  # (n, 4) x0, y0, x1, y1 in pixels
Affine = tuple[float, ...]  # 12 numbers, row by row of 3 x 4
_AS_TAKEN = frozenset[str]()


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

    @property
    def count(self) -> int:
        """Number of annotations."""
        return len(self.class_codes)


# Codes of Columns.roles: drawn by somebody; stored, but worked out between two that were drawn; not
# stored at all.
KEY, BETWEEN, DERIVED = range(3)
# Codes of Columns.kinds. "none" is a classification or a verified negative (no geometry).
FLAT_KINDS = ("none", "point", "box", "ellipse", "polygon", "polyline", "mask", "unknown")
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


@dataclass(frozen=True)
class Grid:
    """The voxels that an entry is shown on.

    Args:
        shape: (slices, rows, columns).
        is_turned: the first slice shown is the last one that files of voxels count.
        stack: where they lie in the patient, None where nothing says it.
        first: slice of the media that is the entry's first, where it is a part of a sequence.
    """

    shape: tuple[int, int, int]
    is_turned: bool = False
    stack: Stack | None = None
    first: int = 0

    def turned(self, k: int) -> int:
        """Return the slice of the media for one of a file of voxels, or the other way round.

        Both count from the entry's first slice.
        """
        return self.shape[0] - 1 - k if self.is_turned else k


@dataclass(eq=False)
class EntrySizes:
    """What an export does not state of its entries, learnt from what they are shown on.

    Where a format counts in parts of a picture's width and height, its shapes are known once their
    entry's size has been told. Nothing of an export changes by that, only what can be made of it.

    Args:
        version: grows with each size or affine that is new.
        measure: measures labels on what the entries are shown on; None before any is.
        notes: what is to be said of files that were read for an entry, such as masks: by its id
            and the files' names. They are forgotten with the voxels that the entry is shown on.
    """

    version: int = 0
    measure: Measurer | None = None
    notes: dict[str, dict[Names, tuple[Issue, ...]]] = field(
        default_factory=dict[str, "dict[Names, tuple[Issue, ...]]"]
    )
    _sizes: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    _grids: dict[str, Grid] = field(default_factory=dict[str, Grid])
    _affines: dict[str, Affine] = field(default_factory=dict[str, Affine])
    _planes: dict[str, PlaneSizes] = field(default_factory=dict[str, "PlaneSizes"])
    _readings: dict[str, frozenset[str]] = field(default_factory=dict[str, "frozenset[str]"])

    def tell(self, entry: str, size: tuple[int, int]) -> None:
        """Note (width, height) in pixels of what an entry is shown on."""
        if self._sizes.get(entry) != size:
            self._sizes[entry] = size
            self.version += 1

    def of(self, entry: str | None) -> tuple[int, int] | None:
        """Return the size told last for an entry, None before any."""
        return None if entry is None else self._sizes.get(entry)

    def tell_planes(self, entry: str, sizes: PlaneSizes) -> None:
        """Note (width, height) of each of PLANES of what an entry is shown on, as it counts."""
        if self._planes.get(entry) != sizes:
            self._planes[entry] = sizes
            self.version += 1

    def of_plane(self, entry: str | None, plane: int) -> tuple[int, int] | None:
        """Return the size told last for a plane, as a code into PLANES; None before any."""
        sizes = None if entry is None else self._planes.get(entry)
        return None if sizes is None else sizes[plane]

    def tell_readings(self, entry: str, readings: frozenset[str]) -> None:
        """Note which readings a person chose for an entry in place of what is taken."""
        if self._readings.get(entry, _AS_TAKEN) != readings:
            self._readings[entry] = readings
            self.version += 1

    def is_read(self, entry: str | None, reading: str) -> bool:
        """Return whether a reading was chosen for an entry."""
        return entry is not None and reading in self._readings.get(entry, _AS_TAKEN)

    def note(self, entry: str, names: Names, issues: tuple[Issue, ...]) -> None:
        """Note what is to be said of files that were read for an entry."""
        self.notes.setdefault(entry, {})[names] = issues

    def has_note(self, entry: str, names: Names) -> bool:
        """Return whether it was noted what is to be said of these files."""
        return names in self.notes.get(entry, {})

    def tell_grid(self, entry: str, grid: Grid | None) -> None:
        """Note the voxels that an entry is shown on, None for none any more."""
        known = self._grids.pop(entry, None)
        if grid is not None:
            self._grids[entry] = grid
        if known != grid:
            self.version += known is not None
            self.notes.pop(entry, None)

    def tell_affine(self, entry: str, affine: Affine | None) -> None:
        """Note the affine from voxel to patient mm, LPS, of what an entry is shown on."""
        if self._affines.get(entry) == affine:
            return
        self._affines.pop(entry, None)
        if affine is not None:
            self._affines[entry] = affine
        self.version += 1

    def affine_of(self, entry: str | None) -> Affine | None:
        """Return the affine told last for an entry, None before any."""
        return None if entry is None else self._affines.get(entry)

    def grid_of(self, entry: str | None) -> Grid | None:
        """Return the voxels told last for an entry, None before any."""
        return None if entry is None else self._grids.get(entry)


@dataclass(frozen=True, eq=False, repr=False)
class Base:
    """What one export held when it was opened: columns, and how to decode one record.

    Args:
        bounds: None where the format has no quick way to them.
        sizes: what `decode` knows of pictures whose size the export does not state.
    """

    export: str
    columns: Columns
    decode: RecordDecoder
    bounds: BoundsFinder | None = None
    sizes: EntrySizes = field(default_factory=EntrySizes)


@dataclass(eq=False)
class _Cache:
    """The records decoded last, shared by every version of a table; bounded by count."""

    limit: int = 20_000
    kept: OrderedDict[tuple[AnnotationId, int], Annotation] = field(
        default_factory=OrderedDict[tuple[AnnotationId, int], Annotation]
    )

    def get(self, id: AnnotationId, base: Base) -> Annotation:
        key = (id, base.sizes.version)
        found = self.kept.get(key)
        if found is None:
            found = base.decode(id.ordinal)
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
        columns = self.bases[id.export].columns
        code = int(columns.author_codes[id.ordinal])
        return columns.authors[code] if code >= 0 else ""

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
