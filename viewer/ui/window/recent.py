"""The welcome page's way back: what was open last, and before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from viewer.ui.widgets.chips import Elided, Picture, button, divider, quiet, row_of, titled

ROW_PX = 44


@dataclass(frozen=True)
class RecentRow:
    """One thing that was open.

    Args:
        title: its files.
        below: vendors, labels, place; or what is gone.
        tip: its paths.
        can_open: something of it is there.
        is_gone: something of it is not.
    """

    title: str
    below: str
    when: str
    tip: str
    can_open: bool = True
    is_gone: bool = False


class GoOnStrip(QFrame):
    """Offers to go on where one was; opens nothing by itself."""

    asked = Signal()

    def __init__(self, title: str, place: str) -> None:
        super().__init__()
        self.setObjectName("go-on")
        words = f"Go on where you were: {title}" + (f", {place}" if place else "")
        self.words = Elided(words, mode=Qt.TextElideMode.ElideMiddle)
        self.button = button("Go on", "primary")
        self.button.setAccessibleName(words)
        self.button.clicked.connect(self.asked)
        layout = row_of(Picture("clock-counter-clockwise", 20, "accent"), self.words, self.button)
        layout.setStretch(1, 1)
        layout.setContentsMargins(14, 8, 10, 8)
        self.setLayout(layout)


class RecentList(QWidget):
    """A row for each; a click opens it again and goes to its place."""

    asked = Signal(int)

    def __init__(self, rows: Sequence[RecentRow]) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(titled("Recent"))
        layout.addSpacing(8)
        layout.addWidget(divider())
        self.rows = [_row(row) for row in rows]
        for number, row in enumerate(self.rows):
            row.clicked.connect(lambda _checked=False, number=number: self.asked.emit(number))
            layout.addWidget(row)
            layout.addWidget(divider())
        layout.addStretch(1)


def _row(row: RecentRow) -> QPushButton:
    made = QPushButton()
    made.setObjectName("recent")
    made.setMinimumHeight(ROW_PX)
    made.setEnabled(row.can_open)
    made.setToolTip(row.tip)
    made.setAccessibleName(row.title)
    made.setAccessibleDescription(", ".join(part for part in (row.below, row.when) if part))
    title = Elided(row.title, mode=Qt.TextElideMode.ElideMiddle)
    title.setProperty("kind", "name")
    below = Elided(row.below)
    below.setProperty("kind", "quiet")
    texts = QVBoxLayout()
    texts.setSpacing(0)
    texts.addWidget(title)
    texts.addWidget(below)
    sign = ("warning", "caution") if row.is_gone else ("folder-open", "text-2")
    layout = row_of(Picture(sign[0], 20, sign[1]), spacing=12)
    layout.addLayout(texts, 1)
    layout.addWidget(quiet(row.when))
    layout.setContentsMargins(8, 4, 8, 4)
    made.setLayout(layout)
    for child in made.findChildren(QWidget):
        child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return made
