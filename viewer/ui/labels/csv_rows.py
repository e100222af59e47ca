"""Rows of the label list as CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from viewer.model.annotation import AnnotationId
from viewer.model.csv_text import csv_text
from viewer.model.project import Project
from viewer.model.table import KINDS
from viewer.review.label_table import Cell, LabelRows
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
CHECK_EVERY = 64  # rows, about a millisecond


def csv_of(
    project: Project,
    rows: LabelRows,
    numbers: Iterable[int],
    check: Callable[[], None] = lambda: None,
) -> str:
    """Return these rows as CSV with a head; no record is decoded.

    Args:
        project: that the rows are of.
        rows: all rows.
        numbers: of those that are wanted, in order.
        check: called about every millisecond; may raise to stop.
    """
    return csv_text((HEAD, *_cells(project, rows, numbers, check)))


def _cells(
    project: Project, rows: LabelRows, numbers: Iterable[int], check: Callable[[], None]
) -> Iterator[tuple[str, ...]]:
    for at, number in enumerate(numbers):
        if at % CHECK_EVERY == 0:
            check()
        yield _csv_row(project, rows, number)


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
