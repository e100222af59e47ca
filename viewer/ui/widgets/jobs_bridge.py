"""The one queue through which a job's answer reaches the main thread, and its right of way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

BEAT_MS = 5  # while a job asks
LATE_S = 0.008  # a main thread that has not beaten for so long is at work
LONGEST_WAIT_S = 0.05  # a job goes on after that, however busy the main thread is


class MainThreadQueue(QObject):
    """Runs what other threads post, in order, in the event loop of the thread it was made in.

    `app` makes one and hands `post` to everything that works in the background.
    """

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_open = True
        self._opening = threading.RLock()  # what is posted is posted whole before it closes
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)
        self._beats = QTimer(self, interval=BEAT_MS)
        self._beats.timeout.connect(self._beat)
        self._beat_at = 0.0
        self._has_beaten = threading.Event()
        self._is_beating = self._is_asked = False

    def post(self, call: Callable[[], None]) -> None:
        """Have `call` run on the main thread; safe from any thread, dropped after `close`."""
        with self._opening:
            if self._is_open:
                self._posted.emit(call)

    def give_way(self) -> None:
        """Wait in a job while the main thread is at work, but a moment at most.

        A timer of the event loop tells: it beats while jobs ask.
        """
        if not self._is_open:
            return
        self._is_asked = True
        if not self._is_beating:
            self._is_beating = True
            self._beat_at = time.monotonic()
            self.post(self._beats.start)
        elif time.monotonic() - self._beat_at > LATE_S:
            self._has_beaten.clear()
            self._has_beaten.wait(LONGEST_WAIT_S)

    @property
    def is_beating(self) -> bool:
        """The timer runs, since a job asked a moment ago."""
        return self._is_beating

    def _beat(self) -> None:
        self._beat_at = time.monotonic()
        self._has_beaten.set()
        if not self._is_asked:
            self._beats.stop()
            self._is_beating = False
        self._is_asked = False

    def close(self) -> None:
        """Drop what comes from now on; the window is going."""
        with self._opening:
            self._is_open = False
        self._has_beaten.set()

    def _run(self, call: Callable[[], None]) -> None:
        if self._is_open:
            call()
