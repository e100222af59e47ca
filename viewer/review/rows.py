"""Placements of an export as columns: what matching needs to know of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.shapes import Shape
from viewer.geometry.solids import Solid
from viewer.model.annotation import Annotation
from viewer.model.ontology import kind_of
from viewer.model.placement import Placement
from viewer.model.project import Exam, Export
from viewer.model.subject import PLANES
from viewer.model.table import KINDS, SOLID_KINDS, Columns
from viewer.review.entry_spots import EntrySpots
from viewer.review.frame_table import Codes
from viewer.review.kept import kept_for_views
from viewer.review.lookup import Lookup, keys_of, translated, utf8

_SOLIDS = np.isin(KINDS, SOLID_KINDS)  # (kinds,)
NONE, UNKNOWN, VOLUME = (KINDS.index(kind) for kind in ("none", "unknown", "volume"))


@dataclass(frozen=True, eq=False)
class Rows:
    """Placements as columns, translated: what matching needs to know of each.

    Args:
        studies, series: index of the first media of that study or series, -1 when none is open.
        instances: entry of the lookup's frames, -1 when the object is not open.
        named: (n, 4) whether the key names a study, a series, an instance, an entry.
        entries: place of the export's entry, -1 without one.
        items: number of the file within the entry, -1 without one.
        planes: code into PLANES.
        bound: where the pictures of the export's entries are.
        frames: frame number from 0, -1 without one.
        kinds: code into KINDS.
        sizes: (n, 2) width and height as the export states them, 0 or -1 when unknown.
        listed: the exam is in the export's list (or the export has no list).
        classed: the class is in the export's ontology, or the record names none.
    """

    studies: Codes
    series: Codes
    instances: Codes
    named: NDArray[np.bool_]
    entries: Codes
    items: Codes
    planes: NDArray[np.int8]
    bound: EntrySpots
    frames: NDArray[np.int64]
    kinds: NDArray[np.int8]
    sizes: NDArray[np.int32]
    listed: NDArray[np.bool_]
    classed: NDArray[np.bool_]

    @property
    def drawn(self) -> NDArray[np.bool_]:
        """Rows that have geometry."""
        return (self.kinds != NONE) & (self.kinds != UNKNOWN)

    @property
    def solid(self) -> NDArray[np.bool_]:
        """Rows whose geometry is in voxel space, on no slice of its own."""
        return _SOLIDS[self.kinds]


def rows_of_columns(columns: Columns, export: Export | None, lookup: Lookup) -> Rows:
    """Return the stored placements of an export as rows."""
    keys = keys_of(columns.keys)
    studies = (columns.studies, columns.series, columns.instances, columns.entries)
    classes = _known_classes(columns.classes, export)[columns.class_codes]
    numbers, bound = lookup.entries_of(export.id if export else "")
    by_id = {utf8(id): number for id, number in numbers.items()}
    return Rows(
        studies=translated(columns.studies, keys, lookup.studies),
        series=translated(columns.series, keys, lookup.series),
        instances=translated(columns.instances, keys, lookup.instances),
        named=np.stack([codes >= 0 for codes in studies], axis=1),
        entries=translated(columns.entries, keys, by_id),
        items=columns.items,
        planes=columns.planes,
        bound=bound,
        frames=columns.frames.astype(np.int64),
        kinds=columns.kinds,
        sizes=np.stack([columns.widths, columns.heights], axis=1),
        listed=_listed(columns.studies, keys, export),
        classed=classes[columns.owners] if len(classes) else np.empty(0, dtype=np.bool_),
    )


def rows_of_annotation(annotation: Annotation, export: Export | None, lookup: Lookup) -> Rows:
    """Return the placements of one decoded annotation as rows."""
    placed = annotation.placements
    keys = [p.media for p in placed]
    names = [(key.study, key.series, key.instance, key.entry) for key in keys]
    text = [[None if name is None else utf8(name) for name in row] for row in names]
    exams = exams_of(export)
    known = bool(_known_classes((annotation.class_id,), export)[0])
    numbers, bound = lookup.entries_of(export.id if export else "")
    return Rows(
        studies=_found([row[0] for row in text], lookup.studies),
        series=_found([row[1] for row in text], lookup.series),
        instances=_found([row[2] for row in text], lookup.instances),
        named=np.array([[n is not None for n in row] for row in text], np.bool_).reshape(-1, 4),
        entries=np.array([numbers.get(key.entry or "", -1) for key in keys], dtype=np.int32),
        items=np.array([-1 if k.item is None else k.item for k in keys], dtype=np.int32),
        planes=np.array([PLANES.index(p.plane) for p in placed], dtype=np.int8),
        bound=bound,
        frames=np.array([_frame_of(p) for p in placed], dtype=np.int64),
        kinds=np.array([_kind_of(annotation, p.shape) for p in placed], dtype=np.int8),
        sizes=np.array([p.size or (-1, -1) for p in placed], np.int32).reshape(-1, 2),
        listed=np.array([not exams or row[0] in exams for row in text], dtype=np.bool_),
        classed=np.full(len(placed), known),
    )


def exams_of(export: Export | None) -> Collection[bytes]:
    """Return the StudyInstanceUIDs that the export lists, as UTF-8."""
    return _exams_of(export.exams) if export else frozenset()


def _kind_of(annotation: Annotation, shape: Shape | Solid | None) -> int:
    """A locked record without a shape is one whose geometry could not be understood."""
    if shape is not None:
        return KINDS.index(kind_of(shape))
    return NONE if annotation.locked_reason is None else UNKNOWN


def _frame_of(placement: Placement) -> int:
    for number in (placement.index, placement.media.frame):
        if number is not None:
            return number
    return -1


def _found(names: Sequence[bytes | None], table: dict[bytes, int]) -> Codes:
    return np.array([-1 if n is None else table.get(n, -1) for n in names], dtype=np.int32)


def _listed(codes: Codes, keys: Sequence[bytes], export: Export | None) -> NDArray[np.bool_]:
    exams = exams_of(export)
    if not exams:
        return np.ones(len(codes), dtype=np.bool_)
    return translated(codes, keys, dict.fromkeys(exams, 1)) > 0


def _known_classes(ids: Sequence[str], export: Export | None) -> NDArray[np.bool_]:
    known = export.ontology.by_id if export else {}
    return np.array([not id or id in known for id in ids], dtype=np.bool_)


@kept_for_views(16)
def _exams_of(exams: tuple[Exam, ...]) -> frozenset[bytes]:
    return frozenset(utf8(exam.study) for exam in exams)
