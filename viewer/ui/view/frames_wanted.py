"""Asks for the frame or slice that is shown, and says when it is long in coming."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from viewer.media.frame_fetcher import FrameFetcher
from viewer.media.volume import Media, Video
from viewer.session.ahead import following_place
from viewer.session.session import Session

LATE_MS = 150  # what comes sooner is not spoken of


class _Arrivals(QObject):
    """Frames that came, told by the threads that bring them.

    One for the program: what a thread emits with must not be deleted meanwhile, as windows are.
    """

    arrived = Signal(object, int)  # media, frame


_ARRIVALS = _Arrivals()


class FramesWanted(QObject):
    """The newest wish counts; frames arrive from another thread and are painted when they do."""

    late_changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._heard: set[int] = set()  # ids of the media of the session that tell of arrivals
        self.late: int | None = None
        self._timer = QTimer(self, singleShot=True, interval=LATE_MS)
        self._timer.timeout.connect(self._is_late)
        _ARRIVALS.arrived.connect(self._on_arrival, Qt.ConnectionType.QueuedConnection)
        session.media_changed.connect(self._forget)
        session.work.moved.connect(self._ask_ahead)

    def want(self, index: int, ahead: int) -> None:
        """Ask for a frame or point, and the frames that playing shows next."""
        at = self._session.at_step(index)
        if at is not None:
            self._ask(*at, ahead)

    def step_changed(self) -> None:
        """Ask for the picture shown now, and for its neighbours where those are let go."""
        session = self._session
        media, k = session.current, session.slice
        is_there = self._is_there()
        if media is not None and not (is_there and isinstance(media, Video)):
            self._ask(media, k, 0)
        for pane in session.panes:
            if pane.spot is not None:
                self._ask_beside(*pane.spot)
        if is_there or not _is_decoded(media, k):
            self._timer.stop()
            self._set_late(None)
        elif not self._timer.isActive():
            self._timer.start()

    def _ask(self, media: Media, k: int, ahead: int) -> None:
        if media.fetcher is not None:
            self._hear(media, media.fetcher)
            media.fetcher.want(k, ahead)

    def _ask_beside(self, number: int, picture: int | None) -> None:
        """Ask for the picture of a part beside the one shown, where it is not at hand."""
        media, viewing = self._session.media[number], self._session.viewing
        k = round(viewing.crosshair_of(number)[2]) if picture is None else picture
        is_there = k in media.slice_errors or media.picture(k) is not None
        if media is not self._session.current and not is_there:
            self._ask(media, k, 0)

    def _ask_ahead(self) -> None:
        """Ask for the picture of the worklist's next target, once that of this one is at hand."""
        place = following_place(self._session) if self._is_there() else None
        if place is None:
            return
        media, k = self._session.media[place[0]], place[1]
        is_there = k in media.slice_errors or media.picture(k) is not None
        if not is_there and _is_decoded(media, k):
            self._ask(media, k, 0)

    def _is_there(self) -> bool:
        """Whether the picture shown now is at hand, or known to be undecodable."""
        media, k = self._session.current, self._session.slice
        return media is None or k in media.slice_errors or media.picture(k) is not None

    def _forget(self) -> None:
        self._heard.clear()

    def _hear(self, media: Media, fetcher: FrameFetcher) -> None:
        if id(media) in self._heard:
            return
        self._heard.add(id(media))
        fetcher.on_arrival(partial(_ARRIVALS.arrived.emit, media))

    def _on_arrival(self, media: Media, index: int) -> None:
        """Have the picture that is waited for painted, and before it those that come nearer."""
        session = self._session
        number = session.viewing.media_index
        if media is not session.current or number is None:
            self._on_arrival_beside(media)
            return
        is_wanted = index == session.slice
        if is_wanted or not self._is_there():
            session.pixels_changed.emit(number)
        if is_wanted:
            self.step_changed()
            self._ask_ahead()

    def _on_arrival_beside(self, media: Media) -> None:
        session = self._session
        for number in session.beside:
            if session.media[number] is media:
                session.pixels_changed.emit(number)

    def _is_late(self) -> None:
        if not self._is_there():
            self._set_late(self._session.slice)
            self._timer.start()  # another one may be waited for by then

    def _set_late(self, frame: int | None) -> None:
        if frame != self.late:
            self.late = frame
            self.late_changed.emit()


def _is_decoded(media: Media | None, k: int) -> bool:
    """Whether a picture's fetcher may be waited for: of a series, not while it is loading."""
    return isinstance(media, Video) or (media is not None and bool(media.ready[k]))
