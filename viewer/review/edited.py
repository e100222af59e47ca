"""Where an annotation goes that was edited, made or deleted since its file was opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Project
from viewer.review.extents import Extents, FoundSolids, edited_extents, placed_solids
from viewer.review.judging import Outcomes
from viewer.review.lookup import Lookup
from viewer.review.places import EditedPlaces, Place, places_of_annotation
from viewer.review.reasons import REASONS

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Edited:
    """One annotation that was edited, made or deleted (None) since opening."""

    annotation: Annotation | None
    places: EditedPlaces | None = None
    extents: Extents = ()

    def at(self, wanted: Callable[[Outcomes, Flags], Flags]) -> list[int]:
        """Return the numbers of placements by where they go and whether they have geometry."""
        if self.places is None:
            return []
        found: list[int] = np.flatnonzero(wanted(self.places.outcomes, self.places.drawn)).tolist()
        return found

    def spots(self) -> Iterator[tuple[tuple[int, int, int], int]]:
        """Yield (media, axis, slice) of each placement with geometry that has them, its number."""
        numbers = self.at(lambda found, drawn: drawn & (found.media >= 0) & (found.slices >= 0))
        if self.places is not None:
            outcomes = self.places.outcomes
            parts = (outcomes.media, outcomes.axes, outcomes.slices)
            yield from zip(
                zip(*(part[numbers].tolist() for part in parts), strict=True), numbers, strict=True
            )

    @property
    def first(self) -> Place | None:
        """Where to go for it: the first placement that is matched, one with geometry before."""
        shown = self.at(lambda found, drawn: (found.media >= 0) & drawn)
        numbers = shown or self.at(lambda found, _: found.media >= 0)
        return self.places[numbers[0]] if numbers and self.places else None

    @property
    def first_reason(self) -> str:
        """The first reason why it is not placed, "" when all of it is matched."""
        if not self.places and self.annotation is not None:
            return "no media key" if self.annotation.locked_reason is None else "damaged record"
        wrong = self.at(lambda found, _: found.reasons > 0)
        code = self.places.outcomes.reasons[wrong[0]] if wrong and self.places else 0
        return REASONS[int(code)]


def edited_of(project: Project, id: AnnotationId, lookup: Lookup, solids: FoundSolids) -> Edited:
    """Match one annotation of a project anew.

    Args:
        solids: where those of the files lie.
    """
    annotation = project.annotations.edits[id]
    if annotation is None:
        return Edited(None)
    export, base = project.exports.get(id.export), project.annotations.bases.get(id.export)
    places = places_of_annotation(annotation, export, lookup, base.columns if base else None)
    if not places.has_solids:
        return Edited(annotation, places)
    placed = placed_solids(annotation, places, lookup)
    known = solids.extents.get(id, ())
    return Edited(annotation, places, edited_extents(annotation, placed, lookup.media, known))
