"""Places: where single placements are shown, in a form for people and views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import msgspec
import numpy as np
from numpy.typing import NDArray

from viewer.model.annotation import Annotation
from viewer.model.project import Export
from viewer.model.subject import PLANES, MediaKey
from viewer.model.table import Columns
from viewer.review.binding import Bindings
from viewer.review.entry_spots import axes_of_planes, plane_size, turn_of
from viewer.review.judging import Outcomes, judged
from viewer.review.lookup import Lookup, utf8
from viewer.review.reasons import REASONS
from viewer.review.rows import exams_of, rows_of_annotation
from viewer.review.sorted_rows import SortedRows
from viewer.review.track_rows import rows_of_track
from viewer.review.wording import Case, EntryCase, sentence_of


@dataclass(frozen=True)
class Place:
    """Where one placement is shown.

    Args:
        placement: its number within the annotation.
        media: index of the media, None when unmatched.
        slice: slice or frame index along `axis`; None for a whole series or exam.
        reason: "" when matched, else one of REASONS.
        sentence: the reason in words with names and numbers; also set for a matched placement
            that needs care (its exam is not in the export's list, or its image's header names
            another study or series).
        axis: the voxel axis that `slice` counts along, 2 for the stack's own slices.
    """

    placement: int
    media: int | None
    slice: int | None
    reason: str = ""
    sentence: str = ""
    axis: int = 2


def places_of_rows(
    rows: SortedRows,
    ordinal: int,
    export: Export | None,
    lookup: Lookup,
    most: int | None = None,
) -> tuple[Place, ...]:
    """Return the places of an annotation as its file holds it; nothing is decoded.

    Args:
        most: so many of them, the first ones.
    """
    columns = rows.columns
    case = Case(class_id=columns.class_of(ordinal), locked_reason=columns.reason_of(ordinal))
    outcomes = rows.outcomes
    return tuple(
        _place(number, outcomes, row, _completed(_of_row(case, rows, row), export, lookup))
        for number, row in enumerate(rows.of(ordinal)[:most])
    )


def bare_place(rows: SortedRows, row: int) -> Place:
    """Return where one row is shown, without its sentence."""
    media, slice, _, _ = rows.outcomes.of(row)
    at = (media if media >= 0 else None, slice if slice >= 0 else None)
    return Place(rows.number_of(row), *at, axis=int(rows.outcomes.axes[row]))


@dataclass(frozen=True, eq=False)
class EditedPlaces(Sequence[Place]):
    """The places of a decoded annotation, each made when it is asked for.

    Args:
        outcomes: of its placements.
        drawn: (placements,) those that have geometry.
        has_solids: one of them is in voxel space.
    """

    annotation: Annotation
    export: Export | None
    lookup: Lookup
    outcomes: Outcomes
    drawn: NDArray[np.bool_]
    has_solids: bool

    def __len__(self) -> int:
        return len(self.drawn)

    @overload
    def __getitem__(self, at: int, /) -> Place: ...
    @overload
    def __getitem__(self, at: slice, /) -> tuple[Place, ...]: ...
    def __getitem__(self, at: int | slice, /) -> Place | tuple[Place, ...]:
        numbers = range(len(self))[at]
        if isinstance(numbers, range):
            return tuple(map(self._of, numbers))
        return self._of(numbers)

    def _of(self, number: int) -> Place:
        placement = self.annotation.placements[number]
        case = Case(
            key=placement.media,
            frame=placement.index if placement.index is not None else placement.media.frame,
            size=placement.size,
            plane=placement.plane,
            class_id=self.annotation.class_id,
            locked_reason=self.annotation.locked_reason,
        )
        return _place(number, self.outcomes, number, _completed(case, self.export, self.lookup))


def places_of_annotation(
    annotation: Annotation, export: Export | None, lookup: Lookup, columns: Columns | None = None
) -> EditedPlaces:
    """Return the places of a decoded annotation.

    Args:
        columns: of its export, where it is one of those.
    """
    rows = None if columns is None else rows_of_track(annotation, columns, export, lookup)
    rows = rows or rows_of_annotation(annotation, export, lookup)
    has_solids = bool(rows.solid.any())
    return EditedPlaces(annotation, export, lookup, judged(rows, lookup), rows.drawn, has_solids)


def _place(number: int, outcomes: Outcomes, row: int, case: Case) -> Place:
    media, slice = int(outcomes.media[row]), int(outcomes.slices[row])
    reason = REASONS[int(outcomes.reasons[row])]
    told = msgspec.structs.replace(
        case,
        reason=reason,
        is_doubtful=bool(outcomes.doubtful[row]),
        is_unsure=bool(outcomes.unsure[row]),
    )
    return Place(
        number,
        media if media >= 0 else None,
        slice if slice >= 0 else None,
        reason,
        sentence_of(told),
        int(outcomes.axes[row]),
    )


def _of_row(case: Case, rows: SortedRows, row: int) -> Case:
    columns = rows.columns
    names = (columns.studies, columns.series, columns.instances, columns.entries)
    study, series, instance, entry = (
        columns.keys[int(codes[row])] if codes[row] >= 0 else None for codes in names
    )
    frame, item = int(columns.frames[row]), int(columns.items[row])
    width, height = int(columns.widths[row]), int(columns.heights[row])
    return msgspec.structs.replace(
        case,
        key=MediaKey(study, series, instance, entry, item if item >= 0 else None),
        plane=PLANES[int(columns.planes[row])],
        frame=frame if frame >= 0 else None,
        size=(width, height) if width > 0 and height > 0 else None,
    )


def _completed(case: Case, export: Export | None, lookup: Lookup) -> Case:
    """Add what the lookup and the export know of a placement."""
    entry = lookup.instances.get(utf8(case.key.instance or ""), -1)
    media = lookup.media_of(entry, case.frame or 0)
    exams = exams_of(export)
    known = msgspec.structs.replace(
        case,
        real=(media.columns, media.rows) if media else None,
        is_listed=not exams or utf8(case.key.study or "") in exams,
        is_classed=not case.class_id or _is_known(case.class_id, export),
    )
    bound = lookup.bindings.get(export.id) if export and case.key.entry is not None else None
    return known if bound is None else _with_entry(known, bound, lookup)


def _with_entry(case: Case, bound: Bindings, lookup: Lookup) -> Case:
    """Add what is known of the entry that a placement names."""
    number = bound.numbers.get(case.key.entry or "")
    if number is None:
        return case
    entry, binding = bound.entries[number], bound.bindings[number]
    item = case.key.item
    name = entry.items[item] if item is not None and item < len(entry.items) else None
    told = msgspec.structs.replace(
        case,
        entry=EntryCase(
            title=entry.title,
            names=entry.names,
            item=name,
            items=tuple(entry.items),
            evidence=binding.evidence,
            unshown=entry.unshown,
        ),
        size=case.size or entry.size,
    )
    if binding.index < 0:
        return told
    media = lookup.media[binding.index]
    axes = axes_of_planes(media)
    at = PLANES.index(case.plane)
    (width, height), equal = plane_size(media, axes[at])
    real = (width, turn_of(binding, at, axes).export_rows(height))
    return msgspec.structs.replace(told, real=told.real or real, equal=equal)


def _is_known(class_id: str, export: Export | None) -> bool:
    return export is not None and class_id in export.ontology.by_id
