"""The panel of labels: filter, tree, and the way between list and views."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.model.annotation import AnnotationId
from viewer.model.export_words import export_words
from viewer.render.coloring import BY_LABEL, legend_of
from viewer.review.filter_words import words_of
from viewer.review.filtering import NO_FILTER
from viewer.review.label_groups import GroupKey, placed_rows_from
from viewer.review.label_table import Cell, Cells
from viewer.session.jobs import Jobs
from viewer.session.modes import locked_sentence
from viewer.session.session import Session
from viewer.ui.labels.authors import LINES, authors_of
from viewer.ui.labels.cells import Column, GroupItem
from viewer.ui.labels.csv_rows import csv_of
from viewer.ui.labels.empty_list import EmptyList
from viewer.ui.labels.filter_bar import FilterBar
from viewer.ui.labels.filter_choices import choices_of
from viewer.ui.labels.legend import Legend
from viewer.ui.labels.list_menu import ListMenuButton
from viewer.ui.labels.listing import SORTED_BY, ListOrder
from viewer.ui.labels.model import FEW_ROWS, LabelModel
from viewer.ui.labels.records import Records
from viewer.ui.labels.tree import LabelTree
from viewer.ui.widgets.chips import quiet, titled
from viewer.ui.widgets.icons import icon

MOST_SPANS = 300  # a selection in more pieces is marked by its first ones
LOW_PX = 420
MOST_SELECTED = 20_000  # of the rows that are marked in the list


class LabelPanel(QWidget):
    """All annotations by class; selecting a row selects the annotation and goes to it."""

    delete_asked = Signal(tuple)  # AnnotationIds

    def __init__(
        self, session: Session, parent: QWidget | None = None, jobs: Jobs | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._is_following = False
        self._painted_on = False
        self._was_empty = True
        self.model = LabelModel(session, self, jobs)
        self.records = Records(session, jobs, self)
        self.tree = LabelTree()
        self.tree.setModel(self.model)
        self.tree.fit_columns()
        self._count = quiet()
        self.bar = FilterBar()
        self.filter, self.authors = self.bar.field, self.bar.authors
        self.legend = Legend()
        self.more = ListMenuButton(
            lambda: (self.model.order.into, session.display.coloring), self.records.questions
        )
        self._stack = QStackedWidget()
        self._empty = EmptyList(self.take_filter_off)
        self._build()
        self._connect()
        self._on_listed()
        self._show_legend()

    def _build(self) -> None:
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 0)
        head.setSpacing(8)
        head.addWidget(titled("Labels"))
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self.more)
        self._stack.addWidget(self.tree)
        self._stack.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.bar)
        layout.addWidget(self.legend)
        layout.addWidget(self._stack, 1)

    def _connect(self) -> None:
        session = self._session
        session.project_changed.connect(self._on_project)
        session.selection_changed.connect(self._on_selection)
        session.display.changed.connect(self._on_display)
        session.mode_changed.connect(self._on_display)
        session.viewing.media_changed.connect(lambda: self.tree.header().viewport().update())
        self.model.listed.connect(self._on_listed)
        self.model.failed.connect(session.say)
        self.model.read.connect(self.records.tell)
        self.records.known.connect(self._on_known)
        self.bar.changed.connect(self.model.set_filter)
        self.bar.choices_asked.connect(self._show_choices)
        self.bar.popup.answers_asked.connect(self.records.read_answers)
        self.more.set_group = self.group_by
        self.more.set_coloring = session.display.set_coloring
        self.more.read_answers = self.records.read_answers
        self.more.copy = self.copy_csv
        self.tree.selectionModel().selectionChanged.connect(self._on_rows)
        self.tree.state_painted.connect(self._on_state)
        self.tree.copy_asked.connect(self.copy_csv)
        self.tree.delete_asked.connect(self.ask_delete)
        self.tree.activated_row.connect(self._on_activated)
        self.tree.header().sectionClicked.connect(self._on_header)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._show_menu)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the rows their room: a low panel has one line of chips."""
        super().resizeEvent(event)
        self.authors.set_lines(1 if self.height() < LOW_PX else LINES)

    # From the session to the list.

    def _on_project(self) -> None:
        self.model.refresh()
        self._show_authors()
        self._show_legend()
        self._say_count()

    def _on_listed(self) -> None:
        """Show on the pictures what the list shows."""
        wanted, project = self.model.shown_filter, self._session.project
        if self._was_empty and self.model.rows.count <= FEW_ROWS:
            self.tree.expandAll()
        self._was_empty = not self.model.rows.count
        self._session.display.set_filter(wanted, self._fits, words_of(wanted, project))
        if not self.bar.is_waiting:
            self.bar.show_filter(wanted, project)
        self._show_authors()
        self._on_selection()
        self._say_count()

    def _on_display(self) -> None:
        display = self._session.display
        if display.filter != self.model.shown_filter and not self.bar.is_waiting:
            self.bar.ask(display.filter)
        self.model.refresh()
        self._show_legend()
        self.tree.viewport().update()

    def _show_authors(self) -> None:
        known = authors_of(self.model.rows, self._session.project)
        self.authors.show_authors(known, self.bar.wanted.authors)

    def _show_legend(self) -> None:
        project, coloring = self._session.project, self._session.display.coloring
        colors = () if coloring == BY_LABEL else legend_of(project, coloring, export_words(project))
        self.legend.show_colors(colors)

    def _show_choices(self) -> None:
        """Show in the funnel's popup what there is; probabilities are read for it."""
        session = self._session
        rows, lookup = self.model.rows, session.matches.lookup
        choices = choices_of(rows, session.project, lookup)
        self.bar.popup.show_choices(choices, self.bar.wanted)
        self.records.read_probabilities()

    def _on_known(self) -> None:
        """Show what was read of the records."""
        self._show_legend()
        if self.bar.popup.isVisible():
            session = self._session
            choices = choices_of(self.model.rows, session.project, session.matches.lookup)
            self.bar.popup.show_choices(choices, self.bar.wanted)
            self.bar.popup.fit(self.bar.funnel)

    def take_filter_off(self) -> None:
        """List all labels."""
        self.bar.ask(NO_FILTER)

    def _fits(self, id: AnnotationId) -> bool:
        """Whether the filter lists a label; one just made or selected stays on the picture."""
        return id in self._session.selection or self.model.lists(id)

    def _say_count(self) -> None:
        shown, all_rows = len(self.model.groups.order), self.model.rows.count
        self._count.setText(f"{all_rows:,}" if shown == all_rows else f"{shown:,} of {all_rows:,}")
        is_nothing = not self.model.shown_filter.is_empty and not shown and all_rows > 0
        self._empty.say(
            f"{all_rows:,} labels are left out by: {self._session.display.filter_words}"
        )
        self._stack.setCurrentIndex(1 if is_nothing else 0)

    def _on_selection(self) -> None:
        if self._is_following:
            return
        self._is_following = True
        first = next(iter(self.model.rows_of(self._session.selection).tolist()), None)
        if first is not None:
            self.model.unfold_to(self.model.rows.id_at(first))
        chosen = QItemSelection()
        spans = self.model.spans_of(self._session.selection)
        for begin, end in spans[:MOST_SPANS]:
            chosen.select(begin, end.siblingAtColumn(Column.LOCK))
        selection = self.tree.selectionModel()
        selection.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if spans:
            at = spans[0][0]
            selection.setCurrentIndex(at, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.tree.scrollTo(at)
        self._is_following = False

    # From the list to the session.

    def selected_ids(self) -> tuple[AnnotationId, ...]:
        """Return the annotations that are selected and listed, in the order of the list."""
        rows = self.model.rows_of(self._session.selection)
        return tuple(self.model.rows.id_at(row) for row in rows.tolist())

    def _marked_rows(self) -> Cells:
        """Return the rows that are marked in the list, heads of groups left out."""
        selection, parts = self.tree.selectionModel().selection(), [np.empty(0, dtype=np.int64)]
        for number in range(selection.count()):
            run: QItemSelectionRange = selection.at(number)
            parts.append(self.model.rows_in(run.top(), run.bottom()))
        places = np.unique(self.model.groups.places[np.concatenate(parts)])
        return self.model.groups.order[places]

    def _on_rows(self) -> None:
        if self._is_following:
            return
        self._is_following = True
        rows = self._marked_rows()
        if len(rows) > MOST_SELECTED:
            self._session.say(
                f"{len(rows):,} rows are marked, to be copied;"
                f" up to {MOST_SELECTED:,} are selected on the pictures."
            )
            rows = rows[:0]
        self._session.places.leave()
        self._session.select(self.model.rows.id_at(row) for row in rows.tolist())
        current = self.model.id_at(self.tree.currentIndex())
        if current is not None and current in self._session.selection:
            self._session.go_to(current)
        self._is_following = False

    def _on_activated(self, index: QModelIndex) -> None:
        label_id = self.model.id_at(index)
        if label_id is not None:
            self._session.go_to(label_id)
        else:
            self.tree.toggle(index)

    def _on_state(self, index: QModelIndex, column: int, is_first: bool) -> None:
        subject = self.model.subject_of(index)
        if subject is None:
            return
        display = self._session.display
        if column == Column.SOLO:
            display.set_solo(None if display.solo == subject else subject)
            return
        held = display.hidden if column == Column.EYE else display.locked
        if is_first:
            self._painted_on = subject not in held
        if column == Column.EYE:
            display.set_hidden(subject, self._painted_on)
        else:
            display.set_locked(subject, self._painted_on)

    def _on_header(self, section: int) -> None:
        column = Column(section)
        if column not in SORTED_BY:
            return
        header, order = self.tree.header(), self.model.order
        is_down = order.column == column and not order.descending
        way = Qt.SortOrder.DescendingOrder if is_down else Qt.SortOrder.AscendingOrder
        header.setSortIndicatorShown(True)
        header.setSortIndicator(section, way)
        self.model.set_order(ListOrder(column, is_down, order.into))

    def group_by(self, into: GroupKey) -> None:
        """Group the list by something else."""
        order = self.model.order
        self.model.set_order(ListOrder(order.column, order.descending, into))

    # What can be done with rows.

    def show_unplaced(self) -> None:
        """Unfold the labels that are not placed, and bring them into sight."""
        self.take_filter_off()
        numbers = [n for n, group in enumerate(self.model.groups.groups) if group.reason]
        for number in numbers:
            self.tree.expand(self.model.head_of(number))
        if numbers:
            top = QAbstractItemView.ScrollHint.PositionAtTop
            self.tree.scrollTo(self.model.head_of(numbers[0]), top)
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
            if label_id not in annotations:
                continue  # it was deleted, and the list is not made anew yet
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
        """Copy the marked rows, or the listed ones when none is marked, as CSV with a head."""
        self.records.copy(self.model.rows, self._rows_for_csv())

    def csv_text(self) -> str:
        """Return the marked rows, or all listed ones, as CSV with a head."""
        return csv_of(self._session.project, self.model.rows, self._rows_for_csv().tolist())

    def _rows_for_csv(self) -> Cells:
        marked = self._marked_rows()
        selected = self.model.rows_of(self._session.selection)
        chosen = marked if len(marked) > len(selected) else selected
        return chosen if len(chosen) else self.model.groups.order

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
