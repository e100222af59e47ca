"""What the mouse does in a view: one table from button, place and mode to a drag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt

from viewer.geometry.oblique import AnyPlane
from viewer.geometry.views import PlaneName
from viewer.media.volume import Media, Video, Window
from viewer.render.window import dragged, initial_window, sample_of
from viewer.session.modes import locked_sentence
from viewer.session.session import Session
from viewer.session.viewing import Voxel
from viewer.ui.view.crosshair import (
    CrosshairDrag,
    CrosshairPart,
    Lines,
    TurnDrag,
    crosshair_part,
)
from viewer.ui.view.region_drag import RegionDrag

Hand = Literal["window", "crosshair", "pan", "zoom"]

STILL_PX = 4.0  # less than this is a click
ZOOM_STEP = 1.2  # per notch of the wheel
LOCKED_S = 2.0  # that is said so long
ZOOM_PX = 150.0  # a drag of this many pixels zooms by e

SIDE_BUTTONS = {Qt.MouseButton.BackButton: "go.back", Qt.MouseButton.ForwardButton: "go.forward"}
_LEFT, _MIDDLE, _RIGHT = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.MiddleButton,
    Qt.MouseButton.RightButton,
)
_SHIFT, _CTRL, _ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


class _Surface(Protocol):
    """What gestures need of a view; places are logical pixels of the widget."""

    @property
    def session(self) -> Session: ...
    @property
    def hand(self) -> Hand: ...
    @property
    def plane(self) -> PlaneName: ...
    @property
    def is_drawing_here(self) -> bool: ...
    @property
    def is_painting_here(self) -> bool: ...

    def takes_left(self, at: QPointF) -> bool: ...
    def resize_brush(self, steps: float) -> None: ...
    def pan(self, dx: float, dy: float) -> None: ...
    def zoom(self, factor: float, x: float, y: float) -> None: ...
    def step(self, down: int) -> None: ...
    def step_alone(self, down: int) -> None: ...
    def voxel_at(self, x: float, y: float) -> Voxel | None: ...
    def set_crosshair(self, voxel: Voxel) -> None: ...
    def crosshair(self) -> Lines | None: ...
    def angle_at(self, x: float, y: float) -> float | None: ...
    def planes(self) -> Mapping[PlaneName, AnyPlane] | None: ...
    def strip_index(self, x: float, y: float) -> int | None: ...
    def go_to(self, index: int) -> None: ...
    def click(self, x: float, y: float, adds: bool) -> None: ...
    def is_on_selected(self, x: float, y: float) -> bool: ...
    def ask_menu(self, x: float, y: float) -> None: ...
    def maximise(self) -> None: ...
    def tool_event(self, kind: ToolEvent, at: QPointF, modifiers: Qt.KeyboardModifier) -> bool: ...
    def leave_tool(self) -> None: ...
    def show_region(self, rect: QRectF | None) -> None: ...
    def window_from(self, rect: QRectF) -> None: ...


ToolEvent = Literal["press", "move", "release", "double", "hover"]


class _Drag(Protocol):
    """One button held down; `move` gets every place from the first real motion on."""

    def move(self, at: QPointF) -> None: ...


@dataclass
class PanDrag:
    """The picture follows the pointer."""

    surface: _Surface
    last: QPointF

    def move(self, at: QPointF) -> None:
        """Follow."""
        self.surface.pan(at.x() - self.last.x(), at.y() - self.last.y())
        self.last = at


@dataclass
class ZoomDrag:
    """Up comes nearer, down goes away, about the place where the drag began."""

    surface: _Surface
    start: QPointF
    last: QPointF

    def move(self, at: QPointF) -> None:
        """Zoom by the way since the last event."""
        factor = float(2.718281828 ** ((self.last.y() - at.y()) / ZOOM_PX))
        self.surface.zoom(factor, self.start.x(), self.start.y())
        self.last = at


@dataclass
class WindowDrag:
    """Right is wider, down is a higher level; reckoned from the window at the start."""

    surface: _Surface
    start: QPointF
    window: Window
    value_range: float

    def move(self, at: QPointF) -> None:
        """Set the window for the way since the start."""
        way = at - self.start
        window = dragged(self.window, way.x(), way.y(), self.value_range)
        self.surface.session.viewing.set_window(window)


@dataclass
class StripDrag:
    """The knob of the slice strip follows the pointer."""

    surface: _Surface
    x: float

    def move(self, at: QPointF) -> None:
        """Show the slice at the pointer's height."""
        index = self.surface.strip_index(self.x, at.y())
        if index is not None:
            self.surface.go_to(index)


@dataclass
class NoDrag:
    """A button that does nothing when moved."""

    def move(self, at: QPointF) -> None:
        """Do nothing."""


class Gestures:
    """Turns the pointer events of one view into what the table of hands.md says."""

    def __init__(self, surface: _Surface) -> None:
        self._surface = surface
        self._drag: _Drag | None = None
        self._button = Qt.MouseButton.NoButton
        self._start = QPointF()
        self._is_moving = False
        self._is_tool = False
        self._rest = 0.0  # of a notch, from fine wheels

    @property
    def is_busy(self) -> bool:
        """A button is held down."""
        return self._button != Qt.MouseButton.NoButton

    def press(self, at: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """Begin; a second button while one is down changes nothing."""
        if self.is_busy:
            return
        self._button, self._start, self._is_moving = button, at, False
        on_strip = self._surface.strip_index(at.x(), at.y()) is not None
        self._is_tool = button == _LEFT and not on_strip and self._surface.takes_left(at)
        if self._is_tool:
            self._surface.tool_event("press", at, modifiers)
            return
        self._drag = self._drag_of(button, at, modifiers)
        if isinstance(self._drag, StripDrag):
            self._is_moving = True
            self._drag.move(at)

    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Go on with the drag, or follow the free pointer."""
        if self._is_tool and self.is_busy:
            self._surface.tool_event("move", at, modifiers)
        elif self._drag is not None:
            if not self._is_moving:
                self._begin_moving(at)
            if self._is_moving:
                self._drag.move(at)
        elif not self.is_busy:
            self._hover(at, modifiers)

    def release(self, at: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """End; without motion it was a click."""
        if button != self._button:
            return
        was_tool, was_moving, drag = self._is_tool, self._is_moving, self._drag
        self._drag, self._button, self._is_tool = None, Qt.MouseButton.NoButton, False
        if was_tool:
            self._surface.tool_event("release", at, modifiers)
        elif was_moving and isinstance(drag, RegionDrag):
            drag.finish()
        elif not was_moving and button == _LEFT:
            adds = bool(modifiers & (_SHIFT | _CTRL))
            self._surface.click(self._start.x(), self._start.y(), adds)
        elif not was_moving and button == _RIGHT:
            self._surface.ask_menu(at.x(), at.y())

    def double_click(
        self, at: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
    ) -> None:
        """Make the view the whole centre, and back; while drawing it belongs to the tool."""
        if button != _LEFT or self._surface.strip_index(at.x(), at.y()) is not None:
            self.press(at, button, modifiers)
        elif not self._is_for_tool("double", at, modifiers):
            self._surface.maximise()

    def wheel(self, notches: float, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Go through slices (10 with shift), zoom at the pointer with ctrl.

        With alt a brush changes its size, and of two linked pictures one goes on alone.

        Args:
            notches: positive away from the person; away goes up the slice strip.
            at: the pointer.
            modifiers: keys that are held.
        """
        if modifiers & _CTRL:
            self._surface.zoom(ZOOM_STEP**notches, at.x(), at.y())
            return
        if modifiers & _ALT and self._surface.is_painting_here:
            self._surface.resize_brush(notches)
            return
        self._rest += notches
        whole = int(self._rest)
        self._rest -= whole
        if whole:
            step = self._surface.step_alone if modifiers & _ALT else self._surface.step
            step(-whole * (10 if modifiers & _SHIFT else 1))

    def drop(self) -> None:
        """Forget a button that is held down, such as when the focus goes."""
        if isinstance(self._drag, RegionDrag):
            self._drag.give_up()
        self._drag, self._button, self._is_tool = None, Qt.MouseButton.NoButton, False

    def part_at(self, at: QPointF) -> CrosshairPart | None:
        """Return the part of the crosshair under the pointer, None beside it and on the strip.

        None in Review too: there it stands on the label that is looked at.
        """
        is_review = self._surface.session.mode == "review"
        if is_review or self._surface.strip_index(at.x(), at.y()) is not None:
            return None
        return crosshair_part(self._surface.crosshair(), at)

    def _is_for_tool(self, kind: ToolEvent, at: QPointF, modifiers: Qt.KeyboardModifier) -> bool:
        return self._surface.takes_left(at) and self._surface.tool_event(kind, at, modifiers)

    def _begin_moving(self, at: QPointF) -> None:
        way = at - self._start
        self._is_moving = max(abs(way.x()), abs(way.y())) >= STILL_PX
        is_left = self._button == _LEFT and not isinstance(self._drag, CrosshairDrag | TurnDrag)
        is_held = is_left and self._surface.is_on_selected(self._start.x(), self._start.y())
        if self._is_moving and is_held:
            session = self._surface.session
            session.say(locked_sentence(session.mode), LOCKED_S)

    def _hover(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & _SHIFT:
            self._surface.leave_tool()  # no handle is taken while the crosshair follows
            CrosshairDrag(self._surface, "both").move(at)
        elif self._surface.takes_left(at):
            self._surface.tool_event("hover", at, modifiers)

    def _drag_of(
        self, button: Qt.MouseButton, at: QPointF, modifiers: Qt.KeyboardModifier
    ) -> _Drag:
        makers: dict[Qt.MouseButton, Callable[[], _Drag]] = {
            _LEFT: lambda: self._left_drag(at, modifiers),
            _MIDDLE: lambda: PanDrag(self._surface, at),
            _RIGHT: lambda: ZoomDrag(self._surface, at, at),
        }
        return makers.get(button, NoDrag)()

    def _left_drag(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> _Drag:
        if self._surface.strip_index(at.x(), at.y()) is not None:
            return StripDrag(self._surface, at.x())
        takes_region = modifiers & _CTRL and self._surface.hand == "window"
        part = None if takes_region else self.part_at(at)
        if part == "turn":
            return TurnDrag(self._surface, at)
        if part is not None:
            return CrosshairDrag(self._surface, part)
        return RegionDrag(self._surface, at) if takes_region else self._hand_drag(at)

    def _hand_drag(self, at: QPointF) -> _Drag:
        match self._surface.hand:
            case "window":
                return self._window_drag(at)
            case "crosshair":
                return CrosshairDrag(self._surface, "both")
            case "pan":
                return PanDrag(self._surface, at)
            case "zoom":
                return ZoomDrag(self._surface, at, at)

    def _window_drag(self, at: QPointF) -> _Drag:
        session = self._surface.session
        media = session.current
        if media is None or isinstance(media, Video) or media.is_colour:
            return NoDrag()
        window = session.viewing.window or initial_window(media)  # as it is shown
        return WindowDrag(self._surface, at, window, value_range(media))


def value_range(media: Media) -> float:
    """Return largest less smallest value of the decoded slices, in output units."""
    sample = sample_of(media)
    return float(sample.max() - sample.min()) if sample.size else 1.0
