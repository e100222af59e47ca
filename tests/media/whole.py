"""Files opened with all their pixels."""

from __future__ import annotations

from pathlib import Path

from viewer.media import load, open_media
from viewer.media.volume import FrameStack, MediaSet


def opened(path: Path) -> MediaSet:
    """Open a file or folder and load everything."""
    found = open_media(path)
    for media in found.media:
        load(media)
    return found


def only(path: Path) -> FrameStack:
    """Open what holds one frame stack, and load all of its frames."""
    (media,) = opened(path).media
    assert isinstance(media, FrameStack)
    assert media.ready.all(), media.slice_errors
    return media
