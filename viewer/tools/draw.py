"""Drawing new boxes, polygons and polylines."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from viewer.geometry.shapes import Box, Points, Polygon, Polyline, Shape
from viewer.model.subject import MediaKey, Plane
from viewer.session.making import annotation_made
from viewer.tools.pointer import STILL_PX, Answer, PointerEvent, Scale, Scene
from viewer.tools.reshaping import LEAST_PX, Size, extent

CLOSE_PX = 8.0  # screen px around the first vertex that close a ring
FREEHAND_PX = 3.0  # screen px between the vertices of a freehand line

_Place = tuple[float, float]
Where = tuple[MediaKey, Plane, int | None]  # media, plane and slice


class BoxTool:
    """Press, drag, release; or click one corner and then the opposite one."""

    name = "box"
    kinds: ClassVar[frozenset[str]] = frozenset({"box"})

    def __init__(self) -> None:
        self._corner: _Place | None = None
        self._on: Where | None = None  # where the drawing began
        self._by_clicks = False

    @property
    def is_busy(self) -> bool:
        """One corner is set."""
        return self._corner is not None

    def handle(self, event: PointerEvent, scene: Scene) -> Answer:
        """Take a pointer event."""
        refusal = _refusal(scene, self.kinds, self._on if self.is_busy else None)
        if refusal:
            return Answer(cursor="forbidden", hint=refusal if event.kind == "press" else "")
        at = _held(event, scene.size)
        if self._corner is None:
            return self._begun(event, at, scene)
        match event.kind:
            case "press" if event.button == "left":
                return self._finished(_box(self._corner, at), scene)
            case "release" if not self._by_clicks:
                if event.moved_px < STILL_PX:
                    self._by_clicks = True
                    return Answer(cursor="cross", hint="Click the opposite corner; Esc gives up.")
                return self._finished(_box(self._corner, at), scene)
            case "move":
                return _drawing(_box(self._corner, at), scene)
            case _:
                return Answer(cursor="cross")

    def key(self, name: str, scene: Scene, modifiers: frozenset[str] = frozenset()) -> Answer:
        """Escape gives up."""
        if name == "escape" and self.is_busy:
            self._corner = None
            return Answer(cursor="cross", hint="The drawing was given up.")
        return Answer(consumed=False)

    def _begun(self, event: PointerEvent, at: _Place, scene: Scene) -> Answer:
        if event.kind != "press" or event.button != "left":
            return Answer(cursor="cross", consumed=event.kind == "double")
        if not _is_inside(event, scene.size):
            return Answer(cursor="cross", hint="Begin inside the image.")
        self._corner, self._by_clicks, self._on = at, False, _where(scene)
        return Answer(cursor="cross")

    def _finished(self, box: Box, scene: Scene) -> Answer:
        self._corner = None
        return _added(box, scene)


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
        self._vertices: list[_Place] = []
        self._on: Where | None = None  # where the drawing began
        self._is_down = False
        self._is_freehand = False

    @property
    def is_busy(self) -> bool:
        """A ring is begun."""
        return bool(self._vertices)

    def handle(self, event: PointerEvent, scene: Scene) -> Answer:
        """Take a pointer event."""
        refusal = _refusal(scene, self.kinds, self._on if self.is_busy else None)
        if refusal:
            return Answer(cursor="forbidden", hint=refusal if event.kind == "press" else "")
        at = _held(event, scene.size)
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
            case "enter" if not _refusal(scene, self.kinds, self._on):
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

    def _press(self, event: PointerEvent, at: _Place, scene: Scene) -> Answer:
        if not self.is_busy and not _is_inside(event, scene.size):
            return Answer(cursor="cross", hint="Begin inside the image.")
        if not self.is_busy:
            self._on = _where(scene)
        may_close = self.closes and len(self._vertices) >= self.least
        if may_close and _px_between(self._vertices[0], at, event.px_per_unit) <= CLOSE_PX:
            return self._finished(scene)
        self._is_down, self._is_freehand = True, False
        self._append(at)
        return self._answer(None)

    def _freehand(self, event: PointerEvent, at: _Place) -> Answer:
        if event.moved_px >= STILL_PX:
            self._is_freehand = True
        far = _px_between(self._vertices[-1], at, event.px_per_unit) >= FREEHAND_PX
        if self._is_freehand and far:
            self._append(at)
        return self._answer(at)

    def _release(self, scene: Scene) -> Answer:
        if self._is_freehand and len(self._vertices) >= self.least:
            self._is_freehand = False
            return self._finished(scene)
        return self._answer(None)

    def _append(self, at: _Place) -> None:
        if not self._vertices or self._vertices[-1] != at:
            self._vertices.append(at)

    def _finished(self, scene: Scene) -> Answer:
        vertices = [*self._vertices]
        if len(vertices) < self.least:
            return Answer(self._preview(None), cursor="cross", hint=self.too_few)
        self._vertices.clear()
        self._is_down = False
        return _added(self._shape(np.array(vertices)), scene)

    def _shape(self, vertices: Points) -> Shape:
        return Polygon(vertices)

    def _answer(self, at: _Place | None) -> Answer:
        return Answer(self._preview(at), cursor="cross", hint=self.words)

    def _preview(self, at: _Place | None) -> Polyline | None:
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

    def _shape(self, vertices: Points) -> Shape:
        return Polyline(vertices)


def _where(scene: Scene) -> Where | None:
    return None if scene.target is None else scene.target.where


def _refusal(scene: Scene, kinds: frozenset[str], begun_on: Where | None) -> str:
    """Return why nothing can be drawn here with the chosen class, "" when it can."""
    if scene.target is None:
        return "Choose a label to draw with, and a slice to draw on."
    if scene.target.kind not in kinds:
        kind = scene.target.kind or "no shape"
        return f"The chosen label is drawn as {kind}; choose another label or tool."
    if begun_on not in (None, scene.target.where):
        return "The drawing began on another slice: go back to it, or give it up with Esc."
    return ""


def _added(shape: Shape, scene: Scene) -> Answer:
    least = max if isinstance(shape, Polyline) else min  # a line may be upright or level
    if least(extent(shape)) < LEAST_PX:
        return Answer(
            cursor="cross",
            hint=f"Smaller than {LEAST_PX:.0f} pixels: nothing was added; zoom in and draw again.",
        )
    if scene.target is None:
        return Answer(cursor="cross")
    command = annotation_made(scene.project, scene.target, shape, scene.stamp())
    return Answer(command=command, select=frozenset({command.annotation.id}), cursor="cross")


def _drawing(box: Box, scene: Scene) -> Answer:
    return Answer(box, cursor="cross", hint=scene.size_words(box.width, box.height))


def _box(one: _Place, other: _Place) -> Box:
    (x0, x1), (y0, y1) = (sorted(pair) for pair in zip(one, other, strict=True))
    return Box(x0, y0, x1 - x0, y1 - y0)


def _held(event: PointerEvent, size: Size) -> _Place:
    return min(max(event.x, 0.0), float(size[0])), min(max(event.y, 0.0), float(size[1]))


def _is_inside(event: PointerEvent, size: Size) -> bool:
    return 0 <= event.x <= size[0] and 0 <= event.y <= size[1]


def _px_between(one: _Place, other: _Place, scale: Scale) -> float:
    return float(np.hypot((one[0] - other[0]) * scale[0], (one[1] - other[1]) * scale[1]))
