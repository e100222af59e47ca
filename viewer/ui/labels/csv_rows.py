"""Rows of the label list as CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from viewer.model.annotation import AnnotationId
from viewer.model.csv_text import csv_text
from viewer.model.project import Project
from viewer.model.table import KINDS
from viewer.review.label_table import Cell, LabelRows
from viewer.review.track_columns import Count, TrackColumns
from viewer.ui.labels.cells import slice_text

HEAD = (
    "label",
    "group",
    "author",
    "kind",
    "slice",
    "id",
    "export",
    "task",
    "task state",
    "verdict",
    "reason",
    "comment",
    "state",
)
OF_TRACKS = ("first", "last", "key frames", "between", "gaps", "problems")
CHECK_EVERY = 64  # rows, about a millisecond


def csv_of(
    project: Project,
    rows: LabelRows,
    numbers: Iterable[int],
    check: Callable[[], None] = lambda: None,
    tracks: TrackColumns | None = None,
) -> str:
    """Return these rows as CSV with a head; no record is decoded.

    Args:
        project: that the rows are of.
        rows: all rows.
        numbers: of those that are wanted, in order.
        check: called about every millisecond; may raise to stop.
        tracks: what is counted of them, where they are tracks.
    """
    head = HEAD if tracks is None else (*HEAD, *OF_TRACKS)
    return csv_text(chain((head,), _cells(project, rows, numbers, check, tracks)))


def _cells(
    project: Project,
    rows: LabelRows,
    numbers: Iterable[int],
    check: Callable[[], None],
    tracks: TrackColumns | None,
) -> Iterator[tuple[str, ...]]:
    for at, number in enumerate(numbers):
        if at % CHECK_EVERY == 0:
            check()
        counts = () if tracks is None else _counts(rows, tracks, number)
        yield (*_csv_row(project, rows, number), *counts)


def _counts(rows: LabelRows, tracks: TrackColumns, row: int) -> tuple[str, ...]:
    """Return first and last frame or slice, counted from 1, and the counts of a track."""
    line = rows.line(row)
    keys, between, gaps, problems = tracks.counts[Count.KEYS :, row].tolist()
    if line[Cell.FIRST] < 0:  # where it lies is not known, nor are its gaps
        return ("", "", str(keys), str(between), "", str(problems))
    ends = line[Cell.FIRST] + 1, line[Cell.LAST] + 1
    return tuple(str(value) for value in (*ends, keys, between, gaps, problems))


def _csv_row(project: Project, rows: LabelRows, row: int) -> tuple[str, ...]:
    label_id, entry, task = rows.id_at(row), rows.entry(row), rows.task(row)
    verdict = project.verdicts.get(label_id)
    return (
        entry.label.name if entry else "",
        entry.label.group if entry else "",
        rows.author(row),
        KINDS[rows.cell(row, Cell.KIND)],
        slice_text(rows, row),
        _native_id(project, label_id),
        project.exports[label_id.export].title,
        task.title if task else "",
        task.status if task else "",
        (verdict.judgement or "") if verdict else "",
        verdict.reason if verdict else "",
        verdict.comment if verdict else "",
        rows.reason(row) or "placed",
    )


def _native_id(project: Project, label_id: AnnotationId) -> str:
    """Return the vendor's id without decoding the record."""
    edited = project.annotations.edits.get(label_id)
    if edited is not None:
        return edited.native_id
    return project.annotations.bases[label_id.export].columns.native_ids[label_id.ordinal]
