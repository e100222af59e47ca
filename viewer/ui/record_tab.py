"""The record as it stands in the file: every key in file order, and the raw text."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from viewer.formats.json_tools import BadJson, members
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
        text = record_bytes(project, wanted)
        self.fields.show_rows(record_fields(text))
        self.raw.setPlainText(raw_text(text))


def record_bytes(project: Project, wanted: AnnotationId) -> bytes:
    """Return the bytes of an annotation's record as opened; b"" for one made here."""
    base = project.annotations.bases.get(wanted.export)
    if base is None or wanted.new:
        return b""
    columns = base.columns
    number = int(columns.sources[wanted.ordinal])
    sources = project.exports[wanted.export].sources
    source = next((item for item in sources if item.id == number), None)
    start, end = int(columns.starts[wanted.ordinal]), int(columns.ends[wanted.ordinal])
    return bytes(source.base[start:end]) if source is not None else b""


def record_fields(record: bytes) -> tuple[tuple[str, str], ...]:
    """Return every key of a record with its value as spelled, in file order, long ones cut.

    A record that breaks off gives the keys before the break; without a record there are none.
    """
    if not record:
        return ()
    found: list[tuple[str, str]] = []
    try:
        found.extend((at.key, _short(record[at.start : at.end])) for at in members(record))
    except BadJson as error:
        found.append(("Damaged", str(error)))
    return tuple(found)


def raw_text(record: bytes) -> str:
    """Return a record as text, cut where it is very long."""
    if not record:
        return "New: it has no record in the file yet."
    text = record[:RAW_BYTES].decode("utf-8", "replace")
    left = len(record) - RAW_BYTES
    return f"{text}\n… {left:,} more bytes" if left > 0 else text


def _short(value: bytes) -> str:
    text = " ".join(value[: 4 * VALUE_CHARACTERS].decode("utf-8", "replace").split())
    return text if len(text) <= VALUE_CHARACTERS else f"{text[:VALUE_CHARACTERS]} …"
