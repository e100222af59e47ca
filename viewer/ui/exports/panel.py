"""The panel of exports: everything that a file says besides its labels, to read and search."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QStackedLayout, QVBoxLayout, QWidget

from viewer.model.export_words import export_words
from viewer.model.project import Export
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.session import Session
from viewer.ui.exports.nodes import export_nodes, found_nodes
from viewer.ui.exports.product_strip import ProductStrip
from viewer.ui.widgets.chips import quiet, search_field
from viewer.ui.widgets.icons import icon
from viewer.ui.widgets.pick_box import PickBox
from viewer.ui.widgets.tree_model import TreeView
from viewer.ui.widgets.tree_nodes import Node

SEARCH_DELAY_MS = 120
UNFOLDED_HITS = 3  # sections of what was found


class ExportPanel(QWidget):
    """One export at a time; its rows are made when the panel is looked at.

    Args:
        jobs: searches off the main thread; without it a search is done at once.
    """

    issues_asked = Signal()

    def __init__(
        self, session: Session, jobs: Jobs | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._listed: tuple[Export, ...] = ()
        self._shown: Export | None = None
        self.box: QComboBox = PickBox()
        self.box.setAccessibleName("Export")
        self.search = search_field("Search this export")
        self.tree = TreeView("What the export says", jobs=jobs)
        self.products = ProductStrip(session, jobs)
        self._empty = quiet("Open an export to see what it says.")
        self._timer = QTimer(self, singleShot=True, interval=SEARCH_DELAY_MS)
        self._build()
        self.box.activated.connect(self._show_export)
        self.search.textChanged.connect(lambda: self._timer.start())
        self._timer.timeout.connect(self._search)
        self.tree.link_asked.connect(lambda: self.issues_asked.emit())
        session.media_changed.connect(self._refresh)
        session.project_changed.connect(self._refresh)
        session.selection_changed.connect(self._follow)
        self._refresh()

    def _build(self) -> None:
        self._empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._empty.setWordWrap(True)
        self._empty.setContentsMargins(12, 24, 12, 12)
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.setContentsMargins(12, 8, 4, 4)
        inside.setSpacing(6)
        for part in (self.box, self.search):
            inside.addWidget(part)
        inside.addWidget(self.tree, 1)
        inside.addWidget(self.products)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(page)

    def show_export(self, id: str) -> None:
        """Show one of the open exports."""
        for number, export in enumerate(self._listed):
            if export.id == id:
                self.box.setCurrentIndex(number)
                self._show_export()

    def showEvent(self, event: QShowEvent) -> None:
        """Show the export of the label that was selected meanwhile."""
        super().showEvent(event)
        self._follow()

    def _follow(self) -> None:
        """While it is seen, show the export of the selected labels."""
        exports = {id.export for id in self._session.selection}
        if len(exports) == 1 and self.isVisible():
            (export,) = exports
            if self._shown is None or self._shown.id != export:
                self.show_export(export)

    def _refresh(self) -> None:
        listed = tuple(self._session.project.exports.values())
        if listed == self._listed:
            return
        self._listed = listed
        self.box.clear()
        for words in export_words(self._session.project).values():
            self.box.addItem(icon("brackets-curly", role="text-2"), words)
        self.box.setVisible(len(listed) > 1)
        self._stack.setCurrentIndex(1 if listed else 0)
        self._show_export()

    def _show_export(self) -> None:
        number = self.box.currentIndex()
        self._shown = self._listed[number] if 0 <= number < len(self._listed) else None
        self.products.show_export(self._shown)
        self._search()

    def _search(self) -> None:
        """Show the whole export, or what of it fits the text."""
        shown, text = self._shown, self.search.text().strip()
        if self._jobs is not None:
            self._jobs.cancel("search export")
        if shown is None:
            self.tree.show_nodes(())
            return
        project = self._session.project
        if not text:
            self.tree.show_nodes(export_nodes(project, shown))
        elif self._jobs is None:
            self._show_found(found_nodes(project, shown, text))
        else:

            def work(control: JobControl) -> tuple[Node, ...]:
                return found_nodes(project, shown, text, control)

            answers = Answers[tuple[Node, ...]](done=self._show_found)
            self._jobs.newest("search export", work, answers)

    def _show_found(self, found: tuple[Node, ...]) -> None:
        self.tree.show_nodes(found or (Node("Nothing fits"),), unfolded=UNFOLDED_HITS)
