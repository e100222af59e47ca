"""The entries of an export as rows: what it names, what that is shown on, and by which evidence."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from viewer.model.counted import counted
from viewer.model.project import Entry
from viewer.review.binding import Binding, Bindings
from viewer.session.session import Session
from viewer.ui.widgets.icons import icon
from viewer.ui.widgets.theme import color

Index = QModelIndex | QPersistentModelIndex
Shown = Literal["all", "doubtful", "missing"]
NO_INDEX = QModelIndex()
COLUMNS = ("In the export", "Shown on", "Evidence", "Match")
# Word, icon and colour of each strength.
STRENGTHS: dict[str, tuple[str, str, str]] = {
    "certain": ("certain", "check-circle", "ok"),
    "likely": ("likely", "check-circle", "text"),
    "weak": ("weak", "warning", "caution"),
    "chosen": ("by hand", "hand", "text"),
    "none": ("not found", "x-circle", "bad"),
}
NOT_SHOWN = ("not shown", "eye-slash", "text-2")
MOST_NAMES = 4


class MatchRows(QAbstractTableModel):
    """Rows of one export's bindings, in its order; no object per row."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.bindings = Bindings()
        self._rows: list[int] = []
        self._wanted: tuple[Bindings, Shown, str] | None = None

    def show_bindings(self, bindings: Bindings, shown: Shown, kept: str = "") -> None:
        """Show these, or those of them that fit the filter, and the entry `kept`."""
        wanted = (bindings, shown, kept)
        if wanted == self._wanted:
            return
        self._wanted = wanted
        rows = [
            n for n, one in enumerate(bindings.bindings) if fits(one, shown) or one.entry == kept
        ]
        if rows == self._rows and bindings.entries is self.bindings.entries:
            self.bindings = bindings
            last = self.index(len(rows) - 1, len(COLUMNS) - 1)
            if rows:
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self.bindings, self._rows = bindings, rows
        self.endResetModel()

    def at(self, row: int) -> tuple[Entry, Binding] | None:
        """Return the entry and binding of a row."""
        if not 0 <= row < len(self._rows):
            return None
        number = self._rows[row]
        return self.bindings.entries[number], self.bindings.bindings[number]

    def row_of(self, entry: str) -> int:
        """Return the row of an entry, -1 where the filter leaves it out."""
        number = self.bindings.numbers.get(entry, -1)
        return self._rows.index(number) if number in self._rows else -1

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Return how many entries are listed."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the head of a column."""
        is_title = orientation == Qt.Orientation.Horizontal
        return COLUMNS[section] if is_title and role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return words, icon and colour of a cell."""
        found = self.at(index.row())
        if found is None:
            return None
        entry, binding = found
        word, name, token = strength_of(binding)
        match role, index.column():
            case Qt.ItemDataRole.DisplayRole, column:
                return (named(entry), self._shown_on(binding), binding.evidence, word)[column]
            case Qt.ItemDataRole.DecorationRole, 0 if binding.mismatches:
                return icon("warning", role="caution", on="caution")
            case Qt.ItemDataRole.DecorationRole, 3:
                return icon(name, role=token, on=token)
            case Qt.ItemDataRole.ForegroundRole, 3:
                return color(token)
            case Qt.ItemDataRole.ToolTipRole, _:
                return "\n".join([*names_of(entry), binding.evidence, *binding.mismatches])
            case Qt.ItemDataRole.AccessibleTextRole, 0:
                return f"{named(entry)}, {word}, {self._shown_on(binding)}"
            case _:
                return None

    def _shown_on(self, binding: Binding) -> str:
        if binding.index < 0 or binding.index >= len(self._session.media):
            return "nothing"
        title = self._session.media[binding.index].title
        if binding.file is None:
            return title
        return f"{self.bindings.files.names[binding.file]} in {title}"


def strength_of(binding: Binding) -> tuple[str, str, str]:
    """Return the word, icon and colour token of a binding's evidence."""
    if binding.strength == "chosen" and binding.index < 0:
        return NOT_SHOWN
    return STRENGTHS[binding.strength]


def fits(binding: Binding, shown: Shown) -> bool:
    """Whether the filter lets a binding be listed."""
    match shown:
        case "all":
            return True
        case "doubtful":
            return binding.is_doubtful
        case "missing":
            return binding.index < 0


def named(entry: Entry) -> str:
    """Return what the export calls an entry, on one line."""
    name = entry.names[0] if entry.names else ""
    title = " ".join(entry.title.split())
    return title if title.endswith(name) else f"{title or 'Without a title'} · {name}"


def names_of(entry: Entry) -> list[str]:
    """Return all that the export says of an entry, in lines."""
    said = [named(entry)]
    said += [f"also {name}" for name in entry.names[1:MOST_NAMES]]
    if entry.series is not None:
        said.append(f"series {entry.series}")
    if entry.items:
        said.append(f"{len(entry.items):,} files, {entry.items[0]} first")
    if entry.size is not None:
        said.append(f"{entry.size[0]:,} x {entry.size[1]:,} pixels")
    if entry.count is not None:
        said.append(counted(entry.count, "picture"))
    return said
