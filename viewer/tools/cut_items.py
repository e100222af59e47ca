"""The labels of other planes that a slice cuts, as tools see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from viewer.geometry.views import ViewPlane
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.render.mark_index import index_of
from viewer.render.overlay import Mark
from viewer.render.planes import planes_of
from viewer.tools.pointer import Item


@dataclass(frozen=True, eq=False)
class CutItems:
    """An item of each is made when it is looked at: there may be tens of thousands.

    Args:
        marks: what a view draws of the slice; of them those that are cut.
        view: the plane.
        kept: returns an item, locked where a person keeps it from being changed.
    """

    project: Project
    marks: tuple[Mark, ...]
    view: ViewPlane
    kept: Callable[[Item], Item]

    def of(self, ids: Iterable[AnnotationId]) -> list[Item]:
        """Return those of some labels."""
        return self._items(index_of(self.marks).of(ids))

    def near(self, at_mm: tuple[float, float], beside_mm: float) -> list[Item]:
        """Return those whose boxes, wider by so much on each side, hold a place."""
        return self._items(index_of(self.marks).near(at_mm, beside_mm))

    def _items(self, marks: Iterable[Mark]) -> list[Item]:
        found: list[Item] = []
        for mark in marks:
            placement = self.project.annotations[mark.id].placements[mark.placement]
            if mark.drawn.is_cut and placement.flat is not None:
                words = f"It was drawn on the {self._name(mark.axis)} plane; change it there."
                item = Item(mark.id, mark.placement, placement.flat, words, cut=mark.drawn)
                found.append(self.kept(item))
        return found

    def _name(self, axis: int) -> str:
        planes = planes_of(self.view.stack)
        return next(name for name, plane in planes.items() if plane.axis == axis)
