"""Videos: frame N is exactly the Nth displayed frame; decoding runs in a process of its own."""

from __future__ import annotations

from viewer.media.video.opening import is_video, open_video

__all__ = ["is_video", "open_video"]
