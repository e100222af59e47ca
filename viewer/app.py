"""Puts the window together: one session, one queue to the main thread, one window."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QMessageLogContext,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from viewer.errors import CannotRead, CannotWrite
from viewer.session.jobs import Jobs
from viewer.session.preferences import author_file, read_author
from viewer.session.session import Session
from viewer.ui.icons import load_icons
from viewer.ui.jobs_bridge import MainThreadQueue
from viewer.ui.theme import apply_theme
from viewer.ui.warming import make_ready
from viewer.ui.window import MainWindow

PICTURE_SIZE = (1920, 1080)
SWITCH_S = 0.001  # a job hands the interpreter over to the window so soon
PICTURE_WITHIN_S = 120.0
QUIET_ROUNDS = 4  # of the event loop


class Program:
    """The parts that live as long as a window."""

    def __init__(self) -> None:
        self.session = Session()
        self.session.author = read_author(author_file())
        self.queue = MainThreadQueue()
        self.jobs = Jobs(self.queue.post, self.queue.give_way)
        self.window = MainWindow(self.session, self.jobs)
        self.window.closed.connect(self.close)

    def close(self) -> None:
        """Stop the work; answers that still come are dropped."""
        left = self.jobs.close()
        self.queue.close()
        if left:
            logging.getLogger(__name__).warning("still running at the end: %s", ", ".join(left))


def application() -> QApplication:
    """Return the one QApplication with its look."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("Overread")
    app.setApplicationDisplayName("")
    apply_theme(app)
    sys.setswitchinterval(SWITCH_S)
    return app


def run(paths: Sequence[str | Path], *, demo: bool = False) -> int:
    """Open the window, then what the paths name; return the exit code."""
    app = application()
    program = Program()
    program.window.resize(1440, 900)
    program.window.show()
    QTimer.singleShot(0, _after_first_paint(program, [str(path) for path in paths], demo))
    return app.exec()


def picture(
    paths: Sequence[str | Path],
    out: str | Path,
    size: tuple[int, int] = PICTURE_SIZE,
    *,
    demo: bool = False,
) -> int:
    """Show the window without a display, save it as PNG, print its path; return the exit code.

    Raises:
        CannotWrite: the picture cannot be written.
        CannotRead: what was opened is not there within two minutes.
    """
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        qInstallMessageHandler(_without_size_hints)
    application()
    load_icons()
    program = Program()
    program.window.resize(*size)
    program.window.show()
    _open(program, [str(path) for path in paths], demo)
    _wait(lambda: not program.jobs.is_busy() and not program.window.views.turns.is_busy)
    shot = program.window.grab()
    program.window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if not shot.save(str(out), "PNG"):
        raise CannotWrite(f"{out} cannot be written; choose another place.")
    sys.stdout.write(f"{Path(out).resolve()}\n")
    return 0


def has_display() -> bool:
    """Whether windows can be shown; always on systems whose display needs no variable."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _without_size_hints(_kind: QtMsgType, _where: QMessageLogContext, words: str) -> None:
    """Pass Qt's messages on, but not the one that the offscreen platform has for every window."""
    if "propagateSizeHints" not in words:
        sys.stderr.write(f"{words}\n")


def _after_first_paint(program: Program, paths: list[str], demo: bool) -> Callable[[], None]:
    def go_on() -> None:
        _open(program, paths, demo)
        make_ready(program.window, program.jobs)

    return go_on


def _open(program: Program, paths: list[str], demo: bool) -> None:
    if demo:
        program.window.opening.open_demo()
    elif paths:
        program.window.opening.open(paths)


def _wait(is_done: Callable[[], bool]) -> None:
    """Run the event loop until something stays so: what is painted may ask for more work."""
    until = time.monotonic() + PICTURE_WITHIN_S
    rounds = 0
    while rounds < QUIET_ROUNDS:
        if time.monotonic() > until:
            raise CannotRead("Loading takes more than two minutes; the picture was not made.")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(0.005)
        rounds = rounds + 1 if is_done() else 0
