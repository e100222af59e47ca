"""Asks a video for the frame that is shown, and says when it is long in coming."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from viewer.media.volume import Video
from viewer.session.session import Session

LATE_MS = 150  # what comes sooner is not spoken of


class FramesWanted(QObject):
    """The newest wish counts; frames arrive from another thread and are painted when they do."""

    late_changed = Signal()
    _arrived = Signal(object, int)  # video, frame

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._heard: set[int] = set()  # ids of the videos of the session that tell of arrivals
        self.late: int | None = None
        self._timer = QTimer(self, singleShot=True, interval=LATE_MS)
        self._timer.timeout.connect(self._is_late)
        self._arrived.connect(self._on_arrival, Qt.ConnectionType.QueuedConnection)
        session.media_changed.connect(self._forget)

    def want(self, index: int, ahead: int) -> None:
        """Ask for a frame and those that playing shows next; other media have theirs."""
        video = self._session.current
        if isinstance(video, Video):
            self._hear(video)
            video.fetcher.want(index, ahead)

    def step_changed(self) -> None:
        """Ask for the frame shown now, unless it is there."""
        video = self._session.current
        is_there = not isinstance(video, Video) or self._session.has_step(self._session.slice)
        if is_there:
            self._timer.stop()
            self._set_late(None)
        else:
            self.want(self._session.slice, 0)
            if not self._timer.isActive():
                self._timer.start()

    def _forget(self) -> None:
        self._heard.clear()

    def _hear(self, video: Video) -> None:
        if id(video) in self._heard:
            return
        self._heard.add(id(video))

        def tell(index: int) -> None:
            if isValid(self):
                self._arrived.emit(video, index)

        video.fetcher.on_arrival(tell)

    def _on_arrival(self, video: Video, index: int) -> None:
        """Have the frame that is waited for painted, and before it those that come nearer."""
        session = self._session
        number = session.viewing.media_index
        if video is not session.current or number is None:
            return
        is_wanted = index == session.slice
        if is_wanted or not session.has_step(session.slice):
            session.pixels_changed.emit(number)
        if is_wanted:
            self.step_changed()

    def _is_late(self) -> None:
        video = self._session.current
        if isinstance(video, Video) and not self._session.has_step(self._session.slice):
            self._set_late(self._session.slice)
            self._timer.start()  # another frame may be waited for by then

    def _set_late(self, frame: int | None) -> None:
        if frame != self.late:
            self.late = frame
            self.late_changed.emit()
