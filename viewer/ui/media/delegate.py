"""Paints the rows of the media list."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from viewer.model.counted import counted
from viewer.ui.widgets.icons import paint_icon
from viewer.ui.widgets.theme import color, font_of

Index = QModelIndex | QPersistentModelIndex
MEDIA_ROLE = Qt.ItemDataRole.UserRole + 1
ROW_PX = 52
THUMB_PX = 40
INSET_PX = 12
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True)
class MediaItem:
    """What a row shows.

    Args:
        below: modality and number of images.
        caution: what is odd, in sentences; the first one's beginning is the chip.
        labels: number of labels on it.
        thumb: a slice as a picture, None until one is decoded.
    """

    title: str
    below: str
    caution: tuple[str, ...]
    labels: int
    thumb: QPixmap | None

    @property
    def words(self) -> str:
        """The row in words."""
        parts = [self.title, self.below, counted(self.labels, "label"), *self.caution]
        return ", ".join(parts)

    @property
    def chip(self) -> str:
        """The first oddity, up to its colon."""
        return self.caution[0].split(":")[0].replace(" degrees", "°") if self.caution else ""


class MediaDelegate(QStyledItemDelegate):
    """Thumbnail, name with caution chip, modality and count, number of labels."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """52 px, more when the text is larger."""
        return QSize(100, max(ROW_PX, 2 * QFontMetrics(font_of(13)).height() + 14))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        item: MediaItem = index.data(MEDIA_ROLE)
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, color("accent-soft"))
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), color("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, color("hover"))
        _paint_thumb(painter, rect, item)
        count_px = _paint_labels(painter, rect, item)
        _paint_words(painter, rect.adjusted(INSET_PX + THUMB_PX + 10, 0, -count_px - 8, 0), item)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(color("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()


def _paint_thumb(painter: QPainter, rect: QRect, item: MediaItem) -> None:
    place = QRect(rect.left() + INSET_PX, rect.center().y() - THUMB_PX // 2, THUMB_PX, THUMB_PX)
    painter.fillRect(place, color("canvas"))
    if item.thumb is None:
        inner = QRectF(place).adjusted(12, 12, -12, -12)
        paint_icon(painter, inner, "image", "text-off")
        return
    size = item.thumb.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
    target = QRect(0, 0, size.width(), size.height())
    target.moveCenter(place.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(target, item.thumb)


def _paint_labels(painter: QPainter, rect: QRect, item: MediaItem) -> int:
    painter.setFont(font_of(12))
    painter.setPen(color("text-2"))
    words = f"{item.labels:,}"
    painter.drawText(rect.adjusted(0, 0, -INSET_PX, 0), RIGHT, words)
    return painter.fontMetrics().horizontalAdvance(words) + INSET_PX


def _paint_words(painter: QPainter, room: QRect, item: MediaItem) -> None:
    half = room.height() // 2
    upper = QRect(room.left(), room.top() + 6, room.width(), half - 6)
    lower = QRect(room.left(), room.top() + half, room.width(), half - 6)
    chip_px = _chip_width(room, item)
    painter.setFont(font_of(13, QFont.Weight.Medium))
    painter.setPen(color("text"))
    words_px = upper.width() - (chip_px + 6 if chip_px else 0)
    words = painter.fontMetrics().elidedText(item.title, Qt.TextElideMode.ElideMiddle, words_px)
    painter.drawText(upper, LEFT, words)
    after = painter.fontMetrics().horizontalAdvance(words) + 6
    painter.setFont(font_of(12))
    painter.setPen(color("text-2"))
    below = painter.fontMetrics().elidedText(item.below, Qt.TextElideMode.ElideRight, lower.width())
    painter.drawText(lower, LEFT, below)
    if chip_px:
        place = QRect(upper.left() + after, upper.center().y() - 8, chip_px, 18)
        _paint_chip(painter, place, item.chip if chip_px > 24 else "")


def _chip_width(room: QRect, item: MediaItem) -> int:
    """Return the chip's width: with words where the name has room beside them, else the sign."""
    if not item.chip:
        return 0
    words_px = QFontMetrics(font_of(11)).horizontalAdvance(item.chip) + 28
    return words_px if words_px < room.width() // 2 else 24


def _paint_chip(painter: QPainter, place: QRect, words: str) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color("caution-soft"))
    painter.drawRoundedRect(place, 3, 3)
    sign = QRectF(place.left() + 6, place.center().y() - 5.5, 12, 12)
    paint_icon(painter, sign, "warning", "caution")
    painter.setFont(font_of(11, QFont.Weight.Medium))
    painter.setPen(color("caution"))
    painter.drawText(place.adjusted(22, 0, 0, 0), LEFT, words)
