"""What the left button holds: a hand in View, a tool in Edit, and the label that is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from PySide6.QtCore import QObject, QPointF, Qt, Signal

from viewer.geometry.views import PlaneName
from viewer.model.annotation import AnnotationId
from viewer.model.export_words import export_words
from viewer.paint.handles import Handles, Preview
from viewer.session.jobs import Jobs
from viewer.session.locking import why_locked
from viewer.session.modes import locked_sentence
from viewer.session.panes import Pane
from viewer.session.session import Session
from viewer.tools import TOOLS
from viewer.tools.offers import Offer, offers_at
from viewer.tools.pointer import BRUSH_PX, Answer, Cursor, PointerEvent, Scale, Scene, Tool
from viewer.tools.scene import is_in_play, scene_of
from viewer.ui.view.gestures import Hand, ToolEvent
from viewer.ui.view.handles import handles_shown, preview_shown
from viewer.ui.view.measuring import Measuring
from viewer.ui.view.plane import ShownPlane
from viewer.ui.view.port import ViewPort

ToolName = Literal[
    "select",
    "polygon",
    "polyline",
    "box",
    "point",
    "ellipse",
    "length",
    "angle",
    "brush",
    "eraser",
    "region",
    "hole",
]

CURSORS: dict[Cursor, Qt.CursorShape] = {
    "arrow": Qt.CursorShape.ArrowCursor,
    "cross": Qt.CursorShape.CrossCursor,
    "move": Qt.CursorShape.SizeAllCursor,
    "grab": Qt.CursorShape.PointingHandCursor,
    "forbidden": Qt.CursorShape.ForbiddenCursor,
    "add": Qt.CursorShape.CrossCursor,
    "remove": Qt.CursorShape.PointingHandCursor,
    "none": Qt.CursorShape.BlankCursor,
}
KEYS: dict[int, str] = {
    Qt.Key.Key_Escape: "escape",
    Qt.Key.Key_Return: "enter",
    Qt.Key.Key_Enter: "enter",
    Qt.Key.Key_Backspace: "backspace",
    Qt.Key.Key_Delete: "delete",
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
}
TOOL_HINTS: dict[ToolName, str] = {
    "select": "Drag a label or a vertex; a middle dot adds one, Del over one takes it away.",
    "polygon": "Click the vertices, or draw freehand; Enter or the first vertex closes.",
    "polyline": "Click the vertices, or draw freehand; Enter or a double click ends the line.",
    "box": "Drag a box, or click two opposite corners; a rotated one is turned afterwards.",
    "point": "Click the place; while the button is down it can be moved.",
    "ellipse": "Drag the box around the ellipse, or click two opposite corners.",
    "length": "Drag from one end to the other, or click both.",
    "brush": "Drag to paint on the selected mask, or a new one; [ ] or Alt + wheel: size.",
    "eraser": "Drag to take pixels off the selected mask; [ ] or Alt + wheel: size.",
    "region": "Draw one region more for the selected polygon; Enter or the first vertex closes.",
    "hole": "Draw a hole into the selected polygon; Enter or the first vertex closes.",
    "angle": "Click one end, the place where the ways meet, and the other end.",
}
NUDGES = ("left", "right", "up", "down")  # with Ctrl, since arrows alone go through slices
BRUSHES: tuple[ToolName, ...] = ("brush", "eraser")
BRUSH_STEP = 1.2
MOST_BRUSH_PX = 512
NO_ANSWER = Answer(consumed=False)
ELSEWHERE = "{} is not shown in this picture; draw in the one that shows it."


class Hands(QObject):
    """One for all views of a window."""

    changed = Signal()
    delete_wanted = Signal(tuple)  # AnnotationIds
    pressed = Signal()  # a tool takes hold of what is shown

    def __init__(
        self, session: Session, parent: QObject | None = None, jobs: Jobs | None = None
    ) -> None:
        super().__init__(parent)
        self.measuring = Measuring(session, jobs, self)
        self.measuring.taken.connect(self.changed)
        self._session = session
        self._tools: dict[str, Tool] = {tool.name: tool for tool in (make() for make in TOOLS)}
        self._answer = NO_ANSWER
        self._pressed_at: QPointF | None = None
        self._moved_px = 0.0
        self._pointer: tuple[float, float] | None = None  # plane mm
        self._plane: PlaneName | None = None  # on which the answer is seen
        self._brush_px = BRUSH_PX
        self.hand: Hand = "window"
        self.tool: ToolName = "select"
        self.label: tuple[str, str] | None = None  # (export id, class id) that is drawn

    def take(self, hand: Hand) -> None:
        """Take another hand for View."""
        self.hand = hand
        self.measuring.take(None)

    def take_tool(self, tool: ToolName) -> None:
        """Take another tool for Edit; what the old one was drawing is given up."""
        self.cancel()
        self.tool = tool
        self._session.say(TOOL_HINTS[tool])
        self.changed.emit()

    @property
    def is_crosshair_held(self) -> bool:
        """The left button moves and turns the crosshair."""
        is_viewing = self._session.mode == "view" and self.measuring.kind is None
        return is_viewing and self.hand == "crosshair"

    @property
    def is_busy(self) -> bool:
        """A tool is dragging or drawing."""
        if self._session.mode != "edit":
            return self.measuring.is_busy
        return self._tools[self.tool].is_busy

    def is_drawing_on(self, port: ViewPort) -> bool:
        """The left button belongs to the tool there; never over another frame's picture."""
        is_edited = self._session.mode == "edit" and port.is_exact and port.is_current
        return is_edited and is_in_play(self._session, port.pane)

    def point(
        self, kind: ToolEvent, port: ViewPort, at: QPointF, modifiers: Qt.KeyboardModifier
    ) -> bool:
        """Hand a pointer event to the tool, in pixel space; False when it has no use for it."""
        shown, place = port.shown, port.plane_at(at.x(), at.y())
        scene = self._scene_of(port.pane, port.plane)
        if shown is None or place is None or scene is None:
            return False
        if kind == "press":
            self.pressed.emit()
        self._track(kind, at)
        self._pointer, self._plane = place, port.plane
        x, y = shown.pixel_at(*place)
        event = PointerEvent(
            "move" if kind == "hover" else kind,
            x,
            y,
            "" if kind == "hover" else "left",
            modifiers_of(modifiers),
            _px_per_unit(port, shown, place),
            self._moved_px,
        )
        answer = self._tools[self.tool].handle(event, scene)
        self._take_answer(answer)
        return answer.consumed

    def measure(self, kind: ToolEvent, port: ViewPort, at: QPointF) -> bool:
        """Hand a pointer event to measuring; False when it has no use for it."""
        if kind == "press":
            self.pressed.emit()
        self._track(kind, at)
        told = "move" if kind == "hover" else kind
        return self.measuring.point(told, port, at, self._moved_px)

    def offers(self, port: ViewPort, at: QPointF) -> tuple[Offer, ...]:
        """Return what a menu offers for the part of the selected label at a place of a view."""
        shown, place = port.shown, port.plane_at(at.x(), at.y())
        scene = self._scene_of(port.pane, port.plane) if self.is_drawing_on(port) else None
        if shown is None or place is None or scene is None or self.is_busy:
            return ()
        return offers_at(scene, *shown.pixel_at(*place), _px_per_unit(port, shown, place))

    def leave(self) -> None:
        """Take nothing as pointed at any more; what is being drawn or dragged stays."""
        self.measuring.leave()
        scene = self._scene()
        if scene is None or self._session.mode != "edit" or self.is_busy:
            return
        self._pointer = None
        self._take_answer(self._tools[self.tool].handle(PointerEvent("leave", 0.0, 0.0), scene))

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Hand a key to the tool; False when it has no use for it."""
        name = KEYS.get(key)
        if name is not None and self._session.mode != "edit":
            return self.measuring.key(name)
        is_nudge = name in NUDGES and not modifiers & Qt.KeyboardModifier.ControlModifier
        scene = self._scene()
        if name is None or is_nudge or scene is None:
            return False
        answer = self._tools[self.tool].key(name, scene, modifiers_of(modifiers))
        if answer.consumed:
            self._take_answer(answer)
        return answer.consumed

    def cancel(self) -> None:
        """Give up what is being drawn or dragged."""
        self._answer = NO_ANSWER
        self.measuring.cancel()
        self._tools = {tool.name: tool for tool in (make() for make in TOOLS)}

    @property
    def is_painting(self) -> bool:
        """The tool is a brush, whose size can be changed."""
        return self._session.mode == "edit" and self.tool in BRUSHES

    def resize_brush(self, steps: float) -> None:
        """Make the brush larger by steps of a fifth, at least by a pixel; smaller when negative."""
        if not self.is_painting:
            self._session.say("B takes the brush, E the eraser; then [ and ] change its size.")
            return
        before, factor = self._brush_px, BRUSH_STEP**steps
        least = before + (1 if steps > 0 else -1)
        wanted = max(before * factor, least) if steps > 0 else min(before * factor, least)
        self._brush_px = float(min(max(round(wanted), 1), MOST_BRUSH_PX))
        scene = self._scene()
        circle = self._answer.circle
        if scene is not None and circle is not None:
            rx, ry = scene.brush_radii
            self._answer = replace(self._answer, circle=replace(circle, rx=rx, ry=ry))
        spacing = None if scene is None else scene.spacing_mm
        mm = "" if spacing is None else f", {self._brush_px * spacing[0]:.1f} mm"
        self._session.say(f"Brush {self._brush_px:.0f} px{mm}")

    def delete(self, ids: tuple[AnnotationId, ...]) -> None:
        """Delete labels, or say why not; a parent asks about its children first."""
        locked = next((why for id in ids if (why := why_locked(self._session, id))), "")
        if self._session.mode != "edit":
            self._session.say(locked_sentence(self._session.mode))
        elif locked:
            self._session.say(f"This label cannot be deleted: {locked}.")
        elif ids:
            self.delete_wanted.emit(ids)

    def handles(self, port: ViewPort) -> Handles | None:
        """Return the handles of the selected label on this slice, None without one to edit."""
        if self.tool != "select" or not self._session.selection:
            return None  # without a look at the labels, of which there may be very many
        if not self.is_drawing_on(port) or port.shown is None:
            return None
        scene = self._scene_of(port.pane, port.plane)
        item = None if scene is None else scene.lone
        if item is None or item.locked:
            return None
        scale = 1.0 / port.mm_per_px()
        if not self._is_seen_on(port):
            return handles_shown(item.shape, port.shown, None, None, scale, is_fixed=item.is_fixed)
        shape = self._answer.preview if self._answer.replaces is not None else item.shape
        if shape is None:
            return None
        live, fixed = self._answer.live, item.is_fixed
        return handles_shown(shape, port.shown, live, self._pointer, scale, is_fixed=fixed)

    def preview(self, port: ViewPort) -> Preview | None:
        """Return what the tool is about to make."""
        if not self.is_drawing_on(port) or port.shown is None:
            return None
        if not self._is_seen_on(port) or not self._is_about(port.pane):
            return None
        return preview_shown(self._answer, self._session, port.shown, self.label)

    @property
    def replaced(self) -> tuple[AnnotationId, int] | None:
        """The placement that the preview stands for while it is dragged."""
        return self._answer.replaces if self._session.mode == "edit" else None

    def cursor(self, port: ViewPort) -> Qt.CursorShape:
        """Return the pointer's shape over a view while editing."""
        is_edited = self._session.mode == "edit"
        return CURSORS[self._answer.cursor if is_edited else self.measuring.cursor]

    def _is_seen_on(self, port: ViewPort) -> bool:
        """Whether the answer is about what this view shows; frames have one plane."""
        shown = port.shown
        return shown is not None and (shown.view is None or self._plane in (None, port.plane))

    def _is_about(self, pane: Pane) -> bool:
        """Whether what is made or changed is a label that a pane draws."""
        if self._answer.replaces is not None:
            return pane.has_labels_of(self._answer.replaces[0])
        return self.label is None or pane.has_export(self.label[0])

    def _scene(self) -> Scene | None:
        """The slice that keys are about: of the active view, or the acquired one beside it."""
        active = self._session.active_pane
        plane = active.plane if is_in_play(self._session, active) else None
        return self._scene_of(active, plane)

    def _scene_of(self, pane: Pane, plane: PlaneName | None) -> Scene | None:
        """Return the slice with what the pane draws, which alone can be added to and changed."""
        scene = scene_of(self._session, self.label, pane.exports, plane, self._brush_px)
        if scene is None or self.label is None or pane.has_export(self.label[0]):
            return scene
        name = export_words(self._session.project).get(self.label[0], "")
        return replace(scene, target=None, refusal=ELSEWHERE.format(name), blank=None)

    def _track(self, kind: ToolEvent, at: QPointF) -> None:
        if kind == "press":
            self._pressed_at, self._moved_px = at, 0.0
        elif kind == "hover":
            self._pressed_at, self._moved_px = None, 0.0
        elif self._pressed_at is not None:
            way = at - self._pressed_at
            self._moved_px = max(self._moved_px, abs(way.x()), abs(way.y()))

    def _take_answer(self, answer: Answer) -> None:
        self._answer = answer
        if answer.command is not None:
            self._session.do(answer.command)
        if answer.select is not None:
            self._session.select(answer.select)
        if answer.hint:
            self._session.say(answer.hint)


def _px_per_unit(port: ViewPort, shown: ShownPlane, place: tuple[float, float]) -> Scale:
    """Return the screen px per column and per row at a place, in plane mm, of a view."""
    (dx, dy), scale = shown.pixel_size_mm(shown.pixel_at(*place)[1]), 1.0 / port.mm_per_px()
    return scale * dx, scale * dy


def modifiers_of(modifiers: Qt.KeyboardModifier) -> frozenset[str]:
    """Return the held keys in the tools' words."""
    names = {
        "shift": Qt.KeyboardModifier.ShiftModifier,
        "ctrl": Qt.KeyboardModifier.ControlModifier,
        "alt": Qt.KeyboardModifier.AltModifier,
    }
    return frozenset(name for name, key in names.items() if modifiers & key)
