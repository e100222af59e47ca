"""Keeps what is open, offers it on the welcome page, and goes on where one was when asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer

from viewer.errors import Issue
from viewer.formats import FORMATS
from viewer.model.counted import counted
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.kept_session import (
    KeptSession,
    Recent,
    forget_kept,
    go_on,
    kept_file,
    read_recent,
    session_now,
    without_paths,
    write_kept,
)
from viewer.ui.widgets.chips import PART_GAP
from viewer.ui.window.recent import RecentRow

if TYPE_CHECKING:
    from viewer.session.session import Session
    from viewer.ui.window.window import MainWindow

EVERY_MS = 30_000
GONE = "not-there"
TITLES = {known.name: known.title for known in FORMATS}


class SessionKeeper(QObject):
    """Writes in jobs: when something was opened, every half minute, and when the window closes."""

    def __init__(self, session: Session, jobs: Jobs, window: MainWindow) -> None:
        super().__init__(window)
        self._session = session
        self._jobs = jobs
        self._window = window
        self._recent = Recent()
        self._kept: KeptSession | None = None  # as written last
        self._wanted: KeptSession | None = None  # is being opened again, from what is there of it
        self._gone: tuple[str, ...] = ()  # of its paths
        self._is_forgotten = False  # nothing is kept until something else is opened
        window.opening.opened.connect(self._on_opened)
        window.welcome.recent_asked.connect(self._open)
        timer = QTimer(self, interval=EVERY_MS)
        timer.timeout.connect(self.keep)
        timer.start()
        self._read()

    def keep(self) -> None:
        """Keep what is open as it stands, unless that is kept already."""
        opening = self._window.opening
        paths = () if opening.demo else opening.paths
        now = session_now(self._session, paths, opening.demo, self._window.docks.sizes)
        if now is None or self._is_forgotten:
            return
        if self._kept is None or now != msgspec.structs.replace(self._kept, when=now.when):
            self._put(now)

    def _put(self, now: KeptSession) -> None:
        self._kept = now
        self._jobs.newest("keep session", partial(_write, now), Answers(failed=self._not_kept))

    def forget(self) -> None:
        """Forget what was open; what is open now is not kept either."""
        self._is_forgotten = True
        self._kept = None
        answers = Answers(self._on_forgotten, self._not_forgotten)
        self._jobs.newest("keep session", _forget, answers)

    def _on_forgotten(self, _none: None) -> None:
        self._show(Recent())
        self._session.say("What was open is forgotten; what is open now is not kept.")

    def _not_forgotten(self, error: Exception) -> None:
        words = getattr(error, "strerror", None) or str(error)
        self._session.say(f"{kept_file()} cannot be taken away: {words}.")

    def _not_kept(self, error: Exception) -> None:
        words = getattr(error, "strerror", None) or str(error)
        self._session.say(f"What is open cannot be kept for the next time: {words}.")

    def _read(self) -> None:
        self._jobs.run("kept session", _read, Answers(self._show))

    def _show(self, recent: Recent) -> None:
        self._recent = recent
        gone = recent.gone or {}
        rows = [_row(one, gone.get(n, ())) for n, one in enumerate(recent.sessions)]
        first = recent.sessions[0].place if recent.sessions else None
        self._window.welcome.show_recent(rows, "" if first is None else first.words)
        if recent.said:
            self._session.say(recent.said)

    def _open(self, number: int) -> None:
        """Open what was open, then go to where one was; what is gone is left out and said."""
        kept = self._recent.sessions[number]
        gone = (self._recent.gone or {}).get(number, ())
        self._wanted = without_paths(kept, gone) if gone else kept
        if kept.demo:
            self._window.open_demo(kept.demo)
            return
        self._gone = gone
        self._window.open(list(self._wanted.paths))

    def _on_opened(self) -> None:
        self._is_forgotten = False
        QTimer.singleShot(0, self, self._go_on)  # what opened it has its own first place

    def _go_on(self) -> None:
        kept, self._wanted = self._wanted, None
        opening = self._window.opening
        if kept is None or (opening.demo, opening.paths[:1]) != (kept.demo, kept.paths[:1]):
            self.keep()
            return
        self._say_gone()
        go_on(self._session, kept)
        if not kept.filter.is_empty:
            self._window.label_panel.bar.ask(kept.filter)
        if len(kept.panels) == 3:
            self._window.docks.take_sizes(*kept.panels)
        if kept.worklist is not None:
            self._window.cockpit.making.go_on(kept.worklist, in_review=kept.mode == "review")
        self._put(kept)  # first of all again; its worklist is still being made

    def _say_gone(self) -> None:
        """Say what was left out, where it stays: what is gone on with says other things."""
        gone, self._gone = self._gone, ()
        if gone:
            sentence = f"Not there any more, and left out: {', '.join(gone)}."
            issue = Issue("warning", GONE, sentence, gone[0])
            self._session.issues = (*self._session.issues, issue)
            self._session.media_changed.emit()


def _read(_control: JobControl) -> Recent:
    return read_recent(kept_file())


def _write(kept: KeptSession, _control: JobControl) -> None:
    write_kept(kept_file(), kept)


def _forget(_control: JobControl) -> None:
    forget_kept(kept_file())


def _row(kept: KeptSession, gone: tuple[str, ...]) -> RecentRow:
    vendors = [TITLES.get(name, name) for name in kept.formats]
    labels = counted(kept.labels, "label") if kept.labels else ""
    place = "" if kept.place is None else kept.place.words
    below = PART_GAP.join(part for part in (*vendors, labels, place) if part)
    if gone:
        names = ", ".join(Path(path).name for path in gone)
        below = f"not there any more: {names}"
    can_open = bool(kept.demo) or len(gone) < len(kept.paths)
    tip = "\n".join(kept.paths)
    return RecentRow(kept.name, below, when_words(kept.when), tip, can_open, bool(gone))


def when_words(stamp: str, today: date | None = None) -> str:
    """Return such as "today 14:22", "yesterday" or "17 Nov"; "" where nothing says when."""
    try:
        time = datetime.fromisoformat(stamp).astimezone()
    except (ValueError, OverflowError, OSError):
        return ""
    today = today or datetime.now().astimezone().date()
    if time.date() == today:
        return f"today {time:%H:%M}"
    if time.date() == today - timedelta(days=1):
        return "yesterday"
    return f"{time.day} {time:%b}" + ("" if time.year == today.year else f" {time.year}")
