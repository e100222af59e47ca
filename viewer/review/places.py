"""Places: where single placements are shown, in a form for people and views."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from viewer.model.annotation import Annotation
from viewer.model.project import Export
from viewer.model.subject import MediaKey
from viewer.review.judging import REASONS, exams_of, judged, rows_of_annotation
from viewer.review.lookup import Lookup, utf8
from viewer.review.sorted_rows import SortedRows
from viewer.review.wording import Case, sentence_of


@dataclass(frozen=True)
class Place:
    """Where one placement is shown.

    Args:
        placement: its number within the annotation.
        media: index of the media, None when unmatched.
        slice: slice or frame index; None for a whole series or exam.
        reason: "" when matched, else one of REASONS.
        sentence: the reason in words with names and numbers; also set for a matched placement
            that needs care (its exam is not in the export's list, or its image's header names
            another study or series).
        axis: voxel axis that `slice` counts along: 2, unless it was drawn on a reformat.
    """

    placement: int
    media: int | None
    slice: int | None
    reason: str = ""
    sentence: str = ""
    axis: int = 2


def places_of_rows(
    rows: SortedRows, ordinal: int, export: Export | None, lookup: Lookup
) -> tuple[Place, ...]:
    """Return the places of an annotation as its file holds it; nothing is decoded."""
    columns = rows.columns
    locked = int(columns.locked[ordinal])
    case = Case(
        class_id=columns.classes[int(columns.class_codes[ordinal])],
        locked_reason=columns.reasons[locked] if locked >= 0 else None,
    )
    outcomes = rows.outcomes
    return tuple(
        _place(
            number,
            outcomes.of(row),
            int(outcomes.axes[row]),
            _completed(_of_row(case, rows, row), export, lookup),
        )
        for number, row in enumerate(rows.of(ordinal))
    )


def places_of_annotation(
    annotation: Annotation, export: Export | None, lookup: Lookup
) -> tuple[tuple[Place, ...], tuple[bool, ...]]:
    """Return the places of a decoded annotation, and which of them have geometry."""
    rows = rows_of_annotation(annotation, export, lookup)
    outcomes = judged(rows, lookup)
    places: list[Place] = []
    for number, placement in enumerate(annotation.placements):
        frame = placement.index if placement.index is not None else placement.media.frame
        case = Case(
            key=placement.media,
            frame=frame,
            size=placement.size,
            class_id=annotation.class_id,
            locked_reason=annotation.locked_reason,
        )
        axis = int(outcomes.axes[number])
        done = _completed(case, export, lookup)
        places.append(_place(number, outcomes.of(number), axis, done))
    return tuple(places), tuple(rows.drawn.tolist())


def _place(number: int, found: tuple[int, int, int, bool], axis: int, case: Case) -> Place:
    media, slice, code, is_doubtful = found
    return Place(
        number,
        media if media >= 0 else None,
        slice if slice >= 0 else None,
        REASONS[code],
        sentence_of(msgspec.structs.replace(case, reason=REASONS[code], is_doubtful=is_doubtful)),
        axis,
    )


def _of_row(case: Case, rows: SortedRows, row: int) -> Case:
    columns = rows.columns
    names = (columns.studies, columns.series, columns.instances, columns.entries)
    study, series, instance, entry = (
        columns.keys[int(codes[row])] if codes[row] >= 0 else None for codes in names
    )
    frame = int(columns.frames[row])
    width, height = int(columns.widths[row]), int(columns.heights[row])
    return msgspec.structs.replace(
        case,
        key=MediaKey(study, series, instance, entry),
        frame=frame if frame >= 0 else None,
        size=(width, height) if width > 0 and height > 0 else None,
    )


def _completed(case: Case, export: Export | None, lookup: Lookup) -> Case:
    """Add what the lookup and the export know of a placement."""
    entry = lookup.instances.get(utf8(case.key.instance or ""), -1)
    media = lookup.media_of(entry, case.frame or 0)
    exams = exams_of(export)
    return msgspec.structs.replace(
        case,
        real=(media.columns, media.rows) if media else None,
        is_listed=not exams or utf8(case.key.study or "") in exams,
        is_classed=not case.class_id or _is_known(case.class_id, export),
    )


def _is_known(class_id: str, export: Export | None) -> bool:
    return export is not None and class_id in export.ontology.by_id
