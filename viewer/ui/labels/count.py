"""How many labels are listed."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.ui.widgets.chips import Elided

LATE_MS = 300  # after which it is said that a list is being worked out
LISTING = "Listing ..."
OF = " of "


class Count(Elided):
    """How many are listed and of how many; where there is little room the first number alone.

    A filter makes the panel no wider.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setProperty("kind", "quiet")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._total = 0
        self._late = QTimer(self, singleShot=True, interval=LATE_MS)
        self._late.timeout.connect(lambda: self.setText(LISTING))

    def wait(self) -> None:
        """Say that a list is being worked out, unless it is there in a moment."""
        if not self._late.isActive():
            self._late.start()

    def say(self, shown: int, total: int) -> None:
        """Say how many are listed, and of how many."""
        self._late.stop()
        if total != self._total:
            self._total = total
            self.updateGeometry()
        self.setText(f"{total:,}" if shown == total else f"{shown:,}{OF}{total:,}")

    def minimumSizeHint(self) -> QSize:
        """Room for one number, whatever the filter leaves in."""
        wide = self.fontMetrics().horizontalAdvance(f"{self._total:,}") + 2
        return QSize(wide, super().minimumSizeHint().height())

    def fitting(self, width_px: int) -> str:
        """Return what is shown in a width."""
        fits = self.fontMetrics().horizontalAdvance(self.text()) <= width_px
        return self.text() if fits else self.text().split(OF)[0]
