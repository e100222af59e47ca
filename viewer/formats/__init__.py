"""Label exports: one folder per vendor, one line in FORMATS."""

from viewer.formats.reading import read_export
from viewer.formats.table import FORMATS
from viewer.formats.writing import WriteReport, write_export

__all__ = ["FORMATS", "WriteReport", "read_export", "write_export"]
