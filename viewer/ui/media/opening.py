"""Opening folders and exports: headers, labels and pixels are read in background jobs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.demo import STUDY
from viewer.errors import Issue
from viewer.media.frame_fetcher import FrameFetcher
from viewer.model.counted import counted
from viewer.model.project import Project
from viewer.review.kept import forget_views
from viewer.review.reviews import Review
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.kept_measurements import made_of
from viewer.session.reviewed import read_reviews
from viewer.session.session import Session
from viewer.ui.labels.solids_ahead import SolidsAhead
from viewer.ui.media.import_ahead import ImportAhead
from viewer.ui.media.pixel_loading import PixelLoading
from viewer.ui.media.reading import (
    Opened,
    Phase,
    Request,
    first_slice,
    leaving,
    read_demo,
    read_request,
    request_of,
    without_exports,
)
from viewer.ui.widgets.heap import give_back

QUIET_S = 0.3  # work that ends sooner is not shown
MayLeave = Callable[[frozenset[str]], bool]  # asks whether unsaved changes of exports may go


class Opening(QObject):
    """Runs the jobs of one window and hands their answers to the session."""

    progressed = Signal(str, int, int)  # words, done, total (0: not known)
    slices_loaded = Signal(int, int)  # of the shown media: done, total
    ended = Signal()
    opened = Signal()

    def __init__(
        self, session: Session, jobs: Jobs, may_leave: MayLeave, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._may_leave = may_leave
        self._jobs = jobs
        self._started = 0.0
        self._phase, self._progress = Phase(""), (0, 0)
        self._quiet = QTimer(self, singleShot=True, interval=round(1000 * QUIET_S))
        self._quiet.timeout.connect(self._show_progress)
        self._asked_for: tuple[tuple[str, ...], str] = ((), "")  # paths, or a demo
        self.paths: tuple[str, ...] = ()  # that what is shown was opened from
        self.demo = ""  # or the demo that it is
        self.pixels = PixelLoading(session, jobs, self)
        self.pixels.progressed.connect(self.progressed)
        self.pixels.slices_loaded.connect(self.slices_loaded)
        self.pixels.ended.connect(self._pixels_ended)
        self._has_closed = False  # something, whose memory is not given back yet
        self.pixels.failed.connect(self._failed)
        self._solids = SolidsAhead(session, jobs)
        self._imports = ImportAhead(session, jobs)

    @property
    def is_busy(self) -> bool:
        """Something is being read or loaded."""
        return self._jobs.is_busy("open") or self._jobs.is_busy("pixels")

    def open(self, paths: list[str]) -> None:
        """Open what lies under these paths.

        Images replace the images that are open; an export alone is laid over them.
        """
        asked: frozenset[str] = frozenset()
        request = request_of(paths, self._session)
        if request.reviews and not (request.images or request.exports):
            self._open_reviews(request)
            return
        while not (gone := leaving(request, self._session)) <= asked:
            if not self._may_leave(gone):
                return
            asked |= gone
            request = request_of(paths, self._session)  # what is open may have changed meanwhile
        phase = Phase("Reading headers")
        self._asked_for = (tuple(str(Path(path).absolute()) for path in paths), "")
        self._start(phase)
        work = partial(read_request, request, phase)
        self._jobs.newest("open", work, self._answers(phase, gone))

    def _open_reviews(self, request: Request) -> None:
        """Lay reviews over what is open, and leave everything else as it is."""
        session, phase = self._session, Phase("Reading reviews")

        def show(read: tuple[tuple[Review, ...], tuple[Issue, ...]]) -> None:
            self._jobs_ended()
            reviews, issues = read
            session.issues = tuple(dict.fromkeys((*session.issues, *issues)))
            session.show_reviews(reviews)
            session.media_changed.emit()
            session.say(
                issues[0].sentence if issues else f"{counted(len(reviews), 'review')} open."
            )
            self.opened.emit()

        self._start(phase)
        project, kept, paths = session.project, request.kept_reviews, request.reviews
        work = partial(_read_reviews, project, kept, paths)
        self._jobs.newest("open", work, Answers(show, self._failed))

    def open_demo(self, name: str = STUDY) -> None:
        """Open a demo, which is made on first use."""
        gone = frozenset(self._session.project.exports)
        if not self._may_leave(gone):
            return
        phase = Phase("Making the demo study")
        self._asked_for = ((), name)

        def show(opened: Opened) -> None:
            self._show(gone, opened)
            if self._session.viewing.media_index:  # the video, since some count labels by frames
                self._session.viewing.show(0)
                self._go_to_labels()

        self._start(phase)
        answers = Answers(show, self._failed, partial(self._report, phase))
        self._jobs.newest("open", partial(read_demo, name, phase), answers)

    def close_export(self, export: str) -> None:
        """Take an export off the images; they stay where they are, with all other exports."""
        session, gone = self._session, frozenset({export})
        if not self._may_leave(gone) or export not in session.project.exports:
            return
        request = request_of((), session)
        rest = replace(request, kept_project=without_exports(session.project, gone))
        issues, viewing = session.issues, session.viewing
        own = {str(Path(one.path).absolute()) for one in session.project.exports[export].sources}
        self._asked_for = ((), "")
        place, phase = (viewing.media_index, viewing.crosshair), Phase("Closing an export")

        def show(opened: Opened) -> None:
            self._show(gone, replace(opened, issues=issues))
            self.paths = tuple(path for path in self.paths if path not in own)
            if place[0] is not None and place[0] < len(session.media):
                viewing.show(place[0])
                viewing.set_crosshair(place[1])

        self._start(phase)
        work = partial(read_request, rest, phase)
        report = partial(self._report, phase)
        self._jobs.newest("open", work, Answers(show, self._failed, report))

    def cancel(self) -> None:
        """Stop what runs; what was loaded stays."""
        self._jobs.cancel("open")
        self.pixels.cancel()
        self._jobs_ended()

    def _answers(self, phase: Phase, asked: frozenset[str]) -> Answers[Opened]:
        return Answers(partial(self._show, asked), self._failed, partial(self._report, phase))

    def _start(self, phase: Phase) -> None:
        self._started = time.monotonic()
        self._phase, self._progress = phase, (0, 0)
        self._quiet.start()
        self._session.say(f"{phase.words}...")

    def _report(self, phase: Phase, done: int, total: int) -> None:
        self._phase, self._progress = phase, (done, total)
        if not self._quiet.isActive():
            self.progressed.emit(phase.words, done, total)

    def _show_progress(self) -> None:
        """Show work that takes long, whether it said how far it is or not: it can be cancelled."""
        self.progressed.emit(self._phase.words, *self._progress)

    def _show(self, asked: frozenset[str], opened: Opened) -> None:
        self._jobs_ended()
        session = self._session
        gone = session.project.exports.keys() - opened.kept
        if not self._may_leave(frozenset(gone) - asked):  # the folder had exports of its own
            return
        self.pixels.forget()
        gone = [at for at in session.media if at not in opened.media]
        if gone or session.project.exports.keys() - opened.kept:
            forget_views()
            self._has_closed = True
        self._name_what_is_shown(is_more=bool(opened.kept) or len(gone) < len(session.media))
        fetchers = [at.fetcher for at in gone if at.fetcher is not None]
        session.open(
            opened.project,
            opened.media,
            opened.issues,
            opened.matches,
            opened.kept,
            opened.companions,
        )
        session.display.set_looks(opened.looks)
        session.show_reviews(opened.reviews)
        session.measurements.bring(made_of(opened.measured))
        if fetchers:
            self._jobs.run("fetchers", partial(_let_go, fetchers))
        self._go_to_labels()
        session.say(opened.sentence)
        self.opened.emit()

    def _name_what_is_shown(self, *, is_more: bool) -> None:
        """Know by which paths what is shown can be opened again.

        Args:
            is_more: some of what was open stays.
        """
        paths, demo = self._asked_for
        self.paths = tuple(dict.fromkeys((*self.paths, *paths))) if is_more else paths
        self.demo = self.demo or demo if is_more else demo

    def _failed(self, error: Exception) -> None:
        """Say what went wrong; what was open stays open."""
        self._jobs_ended()
        issue = Issue("error", "not-opened", str(error))
        self._session.issues = (*self._session.issues, issue)
        self._session.media_changed.emit()
        self._session.say(str(error))

    def _pixels_ended(self) -> None:
        """Give back the memory of what was closed: no view shows it any more."""
        self._jobs_ended()
        if self._has_closed:
            self._has_closed = False
            self._jobs.newest("memory", _give_back)

    def _jobs_ended(self) -> None:
        self._quiet.stop()
        self.ended.emit()

    def _go_to_labels(self) -> None:
        """Show the labelled slice nearest to the middle when the middle has no label.

        Of parts side by side, on each.
        """
        session, viewing = self._session, self._session.viewing
        shown = () if viewing.media_index is None else (viewing.media_index,)
        for index in dict.fromkeys((*shown, *session.beside)):
            i, j, _k = viewing.crosshair_of(index)
            first = first_slice(session.matches, index, session.media[index])
            viewing.set_crosshair((i, j, float(first)), index)


def _read_reviews(
    project: Project, kept: tuple[Review, ...], paths: tuple[str, ...], _control: JobControl
) -> tuple[tuple[Review, ...], tuple[Issue, ...]]:
    return read_reviews(project, kept, paths)


def _let_go(fetchers: Sequence[FrameFetcher], _control: JobControl) -> None:
    for fetcher in fetchers:
        fetcher.close()


def _give_back(_control: JobControl) -> None:
    give_back()
