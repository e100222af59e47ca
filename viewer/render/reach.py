"""Which labels a plane across the slices can touch: bounds of every shape of a media, kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.measure import bounds
from viewer.geometry.shapes import Shape
from viewer.geometry.space import pixel_from_voxel
from viewer.model.annotation import Annotation
from viewer.model.project import Project
from viewer.model.table import Base, Boxes, Ints
from viewer.render.kept import Kept
from viewer.render.planes import Section
from viewer.review.matching import Matches
from viewer.review.sorted_rows import SortedRows

Check: TypeAlias = Callable[[], None]
CHECK_EVERY = 16  # shapes, about a millisecond, between two questions whether to go on


def go_on() -> None:
    """Never stop: the answer is wanted at once."""


@dataclass(frozen=True, eq=False)
class Reach:
    """Shapes of one export on one media, as its files hold them; parallel arrays.

    Args:
        ordinals: (n,) the annotation's ordinal.
        placements: (n,) number of the placement within the annotation.
        slices: (n,) slice it lies on.
        boxes: (n, 4) x0, y0, x1, y1 in pixels.
    """

    ordinals: NDArray[np.int64]
    placements: NDArray[np.int64]
    slices: NDArray[np.int64]
    boxes: NDArray[np.float64]


_reaches: Kept[tuple[Base, SortedRows, int], Reach] = Kept(32)


def hits_of(
    base: Base, placed: SortedRows, section: Section, check: Check = go_on
) -> list[tuple[int, int, int]]:
    """Return (ordinal, placement, slice) of the opened shapes that a reformat's plane may cut.

    The bounds of what the files hold are worked out once per media.

    Args:
        base: of the export.
        placed: its rows as matched.
        section: of a reformat.
        check: called again and again; raises where the answer is no longer wanted.
    """
    axis = 0 if section.view is None else section.view.axis
    reach = _reaches.get(
        (base, placed, section.media), lambda: _reach(base, placed, section.media, check)
    )
    low, high = reach.boxes[:, axis] - 1, reach.boxes[:, axis + 2] + 1
    at = pixel_from_voxel(section.index)
    hit = np.flatnonzero((low <= at) & (high >= at))
    parts = (reach.ordinals[hit], reach.placements[hit], reach.slices[hit])
    return list(zip(*(part.tolist() for part in parts), strict=True))


def is_reach_known(base: Base, placed: SortedRows, media: int) -> bool:
    """Whether the bounds of the shapes on a media were worked out before."""
    return (base, placed, media) in _reaches


def edited_on(
    project: Project, matches: Matches, section: Section
) -> Iterator[tuple[Annotation, int, int]]:
    """Yield (annotation, placement, slice) of the edited shapes that a section may show."""
    for id, annotation in project.annotations.edits.items():
        for place in matches.of(id) if annotation is not None else ():
            is_here = place.media == section.media and place.slice is not None
            if section.is_acquired:
                is_here = is_here and place.slice == section.index
            if annotation is not None and is_here:
                yield annotation, place.placement, int(place.slice or 0)


def shape_of(annotation: Annotation, placement: int) -> Shape | None:
    """Return the shape of a placement; None for classifications and for damaged records."""
    if placement < len(annotation.placements):
        return annotation.placements[placement].shape
    return None


def _reach(base: Base, placed: SortedRows, media: int, check: Check) -> Reach:
    rows = placed.on_media(media)
    owners = base.columns.owners[rows]
    placements = rows - np.searchsorted(base.columns.owners, owners)
    if base.bounds is None:
        boxes = _one_by_one(base, owners, placements, check)
    else:
        boxes = base.bounds(rows, check)
    kept = np.isfinite(boxes).all(axis=1)
    slices = placed.outcomes.slices[rows].astype(np.int64)
    return Reach(owners[kept], placements[kept], slices[kept], boxes[kept])


def _one_by_one(base: Base, owners: Ints, placements: Ints, check: Check) -> Boxes:
    boxes = np.full((len(owners), 4), np.nan)
    for at, (ordinal, placement) in enumerate(zip(owners, placements, strict=True)):
        if at % CHECK_EVERY == 0:
            check()
        shape = shape_of(base.decode(int(ordinal)), int(placement))
        if shape is not None:
            boxes[at] = bounds(shape)
    return boxes
