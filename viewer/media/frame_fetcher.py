"""What decodes frames elsewhere, as those who show them know it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from viewer.media.values import Pixels


class FrameFetcher(Protocol):
    """Decodes frames of a video elsewhere, newest wish first; thread-safe."""

    def kept(self, index: int) -> Pixels | None:
        """Return a decoded frame that is at hand, (rows, columns, 3) RGB."""
        ...

    def near(self, index: int) -> int | None:
        """Return the frame at hand that is shown until `index` is there, None without one."""
        ...

    def want(self, index: int, ahead: int = 0) -> None:
        """Ask for a frame, the newest wish first; at once.

        Args:
            ahead: while playing, how many frames further the next one wanted is: 1, or -1
                backwards, more where frames are left out; those come too, before they are wanted.
                0 where the next place is not known: neighbours on both sides come, and where
                decoding takes long a nearby key frame comes first.
        """
        ...

    def wait(self, index: int) -> Pixels:
        """Return a frame, however long it takes.

        Raises:
            CannotDecode: it is damaged, or decoding it was given up.
        """
        ...

    def on_arrival(self, tell: Callable[[int], None]) -> None:
        """Call `tell` with the index of each frame that arrives, or that turns out to be damaged
        (`Video.slice_errors`); from a thread.
        """
        ...

    def close(self) -> None:
        """Let go of the file, the process and the frames."""
        ...
