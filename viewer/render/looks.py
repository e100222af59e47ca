"""How the labels of one export are drawn beside those of others: colour, line, strength."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

import msgspec

from viewer.model.annotation import AnnotationId
from viewer.render.overlay import Mark
from viewer.render.palette import PALETTE, is_color, readable
from viewer.render.pens import PLAIN_PEN, WIDTH_PX, Pen
from viewer.review.kept import Kept

Weight: TypeAlias = Literal["thin", "normal", "bold", "wide"]
WEIGHTS: Mapping[Weight, float] = {"thin": 1.5, "normal": WIDTH_PX, "bold": 5.0, "wide": 9.0}
LEAST_OPACITY = 0.1
DIM_OPACITY = 0.45  # of all labels but the one that is corrected
_APART: Mapping[int, tuple[Weight, ...]] = {
    2: ("bold", "thin"),
    3: ("wide", "bold", "thin"),
}


class ExportLook(msgspec.Struct, frozen=True):
    """What a person chose for all labels of one export.

    Args:
        hidden: its labels are not drawn.
        color: "#rrggbb" of all its labels; None leaves each label its own.
        weight: of its lines; those of one place that differ in it are all seen.
        broken: its lines are of long and short strokes.
        opacity: 0.1 to 1, of lines and insides.
        hidden_authors: whose labels are not drawn.

    Raises:
        ValueError: a colour or an opacity that is none; so when a file is read.
    """

    hidden: bool = False
    color: str | None = None
    weight: Weight = "normal"
    broken: bool = False
    opacity: float = 1.0
    hidden_authors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.color is not None and not is_color(self.color):
            raise ValueError("a colour is written #rrggbb")
        if not LEAST_OPACITY <= self.opacity <= 1:
            raise ValueError("an opacity lies between 0.1 and 1")

    @property
    def pen(self) -> Pen:
        """How its lines are drawn."""
        return Pen(WEIGHTS[self.weight], self.broken, self.opacity)

    @property
    def is_drawn_plain(self) -> bool:
        """Its labels, where they are drawn, look as those of any export."""
        return self.color is None and self.pen == PLAIN_PEN


PLAIN_LOOK = ExportLook()
Looks: TypeAlias = tuple[tuple[str, ExportLook], ...]  # by export id

_dressed: Kept[tuple[tuple[Mark, ...], Looks], tuple[Mark, ...]] = Kept(12, for_views=True)
_dimmed: Kept[tuple[tuple[Mark, ...], AnnotationId], tuple[Mark, ...]] = Kept(12, for_views=True)


def dressed(marks: tuple[Mark, ...], looks: Looks) -> tuple[Mark, ...]:
    """Return the marks as their exports' looks say, kept: the same marks give the same answer."""
    chosen = {export: look for export, look in looks if not look.is_drawn_plain}
    if not chosen:
        return marks
    return _dressed.get(
        (marks, tuple(chosen.items())),
        lambda: tuple(
            _with_look(mark, chosen[mark.id.export]) if mark.id.export in chosen else mark
            for mark in marks
        ),
    )


def dimmed(marks: tuple[Mark, ...], but: AnnotationId) -> tuple[Mark, ...]:
    """Return the marks with all of them weak but those of one label; kept as those dressed are."""
    return _dimmed.get(
        (marks, but),
        lambda: tuple(
            mark
            if mark.id == but
            else replace(mark, pen=replace(mark.pen, opacity=DIM_OPACITY * mark.pen.opacity))
            for mark in marks
        ),
    )


def told_apart(exports: Sequence[str], looks: Mapping[str, ExportLook]) -> dict[str, ExportLook]:
    """Return looks by which one sees whose an outline is: a colour and a width for each export.

    Outlines of one place lie inside each other, the widest below. What is hidden stays hidden.
    """
    weights = _APART.get(len(exports), tuple(WEIGHTS))
    return {
        export: msgspec.structs.replace(
            looks.get(export, PLAIN_LOOK),
            color=PALETTE[number % len(PALETTE)],
            weight=weights[number % len(weights)],
        )
        for number, export in enumerate(exports)
    }


def _with_look(mark: Mark, look: ExportLook) -> Mark:
    color = mark.color if look.color is None else readable(look.color)
    return replace(mark, color=color, pen=look.pen)
