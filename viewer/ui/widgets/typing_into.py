"""Whether keys are letters now: the focus is in a field that is typed into."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)

TYPED_INTO = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


def is_typing() -> bool:
    """The focus is where letters are text."""
    focus = QApplication.focusWidget()
    is_field = isinstance(focus, QComboBox) and focus.isEditable()
    return is_field or isinstance(focus, TYPED_INTO)
