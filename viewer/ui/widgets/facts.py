"""Folding sections and the rows of facts in them."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyleOptionFrame,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from viewer.ui.widgets.chips import Elided
from viewer.ui.widgets.icons import paint_icon
from viewer.ui.widgets.theme import color, font_of

KEY_PX = 88
NARROWER_PX = 18
NARROW_PX = 250  # of the facts themselves
CARET_PX = 12
LINE_INSET_PX = 2  # that a QLineEdit leaves free at each side of its text
WORDS_OF_A_SENTENCE = 6
LONG_VALUE = 24
SHORT_VALUE = 16  # letters that fit beside a key in the narrowest dock


class FoldHead(QAbstractButton):
    """The title of a section, with the caret that says whether it is open."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(title)
        self.setCheckable(True)
        self.setChecked(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(80, QFontMetrics(font_of(13)).height() + 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint caret and title."""
        with QPainter(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        caret = QRectF(0, (self.height() - CARET_PX) / 2, CARET_PX, CARET_PX)
        name = "caret-down" if self.isChecked() else "caret-right"
        paint_icon(painter, caret, name, "text-2")
        painter.setFont(font_of(13, QFont.Weight.DemiBold))
        painter.setPen(color("text"))
        room = self.rect().adjusted(CARET_PX + 6, 0, 0, 0)
        words = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        if self.hasFocus():
            painter.setPen(color("accent"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class Fold(QWidget):
    """A section under a title that folds it away."""

    folded = Signal(bool)

    def __init__(self, title: str, body: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body = body
        self.head = FoldHead(title)
        self.set_title(title)
        self.head.toggled.connect(self._show_body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self.head)
        layout.addWidget(body)

    def set_title(self, title: str) -> None:
        """Change the words of the title."""
        self.head.setText(title)
        self.head.setAccessibleName(f"{title}, fold or unfold")

    def set_open(self, is_open: bool) -> None:
        """Fold or unfold."""
        self.head.setChecked(is_open)

    def _show_body(self, is_open: bool) -> None:
        self.body.setVisible(is_open)
        self.folded.emit(not is_open)


class ValueLine(QLineEdit):
    """One line to be selected and copied; until it is clicked what does not fit is elided.

    A single word, such as a file name or a uid, gives way in its middle, words at their end.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setReadOnly(True)
        self.setProperty("kind", "value")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def say(self, text: str) -> None:
        """Show a text."""
        self._whole = text
        self._fit()

    def _fit(self) -> None:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        inside = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        is_word = " " not in self._whole
        mode = Qt.TextElideMode.ElideMiddle if is_word else Qt.TextElideMode.ElideRight
        room = inside.width() - 2 * LINE_INSET_PX
        elided = self.fontMetrics().elidedText(self._whole, mode, room)
        words = self._whole if self.hasFocus() else elided
        if words != self.text():
            self.setText(words)
            self.setCursorPosition(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as fits."""
        super().resizeEvent(event)
        self._fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the whole text, to be selected."""
        super().focusInEvent(event)
        self._fit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show as much as fits; a menu over it changes nothing."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._fit()


class Value(QStackedWidget):
    """A text that can be selected and copied: a sentence wraps, anything shorter is one line.

    Args:
        wraps: a few words wrap too, instead of being elided.
    """

    def __init__(self, parent: QWidget | None = None, *, wraps: bool = False) -> None:
        super().__init__(parent)
        self._wraps = wraps
        self._line = ValueLine()
        self._sentence: Sentence | None = None  # made for the first sentence
        self.addWidget(self._line)
        self.setObjectName("value")
        self._text = self._name = ""
        self._shown: QLineEdit | Sentence = self._line

    def text(self) -> str:
        """Return what is shown."""
        return self._text

    def say(self, text: str) -> None:
        """Show a text."""
        self._text = text
        is_long = self._wraps and " " in text and len(text) > SHORT_VALUE
        is_sentence = is_long or text.count(" ") >= WORDS_OF_A_SENTENCE
        shown = self._shown = self._for_sentences() if is_sentence else self._line
        if shown is self._line:
            self._line.say(text)
        else:
            shown.setText(text)
        self.setToolTip(text if len(text) > LONG_VALUE else "")
        self.setCurrentWidget(shown)
        for part in self._parts():
            is_shown = QSizePolicy.Policy.Preferred if part is shown else QSizePolicy.Policy.Ignored
            part.setSizePolicy(QSizePolicy.Policy.Ignored, is_shown)

    def name(self, words: str) -> None:
        """Set the accessible name of both ways of showing."""
        self._name = words
        for part in self._parts():
            part.setAccessibleName(words)

    def _parts(self) -> tuple[QWidget, ...]:
        return (self._line,) if self._sentence is None else (self._line, self._sentence)

    def _for_sentences(self) -> Sentence:
        if self._sentence is None:
            self._sentence = Sentence()
            self._sentence.setAccessibleName(self._name)
            self.addWidget(self._sentence)
        return self._sentence

    def hasHeightForWidth(self) -> bool:
        """A sentence is as high as it wraps."""
        return self._shown is self._sentence

    def heightForWidth(self, width: int) -> int:
        """Return the height of what is shown."""
        return self._shown.heightForWidth(width)

    def sizeHint(self) -> QSize:
        """Return the size of what is shown."""
        return self._shown.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Values give way in width."""
        return QSize(20, self._shown.minimumSizeHint().height())


class Facts(QWidget):
    """Rows of a key and a value; every value can be selected with the mouse and copied.

    Args:
        wraps: what does not fit goes on in a further line, instead of being elided.
    """

    def __init__(
        self, key_px: int = KEY_PX, parent: QWidget | None = None, *, wraps: bool = False
    ) -> None:
        super().__init__(parent)
        self._wraps = wraps
        self._key_px = key_px
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnMinimumWidth(0, key_px)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, Value]] = []

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """The rows as they stand."""
        return tuple((key.text(), value.text()) for key, value in self._rows if not key.isHidden())

    def show_rows(self, rows: tuple[tuple[str, str], ...]) -> None:
        """Show these rows; widgets are kept and reused."""
        self.make_rows(len(rows))
        for number, (key, value) in enumerate(self._rows):
            is_used = number < len(rows)
            key.setVisible(is_used)
            value.setVisible(is_used)
            if is_used and (key.text(), value.text()) != rows[number]:
                key.setText(rows[number][0])
                value.say(rows[number][1])
                value.name(f"{rows[number][0]}: {rows[number][1]}")

    def make_rows(self, count: int) -> None:
        """Make widgets for so many rows; they are hidden until they are used."""
        while len(self._rows) < count:
            row = self._new_row(len(self._rows))
            for part in row:
                part.hide()
            self._rows.append(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the keys less room where there is little."""
        super().resizeEvent(event)
        is_narrow = event.size().width() < NARROW_PX
        self._set_key_width(self._key_px - NARROWER_PX if is_narrow else self._key_px)

    def _set_key_width(self, key_px: int) -> None:
        if key_px != self._grid.columnMinimumWidth(0):
            self._grid.setColumnMinimumWidth(0, key_px)
            for key, _ in self._rows:
                key.setFixedWidth(key_px)

    def _new_row(self, number: int) -> tuple[QLabel, Value]:
        key = QLabel() if self._wraps else Elided()
        value = Value(wraps=self._wraps)
        key.setWordWrap(self._wraps)
        key.setProperty("kind", "quiet")
        key.setAlignment(Qt.AlignmentFlag.AlignTop)
        key.setFixedWidth(self._grid.columnMinimumWidth(0))
        key.setContentsMargins(0, 1, 0, 0)
        self._grid.addWidget(key, number, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, number, 1)
        return key, value


class Sentence(QTextEdit):
    """A plain text that wraps, where it must inside a long uid, and can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def text(self) -> str:
        """Return what is shown."""
        return self.toPlainText()

    def setText(self, text: str) -> None:
        """Show a text; marks of HTML in it are text."""
        self.setPlainText(text)
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        """It is as high as it wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        owner = QObject()  # a clone that nobody owns would stay for good
        measured = self.document().clone(owner)
        measured.setTextWidth(width)
        return ceil(measured.size().height())

    def sizeHint(self) -> QSize:
        """All lines at the width it has."""
        return QSize(self.width(), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        """It gives way in width."""
        return QSize(1, self.fontMetrics().height())
