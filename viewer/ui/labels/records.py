"""What takes its time because every record is looked at: answers, probabilities, copies."""

from __future__ import annotations

import atexit
from functools import partial

from PySide6.QtCore import QByteArray, QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from shiboken6 import isValid

from viewer.model.project import Project
from viewer.review.label_table import Cells, LabelRows
from viewer.review.recorded import answers_of, are_answers_known, probabilities_of
from viewer.review.track_columns import TrackColumns
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.session import Session
from viewer.ui.labels.csv_rows import csv_parts

MANY_ROWS = 2_000  # so many are written in a job


class Records(QObject):
    """Reads and copies in jobs; at once where there are none."""

    known = Signal()  # more was read of the records

    def __init__(self, session: Session, jobs: Jobs | None, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs

    def questions(self) -> tuple[str, ...]:
        """Return what records answer, as far as they were read."""
        bases = self._session.project.annotations.bases.values()
        known = (answers_of(base).by_question for base in bases if are_answers_known(base))
        return tuple(dict.fromkeys(question for one in known for question in one))

    def read_probabilities(self) -> None:
        """Read how sure models were."""
        work = partial(_probabilities_read, self._session.project)
        if self._jobs is None:
            work(JobControl())
            self.known.emit()
            return
        self._jobs.newest("probabilities", work, Answers(self._on_read, self._on_failed))

    def read_answers(self) -> None:
        """Read what all records answer, so that filter and colours can go by it."""
        work = partial(_answers_read, self._session.project)
        if self._jobs is None:
            work(JobControl())
            self.known.emit()
            return
        self._jobs.newest("answers", work, Answers(self._on_answers, self._on_failed, self.tell))

    def copy(self, rows: LabelRows, numbers: Cells, tracks: TrackColumns | None) -> None:
        """Copy rows as CSV with a head; given what is counted of tracks that too."""
        work = partial(_written, self._session.project, rows, numbers, tracks)
        if self._jobs is None or len(numbers) <= MANY_ROWS:
            _put(work(JobControl()))
            return
        self._session.say(f"Copying {len(numbers):,} rows ...")
        self._jobs.newest("copy rows", work, Answers(self._on_copied, self._on_failed))

    def tell(self, done: int, total: int) -> None:
        """Say how many records were read."""
        self._session.say(f"Reading records: {done:,} of {total:,}")

    def _on_read(self, _answer: None) -> None:
        self.known.emit()

    def _on_answers(self, _answer: None) -> None:
        self._session.say("All answers are read.")
        self.known.emit()

    def _on_copied(self, text: QByteArray) -> None:
        _put(text)
        self._session.say("The rows are copied.")

    def _on_failed(self, error: Exception) -> None:
        self._session.say(str(error))


def _probabilities_read(project: Project, control: JobControl) -> None:
    for base in project.annotations.bases.values():
        probabilities_of(base, control.check)


def _answers_read(project: Project, control: JobControl) -> None:
    for base in project.annotations.bases.values():
        answers_of(base, control.check, control.progress)


def _written(
    project: Project,
    rows: LabelRows,
    numbers: Cells,
    tracks: TrackColumns | None,
    control: JobControl,
) -> QByteArray:
    text = bytearray()
    for part in csv_parts(project, rows, numbers, control.check, tracks):
        text += part.encode("utf-8", "replace")
    return QByteArray(text)


def _put(text: QByteArray) -> None:
    """Put UTF-8 text on the clipboard: as bytes, so that nothing of it is copied or converted."""
    held = QMimeData()
    held.setData("text/plain", text)
    QGuiApplication.clipboard().setMimeData(held)
    atexit.unregister(_leave)  # of what stood there before
    atexit.register(_leave, held)


def _leave(held: QMimeData) -> None:
    """Have the clipboard hold what is there in its own way: it may outlive Python."""
    if isValid(held):  # still what was put there
        QGuiApplication.clipboard().setText(held.text())
