"""Loads pixels in jobs: of what is shown first, then of what comes next; lets go of the rest."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.media import load
from viewer.media.volume import Media, Video, Window
from viewer.render.window import initial_window
from viewer.session.ahead import following_place
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.session.session import Session
from viewer.ui.media.keeping import Keeping, is_loaded, seen_together

QUIET_S = 0.3  # loading that ends sooner is not shown
BACKGROUND_BYTES = 2 * 2**30  # media beyond the shown ones are held up to this size
AGAIN_MS = 200  # until it is looked again whether pixels can be let go of


@dataclass
class Levels:
    """The window of what is loaded so far; the job of the pixels sets it."""

    window: Window | None = None


class PixelLoading(QObject):
    """One job at a time: the shown media takes the place of one that is loaded ahead."""

    progressed = Signal(str, int, int)  # words, done, total
    slices_loaded = Signal(int, int)  # of the shown media: done, total
    ended = Signal()
    failed = Signal(object)  # the error

    def __init__(self, session: Session, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self.keeping = Keeping(session, BACKGROUND_BYTES)
        self._started = 0.0
        self._loading: int | None = None
        self._is_stopped = False  # by a person, until another media is looked at
        self._guessed: dict[int, Window] = {}  # windows set from the first slices, by media
        self._whole: set[int] = set()  # media whose window was set from all their slices
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._go_on)
        session.viewing.media_changed.connect(self._load_shown)
        session.viewing.compared_changed.connect(self._load_beside)
        session.viewing.laid_changed.connect(self._load_beside)
        session.tasks.changed.connect(self._load_ahead)
        session.work.moved.connect(self._load_ahead)

    def cancel(self) -> None:
        """Stop loading; what was loaded stays, and looking at a media loads it again."""
        self._jobs.cancel("pixels")
        self._again.stop()
        self._loading = None
        self._is_stopped = True

    def forget(self) -> None:
        """Other media are about to be open."""
        self._again.stop()
        self._loading = None
        self._guessed = {}
        self._whole = set()

    def _load_shown(self) -> None:
        index = self._session.viewing.media_index
        if index is None:
            return
        self._is_stopped = False
        self.keeping.look_at(index)
        if self._loading != index:
            self._make_room(index)
            self._load(index)

    def _load_beside(self) -> None:
        """Load what is seen together with what is shown, unless something is loading already."""
        index = self.keeping.next_to_load()
        if self._loading is None and index is not None and index in seen_together(self._session):
            self._load(index)

    def _load_ahead(self) -> None:
        """Load what comes next now, once nothing else is loading."""
        if self._loading is None and self._session.current is not None and not self._is_stopped:
            self._again.start()

    def _go_on(self) -> None:
        """Let go of what is too much as soon as no job may look at it, then load what is next."""
        if self._loading is not None:
            return
        following = self.keeping.next_to_load()
        if not self._make_room(following):
            self._again.start()
        elif following is not None:
            self._load(following)

    def _make_room(self, coming: int | None) -> bool:
        """Let go of what is too much; False where a job runs, which may be looking at it."""
        gone = self.keeping.to_let_go(coming)
        if gone and not self._jobs.is_still:
            return False
        for media in gone:
            media.let_go()
        return True

    def _load(self, index: int) -> None:
        media = self._session.media[index]
        self._loading = index
        if is_loaded(media) and not self._lacks_window(index, media):
            self._loaded(index, media, Levels())
            return
        self._started = time.monotonic()
        levels = Levels()
        self._jobs.newest(
            "pixels",
            partial(_load_pixels, media, self._first_of(index), levels),
            Answers(
                partial(self._loaded, index, media),
                self._not_loaded,
                partial(self._more_pixels, index, media, levels),
            ),
        )

    def _first_of(self, index: int) -> int:
        """The slice that is loaded first: the one shown, or the one that is gone to next."""
        if index == self._session.viewing.media_index:
            return round(self._session.viewing.crosshair[2])
        place = following_place(self._session)
        is_next = place is not None and place[0] == index
        return place[1] if place is not None and is_next else self._session.media[index].count // 2

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
        self._whole.add(index)
        if media.slice_errors:
            self._session.project_changed.emit()
        self._loading = None
        self.ended.emit()
        self._go_on()

    def _not_loaded(self, error: Exception) -> None:
        """Say why; looking at the media again tries again."""
        self._loading = None
        self.failed.emit(error)

    def _set_window(self, index: int, levels: Levels) -> None:
        """Take the window of the first slice, and that of all unless another was chosen.

        The points of a series have one window: that of the point that was shown first. What is
        read again after it was let go keeps the window of all its slices.
        """
        guessed, viewing = self._guessed.get(index), self._session.viewing
        found = levels.window
        if found is not None and found != guessed and index not in self._whole:
            self._guessed[index] = found
            if viewing.window_of(index) in (None, guessed):
                viewing.set_window(found, index)

    def _is_current(self, index: int, media: Media) -> bool:
        return index < len(self._session.media) and self._session.media[index] is media


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
