"""The panel of labels: filter, tree, and the way between list and views."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from viewer.model.annotation import AnnotationId
from viewer.review.label_groups import placed_rows_from
from viewer.review.label_table import Cell
from viewer.session.modes import locked_sentence
from viewer.session.session import Session
from viewer.ui.labels.authors import LINES, AuthorBar, authors_of
from viewer.ui.labels.cells import Column, GroupItem
from viewer.ui.labels.csv_rows import csv_of
from viewer.ui.labels.model import LabelModel
from viewer.ui.labels.tree import LabelTree
from viewer.ui.widgets.chips import button, quiet, search_field, titled
from viewer.ui.widgets.icons import icon

FILTER_DELAY_MS = 60
MOST_SPANS = 300  # a selection in more pieces is marked by its first ones
LOW_PX = 420
FEW_ROWS = 200  # so many are unfolded at the start


class LabelPanel(QWidget):
    """All annotations by class; selecting a row selects the annotation and goes to it."""

    delete_asked = Signal(tuple)  # AnnotationIds

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_following = False
        self._painted_hidden = False
        self._open_groups: set[int] = set()
        self.model = LabelModel(session, self)
        self.tree = LabelTree()
        self.tree.setModel(self.model)
        self.tree.fit_columns()
        self._count = quiet()
        self.filter = search_field("Filter labels")
        self.authors = AuthorBar()
        self._timer = QTimer(self, singleShot=True, interval=FILTER_DELAY_MS)
        self._stack = QStackedWidget()
        self._empty = _Empty(self.take_filter_off)
        self._build()
        self._connect()
        self._on_project()

    def _build(self) -> None:
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 0)
        head.setSpacing(8)
        head.addWidget(titled("Labels"))
        head.addWidget(self._count)
        head.addStretch(1)
        field = QVBoxLayout()
        field.setContentsMargins(12, 6, 12, 4)
        field.setSpacing(6)
        field.addWidget(self.filter)
        field.addWidget(self.authors)
        self._stack.addWidget(self.tree)
        self._stack.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addLayout(field)
        layout.addWidget(self._stack, 1)

    def _connect(self) -> None:
        session = self._session
        session.project_changed.connect(self._on_project)
        session.selection_changed.connect(self._on_selection)
        session.display.changed.connect(self._on_display)
        session.mode_changed.connect(self._on_display)
        session.viewing.media_changed.connect(lambda: self.tree.header().viewport().update())
        self.filter.textChanged.connect(lambda: self._timer.start())
        self._timer.timeout.connect(self._on_filter)
        self.authors.changed.connect(self._on_authors)
        self.tree.selectionModel().selectionChanged.connect(self._on_rows)
        self.tree.state_painted.connect(self._on_state)
        self.tree.copy_asked.connect(self.copy_csv)
        self.tree.delete_asked.connect(self.ask_delete)
        self.tree.activated_row.connect(self._on_activated)
        self.tree.header().sectionClicked.connect(self._on_header)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._show_menu)
        self.tree.expanded.connect(self._on_expanded)
        self.tree.collapsed.connect(self._on_collapsed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the rows their room: a low panel has one line of chips."""
        super().resizeEvent(event)
        self.authors.set_lines(1 if self.height() < LOW_PX else LINES)

    # From the session to the list.

    def _on_project(self) -> None:
        was_empty = not self.model.groups.groups
        if self.model.refresh():
            self._restore()
        if was_empty and self.model.rows.count <= FEW_ROWS:
            self.tree.expandAll()
        self.tree.viewport().update()  # rows below unfolded groups too
        self._show_authors(self._session.display.authors)
        self._say_count()

    def _on_display(self) -> None:
        if self.filter.text() != self._session.display.filter and not self._timer.isActive():
            self.filter.setText(self._session.display.filter)
        if self.authors.chosen != self._session.display.authors:
            self._show_authors(self._session.display.authors)
            self._on_filter()
        self.model.repaint_rows()
        self.tree.viewport().update()

    def _on_authors(self, chosen: frozenset[str]) -> None:
        self._show_authors(chosen)
        self._on_filter()

    def _show_authors(self, chosen: frozenset[str]) -> None:
        known = authors_of(self.model.rows, self._session.project)
        self.authors.show_authors(known, chosen)

    def _on_filter(self) -> None:
        text, authors = self.filter.text(), self.authors.chosen
        self.model.set_filter(text, authors)
        self._session.display.set_filter(text, self._fits, authors)
        self._restore()
        self._say_count()

    def take_filter_off(self) -> None:
        """List the labels of everybody, whatever they are called."""
        self._timer.stop()
        self.filter.clear()
        self._timer.stop()
        self._on_authors(frozenset())

    def _fits(self, id: AnnotationId) -> bool:
        """Whether the filter lists a label; one just made or selected stays on the picture."""
        return id in self._session.selection or self.model.lists(id)

    def _say_count(self) -> None:
        shown, all_rows = len(self.model.groups.order), self.model.rows.count
        self._count.setText(f"{all_rows:,}" if shown == all_rows else f"{shown:,} of {all_rows:,}")
        is_nothing = self.model.is_filtered and not shown and all_rows > 0
        self._empty.say(
            f"{all_rows:,} labels are left out by: {self._session.display.filter_words}"
        )
        self._stack.setCurrentIndex(1 if is_nothing else 0)

    def _restore(self) -> None:
        """Unfold what was unfolded and mark what is selected, after a reset."""
        groups = self.model.groups.groups
        is_short = self.model.is_filtered and len(self.model.groups.order) <= FEW_ROWS
        for number, group in enumerate(groups):
            if is_short or group.code in self._open_groups:
                self.tree.blockSignals(True)
                self.tree.expand(self.model.index(number, 0))
                self.tree.blockSignals(False)
        self._on_selection()

    def _on_expanded(self, index: QModelIndex) -> None:
        group = self.model.group_of(index)
        self._open_groups |= set() if group is None else {group.code}

    def _on_collapsed(self, index: QModelIndex) -> None:
        group = self.model.group_of(index)
        self._open_groups -= set() if group is None else {group.code}

    def _on_selection(self) -> None:
        if self._is_following:
            return
        chosen = QItemSelection()
        spans = self.model.spans_of(self._session.selection)
        for first, end in spans[:MOST_SPANS]:
            chosen.select(first, end.siblingAtColumn(Column.LOCK))
        last = spans[0][0] if spans else QModelIndex()
        self._is_following = True
        selection = self.tree.selectionModel()
        selection.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if last.isValid():
            self.tree.expand(last.parent())
            selection.setCurrentIndex(last, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.tree.scrollTo(last)
        self._is_following = False

    # From the list to the session.

    def selected_ids(self) -> tuple[AnnotationId, ...]:
        """Return the annotations of the selected rows, in the order of the list."""
        groups, places = self.model.groups, list[int]()
        selected = self.tree.selectionModel().selection()
        for number in range(selected.count()):
            run: QItemSelectionRange = selected.at(number)
            if run.parent().isValid():
                start = groups.groups[run.parent().row()].start
                places += range(start + run.top(), start + run.bottom() + 1)
        rows = groups.order[np.unique(np.array(places, dtype=np.int64))]
        return tuple(self.model.rows.id_at(row) for row in rows.tolist())

    def _on_rows(self) -> None:
        if self._is_following:
            return
        self._is_following = True
        ids = self.selected_ids()
        self._session.places.leave()
        self._session.select(ids)
        current = self.model.id_at(self.tree.currentIndex())
        if current is not None and current in self._session.selection:
            self._session.go_to(current)
        self._is_following = False

    def _on_activated(self, index: QModelIndex) -> None:
        label_id = self.model.id_at(index)
        if label_id is not None:
            self._session.go_to(label_id)
        else:
            self.tree.setExpanded(index, not self.tree.isExpanded(index))

    def _on_state(self, index: QModelIndex, column: int, is_first: bool) -> None:
        subject = self.model.subject_of(index)
        if subject is None:
            return
        display = self._session.display
        if column == Column.SOLO:
            display.set_solo(None if display.solo == subject else subject)
            return
        if is_first:
            self._painted_hidden = subject not in display.hidden
        display.set_hidden(subject, self._painted_hidden)

    def _on_header(self, section: int) -> None:
        if section not in (Column.LABEL, Column.SLICE):
            return
        header = self.tree.header()
        is_shown = header.isSortIndicatorShown() and header.sortIndicatorSection() == section
        is_down = is_shown and header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        order = Qt.SortOrder.DescendingOrder if is_down else Qt.SortOrder.AscendingOrder
        header.setSortIndicatorShown(True)
        header.setSortIndicator(section, order)
        self.model.set_order("label" if section == Column.LABEL else "slice", is_down)
        self._restore()

    # What can be done with rows.

    def show_unplaced(self) -> None:
        """Unfold the labels that are not placed, and bring them into sight."""
        self.take_filter_off()
        numbers = [n for n, group in enumerate(self.model.groups.groups) if group.reason]
        for number in numbers:
            self.tree.expand(self.model.index(number, 0))
        if numbers:
            top = QTreeView.ScrollHint.PositionAtTop
            self.tree.scrollTo(self.model.index(numbers[0], 0), top)
            self.tree.setFocus()

    def neighbour(self, step: int, *, of_class: bool = False) -> AnnotationId | None:
        """Return the next (or previous) drawn label of the list as shown; None without one.

        Args:
            step: 1 goes down the list, -1 up.
            of_class: only labels of the selected one's class.
        """
        rows, order = self.model.rows, self.model.groups.order
        chosen = min(self._session.selection, default=None)
        row = None if chosen is None else rows.row_of(chosen)
        if of_class and row is not None:
            order = order[rows.column(Cell.CLASS)[order] == rows.cell(row, Cell.CLASS)]
        display, annotations = self._session.display, self._session.project.annotations
        for found in placed_rows_from(rows, order, row, step):
            label_id = rows.id_at(found)
            if display.is_drawn(label_id, annotations[label_id].class_id):
                return label_id
        return None

    def ask_delete(self) -> None:
        """Ask the window to delete the selected annotations; in View say how to edit."""
        ids = self.selected_ids()
        if not ids:
            return
        if self._session.mode != "edit":
            self._session.say(locked_sentence(self._session.mode))
            return
        self.delete_asked.emit(ids)

    def copy_csv(self) -> None:
        """Copy the selected rows, or the listed ones when none is selected, as CSV with a head."""
        QGuiApplication.clipboard().setText(self.csv_text())

    def csv_text(self) -> str:
        """Return the selected rows, or all listed ones, as CSV with a head."""
        ids = self.selected_ids()
        known = (self.model.rows.row_of(label_id) for label_id in ids)
        numbers = [row for row in known if row is not None] or self.model.groups.order.tolist()
        return csv_of(self._session.project, self.model.rows, numbers)

    def _show_menu(self, at: QPoint) -> None:
        index = self.tree.indexAt(at)
        if index.isValid():
            self.menu_of(index.siblingAtColumn(0)).popup(self.tree.viewport().mapToGlobal(at))

    def menu_of(self, index: QModelIndex) -> QMenu:
        """Return the menu of a row."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        item, subject = self.model.item_at(index), self.model.subject_of(index)
        if not isinstance(item, GroupItem):
            menu.addAction(icon("crosshair"), "Go to", lambda: self._on_activated(index))
        if subject is not None:
            eye = "eye" if item.is_hidden else "eye-slash"
            words = "Show" if item.is_hidden else "Hide"
            menu.addAction(icon(eye), words, lambda: self._on_state(index, Column.EYE, True))
            words = "Show all" if item.is_solo else "Show alone"
            menu.addAction(
                icon("star-four"), words, lambda: self._on_state(index, Column.SOLO, True)
            )
        menu.addAction(icon("copy"), "Copy as CSV\tCtrl+C", self.copy_csv)
        if not isinstance(item, GroupItem):
            menu.addSeparator()
            delete = menu.addAction(icon("trash"), "Delete\tDel", self.ask_delete)
            delete.setEnabled(self._session.mode == "edit")
        return menu


class _Empty(QWidget):
    """Nothing fits the filter: which, and the button that takes it off."""

    def __init__(self, take_off: Callable[[], None]) -> None:
        super().__init__()
        self._words = QLabel()
        self._words.setProperty("kind", "quiet")
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = titled("No label fits this filter")
        self.off = button("Take the filter off")
        self.off.clicked.connect(lambda: take_off())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.addStretch(1)
        layout.addWidget(title, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self._words)
        layout.addWidget(self.off, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(2)

    def say(self, words: str) -> None:
        """Show which filter it is."""
        self._words.setText(words)
