"""The rows of the worklist: made when they are painted, so that a million cost nothing."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from viewer.session.session import Session
from viewer.ui.review.targets import TargetItem, item_at

Index = QModelIndex | QPersistentModelIndex
ITEM_ROLE = Qt.ItemDataRole.UserRole + 1
NOWHERE = QModelIndex()


class Column(IntEnum):
    """Columns of the worklist."""

    NUMBER = 0
    LABEL = 1
    IMAGE = 2
    BY = 3
    STATE = 4


HEADERS = ("#", "Label", "Image", "By", "Verdict")


class WorklistModel(QAbstractTableModel):
    """The session's worklist as a table."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: object = None
        session.work.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show another worklist, or other states of its targets."""
        worklist = self._session.work.worklist
        if worklist is not self._shown:
            self.beginResetModel()
            self._shown = worklist
            self.endResetModel()
        elif len(worklist):
            last = self.index(len(worklist) - 1, Column.STATE)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return the number of targets."""
        return 0 if parent.isValid() else len(self._session.work.worklist)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return the word over a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if section == Column.STATE else HEADERS[section]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return HEADERS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == 0 else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell in words, or the row's item for the painter."""
        if not index.isValid():
            return None
        if role == ITEM_ROLE:
            return item_at(self._session, index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return words_of(item_at(self._session, index.row()), Column(index.column()))
        return None


def words_of(item: TargetItem, column: Column) -> str:
    """Return a cell in words."""
    match column:
        case Column.NUMBER:
            return f"{item.number:,}"
        case Column.LABEL:
            return f"{item.name}, with a comment" if item.has_comment else item.name
        case Column.IMAGE:
            return item.image
        case Column.BY:
            return item.by or "no author"
        case Column.STATE:
            return item.sign.word
