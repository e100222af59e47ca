"""The one queue through which a job's answer reaches the main thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal


class MainThreadQueue(QObject):
    """Runs what other threads post, in order, in the event loop of the thread it was made in.

    `app` makes one and hands `post` to everything that works in the background.
    """

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_open = True
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Have `call` run on the main thread; safe from any thread, dropped after `close`."""
        if self._is_open:
            self._posted.emit(call)

    def close(self) -> None:
        """Drop what comes from now on; the window is going."""
        self._is_open = False

    def _run(self, call: Callable[[], None]) -> None:
        if self._is_open:
            call()
