"""Fields in which answers are given: text, numbers, yes or no, one or several of many.

A field holds the question that it was shown last, so that what was typed for one label is never
written to another one.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from viewer.model.answers import AttributeKind, AttributeValue
from viewer.session.asking import Asked
from viewer.ui.inspector.answer_picker import TAKE_AWAY, AnswerBox, kept_delete
from viewer.ui.widgets.facts import Value

LONG_TEXT = 60  # letters from which a field has several lines
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ShownAnswer(Value):
    """An answer that can be read only; it wraps."""

    answered = Signal(object, object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__(wraps=True)

    def show_asked(self, asked: Asked) -> None:
        """Show the answer."""
        self.say(asked.text or "no answer")
        self.name(f"{asked.attribute.name}: {asked.text or 'no answer'}")
        if asked.locked:
            self.setToolTip(asked.locked)

    def commit(self) -> None:
        """Nothing can be typed."""


class LineAnswer(QLineEdit):
    """A text or a number in one line; written with Enter or when the field is left.

    Esc takes the typing back; once nothing is typed, Enter and Esc leave the field.
    """

    answered = Signal(object, object)  # Asked, AttributeValue
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked: Asked | None = None
        self._shown = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_asked(self, asked: Asked) -> None:
        """Show a question's answer; what is being typed for the same one stays."""
        is_typing = self.hasFocus() and self.isModified() and _is_same(self._asked, asked)
        self._asked = asked
        if not is_typing:
            self._shown = asked.attribute.text if asked.is_same else ""
            self.setText(self._shown)
            self.setCursorPosition(0)
        self.setPlaceholderText(_hint(asked))
        self.setToolTip(asked.attribute.text if len(asked.attribute.text) > 24 else "")

    def take_back(self) -> bool:
        """Show the answer again in place of what was typed; whether that differed."""
        is_typed = self.text() != self._shown
        if is_typed:
            self.setText(self._shown)
        return is_typed

    def commit(self) -> None:
        """Give the answer that was typed, if it differs and is one; else show the old one."""
        asked, typed = self._asked, self.text()
        if asked is None or typed == self._shown:
            return
        value, is_answer = _read(asked, typed)
        if is_answer:
            self._shown = typed
            self.setModified(False)
            self.answered.emit(asked, value)
        else:
            self.setText(self._shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter writes, Esc takes back; then the focus goes back to the picture."""
        if not _ends_typing(self, event, writes=event.key() in ENTER):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Write when the field is left; a menu over it writes nothing."""
        super().focusOutEvent(event)
        _commit_unless_popup(self, event)

    def event(self, event: QEvent) -> bool:
        """Leave Ctrl+Z to the window while nothing typed is there to be taken back."""
        return _own_undo(event, self.isUndoAvailable()) or super().event(event)


class TextAnswer(QPlainTextEdit):
    """A longer text; written with Ctrl+Enter or when the field is left."""

    answered = Signal(object, object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked: Asked | None = None
        self._shown = ""
        self.setObjectName("note")
        self.setTabChangesFocus(True)

    def show_asked(self, asked: Asked) -> None:
        """Show a question's answer; what is being typed for the same one stays."""
        is_changed = self.toPlainText() != self._shown
        is_typing = self.hasFocus() and is_changed and _is_same(self._asked, asked)
        self._asked = asked
        wanted = asked.attribute.text if asked.is_same else ""
        if not is_typing and (wanted != self._shown or is_changed):
            self.setPlainText(wanted)
        self._shown = self._shown if is_typing else wanted
        self.setPlaceholderText(_hint(asked))

    def take_back(self) -> bool:
        """Show the answer again in place of what was typed; whether that differed."""
        is_typed = self.toPlainText() != self._shown
        if is_typed:
            self.setPlainText(self._shown)
        return is_typed

    def commit(self) -> None:
        """Give the answer that was typed, if it differs."""
        typed = self.toPlainText()
        if self._asked is not None and typed != self._shown:
            self._shown = typed
            self.answered.emit(self._asked, typed or None)
            self.document().clearUndoRedoStacks()  # what is written is undone with all else

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter writes and leaves, Esc takes back, then leaves."""
        is_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not _ends_typing(self, event, writes=event.key() in ENTER and is_ctrl):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Write when the field is left; a menu over it writes nothing."""
        super().focusOutEvent(event)
        _commit_unless_popup(self, event)

    def event(self, event: QEvent) -> bool:
        """Leave Ctrl+Z to the window while nothing typed is there to be taken back."""
        return _own_undo(event, self.document().isUndoAvailable()) or super().event(event)


class YesNo(QCheckBox):
    """Yes or no; half ticked while there is no answer, or several."""

    answered = Signal(object, object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked: Asked | None = None
        self.clicked.connect(self._on_clicked)

    def show_asked(self, asked: Asked) -> None:
        """Show a question's answer."""
        self._asked = asked
        value = asked.attribute.value if asked.is_same else None
        self.setTristate(value is None)
        states = {True: Qt.CheckState.Checked, False: Qt.CheckState.Unchecked}
        is_said = isinstance(value, bool)
        self.setCheckState(states[value] if is_said else Qt.CheckState.PartiallyChecked)
        self.setText(asked.text or "no answer")

    def nextCheckState(self) -> None:
        """From no answer to yes; then yes and no."""
        is_on = self.checkState() == Qt.CheckState.Checked
        self.setCheckState(Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked)

    def commit(self) -> None:
        """A click is an answer at once."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes the answer away, Esc leaves the field."""
        if event.key() in TAKE_AWAY and self._asked is not None:
            self.answered.emit(self._asked, None)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Delete from the window, where it deletes the label."""
        return kept_delete(event) or super().event(event)

    def _on_clicked(self) -> None:
        if self._asked is not None:
            self.answered.emit(self._asked, self.checkState() == Qt.CheckState.Checked)


class PickedAnswer(AnswerBox):
    """One of many options, or several of them."""

    answered = Signal(object, object)
    left = Signal()

    def __init__(self, takes_several: bool) -> None:
        super().__init__(takes_several)
        self._takes_several = takes_several
        self._asked: Asked | None = None
        self.picked.connect(self._on_picked)

    def show_asked(self, asked: Asked) -> None:
        """Show a question's answer."""
        self._asked = asked
        value = asked.attribute.value if asked.is_same else None
        chosen = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
        self.show_chosen(asked.options, chosen, asked.text)

    def commit(self) -> None:
        """Closing the list is an answer at once."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the field."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _on_picked(self, options: tuple[str, ...]) -> None:
        asked = self._asked
        if asked is None:
            return
        value: AttributeValue = options if self._takes_several else next(iter(options), None)
        is_as_before = asked.is_same and (value or None) == (asked.attribute.value or None)
        if not is_as_before:
            self.answered.emit(asked, value)


AnswerField = ShownAnswer | LineAnswer | TextAnswer | YesNo | PickedAnswer


def field_kind(asked: Asked) -> str:
    """Return what tells the kind of field that a question needs."""
    if asked.locked:
        return "shown"
    kind: AttributeKind = asked.attribute.kind
    text = asked.attribute.text
    return "long" if kind == "text" and (len(text) > LONG_TEXT or "\n" in text) else kind


def field_of(kind: str) -> AnswerField:
    """Return a new field of a kind."""
    match kind:
        case "text" | "number":
            return LineAnswer()
        case "long":
            return TextAnswer()
        case "boolean":
            return YesNo()
        case "choice" | "choices":
            return PickedAnswer(kind == "choices")
        case _:
            return ShownAnswer()


def _read(asked: Asked, typed: str) -> tuple[AttributeValue, bool]:
    """Return what was typed as an answer, and whether it is one."""
    text = typed.strip()
    if asked.attribute.kind != "number":
        return typed or None, True
    if not text:
        return None, True
    try:
        number = float(text.replace("\u2212", "-").replace(",", "."))
    except ValueError:
        return None, False
    low, high = asked.attribute.low, asked.attribute.high
    is_within = (low is None or number >= low) and (high is None or number <= high)
    return number, is_within and math.isfinite(number)


def _hint(asked: Asked) -> str:
    """Return what stands in an empty field."""
    if not asked.is_same:
        return "several answers"
    low, high = asked.attribute.low, asked.attribute.high
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is not None:
        return f"at least {low:g}"
    return f"at most {high:g}" if high is not None else "no answer"


def _is_same(before: Asked | None, after: Asked) -> bool:
    """Whether it is the same question about the same labels."""
    return (
        before is not None
        and before.answerers == after.answerers
        and before.attribute.key == after.attribute.key
    )


def _ends_typing(field: LineAnswer | TextAnswer, event: QKeyEvent, *, writes: bool) -> bool:
    """Whether a key wrote what was typed, took it back, or left the field."""
    is_escape = event.key() == Qt.Key.Key_Escape
    if writes:
        field.commit()
    if writes or (is_escape and not field.take_back()):
        field.left.emit()
    return writes or is_escape


def _commit_unless_popup(field: LineAnswer | TextAnswer, event: QFocusEvent) -> None:
    """Write what was typed when a field is left, but not for a menu over it."""
    if event.reason() != Qt.FocusReason.PopupFocusReason:
        field.commit()


def _own_undo(event: QEvent, has_typed: bool) -> bool:
    """Whether Ctrl+Z was seen, and left to the window because nothing typed is there."""
    if (
        isinstance(event, QKeyEvent)
        and event.type() == QEvent.Type.ShortcutOverride
        and event.matches(QKeySequence.StandardKey.Undo)
        and not has_typed
    ):
        event.ignore()
        return True
    return False
