"""Work of the main thread in small parts, one a turn of the event loop, so that no input waits."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import QObject, QTimer

TURN_MS = 1  # not 0: such timers wait until nothing else is left to do


class Turns(QObject):
    """Calls what it is asked to, in order, each in a turn of its own."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: dict[Hashable, Callable[[], None]] = {}
        self._timer = QTimer(self, interval=TURN_MS)
        self._timer.timeout.connect(self._next)

    @property
    def is_busy(self) -> bool:
        """Something waits for its turn."""
        return bool(self._waiting)

    def ask(self, name: Hashable, call: Callable[[], None]) -> None:
        """Have a call made; one of the same name that waits already gives it its place."""
        self._waiting[name] = call
        if not self._timer.isActive():  # a start would put the next turn off
            self._timer.start()

    def _next(self) -> None:
        call = self._waiting.pop(next(iter(self._waiting)))
        if not self._waiting:
            self._timer.stop()
        call()
        if self._timer.isActive():
            self._timer.start()  # counted from now: other timers that are due go first
