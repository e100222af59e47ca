"""Rows of the label list as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.model.table import KINDS
from viewer.review.label_table import Cell, LabelRows
from viewer.ui.labels.cells import slice_text

HEAD = ("label", "group", "author", "kind", "slice", "id", "export", "state")


def csv_of(project: Project, rows: LabelRows, numbers: Iterable[int]) -> str:
    """Return these rows as CSV with a head; no record is decoded."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows(_csv_row(project, rows, number) for number in numbers)
    return text.getvalue()


def _csv_row(project: Project, rows: LabelRows, row: int) -> tuple[str, ...]:
    label_id, entry = rows.id_at(row), rows.entry(row)
    return (
        entry.label.name if entry else "",
        entry.label.group if entry else "",
        rows.author(row),
        KINDS[rows.cell(row, Cell.KIND)],
        slice_text(rows, row),
        _native_id(project, label_id),
        project.exports[label_id.export].title,
        rows.reason(row) or "placed",
    )


def _native_id(project: Project, label_id: AnnotationId) -> str:
    """Return the vendor's id without decoding the record."""
    edited = project.annotations.edits.get(label_id)
    if edited is not None:
        return edited.native_id
    return project.annotations.bases[label_id.export].columns.native_ids[label_id.ordinal]
