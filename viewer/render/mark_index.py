"""The marks of a view as arrays: found by label and by place, however many they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from viewer.model.annotation import AnnotationId
from viewer.render.overlay import Mark
from viewer.review.kept import Kept


class MarkIndex:
    """Marks of one view, by label and by the boxes around them."""

    def __init__(self, marks: tuple[Mark, ...]) -> None:
        self.marks = marks

    @cached_property
    def places(self) -> Mapping[AnnotationId, Sequence[int]]:
        """Where the marks of each label stand in `marks`."""
        found: dict[AnnotationId, list[int]] = {}
        for at, mark in enumerate(self.marks):
            found.setdefault(mark.id, []).append(at)
        return found

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """(n, 4) p0, q0, p1, q1 around each mark; of one without lines infinite and empty."""
        corners = [mark.drawn.ends for mark in self.marks]
        sizes = np.array([len(each) for each in corners], dtype=np.int64)
        boxes = np.tile([np.inf, np.inf, -np.inf, -np.inf], (len(corners), 1))
        has = np.flatnonzero(sizes)
        if len(has):
            points, starts = np.concatenate(corners), (np.cumsum(sizes) - sizes)[has]
            boxes[has, :2] = np.minimum.reduceat(points, starts)
            boxes[has, 2:] = np.maximum.reduceat(points, starts)
        return boxes

    def prepare(self) -> None:
        """Work out what is found by; in a background job, before it is asked for."""
        _ = self.places, self.boxes

    def of(self, ids: Iterable[AnnotationId]) -> list[Mark]:
        """Return the marks of labels."""
        return [self.marks[at] for id in ids for at in self.places.get(id, ())]

    def near(self, at: tuple[float, float], beside: float) -> list[Mark]:
        """Return the marks whose boxes, wider by `beside` on each side, hold a place."""
        low, high = self.boxes[:, :2] - beside, self.boxes[:, 2:] + beside
        found = np.flatnonzero(((low <= at) & (high >= at)).all(axis=1))
        return [self.marks[number] for number in found.tolist()]


_indexes: Kept[tuple[Mark, ...], MarkIndex] = Kept(12, for_views=True)


def index_of(marks: tuple[Mark, ...]) -> MarkIndex:
    """Return the index of a view's marks; kept, since the same ones are asked for again."""
    return _indexes.get(marks, lambda: MarkIndex(marks))


def standing_out(
    marks: tuple[Mark, ...], selected: frozenset[AnnotationId], hovered: AnnotationId | None
) -> tuple[Mark, ...]:
    """Return the hovered and the selected marks as they stand out, the selected ones last."""
    if not selected and hovered is None:
        return ()
    index = index_of(marks)
    over = () if hovered is None or hovered in selected else (hovered,)
    return (
        *(replace(mark, state="hovered") for mark in index.of(over)),
        *(replace(mark, state="selected") for mark in index.of(sorted(selected))),
    )
