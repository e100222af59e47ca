"""What the format leaves open and is taken for the likelier, one sentence each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

import msgspec
import numpy as np

from viewer.errors import Issue
from viewer.formats.left_open import entries_of_rows, of_kind, outlines, with_left_open
from viewer.formats.problems import FAST_REFUSES, few
from viewer.formats.redbrick.label_columns import wholes
from viewer.formats.redbrick.lists import CODE_OF, LISTS, SOLID
from viewer.formats.redbrick.record_problems import Checked, kinds_are_known
from viewer.model.project import Entry, Reading
from viewer.model.table import Columns

_ELLIPSES = (CODE_OF["ellipses"],)
_SOLID = [code for code, found in enumerate(LISTS) if found.name in SOLID]


class _Stats(msgspec.Struct, gc=False):
    area: float | None = None


class _Measured(msgspec.Struct, gc=False, rename="camel"):
    stats: _Stats | None = None
    rotation_rad: float | None = None


_MEASURED = msgspec.json.Decoder(_Measured)


def taken_issues(found: Checked) -> Iterator[Issue]:
    """Yield what is taken of the order of slices and of the radii of ellipses."""
    titles = _counted_blindly(found)
    if titles:
        yield Issue(
            "note",
            "slice-order",
            f"Slices of {few(titles)} are taken to count up in the order of their position, "
            "since the export has no geometry that says so. Check a label against its slice; the "
            "order can be chosen under Labels and images.",
            titles[0],
        )
    unsure = [row for row in found.rows.of_lists(_ELLIPSES) if _is_said_unsure(found, row)]
    if unsure:
        what = (
            "its y radius is taken in parts of the picture's height unless an area shows that the "
            "width is meant, since the format leaves it open; check its outline, and choose under "
            "Labels and images."
        )
        yield replace(found.issue("radius-by-height", unsure, what), severity="note")


def _counted_blindly(found: Checked) -> list[str]:
    """Return the titles of volumes with labels by number of a slice, and nothing to check it."""
    rows, labels = found.rows, found.labels
    may = np.array(
        [work.entry >= 0 and _may_run_back(found.entries[work.entry]) for work in rows.works],
        dtype=np.bool_,
    )
    if not may.any():
        return []
    is_by_slice = (wholes(labels.frames) >= 0) & (wholes(labels.files) < 0)
    is_by_slice |= np.isin(rows.codes, _SOLID)
    owners, firsts = np.unique(rows.owners[may[rows.owners] & is_by_slice], return_index=True)
    works: list[int] = owners[np.argsort(firsts)].tolist()
    return list(dict.fromkeys(found.entries[rows.works[work].entry].title for work in works))


def _may_run_back(entry: Entry) -> bool:
    is_stack = entry.kind == "volume" or (entry.kind is None and (entry.count or 2) > 1)
    return is_stack and entry.affine is None


def with_readings(found: Checked, columns: Columns) -> tuple[Entry, ...]:
    """Return the entries, each with what the format leaves open of its labels."""
    ellipses = [row for row in found.rows.of_lists(_ELLIPSES) if _is_shaped(found, row)]
    unsure = (found.entry_of(row) for row in ellipses if _is_unsure(found, row))
    turned = (found.entry_of(row) for row in ellipses if _measured(found, row).rotation_rad != 0)
    asked: dict[Reading, Collection[str]] = {
        "pixel-centres": entries_of_rows(columns, outlines(columns)),
        "radius-by-width": {entry.id for entry in unsure if entry},
        "counterclockwise": {entry.id for entry in turned if entry},
        "cuboid-edges": entries_of_rows(columns, of_kind(columns, "cuboid")),
    }
    return with_left_open(found.entries, asked)


def _is_said_unsure(found: Checked, row: int) -> bool:
    entry = found.entry_of(row)
    is_sized = entry is not None and entry.size is not None
    return is_sized and _is_shaped(found, row) and _is_unsure(found, row)


def _is_shaped(found: Checked, row: int) -> bool:
    return row not in found.reasons or kinds_are_known(found.reasons[row])


def _is_unsure(found: Checked, row: int) -> bool:
    """Whether nothing tells by which side of a picture an ellipse's second radius counts."""
    entry = found.entry_of(row)
    if entry is None or (entry.size is not None and entry.size[0] == entry.size[1]):
        return False
    if entry.affine is None:
        return True
    stats = _measured(found, row).stats
    return stats is None or stats.area is None


def _measured(found: Checked, row: int) -> _Measured:
    try:
        return _MEASURED.decode(found.rows.raws[row])
    except FAST_REFUSES:
        return _Measured()
