"""What helps to judge a label: its sizes, and who else drew it; compared in a job."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from viewer.model.annotation import AnnotationId
from viewer.review.overlaps import Overlap, overlaps_of
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.session import Session
from viewer.ui.labels.facts import Rows, geometry_rows, subject_of
from viewer.ui.widgets.chips import Elided, quiet

KEYS = ("Area", "Size", "Volume", "Length", "Perimeter", "Note")
MOST_ROWS = 7
MOST_OTHERS = 3
KEY_PX = 72


class Evidence(QWidget):
    """Rows of a key and a value; those who drew the same come when they are compared."""

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._id: AnnotationId | None = None
        self._others: tuple[Overlap, ...] | None = None
        self._rows: list[tuple[QLabel, Elided]] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, KEY_PX)
        grid.setColumnStretch(1, 1)
        for number in range(MOST_ROWS):
            key, value = quiet(), Elided()
            grid.addWidget(key, number, 0)
            grid.addWidget(value, number, 1)
            self._rows.append((key, value))

    @property
    def words(self) -> Rows:
        """What is shown, as keys and values."""
        return tuple((key.text(), value.text()) for key, value in self._rows if key.text())

    def show_rows(self, rows: Rows) -> None:
        """Show what is said of a study as a whole."""
        self._id, self._others = None, None
        self._jobs.cancel("overlaps")
        self._fill(rows)

    def show_label(self, id: AnnotationId | None) -> None:
        """Show the sizes of a label, and have it compared with the others of its name."""
        self._id, self._others = id, None
        self._show()
        if id is None:
            self._jobs.cancel("overlaps")
            return
        project, matches = self._session.project, self._session.matches

        def work(control: JobControl) -> tuple[Overlap, ...]:
            return overlaps_of(project, matches, id, control.check)

        bound = matches.tellings.bound(work)
        self._jobs.newest("overlaps", bound, Answers[tuple[Overlap, ...]](done=self._take))

    def _take(self, found: tuple[Overlap, ...]) -> None:
        self._others = found
        self._show()

    def _show(self) -> None:
        rows: list[tuple[str, str]] = []
        if self._id is not None and self._id in self._session.project.annotations:
            facts = geometry_rows(subject_of(self._session, self._id))
            rows = [(key, value) for key, value in facts if key in KEYS]
            rows += other_rows(self._others)
        self._fill(rows)

    def _fill(self, rows: Sequence[tuple[str, str]]) -> None:
        for number, (key, value) in enumerate(self._rows):
            words = rows[number] if number < len(rows) else ("", "")
            key.setText(words[0])
            value.setText(words[1])
            key.setVisible(bool(words[0]))
            value.setVisible(bool(words[0]))


def other_rows(others: Sequence[Overlap] | None) -> list[tuple[str, str]]:
    """Return who else drew a label, and how alike it is; None while it is not known."""
    if others is None:
        return [("Also by", "...")]
    told = [
        (
            "Model" if one.is_predicted else "Also by",
            f"{one.author or 'no author'} · IoU {one.iou:.2f}",
        )
        for one in others[:MOST_OTHERS]
    ]
    return told or [("Also by", "nobody here")]
