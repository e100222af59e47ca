"""Select, move and reshape: handles first, then the smallest label under the pointer."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Ellipse, Point, RotatedBox, Shape, Skeleton
from viewer.tools.changing import is_there, reshaped
from viewer.tools.hits import Hit, edge_hit, handle_hit, pile_at
from viewer.tools.pointer import STILL_PX, Answer, Cursor, Item, PointerEvent, Scene
from viewer.tools.reshaping import ROTATION, moved, with_handle, with_vertex, without_vertex

_ARROWS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_CURSORS: dict[str, Cursor] = {"handle": "grab", "midpoint": "add"}


@dataclass(frozen=True, eq=False)
class _Drag:
    """A press on something, and what became of it so far.

    Args:
        handle: number of the handle that is dragged; None for the whole label.
        base: the shape that the drag starts from (with the new vertex of a middle).
        shape: as dragged now; `base` until the pointer moved further than a click.
        is_repeated: the press came where the last click was.
    """

    item: Item
    handle: int | None
    at: tuple[float, float]
    base: Shape
    shape: Shape
    has_moved: bool = False
    is_repeated: bool = False


class SelectTool:
    """Press selects, dragging moves a label or its handle, a still click goes through the pile."""

    name = "select"

    def __init__(self) -> None:
        self._drag: _Drag | None = None
        self._pointer: PointerEvent | None = None  # None while it is elsewhere
        self._clicked: tuple[float, float] | None = None  # pixel space of the last still click

    @property
    def is_busy(self) -> bool:
        """A label or a handle is being dragged."""
        return self._drag is not None and self._drag.has_moved

    def handle(self, event: PointerEvent, scene: Scene) -> Answer:
        """Take a pointer event."""
        self._pointer = None if event.kind == "leave" else event
        match event.kind:
            case "press" if event.button == "left":
                return self._press(event, scene)
            case "move" if self._drag is not None:
                return self._dragged(event, scene, self._drag)
            case "move":
                return self._hover(event, scene)
            case "release" if self._drag is not None:
                return self._release(event, scene, self._drag)
            case "double":
                return self._double(event, scene)
            case _:
                return Answer(consumed=False)

    def key(self, name: str, scene: Scene, modifiers: frozenset[str] = frozenset()) -> Answer:
        """Escape gives up a drag, Delete takes the hovered vertex, arrows nudge."""
        if name == "escape" and self._drag is not None:
            self._drag = None
            return Answer(hint="The drag was given up; nothing changed.")
        item = scene.lone
        if item is None or self._drag is not None:
            return Answer(consumed=False)
        hovered = None if self._pointer is None else _grip(self._pointer, scene)
        if name in ("delete", "backspace") and hovered is not None and hovered.part == "handle":
            return self._without_vertex(hovered, item, scene)
        if name in _ARROWS:
            return _nudged(item, name, 10 if "shift" in modifiers else 1, scene)
        return Answer(consumed=False)

    def _press(self, event: PointerEvent, scene: Scene) -> Answer:
        grip = None if _adds(event) else _grip(event, scene)
        if grip is not None and grip.part == "handle" and "alt" in event.modifiers:
            return self._without_vertex(grip, _item_of(grip, scene), scene)
        if grip is not None:
            item = _item_of(grip, scene)
            base, number = item.shape, grip.number
            if grip.part == "midpoint":
                base = with_vertex(base, number, event.x, event.y)
                number += 1
            self._drag = _Drag(item, number, (event.x, event.y), base, base)
            return Answer(cursor="grab", live=number)
        return self._press_label(event, scene)

    def _press_label(self, event: PointerEvent, scene: Scene) -> Answer:
        pile = pile_at(scene, event.x, event.y, event.px_per_unit)
        if not pile:
            self._clicked = None
            return Answer(select=None if _adds(event) else frozenset())
        if _adds(event):
            return Answer(select=scene.selection ^ {pile[0].id})
        item = next((item for item in pile if item.id in scene.selection), pile[0])
        is_selected = item.id in scene.selection
        self._drag = _Drag(
            item,
            None,
            (event.x, event.y),
            item.shape,
            item.shape,
            is_repeated=_is_near(self._clicked, event) and is_selected,
        )
        select = None if is_selected else frozenset({item.id})
        return Answer(select=select, cursor="move")

    def _dragged(self, event: PointerEvent, scene: Scene, drag: _Drag) -> Answer:
        if not drag.has_moved and event.moved_px < STILL_PX:
            return Answer(cursor="grab")
        if drag.item.locked or not is_there(drag.item, scene):
            return Answer(cursor="forbidden", hint=drag.item.locked)
        if drag.handle is not None:
            shape = with_handle(drag.base, drag.handle, event.x, event.y, scene.size)
        else:
            dx, dy = event.x - drag.at[0], event.y - drag.at[1]
            shape = moved(drag.base, dx, dy, scene.size)
        self._drag = replace(drag, shape=shape, has_moved=True)
        where = (drag.item.id, drag.item.placement)
        hint = _size_of(shape, scene, drag.handle)
        return Answer(shape, where, cursor="grab", live=drag.handle, hint=hint)

    def _release(self, event: PointerEvent, scene: Scene, drag: _Drag) -> Answer:
        self._drag = None
        if not is_there(drag.item, scene):
            return Answer(hint="The label is no longer on this slice; nothing was changed.")
        if drag.has_moved:
            self._clicked = None
            verb = "Move" if drag.handle is None else "Reshape"
            return reshaped(drag.item, drag.shape, scene, verb)
        self._clicked = (event.x, event.y)
        if drag.handle is not None:
            return Answer()
        items = pile_at(scene, event.x, event.y, event.px_per_unit)
        pile = list(dict.fromkeys(item.id for item in items))
        if not pile:
            return Answer()
        if drag.is_repeated and drag.item.id in pile:
            following = pile[(pile.index(drag.item.id) + 1) % len(pile)]
            return Answer(select=frozenset({following}))
        return Answer(select=frozenset({pile[0]}))

    def _hover(self, event: PointerEvent, scene: Scene) -> Answer:
        if _adds(event):
            return Answer(consumed=False)  # a press would select
        grip = _grip(event, scene)
        if grip is not None:
            is_less = "alt" in event.modifiers and grip.part == "handle"
            cursor: Cursor = "remove" if is_less else _CURSORS[grip.part]
            live = grip.number if grip.part == "handle" else None
            return Answer(cursor=cursor, live=live)
        pile = pile_at(scene, event.x, event.y, event.px_per_unit)
        if not pile:
            return Answer(consumed=False)
        locked = pile[0].locked
        return Answer(cursor="forbidden" if locked else "move", hint=locked)

    def _double(self, event: PointerEvent, scene: Scene) -> Answer:
        self._drag = None
        if _adds(event):
            return self._press(event, scene)  # one click more
        if scene.lone is None:
            return Answer(consumed=False)
        at = (event.x, event.y)
        grip = handle_hit(scene.lone, *at, event.px_per_unit)
        if grip is not None and grip.part == "handle":
            return Answer()
        side = grip or edge_hit(scene.lone, *at, event.px_per_unit)
        if side is None:
            return Answer(consumed=False)
        shape = with_vertex(scene.lone.shape, side.number, *at)
        return reshaped(scene.lone, shape, scene, "Add vertex")

    def _without_vertex(self, hit: Hit, item: Item, scene: Scene) -> Answer:
        shape = None if item.is_fixed else without_vertex(item.shape, hit.number)
        if isinstance(item.shape, Skeleton):
            return Answer(hint="A skeleton keeps all of its nodes.")
        if shape is None:
            return Answer(hint="Too few vertices would be left; delete the label instead.")
        return reshaped(item, shape, scene, "Remove vertex")


def _grip(event: PointerEvent, scene: Scene) -> Hit | None:
    if scene.lone is None:
        return None
    return handle_hit(scene.lone, event.x, event.y, event.px_per_unit)


def _item_of(hit: Hit, scene: Scene) -> Item:
    item = scene.item(hit.id, hit.placement)
    if item is None:
        raise KeyError(hit)
    return item


def _adds(event: PointerEvent) -> bool:
    """Whether a click adds to the selection or takes away; then no handle is taken."""
    return bool(event.modifiers & {"shift", "ctrl"})


def _is_near(clicked: tuple[float, float] | None, event: PointerEvent) -> bool:
    if clicked is None:
        return False
    away = [
        abs(a - b) * px
        for a, b, px in zip(clicked, (event.x, event.y), event.px_per_unit, strict=True)
    ]
    return max(away) < STILL_PX


def _nudged(item: Item, name: str, steps: int, scene: Scene) -> Answer:
    dx, dy = _ARROWS[name]
    shape = moved(item.shape, dx * steps, dy * steps, scene.size)
    return reshaped(item, shape, scene, "Nudge")


def _size_of(shape: Shape, scene: Scene, handle: int | None) -> str:
    if isinstance(shape, Mask | Point):
        return ""
    if isinstance(shape, Ellipse | RotatedBox) and handle == ROTATION:
        return f"Turned by {math.degrees(shape.angle):.1f}\N{DEGREE SIGN} clockwise"
    return scene.size_words(shape)
