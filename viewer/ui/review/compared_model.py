"""The rows of reviews side by side: made when they are painted."""

from __future__ import annotations

from typing import Literal, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from viewer.model.annotation import AnnotationId
from viewer.model.verdict import Target, Verdict
from viewer.review.review_file import word_of
from viewer.review.reviews import Agreement, Compared
from viewer.session.session import Session
from viewer.ui.review.targets import author_of, image_words, label_of, title_of_task
from viewer.ui.widgets.icons import icon

Index = QModelIndex | QPersistentModelIndex
Shown: TypeAlias = Literal["all", "differ", "agree", "one"]
NOWHERE = QModelIndex()
BEFORE = ("Label", "Image", "By")
AGREE = "Agree?"
WORDS = {True: "agree", False: "differ", None: "one reviewer"}
SIGNS = {
    "accepted": ("check-circle", "ok"),
    "corrected": ("pencil-simple", "caution"),
    "rejected": ("x-circle", "bad"),
    "needs_change": ("warning-circle", "caution"),
    "commented": ("chat-text", "text-2"),
}


class ComparedModel(QAbstractTableModel):
    """Labels and tasks by what each reviewer says of them."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._agreement = Agreement((), ())
        self._rows: tuple[Compared, ...] = ()

    def show_agreement(self, agreement: Agreement, shown: Shown) -> None:
        """Show those that agree, that differ, that one alone judged, or all."""
        wanted = {"differ": False, "agree": True, "one": None}
        self.beginResetModel()
        self._agreement = agreement
        self._rows = tuple(
            row for row in agreement.rows if shown == "all" or row.agrees is wanted[shown]
        )
        self.endResetModel()

    def target_at(self, row: int) -> Target | None:
        """Return the label or task of a row, None where it was deleted since."""
        target = self._rows[row].target
        return target if self._is_there(target) else None

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return the number of labels and tasks."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Return the number of columns: one for each reviewer, and three."""
        return 0 if parent.isValid() else len(self._heads)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return the word over a column."""
        is_word = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        if orientation != Qt.Orientation.Horizontal or not is_word:
            return None
        return self._heads[section] if section < len(self._heads) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell in words, or its icon."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._words(row, column)
        said = self._said(row, column)
        if role == Qt.ItemDataRole.DecorationRole and said is not None:
            name, token = SIGNS[word_of(said)]
            return icon(name, filled=True, role=token, on=token)
        return None

    @property
    def _heads(self) -> tuple[str, ...]:
        return (*BEFORE, *self._agreement.reviewers, AGREE)

    def _said(self, row: Compared, column: int) -> Verdict | None:
        at = column - len(BEFORE)
        return row.verdicts[at] if 0 <= at < len(row.verdicts) else None

    def _words(self, row: Compared, column: int) -> str:
        if column < len(BEFORE):
            return self._target_words(row.target)[column]
        if column == len(self._heads) - 1:
            return WORDS[row.agrees]
        said = self._said(row, column)
        if said is None:
            return "–"
        words = (word_of(said).replace("_", " "), said.reason, said.comment)
        return " · ".join(word for word in words if word)

    def _target_words(self, target: Target) -> tuple[str, str, str]:
        session = self._session
        if not self._is_there(target):
            return "Deleted", "", ""
        if isinstance(target, AnnotationId):
            name = label_of(session, target).name
            return name, image_words(session, target), author_of(session, target)
        return title_of_task(session, target), "study", ""

    def _is_there(self, target: Target) -> bool:
        project = self._session.project
        if isinstance(target, AnnotationId):
            return target in project.annotations
        return target.export in project.exports
