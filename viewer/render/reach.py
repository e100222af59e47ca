"""Which labels a plane across the slices can touch: bounds of every shape of a media, kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.measure import bounds
from viewer.geometry.shapes import Shape
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Project
from viewer.model.table import Base
from viewer.render.planes import Section
from viewer.review.matching import Matches
from viewer.review.sorted_rows import SortedRows


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


def touching(
    project: Project, matches: Matches, section: Section
) -> Iterator[tuple[AnnotationId, int, int]]:
    """Yield (annotation, placement, slice) of the shapes that a reformat's plane may cut.

    The bounds of what the files hold are worked out once per media; edited annotations are
    looked at each time.
    """
    table = project.annotations
    axis = 0 if section.view is None else section.view.axis
    for export, base in table.bases.items():
        if export not in matches.rows:
            continue
        reach = _reach(base, matches.rows[export], section.media)
        low, high = reach.boxes[:, axis] - 1, reach.boxes[:, axis + 2] + 1
        hit = np.flatnonzero((low <= section.index + 0.5) & (high >= section.index + 0.5))
        for at in hit.tolist():
            id = AnnotationId(export, int(reach.ordinals[at]))
            if id not in table.edits:
                yield id, int(reach.placements[at]), int(reach.slices[at])
    for id, annotation in table.edits.items():
        if annotation is not None:
            yield from _edited(id, annotation, matches, section)


def _edited(
    id: AnnotationId, annotation: Annotation, matches: Matches, section: Section
) -> Iterator[tuple[AnnotationId, int, int]]:
    for place in matches.of(id):
        is_here = place.media == section.media and place.slice is not None
        if is_here and shape_of(annotation, place.placement) is not None:
            yield id, place.placement, int(place.slice or 0)


def shape_of(annotation: Annotation, placement: int) -> Shape | None:
    """Return the shape of a placement; None for classifications and for damaged records."""
    if placement < len(annotation.placements):
        return annotation.placements[placement].shape
    return None


@lru_cache(maxsize=32)
def _reach(base: Base, placed: SortedRows, media: int) -> Reach:
    rows = placed.on_media(media)
    owners = base.columns.owners[rows]
    placements = rows - np.searchsorted(base.columns.owners, owners)
    boxes = np.full((len(rows), 4), np.nan)
    for at, (ordinal, placement) in enumerate(zip(owners, placements, strict=True)):
        shape = shape_of(base.decode(int(ordinal)), int(placement))
        if shape is not None:
            boxes[at] = bounds(shape)
    kept = np.isfinite(boxes).all(axis=1)
    slices = placed.verdicts.slices[rows].astype(np.int64)
    return Reach(owners[kept], placements[kept], slices[kept], boxes[kept])
