"""Opening folders and exports: headers, labels and pixels are read in background jobs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.demo import STUDY
from viewer.errors import Issue
from viewer.media import load
from viewer.media.frame_fetcher import FrameFetcher
from viewer.media.volume import Media, Video, Window
from viewer.model.counted import counted
from viewer.model.project import Project
from viewer.render.window import initial_window
from viewer.review.reviews import Review
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.reviewed import read_reviews
from viewer.session.session import Session
from viewer.ui.labels.solids_ahead import SolidsAhead
from viewer.ui.media.import_ahead import ImportAhead
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

QUIET_S = 0.3  # work that ends sooner is not shown
MayLeave = Callable[[frozenset[str]], bool]  # asks whether unsaved changes of exports may go
BACKGROUND_BYTES = 2 * 2**30  # media beyond the shown one are loaded up to this size


@dataclass
class Levels:
    """The window of what is loaded so far; the job of the pixels sets it."""

    window: Window | None = None


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
        self._loading: int | None = None
        self._asked_for: tuple[tuple[str, ...], str] = ((), "")  # paths, or a demo
        self.paths: tuple[str, ...] = ()  # that what is shown was opened from
        self.demo = ""  # or the demo that it is
        self._guessed: dict[int, Window] = {}  # windows set from the first slices, by media
        self._solids = SolidsAhead(session, jobs)
        self._imports = ImportAhead(session, jobs)
        session.viewing.media_changed.connect(self._load_shown)
        session.viewing.compared_changed.connect(self._load_beside)
        session.viewing.laid_changed.connect(self._load_beside)

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
        for name in ("open", "pixels"):
            self._jobs.cancel(name)
        self._loading = None
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
        self._loading = None
        self._guessed = {}
        gone = [at for at in session.media if at not in opened.media]
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

    def _not_loaded(self, error: Exception) -> None:
        """Say why; looking at the media again tries again."""
        self._loading = None
        self._failed(error)

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

    # --- pixels ---

    def _load_shown(self) -> None:
        index = self._session.viewing.media_index
        if index is not None and self._loading != index:
            self._load(index)

    def _load_beside(self) -> None:
        """Load what is seen together with what is shown, unless something is loading already."""
        index = self._next_to_load()
        if self._loading is None and index is not None and index in self._seen_together():
            self._load(index)

    def _load(self, index: int) -> None:
        media = self._session.media[index]
        self._loading = index
        if is_loaded(media) and not self._lacks_window(index, media):
            self._loaded(index, media, Levels())
            return
        self._started = time.monotonic()
        is_shown = index == self._session.viewing.media_index
        first = round(self._session.viewing.crosshair[2]) if is_shown else media.count // 2
        levels = Levels()
        self._jobs.newest(
            "pixels",
            partial(_load_pixels, media, first, levels),
            Answers(
                partial(self._loaded, index, media),
                self._not_loaded,
                partial(self._more_pixels, index, media, levels),
            ),
        )

    def _lacks_window(self, index: int, media: Media) -> bool:
        """Grey pixels that were loaded before, and no window yet: a job works it out."""
        is_grey = not isinstance(media, Video) and not media.is_colour and bool(media.ready.any())
        return is_grey and self._session.viewing.window_of(index) is None

    def _more_pixels(self, index: int, media: Media, levels: Levels, done: int, total: int) -> None:
        if not self._is_current(index, media):
            return
        viewing = self._session.viewing
        self._set_window(index, levels)
        self._session.pixels_changed.emit(index)
        if time.monotonic() - self._started >= QUIET_S and index == viewing.media_index:
            self.progressed.emit("Loading slices", done, total)
            self.slices_loaded.emit(done, total)

    def _loaded(self, index: int, media: Media, levels: Levels) -> None:
        if not self._is_current(index, media):
            return
        self._more_pixels(index, media, levels, media.count, media.count)
        if media.slice_errors:
            self._session.project_changed.emit()
        self._loading = None
        self._jobs_ended()
        following = self._next_to_load()
        if following is not None:
            self._load(following)

    def _set_window(self, index: int, levels: Levels) -> None:
        """Take the window of the first slice, and that of all unless another was chosen.

        The points of a series have one window: that of the point that was shown first.
        """
        guessed, viewing = self._guessed.get(index), self._session.viewing
        found = levels.window
        if found is not None and found != guessed:
            self._guessed[index] = found
            if viewing.window_of(index) in (None, guessed):
                viewing.set_window(found, index)

    def _seen_together(self) -> tuple[int, ...]:
        """The media beside each other, and what is laid over the one shown."""
        viewing, beside = self._session.viewing, self._session.beside
        laid = None if viewing.media_index is None else viewing.laid_over(viewing.media_index)
        return beside if laid is None else (*beside, laid.media)

    def _next_to_load(self) -> int | None:
        used = sum(
            media.nbytes
            for media in self._session.media
            if not isinstance(media, Video) and media.ready.any()
        )
        beside = self._seen_together()
        numbers = range(len(self._session.media))
        for number in sorted(numbers, key=lambda number: number not in beside):
            media = self._session.media[number]
            if isinstance(media, Video) or is_loaded(media):
                continue
            if number in beside or used + media.nbytes <= BACKGROUND_BYTES:
                return number
        return None

    def _is_current(self, index: int, media: Media) -> bool:
        return index < len(self._session.media) and self._session.media[index] is media


def _read_reviews(
    project: Project, kept: tuple[Review, ...], paths: tuple[str, ...], _control: JobControl
) -> tuple[tuple[Review, ...], tuple[Issue, ...]]:
    return read_reviews(project, kept, paths)


def _let_go(fetchers: Sequence[FrameFetcher], _control: JobControl) -> None:
    for fetcher in fetchers:
        fetcher.close()


def is_loaded(media: Media) -> bool:
    """Whether every slice is decoded, or known to be undecodable."""
    if isinstance(media, Video):
        return True  # its frames are decoded when they are looked at
    return int(media.ready.sum()) + len(media.slice_errors) >= media.count


def _load_pixels(media: Media, first: int, levels: Levels, control: JobControl) -> Levels:
    """Load all slices; the window is worked out here too, of the first slice and then of all."""

    def progress(done: int, total: int) -> None:
        if levels.window is None:
            levels.window = _window_of(media)
        control.progress(done, total)

    def cancelled() -> bool:
        control.check()
        return False

    load(media, first=first, progress=progress, cancelled=cancelled)
    return Levels(_window_of(media))


def _window_of(media: Media) -> Window | None:
    if isinstance(media, Video) or media.is_colour or not media.ready.any():
        return None
    return initial_window(media)
