"""The painter of the label list: each line as a whole, no widgets in cells, icons by token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from viewer.ui.labels.cells import (
    COUNTED,
    NOT_PLACED_ICON,
    UNSAVED,
    Column,
    GroupItem,
    RowItem,
    words_of,
)
from viewer.ui.widgets.icons import icon_image
from viewer.ui.widgets.swatch import paint_swatch
from viewer.ui.widgets.theme import color, font_of

ROW_PX = 26
ICON_PX = 15
LONGEST_NUMBER_PX = 104  # "cor 1024–1160"
NUMBER_GAP_PX = 6  # right of a number
LEAST_BESIDE_PX = 44  # cut shorter than this it says nothing
ARROW_PX = 16  # of a head, and how far rows stand in below it
ARROW_ICON_PX = 11
MARK_PX = 2  # of a selected line
STATES = (Column.REVIEW, Column.EYE, Column.SOLO, Column.LOCK)
Item = GroupItem | RowItem
VERDICT_ICONS = {
    "none": ("circle", "text-off", False),
    "accepted": ("check-circle", "ok", True),
    "rejected": ("x-circle", "bad", True),
    "needs_change": ("warning-circle", "caution", True),
}


def row_px() -> int:
    """Return the height of every line."""
    return max(ROW_PX, QFontMetrics(font_of(13)).height() + 8)


@dataclass(frozen=True)
class Line:
    """One line as it is painted: what it shows and how it stands out."""

    item: Item
    is_open: bool = False
    is_selected: bool = False
    is_hovered: bool = False


class _Face:
    """A font with its measures, and where its words stand in a line."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetrics(font)
        self.down_px = (row_px() - self.metrics.height()) // 2 + self.metrics.ascent()


class LinePainter:
    """What all lines of one painting share: fonts, colours, icons, and where columns stand.

    Args:
        columns: left edge and width of each column that is shown.
        width: of a line.
        ratio: device pixels to a logical one.
    """

    def __init__(
        self, columns: Mapping[Column, tuple[int, int]], width: int, ratio: float = 1.0
    ) -> None:
        self._columns = columns
        self._width, self._ratio = width, ratio
        self._height = row_px()
        self._down_px = (self._height - ICON_PX + 1) // 2  # of icons
        self._name, self._small = _Face(font_of(13)), _Face(font_of(12))
        self._bold = _Face(font_of(13, QFont.Weight.DemiBold))
        self._colors: dict[str, QColor] = {}

    def paint(self, painter: QPainter, line: Line, top: int) -> None:
        """Paint a line whose upper edge is `top`."""
        item = line.item
        if line.is_selected:
            painter.fillRect(0, top, self._width, self._height, self._color("accent-soft"))
            painter.fillRect(0, top, MARK_PX, self._height, self._color("accent"))
        elif line.is_hovered:
            painter.fillRect(0, top, self._width, self._height, self._color("hover"))
        if isinstance(item, GroupItem):
            square = QRect(3, top + self._height // 2 - 6, ARROW_ICON_PX, ARROW_ICON_PX)
            name = "caret-down" if line.is_open else "caret-right"
            self._paint_icon(painter, square, name, "text-2")
        self._paint_label(painter, self.words_rect(item, top), item, top)
        self._paint_beside(painter, item, top)
        for column in STATES:
            if column in self._columns:
                self._paint_state(painter, self._middle(column, top), item, column)

    # Where things stand.

    def _cell(self, column: Column, top: int) -> QRect:
        left, width = self._columns[column]
        return QRect(left, top, width, self._height)

    def _middle(self, column: Column, top: int) -> QRect:
        """Return where an icon stands in its cell."""
        left, width = self._columns[column]
        return QRect(left + (width - ICON_PX) // 2, top + self._down_px, ICON_PX, ICON_PX)

    def words_rect(self, item: Item, top: int) -> QRect:
        """Return where the words of a line may go: over the cells beside it that stay empty."""
        label, number = self._cell(Column.LABEL, top), self._cell(Column.SLICE, top)
        label.setLeft(label.left() + indent_px(item))
        if Column.AUTHOR in self._columns:
            return label
        eye, used = self._cell(Column.EYE, top), self._number_px(item)
        if self._is_unplaced(item):
            label.setRight(eye.right() - used)
        elif used or item.is_drawn or self._is_wide:
            label.setRight(number.right() - used)
        else:
            label.setRight(eye.right())
        return label

    def number_rect(self, item: Item, top: int) -> QRect:
        """Return where the number of a line stands."""
        rect = self._cell(Column.SLICE, top)
        if self._is_unplaced(item):
            rect.setRight(self._cell(Column.EYE, top).right())
        rect.setLeft(min(rect.left(), rect.right() - self._number_px(item)))
        return rect

    def _number_px(self, item: Item) -> int:
        """Return the width of a line's number; the words may have the rest."""
        width = self._small.metrics.horizontalAdvance(_number(item))
        return min(width + 14, LONGEST_NUMBER_PX) if width else 0

    @property
    def _is_wide(self) -> bool:
        """Columns beside the label have words of their own, so that its words stay in its cell."""
        return Column.AUTHOR in self._columns or Column.KEYS in self._columns

    def _is_unplaced(self, item: Item) -> bool:
        """The row of a label without pixels: its words may use the cells that stay empty."""
        return isinstance(item, RowItem) and not item.is_drawn and not self._is_wide

    # What is painted.

    def _paint_label(self, painter: QPainter, rect: QRect, item: Item, top: int) -> None:
        square = QRect(rect.left() + 4, top + self._down_px, ICON_PX, ICON_PX)
        face, is_unsaved = self._bold, False
        if isinstance(item, GroupItem):
            if item.color is None:
                token = "caution" if item.icon == NOT_PLACED_ICON else "text-2"
                self._paint_icon(painter, square, item.icon, token)
        else:
            face, is_unsaved = self._name, item.is_unsaved
            if item.is_child:
                self._paint_icon(painter, square, "arrow-elbow-down-right", "text-2")
                square.translate(ICON_PX + 2, 0)
        if item.color is not None:
            paint_swatch(painter, QRectF(square).adjusted(1.5, 1, -1.5, -2), item.color)
        if isinstance(item, RowItem):
            if item.color is not None:
                square.translate(ICON_PX + 2, 0)
            self._paint_icon(painter, square, item.icon, "text-2")
        room = rect.adjusted(square.right() + 8 - rect.left(), 0, -2, 0)
        self._paint_words(painter, room, face, (item.title, item.beside), is_unsaved=is_unsaved)

    def _paint_words(
        self, painter: QPainter, room: QRect, face: _Face, names: tuple[str, str], is_unsaved: bool
    ) -> None:
        """Paint a name, the dot of an unsaved one, and what stands beside it, which gives way."""
        title, beside = names
        dot = f" {UNSAVED}" if is_unsaved else ""
        title_px = room.width() - (face.metrics.horizontalAdvance(dot) if dot else 0)
        if title_px <= 0:
            return
        words = face.metrics.elidedText(title, Qt.TextElideMode.ElideRight, title_px) + dot
        self._write(painter, face, room.left(), room.top(), words, "text")
        if not beside:
            return
        left = room.left() + face.metrics.horizontalAdvance(words) + 8
        rest, metrics = room.right() + 1 - left, self._small.metrics
        if rest >= min(metrics.horizontalAdvance(beside), LEAST_BESIDE_PX):
            middle = Qt.TextElideMode.ElideMiddle  # names of readers often differ at their end
            words = metrics.elidedText(beside, middle, rest)
            self._write(painter, self._small, left, room.top(), words, "text-2")

    def _paint_beside(self, painter: QPainter, item: Item, top: int) -> None:
        """Paint the number, the author, and what is counted of a track."""
        self._paint_right(painter, self.number_rect(item, top), _number(item), "text-2")
        if isinstance(item, GroupItem):
            return
        if Column.AUTHOR in self._columns:
            cell, metrics = self._cell(Column.AUTHOR, top), self._small.metrics
            middle = Qt.TextElideMode.ElideMiddle
            words = metrics.elidedText(item.author, middle, cell.width() - 8)
            self._write(painter, self._small, cell.left() + 4, top, words, "text-2")
        for column in COUNTED:
            if column in self._columns:
                words = words_of(item, column)
                token = "text-off" if words == "0" else "text-2"
                if column == Column.PROBLEMS and words != "0":
                    token = "caution"  # it asks for care
                self._paint_right(painter, self._cell(column, top), words, token)

    def _paint_right(self, painter: QPainter, rect: QRect, words: str, token: str) -> None:
        """Paint words of a number at the right end of a cell."""
        if words:
            width = self._small.metrics.horizontalAdvance(words)
            left = rect.right() + 1 - NUMBER_GAP_PX - width
            self._write(painter, self._small, left, rect.top(), words, token)

    def _paint_state(self, painter: QPainter, square: QRect, item: Item, column: Column) -> None:
        if column == Column.REVIEW:
            self._paint_verdict(painter, square, item)
        elif column == Column.LOCK:
            if item.is_locked:
                self._paint_icon(painter, square, "lock-simple", "text-2", filled=True)
        elif not item.is_drawn:
            return
        elif column == Column.EYE:
            name, token = ("eye-slash", "text-off") if item.is_hidden else ("eye", "text-2")
            self._paint_icon(painter, square, name, token)
        else:
            token = "accent" if item.is_solo else "text-off"
            self._paint_icon(painter, square, "star-four", token, filled=item.is_solo)

    def _paint_verdict(self, painter: QPainter, square: QRect, item: Item) -> None:
        if isinstance(item, GroupItem) or not (item.is_drawn or item.verdict != "none"):
            return
        name, token, filled = VERDICT_ICONS[item.verdict]
        if item.verdict == "none" and item.is_commented:
            name, token = "chat-text", "text-2"
        self._paint_icon(painter, square, name, token, filled=filled)

    def _write(
        self, painter: QPainter, face: _Face, left: int, top: int, words: str, token: str
    ) -> None:
        painter.setFont(face.font)
        painter.setPen(self._color(token))
        painter.drawText(left, top + face.down_px, words)

    def _paint_icon(
        self, painter: QPainter, square: QRect, name: str, token: str, *, filled: bool = False
    ) -> None:
        image, margin = icon_image(name, token, square.width(), self._ratio, filled=filled)
        painter.drawImage(square.topLeft() - QPoint(margin, margin), image)

    def _color(self, token: str) -> QColor:
        known = self._colors.get(token)
        if known is None:
            known = self._colors[token] = color(token)
        return known


def _number(item: Item) -> str:
    return f"{item.count:,}" if isinstance(item, GroupItem) else item.slice


def indent_px(item: Item) -> int:
    """Return how far a line's words stand in: behind the arrow, of a row below one step more."""
    if isinstance(item, GroupItem):
        return ARROW_PX
    return 0 if item.is_bare else 2 * ARROW_PX
