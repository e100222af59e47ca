"""Switches for what the format of an entry leaves open: checked, the other reading holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from viewer.model.project import Reading

LEFT_OPEN = "The format does not say. Unchecked, the likelier is taken."
COLUMNS = 2
# What is checked, and what both readings are.
WORDS: Mapping[Reading, tuple[str, str]] = {
    "pixel-centres": (
        "From pixel centres",
        "Places count from the centre of the first pixel.\n"
        "Taken: from its edge, half a pixel up and to the left of that.",
    ),
    "stored-picture": (
        "On the stored picture",
        "Places are on the picture as stored, before its EXIF tag turns it.\n"
        "Taken: on the picture as it is shown, unless its size says otherwise.",
    ),
    "held-between-keys": (
        "Held between keys",
        "Between key frames an object stays as at the one before.\n"
        "Taken: it is worked out between both.",
    ),
    "radius-by-width": (
        "Radius by width",
        "An ellipse's second radius is in parts of the picture's width.\n"
        "Taken: of its height. A stated area goes before both.",
    ),
    "counterclockwise": (
        "Counterclockwise",
        "Ellipses are turned counterclockwise.\nTaken: clockwise.",
    ),
    "cuboid-edges": (
        "Cuboids end at edges",
        "A cuboid ends before the voxels of its higher numbers.\nTaken: behind them.",
    ),
}


class ReadingFields(QWidget):
    """One switch for each reading that an entry leaves open."""

    changed = Signal(dict)  # whether a reading holds, by its name

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(COLUMNS, 1)
        self._listed: tuple[Reading, ...] = ()
        self.switches: dict[Reading, QCheckBox] = {}
        for reading, (words, tip) in WORDS.items():
            switch = QCheckBox(words, self)
            switch.setToolTip(tip)
            switch.hide()
            switch.clicked.connect(partial(self._tell, reading))
            self.switches[reading] = switch

    def _tell(self, reading: Reading) -> None:
        self.changed.emit({reading: self.switches[reading].isChecked()})

    def show_readings(self, listed: Sequence[Reading], holding: Collection[Reading]) -> None:
        """Show a switch for each that is listed, checked where it holds."""
        for reading, switch in self.switches.items():
            switch.setChecked(reading in holding)
        if tuple(listed) == self._listed:
            return
        self._listed = tuple(listed)
        for switch in self.switches.values():
            self._grid.removeWidget(switch)
            switch.hide()
        for number, reading in enumerate(listed):
            self._grid.addWidget(self.switches[reading], number // COLUMNS, number % COLUMNS)
            self.switches[reading].show()
