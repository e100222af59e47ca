"""The rows of the worklist: made when they are painted, so that a million cost nothing."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from viewer.session.decisions import Decision
from viewer.session.session import Session
from viewer.ui.review.targets import TargetItem, TargetWords, item_at, words_of_target

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
MOST_SHOWN = 50  # rows of one decision


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
        self._states = session.work.states
        self._words: dict[int, TargetWords] = {}  # of rows painted since labels changed
        self._of: tuple[object, ...] = ()
        session.work.changed.connect(self._begin_anew)
        session.display.changed.connect(self._forget_words)
        session.decided.connect(self._decided)

    def _begin_anew(self) -> None:
        """Show another worklist."""
        work = self._session.work
        if work.worklist is not self._shown:
            self.beginResetModel()
            self._shown = work.worklist
            self._states = work.states.copy()
            self._words.clear()
            self.endResetModel()

    def refresh(self) -> None:
        """Show other states of its targets."""
        work, before = self._session.work, self._states
        self._states = work.states.copy()
        changed = np.flatnonzero(self._states != before)
        if len(changed):
            first, last = int(changed[0]), int(changed[-1])
            self.dataChanged.emit(self.index(first, 0), self.index(last, Column.STATE))

    def _decided(self, decision: Decision) -> None:
        """Show a comment that was made or taken away, which leaves the states as they are."""
        for target, _ in decision.command.said[:MOST_SHOWN]:
            row = self._session.work.worklist.position_of(target)
            if row is not None and self._shown is self._session.work.worklist:
                self.dataChanged.emit(self.index(row, Column.LABEL), self.index(row, Column.LABEL))

    def _forget_words(self) -> None:
        self._words.clear()

    def item(self, row: int) -> TargetItem:
        """Return what a row shows; its words are kept until a label is another one."""
        session = self._session
        project, matches = session.project, session.matches
        # Colours may say the verdict.
        of = (project.annotations.edits, matches.rows, matches.solids, project.verdicts)
        if any(now is not then for now, then in zip(of, self._of or (None,) * 4, strict=True)):
            self._words.clear()
            self._of = of
        words = self._words.get(row)
        if words is None:
            words = words_of_target(session, session.work.worklist[row])
            self._words[row] = words
        return item_at(session, row, words)

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
        """Return a cell in words."""
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return words_of(self.item(index.row()), Column(index.column()))
        return None


def words_of(item: TargetItem, column: Column) -> str:
    """Return a cell in words."""
    match column:
        case Column.NUMBER:
            return f"{item.number:,}"
        case Column.LABEL:
            name = item.words.name
            return f"{name}, with a comment" if item.has_comment else name
        case Column.IMAGE:
            return item.words.image
        case Column.BY:
            return item.words.by or "no author"
        case Column.STATE:
            return item.sign.word
