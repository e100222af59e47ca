"""What the file of the shown slice says of itself: every element of DICOM, facts of other files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QPlainTextEdit,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.media.dicom.element_tree import MOST_TEXT
from viewer.media.instance import FileRef
from viewer.session.jobs import Answers, Jobs
from viewer.session.session import Session
from viewer.ui.media.series_facts import facts_of
from viewer.ui.media.tag_rows import (
    FileTags,
    TagRow,
    facts_rows,
    file_shown,
    found_in,
    matching,
    rows_below,
    tags_of,
)
from viewer.ui.widgets.chips import Elided, button, row_of, search_field
from viewer.ui.widgets.theme import fixed_font

HEADS = ("Tag", "Name", "VR", "Value")
WIDTHS_PX = (112, 300, 44)
FOLLOW_MS = 120  # after the last step through slices
SEARCH_MS = 200
MOST_WHOLE = 1 << 20  # characters
ROW = Qt.ItemDataRole.UserRole
HIDDEN = TagRow("", "Patient hidden", "", "Ctrl+Shift+H shows the tags again.")


class TagsPage(QWidget):
    """Follows the slice that is shown while it is seen itself.

    Args:
        jobs: read files and search; nothing is read on the main thread.
    """

    def __init__(self, session: Session, jobs: Jobs) -> None:
        super().__init__()
        self._session = session
        self._jobs = jobs
        self._file: FileRef | None = None  # that is shown, or being read
        self._frame: int | None = None
        self._tags: FileTags | None = None
        self._facts: tuple[TagRow, ...] = ()
        self.search = search_field("Tag, name or value")
        self.title = Elided(mode=Qt.TextElideMode.ElideMiddle)
        self.title.setProperty("kind", "quiet")
        self.copy_row = button("Copy row", icon_name="copy")
        self.copy_all = button("Copy all", icon_name="copy")
        self.show_all = button("Show all")
        self.tree = _TagTree()
        self.value = QPlainTextEdit()
        self._build()
        self._follow = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._follow.timeout.connect(self._read)
        self._searching = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._searching.timeout.connect(self._look)
        self._connect()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what is shown now."""
        super().showEvent(event)
        self._follow.start(0)

    def text_of_all(self) -> str:
        """Return the rows that are there, unfolded ones too, as lines with tabs between cells."""
        return "\n".join("\t".join(row.cells) for row in self.tree.rows())

    def _build(self) -> None:
        self.value.setReadOnly(True)
        self.value.setFont(fixed_font())
        self.value.setAccessibleName("Value of the selected element")
        self.show_all.hide()
        self.search.setFixedWidth(240)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(self.tree)
        split.addWidget(self.value)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 8)
        layout.setSpacing(6)
        head = row_of(self.search, self.title, self.show_all, self.copy_row, self.copy_all)
        head.setStretch(1, 1)
        layout.addLayout(head)
        layout.addWidget(split, 1)

    def _connect(self) -> None:
        session = self._session
        for changed in (
            session.media_changed,
            session.viewing.media_changed,
            session.viewing.crosshair_changed,
        ):
            changed.connect(self._slice_changed)
        session.viewing.look_changed.connect(self._look)
        self.search.textChanged.connect(self._look_soon)
        self.tree.itemExpanded.connect(self._unfold)
        self.tree.currentItemChanged.connect(self._show_some)
        self.show_all.clicked.connect(lambda: self._show_value(MOST_WHOLE))
        self.copy_row.clicked.connect(self.tree.copy_rows)
        self.copy_all.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(self.text_of_all())
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes what is searched for off, before it closes the page."""
        if event.key() == Qt.Key.Key_Escape and self.search.hasFocus() and self.search.text():
            self.search.clear()
        else:
            super().keyPressEvent(event)

    def _slice_changed(self) -> None:
        if self.isVisible():
            self._follow.start()

    def _read(self) -> None:
        media = self._session.current
        if media is None or not self.isVisible():
            return
        file, self._frame = file_shown(media, self._session.slice)
        if file == self._file:
            return
        self._file = file
        answers = Answers[FileTags](done=self._take, failed=partial(self._refuse, file))
        self._jobs.newest("tags", lambda control: tags_of(file, control.cancelled), answers)

    def _take(self, found: FileTags) -> None:
        media = self._session.current
        self._tags = found
        self._facts = () if media is None else facts_rows(facts_of(media))
        self._look()

    def _refuse(self, file: FileRef, error: Exception) -> None:
        self._tags, self._facts = None, ()
        self.title.setText(str(error) or file.name)
        self.tree.show_rows(())

    def _look_soon(self) -> None:
        self._searching.start()

    def _look(self) -> None:
        """Show all, or what is searched for; nothing while the patient is hidden."""
        words, found = self.search.text().strip(), self._tags
        is_hidden = self._session.viewing.patient_hidden
        self.search.setEnabled(not is_hidden)
        if found is None:
            return
        self.title.setText("" if is_hidden else found.file.name)
        if is_hidden:
            self._jobs.cancel("tag search")
            self.tree.show_rows((HIDDEN,))
            return
        if found.elements is None:
            self.tree.show_rows(matching(self._facts, words))
        elif not words:
            self._jobs.cancel("tag search")
            self.tree.show_rows(found.rows)
        else:
            elements = found.elements
            answers = Answers[tuple[TagRow, ...]](done=self.tree.show_rows)
            self._jobs.newest(
                "tag search", lambda control: found_in(elements, words, control.check), answers
            )

    def _unfold(self, item: QTreeWidgetItem) -> None:
        self.tree.unfold(item, self._frame)

    def _show_some(self) -> None:
        self._show_value(MOST_TEXT)

    def _show_value(self, most: int) -> None:
        row = self.tree.current_row()
        element = None if row is None else row.element
        text = "" if row is None else row.value if element is None else element.text(most)
        self.value.setPlainText(text)
        is_cut = element is not None and element.is_long() and most < MOST_WHOLE
        self.show_all.setVisible(is_cut)


class _TagTree(QTreeWidget):
    """Rows of four columns; sequences are looked into when they are unfolded."""

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderLabels(HEADS)
        self.setUniformRowHeights(True)
        self.setAccessibleName("Elements of the file")
        self.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.setIndentation(14)
        header = self.header()
        header.setStretchLastSection(True)
        for column, width in enumerate(WIDTHS_PX):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(column, width)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        copy = QAction("Copy", self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_rows)
        self.addAction(copy)

    def show_rows(self, rows: Sequence[TagRow]) -> None:
        """Show rows; where their elements are the same as before, what is unfolded stays."""
        before = [_row_of(item) for item in self._items()]
        is_alike = [(one.tag, one.name) for one in before] == [(one.tag, one.name) for one in rows]
        if not is_alike:
            self.clear()
            self.addTopLevelItems([_made(row) for row in rows])
            return
        for item, row in zip(self._items(), rows, strict=True):
            _say(item, row)
            if item.childCount():
                item.takeChildren()
                item.setExpanded(False)
        self.currentItemChanged.emit(self.currentItem(), None)

    def unfold(self, item: QTreeWidgetItem, frame: int | None) -> None:
        """Make the rows below a row."""
        if item.childCount() == 0:
            item.addChildren([_made(row) for row in rows_below(_row_of(item), frame)])

    def rows(self) -> list[TagRow]:
        """Return all rows that are there, from the top."""
        found: list[TagRow] = []
        left = list(reversed(self._items()))
        while left:
            item = left.pop()
            found.append(_row_of(item))
            below = (item.child(at) for at in reversed(range(item.childCount())))
            left += [each for each in below if each is not None]
        return found

    def current_row(self) -> TagRow | None:
        """Return the row that is current."""
        item = self.currentItem()
        return None if item is None else _row_of(item)

    def copy_rows(self) -> None:
        """Copy the selected rows as lines with tabs between cells."""
        rows = sorted(self.selectedItems(), key=lambda item: self.visualItemRect(item).y())
        text = "\n".join("\t".join(_row_of(item).cells) for item in rows)
        QGuiApplication.clipboard().setText(text)

    def _items(self) -> list[QTreeWidgetItem]:
        found = (self.topLevelItem(at) for at in range(self.topLevelItemCount()))
        return [item for item in found if item is not None]


def _made(row: TagRow) -> QTreeWidgetItem:
    item = QTreeWidgetItem()
    policy = QTreeWidgetItem.ChildIndicatorPolicy
    item.setChildIndicatorPolicy(policy.ShowIndicator if row.has_more else policy.DontShowIndicator)
    _say(item, row)
    return item


def _say(item: QTreeWidgetItem, row: TagRow) -> None:
    item.setData(0, ROW, row)
    for column, words in enumerate(row.cells):
        item.setText(column, words)


def _row_of(item: QTreeWidgetItem) -> TagRow:
    row: TagRow = item.data(0, ROW)
    return row
