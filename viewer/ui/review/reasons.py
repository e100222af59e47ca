"""Why a label is rejected: seven reasons, live after the rejection alone."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from viewer.model.verdict import REASONS
from viewer.ui.widgets.flow import flowed

GAP_PX = 6
ROW_PX = 28


class ReasonChips(QWidget):
    """A button for each reason, with its digit; lines are broken where they are full."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Why, if rejected")
        self.chips: dict[str, QPushButton] = {}
        for number, reason in enumerate(REASONS, start=1):
            chip = QPushButton(f"{number}  {reason}", self)
            chip.setProperty("kind", "reason")
            chip.setCheckable(True)
            chip.setAccessibleName(reason)
            chip.setToolTip(f"{reason} ({number} after X)")
            chip.clicked.connect(lambda _checked=False, reason=reason: self.chosen.emit(reason))
            self.chips[reason] = chip

    def show_state(self, *, is_live: bool, chosen: str) -> None:
        """Show whether a reason can be given now, and the one that was."""
        for reason, chip in self.chips.items():
            chip.setEnabled(is_live)
            chip.setChecked(reason == chosen)

    def sizeHint(self) -> QSize:
        """As high as it is at its width."""
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def hasHeightForWidth(self) -> bool:
        """Narrow it is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return how high the lines are together."""
        return flowed(self._widths(), width, self._row_px(), GAP_PX)[-1].bottom() + 1

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the chips anew."""
        places = flowed(self._widths(), self.width(), self._row_px(), GAP_PX)
        for chip, place in zip(self.chips.values(), places, strict=True):
            chip.setGeometry(place)
        self.setMinimumHeight(places[-1].bottom() + 1)

    def _widths(self) -> list[int]:
        return [chip.sizeHint().width() for chip in self.chips.values()]

    def _row_px(self) -> int:
        first = next(iter(self.chips.values()))
        return max(ROW_PX, first.sizeHint().height())
