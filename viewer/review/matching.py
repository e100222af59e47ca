"""Which local pixels each placement belongs to, or the reason why there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.media.volume import Media
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project

# Reason codes of Matches.reasons; 0 is matched.
REASONS = (
    "",
    "series not loaded",
    "instance missing",
    "size differs",
    "exam not in list",
    "no media key",
    "unknown class",
    "damaged record",
    "frame out of range",
)


@dataclass(frozen=True)
class Place:
    """Where one placement is shown.

    Args:
        placement: its number within the annotation.
        media: index of the media, None when unmatched.
        slice: slice or frame index; None for a whole series or exam.
        reason: "" when matched, else one of REASONS.
        sentence: the reason in words with names and numbers.
    """

    placement: int
    media: int | None
    slice: int | None
    reason: str = ""
    sentence: str = ""


@dataclass(frozen=True, eq=False)
class Matches:
    """Places of all placements: columns for what the files hold, a dictionary for what was edited.

    Args:
        media, slices, reasons: by export id, one entry per row of the placement columns; media and
            slices are -1 where there is none.
        edited: places of the annotations that were edited or made since opening.
    """

    media: Mapping[str, NDArray[np.int32]]
    slices: Mapping[str, NDArray[np.int32]]
    reasons: Mapping[str, NDArray[np.int8]]
    edited: Mapping[AnnotationId, tuple[Place, ...]]

    def with_edits(self, project: Project) -> Matches:
        """Return the matches of a project that differs by edits only."""
        raise NotImplementedError

    def of(self, id: AnnotationId) -> tuple[Place, ...]:
        """Return the places of one annotation, in placement order; () when it was deleted."""
        raise NotImplementedError

    def on(self, media: int, slice: int) -> tuple[tuple[AnnotationId, int], ...]:
        """Return (annotation, placement) of everything with geometry on this slice."""
        raise NotImplementedError

    def slices_with_labels(self, media: int) -> Mapping[int, tuple[AnnotationId, ...]]:
        """Return the annotations with geometry on each slice of a media, for strips and cuts."""
        raise NotImplementedError

    def counts(self) -> Mapping[str, int]:
        """Return how many annotations there are per reason; "" counts the matched ones."""
        raise NotImplementedError

    def labels_on_media(self, media: int) -> int:
        """Return the number of annotations matched to a media."""
        raise NotImplementedError

    def fullest_media(self) -> int | None:
        """Return the media with most labels, then most slices; None without media."""
        raise NotImplementedError


def match(project: Project, media: Sequence[Media]) -> Matches:
    """Return the places of every placement of the project over these media.

    Every annotation ends matched, or unmatched with one of REASONS.
    """
    raise NotImplementedError
