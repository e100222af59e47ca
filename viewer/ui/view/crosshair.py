"""The crosshair under the pointer: which part of it is there, and what dragging that part does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QCursor, QPainter, QPixmap

from viewer.geometry.oblique import AnyPlane
from viewer.geometry.views import PlaneName
from viewer.session.session import Session
from viewer.session.turning import swung
from viewer.session.viewing import Voxel
from viewer.ui.widgets.icons import paint_icon

CrosshairPart = Literal["across", "down", "both", "turn"]
Place = tuple[float, float]

CROSSHAIR_PX = 8.0
TURN_SHARE = 0.4  # of the shorter side of a view: farther from its middle a line is turned
GRIP_BEYOND_PX = 10.0  # rings stand where lines are turned, a little farther out
TURN_ICON, TURN_ICON_PX = "arrows-clockwise", 22
STRAIGHT_WAYS: tuple[Place, Place] = ((0.0, 1.0), (1.0, 0.0))


class _Surface(Protocol):
    """What dragging the crosshair needs of a view; places are logical px of the widget."""

    @property
    def session(self) -> Session: ...
    @property
    def plane(self) -> PlaneName: ...

    def crosshair(self) -> Lines | None: ...
    def set_crosshair(self, voxel: Voxel) -> None: ...
    def voxel_at(self, x: float, y: float) -> Voxel | None: ...
    def angle_at(self, x: float, y: float) -> float | None: ...
    def planes(self) -> Mapping[PlaneName, AnyPlane] | None: ...


@dataclass(frozen=True)
class Lines:
    """The crosshair on the screen, in logical px.

    Args:
        centre: where its lines meet.
        ways: unit directions of the line that runs rather down, and of the one across.
        turns_from: how far from the centre its lines are turned; None where they cannot be.
    """

    centre: Place
    ways: tuple[Place, Place] = STRAIGHT_WAYS
    turns_from: float | None = None


@cache
def turn_cursor() -> QCursor:
    """Return the pointer's shape over what turns: white arrows in a round, on black."""
    picture = QPixmap(TURN_ICON_PX + 2, TURN_ICON_PX + 2)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        for token, places in (
            ("halo", ((0, 0), (0, 2), (2, 0), (2, 2))),
            ("image-text", ((1, 1),)),
        ):
            for x, y in places:
                place = QRectF(x, y, TURN_ICON_PX, TURN_ICON_PX)
                paint_icon(painter, place, TURN_ICON, token)
    return QCursor(picture)


def crosshair_part(lines: Lines | None, at: QPointF) -> CrosshairPart | None:
    """Return what of the crosshair lies under the pointer, within 8 px; None beside it.

    "across" is the line that runs across, which moves up and down; near the centre it is "both",
    near an end "turn".
    """
    if lines is None:
        return None
    x, y = at.x() - lines.centre[0], at.y() - lines.centre[1]
    near = [abs(x * dy - y * dx) <= CROSSHAIR_PX for dx, dy in lines.ways]
    if all(near):
        return "both"
    if not any(near):
        return None
    if lines.turns_from is not None and np.hypot(x, y) >= lines.turns_from:
        return "turn"
    return "down" if near[0] else "across"


@dataclass
class CrosshairDrag:
    """One line, or both, follow the pointer through all views."""

    surface: _Surface
    part: CrosshairPart

    def move(self, at: QPointF) -> None:
        """Bring the crosshair under the pointer; a line keeps the other line's place."""
        held = self.surface.crosshair()
        if held is None:
            return
        x, y = at.x(), at.y()
        if self.part != "both":
            dx, dy = held.ways[0 if self.part == "down" else 1]
            aside = (x - held.centre[0]) * dy - (y - held.centre[1]) * dx
            x, y = held.centre[0] + aside * dy, held.centre[1] - aside * dx
        voxel = self.surface.voxel_at(x, y)
        if voxel is not None:
            self.surface.set_crosshair(voxel)


@dataclass
class TurnDrag:
    """The crosshair turns with the pointer, and the other planes with it."""

    surface: _Surface
    start: QPointF
    _begun: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._begun = self.surface.angle_at(self.start.x(), self.start.y())
        self._planes = self.surface.planes()

    def move(self, at: QPointF) -> None:
        """Turn by the way round since the start; all planes are reckoned from there."""
        angle = self.surface.angle_at(at.x(), at.y())
        if angle is None or self._begun is None or self._planes is None:
            return
        viewing = self.surface.session.viewing
        turned = swung(self._planes, self.surface.plane, viewing.crosshair, angle - self._begun)
        viewing.take_turned(turned)
