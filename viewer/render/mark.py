"""A placement as a view draws it: its lines, and all that decides how they look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from viewer.model.annotation import AnnotationId
from viewer.model.verdict import Judgement
from viewer.render.lines import Lines, Part
from viewer.render.pens import PLAIN_PEN, Pen
from viewer.review.kept import kept_for_views

MarkState = Literal["normal", "hovered", "selected"]


@dataclass(frozen=True, eq=False)
class Appearance:
    """What the lines of marks that look alike have in common; found by what it is, not equal.

    Args:
        color, pen: as of a Mark.
        way: its state and judgement, whether it is dashed and predicted.
        parts: what there is to be drawn.
        is_askew: as of Lines.
    """

    color: str
    pen: Pen
    way: tuple[MarkState, Judgement | None, bool, bool]
    parts: frozenset[Part]
    is_askew: bool


_appearance = kept_for_views(1024)(Appearance)


@dataclass(frozen=True, eq=False)
class Mark:
    """One placement as a view draws it.

    Args:
        id: the annotation.
        placement: number of the placement within it.
        color: "#rrggbb" for drawing (lightened where the export's is too dark on the halo).
        text: the label's name, for the tag.
        drawn: its geometry.
        state: how it stands out.
        dashed: worked out between key frames, in the file or here, not drawn by anyone.
        is_locked: cannot be edited.
        is_predicted: a model's, not a person's.
        is_unsure: matched by little evidence, or improbable.
        probability: what its author gives it, 0 to 1; None where nothing is said.
        judgement: what a reviewer decided.
        axis: voxel axis of the planes that it was drawn on.
        pen: how its export's lines are drawn.
    """

    id: AnnotationId
    placement: int
    color: str
    text: str
    drawn: Lines
    state: MarkState = "normal"
    dashed: bool = False
    is_locked: bool = False
    is_predicted: bool = False
    is_unsure: bool = False
    probability: float | None = None
    judgement: Judgement | None = None
    axis: int = 2
    pen: Pen = PLAIN_PEN

    @cached_property
    def appearance(self) -> Appearance:
        """How its lines look; the same object for all marks that look alike."""
        way = (self.state, self.judgement, self.dashed, self.is_predicted)
        return _appearance(self.color, self.pen, way, self.drawn.parts, self.drawn.is_askew)

    @property
    def at_rest(self) -> Mark:
        """The mark as it is drawn where it does not stand out."""
        return replace(self, state="normal")
