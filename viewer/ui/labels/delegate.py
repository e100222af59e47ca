"""The painter of the label list: no widgets in cells, icons by token."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from viewer.ui.labels.cells import (
    COUNTED,
    NOT_PLACED_ICON,
    UNSAVED,
    Column,
    GroupItem,
    RowItem,
    words_of,
)
from viewer.ui.labels.model import ITEM_ROLE, LabelModel
from viewer.ui.widgets.icons import paint_icon
from viewer.ui.widgets.swatch import paint_swatch
from viewer.ui.widgets.theme import color, font_of

Index = QModelIndex | QPersistentModelIndex
ROW_PX = 26
ICON_PX = 15
LONGEST_NUMBER_PX = 104  # "cor 1024–1160"
LEAST_BESIDE_PX = 44  # cut shorter than this it says nothing
ARROW_PX = 16  # of a head, and how far rows stand in below it
ARROW_ICON_PX = 11
MARK_PX = 2  # of a selected line
_WORDED = (Column.LABEL, Column.SLICE, Column.REVIEW, Column.EYE)


def row_px() -> int:
    """Return the height of every line."""
    return max(ROW_PX, QFontMetrics(font_of(13)).height() + 8)


class LabelDelegate(QStyledItemDelegate):
    """Paints group and annotation rows."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """All rows have one height."""
        return QSize(40, row_px())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        item = index.data(ITEM_ROLE)
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        painter.save()
        column = Column(index.column())
        is_hovered = getattr(self.parent(), "hovered", -1) == index.row()
        _paint_ground(painter, option, rect, column, is_hovered=is_hovered)
        words = self._label_rect(index, item) if column in _WORDED else QRect()
        if column == Column.LABEL and isinstance(item, GroupItem):
            _paint_arrow(painter, rect, is_open=self._is_open(index))
        if words.intersects(rect):  # they may begin in one cell and go on over the next
            painter.save()
            painter.setClipRect(rect)
            _paint_label(painter, words, item)
            painter.restore()
        number = self._number_rect(index, item) if column in _WORDED else QRect()
        if number.intersects(rect):  # a long one begins in the cell before
            painter.setClipRect(rect)
            _paint_count(painter, number, item)
        if column == Column.AUTHOR:
            _paint_author(painter, rect, item)
        elif column in COUNTED:
            _paint_counted(painter, rect, words_of(item, column), column)
        elif column not in (Column.LABEL, Column.SLICE):
            _paint_state(painter, rect, item, column)
        painter.restore()

    def _label_rect(self, index: Index, item: GroupItem | RowItem) -> QRect:
        """Return where the words of a row may go: over the cells beside it that stay empty."""
        tree = self._table()
        label = tree.visualRect(index.sibling(index.row(), Column.LABEL))
        label.setLeft(label.left() + indent_px(item, is_deep=_is_deep(item)))
        number = tree.visualRect(index.sibling(index.row(), Column.SLICE))
        if not tree.isColumnHidden(Column.AUTHOR):
            return label
        eye = tree.visualRect(index.sibling(index.row(), Column.EYE))
        used = number_px(item)
        if _is_unplaced(item) and tree.isColumnHidden(Column.KEYS):
            label.setRight(eye.right() - used)
        elif used:
            label.setRight(number.right() - used)
        else:
            label.setRight(number.right() if item.is_drawn else eye.right())
        return label

    def _is_open(self, index: Index) -> bool:
        model = index.model()
        return isinstance(model, LabelModel) and model.is_open(index)

    def _table(self) -> QTableView:
        table = self.parent()
        if not isinstance(table, QTableView):
            raise TypeError("rows are painted for a table")
        return table

    def _number_rect(self, index: Index, item: GroupItem | RowItem) -> QRect:
        """Return where the number of a row stands."""
        tree = self._table()
        rect = tree.visualRect(index.sibling(index.row(), Column.SLICE))
        if _is_unplaced(item) and not _is_wide(tree):
            rect.setRight(tree.visualRect(index.sibling(index.row(), Column.EYE)).right())
        rect.setLeft(min(rect.left(), rect.right() - number_px(item)))
        return rect


def _is_wide(table: QTableView) -> bool:
    """Columns beside the label have words of their own, so that its words stay in its cell."""
    return not (table.isColumnHidden(Column.AUTHOR) and table.isColumnHidden(Column.KEYS))


def _is_deep(item: GroupItem | RowItem) -> bool:
    """The line is a head, or stands below one."""
    return not (isinstance(item, RowItem) and item.is_bare)


def _is_unplaced(item: GroupItem | RowItem) -> bool:
    """The row of a label without pixels: its words may use the cells that stay empty."""
    return isinstance(item, RowItem) and not item.is_drawn


def number_px(item: GroupItem | RowItem) -> int:
    """Return the width of a row's number; the words may have the rest."""
    width = QFontMetrics(font_of(12)).horizontalAdvance(_number(item))
    return min(width + 14, LONGEST_NUMBER_PX) if width else 0


def _number(item: GroupItem | RowItem) -> str:
    return f"{item.count:,}" if isinstance(item, GroupItem) else item.slice


def _state(option: QStyleOptionViewItem) -> QStyle.StateFlag:
    return option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


def _paint_ground(
    painter: QPainter,
    option: QStyleOptionViewItem,
    rect: QRect,
    column: Column,
    *,
    is_hovered: bool,
) -> None:
    state = _state(option)
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(rect, color("accent-soft"))
        if column == Column.LABEL:
            painter.fillRect(QRect(0, rect.top(), MARK_PX, rect.height()), color("accent"))
    elif is_hovered:
        painter.fillRect(rect, color("hover"))


def indent_px(item: GroupItem | RowItem, *, is_deep: bool) -> int:
    """Return how far a line's words stand in: behind the arrow, of a row one step more."""
    if not is_deep:
        return 0
    return ARROW_PX if isinstance(item, GroupItem) else 2 * ARROW_PX


def _paint_arrow(painter: QPainter, rect: QRect, *, is_open: bool) -> None:
    square = QRectF(rect.left() + 3, rect.center().y() - 5, ARROW_ICON_PX, ARROW_ICON_PX)
    paint_icon(painter, square, "caret-down" if is_open else "caret-right", "text-2")


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
        if item.color is not None:
            paint_swatch(painter, square.adjusted(1.5, 1.5, -1.5, -1.5), item.color)
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


def _paint_author(painter: QPainter, rect: QRect, item: GroupItem | RowItem) -> None:
    if isinstance(item, GroupItem):
        return
    painter.setFont(font_of(12))
    painter.setPen(color("text-2"))
    room = rect.adjusted(4, 0, -4, 0)
    middle = Qt.TextElideMode.ElideMiddle
    words = painter.fontMetrics().elidedText(item.author, middle, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


def _paint_counted(painter: QPainter, rect: QRect, words: str, column: Column) -> None:
    """Paint a number of a track; one that asks for care stands out, nothing steps back."""
    is_odd = column == Column.PROBLEMS and words != "0"
    painter.setFont(font_of(12))
    painter.setPen(color("caution" if is_odd else "text-off" if words == "0" else "text-2"))
    right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
    painter.drawText(rect.adjusted(0, 0, -6, 0), right, words)


VERDICT_ICONS = {
    "none": ("circle", "text-off", False),
    "accepted": ("check-circle", "ok", True),
    "rejected": ("x-circle", "bad", True),
    "needs_change": ("pencil-simple", "caution", True),
}


def _paint_state(painter: QPainter, rect: QRect, item: GroupItem | RowItem, column: Column) -> None:
    square = QRectF(0, 0, ICON_PX, ICON_PX)
    square.moveCenter(QRectF(rect).center())
    if column == Column.REVIEW:
        _paint_verdict(painter, square, item)
    elif column == Column.LOCK:
        if item.is_locked:
            paint_icon(painter, square, "lock-simple", "text-2", filled=True)
    elif not item.is_drawn:
        return
    elif column == Column.EYE:
        name, token = ("eye-slash", "text-off") if item.is_hidden else ("eye", "text-2")
        paint_icon(painter, square, name, token)
    else:
        token = "accent" if item.is_solo else "text-off"
        paint_icon(painter, square, "star-four", token, filled=item.is_solo)


def _paint_verdict(painter: QPainter, square: QRectF, item: GroupItem | RowItem) -> None:
    if isinstance(item, GroupItem) or not (item.is_drawn or item.verdict != "none"):
        return
    name, token, filled = VERDICT_ICONS[item.verdict]
    if item.verdict == "none" and item.is_commented:
        name, token = "chat-text", "text-2"
    paint_icon(painter, square, name, token, filled=filled)
