"""Drawing new boxes, ellipses, polygons and polylines."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from viewer.geometry.shapes import Ellipse, Points, Polygon, Polyline, RotatedBox, Shape
from viewer.session.making import Where
from viewer.tools.drawing import (
    PlaceXY,
    added,
    box_between,
    drawing,
    held,
    is_inside,
    px_between,
    refusal_of,
    where_of,
)
from viewer.tools.pointer import STILL_PX, Answer, PointerEvent, Scene

CLOSE_PX = 8.0  # screen px around the first vertex that close a ring
FREEHAND_PX = 3.0  # screen px between the vertices of a freehand line


class BoxTool:
    """Press, drag, release; or click one corner and then the opposite one.

    A cuboid begins as a box on one slice; it is made thicker on the other planes. A rotated box
    begins upright, and is turned by its handle. The nodes of a skeleton stand in the box as its
    class says.
    """

    name = "box"
    kinds: ClassVar[frozenset[str]] = frozenset({"box", "rotated-box", "cuboid", "skeleton"})

    def __init__(self) -> None:
        self._corner: PlaceXY | None = None
        self._on: Where | None = None  # where the drawing began
        self._by_clicks = False

    @property
    def is_busy(self) -> bool:
        """One corner is set."""
        return self._corner is not None

    def handle(self, event: PointerEvent, scene: Scene) -> Answer:
        """Take a pointer event."""
        refusal = refusal_of(scene, self.kinds, self._on if self.is_busy else None)
        if refusal:
            return Answer(cursor="forbidden", hint=refusal if event.kind == "press" else "")
        at = held(event, scene.size)
        if self._corner is None:
            return self._begun(event, at, scene)
        match event.kind:
            case "press" if event.button == "left":
                return self._finished(self._corner, at, scene)
            case "release" if not self._by_clicks:
                if event.moved_px < STILL_PX:
                    self._by_clicks = True
                    return Answer(cursor="cross", hint="Click the opposite corner; Esc gives up.")
                return self._finished(self._corner, at, scene)
            case "move":
                return drawing(self._shape(self._corner, at, scene), scene)
            case _:
                return Answer(cursor="cross")

    def key(self, name: str, scene: Scene, modifiers: frozenset[str] = frozenset()) -> Answer:
        """Escape gives up."""
        if name == "escape" and self.is_busy:
            self._corner = None
            return Answer(cursor="cross", hint="The drawing was given up.")
        return Answer(consumed=False)

    def _begun(self, event: PointerEvent, at: PlaceXY, scene: Scene) -> Answer:
        if event.kind != "press" or event.button != "left":
            return Answer(cursor="cross", consumed=event.kind == "double")
        if not is_inside(event, scene.size):
            return Answer(cursor="cross", hint="Begin inside the image.")
        self._corner, self._by_clicks, self._on = at, False, where_of(scene)
        return Answer(cursor="cross")

    def _finished(self, corner: PlaceXY, at: PlaceXY, scene: Scene) -> Answer:
        self._corner = None
        return added(self._shape(corner, at, scene), scene)

    def _shape(self, corner: PlaceXY, at: PlaceXY, scene: Scene) -> Shape:
        box, target = box_between(corner, at), scene.target
        if target is not None and target.kind == "rotated-box":
            return RotatedBox(box.x, box.y, box.width, box.height)
        if target is not None and target.template is not None:
            return target.template.within(box)
        return box


class EllipseTool(BoxTool):
    """As a box; the ellipse lies inside it."""

    name = "ellipse"
    kinds: ClassVar[frozenset[str]] = frozenset({"ellipse"})

    def _shape(self, corner: PlaceXY, at: PlaceXY, scene: Scene) -> Shape:
        box = box_between(corner, at)
        rx, ry = box.width / 2, box.height / 2
        return Ellipse(box.x + rx, box.y + ry, rx, ry)


class PolygonTool:
    """Click the vertices, or draw freehand; the first vertex, Enter or a double click close it."""

    name = "polygon"
    kinds: ClassVar[frozenset[str]] = frozenset({"polygon"})
    least: ClassVar[int] = 3
    closes: ClassVar[bool] = True  # the first vertex ends it
    too_few: ClassVar[str] = "A polygon needs three vertices; Esc gives it up."
    words: ClassVar[str] = (
        "Click vertices; Enter or the first vertex closes, Backspace takes one back."
    )

    def __init__(self) -> None:
        self._vertices: list[PlaceXY] = []
        self._on: Where | None = None  # where the drawing began
        self._is_down = False
        self._is_freehand = False

    @property
    def is_busy(self) -> bool:
        """A ring is begun."""
        return bool(self._vertices)

    def handle(self, event: PointerEvent, scene: Scene) -> Answer:
        """Take a pointer event."""
        refusal = self._refusal(scene)
        if refusal:
            return Answer(cursor="forbidden", hint=refusal if event.kind == "press" else "")
        at = held(event, scene.size)
        match event.kind:
            case "press" if event.button == "left":
                return self._press(event, at, scene)
            case "move" if self._is_down and self.is_busy:
                return self._freehand(event, at)
            case "release" if self._is_down:
                self._is_down = False
                return self._release(scene)
            case "double":
                return self._finished(scene) if self.is_busy else Answer(cursor="cross")
            case "move" if self.is_busy:
                return self._answer(at)
            case _:
                return Answer(cursor="cross", consumed=self.is_busy)

    def key(self, name: str, scene: Scene, modifiers: frozenset[str] = frozenset()) -> Answer:
        """Enter closes, Backspace takes the last vertex back, Escape gives up."""
        if not self.is_busy:
            return Answer(consumed=False)
        match name:
            case "enter" if not self._refusal(scene):
                return self._finished(scene)
            case "backspace" | "delete":
                self._vertices.pop()
                return self._answer(None)
            case "escape":
                self._vertices.clear()
                self._is_down = False
                return Answer(cursor="cross", hint="The drawing was given up.")
            case _:
                return Answer(consumed=False)

    def _refusal(self, scene: Scene) -> str:
        """Return why nothing can be drawn here, "" when it can."""
        return refusal_of(scene, self.kinds, self._on if self.is_busy else None)

    def _begin(self, scene: Scene) -> None:
        """Remember what the drawing is for."""
        self._on = where_of(scene)

    def _press(self, event: PointerEvent, at: PlaceXY, scene: Scene) -> Answer:
        if not self.is_busy and not is_inside(event, scene.size):
            return Answer(cursor="cross", hint="Begin inside the image.")
        if not self.is_busy:
            self._begin(scene)
        may_close = self.closes and len(self._vertices) >= self.least
        if may_close and px_between(self._vertices[0], at, event.px_per_unit) <= CLOSE_PX:
            return self._finished(scene)
        self._is_down, self._is_freehand = True, False
        self._append(at)
        return self._answer(None)

    def _freehand(self, event: PointerEvent, at: PlaceXY) -> Answer:
        if event.moved_px >= STILL_PX:
            self._is_freehand = True
        far = px_between(self._vertices[-1], at, event.px_per_unit) >= FREEHAND_PX
        if self._is_freehand and far:
            self._append(at)
        return self._answer(at)

    def _release(self, scene: Scene) -> Answer:
        if self._is_freehand and len(self._vertices) >= self.least:
            self._is_freehand = False
            return self._finished(scene)
        return self._answer(None)

    def _append(self, at: PlaceXY) -> None:
        if not self._vertices or self._vertices[-1] != at:
            self._vertices.append(at)

    def _finished(self, scene: Scene) -> Answer:
        vertices = [*self._vertices]
        if len(vertices) < self.least:
            return Answer(self._preview(None), cursor="cross", hint=self.too_few)
        self._vertices.clear()
        self._is_down = False
        return self._made(np.array(vertices), scene)

    def _made(self, vertices: Points, scene: Scene) -> Answer:
        """Answer with what comes of the vertices."""
        return added(Polygon(vertices), scene)

    def _answer(self, at: PlaceXY | None) -> Answer:
        return Answer(self._preview(at), cursor="cross", hint=self.words)

    def _preview(self, at: PlaceXY | None) -> Polyline | None:
        points = [*self._vertices, at] if at is not None and self._vertices else self._vertices
        return Polyline(np.array(points)) if points else None


class PolylineTool(PolygonTool):
    """Click the vertices, or draw freehand; Enter or a double click ends the line."""

    name = "polyline"
    kinds: ClassVar[frozenset[str]] = frozenset({"polyline"})
    least: ClassVar[int] = 2
    closes: ClassVar[bool] = False
    too_few: ClassVar[str] = "A line needs two vertices; Esc gives it up."
    words: ClassVar[str] = (
        "Click vertices; Enter or a double click ends the line, Backspace takes one back."
    )

    def _made(self, vertices: Points, scene: Scene) -> Answer:
        return added(Polyline(vertices), scene)
