"""Where what a key opens stands: at the pointer, or in the window where it points elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget


def place_in(window: QWidget) -> QPoint:
    """Return the pointer's place on the screen; the window's middle where it is not over it."""
    pointer = QCursor.pos()
    frame = QRect(window.mapToGlobal(QPoint(0, 0)), window.size())
    return pointer if frame.contains(pointer) else frame.center()


def show_in(window: QWidget, popup: QWidget) -> None:
    """Show a popup at that place, or as near as it is whole on the screen."""
    popup.adjustSize()
    screen = window.screen().availableGeometry()
    at, size = place_in(window), popup.size()
    popup.move(
        max(screen.left(), min(at.x(), screen.right() + 1 - size.width())),
        max(screen.top(), min(at.y(), screen.bottom() + 1 - size.height())),
    )
    popup.show()
