"""The task list: a row for each study, task or row of the open exports, and the way to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHeaderView, QTreeView, QVBoxLayout, QWidget

from viewer.model.counted import counted
from viewer.model.csv_text import csv_text
from viewer.model.project import Project
from viewer.review.matching import Matches
from viewer.review.task_table import TaskTable, task_table
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.session import Session
from viewer.session.task_list import follow_selection, go_to_task
from viewer.ui.exports.task_model import TaskModel, csv_rows, shown_of
from viewer.ui.widgets.chips import button, quiet, row_of, search_field, titled
from viewer.ui.widgets.segments import Segments

FILTERS = (
    ("all", "All", "All tasks."),
    ("labelled", "With labels", "Tasks that hold labels."),
    ("open", "Open", "Tasks with labels that were not judged."),
    ("unplaced", "Not placed", "Tasks with labels that are on no open picture."),
    ("issues", "Problems", "Tasks about which reading found something odd."),
)
SETTLE_MS = 300  # after an edit, before tasks are counted anew
WIDTHS = {
    **{"#": 52, "Task": 200, "Export": 130, "Status": 110, "Whole study": 110},
    **{"Labels": 64, "Not placed": 84},
    **{"Problems": 76, "Accepted": 78, "Rejected": 76, "Needs change": 104},
}
FACT_PX = 140


class TaskPage(QWidget):
    """A page in the centre; Enter or a double click shows the task in the views."""

    left = Signal()

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.count = quiet()
        self.field = search_field("Filter tasks")
        self.filters = Segments(FILTERS, "Which tasks")
        self.copy = button("Copy as CSV", "quiet", "copy")
        self.back = button("Back to the images", "quiet", "arrow-left")
        self.empty = quiet()
        self.model = TaskModel(session, self)
        self.tree = _table(self.model)
        self._settled = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._build()
        self._settled.timeout.connect(self._count)
        self.back.clicked.connect(self.left)
        self.copy.clicked.connect(self._copy)
        self.field.textChanged.connect(self._filter)
        self.filters.picked.connect(self._filter)
        self.tree.activated.connect(self._open)
        session.project_changed.connect(self._project_changed)
        session.tasks.changed.connect(self._show_current)
        session.selection_changed.connect(partial(follow_selection, session))

    def _build(self) -> None:
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 20, 24, 16)
        page.setSpacing(8)
        head = row_of(titled("Tasks", "page"), self.count, 1, self.copy, self.back, spacing=12)
        page.addLayout(head)
        page.addLayout(row_of(self.filters, 1, self.field, spacing=12))
        page.addWidget(self.empty)
        page.addWidget(self.tree, 1)
        self.field.setMinimumWidth(100)
        self.field.setMaximumWidth(280)

    def open(self) -> None:
        """Show the page anew, the task that is looked at chosen."""
        self._count()
        self._refresh()
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """Count what changed while the page was not seen."""
        super().showEvent(event)
        self._count()

    def _project_changed(self) -> None:
        """Count tasks anew: at once where other files are open, else once edits have settled."""
        tasks, exports = self._session.tasks, self._session.project.exports
        known = {key.export for key in tasks.table.keys} if tasks.table is not None else set[str]()
        if not exports or not known <= exports.keys():
            tasks.take(None)
        if self._session.tasks.table is None and exports:
            self._count()
        elif self.isVisible():
            self._settled.start()

    def _count(self) -> None:
        project, matches = self._session.project, self._session.matches

        def counted_anew(table: TaskTable) -> None:
            session = self._session
            if session.project.exports.keys() == project.exports.keys():
                current = session.tasks.current
                session.tasks.take(table)
                if current is not None and current in table.numbers:
                    session.tasks.set_current(table.numbers[current])
                self._refresh()

        work = partial(_counted_tasks, project, matches)
        self._jobs.newest("tasks", work, Answers(counted_anew))

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        before = self.model.columns
        self.model.refresh()
        self._say()
        if self.model.columns != before:
            _set_widths(self.tree, self.model.columns)
            header = self.tree.header()
            header.setSortIndicator(self.model.sorted_column, header.sortIndicatorOrder())
        self._show_current()

    def _say(self) -> None:
        table, listed = self._session.tasks.table, self.model.rowCount()
        total = 0 if table is None else len(table)
        words = counted(total, "task")
        self.count.setText(words if listed == total else f"{listed:,} of {words}")
        self.empty.setText(
            "Counting tasks..."
            if table is None
            else "No open export lists tasks."
            if not total
            else "No task fits the filter."
        )
        self.empty.setVisible(not listed)
        self.tree.setVisible(bool(listed))
        self.copy.setEnabled(bool(listed))

    def _filter(self) -> None:
        self.model.set_filter(shown_of(self.filters.key), self.field.text())
        self._say()
        self._show_current()

    def _show_current(self) -> None:
        place, chosen = self._session.tasks.place, self.tree.currentIndex()
        row = max(chosen.row(), 0) if place is None else place
        if self.isVisible() and row != chosen.row() and row < self.model.rowCount():
            self.tree.setCurrentIndex(self.model.index(row, 0))

    def _open(self, index: QModelIndex) -> None:
        """Show a task in the views; one without pixels says so and stays here."""
        if show_task(self._session, self.model.number_at(index.row())):
            self.left.emit()

    def _copy(self) -> None:
        chosen = sorted(index.row() for index in self.tree.selectionModel().selectedRows())
        rows = chosen if len(chosen) > 1 else range(self.model.rowCount())
        QGuiApplication.clipboard().setText(csv_text(csv_rows(self.model, rows)))
        self._session.say(f"{counted(len(rows), 'task')} copied as CSV.")

    def changeEvent(self, event: QEvent) -> None:
        """Other themes have other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.isVisible():
            self.tree.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the images."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def show_task(session: Session, number: int) -> bool:
    """Show a task in the views and say which it is; False where none of its pictures is open."""
    table = session.tasks.table
    if table is None:
        return False
    is_shown = go_to_task(session, number)
    task, place = table.tasks[number], session.tasks.place
    where = f"Task {(number if place is None else place) + 1:,} of {len(session.tasks.order):,}"
    status = f", {task.status}" if task.status else ""
    lacking = "" if is_shown else ": none of its pictures is open"
    session.say(f"{where}, {' '.join(task.title.split())}{status}{lacking}.")
    return is_shown


def step_task(session: Session, step: int) -> None:
    """Show the next task of the list, or the one before; at the end say so."""
    follow_selection(session)  # it may have been selected before tasks were counted
    number = session.tasks.neighbour(step)
    if number is not None:
        show_task(session, number)
    elif session.tasks.table is None:
        session.say("Tasks are being counted.")
    else:
        session.say("This is the last task." if step > 0 else "This is the first task.")


def _counted_tasks(project: Project, matches: Matches, control: JobControl) -> TaskTable:
    return task_table(project, matches, control.check)


def _table(model: TaskModel) -> QTreeView:
    made = QTreeView()
    made.setModel(model)
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    made.setAllColumnsShowFocus(True)
    made.setAlternatingRowColors(False)
    made.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
    made.setAccessibleName("Tasks of the open exports")
    header = made.header()
    header.setStretchLastSection(True)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    made.setSortingEnabled(True)
    made.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    return made


def _set_widths(tree: QTreeView, columns: Sequence[str]) -> None:
    for column, name in enumerate(columns):
        tree.header().resizeSection(column, WIDTHS.get(name, FACT_PX))
