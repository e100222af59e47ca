"""Labels in voxel space that cannot be understood, or whose two kinds of places disagree."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.errors import BadRecord
from viewer.formats.json_tools import BadJson, is_object
from viewer.formats.redbrick.gather import Rows
from viewer.formats.redbrick.label_columns import LabelColumns
from viewer.formats.redbrick.lists import LISTS, SOLID
from viewer.formats.redbrick.shapes import record_of
from viewer.formats.redbrick.solids import APART, NO_AFFINE, solid_of
from viewer.formats.redbrick.solids_at_once import doubtful_rows
from viewer.model.project import Entry

_SOLID = [code for code, found in enumerate(LISTS) if found.name in SOLID]


def check_solids(
    rows: Rows, labels: LabelColumns, reasons: dict[int, str], entries: Sequence[Entry]
) -> list[int]:
    """Note why solids are locked, and return the rows whose places in mm are elsewhere."""
    apart: list[int] = []
    affines = [entry.affine for entry in entries]
    some = [row for row in rows.of_lists(_SOLID) if row not in reasons]
    works: list[int] = rows.owners[some].tolist()
    solids = (
        (row, labels.places[row], rows.raws[row], rows.works[work].entry)
        for row, work in zip(some, works, strict=True)
    )
    doubtful = doubtful_rows(solids, affines)
    for row in doubtful:
        number = rows.entry_of(row)
        affine = affines[number] if number >= 0 else None
        doubt = _doubt(rows, row, labels.places[row], affine)
        if doubt == NO_AFFINE:  # the pictures may tell it
            continue
        if doubt == APART:
            apart.append(row)
        elif doubt:
            reasons[row] = doubt
    return apart


def _doubt(rows: Rows, row: int, place: str, affine: tuple[float, ...] | None) -> str:
    try:
        record = record_of(rows.raws[row])
        if not is_object(record):
            return "it is no object"
        return solid_of(place, record, affine)[1]
    except (BadRecord, BadJson) as error:
        return str(error)
