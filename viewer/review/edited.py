"""Where an annotation goes that was edited, made or deleted since its file was opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.model.annotation import Annotation
from viewer.review.extents import Extents
from viewer.review.judging import Outcomes
from viewer.review.places import EditedPlaces
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

    @property
    def first_reason(self) -> str:
        """The first reason why it is not placed, "" when all of it is matched."""
        if not self.places and self.annotation is not None:
            return "no media key" if self.annotation.locked_reason is None else "damaged record"
        wrong = self.at(lambda found, _: found.reasons > 0)
        code = self.places.outcomes.reasons[wrong[0]] if wrong and self.places else 0
        return REASONS[int(code)]
