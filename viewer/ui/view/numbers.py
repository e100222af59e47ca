"""The numbers of what is measured: sizes at once, values in a job; kept until it changes."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from viewer.review.measured import Measurement, Sizes, Values, sizes_of, values_of
from viewer.review.sheets import Sheet, sheet_of
from viewer.session.jobs import Answers, Jobs
from viewer.session.session import Session

UNVALUED = ("length", "angle")


class Numbers(QObject):
    """Answers at once with what is known, and tells when more is.

    Args:
        jobs: without it values are worked out at once.
    """

    changed = Signal(int)  # number of the measurement whose values are known now

    def __init__(self, session: Session, jobs: Jobs | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._known: dict[int, tuple[Measurement, Values]] = {}  # by number
        self._asked: dict[int, Measurement] = {}
        session.media_changed.connect(self._forget)

    def sizes(self, measurement: Measurement) -> Sizes:
        """Return how large what was measured is."""
        return sizes_of(measurement, self._session.media[measurement.spot[0]])

    def values(self, measurement: Measurement) -> Values | None:
        """Return the values, those from just before while it is dragged; None until known."""
        known = self._known.get(measurement.number)
        if measurement.kind in UNVALUED:
            return None
        if known is None or known[0] is not measurement:
            self._ask(measurement)
            known = self._known.get(measurement.number)
        return None if known is None else known[1]

    def forget(self, number: int) -> None:
        """Know nothing of a number, which the next one that is drawn has again."""
        self._known.pop(number, None)
        self._asked.pop(number, None)

    def why_none(self, measurement: Measurement) -> str:
        """Return why there are no values, "" where they are known or being worked out."""
        if measurement.number in self._known or measurement.kind in UNVALUED:
            return ""
        found = self._sheet(measurement)
        return found if isinstance(found, str) else ""

    def _sheet(self, measurement: Measurement) -> Sheet | str:
        media, axis, index = measurement.spot
        return sheet_of(self._session.media[media], axis, index)

    def _ask(self, measurement: Measurement) -> None:
        number = measurement.number
        if self._asked.get(number) is measurement:
            return
        sheet = self._sheet(measurement)
        if isinstance(sheet, str):
            return
        self._asked[number] = measurement
        if self._jobs is None:
            self._take(measurement, values_of(measurement, sheet))
            return
        answers = Answers[Values](done=partial(self._take, measurement))
        work = partial(values_of, measurement, sheet)
        self._jobs.newest(f"values of measurement {number}", lambda _control: work(), answers)

    def _take(self, measurement: Measurement, values: Values) -> None:
        if self._asked.get(measurement.number) is not measurement:
            return  # another one has its number now
        self._known[measurement.number] = (measurement, values)
        self.changed.emit(measurement.number)

    def _forget(self) -> None:
        kept = set(self._session.measurements.by_number)
        self._known = {number: one for number, one in self._known.items() if number in kept}
        self._asked.clear()
