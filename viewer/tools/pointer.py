"""What a tool is told and what it answers: plain values, no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.measure import bounds
from viewer.geometry.shapes import Shape
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.session.commands import Command, Stamp
from viewer.session.making import Target

EventKind = Literal["press", "move", "release", "double", "leave"]
Cursor = Literal["arrow", "cross", "move", "grab", "forbidden", "add", "remove"]
Scale = tuple[float, float]  # logical screen px per column and per row
STILL_PX = 4.0  # screen px; a press that moves less is a click


@dataclass(frozen=True)
class PointerEvent:
    """What the pointer did over a slice.

    Args:
        kind: "move" also while no button is down; "double" follows the first click's release.
        x, y: pixel space of the acquired slice; may lie outside the image.
        button: "left", or "" while none is down.
        modifiers: of "shift", "ctrl", "alt".
        px_per_unit: logical screen px per column and per row, for hit distances.
        moved_px: largest distance from the press in screen px, 0 without one.
    """

    kind: EventKind
    x: float
    y: float
    button: str = ""
    modifiers: frozenset[str] = frozenset()
    px_per_unit: Scale = (1.0, 1.0)
    moved_px: float = 0.0


@dataclass(frozen=True, eq=False)
class Item:
    """One placement on the slice.

    Args:
        locked: why it cannot be edited; "" when it can.
    """

    id: AnnotationId
    placement: int
    shape: Shape
    locked: str = ""


@dataclass(frozen=True, eq=False)
class Scene:
    """One slice as a tool sees it.

    Args:
        items: what is drawn on the slice, in drawing order.
        size: width and height of the image in pixels.
        target: where and with which class a new annotation would be made; None without a class.
        stamp: makes the stamp of a command; the only clock.
        spacing_mm: between columns and between rows; None where uncalibrated.
    """

    project: Project
    items: tuple[Item, ...]
    selection: frozenset[AnnotationId]
    size: tuple[int, int]
    stamp: Callable[[], Stamp]
    target: Target | None = None
    spacing_mm: tuple[float, float] | None = None

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """(items, 4) x0, y0, x1, y1 around each item."""
        return np.array([bounds(item.shape) for item in self.items]).reshape(-1, 4)

    @cached_property
    def lone(self) -> Item | None:
        """The item of the selection when there is exactly one on this slice; it has handles."""
        chosen = [item for item in self.items if item.id in self.selection]
        return chosen[0] if len(chosen) == 1 else None

    def size_words(self, width: float, height: float) -> str:
        """Return a size given in pixels in words: mm first where the slice is calibrated."""
        pixels = f"{width:.1f} \u00d7 {height:.1f} px"
        if self.spacing_mm is None:
            return pixels
        dx, dy = self.spacing_mm
        return f"{width * dx:.1f} \u00d7 {height * dy:.1f} mm ({pixels})"

    def item(self, id: AnnotationId, placement: int) -> Item | None:
        """Return the item of one placement, None when it is not on the slice."""
        found = (item for item in self.items if (item.id, item.placement) == (id, placement))
        return next(found, None)


@dataclass(frozen=True, eq=False)
class Answer:
    """What a tool wants after an event; the view shows it, the session does it.

    Args:
        preview: shape to draw meanwhile, in pixel space; an open line while a ring is drawn.
        replaces: the placement that the preview stands for; it is drawn as "where it was".
        command: to be done.
        select: to be selected; None leaves the selection.
        hint: one sentence for the status bar, "" for none.
        consumed: the event is used up; else the view may do its own with it.
        live: number of the handle that is hovered or dragged, in the order of `handles_of`,
            or ROTATION.
    """

    preview: Shape | None = None
    replaces: tuple[AnnotationId, int] | None = None
    command: Command | None = None
    select: frozenset[AnnotationId] | None = None
    cursor: Cursor = "arrow"
    hint: str = ""
    consumed: bool = True
    live: int | None = None


class Tool(Protocol):
    """A small state machine from pointer events to a preview or a Command."""

    @property
    def name(self) -> str:
        """Short fixed word, such as "select"; the key of actions and icons."""
        ...

    @property
    def is_busy(self) -> bool:
        """Something is being dragged or drawn."""
        ...

    def handle(self, event: PointerEvent, scene: Scene) -> Answer:
        """Take a pointer event."""
        ...

    def key(self, name: str, scene: Scene, modifiers: frozenset[str] = frozenset()) -> Answer:
        """Take a key: "escape", "enter", "backspace", "delete", "left", "right", "up", "down"."""
        ...
