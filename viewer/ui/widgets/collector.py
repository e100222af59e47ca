"""Garbage in cycles is collected on the main thread alone."""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

TICK_MS = 250
FULL_AFTER_S = 30.0
SHARE = 0.002  # of the time, at most, that full collections take


class Collector(QObject):
    """Collects in the event loop what Python would in any thread that happens to allocate.

    A widget, timer or action in a cycle that a job's thread found would be destroyed there, beside
    the event loop that uses it, which ends the program.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was_on = gc.isenabled()
        gc.disable()
        self._next_full = time.monotonic() + FULL_AFTER_S
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def close(self) -> None:
        """Leave collecting to Python again, if it was before."""
        self._timer.stop()
        if self._was_on:
            gc.enable()

    def _collect(self) -> None:
        """Collect the youngest generation that is due with those below it, as Python would."""
        due = [count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        now = time.monotonic()
        if due[2] and now >= self._next_full:
            gc.collect()
            taken = time.monotonic() - now
            self._next_full = now + max(FULL_AFTER_S, taken / SHARE)
        elif due[1]:
            gc.collect(1)
        elif due[0]:
            gc.collect(0)
