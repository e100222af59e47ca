"""The drawer below the views: pages that are looked at beside the picture, closed until asked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTabWidget, QToolButton, QWidget

from viewer.ui.widgets.icons import icon


class Drawer(QTabWidget):
    """Tabs with a button that closes them; Esc closes them too."""

    changed = Signal(int)  # opened or closed, or another page
    left = Signal()  # closed: the focus may go back to the picture

    def __init__(self, pages: dict[str, QWidget]) -> None:
        super().__init__()
        self.setDocumentMode(True)
        self.setAccessibleName("Drawer")
        self.is_wanted = False
        for title, page in pages.items():
            self.addTab(page, title)
        close = QToolButton()
        close.setIcon(icon("x", role="text-2"))
        close.setToolTip("Close (Esc)")
        close.setAccessibleName("Close the drawer")
        close.clicked.connect(self.close_drawer)
        self.setCornerWidget(close, Qt.Corner.TopRightCorner)
        self.currentChanged.connect(self.changed)

    def toggle(self, page: QWidget) -> None:
        """Open a page; one that is open already is closed."""
        if self.is_wanted and self.currentWidget() is page:
            self.close_drawer()
            return
        self.setCurrentWidget(page)
        self.is_wanted = True
        self.changed.emit(self.currentIndex())

    def close_drawer(self) -> None:
        """Close it."""
        self.is_wanted = False
        self.changed.emit(self.currentIndex())
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_drawer()
        else:
            super().keyPressEvent(event)
