"""Pictures and volumes that are not DICOM: one module per kind, one line each in `table`."""

from __future__ import annotations
