"""Tables as CSV that a spreadsheet can open without running anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the start of one


def csv_text(rows: Iterable[Iterable[str]]) -> str:
    """Return rows as CSV, a line each, after RFC 4180."""
    return tame_csv([tame(cell) for cell in row] for row in rows)


def tame_csv(rows: Iterable[Iterable[str]]) -> str:
    """Return the same of rows whose cells are tame."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)  # its lines end in both breaks, so that each of them is quoted
    writer.writerows(rows)
    return text.getvalue()


def tame(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; numbers stay as they are."""
    return f"'{cell}" if cell.startswith(FORMULA) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
