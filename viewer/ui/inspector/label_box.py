"""The parts of the inspector that change a label: its class and its note."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from viewer.model.annotation import Annotation
from viewer.model.ontology import LabelClass
from viewer.render.overlay import color_of_class
from viewer.session.commands import ChangeClass, ChangeNote
from viewer.session.session import Session
from viewer.ui.widgets.pick_box import PickBox
from viewer.ui.widgets.swatch import swatch_icon


class ClassBox(PickBox):
    """The classes that the selected label may take: those drawn with its kind of shape."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._annotation: Annotation | None = None
        self.setAccessibleName("Label")
        self.setMinimumWidth(60)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.activated.connect(self._on_chosen)

    def show_annotation(self, annotation: Annotation) -> None:
        """Show an annotation's class among those it may take."""
        if annotation is self._annotation:
            return
        self._annotation = annotation
        project = self._session.project
        export = annotation.id.export
        self.clear()
        for label in classes_for(annotation, project.exports[export].ontology.classes):
            tint = color_of_class(project, export, label.id)
            self.addItem(swatch_icon(tint), name_first(label), label.id)
            tip = label.description or None
            self.setItemData(self.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.setCurrentIndex(self.findData(annotation.class_id))
        self.setToolTip(self.currentText())

    def _on_chosen(self, number: int) -> None:
        class_id = self.itemData(number)
        if self._annotation is not None and class_id != self._annotation.class_id:
            made = self._session.stamp()
            self._session.do(ChangeClass(self._annotation.id, class_id, made))


def classes_for(annotation: Annotation, classes: tuple[LabelClass, ...]) -> list[LabelClass]:
    """Return the classes drawn with the same kind of shape, the annotation's own always.

    Archived ones are left out, and of skeletons those of other nodes.
    """
    own = next((label for label in classes if label.id == annotation.class_id), None)
    if own is None:
        return list(classes)
    alike = (own.kind, own.mode, own.scope, _count_of_nodes(own))
    return [
        label
        for label in classes
        if (label.kind, label.mode, label.scope, _count_of_nodes(label)) == alike
        and (label is own or not label.is_archived)
    ]


def _count_of_nodes(label: LabelClass) -> int | None:
    return None if label.template is None else len(label.template.points)


def name_first(label: LabelClass) -> str:
    """Return a class's name and behind it its group, which is cut first where there is no room."""
    return f"{label.name} · {label.group}" if label.group else label.name


class NoteField(QPlainTextEdit):
    """The note; in Edit it is written when the field is left or with Ctrl+Enter."""

    entered = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._annotation: Annotation | None = None
        self.setAccessibleName("Note")
        self.setTabChangesFocus(True)
        self.setObjectName("note")  # three lines, by the style sheet

    def show_annotation(self, annotation: Annotation, can_edit: bool) -> None:
        """Show an annotation's note; what was typed for another one is written to that one."""
        before, typed = self._annotation, self.toPlainText()
        was_writable = not self.isReadOnly()
        is_typing = _is_same_note(before, annotation) and self.hasFocus()
        self._annotation = annotation
        self.setReadOnly(not can_edit)
        self.setPlaceholderText("Write a note" if can_edit else "")
        if annotation is not before and not is_typing and typed != (annotation.note or ""):
            self.setPlainText(annotation.note or "")
        if before is not None and before.id != annotation.id and was_writable:
            self._write(before, typed)

    def commit(self) -> None:
        """Write what was typed, if it differs."""
        if self._annotation is not None and not self.isReadOnly():
            self._write(self._annotation, self.toPlainText())

    def _write(self, annotation: Annotation, text: str) -> None:
        is_there = annotation.id in self._session.project.annotations
        if is_there and text != (annotation.note or ""):
            self._session.do(ChangeNote(annotation.id, text or None, self._session.stamp()))
            self.document().clearUndoRedoStacks()  # what is written is undone with all else

    def event(self, event: QEvent) -> bool:
        """Leave Ctrl+Z to the window while nothing typed is there to be taken back."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.matches(QKeySequence.StandardKey.Undo)
        ):
            event.setAccepted(self.document().isUndoAvailable())
            return event.isAccepted()
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the inspector, which brings the whole field into sight."""
        super().focusInEvent(event)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Write when the field is left."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.commit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter writes, Esc takes the typing back."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.commit()
        elif event.key() == Qt.Key.Key_Escape and self._annotation is not None:
            self.setPlainText(self._annotation.note or "")
        else:
            super().keyPressEvent(event)


def _is_same_note(before: Annotation | None, after: Annotation) -> bool:
    """Whether the same label changed elsewhere, its note as it was."""
    return before is not None and before.id == after.id and before.note == after.note
