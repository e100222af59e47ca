"""Overread: review medical image labels offline, and write the export back unchanged.

`read_export` and `open_media` open files, `write_export` saves; nothing here needs a window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viewer.formats import read_export, write_export
    from viewer.media import open_media

__version__ = "0.1.0"
__all__ = ["__version__", "open_media", "read_export", "write_export"]


def __getattr__(name: str) -> object:
    """Import the three functions when they are first used, so that start-up stays short."""
    if name in ("read_export", "write_export"):
        from viewer import formats

        return getattr(formats, name)
    if name == "open_media":
        from viewer import media

        return media.open_media
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
