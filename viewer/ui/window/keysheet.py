"""All keys in one table."""

from __future__ import annotations

from itertools import combinations_with_replacement, pairwise

from PySide6.QtCore import QMargins, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from viewer.ui.actions.table import ACTIONS, MENUS
from viewer.ui.widgets.chips import key_cap, quiet, titled

MOUSE = (
    ("wheel", "one slice up or down the strip (head is up)"),
    ("Shift wheel", "10 slices"),
    ("Ctrl wheel", "zoom at the pointer"),
    ("Alt wheel", "size of brush and eraser"),
    ("drag on the strip", "go to that slice"),
    ("drag on the timeline", "go to that frame"),
    ("left drag", "window and level, or the tool"),
    ("drag its lines", "move the crosshair"),
    ("drag their ends", "turn it: oblique planes"),
    ("middle drag", "pan"),
    ("right drag", "zoom"),
    ("click", "select; again goes through the pile"),
    ("double click", "one view, and back"),
    ("Shift move", "crosshair in all views"),
    ("S held", "hide all labels"),
    ("back, forward", "places visited"),
    ("Esc", "give up a drawing"),
)
PRESETS = (("0", "automatic window"), ("1 to 9", "window presets of the modality"))
COLUMNS = 3
ROOM = 0.9  # of the screen, at most; beyond it the table is scrolled
# Groups of actions that stand apart from the rest of their menu, which is long.
APART = {
    **dict.fromkeys(("slice", "frame", "series", "play"), "Slices and frames"),
    **dict.fromkeys(("draw", "brush"), "Drawing"),
}
ORDER = (
    "Mouse", "View", "File", "Edit", "Drawing", "Slices and frames", "Windows", "Go", "Label",
    "Review",
    "Help",
)  # fmt: skip


class KeySheet(QDialog):
    """A table of mouse and keys by menu; Esc closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        table = QWidget()
        scroll.setWidget(
            table
        )  # before it is filled: its labels are measured in the window's style
        across = QHBoxLayout(table)
        across.setContentsMargins(24, 24, 24, 24)
        across.setSpacing(32)
        for column in _columns(_groups()):
            across.addLayout(_column(column))
        room = parent.screen().availableSize() * ROOM
        bar_px = scroll.verticalScrollBar().sizeHint().width()
        wanted = table.sizeHint().grownBy(QMargins(0, 0, bar_px, 0))
        self.resize(wanted.boundedTo(room))


def _groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the mouse, the menus, and what stands apart from them."""
    found: dict[str, list[tuple[str, str]]] = {"Mouse": list(MOUSE)}
    for title in (*MENUS, *APART.values(), "Windows"):
        found[title] = []
    for spec in ACTIONS:
        group = spec.id.partition(".")[0]
        if spec.keys and group != "preset":
            title = APART.get(group, spec.menu)
            found[title].append((_key(spec.keys[0]), spec.text))
    found["Windows"] = list(PRESETS)
    return [(title, rows) for title in ORDER if (rows := found[title])]


def _key(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def _columns(
    groups: list[tuple[str, list[tuple[str, str]]]],
) -> list[list[tuple[str, list[tuple[str, str]]]]]:
    """Share the groups out to columns, in order, so that the highest one is as low as can be."""
    heights = [len(rows) + 2 for _, rows in groups]
    ends = range(len(groups) + 1)

    def highest(cuts: tuple[int, ...]) -> int:
        return max(sum(heights[start:end]) for start, end in pairwise((0, *cuts, len(groups))))

    best = min(combinations_with_replacement(ends, COLUMNS - 1), key=highest)
    return [groups[start:end] for start, end in pairwise((0, *best, len(groups)))]


def _column(groups: list[tuple[str, list[tuple[str, str]]]]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(4)
    for title, rows in groups:
        column.addWidget(titled(title))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for number, (key, words) in enumerate(rows):
            grid.addWidget(key_cap(key), number, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(quiet(words), number, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        column.addSpacing(12)
    column.addStretch(1)
    return column
