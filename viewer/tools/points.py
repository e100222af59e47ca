"""Drawing new points, lengths and angles: so many places, each clicked or dragged to."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from viewer.geometry.shapes import Point, Polyline
from viewer.session.making import Where
from viewer.tools.drawing import PlaceXY, added, held, is_inside, refusal_of, where_of
from viewer.tools.pointer import STILL_PX, Answer, PointerEvent, Scene


class PointTool:
    """Press and release; in between the point follows the pointer."""

    name = "point"
    kinds: ClassVar[frozenset[str]] = frozenset({"point", "landmark"})

    def __init__(self) -> None:
        self._at: PlaceXY | None = None
        self._on: Where | None = None  # where it was pressed

    @property
    def is_busy(self) -> bool:
        """The button is down."""
        return self._at is not None

    def handle(self, event: PointerEvent, scene: Scene) -> Answer:
        """Take a pointer event."""
        refusal = refusal_of(scene, self.kinds, self._on if self.is_busy else None)
        if refusal:
            return Answer(cursor="forbidden", hint=refusal if event.kind == "press" else "")
        match event.kind:
            case "press" if event.button == "left" and is_inside(event, scene.size):
                self._on, self._at = where_of(scene), (event.x, event.y)
                return Answer(Point(event.x, event.y), cursor="cross")
            case "press":
                return Answer(cursor="cross", hint="Begin inside the image.")
            case "move" if self.is_busy:
                self._at = held(event, scene.size)
                return Answer(Point(*self._at), cursor="cross")
            case "release" if self._at is not None:
                at, self._at = self._at, None
                return added(Point(*at), scene)
            case _:
                return Answer(cursor="cross", consumed=event.kind == "double")

    def key(self, name: str, scene: Scene, modifiers: frozenset[str] = frozenset()) -> Answer:
        """Escape gives up."""
        if name == "escape" and self.is_busy:
            self._at = None
            return Answer(cursor="cross", hint="The drawing was given up.")
        return Answer(consumed=False)


class LengthTool:
    """Click the places, or drag from the first to the second; the last one ends it."""

    name = "length"
    kinds: ClassVar[frozenset[str]] = frozenset({"length"})
    count: ClassVar[int] = 2

    def __init__(self) -> None:
        self._places: list[PlaceXY] = []
        self._on: Where | None = None  # where the drawing began
        self._is_down = False

    @property
    def is_busy(self) -> bool:
        """A place is set."""
        return bool(self._places)

    def handle(self, event: PointerEvent, scene: Scene) -> Answer:
        """Take a pointer event."""
        refusal = refusal_of(scene, self.kinds, self._on if self.is_busy else None)
        if refusal:
            return Answer(cursor="forbidden", hint=refusal if event.kind == "press" else "")
        at = held(event, scene.size)
        match event.kind:
            case "press" if event.button == "left":
                return self._press(event, at, scene)
            case "release" if self._is_down:
                self._is_down = False
                is_dragged = event.moved_px >= STILL_PX and len(self._places) == 1
                return self._with(at, scene) if is_dragged else self._drawing(at, scene)
            case "move" if self.is_busy:
                return self._drawing(at, scene)
            case _:
                return Answer(cursor="cross", consumed=self.is_busy or event.kind == "double")

    def key(self, name: str, scene: Scene, modifiers: frozenset[str] = frozenset()) -> Answer:
        """Backspace takes the last place back, Escape gives up."""
        if not self.is_busy:
            return Answer(consumed=False)
        match name:
            case "backspace" | "delete":
                self._places.pop()
                self._is_down = False  # letting go of the button sets nothing then
                return Answer(cursor="cross")
            case "escape":
                self._places.clear()
                self._is_down = False
                return Answer(cursor="cross", hint="The drawing was given up.")
            case _:
                return Answer(consumed=False)

    def _press(self, event: PointerEvent, at: PlaceXY, scene: Scene) -> Answer:
        if not self.is_busy and not is_inside(event, scene.size):
            return Answer(cursor="cross", hint="Begin inside the image.")
        if not self.is_busy:
            self._on = where_of(scene)
        self._is_down = not self.is_busy
        return self._with(at, scene)

    def _with(self, at: PlaceXY, scene: Scene) -> Answer:
        if not self._places or self._places[-1] != at:
            self._places.append(at)
        if len(self._places) < self.count:
            return self._drawing(at, scene)
        line = Polyline(np.array(self._places))
        self._places.clear()
        self._is_down = False
        return added(line, scene)

    def _drawing(self, at: PlaceXY, scene: Scene) -> Answer:
        places = self._places if self._places[-1] == at else [*self._places, at]
        return Answer(Polyline(np.array(places)), cursor="cross", hint=measure_words(places, scene))


class AngleTool(LengthTool):
    """Click an end, the place where the two ways meet, and the other end."""

    name = "angle"
    kinds: ClassVar[frozenset[str]] = frozenset({"angle"})
    count: ClassVar[int] = 3


def measure_words(places: list[PlaceXY], scene: Scene) -> str:
    """Return how long the way between two places is, or the angle at the second of three."""
    spacing = scene.spacing_mm
    ends = np.array(places) * (spacing or (1.0, 1.0))
    if len(places) == 2:
        unit = "px" if spacing is None else "mm"
        return f"{float(np.hypot(*(ends[1] - ends[0]))):.1f} {unit}"
    if len(places) < 3:
        return ""
    one, other = ends[0] - ends[1], ends[2] - ends[1]
    lengths = float(np.hypot(*one)) * float(np.hypot(*other))
    if not lengths:
        return ""
    cosine = min(max(float(one @ other) / lengths, -1.0), 1.0)
    return f"{math.degrees(math.acos(cosine)):.1f}\N{DEGREE SIGN}"
