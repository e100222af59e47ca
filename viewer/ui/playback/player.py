"""Plays what is shown: each frame when it is due, late ones dropped and counted."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from viewer.session.playback import Playback
from viewer.session.session import Session

SOON_MS = 2  # until it is looked again whether a frame is there, or has been painted
_LATE_FRAMES = 256  # before the one that is due that are looked at for one that has come
Want = Callable[[int, int], None]


class Player(QObject):
    """The clock of playback; never waits for a frame.

    A frame that is due is shown once it is decoded and the one before has been painted; frames
    whose time passes meanwhile are dropped. While a frame is long in coming no other is asked for,
    so that the decoder is never outrun: it is shown late, like any that comes before it.
    Whoever goes to another frame, shows another media or selects a label stops it.

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
        self._awaited: int | None = None  # was asked for and is not there yet
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
        self._awaited = None
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
        if not playback.is_playing:
            self._step_to(due)
            self._count_dropped(playback)
            self.stop()
            return
        is_painted = self._is_painted()
        here = self._newest(playback, due) if is_painted else playback.frame
        if here != playback.frame:
            playback = self._show(playback, here, due)
        is_late = here != due or not self._session.has_step(due)
        if is_late and is_painted:
            self._await(playback, due)
        wait_s = 0.0 if is_late else playback.wait_s(now) or 0.0
        self._timer.start(SOON_MS if is_late else max(1, round(1000 * wait_s)))

    def _newest(self, playback: Playback, due: int) -> int:
        """Return the newest frame at hand from the one shown to the one due."""
        behind = (due - playback.frame) % playback.count
        for back in range(min(behind, _LATE_FRAMES)):
            if self._session.has_step((due - back) % playback.count):
                return (due - back) % playback.count
        awaited = self._awaited_in(playback, due)
        is_there = awaited is not None and self._session.has_step(awaited)
        return awaited if awaited is not None and is_there else playback.frame

    def _awaited_in(self, playback: Playback, due: int) -> int | None:
        """Return the frame that is awaited, unless its turn has come and gone, or is to come."""
        if self._awaited is None:
            return None
        count = playback.count
        is_between = (self._awaited - playback.frame) % count <= (due - playback.frame) % count
        return self._awaited if is_between else None

    def _await(self, playback: Playback, due: int) -> None:
        """Ask for the frame that is due, unless one is outstanding."""
        awaited = self._awaited_in(playback, due)
        if awaited is None or self._session.has_step(awaited):
            self._awaited = due
            self._want(due, playback.ahead())

    def _show(self, playback: Playback, frame: int, due: int) -> Playback:
        """Show a frame, and ask for what follows it or is still outstanding."""
        self._step_to(frame)
        self._playback = playback = playback.shown(frame)
        self._count_dropped(playback)
        self._awaited = self._awaited_in(playback, due)
        if self._awaited is not None and self._session.has_step(self._awaited):
            self._awaited = None
        self._want(frame if self._awaited is None else self._awaited, playback.ahead())
        return playback

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
