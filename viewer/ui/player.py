"""Plays what is shown: each frame when it is due, late ones dropped and counted."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from viewer.session.playable import Playable
from viewer.session.session import Session

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
SOON_MS = 2  # until it is looked again whether a frame is there, or has been painted
Want = Callable[[int, int], None]


class Player(QObject):
    """The clock of playback; never waits for a frame.

    A frame that is due is shown once it is decoded and the one before has been painted; frames
    whose time passes meanwhile are dropped. Whoever goes to another frame, shows another media or
    selects a label stops it.

    Args:
        is_painted: the views show what the session says.
        want: asks for a frame, with how many frames on the next one will be.
        clock: seconds that only grow.
    """

    changed = Signal()  # it plays or not, speed, loop
    dropped_changed = Signal()

    def __init__(
        self,
        session: Session,
        is_painted: Callable[[], bool],
        want: Want,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._is_painted = is_painted
        self._want = want
        self._clock = clock
        self._playable: Playable | None = None
        self._began = (0.0, 0.0)  # the clock, and the time of the frame shown then
        self._shown = 0
        self._is_stepping = False
        self.is_looping = True
        self.speed = 1.0
        self.dropped = 0
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def is_playing(self) -> bool:
        """Frames go on by themselves."""
        return self._playable is not None

    def toggle(self) -> None:
        """Play from here, or from the first frame when it stands at the last; or stop."""
        if self.is_playing:
            self.stop()
        else:
            self._start()

    def stop(self) -> None:
        """Stay at the frame that is shown."""
        if self._playable is not None:
            self._playable = None
            self._timer.stop()
            self.changed.emit()

    def stop_unless_own(self) -> None:
        """Stop when somebody else changed what is shown."""
        if not self._is_stepping:
            self.stop()

    def set_speed(self, speed: float) -> None:
        """Play so many times as fast, from now on."""
        self.speed = speed
        if self._playable is not None:
            self._anchor(self._playable)
        self.changed.emit()

    def set_looping(self, is_looping: bool) -> None:
        """Go on with the first frame after the last, or stop there."""
        self.is_looping = is_looping
        self.changed.emit()

    def forget_dropped(self) -> None:
        """Count from 0 again; another media is shown."""
        self.dropped = 0
        self.dropped_changed.emit()

    def _start(self) -> None:
        playable = self._session.playable
        if playable is None:
            return
        if self._session.step >= playable.count - 1:
            self._session.go_to_step(0)
        self._playable = playable
        self.forget_dropped()
        self._anchor(playable)
        self.changed.emit()
        self._tick()

    def _anchor(self, playable: Playable) -> None:
        """Let the frame that is shown be the one of this moment."""
        self._shown = self._session.step
        self._began = (self._clock(), float(playable.times_s[self._shown]))

    def _tick(self) -> None:
        playable = self._playable
        if playable is None:
            return
        due, laps = self._due(playable)
        if laps and not self.is_looping:
            due = playable.count - 1
        if not self._is_painted():
            self._timer.start(SOON_MS)
        elif (laps, due) == (0, self._shown):
            self._timer.start(self._until_next(playable))
        elif self._session.has_step(due):
            self._show(playable, due, laps)
        else:
            self._want(due, max(1, round(self.speed)))
            self._timer.start(SOON_MS)

    def _due(self, playable: Playable) -> tuple[int, int]:
        """Return the frame of this moment, and how often the end was passed since the anchor."""
        clock, begun = self._began
        at = begun + (self._clock() - clock) * self.speed
        laps, rest = divmod(at, playable.duration_s)
        due = int(playable.times_s.searchsorted(rest, "right")) - 1
        return max(due, 0), int(laps)

    def _show(self, playable: Playable, due: int, laps: int) -> None:
        passed = due - self._shown + playable.count * laps if self.is_looping else due - self._shown
        self._is_stepping = True
        try:
            self._session.go_to_step(due)
        finally:
            self._is_stepping = False
        self._shown = due
        if passed > 1:
            self.dropped += passed - 1
            self.dropped_changed.emit()
        if laps and not self.is_looping:
            self.stop()
            return
        if laps:  # the times of a lap begin at 0 again
            clock, begun = self._began
            self._began = (clock + (laps * playable.duration_s - begun) / self.speed, 0.0)
        self._want(due, max(1, round(self.speed)))
        self._timer.start(self._until_next(playable))

    def _until_next(self, playable: Playable) -> int:
        """Return the ms until the next frame is due, at least 1."""
        last = self._shown == playable.count - 1
        next_s = playable.duration_s if last else float(playable.times_s[self._shown + 1])
        clock, begun = self._began
        return max(1, round(1000 * (clock + (next_s - begun) / self.speed - self._clock())))
