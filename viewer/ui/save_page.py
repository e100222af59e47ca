"""What will be written: the changed labels and how many bytes, before anything is touched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
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
from viewer.formats import FORMATS
from viewer.formats.format import ChangedLabel, WriteJob, WritePlan
from viewer.model.annotation import AnnotationId
from viewer.model.project import Export, Project
from viewer.model.source import Delete, Edit, Insert
from viewer.session.session import Session
from viewer.ui.chips import Elided, button, divider, row_of, sentence_row, titled
from viewer.ui.facts import Sentence
from viewer.ui.icons import icon
from viewer.ui.path_field import PathField
from viewer.ui.span_strip import ByteSpan, SpanStrip

VERBS = {
    "changed": ("pencil-simple", "caution"),
    "added": ("plus-circle", "ok"),
    "deleted": ("minus-circle", "bad"),
}

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True)
class SaveAsked:
    """What the person decided.

    Args:
        replaces: the destination is the opened file, and that was confirmed.
    """

    export: str
    path: str
    replaces: bool


class SavePage(QWidget):
    """A page in the centre; Save the copy is the first choice."""

    save_asked = Signal(SaveAsked)
    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._export = ""
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = titled("What will be written", "page")
        self.subject = Elided(mode=Qt.TextElideMode.ElideMiddle)
        self.subject.setProperty("kind", "quiet")
        self.bytes = QLabel()
        self.strip = SpanStrip()
        self.list = _changes_list()
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
        self.path.textChanged.connect(self._enable)
        self._is_refused = False

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

    def show_export(self, export: str, destination: str) -> None:
        """Show what writing one export would change.

        Args:
            export: its id.
            destination: the path proposed for the copy.
        """
        self._export = export
        opened, current = self._session.history.opened, self._session.project
        shown = opened.exports[export]
        size = len(shown.sources[0].base)
        self.subject.setText(f"{shown.title} · {size:,} bytes")
        self.path.setText(destination)
        try:
            plan = plan_of(opened, current, export)
        except CannotWrite as error:
            self._show_refusal(str(error), size)
        else:
            self._show_plan(plan, shown, size)
        self.save.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_refusal(self, sentence: str, size: int) -> None:
        self._is_refused = True
        self.list.clear()
        self.bytes.setText("Nothing can be written yet.")
        self.strip.show_spans((), size)
        self.refusal.setText(sentence)
        self._refused.show()
        self.notes.hide()
        self._enable()

    def _show_plan(self, plan: WritePlan, shown: Export, size: int) -> None:
        self._is_refused = False
        edits = plan.edits.get(shown.sources[0].id, ())
        spans = tuple(span_of(edit) for edit in edits)
        changed = sum(max(span.end - span.start, span.new) for span in spans)
        rest = "Everything grey is copied as it is."
        if not edits:
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

    def _enable(self) -> None:
        self.save.setEnabled(self._can_save(self.path.text()))
        self.replace.setEnabled(not self._is_refused)

    def _can_save(self, path: str) -> bool:
        return bool(path.strip()) and not self._is_refused

    def _opened_path(self) -> str:
        return self._session.history.opened.exports[self._export].sources[0].path

    def _save(self) -> None:
        path = self.path.text().strip()
        opened = Path(self._opened_path())
        if Path(path).absolute() == opened.absolute():
            self._ask_to_replace()
        else:
            self.save_asked.emit(SaveAsked(self._export, path, replaces=False))

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
        box.setInformativeText(f"{path} will hold the changes. No copy is kept.")
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the images; Enter presses the button that has the focus."""
        focus = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in ENTER and isinstance(focus, QPushButton) and focus.isEnabled():
            focus.click()
        else:
            super().keyPressEvent(event)


def plan_of(opened: Project, current: Project, export: str) -> WritePlan:
    """Return what writing an export would do.

    Raises:
        CannotWrite: the format cannot hold a change.
    """
    shown = opened.exports[export]
    known = next(item for item in FORMATS if item.name == shown.format)
    base = opened.annotations.bases[export]
    edits = current.annotations.edits_of(export)
    return known.plan(WriteJob(shown, base, opened.annotations.opened, edits))


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
