"""Label exports: one folder per vendor, one line in FORMATS."""

from viewer.formats.reading import read_export
from viewer.formats.table import FORMATS

__all__ = ["FORMATS", "read_export"]
