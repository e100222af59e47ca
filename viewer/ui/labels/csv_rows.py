"""Rows of the label list as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable

from viewer.model.annotation import AnnotationId
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
FORMULA = ("=", "+", "-", "@", "\t", "\r")
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
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    for at, number in enumerate(numbers):
        if at % CHECK_EVERY == 0:
            check()
        writer.writerow([tame(cell) for cell in _csv_row(project, rows, number)])
    return text.getvalue()


def tame(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


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
