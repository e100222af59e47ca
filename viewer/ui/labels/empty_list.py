"""What stands in place of the list where nothing fits the filter."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from viewer.ui.widgets.chips import button, titled


class EmptyList(QWidget):
    """Nothing fits the filter: which, and the button that takes it off."""

    def __init__(self, take_off: Callable[[], None]) -> None:
        super().__init__()
        self._words = QLabel()
        self._words.setProperty("kind", "quiet")
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = titled("No label fits this filter")
        self.off = button("Take the filter off")
        self.off.clicked.connect(lambda: take_off())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.addStretch(1)
        layout.addWidget(title, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self._words)
        layout.addWidget(self.off, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(2)

    def say(self, words: str) -> None:
        """Show which filter it is."""
        self._words.setText(words)
