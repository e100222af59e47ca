"""The record as it stands in the file: every key in file order, and the raw text."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from viewer.formats import record_bytes, record_fields
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project
from viewer.ui.facts import Facts
from viewer.ui.theme import fixed_font

VALUE_CHARACTERS = 160
RAW_BYTES = 64 * 1024
KEY_PX = 116


class RecordView(QWidget):
    """Keys and values of one record, and below them its text, both to be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = Facts(KEY_PX)
        self.raw = QPlainTextEdit()
        self.raw.setObjectName("record")
        self.raw.setReadOnly(True)
        self.raw.setFont(fixed_font())
        self.raw.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.raw.setAccessibleName("Record as in the file")
        self.raw.setMinimumHeight(140)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.fields)
        layout.addWidget(self.raw)

    def show_record(self, project: Project, wanted: AnnotationId) -> None:
        """Show the record of an annotation as its file was opened."""
        fields = record_fields(project, wanted)
        rows = tuple((key or "Damaged", _short(value)) for key, value in fields)
        self.fields.show_rows(rows)
        self.raw.setPlainText(raw_text(record_bytes(project, wanted)))


def raw_text(record: bytes) -> str:
    """Return a record as text, cut where it is very long."""
    if not record:
        return "New: it has no record in the file yet."
    text = record[:RAW_BYTES].decode("utf-8", "replace")
    left = len(record) - RAW_BYTES
    return f"{text}\n… {left:,} more bytes" if left > 0 else text


def _short(value: str) -> str:
    text = " ".join(value.split())
    return text if len(text) <= VALUE_CHARACTERS else f"{text[:VALUE_CHARACTERS]} …"
