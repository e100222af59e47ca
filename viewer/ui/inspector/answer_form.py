"""The questions about the selected labels with a field for each answer."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QVBoxLayout, QWidget

from viewer.session.asking import Answerer, Asked
from viewer.ui.inspector.answer_fields import AnswerField, field_kind, field_of
from viewer.ui.widgets.chips import quiet
from viewer.ui.widgets.facts import KEY_PX, NARROW_PX, NARROWER_PX

NAME_GAP_PX = 6
INDENT_PX = 12
MOST_INDENTS = 5
QWIDGETSIZE_MAX = 2**24 - 1  # no bound, in Qt's words
MOST_QUESTIONS = 200
Signature: TypeAlias = tuple[tuple[str, str, int, str, bool], ...]


class AnswerForm(QWidget):
    """Rows of a name and a field; fields are kept while the questions stay the same."""

    answered = Signal(object, object)  # Asked, AttributeValue
    left = Signal()  # the focus may go back to the picture

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._signature: Signature = ()
        self._answerers: set[tuple[Answerer, ...]] = set()
        self._heads: dict[bool, QLabel] = {}
        self.rows: list[_Row] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)

    def show_asked(self, every: tuple[Asked, ...], heads: tuple[str, str]) -> None:
        """Show questions and answers.

        Args:
            every: the questions, those about the whole label first.
            heads: what stands above those of the whole label and above those of the frame shown,
                where there are both, or only the latter.
        """
        asked = every[:MOST_QUESTIONS]
        answerers = {each.answerers for each in asked}
        if answerers != self._answerers:
            self.commit()
        signature: Signature = tuple(_signature(each) for each in asked)
        if signature != self._signature:
            self._rebuild(asked)
            self._signature = signature
        self._answerers = answerers
        for is_here, head in self._heads.items():
            head.setText(heads[is_here])
        for row, each in zip(self.rows, asked, strict=True):
            row.field.show_asked(each)

    def commit(self) -> None:
        """Give the answers that are being typed."""
        for row in self.rows:
            row.field.commit()

    def _rebuild(self, asked: tuple[Asked, ...]) -> None:
        """Make other fields; the one of the question in focus gets the focus again."""
        focused = next((row.key for row in self.rows if row.field.hasFocus()), None)
        while (item := self._layout.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.hide()
                gone.deleteLater()
        self.rows, self._heads = [], {}
        has_here = any(each.is_here for each in asked)
        for each in asked:
            if has_here and each.is_here not in self._heads:
                self._heads[each.is_here] = quiet()
                self._layout.addWidget(self._heads[each.is_here])
            self._add_row(each)
        self._set_key_width()
        again = (row.field for row in self.rows if focused is not None and row.key == focused)
        field = next(again, None)
        if field is not None:
            field.setFocus()
        elif focused is not None:
            self.left.emit()

    def _add_row(self, asked: Asked) -> None:
        row = _Row(asked)
        row.field.answered.connect(self.answered)
        row.field.left.connect(self.left)
        self._layout.addWidget(row)
        self.rows.append(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the names less room where there is little, as facts do."""
        super().resizeEvent(event)
        self._set_key_width()

    def _set_key_width(self) -> None:
        key_px = KEY_PX - NARROWER_PX if self.width() < NARROW_PX else KEY_PX
        for row in self.rows:
            row.set_key_width(key_px)


class _Row(QWidget):
    """One question: a name beside its field, or above it where it is long."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        attribute = asked.attribute
        self.key = (asked.is_here, attribute.key or attribute.name)
        self.field: AnswerField = field_of(field_kind(asked))
        self.field.setAccessibleName(attribute.name)
        name = QLabel(attribute.name)
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setProperty("kind", "quiet")
        name.setWordWrap(True)
        name.setBuddy(self.field)
        self._name = name
        self._is_deep = attribute.depth > 1
        self._indent = indent = INDENT_PX * min(attribute.depth, MOST_INDENTS)
        self._lines = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._lines.setContentsMargins(indent, 0, 0, 0)
        self._lines.addWidget(name)
        self._lines.addWidget(self.field, 1)

    def set_key_width(self, key_px: int) -> None:
        """Give the name this width beside its field; above it where it needs more."""
        room = key_px - self._indent
        needed = self._name.fontMetrics().horizontalAdvance(self._name.text())
        if self._is_deep or needed > room:
            self._lines.setDirection(QBoxLayout.Direction.TopToBottom)
            self._lines.setSpacing(2)
            self._name.setMinimumWidth(0)
            self._name.setMaximumWidth(QWIDGETSIZE_MAX)
        else:
            self._lines.setDirection(QBoxLayout.Direction.LeftToRight)
            self._lines.setSpacing(NAME_GAP_PX)
            self._name.setFixedWidth(room)


def _signature(asked: Asked) -> tuple[str, str, int, str, bool]:
    attribute = asked.attribute
    kind = field_kind(asked)
    return attribute.key, attribute.name, attribute.depth, kind, asked.is_here
