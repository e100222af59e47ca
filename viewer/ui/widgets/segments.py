"""A row of words of which one is on."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QToolButton


class Segments(QFrame):
    """Words beside each other, one of which is picked; the first at first.

    Args:
        entries: (key, words, tooltip) of each.
        name: what is picked, for screen readers.
    """

    picked = Signal(str)  # the key

    def __init__(self, entries: Iterable[tuple[str, str, str]], name: str) -> None:
        super().__init__()
        self.setObjectName("mode")
        self.setAccessibleName(name)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        self._group = QButtonGroup(self)
        self.segments: dict[str, QToolButton] = {}
        for key, words, tip in entries:
            segment = QToolButton()
            segment.setText(words)
            segment.setToolTip(tip)
            segment.setCheckable(True)
            segment.setProperty("mode", "view")
            segment.clicked.connect(lambda _=False, key=key: self.picked.emit(key))
            self._group.addButton(segment)
            self.segments[key] = segment
            layout.addWidget(segment)
        self.show_key(next(iter(self.segments)))

    @property
    def key(self) -> str:
        """Which one is on."""
        return next(key for key, segment in self.segments.items() if segment.isChecked())

    def show_key(self, key: str) -> None:
        """Switch another one on."""
        self.segments[key].setChecked(True)
