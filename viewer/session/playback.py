"""Playing frames at their own times: which frame is due when, without a clock of its own.

Whoever plays passes the time in, asks which frame is due, and says which one was shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

SPEEDS = (0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 4.0, 8.0)
Repeat: TypeAlias = Literal["loop", "ping-pong", "once"]
REPEATS: tuple[Repeat, ...] = ("loop", "ping-pong", "once")
Times: TypeAlias = NDArray[np.float64]


def there_and_back(times_s: Times, duration_s: float) -> tuple[NDArray[np.intp], Times, float]:
    """Return the frames of one round there and back, when each begins, and how long it takes.

    The ends come once in a round; every frame stays as long as on the way there.
    """
    count = len(times_s)
    order = np.concatenate([np.arange(count), np.arange(count - 2, 0, -1)])
    ends = np.cumsum(np.diff(times_s, append=duration_s)[order])
    return order, np.concatenate([[0.0], ends[:-1]]), float(ends[-1])


@dataclass(frozen=True, eq=False)
class Playback:
    """Where playing stands.

    Args:
        times_s: (frames,) when each frame begins to be shown, ascending from 0.
        duration_s: when the last one ends.
        frame: shown last.
        speed: 1 is as recorded.
        is_loop: begins again after the last frame, instead of stopping on it.
        dropped: frames that were due and never shown since playing began.
    """

    times_s: NDArray[np.float64]
    duration_s: float
    frame: int = 0
    speed: float = 1.0
    is_loop: bool = False
    dropped: int = 0
    _since_s: float | None = field(default=None, repr=False)  # the clock when playing began
    _from_s: float = field(default=0.0, repr=False)  # the frames' time then

    @property
    def count(self) -> int:
        """Number of frames."""
        return len(self.times_s)

    @property
    def is_playing(self) -> bool:
        """Frames become due by themselves."""
        return self._since_s is not None

    @property
    def rate_hz(self) -> float:
        """Frames per second as recorded, on average; 0 for a single frame without duration."""
        return self.count / self.duration_s if self.duration_s > 0 else 0.0

    def played(self, now_s: float) -> Playback:
        """Begin to play at the frame shown; at the first one after the last."""
        frame = 0 if self.frame >= self.count - 1 else self.frame
        begun = replace(self, frame=frame, dropped=0)
        return _anchored(begun, float(self.times_s[frame]), now_s)

    def paused(self) -> Playback:
        """Stay on the frame shown."""
        return replace(self, _since_s=None)

    def at(self, frame: int, now_s: float) -> Playback:
        """Go to a frame, clamped; playing goes on from there."""
        there = min(max(frame, 0), self.count - 1)
        moved = replace(self, frame=there)
        return _anchored(moved, float(self.times_s[there]), now_s) if self.is_playing else moved

    def at_speed(self, speed: float, now_s: float) -> Playback:
        """Play at another speed from here on.

        Raises:
            ValueError: not above 0.
        """
        if not speed > 0:
            raise ValueError(f"a speed of {speed} plays nothing")
        here = self.position_s(now_s)
        changed = replace(self, speed=speed)
        return _anchored(changed, here, now_s) if self.is_playing else changed

    def looping(self, now_s: float, *, is_loop: bool) -> Playback:
        """Begin again after the last frame, or not."""
        here = self.position_s(now_s)
        changed = replace(self, is_loop=is_loop)
        return _anchored(changed, here, now_s) if self.is_playing else changed

    def shown(self, frame: int) -> Playback:
        """Say that a frame is on the screen; those passed over while playing are counted."""
        passed = (frame - self.frame) % self.count - 1 if self.is_loop else frame - self.frame - 1
        dropped = self.dropped + max(passed, 0) if self.is_playing else self.dropped
        return replace(self, frame=frame, dropped=dropped)

    def settled(self, now_s: float) -> Playback:
        """Pause on the last frame once it has been shown for its time, unless in a loop."""
        is_over = self.is_playing and not self.is_loop and self._gone_s(now_s) >= self.duration_s
        return self.shown(self.count - 1).paused() if is_over else self

    def position_s(self, now_s: float) -> float:
        """Return the frames' time now, from 0 to their duration."""
        if not self.is_playing:
            return float(self.times_s[self.frame])
        gone = self._gone_s(now_s)
        if self.is_loop and self.duration_s > 0:
            return gone % self.duration_s
        return min(gone, self.duration_s)

    def due(self, now_s: float) -> int:
        """Return the frame to be shown now."""
        if not self.is_playing:
            return self.frame
        return self._frame_at(self.position_s(now_s))

    def wait_s(self, now_s: float) -> float | None:
        """Return how long the frame that is due stays, in seconds of the clock; None if paused."""
        if not self.is_playing:
            return None
        here = self.position_s(now_s)
        following = self._frame_at(here) + 1
        end = float(self.times_s[following]) if following < self.count else self.duration_s
        return max(end - here, 0.0) / self.speed

    def ahead(self) -> int:
        """Return by how many frames the next one shown is further: more than 1 at high speed."""
        return max(1, int(self.speed)) if self.is_playing else 0

    def _frame_at(self, position_s: float) -> int:
        # What was added and taken away again may lie a rounding below a frame's own time.
        found = int(np.searchsorted(self.times_s, position_s + 1e-9, side="right"))
        return min(max(found - 1, 0), self.count - 1)

    def _gone_s(self, now_s: float) -> float:
        since = now_s if self._since_s is None else self._since_s
        return self._from_s + max(now_s - since, 0.0) * self.speed


def _anchored(playback: Playback, position_s: float, now_s: float) -> Playback:
    """Let the frames' time run on from a position."""
    return replace(playback, _since_s=now_s, _from_s=position_s)
