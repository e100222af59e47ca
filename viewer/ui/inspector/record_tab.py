"""The record as it stands in the file: named fields, every key, and the raw text."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from viewer.formats.record_text import RecordPart, part_bytes, record_bytes, record_parts
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Project
from viewer.session.jobs import Jobs
from viewer.ui.widgets.chips import quiet, row_of
from viewer.ui.widgets.facts import Facts
from viewer.ui.widgets.icons import icon
from viewer.ui.widgets.theme import fixed_font
from viewer.ui.widgets.tree_model import TreeView
from viewer.ui.widgets.tree_nodes import Node, node_of_json

RAW_BYTES = 64 * 1024
COPIED_BYTES = 16 * 2**20  # of a record that go to the clipboard
MOST_TREE_PX = 420
EDGE_PX = 4


class RecordView(QWidget):
    """Fields that have a name here, then every key of the records and around, then their text."""

    def __init__(self, parent: QWidget | None = None, jobs: Jobs | None = None) -> None:
        super().__init__(parent)
        self._project = Project()
        self._id: AnnotationId | None = None
        self._placement: int | None = None
        self._parts: tuple[RecordPart, ...] = ()
        self._annotation: Annotation | None = None
        self.fields = Facts()
        self.tree = TreeView("Keys of the record", jobs=jobs)
        self.tree.nodes.rowsInserted.connect(self._fit_soon)
        self.tree.expanded.connect(self._fit_soon)
        self.tree.collapsed.connect(self._fit_soon)
        self.raw = QPlainTextEdit()
        self.raw.setObjectName("record")
        self.raw.setReadOnly(True)
        self.raw.setFont(fixed_font())
        self.raw.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.raw.setAccessibleName("Record as in the file")
        self.raw.setMinimumHeight(140)
        self.copy = QToolButton()
        self.copy.setIcon(icon("copy", role="text-2"))
        self.copy.setToolTip("Copy the text of the record")
        self.copy.setAccessibleName("Copy the text of the record")
        self.copy.clicked.connect(self.copy_raw)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.fields)
        layout.addWidget(self.tree)
        layout.addLayout(row_of(quiet("Text"), 1, self.copy))
        layout.addWidget(self.raw)

    def show_record(
        self, project: Project, wanted: AnnotationId, placement: int | None = None
    ) -> None:
        """Show the records of an annotation as its file was opened.

        Args:
            project: that holds it.
            wanted: the annotation.
            placement: number of the one shown now, whose own record is shown too.
        """
        annotation = project.annotations[wanted]
        parts = record_parts(project, wanted, placement)
        if annotation is not self._annotation:
            self.fields.show_rows(named_fields(annotation))
        is_same = wanted == self._id and parts == self._parts
        self._project, self._id, self._placement = project, wanted, placement
        self._annotation = annotation
        if is_same and self.raw.toPlainText():
            return
        self._parts = parts
        roots = [self._root(part, wanted.export) for part in parts]
        self.tree.show_nodes(roots, unfolded=1)
        self.tree.setVisible(bool(roots))
        self.raw.setPlainText(raw_text(record_bytes(project, wanted, placement)))
        self._fit_soon()

    def show_nothing(self) -> None:
        """Let go of the record shown, and of the project that holds it."""
        self._project, self._id, self._placement = Project(), None, None
        self._annotation, self._parts = None, ()
        self.tree.show_nodes([])
        self.raw.clear()

    def copy_raw(self) -> None:
        """Copy the whole text of the records."""
        if self._id is not None:
            record = record_bytes(self._project, self._id, self._placement)[:COPIED_BYTES]
            QGuiApplication.clipboard().setText(record.decode("utf-8", "replace"))

    def _root(self, part: RecordPart, export: str) -> Node:
        return node_of_json(part.title, part_bytes(self._project, export, part))

    def _fit_soon(self) -> None:
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        """Make the tree as high as its rows, within bounds."""
        height, index = EDGE_PX, self.tree.nodes.index(0, 0)
        row_px = max(self.tree.sizeHintForRow(0), 1)
        while index.isValid() and height < MOST_TREE_PX:
            height += row_px
            index = self.tree.indexBelow(index)
        self.tree.setFixedHeight(min(height, MOST_TREE_PX))


def named_fields(annotation: Annotation) -> tuple[tuple[str, str], ...]:
    """Return what of a record has a name here, as far as it is there."""
    parent = annotation.parent
    rows = (
        ("Id", annotation.native_id),
        ("Label id", annotation.class_id),
        ("Author", annotation.author),
        ("Group", annotation.group),
        ("Child of", "" if parent is None else f"record {parent.ordinal + 1:,}"),
        ("Created", annotation.created),
        ("Changed", annotation.updated),
        ("Changed by", annotation.updated_by),
        ("Placements", f"{len(annotation.placements):,}"),
    )
    return tuple((key, value) for key, value in rows if value)


def raw_text(record: bytes) -> str:
    """Return a record as text, cut where it is very long."""
    if not record:
        return "New: it has no record in the file yet."
    text = record[:RAW_BYTES].decode("utf-8", "replace")
    left = len(record) - RAW_BYTES
    return f"{text}\n… {left:,} more bytes" if left > 0 else text
