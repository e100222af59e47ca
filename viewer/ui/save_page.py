"""What will be written: the changed labels and how many bytes, before anything is touched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
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

from viewer.errors import CannotWrite
from viewer.formats.format import ChangedLabel, WritePlan
from viewer.formats.members import split_member
from viewer.formats.outputs import plan_of
from viewer.formats.writing import Outcome, outcome_of, refuse_opened
from viewer.model.annotation import AnnotationId
from viewer.model.project import Export
from viewer.model.source import Delete, Edit, Insert
from viewer.session.session import Session
from viewer.ui.chips import Elided, button, divider, row_of, sentence_row, titled
from viewer.ui.facts import Sentence
from viewer.ui.icons import icon
from viewer.ui.path_field import PathField
from viewer.ui.save_files import FilesList, is_worth_a_list
from viewer.ui.span_strip import ByteSpan, SpanStrip

VERBS = {
    "changed": ("pencil-simple", "caution"),
    "added": ("plus-circle", "ok"),
    "deleted": ("minus-circle", "bad"),
}

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

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._export = self._elsewhere = ""
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
        self._plan: WritePlan | None = None
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
        """Show what writing one export would change.

        Args:
            export: its id.
            destination: the path proposed for the copy.
            elsewhere: the path proposed where files beside that one would be written over.
        """
        self._export = export
        opened, current = self._session.history.opened, self._session.project
        shown = opened.exports[export]
        size = len(shown.sources[0].base)
        self.subject.setText(f"{shown.title} · {size:,} bytes")
        self._plan = None
        self._elsewhere = elsewhere
        self.path.setText(destination)
        try:
            self._plan = plan_of(opened, current, export)
        except CannotWrite as error:
            self._show_refusal(str(error), size)
        else:
            self._show_plan(self._plan, shown, size)
            self._look_ahead()
            if self._outcome is None and elsewhere:
                self.path.setText(elsewhere)
                self._look_ahead()
        self.save.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_refusal(self, sentence: str, size: int) -> None:
        self._outcome = None
        self._files.hide()
        self.list.clear()
        self.bytes.setText("Nothing can be written yet.")
        self.strip.show_spans((), size)
        self.refusal.setText(sentence)
        self._refused.show()
        self.notes.hide()
        self._enable()

    def _show_plan(self, plan: WritePlan, shown: Export, size: int) -> None:
        edits = plan.edits.get(shown.sources[0].id, ())
        spans = tuple(span_of(edit) for edit in edits)
        changed = sum(max(span.end - span.start, span.new) for span in spans)
        rest = "Everything grey is copied as it is."
        if plan.files and not edits:
            rest = "Only files beside it change."
        elif not edits:
            rest = "The copy will be the opened file, byte for byte."
        self.bytes.setText(f"<b>{changed:,} of {size:,} bytes change.</b> {rest}")
        self.strip.show_spans(spans, size)
        self._refused.hide()
        self.notes.setText("\n".join(plan.notes))
        self.notes.setVisible(bool(plan.notes))
        self.list.clear()
        for change in plan.changed:
            self.list.addTopLevelItem(self._change_row(change))
        self._enable()

    def _change_row(self, change: ChangedLabel) -> QTreeWidgetItem:
        name, role = VERBS[change.verb]
        words = ", ".join(change.fields) or change.verb
        row = QTreeWidgetItem([self._label_title(change.id), change.native_id, words])
        row.setIcon(0, icon(name, role=role, on=role))
        row.setToolTip(2, words)
        row.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{change.verb}: {row.text(0)}")
        return row

    def _label_title(self, wanted: AnnotationId) -> str:
        opened, current = self._session.history.opened, self._session.project
        found = current.annotations if wanted in current.annotations else opened.annotations
        annotation = found[wanted]
        label = current.exports[wanted.export].ontology.by_id.get(annotation.class_id)
        return label.title if label else annotation.class_id

    def _path_changed(self) -> None:
        self._enable()
        self._rest.start()

    def _look_ahead(self) -> None:
        """Show which files would be written where the path says, or why they cannot be."""
        self._rest.stop()
        path = self.path.text().strip()
        if self._plan is None or not path:
            return
        try:
            self._outcome = self._outcome_at(path)
        except CannotWrite as error:
            self._outcome = None
            self.refusal.setText(str(error))
            self._files.hide()
        else:
            self.files.show_outcome(self._outcome)
            self._files.setVisible(is_worth_a_list(self._outcome))
        self._refused.setVisible(self._outcome is None)
        self._enable()

    def _outcome_at(self, path: str) -> Outcome:
        """Return what saving to a path would do; the opened file itself is asked about later.

        Raises:
            CannotWrite: it cannot be written there.
        """
        opened, current = self._session.history.opened, self._session.project
        plans = {} if self._plan is None else {self._export: self._plan}
        makes = self._makes_folder(path)
        outcome = outcome_of(opened, current, self._export, path, make_folder=makes, plans=plans)
        if not self._is_opened(path):
            refuse_opened(outcome, (opened, current))
        return outcome

    def _enable(self) -> None:
        is_there = bool(self.path.text().strip())
        self.save.setEnabled(is_there and self._outcome is not None)
        self.replace.setEnabled(self._plan is not None)

    def _makes_folder(self, path: str) -> bool:
        return bool(self._elsewhere) and Path(path).parent == Path(self._elsewhere).parent

    def _is_opened(self, path: str) -> bool:
        return Path(path).absolute() == Path(self._opened_path()).absolute()

    def _opened_path(self) -> str:
        """The file that was opened; of a zip's member, the zip."""
        source = self._session.history.opened.exports[self._export].sources[0]
        return split_member(source.path)[0] if source.archive is None else source.archive.path

    def _save(self) -> None:
        self._look_ahead()
        path = self.path.text().strip()
        if self._outcome is None:
            return
        if self._is_opened(path):
            self._ask_to_replace()
        else:
            makes = self._makes_folder(path)
            self.save_asked.emit(SaveAsked(self._export, path, replaces=False, makes_folder=makes))

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Save the copy as", self.path.text())
        if chosen:
            self.path.setText(chosen)

    def _ask_to_replace(self) -> None:
        """The one question with a window of its own: the opened file would be replaced."""
        export, path = self._session.history.opened.exports[self._export], self._opened_path()
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
        try:
            outcome = self._outcome_at(path)
        except CannotWrite:
            return path  # writing says why
        others = outcome.items[1:] if outcome.archive is None else ()
        names = ", ".join(item.name for item in others[:NAMED])
        names += f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
        return f"{path}, and beside it {names}" if names else path

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the images; Enter presses the button that has the focus."""
        focus = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in ENTER and isinstance(focus, QPushButton) and focus.isEnabled():
            focus.click()
        else:
            super().keyPressEvent(event)


def span_of(edit: Edit) -> ByteSpan:
    """Return where an edit touches the file."""
    if isinstance(edit, Insert):
        return ByteSpan(edit.at, edit.at, len(edit.new))
    if isinstance(edit, Delete):
        return ByteSpan(edit.start, edit.end, 0)
    return ByteSpan(edit.start, edit.end, len(edit.new))


def _changes_list() -> QTreeWidget:
    made = QTreeWidget()
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    made.setHeaderLabels(["Label", "Record", "Change"])
    made.setAccessibleName("Changed labels")
    made.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    return made
