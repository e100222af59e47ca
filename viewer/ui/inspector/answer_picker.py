"""A box that shows what was chosen; its list is searched by typing, and holds one or several."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

MOST_ROWS = 10  # further ones are scrolled to
ROW_PX = 26
SEARCHED_FROM = 7  # options; fewer are seen at once
NO_ANSWER = "No answer"
OPENERS = (
    Qt.Key.Key_Space,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Down,
    Qt.Key.Key_Up,
    Qt.Key.Key_F4,
)
TAKE_AWAY = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class Picker(QFrame):
    """The list that opens: a field to search in, and the options.

    Args:
        takes_several: options are ticked, and handed over when the list closes.
    """

    picked = Signal(tuple)  # of str, as listed

    def __init__(self, takes_several: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("card")
        self._takes_several = takes_several
        self._before: tuple[str, ...] = ()
        self._is_given_up = False
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search the options")
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Options")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._on_clicked)
        self.list.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(self.search)
        layout.addWidget(self.list)

    def open_at(self, box: QWidget, options: Iterable[str], chosen: tuple[str, ...]) -> None:
        """Show the options below a box, with the chosen ones marked."""
        self._before, self._is_given_up = chosen, False
        self.list.clear()
        for option in options:
            self.list.addItem(self._row(option, option in chosen))
        if not self._takes_several:
            self.list.insertItem(0, self._row(NO_ANSWER, False))
            self.list.item(0).setData(Qt.ItemDataRole.UserRole, "")
        self.search.clear()
        self.search.setVisible(self.list.count() > SEARCHED_FROM)
        self._mark_current()
        size = self._fitting(box.width())
        self.resize(size)
        self.move(_beside(box, size))
        self.show()
        (self.search if self.search.isVisible() else self.list).setFocus()

    def _row(self, option: str, is_chosen: bool) -> QListWidgetItem:
        row = QListWidgetItem(option)
        row.setData(Qt.ItemDataRole.UserRole, option)
        row.setToolTip(option if len(option) > 24 else "")
        if self._takes_several:
            row.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            row.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)
        return row

    def _mark_current(self) -> None:
        rows = [n for n in range(self.list.count()) if self._option(n) in self._before]
        self.list.setCurrentRow(rows[0] if rows else 0)

    def _option(self, row: int) -> str:
        return str(self.list.item(row).data(Qt.ItemDataRole.UserRole))

    def _fitting(self, width: int) -> QSize:
        rows = min(max(self.list.count(), 1), MOST_ROWS)
        height = rows * max(ROW_PX, self.list.sizeHintForRow(0)) + 12
        if self.search.isVisibleTo(self):
            height += self.search.sizeHint().height() + 4
        wanted = self.list.sizeHintForColumn(0) + 40
        return QSize(max(width, min(wanted, 2 * width)), height)

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        first = -1
        for row in range(self.list.count()):
            option = self._option(row).casefold()
            is_left_out = not all(word in option for word in words)
            self.list.item(row).setHidden(is_left_out)
            first = row if first < 0 and not is_left_out else first
        if first >= 0:
            self.list.setCurrentRow(first)

    def _on_clicked(self, row: QListWidgetItem) -> None:
        if self._takes_several:
            is_on = row.checkState() == Qt.CheckState.Checked
            row.setCheckState(Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked)
            return
        option = str(row.data(Qt.ItemDataRole.UserRole))
        self._is_given_up = True  # nothing more is handed over while it closes
        self.close()
        self.picked.emit((option,) if option else ())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go through the rows from the search field too; Enter takes the row, Esc gives up."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take_current()
        elif key == Qt.Key.Key_Escape:
            self._is_given_up = True
            self.close()
        elif key == Qt.Key.Key_Space and watched is self.list:
            self._on_clicked(self.list.currentItem())
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and watched is self.search:
            self._step(1 if key == Qt.Key.Key_Down else -1)
        else:
            return super().eventFilter(watched, event)
        return True

    def _take_current(self) -> None:
        row = self.list.currentRow()
        if self._takes_several and not self.search.text():
            self.close()
        elif row >= 0 and not self.list.item(row).isHidden():
            self._on_clicked(self.list.item(row))
            self.search.clear()

    def _step(self, on: int) -> None:
        row = self.list.currentRow() + on
        while 0 <= row < self.list.count() and self.list.item(row).isHidden():
            row += on
        if 0 <= row < self.list.count():
            self.list.setCurrentRow(row)

    def hideEvent(self, event: QHideEvent) -> None:
        """Hand over what is ticked, unless it was given up."""
        super().hideEvent(event)
        if self._takes_several and not self._is_given_up:
            self._is_given_up = True
            rows = range(self.list.count())
            ticked = [n for n in rows if self.list.item(n).checkState() == Qt.CheckState.Checked]
            self.picked.emit(tuple(self._option(row) for row in ticked))


class AnswerBox(QComboBox):
    """Looks like a combo box; keys and the wheel change nothing until its list is open."""

    picked = Signal(tuple)  # of str

    def __init__(self, takes_several: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options: tuple[str, ...] = ()
        self._chosen: tuple[str, ...] = ()
        self.picker = Picker(takes_several, self)
        self.picker.picked.connect(self.picked)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(48)

    def show_chosen(self, options: tuple[str, ...], chosen: tuple[str, ...], text: str) -> None:
        """Show what is chosen, in words, and remember what can be."""
        self._options, self._chosen = options, chosen
        self.clear()
        self.addItem(text or NO_ANSWER)
        self.setToolTip(text)

    def showPopup(self) -> None:
        """Open the list."""
        self.picker.open_at(self, self._options, self._chosen)

    def hidePopup(self) -> None:
        """Close it."""
        self.picker.close()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the list; no key changes the answer at once."""
        if event.key() in OPENERS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.showPopup()
        elif event.key() in TAKE_AWAY:
            self.picked.emit(())
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Keep Delete, which takes the answer away, from the window, where it deletes the label."""
        return kept_delete(event) or super().event(event)


def kept_delete(event: QEvent) -> bool:
    """Whether the window asked for a key; only one that takes an answer away is not given."""
    if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
        event.setAccepted(event.key() in TAKE_AWAY)
        return True
    return False


def _beside(box: QWidget, size: QSize) -> QPoint:
    """Return where a list of this size goes: below the box, above it where there is no room."""
    below = box.mapToGlobal(QPoint(0, box.height()))
    room = box.screen().availableGeometry()
    left = max(room.left(), min(below.x(), room.right() - size.width()))
    if below.y() + size.height() <= room.bottom():
        return QPoint(left, below.y())
    above = box.mapToGlobal(QPoint(0, 0)).y() - size.height()
    return QPoint(left, max(room.top(), above))
