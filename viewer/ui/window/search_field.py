"""The toolbar's last part: looks like a field and opens the list of commands."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from viewer.ui.widgets.chips import Elided, Picture, key_cap

WIDTHS_PX = (32, 180, 240)  # of the sign alone, in a window of 1280 px, and in a wide one
HEIGHT_PX = 28


class SearchField(QPushButton):
    """A button with the words, and the key, of the action that it does."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self.setObjectName("search")
        words = action.text().removesuffix("...")
        self.setAccessibleName(words)
        self.setToolTip(action.toolTip())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(action.trigger)
        self._name = words
        self._words, self._key = Elided(words), key_cap(action.shortcut().toString())
        self._words.setProperty("kind", "quiet")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 5, 0)
        layout.setSpacing(8)
        layout.addWidget(Picture("magnifying-glass", 16))
        layout.addWidget(self._words, 1)
        layout.addWidget(self._key)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.set_room(1)

    def set_room(self, room: int) -> None:
        """Take one of three widths: 0 the sign alone, 1, or 2 the widest."""
        self._words.setText(self._name if room > 1 else self._name.partition(" ")[0])
        for part in (self._words, self._key):
            part.setVisible(room > 0)
        self.setFixedSize(QSize(WIDTHS_PX[room], HEIGHT_PX))
