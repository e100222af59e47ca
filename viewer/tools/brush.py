"""Painting masks: one stroke, from press to release, is one command."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from viewer.geometry.brushes import swept, united, without
from viewer.geometry.mask import EMPTY, Mask
from viewer.geometry.solids import MaskVolume
from viewer.tools.changing import is_there, reshaped
from viewer.tools.drawing import PlaceXY, added, held, is_inside, refusal_of
from viewer.tools.pointer import Answer, Circle, Item, PointerEvent, Scene

NEW_LABEL = "A new label was made, since the selected one has no mask on this slice."
LIVE_PX = 1 << 20  # pixels around a mask whose lines are worked out within a few ms
NOTHING_LEFT = "Nothing of the mask would be left; Del deletes the label."


@dataclass(eq=False)
class _Stroke:
    """A stroke so far.

    Args:
        item: the label that is painted on; None makes a new one.
        before: its mask on this slice.
        place: the slice that it began on, as in Scene.
        last: where the brush was.
        shape: the mask as painted so far.
        touched: where the brush was.
    """

    item: Item | None
    before: Mask
    place: tuple[int, int, int]
    last: PlaceXY
    shape: Mask = field(default=EMPTY)
    touched: Mask = field(default=EMPTY)

    @property
    def is_shown_whole(self) -> bool:
        """The mask is drawn as it will be; of a very large one only what the brush touched."""
        return self.before.width * self.before.height <= LIVE_PX


class BrushTool:
    """Paints on the selected mask of the slice; without one a new label is made."""

    name = "brush"
    kinds: ClassVar[frozenset[str]] = frozenset({"mask", "volume"})
    erases: ClassVar[bool] = False
    verb: ClassVar[str] = "Paint"

    def __init__(self) -> None:
        self._stroke: _Stroke | None = None

    @property
    def is_busy(self) -> bool:
        """The button is down."""
        return self._stroke is not None

    def handle(self, event: PointerEvent, scene: Scene) -> Answer:
        """Take a pointer event."""
        if event.kind == "leave":
            return Answer()
        stroke = self._stroke
        if stroke is not None and not _is_same(stroke, scene):
            self._stroke = None
            return self._pointing(event, scene, "The slice changed; the stroke was given up.")
        match event.kind:
            case "press" if event.button == "left" and stroke is None:
                return self._press(event, scene)
            case "move" if stroke is not None:
                return self._painting(stroke, event, scene)
            case "release" if stroke is not None:
                self._painting(stroke, event, scene)
                self._stroke = None
                return self._done(stroke, event, scene)
            case _:
                return self._pointing(event, scene)

    def key(self, name: str, scene: Scene, modifiers: frozenset[str] = frozenset()) -> Answer:
        """Escape gives the stroke up."""
        if name == "escape" and self._stroke is not None:
            self._stroke = None
            return Answer(cursor="cross", hint="The stroke was given up; nothing changed.")
        return Answer(consumed=False)

    def _press(self, event: PointerEvent, scene: Scene) -> Answer:
        item = _painted_on(scene)
        refusal = self._refusal(item, scene)
        if refusal:
            return Answer(cursor="forbidden", hint=refusal)
        if not is_inside(event, scene.size):
            return self._pointing(event, scene, "Begin inside the image.")
        before = item.shape if item is not None and isinstance(item.shape, Mask) else EMPTY
        at = held(event, scene.size)
        self._stroke = _Stroke(item, before, scene.place, at, before)
        return self._painting(self._stroke, event, scene)

    def _refusal(self, item: Item | None, scene: Scene) -> str:
        if item is not None:
            return item.locked
        if self.erases:
            return (scene.lone and scene.lone.locked) or "Select the mask to erase from."
        return refusal_of(scene, self.kinds, None)

    def _painting(self, stroke: _Stroke, event: PointerEvent, scene: Scene) -> Answer:
        at = held(event, scene.size)
        touched = swept(np.array([stroke.last, at]), scene.brush_radii, scene.size)
        change = without if self.erases else united
        stroke.shape, stroke.last = change(stroke.shape, touched), at
        stroke.touched = united(stroke.touched, touched)
        item = stroke.item if stroke.is_shown_whole else None
        return Answer(
            stroke.shape if stroke.is_shown_whole else stroke.touched,
            None if item is None else (item.id, item.placement),
            cursor="none",
            circle=self._circle(event, scene),
            hint=scene.area_words(stroke.shape.area),
        )

    def _done(self, stroke: _Stroke, event: PointerEvent, scene: Scene) -> Answer:
        if stroke.item is None:
            made = added(stroke.shape, scene)
            has_new = bool(scene.selection) and made.command is not None
            return replace(made, hint=NEW_LABEL) if has_new else made
        if not stroke.shape.area and not _has_other_slices(stroke.item):
            return self._pointing(event, scene, NOTHING_LEFT)
        return reshaped(stroke.item, stroke.shape, scene, self.verb)

    def _pointing(self, event: PointerEvent, scene: Scene, hint: str = "") -> Answer:
        circle = self._circle(event, scene)
        return Answer(cursor="none", circle=circle, hint=hint, consumed=event.kind == "double")

    def _circle(self, event: PointerEvent, scene: Scene) -> Circle:
        return Circle(event.x, event.y, *scene.brush_radii, self.erases)


class EraserTool(BrushTool):
    """Takes pixels off the selected mask of the slice."""

    name = "eraser"
    erases: ClassVar[bool] = True
    verb: ClassVar[str] = "Erase"


def _painted_on(scene: Scene) -> Item | None:
    """Return the selected mask: on this slice, or of a volume that has nothing here yet."""
    lone = scene.lone
    if lone is not None and isinstance(lone.shape, Mask) and lone.cut is None:
        return lone
    return scene.blank if lone is None else None


def _is_same(stroke: _Stroke, scene: Scene) -> bool:
    """Whether slice and label are those that the stroke began with."""
    item, blank = stroke.item, scene.blank
    if stroke.place != scene.place:
        return False
    is_blank = item is not None and blank is not None and blank.solid is item.solid
    return item is None or is_blank or is_there(item, scene)


def _has_other_slices(item: Item) -> bool:
    """Whether a label has pixels on other slices than its own."""
    if not isinstance(item.solid, MaskVolume):
        return False
    return any(k != item.slice for k in item.solid.masks.slices())
