"""The tree of labels and its painter: no widgets in cells, icons painted by token."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from viewer.ui.labels.cells import (
    HEADER_ICONS,
    NOT_PLACED_ICON,
    UNSAVED,
    Column,
    GroupItem,
    RowItem,
)
from viewer.ui.labels.model import ITEM_ROLE
from viewer.ui.widgets.icons import paint_icon
from viewer.ui.widgets.swatch import paint_swatch
from viewer.ui.widgets.theme import color, font_of

Index = QModelIndex | QPersistentModelIndex
ROW_PX = 26
ICON_PX = 15
ICON_COLUMN_PX = 24
SLICE_COLUMN_PX = 48
LONGEST_NUMBER_PX = 104  # "cor 1024–1160"
LEAST_BESIDE_PX = 44  # cut shorter than this it says nothing
NARROW_PX = 290  # below it solo and lock live in the row's menu


class LabelDelegate(QStyledItemDelegate):
    """Paints group and annotation rows."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """All rows have one height."""
        return QSize(40, max(ROW_PX, QFontMetrics(font_of(13)).height() + 8))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        item = index.data(ITEM_ROLE)
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        painter.save()
        column = Column(index.column())
        _paint_ground(painter, option, rect)
        words = self._label_rect(index, item) if column <= Column.EYE else QRect()
        if words.intersects(rect):  # they may begin in one cell and go on over the next
            painter.save()
            painter.setClipRect(rect)
            _paint_label(painter, words, item)
            painter.restore()
        if column <= Column.SLICE:  # a long number begins in the cell before
            painter.setClipRect(rect)
            _paint_count(painter, self._number_rect(index, item), item)
        else:
            _paint_state(painter, rect, item, column)
        painter.restore()

    def _label_rect(self, index: Index, item: GroupItem | RowItem) -> QRect:
        """Return where the words of a row may go: over the cells beside it that stay empty."""
        tree = self.parent()
        if not isinstance(tree, QTreeView):
            raise TypeError("rows are painted for a tree")
        label = tree.visualRect(index.sibling(index.row(), Column.LABEL))
        number = tree.visualRect(index.sibling(index.row(), Column.SLICE))
        eye = tree.visualRect(index.sibling(index.row(), Column.EYE))
        used = number_px(item)
        if used:
            label.setRight(number.right() - used)
        else:
            label.setRight(number.right() if item.is_drawn else eye.right())
        return label

    def _number_rect(self, index: Index, item: GroupItem | RowItem) -> QRect:
        """Return where the number of a row stands."""
        tree = self.parent()
        if not isinstance(tree, QTreeView):
            raise TypeError("rows are painted for a tree")
        rect = tree.visualRect(index.sibling(index.row(), Column.SLICE))
        rect.setLeft(min(rect.left(), rect.right() - number_px(item)))
        return rect


def number_px(item: GroupItem | RowItem) -> int:
    """Return the width of a row's number; the words may have the rest."""
    width = QFontMetrics(font_of(12)).horizontalAdvance(_number(item))
    return min(width + 14, LONGEST_NUMBER_PX) if width else 0


def _number(item: GroupItem | RowItem) -> str:
    return f"{item.count:,}" if isinstance(item, GroupItem) else item.slice


def _state(option: QStyleOptionViewItem) -> QStyle.StateFlag:
    return option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem, rect: QRect) -> None:
    state = _state(option)
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(rect, color("accent-soft"))
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, color("hover"))


def _paint_label(painter: QPainter, rect: QRect, item: GroupItem | RowItem) -> None:
    square = QRectF(rect.left() + 4, rect.center().y() - ICON_PX / 2 + 1, ICON_PX, ICON_PX)
    is_unsaved = False
    if isinstance(item, GroupItem):
        painter.setFont(font_of(13, QFont.Weight.DemiBold))
        if item.color is not None:
            paint_swatch(painter, square.adjusted(1.5, 1.5, -1.5, -1.5), item.color)
        else:
            token = "caution" if item.icon == NOT_PLACED_ICON else "text-2"
            paint_icon(painter, square, item.icon, token)
    else:
        painter.setFont(font_of(13))
        is_unsaved = item.is_unsaved
        if item.is_child:
            paint_icon(painter, square, "arrow-elbow-down-right", "text-2")
            square.translate(ICON_PX + 2, 0)
        paint_icon(painter, square, item.icon, "text-2")
    room = rect.adjusted(int(square.right()) - rect.left() + 7, 0, -2, 0)
    _paint_words(painter, room, (item.title, item.beside), is_unsaved)


def _paint_words(painter: QPainter, room: QRect, names: tuple[str, str], is_unsaved: bool) -> None:
    """Paint a name, the dot of an unsaved one, and what stands beside it, which gives way first."""
    left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    title, beside = names
    metrics = painter.fontMetrics()
    dot = f" {UNSAVED}" if is_unsaved else ""
    title_px = room.width() - metrics.horizontalAdvance(dot)
    words = metrics.elidedText(title, Qt.TextElideMode.ElideRight, title_px) + dot
    painter.setPen(color("text"))
    painter.drawText(room, left, words)
    rest = room.adjusted(metrics.horizontalAdvance(words) + 8, 0, 0, 0)
    painter.setFont(font_of(12))
    whole_px = painter.fontMetrics().horizontalAdvance(beside)
    if beside and rest.width() >= min(whole_px, LEAST_BESIDE_PX):
        painter.setPen(color("text-2"))
        middle = Qt.TextElideMode.ElideMiddle  # names of readers often differ at their end
        words = painter.fontMetrics().elidedText(beside, middle, rest.width())
        painter.drawText(rest, left, words)


def _paint_count(painter: QPainter, rect: QRect, item: GroupItem | RowItem) -> None:
    painter.setFont(font_of(12))
    painter.setPen(color("text-2"))
    right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
    painter.drawText(rect.adjusted(0, 0, -6, 0), right, _number(item))


def _paint_state(painter: QPainter, rect: QRect, item: GroupItem | RowItem, column: Column) -> None:
    square = QRectF(0, 0, ICON_PX, ICON_PX)
    square.moveCenter(QRectF(rect).center())
    if column in (Column.EYE, Column.SOLO) and not item.is_drawn:
        return
    if column == Column.EYE:
        name, token = ("eye-slash", "text-off") if item.is_hidden else ("eye", "text-2")
        paint_icon(painter, square, name, token)
    elif column == Column.SOLO:
        token = "accent" if item.is_solo else "text-off"
        paint_icon(painter, square, "star-four", token, filled=item.is_solo)
    elif isinstance(item, RowItem) and item.is_locked:
        paint_icon(painter, square, "lock-simple", "text-2", filled=True)


class LabelHeader(QHeaderView):
    """The header: words, and icons over the narrow columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setMinimumSectionSize(20)
        self.setHighlightSections(False)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint the section and its icon."""
        painter.save()
        super().paintSection(painter, rect, section)
        painter.restore()
        name = HEADER_ICONS.get(Column(section))
        if name is not None:
            square = QRectF(0, 0, ICON_PX, ICON_PX)
            square.moveCenter(QRectF(rect).center())
            paint_icon(painter, square, name, "text-2")


class LabelTree(QTreeView):
    """The tree: eyes and stars are clicked across their whole cell and painted down a column."""

    state_painted = Signal(QModelIndex, int, bool)  # index, Column, whether a drag began here
    copy_asked = Signal()
    delete_asked = Signal()
    activated_row = Signal(QModelIndex)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._painting: tuple[int, int] | None = None  # column, last y
        self.setHeader(LabelHeader(self))
        self.setItemDelegate(LabelDelegate(self))
        self.setUniformRowHeights(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setIndentation(16)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAllColumnsShowFocus(True)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Labels")

    def expandAll(self) -> None:
        """Unfold the groups; rows have nothing below, so Qt need not ask each of them."""
        for number in range(self.model().rowCount()):
            self.expand(self.model().index(number, 0))

    def fit_columns(self) -> None:
        """Give the label the room that the fixed columns leave."""
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(Column.LABEL, QHeaderView.ResizeMode.Stretch)
        widths = {Column.SLICE: SLICE_COLUMN_PX}
        for column in (Column.SLICE, Column.EYE, Column.SOLO, Column.LOCK):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(column, widths.get(column, ICON_COLUMN_PX))
        self._hide_by_width()

    def _hide_by_width(self) -> None:
        is_narrow = self.width() < NARROW_PX
        for column in (Column.SOLO, Column.LOCK) if self.header().count() else ():
            self.setColumnHidden(column, is_narrow)

    def resizeEvent(self, event: object) -> None:
        """Drop the columns for which there is no room."""
        super().resizeEvent(event)  # pyright: ignore[reportArgumentType]
        self._hide_by_width()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Click an eye or a star; elsewhere select."""
        index = self.indexAt(event.position().toPoint())
        column = index.column() if index.isValid() else -1
        if event.button() == Qt.MouseButton.LeftButton and column in (Column.EYE, Column.SOLO):
            self._painting = (column, index.row())
            self.state_painted.emit(index, column, True)
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry the state of the first eye down the column."""
        if self._painting is None:
            super().mouseMoveEvent(event)
            return
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self._painting[0] == Column.EYE:
            self.state_painted.emit(index.sibling(index.row(), Column.EYE), Column.EYE, False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the painting of states."""
        if self._painting is not None:
            self._painting = None
            event.accept()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, delete, toggle the eye (space) and go to a row (Enter); the rest is the tree's."""
        from PySide6.QtGui import QKeySequence

        current = self.currentIndex()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_asked.emit()
        elif event.key() == Qt.Key.Key_Space and current.isValid():
            self.state_painted.emit(current.siblingAtColumn(Column.EYE), Column.EYE, True)
        elif event.key() == Qt.Key.Key_Asterisk and current.isValid():
            self.expand(current)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current.isValid():
            self.activated_row.emit(current)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Repaint when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.viewport().update()

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row, the mark of a selected one at its left, and the frame of the focus."""
        selection = self.selectionModel()
        super().drawRow(painter, options, index)
        rect: QRect = options.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        if self.hasFocus() and self.currentIndex().siblingAtColumn(Column.LABEL) == index:
            painter.setPen(color("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        if selection.isRowSelected(index.row(), index.parent()):
            painter.fillRect(QRect(0, rect.top(), 2, rect.height()), color("accent"))
