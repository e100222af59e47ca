"""The comment on what is judged: kept when the field is left, with the target it was typed for."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from viewer.model.verdict import Target
from viewer.session.judging import verdict_of
from viewer.session.reviewing import Reviewing
from viewer.session.session import Session


class CommentField(QPlainTextEdit):
    """Several lines; Esc and Ctrl+Enter leave it, Tab goes on to the next field."""

    left = Signal()

    def __init__(
        self, session: Session, reviewing: Reviewing, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._reviewing = reviewing
        self._target: Target | None = None
        self._shown = ""  # what is kept of the target
        self.setAccessibleName("Comment")
        self.setPlaceholderText("Write to the reader")
        self.setToolTip("Comment (;)\nEsc leaves the field; what was typed is kept.")
        self.setTabChangesFocus(True)
        self.setObjectName("comment")

    def show_target(self, target: Target | None) -> None:
        """Show what is said of a target; what was typed for another one is kept for that one."""
        if target != self._target:
            self.commit()
            self._target = target
        said = "" if target is None else verdict_of(self._session, target).comment
        if said != self._shown or self.toPlainText() == self._shown:
            self._shown = said
            if said != self.toPlainText():
                self.setPlainText(said)
        self.setEnabled(target is not None)

    def commit(self) -> None:
        """Keep what was typed."""
        typed, target = self.toPlainText().strip(), self._target
        if target is not None and typed != self._shown:
            self._shown = typed
            self._reviewing.say(target, typed)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keep what was typed."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.commit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave by Esc or Ctrl+Enter."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        is_held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Escape or (is_enter and is_held):
            self.commit()
            self.left.emit()
        else:
            super().keyPressEvent(event)
