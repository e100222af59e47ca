"""A question beside the work and not in its way: a strip at the bottom of what it lies over."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
WIDTH_PX = 440
AWAY_PX = 24


class Strip(QFrame):
    """Opens without blocking the window; Esc leaves it, Enter presses the button in focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before: QWidget | None = None
        if parent is not None:
            parent.installEventFilter(self)
        self.hide()

    def open_at(self, first: QWidget) -> None:
        """Show the strip with the focus on one of its parts."""
        if not self.isVisible():
            self._before = self.window().focusWidget()
        self.place()
        self.show()
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def dismiss(self) -> None:
        """Leave everything as it is; the focus goes back to where it was."""
        if self.isVisible():
            had_focus = self.isAncestorOf(self.window().focusWidget() or self.window())
            self.hide()
            if had_focus and self._before is not None and self._before.isVisible():
                self._before.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self) -> None:
        """Stand at the bottom of what it lies over, in the middle, above everything."""
        around = self.parentWidget()
        if around is None:
            return
        width = min(WIDTH_PX, around.width() - 2 * AWAY_PX)
        layout = self.layout()
        height = self.sizeHint().height()
        if layout is not None and layout.hasHeightForWidth():
            height = layout.totalHeightForWidth(width)
        self.resize(width, height)
        self.move((around.width() - width) // 2, around.height() - height - AWAY_PX)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place when what it lies over changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hear Esc and Enter; neither reaches what the strip lies over."""
        focus = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.key() not in ENTER:
            super().keyPressEvent(event)
        elif isinstance(focus, QPushButton):
            focus.click()
