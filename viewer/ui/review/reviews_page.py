"""Reviews side by side: what each reviewer says of the same labels, and where they differ."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from viewer.model.annotation import AnnotationId
from viewer.model.counted import counted
from viewer.review.reviews import Agreement, agreement_of
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.reviewed import Sides, differing_worklist, sides_of
from viewer.session.session import Session
from viewer.session.showing import go_to_judged
from viewer.ui.review.compared_model import BEFORE, ComparedModel, Shown
from viewer.ui.review.review_files import ReviewFiles
from viewer.ui.widgets.chips import Elided, button, quiet, row_of, titled
from viewer.ui.widgets.segments import Segments

FILTERS: tuple[tuple[Shown, str, str], ...] = (
    ("all", "All", "All that was judged."),
    ("differ", "Differ", "Where reviewers said different things."),
    ("agree", "Agree", "Where all said the same."),
    ("one", "One reviewer", "What only one reviewer judged."),
)
NOTHING = "Nothing is judged yet, and no review file is open. Drop a NAME.review.json here."
JOB = "agreement"
ROW_PX = 30
LOOKED_AT = 50  # rows, for the widths of columns


class ReviewsPage(QWidget):
    """A page in the centre; activating a row shows its label in the views.

    Args:
        opened: takes the paths of review files that a person chose.
    """

    left = Signal()

    def __init__(self, session: Session, jobs: Jobs, opened: Callable[[list[str]], None]) -> None:
        super().__init__()
        self.files = ReviewFiles(session, jobs, self, opened)
        self._session = session
        self._jobs = jobs
        self._shown: Shown = "all"
        self._found = Agreement((), ())
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.back = button("Back to the images", "quiet", "arrow-left")
        self.add = button("Open review...", "", "folder-open")
        self.csv = button("Save as CSV...", "", "floppy-disk")
        self.judge = button("Review those that differ", "primary", "check-square", "on-accent")
        self.counts = Elided()
        self.counts.setProperty("kind", "quiet")
        self.said = quiet()
        self.said.setWordWrap(True)
        self.model = ComparedModel(session, self)
        self.table = _table(self.model)
        self.filters = Segments(FILTERS, "Which labels")
        self._build()
        self.filters.picked.connect(self._filter)
        self.back.clicked.connect(self.left)
        self.add.clicked.connect(self.files.open)
        self.csv.clicked.connect(self.files.save_csv)
        self.judge.clicked.connect(self._judge)
        self.table.activated.connect(self._go_to)
        session.project_changed.connect(self.refresh)
        session.reviews_changed.connect(self.refresh)

    def _build(self) -> None:
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 20, 24, 16)
        page.setSpacing(12)
        page.addLayout(row_of(titled("Reviews side by side", "page"), 1, self.back, spacing=12))
        counted_row = row_of(self.counts, self.add, self.csv, spacing=12)
        counted_row.setStretch(0, 1)
        page.addLayout(counted_row)
        page.addLayout(row_of(self.filters, 1, self.judge, spacing=12))
        page.addWidget(self.table, 1)
        page.addWidget(self.said)

    def refresh(self) -> None:
        """Compare again what is said, in a job; nothing while the page is not seen."""
        if self.isVisible():
            project = self._session.project
            sides = sides_of(project, self._session.author, self._session.reviews)

            def compared(_control: JobControl) -> Agreement:
                return agreement_of(project, sides)

            self._jobs.newest(JOB, compared, Answers(done=partial(self._show, sides)))

    def showEvent(self, event: QShowEvent) -> None:
        """Compare what was said meanwhile."""
        super().showEvent(event)
        self.refresh()

    def _show(self, sides: Sides, found: Agreement) -> None:
        self._found = found
        differ = found.both - found.agreed
        words = [f"{name} {len(said):,}" for name, said in sides]
        if len(sides) > 1:
            both = counted(found.both, "label", "labels")
            words.append(f"{both} judged by several: {found.agreed:,} alike, {differ:,} differ")
        self.counts.setText(" · ".join(words) or NOTHING)
        self.judge.setEnabled(differ > 0)
        self.csv.setEnabled(bool(found.rows))
        issues = dict.fromkeys(
            issue.sentence for review in self._session.reviews for issue in review.issues
        )
        self.said.setText("\n".join(issues))
        self.said.setVisible(bool(issues))
        self._fill()

    def _fill(self) -> None:
        self.model.show_agreement(self._found, self._shown)
        header = self.table.horizontalHeader()
        reviewers = range(len(BEFORE), self.model.columnCount() - 1)
        for column in range(self.model.columnCount()):
            is_wide = column in reviewers
            modes = QHeaderView.ResizeMode
            header.setSectionResizeMode(
                column, modes.Stretch if is_wide else modes.ResizeToContents
            )

    def _filter(self, shown: Shown) -> None:
        self._shown = shown
        self._fill()

    def _go_to(self, index: QModelIndex) -> None:
        target = self.model.target_at(index.row())
        if target is not None:
            self.left.emit()
            self._session.select([target] if isinstance(target, AnnotationId) else ())
            go_to_judged(self._session, target)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the images."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _judge(self) -> None:
        """Make a worklist of those that differ, and review them."""
        worklist = differing_worklist(self._session)
        self.left.emit()
        self._session.work.take(worklist, worklist[0])
        self._session.set_mode("review")


def _table(model: ComparedModel) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setAccessibleName("Labels and what each reviewer says")
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(ROW_PX)
    table.horizontalHeader().setResizeContentsPrecision(LOOKED_AT)
    table.horizontalHeader().setDefaultAlignment(
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    )
    return table
