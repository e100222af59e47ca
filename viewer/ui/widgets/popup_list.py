"""A field with a list below it that lies over the window: type, choose a row, Enter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QMargins,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from viewer.ui.widgets.chips import Picture, divider, key_cap, quiet, row_of
from viewer.ui.widgets.icons import paint_icon
from viewer.ui.widgets.swatch import paint_swatch
from viewer.ui.widgets.theme import color, font_of

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
WIDTH_PX, TOP_PX, FIELD_PX, ROW_PX, FOOT_PX = 640, 120, 48, 36, 36
LEAST_TOP_PX, EDGE_PX, INSET_PX = 56, 24, 16
FRAME_PX = 3  # so much that the round corners are the frame's alone
LINES_PX = 2 * FRAME_PX + 2  # the frame, and two lines between the parts
MOST_ROWS = 12
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
STILL_HERE = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}


@dataclass(frozen=True)
class PopupRow:
    """One thing that can be chosen.

    Args:
        letters: places in the title that were typed.
        icon: "" where a swatch stands; `color` is that of a label.
        beside: group or place, or why it is off.
    """

    title: str
    letters: tuple[int, ...] = ()
    icon: str = ""
    color: str = ""
    beside: str = ""
    key: str = ""
    is_on: bool = True

    @property
    def words(self) -> str:
        """The row in words."""
        off = "" if self.is_on else "not now"
        return ", ".join(part for part in (self.title, self.beside, self.key, off) if part)


class PopupList(QWidget):
    """Lies over its parent without dimming it; Esc, or the focus elsewhere, closes it.

    It covers what lies below, so that Qt does not paint that anew with every letter; its frame,
    whose round corners do not, is a widget of its own.
    """

    typed = Signal(str)
    chosen = Signal(int)  # number of the row
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._before: QWidget | None = None
        self._rows = _Rows(self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._frame = QFrame(parent)
        self._frame.setObjectName("popup")
        self.field = QLineEdit()
        self.field.setObjectName("bare")
        self.field.setFixedHeight(FIELD_PX)
        self.field.installEventFilter(self)
        self.count = quiet()
        self.sentence = quiet()
        self.sentence.setWordWrap(True)
        self.sentence.setContentsMargins(INSET_PX, 12, INSET_PX, 12)
        self.list = QListView()
        self.list.setObjectName("popup")
        self.list.setModel(self._rows)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.foot = QWidget()
        self._build()
        self.field.textChanged.connect(self.typed)
        self.list.clicked.connect(self._on_clicked)
        parent.installEventFilter(self)
        self._frame.hide()
        self.hide()

    def _build(self) -> None:
        head = row_of(Picture("magnifying-glass", 20, "accent"), self.field, self.count, spacing=12)
        head.setStretch(1, 1)
        head.setContentsMargins(INSET_PX, 0, INSET_PX, 0)
        self._feet = row_of(spacing=8)
        self._feet.setContentsMargins(INSET_PX, 0, INSET_PX, 0)
        self.foot.setLayout(self._feet)
        self.foot.setFixedHeight(FOOT_PX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        for part in (divider(), self.sentence, self.list, divider(), self.foot):
            layout.addWidget(part)

    @property
    def rows(self) -> tuple[PopupRow, ...]:
        """What is listed."""
        return self._rows.rows

    def open(self, name: str, words: str, keys: Sequence[tuple[str, str]]) -> None:
        """Show the field empty, with the focus.

        Args:
            name: what is looked for, for those who hear it.
            words: that stand in the empty field.
            keys: that can be used, and what each does.
        """
        if not self.isVisible():
            self._before = self.window().focusWidget()
        self.field.setAccessibleName(name)
        self.field.setPlaceholderText(words)
        self._show_keys(keys)
        self.field.clear()
        for part in (self._frame, self):
            part.show()
            part.raise_()
        self.place()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_rows(self, rows: Sequence[PopupRow], count: str = "", sentence: str = "") -> None:
        """List these, the first one chosen.

        Args:
            count: how many, in words.
            sentence: said in place of rows, or above them; "" for nothing.
        """
        self._rows.show(tuple(rows))
        self.count.setText(count)
        self.count.setVisible(bool(count))
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        self.field.setAccessibleDescription(sentence or count)
        self.list.setVisible(bool(rows))
        if rows:
            self._mark(0)
        self.place()

    def dismiss(self) -> None:
        """Close; the focus goes back to where it was."""
        if not self.isVisible():
            return
        had_focus = self.field.hasFocus()
        self.hide()
        self._frame.hide()
        if had_focus and self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.left.emit()

    def place(self) -> None:
        """Stand in the middle of the window's width, near its top, as high as the rows need."""
        around = self.parentWidget()
        if around is None or not self.isVisible():
            return
        width = min(WIDTH_PX, around.width() - 2 * EDGE_PX)
        top = min(TOP_PX, max(LEAST_TOP_PX, around.height() // 6))
        line = (
            self.sentence.heightForWidth(width - 2 * FRAME_PX)
            if not self.sentence.isHidden()
            else 0
        )
        room = around.height() - top - EDGE_PX - FIELD_PX - FOOT_PX - line - LINES_PX
        shown = min(len(self._rows.rows), MOST_ROWS, max(room // self._row_px, 2))
        self.list.setFixedHeight(shown * self._row_px)
        height = FIELD_PX + FOOT_PX + line + LINES_PX + (self.list.height() if shown else 0)
        self._frame.setGeometry((around.width() - width) // 2, top, width, height)
        self.setGeometry(self._frame.geometry().marginsRemoved(QMargins(*[FRAME_PX] * 4)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the ground."""
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), color("panel"))

    @property
    def _row_px(self) -> int:
        return row_px()

    def _show_keys(self, keys: Sequence[tuple[str, str]]) -> None:
        while self._feet.count():
            item = self._feet.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.deleteLater()
        for cap, words in (*keys, ("", ""), ("Esc", "close")):
            if not cap:
                self._feet.addStretch(1)
                continue
            self._feet.addWidget(key_cap(cap))
            self._feet.addWidget(quiet(words))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that choose; keep the place when the window changes its size."""
        if watched is self.field and isinstance(event, QFocusEvent):
            if event.lostFocus() and event.reason() not in STILL_HERE:
                self.dismiss()
            return False
        if watched is self.field and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and self._is_own(event):
                event.accept()  # else Enter would be an action's
                return True
            return event.type() == QEvent.Type.KeyPress and self._key(event)
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self.place()
        return False

    def _is_own(self, event: QKeyEvent) -> bool:
        key = event.key()
        return key in (*ENTER, Qt.Key.Key_Escape, *STEPS, *PAGES) and not event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier
        )

    def _key(self, event: QKeyEvent) -> bool:
        if not self._is_own(event):
            return False
        key, row = Qt.Key(event.key()), self.list.currentIndex().row()
        if key == Qt.Key.Key_Escape:
            self.dismiss()
        elif key in ENTER:
            self._choose(row)
        elif key in STEPS:
            self._mark((row + STEPS[key]) % max(len(self.rows), 1))
        else:
            by = PAGES[key] * (self.list.height() // self._row_px)
            self._mark(min(max(row + by, 0), len(self.rows) - 1))
        return True

    def _mark(self, row: int) -> None:
        index = self._rows.index(row)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def _on_clicked(self, index: QModelIndex) -> None:
        self._choose(index.row())

    def _choose(self, row: int) -> None:
        self.chosen.emit(row)


def row_px() -> int:
    """Return the height of a row: 36 px, more when the text is larger."""
    return max(ROW_PX, QFontMetrics(font_of(13)).height() + 16)


class _Rows(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: tuple[PopupRow, ...] = ()

    def show(self, rows: tuple[PopupRow, ...]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return row.words
        return row.title if role == Qt.ItemDataRole.DisplayRole else None


class _Delegate(QStyledItemDelegate):
    """Icon or swatch, title with the typed letters in the accent, place, key."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(100, row_px())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: PopupRow = index.data(ROW_ROLE)
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, color("accent-soft"))
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), color("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, color("hover"))
        _paint_sign(painter, rect, row)
        right = rect.right() - INSET_PX - _paint_key(painter, rect, row.key)
        room = QRect(rect.left() + INSET_PX + 32, rect.top(), 0, rect.height())
        room.setRight(right)
        used = _paint_title(painter, room, row)
        _paint_beside(painter, room.adjusted(used + 16, 0, 0, 0), row)
        painter.restore()


def _paint_sign(painter: QPainter, rect: QRect, row: PopupRow) -> None:
    side = 16
    place = QRectF(rect.left() + INSET_PX + 2, rect.center().y() - 7.5, side, side)
    if row.color:
        paint_swatch(painter, place.adjusted(2, 2, -2, -2), row.color)
    elif row.icon:
        paint_icon(painter, place, row.icon, "text-2" if row.is_on else "text-off")


def _paint_key(painter: QPainter, rect: QRect, key: str) -> int:
    """Paint a key cap at the right; return the width that it takes."""
    if not key:
        return 0
    painter.setFont(font_of(11))
    width = painter.fontMetrics().horizontalAdvance(key) + 12
    cap = QRectF(rect.right() - INSET_PX - width, rect.center().y() - 8.5, width - 1, 18)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(color("border"))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(cap, 3, 3)
    painter.setPen(color("text-2"))
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
    return width + 16


def _paint_title(painter: QPainter, room: QRect, row: PopupRow) -> int:
    """Paint the title, run by run of typed and other letters; return how wide it is."""
    usual, typed = font_of(13), font_of(13, QFont.Weight.DemiBold)
    metrics = QFontMetrics(usual)
    title = metrics.elidedText(row.title, Qt.TextElideMode.ElideRight, room.width() * 3 // 4)
    letters = frozenset(row.letters)
    left = start = 0
    for end in range(1, len(title) + 1):
        is_typed = start in letters
        if end < len(title) and (end in letters) == is_typed:
            continue
        run = title[start:end]
        painter.setFont(typed if is_typed else usual)
        plain = "text" if row.is_on else "text-off"
        painter.setPen(color("accent" if is_typed and row.is_on else plain))
        painter.drawText(room.adjusted(left, 0, 0, 0), LEFT, run)
        left += painter.fontMetrics().horizontalAdvance(run)
        start = end
    return left


def _paint_beside(painter: QPainter, room: QRect, row: PopupRow) -> None:
    painter.setFont(font_of(12))
    painter.setPen(color("text-2"))
    mode = Qt.TextElideMode.ElideRight
    painter.drawText(room, RIGHT, painter.fontMetrics().elidedText(row.beside, mode, room.width()))
