"""Label exports: one folder per vendor, one line in FORMATS."""

from viewer.formats.reading import read_export, read_in_child
from viewer.formats.record_text import record_bytes, record_fields
from viewer.formats.table import FORMATS
from viewer.formats.writing import WriteReport, write_export

__all__ = [
    "FORMATS",
    "WriteReport",
    "read_export",
    "read_in_child",
    "record_bytes",
    "record_fields",
    "write_export",
]
