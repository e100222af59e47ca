"""Plays what is shown: each frame when it is due, late ones dropped and counted."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from viewer.session.playback import Playback
from viewer.session.session import Session

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
        self._playback: Playback | None = None  # while it plays
        self._is_stepping = False
        self.is_looping = True
        self.speed = 1.0
        self.dropped = 0
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def is_playing(self) -> bool:
        """Frames go on by themselves."""
        return self._playback is not None

    def toggle(self) -> None:
        """Play from here, or from the first frame when it stands at the last; or stop."""
        if self.is_playing:
            self.stop()
        else:
            self._start()

    def stop(self) -> None:
        """Stay at the frame that is shown."""
        if self._playback is not None:
            self._playback = None
            self._timer.stop()
            self.changed.emit()

    def stop_unless_own(self) -> None:
        """Stop when somebody else changed what is shown."""
        if not self._is_stepping:
            self.stop()

    def set_speed(self, speed: float) -> None:
        """Play so many times as fast, from now on."""
        self.speed = speed
        if self._playback is not None:
            self._playback = self._playback.at_speed(speed, self._clock())
            self._tick()
        self.changed.emit()

    def set_looping(self, is_looping: bool) -> None:
        """Go on with the first frame after the last, or stop there."""
        self.is_looping = is_looping
        if self._playback is not None:
            self._playback = self._playback.looping(self._clock(), is_loop=is_looping)
        self.changed.emit()

    def forget_dropped(self) -> None:
        """Count from 0 again; another media is shown."""
        self.dropped = 0
        self.dropped_changed.emit()

    def _start(self) -> None:
        playable = self._session.playable
        if playable is None:
            return
        times, step = playable.times_s, self._session.step
        begun = Playback(times, playable.duration_s, step, self.speed, self.is_looping)
        self._playback = begun = begun.played(self._clock())
        self._step_to(begun.frame)
        self.forget_dropped()
        self.changed.emit()
        self._tick()

    def _tick(self) -> None:
        if self._playback is None:
            return
        now = self._clock()
        playback = self._playback.settled(now)
        due = playback.due(now)
        is_there = self._session.has_step(due)
        if not playback.is_playing:
            self._step_to(due)
            self._count_dropped(playback)
            self.stop()
        elif not is_there or not self._is_painted():
            if not is_there:
                self._want(due, playback.ahead())
            self._timer.start(SOON_MS)
        else:
            if due != playback.frame:
                self._show(playback, due)
            self._timer.start(max(1, round(1000 * (playback.wait_s(now) or 0.0))))

    def _show(self, playback: Playback, due: int) -> None:
        self._step_to(due)
        self._playback = playback = playback.shown(due)
        self._count_dropped(playback)
        self._want(due, playback.ahead())

    def _count_dropped(self, playback: Playback) -> None:
        if playback.dropped != self.dropped:
            self.dropped = playback.dropped
            self.dropped_changed.emit()

    def _step_to(self, index: int) -> None:
        self._is_stepping = True
        try:
            self._session.go_to_step(index)
        finally:
            self._is_stepping = False
