"""What will be written: the changed labels and how many bytes, before anything is touched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QFrame,
    QHeaderView,
    QLabel,
    QMessageBox,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.errors import OverreadError
from viewer.formats.writing import Outcome
from viewer.model.project import Export
from viewer.session.jobs import Answers, Jobs
from viewer.session.session import Session
from viewer.ui.saving.ahead import (
    ChangeRow,
    Foreseen,
    Foresight,
    Place,
    Planned,
    is_opened,
    opened_path,
)
from viewer.ui.saving.files import FilesList, is_worth_a_list
from viewer.ui.saving.span_strip import SpanStrip
from viewer.ui.widgets.chips import Elided, button, divider, row_of, sentence_row, titled
from viewer.ui.widgets.facts import Sentence
from viewer.ui.widgets.icons import icon
from viewer.ui.widgets.path_field import PathField

VERBS = {
    "changed": ("pencil-simple", "caution"),
    "added": ("plus-circle", "ok"),
    "deleted": ("minus-circle", "bad"),
}

JOB = "save ahead"
WORKING = "Working out what changes."
NOTHING_YET = "Nothing can be written yet."
MOST_ROWS = 1000  # changed labels that are listed
NAMED = 5  # files beside the opened one that the question names
REST_MS = 150  # of the keys, before the path that is typed is looked at
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True)
class SaveAsked:
    """What the person decided.

    Args:
        replaces: the destination is the opened file, and that was confirmed.
        makes_folder: the destination's folder is the new one that was proposed.
    """

    export: str
    path: str
    replaces: bool
    makes_folder: bool = False


class SavePage(QWidget):
    """A page in the centre; Save the copy is the first choice."""

    save_asked = Signal(SaveAsked)
    left = Signal()

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._export = ""
        self._new_folder: Path | None = None
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = titled("What will be written", "page")
        self.subject = Elided(mode=Qt.TextElideMode.ElideMiddle)
        self.subject.setProperty("kind", "quiet")
        self.bytes = QLabel()
        self.strip = SpanStrip()
        self.list = _changes_list()
        self.files = FilesList()
        self.notes = Sentence()
        self.refusal = Sentence()
        self.path = PathField()
        self.path.setAccessibleName("Where the copy goes")
        self.choose = button("Choose…", "quiet")
        self.back = button("Back", "quiet")
        self.replace = button("Replace the opened file…", "", "warning", "caution")
        self.save = button("Save the copy", "primary", "floppy-disk")
        self._build()
        self.choose.clicked.connect(self._choose)
        self.back.clicked.connect(self.left)
        self.replace.clicked.connect(self._ask_to_replace)
        self.save.clicked.connect(self._save)
        self._foresight: Foresight | None = None
        self._planned: Planned | None = None
        self._outcome: Outcome | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._look_ahead)
        self.path.textChanged.connect(self._path_changed)

    def _build(self) -> None:
        page = QVBoxLayout()
        page.setContentsMargins(24, 24, 24, 16)
        page.setSpacing(8)
        page.addWidget(self.title)
        page.addWidget(self.subject)
        page.addSpacing(8)
        page.addWidget(self.bytes)
        page.addWidget(self.strip)
        page.addSpacing(4)
        card = QFrame()
        card.setObjectName("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 8, 1, 8)
        head = row_of(titled("Labels"))
        head.setContentsMargins(12, 0, 12, 4)
        inside.addLayout(head)
        inside.addWidget(self.list)
        page.addWidget(card, 1)
        page.addWidget(self._files_card())
        self._refused = QFrame()
        self._refused.setObjectName("strip")
        across = sentence_row("x-circle", "bad", self.refusal)
        across.setContentsMargins(12, 8, 12, 8)
        self._refused.setLayout(across)
        page.addWidget(self._refused)
        page.addWidget(self.notes)
        where = row_of(self.path, self.choose, spacing=12)
        where.setContentsMargins(24, 12, 24, 0)
        where.setStretch(0, 1)
        foot = row_of(1, self.back, self.replace, self.save, spacing=12)
        foot.setContentsMargins(24, 12, 24, 12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(page, 1)
        layout.addWidget(divider())
        layout.addLayout(where)
        layout.addLayout(foot)

    def _files_card(self) -> QFrame:
        self._files = QFrame()
        self._files.setObjectName("card")
        inside = QVBoxLayout(self._files)
        inside.setContentsMargins(1, 8, 1, 8)
        head = row_of(titled("Files"))
        head.setContentsMargins(12, 0, 12, 4)
        inside.addLayout(head)
        inside.addWidget(self.files)
        self._files.hide()
        return self._files

    def show_export(self, export: str, destination: str, elsewhere: str = "") -> None:
        """Show what writing one export would change, as soon as that is worked out.

        Args:
            export: its id.
            destination: the path proposed for the copy.
            elsewhere: the path proposed where files beside that one would be written over.
        """
        self._export = export
        self._new_folder = Path(elsewhere).parent if elsewhere else None
        self.path.setText(destination)
        self._plan_anew(elsewhere)

    def show_again(self) -> None:
        """Show the same for the project as it is now, such as after an undo."""
        self._plan_anew()

    def let_go(self) -> None:
        """Stop working it out, and keep nothing; nothing can be saved then."""
        self._jobs.cancel(JOB)
        self._rest.stop()
        self._foresight = self._planned = self._outcome = None
        self._enable()

    def _plan_anew(self, instead: str = "") -> None:
        opened, current = self._session.history.opened, self._session.project
        shown = opened.exports[self._export]
        size = len(shown.sources[0].base)
        self.subject.setText(f"{shown.title} · {size:,} bytes")
        self._foresight = Foresight(opened, current, self._export)
        self._planned = None
        self.setFocus(Qt.FocusReason.OtherFocusReason)  # a disabled button cannot keep it
        self._show_nothing(WORKING)
        self._look_ahead(instead)

    def _show_nothing(self, words: str) -> None:
        """Show a page without changes, and a sentence in their place."""
        self._outcome = None
        self._files.hide()
        self.list.clear()
        self.bytes.setText(words)
        self.strip.show_spans((), len(self._shown().sources[0].base))
        self._show_refusal("")
        self.notes.hide()
        self._enable()

    def _shown(self) -> Export:
        return self._session.history.opened.exports[self._export]

    def _path_changed(self) -> None:
        self._outcome = None
        self._enable()
        self._rest.start()

    def _look_ahead(self, instead: str = "") -> None:
        """Have it worked out what saving to the path would write, or why it cannot be."""
        self._rest.stop()
        foresight = self._foresight
        if foresight is None:
            return
        place = Place(self.path.text().strip(), self._new_folder, instead)
        answers = Answers(partial(self._foreseen, place), self._failed)
        work = self._session.matches.tellings.bound(partial(foresight.at, place))
        self._jobs.newest(JOB, work, answers)

    def _foreseen(self, place: Place, found: Foreseen) -> None:
        self._show_planned(found.planned)
        is_asked = self.path.text().strip() == place.path
        if is_asked:
            self._show_outcome(found)
        elif found.planned is None:
            self._show_refusal(found.refusal)
        if self.focusWidget() is self and QApplication.focusWidget() in (None, self):
            self.save.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_outcome(self, found: Foreseen) -> None:
        """Show what is written at the path, which another one may have been proposed for."""
        self.path.setText(found.path)
        self._rest.stop()
        self._outcome = found.outcome
        if found.outcome is not None:
            self.files.show_outcome(found.outcome)
        self._files.setVisible(found.outcome is not None and is_worth_a_list(found.outcome))
        self._show_refusal(found.refusal)
        self._enable()

    def _show_refusal(self, sentence: str) -> None:
        self.refusal.setText(sentence)
        self._refused.setVisible(bool(sentence))

    def _failed(self, error: Exception) -> None:
        """Say what else went wrong; what is no sentence for a person is raised as it is."""
        self._show_nothing(NOTHING_YET)
        if not isinstance(error, OverreadError):
            raise error
        self._show_refusal(str(error))

    def _show_planned(self, planned: Planned | None) -> None:
        """Show a plan once; another path does not change it."""
        if planned is None:
            self._show_nothing(NOTHING_YET)
        elif planned is not self._planned:
            self._show_plan(planned)
        self._planned = planned
        self._enable()

    def _show_plan(self, planned: Planned) -> None:
        plan, source = planned.plan, self._shown().sources[0]
        edits, size = plan.edits.get(source.id, ()), len(source.base)
        rest = "Everything grey is copied as it is."
        if not edits and (plan.files or any(plan.edits.values())):
            rest = "Only other files of this export change; they are listed below."
        elif not edits:
            rest = "The copy will be the opened file, byte for byte."
        self.bytes.setText(f"<b>{planned.changed_bytes:,} of {size:,} bytes change.</b> {rest}")
        self.strip.show_spans(planned.spans, size)
        self.notes.setText("\n".join(plan.notes))
        self.notes.setVisible(bool(plan.notes))
        self.list.clear()
        self.list.addTopLevelItems([_change_row(row) for row in planned.rows[:MOST_ROWS]])
        more = len(planned.rows) - MOST_ROWS
        if more > 0:
            self.list.addTopLevelItem(QTreeWidgetItem([f"{more:,} more labels"]))

    def _enable(self) -> None:
        self.save.setEnabled(self._outcome is not None)
        self.replace.setEnabled(self._planned is not None)

    def _save(self) -> None:
        path = self.path.text().strip()
        if self._outcome is None:
            return
        if is_opened(self._shown(), path):
            self._ask_to_replace()
        else:
            makes = Place(path, self._new_folder).makes_folder(path)
            self.save_asked.emit(SaveAsked(self._export, path, replaces=False, makes_folder=makes))

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Save the copy as", self.path.text())
        if chosen:
            self.path.setText(chosen)

    def _ask_to_replace(self) -> None:
        """The one question with a window of its own: the opened file would be replaced."""
        export, path = self._shown(), opened_path(self._shown())
        name = Path(path).name
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Replace the opened file")
        box.setText(f"Replace {name}?")
        box.setInformativeText(f"{self._replaced(path)} will hold the changes. No copy is kept.")
        replace = box.addButton(f"Replace {name}", QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        box.exec()
        if box.clickedButton() is not replace:
            return
        if self._session.history.opened.exports.get(export.id) is not export:
            self._session.say(f"{name} is no longer open; nothing was written.")
            return
        self.save_asked.emit(SaveAsked(export.id, path, replaces=True))

    def _replaced(self, path: str) -> str:
        """What is written over in the place of the opened file: it, and files beside it."""
        others = self._planned.beside if self._planned else ()
        names = ", ".join(others[:NAMED])
        names += f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
        return f"{path}, and beside it {names}" if names else path

    def showEvent(self, event: QShowEvent) -> None:
        """Work out what changes, if that was let go of."""
        super().showEvent(event)
        if self._foresight is None and self._export in self._session.history.opened.exports:
            self._plan_anew()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go of what was worked out, since it holds all that was open."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.let_go()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the images; Enter presses the button that has the focus."""
        focus = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in ENTER and isinstance(focus, QPushButton) and focus.isEnabled():
            focus.click()
        else:
            super().keyPressEvent(event)


def _change_row(change: ChangeRow) -> QTreeWidgetItem:
    name, role = VERBS[change.verb]
    row = QTreeWidgetItem([change.title, change.native_id, change.words])
    row.setIcon(0, icon(name, role=role, on=role))
    row.setToolTip(2, change.words)
    row.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{change.verb}: {change.title}")
    return row


def _changes_list() -> QTreeWidget:
    made = QTreeWidget()
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    made.setHeaderLabels(["Label", "Record", "Change"])
    made.setAccessibleName("Changed labels")
    made.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    return made
