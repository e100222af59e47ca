"""A Qt model and view over rows that are made as they are unfolded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from viewer.session.jobs import Answers, Jobs
from viewer.ui.widgets.swatch import swatch_icon
from viewer.ui.widgets.theme import color
from viewer.ui.widgets.tree_nodes import Node

Index: TypeAlias = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
KEY, VALUE = range(2)
KEY_SHARE = 0.5
WAITING = Node("Reading…")
FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


@dataclass(eq=False)
class _Held:
    """A row that was asked for: its node, its place, and the numbers of the rows below it."""

    node: Node
    parent: int
    row: int
    below: list[int] | None = None


class TreeModel(QAbstractItemModel):
    """Two columns, key and value; rows are known by the number in which they were first seen.

    Args:
        jobs: makes the rows of long values; without it they are made at once.
        name: of its jobs.
    """

    def __init__(
        self, parent: QObject | None = None, jobs: Jobs | None = None, name: str = ""
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job = f"rows of {name}"
        self._held: list[_Held] = []
        self._roots: list[int] = []

    def show_nodes(self, roots: Sequence[Node]) -> None:
        """Show other rows."""
        if self._jobs is not None:
            self._jobs.cancel(self._job)
        self.beginResetModel()
        self._held = []
        self._roots = self._hold(roots, -1)
        self.endResetModel()

    def node_at(self, index: Index) -> Node | None:
        """Return the row of an index."""
        return self._held[index.internalId()].node if index.isValid() else None

    def _hold(self, nodes: Sequence[Node], parent: int, row: int = 0) -> list[int]:
        first = len(self._held)
        self._held += [_Held(node, parent, at) for at, node in enumerate(nodes, row)]
        return list(range(first, len(self._held)))

    def _below(self, index: Index) -> list[int]:
        if not index.isValid():
            return self._roots
        held = self._held[index.internalId()]
        if held.below is None:
            held.below = self._hold(self._rows_of(held), index.internalId())
        return held.below

    def _rows_of(self, held: _Held) -> Sequence[Node]:
        """Return the rows under a row, or one that stands there until a job has made them."""
        node, jobs = held.node, self._jobs
        if node.below is None:
            return ()
        if node.in_job is None or jobs is None:
            return node.below()
        make = node.in_job
        answers = Answers[Sequence[Node]](done=partial(self._made, held))
        jobs.run(self._job, lambda control: make(control.check), answers)
        return (WAITING,)

    def _made(self, held: _Held, nodes: Sequence[Node]) -> None:
        """Put the rows that a job made where one row stood for them."""
        below = held.below
        if not below or not nodes:
            return
        waiting = self._held[below[0]]
        above = self.createIndex(held.row, 0, waiting.parent)
        self.layoutAboutToBeChanged.emit()
        waiting.node, waiting.below = nodes[0], None
        self.layoutChanged.emit()  # it may be unfolded now
        self.dataChanged.emit(self.index(0, KEY, above), self.index(0, VALUE, above))
        if len(nodes) > 1:
            self.beginInsertRows(above, 1, len(nodes) - 1)
            below += self._hold(nodes[1:], waiting.parent, 1)
            self.endInsertRows()

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        """Return the index of a row."""
        numbers = self._below(parent)
        if not (0 <= row < len(numbers) and 0 <= column <= VALUE):
            return NOWHERE
        return self.createIndex(row, column, numbers[row])

    def parent(self, index: Index = NOWHERE) -> QModelIndex:  # pyright: ignore[reportIncompatibleMethodOverride] (Qt's two parents)
        """Return the index of the row above."""
        above = self._held[index.internalId()].parent if index.isValid() else -1
        return NOWHERE if above < 0 else self.createIndex(self._held[above].row, 0, above)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return the number of rows below; this makes them."""
        return 0 if parent.column() > 0 else len(self._below(parent))

    def hasChildren(self, parent: Index = NOWHERE) -> bool:
        """Whether a row can be unfolded, without making what is below it."""
        if not parent.isValid():
            return bool(self._roots)
        held = self._held[parent.internalId()]
        is_foldable = held.node.below is not None if held.below is None else bool(held.below)
        return is_foldable and parent.column() == KEY

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Key and value."""
        return 2

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be selected."""
        return FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = 0) -> Any:  # noqa: ANN401
        """Return a cell's words, tooltip, colour or swatch."""
        node = self.node_at(index)
        if node is None:
            return None
        is_key = index.column() == KEY
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return node.key if is_key else node.text
            case Qt.ItemDataRole.ToolTipRole:
                return node.tip or None
            case Qt.ItemDataRole.ForegroundRole if not is_key:
                return color("accent" if node.link else "text-2" if node.below else "text")
            case Qt.ItemDataRole.ForegroundRole if node.text and node.below is None:
                return color("text-2")
            case Qt.ItemDataRole.DecorationRole if is_key and node.color:
                return swatch_icon(node.color)
            case _:
                return None


class TreeView(QTreeView):
    """Rows to read, fold and copy; a click on a link asks for what it names."""

    link_asked = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None, jobs: Jobs | None = None) -> None:
        super().__init__(parent)
        self.nodes = TreeModel(self, jobs, name)
        self.setModel(self.nodes)
        self.setAccessibleName(name)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(10)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(KEY, QHeaderView.ResizeMode.Interactive)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        copy = QAction("Copy", self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_rows)
        self.addAction(copy)
        self.clicked.connect(self._on_clicked)

    def show_nodes(self, roots: Sequence[Node], unfolded: int = 0) -> None:
        """Show rows, the first so many of them unfolded."""
        self.nodes.show_nodes(roots)
        for row in range(min(unfolded, len(roots))):
            self.expand(self.nodes.index(row, KEY))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the keys their share of the width."""
        super().resizeEvent(event)
        self.header().resizeSection(KEY, round(self.viewport().width() * KEY_SHARE))

    def copy_rows(self) -> None:
        """Copy the selected rows as lines of key and value."""
        QGuiApplication.clipboard().setText(self.text_of_rows())

    def text_of_rows(self) -> str:
        """Return the selected rows as lines of key and value."""
        rows = sorted(
            self.selectionModel().selectedRows(), key=lambda row: self.visualRect(row).y()
        )
        nodes = [self.nodes.node_at(row) for row in rows]
        return "\n".join(f"{node.key}\t{node.text}" for node in nodes if node is not None)

    def _on_clicked(self, index: QModelIndex) -> None:
        node = self.nodes.node_at(index)
        if node is not None and node.link:
            self.link_asked.emit(node.link)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter follows a link, or folds; the rest is the tree's."""
        current = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current.isValid():
            self._on_clicked(current)
            row = current.siblingAtColumn(KEY)
            self.setExpanded(row, not self.isExpanded(row))
        else:
            super().keyPressEvent(event)
