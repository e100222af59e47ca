"""Labels and images: what each entry of an export is shown on, by which evidence, and by hand."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from viewer.model.annotation import AnnotationId
from viewer.model.export_words import export_words
from viewer.model.project import Export
from viewer.model.subject import PLANES, Plane
from viewer.review.binding import Bindings
from viewer.review.doubts import label_doubts
from viewer.session.session import Session
from viewer.ui.exports.match_editor import MatchEditor
from viewer.ui.exports.match_model import MatchRows, Shown, fits
from viewer.ui.exports.rebinding import Rebinding
from viewer.ui.media.panel import FORMAT_TITLES
from viewer.ui.widgets.chips import Elided, button, quiet, row_of, titled
from viewer.ui.widgets.pick_box import PickBox
from viewer.ui.widgets.segments import Segments

FILTERS: tuple[tuple[Shown, str], ...] = (
    ("all", "All"),
    ("doubtful", "Doubtful"),
    ("missing", "Not found"),
)
NO_ENTRIES = "This export names its images by their UIDs; there is nothing to choose."
LEAST_BOX_PX = 80
LEAST_PX = 160  # of the page's height; it is scrolled
WIDE_PX, NARROW_SHARES = 500, (0.36, 0.32)  # below, the first columns have parts of what there is
WIDTHS = (230, 170, 0, 96)  # of the columns, the evidence takes the rest


class MatchPage(QWidget):
    """A page in the centre; choosing a row shows its images and first label in the views."""

    left = Signal()

    def __init__(
        self, session: Session, rebinding: Rebinding, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: Shown = "all"
        self._entry = ""  # the one that is looked at
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = titled("Labels and images", "page")
        self.subject = Elided(mode=Qt.TextElideMode.ElideMiddle)
        self.subject.setProperty("kind", "quiet")
        self.export_box = PickBox()
        self.export_box.setAccessibleName("Export")
        self.export_box.setMinimumWidth(LEAST_BOX_PX)
        self.back = button("Back to the images", "quiet", "arrow-left")
        self.tiles = Tiles()
        self.filters = Filters()
        self.rows = MatchRows(session, self)
        self.tree = _entries_tree(self.rows)
        self.empty = quiet(NO_ENTRIES)
        self.doubt = quiet()
        self.doubt.setWordWrap(True)
        self.editor = MatchEditor(session, rebinding)
        self._build()
        self.back.clicked.connect(self.left)
        self.filters.picked.connect(self._filter)
        self.export_box.activated.connect(self._pick_export)
        self.tree.selectionModel().currentRowChanged.connect(self._pick_row)
        self.editor.plane_picked.connect(self._go_to_plane)
        session.project_changed.connect(self.refresh)
        rebinding.changed.connect(self.refresh)

    def _build(self) -> None:
        head = row_of(self.title, 1, self.export_box, self.back, spacing=12)
        body = QWidget()
        page = QVBoxLayout(body)
        page.setContentsMargins(24, 20, 24, 16)
        page.setSpacing(8)
        page.addLayout(head)
        page.addWidget(self.subject)
        page.addWidget(self.tiles)
        page.addLayout(row_of(titled("Images"), self.filters, 1, spacing=12))
        page.addWidget(self.empty)
        page.addWidget(self.tree, 1)
        page.addWidget(self.doubt)
        page.addWidget(self.editor)
        scroll = _Scroll(body)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scroll)

    @property
    def _export(self) -> Export | None:
        return self._session.project.exports.get(str(self.export_box.currentData()))

    @property
    def _bindings(self) -> Bindings:
        export = self._export
        found = self._session.matches.lookup.bindings
        return found.get(export.id, Bindings()) if export is not None else Bindings()

    def open(self) -> None:
        """Show the page anew, the first doubtful entry chosen."""
        self._entry = ""
        self._show_filter("all")
        self.refresh()
        bindings = self._bindings.bindings
        doubtful = (one.entry for one in self._bindings.open_questions)
        first = next(doubtful, bindings[0].entry if bindings else "")
        self._choose(first)
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Show what holds now; the chosen row stays, whatever the filter says of it."""
        if not self.isVisible() and self.export_box.count():
            QTimer.singleShot(0, self, self._list_exports)
            self._let_go()
            return
        self._list_exports()
        export, bindings = self._export, self._bindings
        self.empty.setVisible(not bindings.entries)
        for widget in (self.tree, self.filters, self.editor):
            widget.setVisible(bool(bindings.entries))
        if export is not None:
            vendor = FORMAT_TITLES.get(export.format, export.format)
            sha = export.sources[0].sha256
            self.subject.setText(f"{export.title} · {vendor} · SHA-256 {sha[:6]}…{sha[-6:]}")
            self.tiles.show_numbers(*_numbers(self._session, export, bindings))
        self.filters.show_counts(bindings)
        self.rows.show_bindings(bindings, self._shown, self._entry)
        self._choose(self._entry)
        self._show_entry()

    def _let_go(self) -> None:
        """Hold nothing of an export that was closed: its entries know the images."""
        still_open = self._session.matches.lookup.bindings.values()
        if not any(one is self.rows.bindings for one in still_open):
            self.rows.show_bindings(Bindings(), self._shown)
            self.filters.show_counts(self.rows.bindings)

    def _list_exports(self) -> None:
        exports = self._session.project.exports
        listed = [self.export_box.itemData(n) for n in range(self.export_box.count())]
        if listed != list(exports):
            before = self.export_box.currentData()
            self.export_box.clear()
            for id, words in export_words(self._session.project).items():
                self.export_box.addItem(words, id)
            with_entries = (id for id, export in exports.items() if export.entries)
            wanted = before if before in exports else next(with_entries, next(iter(exports), ""))
            self.export_box.setCurrentIndex(self.export_box.findData(wanted))
        self.export_box.setVisible(len(exports) > 1)

    def _pick_export(self) -> None:
        self._entry = ""
        self.refresh()

    def _filter(self, shown: Shown) -> None:
        self._shown, self._entry = shown, ""
        self.refresh()

    def _show_filter(self, shown: Shown) -> None:
        self._shown = shown
        self.filters.show_key(shown)

    def _choose(self, entry: str) -> None:
        row = self.rows.row_of(entry)
        index = self.rows.index(row, 0) if row >= 0 else QModelIndex()
        if self.tree.currentIndex().row() != row:
            self.tree.setCurrentIndex(index)

    def _pick_row(self, current: QModelIndex) -> None:
        found = self.rows.at(current.row())
        if found is None or found[0].id == self._entry:
            return
        self._entry = found[0].id
        self._show_entry()
        self._go_to_plane()

    def _show_entry(self) -> None:
        export, bindings = self._export, self._bindings
        number = bindings.numbers.get(self._entry)
        found = None if number is None else (bindings.entries[number], bindings.bindings[number])
        self.editor.show_entry("" if export is None else export.id, bindings, found)
        media = -1 if found is None else found[1].index
        words = label_doubts(self._session.matches, media) if media >= 0 else []
        self.doubt.setText(" · ".join(words))
        self.doubt.setVisible(bool(words))

    def _go_to_plane(self) -> None:
        """Show the images of the chosen entry, at a label on the chosen plane if there is one."""
        export, binding = self._export, self._bindings.of(self._entry)
        if export is None or binding is None or binding.index < 0:
            return
        plane = self.editor.fields.chosen_plane
        id = first_label(self._session, export.id, self._entry, plane)
        if id is None or not self._session.go_to(id):
            self._session.places.leave()
            self._session.viewing.show(binding.index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the images."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class _Scroll(QScrollArea):
    """As wide as its page needs; in a low window the page is scrolled, and not squeezed."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(page)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for more room when the page needs it: it listens to its page already."""
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        """The page's width and its bar's."""
        bar = self.verticalScrollBar().sizeHint().width()
        page = self.widget()
        width = page.minimumSizeHint().width() if page is not None else 0
        return QSize(width + bar, LEAST_PX)


class _Tree(QTreeView):
    """A list whose columns share what a narrow page has."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the first columns as wide as a person made them, unless evidence has no room."""
        super().resizeEvent(event)
        room = self.viewport().width() - WIDTHS[-1]
        if room < WIDE_PX:
            for column, share in enumerate(NARROW_SHARES):
                self.header().resizeSection(column, int(room * share))


class Tiles(QWidget):
    """Four numbers with their words."""

    WORDS = ("labels in the export", "placed", "not placed", "images to check")

    def __init__(self) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(8)
        self._numbers: list[QLabel] = []
        for words in self.WORDS:
            tile = QFrame()
            tile.setObjectName("card")
            inside = QVBoxLayout(tile)
            inside.setContentsMargins(8, 6, 8, 8)
            inside.setSpacing(0)
            number = titled("0", "page")
            inside.addWidget(number)
            below = Elided(words)
            below.setProperty("kind", "quiet")
            inside.addWidget(below)
            layout.addWidget(tile, 1)
            self._numbers.append(number)

    def show_numbers(self, *numbers: int) -> None:
        """Show one number for each of WORDS."""
        for label, words, number in zip(self._numbers, self.WORDS, numbers, strict=True):
            label.setText(f"{number:,}")
            label.setAccessibleName(f"{number:,} {words}")


class Filters(Segments):
    """Which entries are listed, as segments with their numbers."""

    def __init__(self) -> None:
        super().__init__(((shown, words, "") for shown, words in FILTERS), "Which images")
        self._counted: Bindings | None = None

    def show_counts(self, bindings: Bindings) -> None:
        """Show how many entries fit each."""
        if bindings is self._counted:
            return
        self._counted = bindings
        for shown, words in FILTERS:
            count = sum(fits(one, shown) for one in bindings.bindings)
            self.segments[shown].setText(f"{words} {count:,}")


def first_label(session: Session, export: str, entry: str, plane: Plane) -> AnnotationId | None:
    """Return the first label that is shown of an entry, one on this plane before others."""
    rows = session.matches.rows.get(export)
    if rows is None:
        return None
    columns, outcomes = rows.columns, rows.outcomes
    codes = [code for code in columns.keys.find(entry).tolist() if columns.keys[code] == entry]
    if not codes:
        return None
    on_entry = (columns.entries == codes[0]) & (outcomes.media >= 0) & rows.drawn
    on_plane = on_entry & (columns.planes == PLANES.index(plane))
    if plane == "acquired":
        on_plane = on_entry & (outcomes.axes == 2)
    found = np.flatnonzero(on_plane) if on_plane.any() else np.flatnonzero(on_entry)
    return rows.id_of(int(found[0])) if len(found) else None


def _numbers(session: Session, export: Export, bindings: Bindings) -> tuple[int, int, int, int]:
    rows = session.matches.rows.get(export.id)
    reasons = rows.reasons if rows is not None else np.zeros(0, dtype=np.int8)
    lost = int((reasons > 0).sum())
    return len(reasons), len(reasons) - lost, lost, len(bindings.open_questions)


def _entries_tree(rows: MatchRows) -> QTreeView:
    made = _Tree()
    made.setModel(rows)
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    made.setAllColumnsShowFocus(True)
    made.setAccessibleName("Images that the export names")
    made.setMinimumHeight(96)  # it takes what the rest of the page leaves
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
    header = made.header()
    header.setStretchLastSection(False)
    for column, width in enumerate(WIDTHS):
        mode = QHeaderView.ResizeMode.Interactive if width else QHeaderView.ResizeMode.Stretch
        header.setSectionResizeMode(column, mode)
        if width:
            header.resizeSection(column, width)
    return made
