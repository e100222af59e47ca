"""Rings more for the selected polygon: a region beside what it has, or a hole in it."""

from __future__ import annotations

from typing import ClassVar

from viewer.geometry.shapes import Points, Polygon, Regions, Shape
from viewer.model.annotation import AnnotationId
from viewer.model.project import Export
from viewer.tools.changing import reshaped
from viewer.tools.draw import PolygonTool
from viewer.tools.drawing import too_small
from viewer.tools.pointer import Answer, Item, Scene
from viewer.tools.reshaping import with_hole, with_region

Drawn = tuple[AnnotationId, int, tuple[int, int, int]]  # annotation, placement, slice

SELECT_FIRST = "Select one polygon on this slice; the ring is drawn into its label."
ELSEWHERE = "The drawing belongs to another label: go back to it, or give it up with Esc."
ONE_RING = "The export of this label keeps one ring a polygon: no regions, no holes."
OUTSIDE = "A hole lies inside its polygon and beside its other holes; nothing was changed."


class RegionTool(PolygonTool):
    """As a polygon; the ring becomes a region of the selected label."""

    name = "region"
    verb: ClassVar[str] = "Add region"

    def __init__(self) -> None:
        super().__init__()
        self._of: Drawn | None = None  # what the drawing was begun for

    def _refusal(self, scene: Scene) -> str:
        item = scene.lone
        if self.is_busy and (item is None or _drawn(item, scene) != self._of):
            return ELSEWHERE
        if item is None or not isinstance(item.shape, Polygon | Regions):
            return SELECT_FIRST
        export = scene.project.exports.get(item.id.export)
        if item.is_fixed or export is None or not self._is_held(export, item, scene):
            return item.locked or ONE_RING
        return item.locked

    def _is_held(self, export: Export, item: Item, scene: Scene) -> bool:
        """Whether an export can hold what is drawn in a label of it."""
        return export.has_regions

    def _begin(self, scene: Scene) -> None:
        self._of = None if scene.lone is None else _drawn(scene.lone, scene)

    def _made(self, vertices: Points, scene: Scene) -> Answer:
        item = scene.lone
        if item is None or not isinstance(item.shape, Polygon | Regions):
            return Answer(cursor="cross", hint=SELECT_FIRST)
        refusal = too_small(Polygon(vertices))
        shape = None if refusal else self._with(item.shape, vertices)
        if shape is None:
            return Answer(cursor="cross", hint=refusal or OUTSIDE)
        return reshaped(item, shape, scene, self.verb)

    def _with(self, shape: Polygon | Regions, ring: Points) -> Shape | None:
        return with_region(shape, ring)


class HoleTool(RegionTool):
    """As a polygon; the ring becomes a hole in the selected label."""

    name = "hole"
    verb: ClassVar[str] = "Cut hole"

    def _is_held(self, export: Export, item: Item, scene: Scene) -> bool:
        annotations = scene.project.annotations
        if export.has_regions or item.id not in annotations:
            return export.has_regions
        label = export.ontology.by_id.get(annotations[item.id].class_id)
        return label is not None and label.mode in export.holed

    def _with(self, shape: Polygon | Regions, ring: Points) -> Shape | None:
        return with_hole(shape, ring)


def _drawn(item: Item, scene: Scene) -> Drawn:
    return item.id, item.placement, scene.place
