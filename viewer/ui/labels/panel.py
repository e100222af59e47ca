"""The panel of labels: filter, tree, and the way between list and views."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
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
from viewer.review.filtering import NO_FILTER, Filter
from viewer.review.fits import Fitting
from viewer.review.label_groups import GroupKey, placed_rows_from
from viewer.review.label_table import Cell, Cells
from viewer.session.finding import go_to_track
from viewer.session.jobs import Jobs
from viewer.session.modes import locked_sentence
from viewer.session.session import Session
from viewer.ui.labels.authors import LINES, authors_of
from viewer.ui.labels.cells import Column
from viewer.ui.labels.count import Count
from viewer.ui.labels.csv_rows import csv_of
from viewer.ui.labels.empty_list import EmptyList
from viewer.ui.labels.filter_bar import FilterBar
from viewer.ui.labels.filter_choices import choices_of
from viewer.ui.labels.legend import Legend
from viewer.ui.labels.list_menu import ListMenuButton
from viewer.ui.labels.listing import SORTED_BY, ListOrder
from viewer.ui.labels.model import FEW_ROWS, LabelModel
from viewer.ui.labels.records import Records
from viewer.ui.labels.row_menu import LineActs, row_menu
from viewer.ui.labels.states import StateHand
from viewer.ui.labels.tree import LabelTree
from viewer.ui.widgets.segments import Segments

MOST_SPANS = 300  # a selection in more pieces is marked by its first ones
LOW_PX = 420
MOST_SELECTED = 2_000  # of the rows that are marked; all of them are painted at each change
LISTED = (
    ("labels", "Labels", "All labels."),
    ("tracks", "Tracks", "Labels on several frames or slices, with their key frames and gaps."),
)


class LabelPanel(QWidget):
    """All annotations by class; selecting a row selects the annotation and goes to it."""

    delete_asked = Signal(tuple)  # AnnotationIds
    filtered = Signal()  # another filter that was asked for is in effect; the list is not painted

    def __init__(
        self, session: Session, parent: QWidget | None = None, jobs: Jobs | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._is_following = False
        self._is_asked = False  # a filter, by hand
        self._was_empty = True
        self._other_order = ListOrder(into="none", only_tracks=True)  # of what is not listed now
        self.model = LabelModel(session, self, jobs)
        self.records = Records(session, jobs, self)
        self.tree = LabelTree()
        self.tree.setModel(self.model)
        self.tree.fit_columns()
        self.listed = Segments(LISTED, "What is listed")
        self._count = Count()
        self.bar = FilterBar()
        self.filter, self.authors = self.bar.field, self.bar.authors
        self.legend = Legend()
        self.more = ListMenuButton(
            lambda: (self.model.order.into, session.display.coloring), self.records.questions
        )
        self._stack = QStackedWidget()
        self._empty = EmptyList(self.take_filter_off, lambda: self.show_tracks(False))
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
        head.addWidget(self.listed)
        head.addWidget(self._count, 1)
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
        self.model.failed.connect(self._say_count)
        self.model.asked.connect(self._count.wait)
        self.model.read.connect(self.records.tell)
        self.records.known.connect(self._on_known)
        self.bar.changed.connect(self._on_asked)
        self.bar.choices_asked.connect(self._show_choices)
        self.bar.listed.connect(self.tree.setFocus)
        self.bar.popup.answers_asked.connect(self.records.read_answers)
        self.listed.picked.connect(self._on_picked)
        self.more.set_group = self.group_by
        self.more.set_coloring = session.display.set_coloring
        self.more.read_answers = self.records.read_answers
        self.more.copy = self.copy_csv
        self.tree.selectionModel().selectionChanged.connect(self._on_rows)
        self.states = StateHand(session)
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

    def _on_asked(self, wanted: Filter) -> None:
        self._is_asked = True
        self.model.set_filter(wanted)

    def _on_listed(self) -> None:
        """Show on the pictures what the list shows."""
        session, wanted = self._session, self.model.shown_filter
        is_other, project = wanted != session.display.filter, session.project
        was_asked, self._is_asked = self._is_asked, False
        self.tree.show_counts(are_shown=self.model.tracks is not None)
        if self._was_empty and self.model.rows.count <= FEW_ROWS:
            self.tree.expandAll()
        self._was_empty = not self.model.rows.count
        with self.tree.painted_later():  # once, after the views
            session.display.set_filter(wanted, self._fits, words_of(wanted, project))
            if was_asked and is_other:
                self.filtered.emit()
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
        project, chosen = self._session.project, self.bar.wanted.authors
        self.authors.show_authors(authors_of(self.model.rows, project), chosen)

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

    @property
    def _fits(self) -> Fitting:
        """Which labels the filter lists; one just made or selected stays on the picture."""
        return replace(self.model.fits, also=lambda: self._session.selection)

    def _say_count(self) -> None:
        shown, all_rows = len(self.model.groups.order), self.model.total
        if not self.model.is_waiting:
            self._count.say(shown, all_rows)
        is_of_tracks = self.model.tracks is not None
        if shown or not self.model.rows.count:
            self._stack.setCurrentIndex(0)
            return
        self._empty.say(all_rows, self._session.display.filter_words, is_of_tracks=is_of_tracks)
        self._stack.setCurrentIndex(1)

    def _on_selection(self) -> None:
        if self._is_following:
            return
        self._is_following = True
        rows = self.model.rows_of(self._session.selection)
        if len(rows):
            self.model.unfold_to(self.model.rows.id_at(int(rows[0])))
        chosen = QItemSelection()
        spans = self.model.spans_of(rows)
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

    def _on_rows(self) -> None:
        if self._is_following:
            return
        self._is_following = True
        rows = self.tree.marked_rows()
        if len(rows) > MOST_SELECTED:
            self._session.say(
                f"{len(rows):,} rows are marked, to be copied. None is selected on the pictures:"
                f" {MOST_SELECTED:,} labels at most can be."
            )
            rows = rows[:0]
        self._session.places.leave()
        self._session.select(self.model.rows.id_at(row) for row in rows.tolist())
        current = self.model.id_at(self.tree.currentIndex())
        if current is not None and current in self._session.selection:
            self._go_to(current)
        self._is_following = False

    def _go_to(self, id: AnnotationId) -> None:
        if self.model.tracks is None:
            self._session.go_to(id)
        else:
            go_to_track(self._session, id)

    def _on_activated(self, index: QModelIndex) -> None:
        label_id = self.model.id_at(index)
        if label_id is not None:
            self._go_to(label_id)
        else:
            self.tree.toggle(index)

    def _on_state(self, index: QModelIndex, column: int, is_first: bool) -> None:
        subject = self.model.subject_of(index)
        if subject is not None:
            self.states.paint(subject, Column(column), is_first=is_first)

    def _on_header(self, section: int) -> None:
        column = Column(section)
        if column not in SORTED_BY:
            return
        is_down = self.model.order.column == column and not self.model.order.descending
        order = replace(self.model.order, column=column, descending=is_down)
        self.tree.show_order(order)
        self.model.set_order(order)

    def group_by(self, into: GroupKey) -> None:
        """Group the list by something else."""
        self.model.set_order(replace(self.model.order, into=into))

    def _on_picked(self, key: str) -> None:
        self.show_tracks(key == "tracks")

    def show_tracks(self, are_shown: bool) -> None:
        """List only labels on several frames or slices; or all again."""
        self.listed.show_key("tracks" if are_shown else "labels")
        if are_shown != self.model.order.only_tracks:
            order, self._other_order = self._other_order, self.model.order
            self._was_empty = are_shown  # few are unfolded
            self.tree.show_order(order)
            self.model.set_order(order)

    def turn_to_tracks(self) -> None:
        """List only tracks, or all labels again; the list has the keys."""
        self.show_tracks(not self.model.order.only_tracks)
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    # What can be done with rows.

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
        self.records.copy(self.model.rows, self._rows_for_csv(), self.model.tracks)

    def csv_text(self) -> str:
        """Return the marked rows, or all listed ones, as CSV with a head."""
        rows = self._rows_for_csv()
        return csv_of(self._session.project, self.model.rows, rows, self.model.tracks)

    def _rows_for_csv(self) -> Cells:
        marked = self.tree.marked_rows()
        selected = self.model.rows_of(self._session.selection)
        chosen = marked if len(marked) > len(selected) else selected
        return chosen if len(chosen) else self.model.groups.order

    def _show_menu(self, at: QPoint) -> None:
        index = self.tree.indexAt(at)
        if index.isValid():
            self.menu_of(index.siblingAtColumn(0)).popup(self.tree.viewport().mapToGlobal(at))

    def menu_of(self, index: QModelIndex) -> QMenu:
        """Return the menu of a row."""
        has_subject = self.model.subject_of(index) is not None
        acts = LineActs(
            go=lambda: self._on_activated(index),
            hide=(lambda: self._on_state(index, Column.EYE, True)) if has_subject else None,
            solo=(lambda: self._on_state(index, Column.SOLO, True)) if has_subject else None,
            copy=self.copy_csv,
            delete=self.ask_delete if self._session.mode == "edit" else None,
        )
        return row_menu(self.model.item_at(index), acts, self)
