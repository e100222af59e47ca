"""The rules of matching, over whole columns at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

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
from viewer.review.lookup import SEVERAL, Codes, Lookup, keys_of, translated, utf8

# Reason codes; 0 is matched.
REASONS = (
    "",
    "series not loaded",
    "instance missing",
    "size differs",
    "exam not in list",
    "no media key",
    "unknown class",
    "damaged record",
    "frame out of range",
    "no image named",
    "several images",
)
NOT_LOADED, MISSING, SIZE, UNLISTED, NO_KEY, NO_CLASS, DAMAGED, NO_FRAME = range(1, 9)
NO_IMAGE, AMBIGUOUS = 9, 10
_SOLIDS = np.isin(KINDS, SOLID_KINDS)  # (kinds,)
_NONE, _UNKNOWN = KINDS.index("none"), KINDS.index("unknown")


@dataclass(frozen=True, eq=False)
class Rows:
    """Placements as columns, translated: what matching needs to know of each.

    Args:
        studies, series: index of the first media of that study or series, -1 when none is open.
        instances: entry of the lookup's frames, -1 when the object is not open.
        named: (n, 4) whether the key names a study, a series, an instance, an entry.
        frames: frame number from 0, -1 without one.
        kinds: code into KINDS.
        sizes: (n, 2) width and height as the export states them, 0 or -1 when unknown.
        listed: the exam is in the export's list (or the export has no list).
        classed: the class is in the export's ontology, or the record names none.
        planes: code into PLANES.
    """

    studies: Codes
    series: Codes
    instances: Codes
    named: NDArray[np.bool_]
    frames: NDArray[np.int64]
    kinds: NDArray[np.int8]
    sizes: NDArray[np.int32]
    listed: NDArray[np.bool_]
    classed: NDArray[np.bool_]
    planes: NDArray[np.int8]

    @property
    def drawn(self) -> NDArray[np.bool_]:
        """Rows that have geometry."""
        return (self.kinds != _NONE) & (self.kinds != _UNKNOWN)

    @property
    def solid(self) -> NDArray[np.bool_]:
        """Rows whose geometry is in voxel space, on no slice of its own."""
        return _SOLIDS[self.kinds]


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Where each row goes.

    Args:
        media, slices: -1 for none.
        axes: the voxel axis that `slices` counts along: 2 for the stack's own slices, 0 for its
            columns, 1 for its rows.
        reasons: code into REASONS.
        doubtful: matched by its image, but the pixels' headers name another study or series.
    """

    media: Codes
    slices: Codes
    axes: NDArray[np.int8]
    reasons: NDArray[np.int8]
    doubtful: NDArray[np.bool_]

    def of(self, row: int) -> tuple[int, int, int, bool]:
        """Return media, slice, reason code and doubt of one row."""
        values = (self.media[row], self.slices[row], self.reasons[row])
        media, slice, reason = (int(value) for value in values)
        return media, slice, reason, bool(self.doubtful[row])


def judged(rows: Rows, lookup: Lookup) -> Outcomes:
    """Return where each placement goes, or why it goes nowhere."""
    _, by_series, by_instance, by_entry = rows.named.T
    by_frame = by_series & ~by_instance & (rows.frames >= 0)
    media, slices = lookup.frames.spots(rows.instances, np.maximum(rows.frames, 0))
    frame_media, frame_slices = lookup.series_frames.spots(rows.series, rows.frames)
    whole = np.where(by_series, rows.series, rows.studies)
    media = np.where(by_instance, media, np.where(by_frame, frame_media, whole))
    slices = np.where(by_instance, slices, np.where(by_frame, frame_slices, -1))
    axes = np.full(len(media), 2, dtype=np.int8)
    if (named := rows.planes > 0).any():
        first, _ = lookup.frames.spots(rows.instances, np.zeros_like(rows.frames))
        whole = np.where(by_instance, first, rows.series)
        found = lookup.on_planes(whole, rows.planes, rows.frames)
        media, slices, axes = (
            np.where(named, on_plane, usual)
            for on_plane, usual in zip(found, (media, slices, axes), strict=True)
        )
    slices = np.where(rows.solid & (slices >= 0), -1, slices)

    reasons = np.zeros(len(media), dtype=np.int8)
    lost = media < 0
    reasons[lost] = NOT_LOADED
    parent_open = np.where(by_series, rows.series >= 0, rows.studies >= 0)
    reasons[lost & by_instance & parent_open] = MISSING
    reasons[lost & (reasons == NOT_LOADED) & ~rows.listed] = UNLISTED
    reasons[lost & by_instance & (rows.instances >= 0)] = NO_FRAME
    reasons[lost & by_frame & (rows.series >= 0)] = NO_FRAME
    reasons[media == SEVERAL] = AMBIGUOUS
    reasons[lost & ~rows.named.any(axis=1) & ~by_entry] = NO_KEY
    reasons[rows.drawn & ~rows.solid & ~lost & (slices < 0)] = NO_IMAGE
    reasons[_size_differs(rows, lookup, media, slices)] = SIZE
    odd = rows.kinds == _UNKNOWN
    reasons[odd] = DAMAGED
    reasons[odd & ~rows.classed] = NO_CLASS
    bad = reasons > 0
    media = _without(media, bad)
    return Outcomes(media, _without(slices, bad), axes, reasons, _is_doubtful(rows, lookup, media))


def _is_doubtful(rows: Rows, lookup: Lookup, media: Codes) -> NDArray[np.bool_]:
    """An image's UID is its key; its study and series are checked against the headers."""
    by_study, by_series, by_instance, _ = rows.named.T
    series, studies = lookup.groups[media].T
    other = by_series & (series >= 0) & (rows.series != series)
    other |= by_study & (studies >= 0) & (rows.studies != studies)
    return by_instance & (media >= 0) & other


def rows_of_columns(columns: Columns, export: Export | None, lookup: Lookup) -> Rows:
    """Return the stored placements of an export as rows."""
    keys = keys_of(columns.keys)
    studies = (columns.studies, columns.series, columns.instances, columns.entries)
    classes = _known_classes(columns.classes, export)[columns.class_codes]
    return Rows(
        studies=translated(columns.studies, keys, lookup.studies),
        series=translated(columns.series, keys, lookup.series),
        instances=translated(columns.instances, keys, lookup.instances),
        named=np.stack([codes >= 0 for codes in studies], axis=1),
        frames=columns.frames.astype(np.int64),
        kinds=columns.kinds,
        sizes=np.stack([columns.widths, columns.heights], axis=1),
        listed=_listed(columns.studies, keys, export),
        classed=classes[columns.owners] if len(classes) else np.empty(0, dtype=np.bool_),
        planes=columns.planes,
    )


def rows_of_annotation(annotation: Annotation, export: Export | None, lookup: Lookup) -> Rows:
    """Return the placements of one decoded annotation as rows."""
    placed = annotation.placements
    keys = [p.media for p in placed]
    names = [(key.study, key.series, key.instance, key.entry) for key in keys]
    text = [[None if name is None else utf8(name) for name in row] for row in names]
    exams = exams_of(export)
    known = bool(_known_classes((annotation.class_id,), export)[0])
    return Rows(
        studies=_found([row[0] for row in text], lookup.studies),
        series=_found([row[1] for row in text], lookup.series),
        instances=_found([row[2] for row in text], lookup.instances),
        named=np.array([[n is not None for n in row] for row in text], np.bool_).reshape(-1, 4),
        frames=np.array([_frame_of(p) for p in placed], dtype=np.int64),
        kinds=np.array([_kind_of(annotation, p.shape) for p in placed], dtype=np.int8),
        sizes=np.array([p.size or (-1, -1) for p in placed], np.int32).reshape(-1, 2),
        listed=np.array([not exams or row[0] in exams for row in text], dtype=np.bool_),
        classed=np.full(len(placed), known),
        planes=np.array([PLANES.index(p.plane) for p in placed], dtype=np.int8),
    )


def exams_of(export: Export | None) -> Collection[bytes]:
    """Return the StudyInstanceUIDs that the export lists, as UTF-8."""
    return _exams_of(export.exams) if export else frozenset()


def _kind_of(annotation: Annotation, shape: Shape | Solid | None) -> int:
    """A locked record without a shape is one whose geometry could not be understood."""
    if shape is not None:
        return KINDS.index(kind_of(shape))
    return _NONE if annotation.locked_reason is None else _UNKNOWN


def _frame_of(placement: Placement) -> int:
    for number in (placement.index, placement.media.frame):
        if number is not None:
            return number
    return -1


def _size_differs(rows: Rows, lookup: Lookup, media: Codes, slices: Codes) -> NDArray[np.bool_]:
    placed = (slices >= 0) | (rows.solid & (media >= 0))
    stated = (rows.sizes > 0).all(axis=1) & placed & rows.drawn & (rows.planes == 0)
    if not len(lookup.media):
        return np.zeros(len(media), dtype=np.bool_)
    real = np.stack([lookup.columns, lookup.rows], axis=1)[media]
    return stated & (rows.sizes != real).any(axis=1)


def _without(values: Codes, bad: NDArray[np.bool_]) -> Codes:
    kept = np.where(bad, -1, values).astype(np.int32)
    kept.flags.writeable = False
    return kept


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


@lru_cache(maxsize=16)
def _exams_of(exams: tuple[Exam, ...]) -> frozenset[bytes]:
    return frozenset(utf8(exam.study) for exam in exams)
