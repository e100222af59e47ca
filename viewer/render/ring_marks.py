"""Marks of very many polygons that a plane cuts, without decoding the records they stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from viewer.geometry.plane_frame import PLAIN, PlaneFrame
from viewer.geometry.views import ViewPlane
from viewer.model.annotation import AnnotationId
from viewer.model.project import Export
from viewer.model.table import KEY, Base
from viewer.render.lines import Lines, ring_cut_lines
from viewer.render.mark import Mark
from viewer.render.planes import Section
from viewer.render.reach import Reach
from viewer.review.sorted_rows import SortedRows

TOGETHER = 64  # records that are read in one step, in about a millisecond


def can_read_rings(base: Base, section: Section, axis: int, frame: PlaneFrame) -> bool:
    """Whether rings that were drawn along an axis are read as they stand in the file."""
    is_cut = axis == 2 and isinstance(section.view, ViewPlane)
    return base.rings is not None and is_cut and frame == PLAIN


def ring_marks(
    base: Base,
    rows: SortedRows,
    export: Export,
    section: Section,
    hits: Reach,
    look: Callable[[str], tuple[str, str]],
) -> dict[int, tuple[str, Mark] | None]:
    """Return class id and mark of shapes of acquired slices, None where the section misses one.

    Args:
        base, rows, export: what is cut: `can_read_rings`.
        section: a reformat.
        hits: which of its shapes.
        look: returns colour and name of a class.

    Returns:
        By number in `hits`; those that are not among them have to be decoded.
    """
    view = section.view
    if base.rings is None or not isinstance(view, ViewPlane):
        return {}
    at = np.searchsorted(base.columns.owners, hits.ordinals) + hits.placements
    points, counts = base.rings(at)
    known = np.flatnonzero(counts)
    some = hits.at(known)
    lines = ring_cut_lines(points, counts[known], some.slices, view, section.index)
    marks = _marks(
        base, rows, export, zip(some.listed, at[known].tolist(), lines, strict=True), look
    )
    return dict(zip(known.tolist(), marks, strict=True))


def _marks(
    base: Base,
    rows: SortedRows,
    export: Export,
    cut: Iterable[tuple[tuple[int, int, int], int, Lines | None]],
    look: Callable[[str], tuple[str, str]],
) -> Iterator[tuple[str, Mark] | None]:
    """Yield class id and mark of shapes, given where they stand, their rows and lines."""
    columns, outcomes = base.columns, rows.outcomes
    for (ordinal, placement, _), row, drawn in cut:
        if drawn is None:
            yield None
            continue
        class_id = columns.class_of(ordinal)
        color, name = look(class_id)
        mark = Mark(
            id=AnnotationId(base.export, ordinal),
            placement=placement,
            color=color,
            text=name,
            drawn=drawn,
            dashed=int(columns.roles[row]) != KEY,
            is_predicted=export.author_kinds.get(columns.author_of(ordinal)) == "model",
            is_unsure=bool(outcomes.unsure[row] or outcomes.doubtful[row] or outcomes.astray[row]),
        )
        yield class_id, mark
