"""Overread: review medical image labels offline, and write the export back unchanged."""

from __future__ import annotations

__version__ = "0.1.0"
