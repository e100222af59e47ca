"""How many labels are listed."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from viewer.ui.widgets.chips import Elided

LATE_MS = 300  # after which it is said that a list is being worked out
LISTING = "Listing ..."
OF = " of "


class Count(Elided):
    """How many are listed and of how many; where there is little room the first number alone.

    It takes the room that there is, so that a filter makes the panel no wider.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setProperty("kind", "quiet")
        self._late = QTimer(self, singleShot=True, interval=LATE_MS)
        self._late.timeout.connect(lambda: self.setText(LISTING))

    def wait(self) -> None:
        """Say that a list is being worked out, unless it is there in a moment."""
        if not self._late.isActive():
            self._late.start()

    def say(self, shown: int, total: int) -> None:
        """Say how many are listed, and of how many."""
        self._late.stop()
        self.setText(f"{total:,}" if shown == total else f"{shown:,}{OF}{total:,}")

    def fitting(self, width_px: int) -> str:
        """Return what is shown in a width."""
        fits = self.fontMetrics().horizontalAdvance(self.text()) <= width_px
        return self.text() if fits else self.text().split(OF)[0]
