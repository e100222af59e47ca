"""The files that a save writes, as a list: names, sizes, and what changes in each."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QSizePolicy, QTreeWidget, QTreeWidgetItem, QWidget

from viewer.formats.outputs import Item
from viewer.formats.writing import Outcome
from viewer.ui.widgets.icons import icon

MOST_ROWS = 500
ROWS_SHOWN = 5
STATES = {
    "changed": ("pencil-simple", "caution"),
    "new": ("plus-circle", "ok"),
    "as opened": ("copy", "text-2"),
    "stays": ("check", "text-2"),
}


class FilesList(QTreeWidget):
    """One row for each file; of a zip, for each member that changes, and one for the rest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setHeaderLabels(["File", "Bytes", "What is written"])
        self.setAccessibleName("Files that are written")
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names of one folder differ at the end
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_outcome(self, outcome: Outcome) -> None:
        """List what a save would write."""
        self.clear()
        if outcome.archive is not None:
            self.addTopLevelItem(_zip_row(outcome))
            listed = [(f"    {item.name}", item, item.state) for item in outcome.items]
        else:
            main, *others = outcome.items
            listed = [(outcome.target.name, main, main.state)]
            listed += [(item.name, item, item.state) for item in others]
            listed += [(item.name, item, "stays") for item in outcome.skipped]
        self.addTopLevelItems([_row(*one) for one in listed[:MOST_ROWS]])
        if len(listed) > MOST_ROWS:
            self.addTopLevelItem(QTreeWidgetItem([f"{len(listed) - MOST_ROWS:,} more files"]))
        shown = min(self.topLevelItemCount(), ROWS_SHOWN)
        height = self.sizeHintForRow(0) if shown else 0
        self.setFixedHeight(self.header().sizeHint().height() + shown * height + 4)


def is_worth_a_list(outcome: Outcome) -> bool:
    """Whether more is written than one file, so that the files are listed."""
    return outcome.archive is not None or len(outcome.items) + len(outcome.skipped) > 1


def _row(name: str, item: Item, state: str) -> QTreeWidgetItem:
    words = {
        "changed": f"{item.changed_bytes:,} bytes change" if item.changed_bytes else "changed",
        "new": "new, or in the place of the old one",
        "as opened": "copied as opened",
        "stays": "stays where it is",
    }[state]
    return _made(name, f"{item.size_bytes:,}", words, state)


def _zip_row(outcome: Outcome) -> QTreeWidgetItem:
    archive = outcome.archive
    names = [file.member for file in archive.members] if archive is not None else []
    size = archive.size if archive is not None else 0
    if not outcome.items:
        return _made(outcome.target.name, f"{size:,}", "the opened zip, byte for byte", "as opened")
    written = {item.name for item in outcome.items}
    kept = sum(name not in written for name in names)
    words = f"{kept:,} of {len(names):,} files in it as opened"
    return _made(outcome.target.name, f"about {size:,}", words, "changed")


def _made(name: str, size: str, words: str, state: str) -> QTreeWidgetItem:
    row = QTreeWidgetItem([name, size, words])
    mark, role = STATES[state]
    row.setIcon(0, icon(mark, role=role, on=role))
    row.setToolTip(0, name.strip())
    row.setToolTip(2, words)
    row.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{name.strip()}: {words}, {size} bytes")
    return row
