"""Pixels: what is scanned, placed and decoded from files.

`open_media` reads headers and answers at once; `load` fills the pixels of one of its media.
"""

from __future__ import annotations

from viewer.media.loading import load
from viewer.media.opening import open_media

__all__ = ["load", "open_media"]
