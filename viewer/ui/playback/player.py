"""Plays what is shown: each frame when it is due, late ones dropped and counted."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from viewer.session.playable import Playable
from viewer.session.playback import SPEEDS, Playback, Repeat, there_and_back
from viewer.session.session import Session

SOON_MS = 2  # until it is looked again whether a frame is there, or has been painted
_LATE_FRAMES = 256  # before the one that is due that are looked at for one that has come
Want = Callable[[int, int], None]


class Played(Protocol):
    """Pictures in an order, of which one is shown."""

    @property
    def playable(self) -> Playable | None:
        """How many there are and when each is due; None where there is nothing to play."""
        ...

    @property
    def step(self) -> int:
        """Which of them is shown."""
        ...

    def go_to_step(self, index: int, /) -> None:
        """Show another one."""
        ...

    def has_step(self, index: int, /) -> bool:
        """Whether one is at hand, or known never to be."""
        ...


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
        self._want_frame = want
        self._clock = clock
        self._played: Played = session
        self._want = want
        self._playback: Playback | None = None  # while it plays
        self._order = np.arange(0)  # of frames, as the playback counts: there, or there and back
        self._awaited: int | None = None  # was asked for and is not there yet
        self._is_stepping = False
        self.repeat: Repeat = "loop"
        self.speed = 1.0
        self.dropped = 0
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def is_playing(self) -> bool:
        """Frames go on by themselves."""
        return self._playback is not None

    @property
    def fps(self) -> float:
        """Frames a second at the speed that is chosen; 0 where there is nothing to play."""
        playable = self._played.playable
        return 0.0 if playable is None else playable.fps * self.speed

    def toggle(self) -> None:
        """Play from here, or from the first frame when it stands at the last; or stop."""
        if self.is_playing:
            self.stop()
        else:
            self.play(self._session, self._want_frame)

    def play(self, played: Played, want: Want) -> None:
        """Play from where something stands, or from its first frame when it stands at the last.

        Args:
            want: asks for one of its pictures, with how many on the next one will be.
        """
        self._played, self._want = played, want
        self._start()

    def stop(self) -> None:
        """Stay at the frame that is shown."""
        if self._playback is not None:
            self._playback = None
            self._played, self._want = self._session, self._want_frame
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

    def step_speed(self, on: int) -> None:
        """Play at the next of the usual speeds: faster (1), or slower (-1)."""
        beyond = [one for one in SPEEDS if (one - self.speed) * on > 1e-9]
        if beyond:
            self.set_speed(min(beyond, key=lambda one: abs(one - self.speed)))

    def set_repeat(self, repeat: Repeat) -> None:
        """After the last frame go on with the first, come back, or stop."""
        before, self.repeat = self.repeat, repeat
        if self._playback is not None:
            now, is_turning = self._clock(), "ping-pong" in (before, repeat)
            is_loop = repeat != "once"
            turned = self._turned(self._playback, now) if is_turning else None
            self._playback = turned or self._playback.looping(now, is_loop=is_loop)
        self.changed.emit()

    def forget_dropped(self) -> None:
        """Count from 0 again; another media is shown."""
        self.dropped = 0
        self.dropped_changed.emit()

    def _timed(self) -> Playback | None:
        """What is played at its times, where it stands, as it is to be repeated."""
        playable, step = self._played.playable, self._played.step
        if playable is None:
            return None
        if self.repeat == "ping-pong":
            self._order, times, last = there_and_back(playable.times_s, playable.duration_s)
        else:
            self._order = np.arange(playable.count)
            times, last = playable.times_s, playable.duration_s
        return Playback(times, last, step, self.speed, self.repeat != "once")

    def _turned(self, before: Playback, now: float) -> Playback | None:
        """Go on from the frame shown, forwards."""
        here = int(self._order[before.frame])
        begun = self._timed()
        self._awaited = None
        return begun and replace(begun.played(now).at(here, now), dropped=before.dropped)

    def _start(self) -> None:
        begun = self._timed()
        if begun is None:
            return
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
        is_late = here != due or not self._has(due)
        if is_late and is_painted:
            self._await(playback, due)
        wait_s = 0.0 if is_late else playback.wait_s(now) or 0.0
        self._timer.start(SOON_MS if is_late else max(1, round(1000 * wait_s)))

    def _newest(self, playback: Playback, due: int) -> int:
        """Return the newest frame at hand from the one shown to the one due."""
        behind = (due - playback.frame) % playback.count
        for back in range(min(behind, _LATE_FRAMES)):
            if self._has((due - back) % playback.count):
                return (due - back) % playback.count
        awaited = self._awaited_in(playback, due)
        is_there = awaited is not None and self._has(awaited)
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
        if awaited is None or self._has(awaited):
            self._awaited = due
            self._ask(due, playback)

    def _show(self, playback: Playback, frame: int, due: int) -> Playback:
        """Show a frame, and ask for what follows it or is still outstanding."""
        self._step_to(frame)
        self._playback = playback = playback.shown(frame)
        self._count_dropped(playback)
        self._awaited = self._awaited_in(playback, due)
        if self._awaited is not None and self._has(self._awaited):
            self._awaited = None
        self._ask(frame if self._awaited is None else self._awaited, playback)
        return playback

    def _count_dropped(self, playback: Playback) -> None:
        if playback.dropped != self.dropped:
            self.dropped = playback.dropped
            self.dropped_changed.emit()

    def _has(self, index: int) -> bool:
        return self._played.has_step(int(self._order[index]))

    def _ask(self, index: int, playback: Playback) -> None:
        """Ask for a frame, and the way that the next ones lie."""
        is_back = index > self._order.max()
        self._want(int(self._order[index]), -playback.ahead() if is_back else playback.ahead())

    def _step_to(self, index: int) -> None:
        self._is_stepping = True
        try:
            self._played.go_to_step(int(self._order[index]))
        finally:
            self._is_stepping = False
