"""What gestures do to a view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt

from viewer.geometry.oblique import AnyPlane
from viewer.geometry.views import PlaneName
from viewer.model.annotation import AnnotationId
from viewer.paint.pixels import values_within
from viewer.paint.stage import stage_of
from viewer.render.pointing import marks_at
from viewer.render.window import auto_window
from viewer.session.session import Session
from viewer.session.viewing import Voxel
from viewer.ui.view.crosshair import Lines
from viewer.ui.view.gestures import STILL_PX, Hand, ToolEvent
from viewer.ui.view.hands import Hands
from viewer.ui.view.port import ViewPort

if TYPE_CHECKING:
    from viewer.ui.view.view import PlaneView


class ViewSurface:
    """The gestures' side of one view: places are logical px of the widget."""

    def __init__(self, port: ViewPort, hands: Hands, view: PlaneView) -> None:
        self._port = port
        self._hands = hands
        self._view = view
        self._last_click: tuple[float, float] | None = None

    @property
    def session(self) -> Session:
        """The session that is shown."""
        return self._port.session

    @property
    def hand(self) -> Hand:
        """What the left button does outside Edit."""
        return self._hands.hand

    @property
    def is_drawing_here(self) -> bool:
        """The left button belongs to a drawing or editing tool."""
        return self._hands.is_drawing_on(self._port)

    @property
    def is_painting_here(self) -> bool:
        """The tool is a brush."""
        return self.is_drawing_here and self._hands.is_painting

    def takes_left(self, at: QPointF) -> bool:
        """The left button belongs to a tool there, one for drawing or one for measuring."""
        return self.is_drawing_here or self._hands.measuring.takes(self._port, at)

    def resize_brush(self, steps: float) -> None:
        """Make the brush larger, or smaller when negative."""
        self._hands.resize_brush(steps)
        self._view.update()

    def pan(self, dx: float, dy: float) -> None:
        """Move the picture."""
        self._port.pan(dx, dy)
        self._view.update()
        self._view.framed.emit()

    def zoom(self, factor: float, x: float, y: float) -> None:
        """Zoom about a place."""
        self._port.zoom(factor, x, y)
        self._view.update()
        self._view.framed.emit()

    def step(self, down: int) -> None:
        """Go so many slices down the strip, up when negative."""
        self._port.step(down)

    def step_alone(self, down: int) -> None:
        """Go so many slices down the strip, without what is linked with it."""
        self._port.step_alone(down)

    def voxel_at(self, x: float, y: float) -> Voxel | None:
        """Return the voxel place there, None outside the picture."""
        return self._port.voxel_at(x, y)

    @property
    def plane(self) -> PlaneName:
        """The plane that is shown."""
        return self._port.plane

    def crosshair(self) -> Lines | None:
        """Return the crosshair on the screen; None when it is not shown."""
        return self._port.crosshair_lines()

    def angle_at(self, x: float, y: float) -> float | None:
        """Return the direction from the crosshair to a place, from p towards q."""
        return self._port.angle_at(x, y)

    def planes(self) -> Mapping[PlaneName, AnyPlane] | None:
        """Return the planes of what is shown, as they are turned now; None of frames."""
        return self._port.planes()

    def set_crosshair(self, voxel: Voxel) -> None:
        """Move the linked position of what is shown."""
        self._port.set_crosshair(voxel)

    def strip_index(self, x: float, y: float) -> int | None:
        """Return the slice whose cell of the strip is there."""
        return self._port.strip_index(x, y)

    def go_to(self, index: int) -> None:
        """Show another slice."""
        self._port.go_to(index)

    def click(self, x: float, y: float, adds: bool) -> None:
        """Select the label there; clicking again goes through the pile."""
        pile = self.pile(x, y)
        chosen = self.session.selection
        self.session.measurements.select(None)
        if not pile:
            self.session.select(chosen if adds else ())
        elif adds:
            self.session.select(chosen ^ {pile[0]})
        else:
            self.session.select({self._next_in(pile, (x, y))})
        self._last_click = (x, y)

    def is_on_selected(self, x: float, y: float) -> bool:
        """Whether a selected label lies there."""
        return bool(self.session.selection.intersection(self.pile(x, y)))

    def ask_menu(self, x: float, y: float) -> None:
        """Ask for the menu of what lies there; a label there is selected first."""
        pile = self.pile(x, y)
        if pile and not self.session.selection.intersection(pile):
            self.session.select({pile[0]})
        offers = self._hands.offers(self._port, QPointF(x, y))
        self._view.menu_wanted.emit(self._view.mapToGlobal(QPoint(round(x), round(y))), offers)

    def maximise(self) -> None:
        """Make this view the whole centre, or restore it."""
        self._view.maximise_wanted.emit(self._port.pane.id)

    def tool_event(self, kind: ToolEvent, at: QPointF, modifiers: Qt.KeyboardModifier) -> bool:
        """Hand a pointer event to the tool; False when it has no use for it."""
        if self.is_drawing_here:
            is_used = self._hands.point(kind, self._port, at, modifiers)
        else:
            is_used = self._hands.measure(kind, self._port, at)
        self._view.update()
        return is_used

    def leave_tool(self) -> None:
        """Tell the tool that the pointer is elsewhere, or about something else."""
        self._hands.leave()
        self._view.update()

    def show_region(self, rect: QRectF | None) -> None:
        """Draw a rectangle that is dragged; None takes it away."""
        self._view.rubber = rect
        self._view.update()

    def window_from(self, rect: QRectF) -> None:
        """Take the window from the values in a rectangle of the view."""
        stage = stage_of(self.session, self._port.pane)
        first = self._port.plane_at(rect.left(), rect.top())
        last = self._port.plane_at(rect.right(), rect.bottom())
        if stage is None or first is None or last is None:
            return
        if stage.media.is_colour:
            self.session.say("Pictures in colour have no window.")
            return
        values = values_within(stage, first, last)
        if values.size:
            self.session.viewing.set_window(replace(auto_window(values), name="region"))
        else:
            self.session.say("There is no picture in the rectangle.")

    def pile(self, x: float, y: float) -> tuple[AnnotationId, ...]:
        """Return the labels under a place, best first."""
        picture, place = self._view.picture, self._port.plane_at(x, y)
        if picture is None or place is None or self.strip_index(x, y) is not None:
            return ()
        return marks_at(picture.marks, place, 1 / self._port.mm_per_px())

    def _next_in(self, pile: tuple[AnnotationId, ...], at: tuple[float, float]) -> AnnotationId:
        last, chosen = self._last_click, self.session.selection
        is_here = last is not None and max(abs(last[0] - at[0]), abs(last[1] - at[1])) < STILL_PX
        current = next(iter(chosen)) if len(chosen) == 1 else None
        if is_here and current in pile:
            return pile[(pile.index(current) + 1) % len(pile)]
        return pile[0]
