"""Measuring by hand in View and Review: events to tools, what they answer to the session."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, Signal

from viewer.geometry.measure import Bounds
from viewer.paint.measured import MeasuredMark
from viewer.paint.stage import stage_of
from viewer.review.measured import MeasureKind, Measurement, Spot
from viewer.review.measured_words import lines_of as words_of
from viewer.session.jobs import Jobs
from viewer.session.session import Session
from viewer.tools.measure import (
    NEW,
    NOTHING,
    WORDS,
    Ground,
    MeasureAnswer,
    MeasureTool,
    grip_at,
    handles_of,
    lines_of,
)
from viewer.tools.pointer import Cursor, EventKind, PointerEvent
from viewer.ui.view.numbers import Numbers
from viewer.ui.view.port import ViewPort

NO_ANSWER = MeasureAnswer(consumed=False, cursor="arrow")
IN_NO_EXPORT = "It is no label, and in no export."
REFUSING = MeasureAnswer(consumed=False, cursor="forbidden")
REFUSED = "Nothing is measured on oblique planes and slabs."
WAY_OUT = "Shift+Y straightens the planes, \\ takes slabs to thin planes."


class Measuring(QObject):
    """What the left button measures, in all views of a window.

    Args:
        jobs: work out values off the main thread; without it at once.
    """

    changed = Signal()  # the views are to be painted anew
    taken = Signal()  # another tool

    def __init__(
        self, session: Session, jobs: Jobs | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._tool = MeasureTool()
        self._answer = NO_ANSWER
        self._spot: Spot | None = None  # that keys are about: pointed at last
        self._pointed: tuple[int, tuple[float, float]] | None = None
        self.numbers = Numbers(session, jobs, self)
        self.numbers.changed.connect(self.changed)
        session.measurements.changed.connect(self.changed.emit)

    @property
    def kind(self) -> MeasureKind | None:
        """What is measured by a drag; None while another tool is in hand."""
        return self._tool.kind

    @property
    def is_in_hand(self) -> bool:
        """The left button measures, and undo is about measurements."""
        return self.kind is not None and self._is_allowed

    @property
    def is_busy(self) -> bool:
        """Something is drawn or dragged."""
        return self._is_allowed and self._tool.is_busy

    @property
    def _is_allowed(self) -> bool:
        """Labels are drawn with the same button in Edit."""
        return self._session.mode != "edit"

    def take(self, kind: MeasureKind | None) -> None:
        """Take a measuring tool, or put it away; what was drawn is given up."""
        self._tool, self._answer = MeasureTool(kind), NO_ANSWER
        self.numbers.forget(NEW)
        if kind is not None:
            self._session.say(f"{WORDS[kind]} {IN_NO_EXPORT}")
        self.taken.emit()

    def cancel(self) -> None:
        """Give up what is drawn or dragged."""
        self._tool, self._answer = MeasureTool(self.kind), NO_ANSWER
        self.numbers.forget(NEW)

    def takes(self, port: ViewPort, at: QPointF) -> bool:
        """Whether the left button belongs to measuring at a place of a view."""
        if not self._is_allowed or not port.is_exact:
            return False
        if self.kind is not None or self._tool.is_busy:
            return True
        event, ground = self._event("move", port, at, 0.0), self._ground(port)
        return event is not None and ground is not None and grip_at(ground, event) is not None

    def point(self, kind: EventKind, port: ViewPort, at: QPointF, moved_px: float) -> bool:
        """Hand a pointer event to the tool; False when it has no use for it."""
        event, ground = self._event(kind, port, at, moved_px), self._ground(port)
        if event is None or ground is None:
            if kind == "press":
                self._session.say(f"{REFUSED} {WAY_OUT}")
            self._answer = REFUSING
            return False
        self._spot = ground.spot
        answer = self._tool.handle(event, ground)
        self._take_answer(answer)
        return answer.consumed

    def leave(self) -> None:
        """Take nothing as pointed at any more; what is drawn stays."""
        if not self._tool.is_busy:
            self._answer = NO_ANSWER

    def key(self, name: str) -> bool:
        """Hand a key to the tool; False when it has no use for it."""
        ground = self._ground_of_keys()
        if not self._is_allowed or ground is None:
            return False
        answer = self._tool.key(name, ground)
        if answer.consumed:
            self._take_answer(answer)
        return answer.consumed

    def undo(self) -> None:
        """Take the last change of measurements back; while one is drawn, only that."""
        if self.is_busy:
            self.cancel()
            self.changed.emit()
        elif self._session.measurements.can_undo:
            self._session.measurements.undo()
        else:
            self._session.say("No measurement was changed. W takes the window tool again.")

    def redo(self) -> None:
        """Make a change of measurements again."""
        self._session.measurements.redo()

    def point_on(self, number: int, place: tuple[float, float] | None) -> None:
        """Mark a place of plane mm on a measurement, such as under a plot's pointer; or none."""
        pointed = None if place is None else (number, place)
        if pointed != self._pointed:
            self._pointed = pointed
            self.changed.emit()

    @property
    def cursor(self) -> Cursor:
        """The pointer's shape where the left button measures."""
        return self._answer.cursor

    def marks(self, port: ViewPort) -> tuple[MeasuredMark, ...]:
        """Return what a view draws of the measurements on its slice."""
        ground = self._ground(port)
        if ground is None or not port.is_exact:
            return ()
        shown = {one.number: one for one in ground.measurements}
        draft = self._answer.shown
        if draft is not None and draft.spot == ground.spot and self._is_allowed:
            shown[draft.number] = draft
        return tuple(self._mark(one, ground) for one in shown.values())

    def _mark(self, one: Measurement, ground: Ground) -> MeasuredMark:
        is_chosen = one.number in (ground.selected, NEW)
        points, is_closed = lines_of(one)
        pointed = self._pointed
        return MeasuredMark(
            one.kind,
            points,
            is_closed,
            words_of(self.numbers.sizes(one), self.numbers.values(one)),
            handles_of(one) if is_chosen and self._is_allowed else None,
            self._answer.live if one.number == ground.selected else None,
            pointed[1] if pointed is not None and pointed[0] == one.number else None,
        )

    def _take_answer(self, answer: MeasureAnswer) -> None:
        measurements, shown = self._session.measurements, answer.shown
        if answer.delete is not None:
            measurements.delete(answer.delete)
        if answer.select is not None:
            measurements.select(None if answer.select == NOTHING else answer.select)
        if answer.is_done and shown is not None:
            answer = replace(answer, shown=None)
            self._answer = answer
            if shown.number == NEW:
                self.numbers.forget(NEW)
                measurements.add(shown.kind, shown.spot, shown.points)
            else:
                measurements.change(shown.number, shown.points)
        self._answer = answer
        if answer.hint:
            self._session.say(answer.hint)

    def _event(
        self, kind: EventKind, port: ViewPort, at: QPointF, moved_px: float
    ) -> PointerEvent | None:
        place = port.plane_at(at.x(), at.y())
        if place is None:
            return None
        scale = 1.0 / port.mm_per_px()
        return PointerEvent(kind, *place, px_per_unit=(scale, scale), moved_px=moved_px)

    def _ground(self, port: ViewPort) -> Ground | None:
        stage = stage_of(self._session, port.pane)
        axis = None if stage is None else stage.section.own_axis
        if stage is None or axis is None or stage.slab is not None:
            return None  # values of oblique planes and slabs belong to no slice
        return self._ground_at((stage.section.media, axis, stage.index), stage.bounds)

    def _ground_at(self, spot: Spot, bounds: Bounds) -> Ground:
        measurements = self._session.measurements
        return Ground(spot, measurements.on(spot), measurements.selected, bounds)

    def _ground_of_keys(self) -> Ground | None:
        """Where the selected one is, or what was pointed at last."""
        measurements = self._session.measurements
        chosen = measurements.by_number.get(measurements.selected or NEW)
        spot = self._spot if self._tool.is_busy or chosen is None else chosen.spot
        return None if spot is None else self._ground_at(spot, (0.0, 0.0, 0.0, 0.0))
