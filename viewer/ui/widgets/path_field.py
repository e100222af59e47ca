"""A field for the path of a file: while nobody types in it the name is whole, the folder elided."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QWidget

MARGIN_PX = 2  # that a line edit leaves beside its text
LEAST_FOLDER_PX = 48  # less says nothing of a folder


class PathField(QLineEdit):
    """Shows what fits of a path; the whole is in the tooltip, and there to be changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.textChanged.connect(self.setToolTip)

    def fitting(self) -> str:
        """Return what is shown of the path while the field is at rest."""
        return path_fitting(self.text(), self.fontMetrics(), self._text_rect().width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the fitting path; while it is typed in, what Qt scrolls to."""
        fitting = self.fitting()
        if self.hasFocus() or fitting == self.text():
            super().paintEvent(event)
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        with QPainter(self) as painter:
            panel = QStyle.PrimitiveElement.PE_PanelLineEdit
            self.style().drawPrimitive(panel, option, painter, self)
            painter.setPen(self.palette().color(QPalette.ColorRole.Text))
            middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
            painter.drawText(self._text_rect(), middle, fitting)

    def _text_rect(self) -> QRect:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        inside = QStyle.SubElement.SE_LineEditContents
        rect = self.style().subElementRect(inside, option, self)
        return rect.adjusted(MARGIN_PX, 0, -MARGIN_PX, 0)


def path_fitting(path: str, metrics: QFontMetrics, width_px: int) -> str:
    """Return a path elided in the middle of its folder, its name whole.

    A name that leaves no room for a folder stands alone, elided in its own middle if need be.
    """
    middle = Qt.TextElideMode.ElideMiddle
    name = Path(path).name
    folder = path.removesuffix(name)
    if metrics.horizontalAdvance(path) <= width_px or not name or folder == path:
        return metrics.elidedText(path, middle, width_px)
    room = width_px - metrics.horizontalAdvance(name)
    if room < LEAST_FOLDER_PX:
        return metrics.elidedText(name, middle, width_px)
    return metrics.elidedText(folder, middle, room) + name
