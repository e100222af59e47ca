"""Puts the window together: one session, one queue to the main thread, one window.

What is imported here is what the first paint needs; the rest is imported after it.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QMessageLogContext,
    QSize,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from viewer.errors import CannotRead, CannotWrite
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.preferences import author_file, kept_word, read_author
from viewer.ui.widgets.collector import Collector
from viewer.ui.widgets.heap import keep_together
from viewer.ui.widgets.jobs_bridge import MainThreadQueue
from viewer.ui.widgets.theme import THEMES, apply_theme
from viewer.ui.widgets.turns import Turns
from viewer.ui.window.window import MainWindow

if TYPE_CHECKING:
    from viewer.session.session import Session

WINDOW_SIZE = (1440, 900)
FRAME_SIZE = (16, 48)  # what a window manager may put around a window; not known before it is shown
PICTURE_SIZE = (1920, 1080)
SWITCH_S = 0.001  # a job hands the interpreter over to the window so soon
PICTURE_WITHIN_S = 120.0
QUIET_ROUNDS = 4  # of the event loop
# What a shell is furnished with, in portions between which a job can be stopped.
LATE = (
    *("numpy", "cv2", "psygnal", "viewer.media", "viewer.formats", "viewer.session.session"),
    *(
        "viewer.ui.view.page",
        "viewer.ui.inspector.inspector",
        "viewer.ui.window.parts",
        "viewer.ui.window.warming",
    ),
)


class Program:
    """What lives as long as a window, which is a shell until it is furnished."""

    def __init__(self) -> None:
        self.queue = MainThreadQueue()
        self.jobs = Jobs(self.queue.post, self.queue.give_way)
        self.window = MainWindow(self.jobs)
        self.window.closed.connect(self.close)
        self._turns = Turns(self.window)
        self._collector = Collector(self.window)

    @property
    def session(self) -> Session:
        """The session of a window that is furnished."""
        return self.window.session

    def furnish(self) -> None:
        """Build the parts of the window, at once."""
        self.window.furnish(_new_session())

    def furnish_after_paint(self) -> None:
        """Import and build what the shell lacks once it is on the screen."""
        self.window.painted.connect(self._import_late)

    def _import_late(self) -> None:
        self.jobs.run("furnish", _import_late, Answers(self._begin))

    def _begin(self, _imported: None) -> None:
        self.window.begin_furnishing(_new_session())
        self._turns.ask("furnish", self._go_on)

    def _go_on(self) -> None:
        from viewer.ui.window.warming import make_ready

        if self.window.furnish_more():
            self._turns.ask("furnish", self._go_on)
        else:
            make_ready(self.window, self.jobs)

    def close(self) -> None:
        """Stop the work; answers that still come are dropped."""
        left = self.jobs.close()
        self.queue.close()
        self._collector.close()
        if left:
            logging.getLogger(__name__).warning("still running at the end: %s", ", ".join(left))


def application() -> QApplication:
    """Return the one QApplication with its look."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    keep_together()
    app.setApplicationName("Overread")
    app.setApplicationDisplayName("")
    apply_theme(app, kept_word("theme", THEMES, "dark"))
    sys.setswitchinterval(SWITCH_S)
    return app


def run(paths: Sequence[str | Path], *, demo: str | None = None) -> int:
    """Open the window, then what the paths name, or a demo; return the exit code."""
    app = application()
    program = Program()
    program.window.resize(_fitting(program.window))
    _open(program, [str(path) for path in paths], demo)
    program.furnish_after_paint()
    program.window.show()
    return app.exec()


def _fitting(window: MainWindow) -> QSize:
    """Return the size of a new window: no larger than the screen has room for, with its frame."""
    room = window.screen().availableSize() - QSize(*FRAME_SIZE)
    return QSize(*WINDOW_SIZE).boundedTo(room)


def picture(
    paths: Sequence[str | Path],
    out: str | Path,
    size: tuple[int, int] = PICTURE_SIZE,
    *,
    demo: str | None = None,
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
    program = Program()
    program.furnish()
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


def _new_session() -> Session:
    from viewer.session.kept_layout import kept_layout
    from viewer.session.session import Session

    session = Session()
    session.author = read_author(author_file())
    session.viewing.set_look(layout=kept_layout())
    return session


def _import_late(control: JobControl) -> None:
    for name in LATE:
        control.check()
        import_module(name)


def _open(program: Program, paths: list[str], demo: str | None) -> None:
    if demo is not None:
        program.window.open_demo(demo)
    elif paths:
        program.window.open(paths)


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
