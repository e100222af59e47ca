"""Measuring: new lengths, angles, regions, probes and profiles, and the handles of those there are.

Everything is in plane mm; nothing snaps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from viewer.geometry.measure import Bounds, outline
from viewer.geometry.shapes import Points
from viewer.render.pointing import EDGE_PX, POINT_PX, distances_px
from viewer.review.measured import AREAS, COUNTS, MeasureKind, Measurement, Spot
from viewer.tools.hits import VERTEX_PX
from viewer.tools.pointer import STILL_PX, Cursor, PointerEvent

FREEHAND_PX = 3.0  # screen px between the vertices of a region that is drawn freely
LEAST_PX = 2.0  # screen px; what is smaller measures nothing
NEW = 0  # number of what is being drawn
NOTHING = -1  # to be selected
WORDS: dict[MeasureKind, str] = {
    "length": "Drag from one end to the other, or click both.",
    "angle": "Click one end, the place where the ways meet, and the other end.",
    "ellipse": "Drag the box around the ellipse, or click two opposite corners.",
    "rectangle": "Drag from corner to corner, or click both.",
    "region": "Draw freehand, or click the vertices; Enter or a double click closes.",
    "probe": "Click the place.",
    "profile": "Drag from one end to the other, or click both.",
}
GIVEN_UP = "The measuring was given up."
Place = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Ground:
    """One slice of a plane, or one frame, as a measuring tool sees it.

    Args:
        spot: which one.
        measurements: on it, in the order of measuring.
        selected: number of the one that is selected, here or elsewhere.
        bounds: of the picture, plane mm.
    """

    spot: Spot
    measurements: tuple[Measurement, ...]
    selected: int | None
    bounds: Bounds


@dataclass(frozen=True, eq=False)
class MeasureAnswer:
    """What a measuring tool wants after an event.

    Args:
        shown: drawn meanwhile, in place of the one with its number; NEW is one more.
        is_done: `shown` is to be kept.
        select: number of what is to be selected, NOTHING for none; None leaves it.
        delete: number of what is to go.
        live: the handle of `shown`, or of the selected one, that is hovered or dragged.
    """

    shown: Measurement | None = None
    is_done: bool = False
    select: int | None = None
    delete: int | None = None
    cursor: Cursor = "cross"
    hint: str = ""
    consumed: bool = True
    live: int | None = None


@dataclass(frozen=True)
class Grip:
    """Where a measurement can be taken: a handle, or all of it."""

    number: int
    handle: int | None


@dataclass(frozen=True, eq=False)
class _Drag:
    before: Measurement
    handle: int | None
    at: Place
    now: Measurement
    has_moved: bool = False


class MeasureTool:
    """Takes what is there by its handles and lines; else it draws one of its kind.

    Args:
        kind: None only takes what is there.
    """

    def __init__(self, kind: MeasureKind | None = None) -> None:
        self.kind: MeasureKind | None = kind
        self._places: list[Place] = []
        self._spot: Spot | None = None
        self._is_down = self._is_free = False
        self._drag: _Drag | None = None

    @property
    def is_busy(self) -> bool:
        """Something is drawn or dragged."""
        return bool(self._places) or (self._drag is not None and self._drag.has_moved)

    def handle(self, event: PointerEvent, ground: Ground) -> MeasureAnswer:
        """Take a pointer event in plane mm."""
        if self._spot != ground.spot:
            self._give_up()
            self._spot = ground.spot
        if self._drag is not None:
            return self._dragged(event, self._drag, ground)
        if self._places:
            return self._drawn(event, ground)
        return self._begun(event, ground)

    def key(self, name: str, ground: Ground) -> MeasureAnswer:
        """Escape gives up, else selects nothing; Delete takes back the last place, else all."""
        here = {one.number for one in ground.measurements}
        chosen = ground.selected if ground.selected in here else None
        match name:
            case "escape" if self._places or self._drag is not None:
                self._give_up()
                return MeasureAnswer(hint=GIVEN_UP)
            case "escape" if chosen is not None:
                return MeasureAnswer(select=NOTHING)
            case "backspace" | "delete" if self._places:
                self._places.pop()
                self._is_down = False
                return self._draft(None, ground)
            case "backspace" | "delete" if chosen is not None:
                self._give_up()
                return MeasureAnswer(delete=chosen)
            case "enter" if self._places and self.kind == "region":
                return self._closed(ground)
            case _:
                return MeasureAnswer(consumed=False)

    def _give_up(self) -> None:
        self._places, self._drag = [], None
        self._is_down = self._is_free = False

    def _begun(self, event: PointerEvent, ground: Ground) -> MeasureAnswer:
        grip = grip_at(ground, event)
        if event.kind == "press" and grip is not None:
            one = next(one for one in ground.measurements if one.number == grip.number)
            self._drag = _Drag(one, grip.handle, (event.x, event.y), one)
            return MeasureAnswer(select=grip.number, cursor="grab", live=grip.handle)
        if event.kind == "press" and self.kind is not None:
            return self._first(event, ground)
        if grip is not None:
            cursor: Cursor = "move" if grip.handle is None else "grab"
            live = grip.handle if grip.number == ground.selected else None
            return MeasureAnswer(cursor=cursor, live=live)
        return MeasureAnswer(consumed=self.kind is not None)

    def _first(self, event: PointerEvent, ground: Ground) -> MeasureAnswer:
        p0, q0, p1, q1 = ground.bounds
        if not (p0 <= event.x <= p1 and q0 <= event.y <= q1):
            return MeasureAnswer(hint="Begin inside the image.")
        self._places = [(event.x, event.y)]
        self._is_down, self._is_free = True, False
        return replace(self._draft(None, ground), select=NOTHING)

    def _drawn(self, event: PointerEvent, ground: Ground) -> MeasureAnswer:
        at = _held(event, ground.bounds)
        if self.kind == "region":
            return self._region(event, at, ground)
        if self.kind == "probe":
            self._places = [at]
            return self._made(ground) if event.kind == "release" else self._draft(None, ground)
        was_down = self._is_down
        self._is_down = was_down and event.kind != "release"
        is_dragged = was_down and event.moved_px >= STILL_PX and len(self._places) == 1
        if event.kind not in ("press", "double") and not (event.kind == "release" and is_dragged):
            return self._draft(at, ground)
        if not self._is_apart(at, event):
            return self._draft(at, ground)
        self._places.append(at)
        is_whole = len(self._places) == COUNTS[self.kind or "length"]
        return self._made(ground) if is_whole else self._draft(None, ground)

    def _region(self, event: PointerEvent, at: Place, ground: Ground) -> MeasureAnswer:
        match event.kind:
            case "press":
                self._is_down, self._is_free = True, False
                self._places.append(at)
            case "move" if self._is_down:
                self._is_free = self._is_free or event.moved_px >= STILL_PX
                if self._is_free and self._is_apart(at, event, FREEHAND_PX):
                    self._places.append(at)
            case "release":
                self._is_down = False
                return self._closed(ground) if self._is_free else self._draft(None, ground)
            case "double":
                return self._closed(ground)
            case _:
                pass
        return self._draft(at, ground)

    def _closed(self, ground: Ground) -> MeasureAnswer:
        places = np.unique(np.array(self._places), axis=0)
        if len(places) < COUNTS["region"]:
            self._give_up()
            return MeasureAnswer(hint="A region needs three vertices: nothing was measured.")
        return self._made(ground)

    def _made(self, ground: Ground) -> MeasureAnswer:
        made = Measurement(NEW, self.kind or "probe", ground.spot, np.array(self._places))
        self._give_up()
        return MeasureAnswer(made, is_done=True)

    def _draft(self, at: Place | None, ground: Ground) -> MeasureAnswer:
        """Answer with what there would be with one place more; an angle begins as a length."""
        kind = self.kind or "probe"
        places = [*self._places, *([] if at is None else [at])]
        if kind in ("angle", "region") and len(places) == 2:
            kind = "length"
        if len(places) < COUNTS[kind]:
            return MeasureAnswer(hint=WORDS[kind])
        return MeasureAnswer(Measurement(NEW, kind, ground.spot, np.array(places)))

    def _is_apart(self, at: Place, event: PointerEvent, least_px: float = LEAST_PX) -> bool:
        way = np.subtract(at, self._places[-1]) * event.px_per_unit
        return float(np.hypot(*way)) >= least_px

    def _dragged(self, event: PointerEvent, drag: _Drag, ground: Ground) -> MeasureAnswer:
        if not any(one is drag.before for one in ground.measurements):  # undo came between
            self._give_up()
            return MeasureAnswer()
        if event.kind == "release":
            self._drag = None
            if not drag.has_moved:
                return MeasureAnswer(cursor="grab")
            return MeasureAnswer(drag.now, is_done=True, cursor="grab", live=drag.handle)
        if drag.has_moved or event.moved_px >= STILL_PX:
            drag = replace(drag, now=_changed(drag, event, ground.bounds), has_moved=True)
            self._drag = drag
            return MeasureAnswer(drag.now, cursor="grab", live=drag.handle)
        return MeasureAnswer(cursor="grab", live=drag.handle)


def grip_at(ground: Ground, event: PointerEvent) -> Grip | None:
    """Return what lies under the pointer: handles before lines, the selected one first."""
    scale, at = np.array(event.px_per_unit), (event.x, event.y)
    order = sorted(ground.measurements, key=lambda one: (one.number != ground.selected, one.number))
    for one in order:
        away = np.hypot(*((handles_of(one) - at) * scale).T)
        if away.min() <= VERTEX_PX:
            return Grip(one.number, int(away.argmin()))
    for one in order:
        reach = POINT_PX if one.kind == "probe" else EDGE_PX
        if distances_px(_segments(one), at, event.px_per_unit).min() <= reach:
            return Grip(one.number, None)
    return None


def handles_of(measurement: Measurement) -> Points:
    """Return (n, 2) where a measurement can be taken: its places; of a box its corners.

    Of an ellipse its ends: the top, then clockwise.
    """
    if measurement.kind not in ("ellipse", "rectangle"):
        return measurement.points
    (x0, y0), (x1, y1) = _corners(measurement)
    if measurement.kind == "rectangle":
        return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return np.array([(x, y0), (x1, y), (x, y1), (x0, y)])


def lines_of(measurement: Measurement) -> tuple[Points, bool]:
    """Return the line that shows a measurement, (n, 2) plane mm, and whether it is closed."""
    if measurement.kind in AREAS:
        return outline(measurement.area)[0]
    return measurement.points, False


# Which coordinate of the corners (x0, y0, x1, y1) each handle moves along x, and along y.
_RECTANGLE = ((0, 1), (2, 1), (2, 3), (0, 3))
_ELLIPSE = ((None, 1), (2, None), (None, 3), (0, None))


def _changed(drag: _Drag, event: PointerEvent, bounds: Bounds) -> Measurement:
    points = drag.before.points
    if drag.handle is None:
        way = np.subtract((event.x, event.y), drag.at)
        least = np.array(bounds[:2]) - points.min(axis=0)
        most = np.array(bounds[2:]) - points.max(axis=0)
        return replace(
            drag.before, points=points + np.clip(way, np.minimum(least, 0), most.clip(0))
        )
    at = _held(event, bounds)
    moved = points.copy()
    if drag.before.kind in ("ellipse", "rectangle"):
        sides = _corners(drag.before).ravel()
        table = _ELLIPSE if drag.before.kind == "ellipse" else _RECTANGLE
        for number, value in zip(table[drag.handle], at, strict=True):
            if number is not None:
                sides[number] = value
        moved = sides.reshape(2, 2)
    else:
        moved[drag.handle] = at
    return replace(drag.before, points=moved)


def _corners(measurement: Measurement) -> Points:
    points = measurement.points
    return np.stack([points.min(axis=0), points.max(axis=0)])


def _segments(measurement: Measurement) -> Points:
    line, closed = lines_of(measurement)
    ends = np.roll(line, -1, axis=0)
    return np.hstack([line, ends]) if closed or len(line) == 1 else np.hstack([line, ends])[:-1]


def _held(event: PointerEvent, bounds: Bounds) -> Place:
    p0, q0, p1, q1 = bounds
    return min(max(event.x, p0), p1), min(max(event.y, q0), q1)
