"""Transport and timeline together, under the views, while there is something to play."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.media.volume import Volume
from viewer.render.looks import Looks
from viewer.review.matching import Matches
from viewer.review.sorted_rows import ClassKey
from viewer.review.tracks import frames_of_track
from viewer.session.session import Session
from viewer.ui.actions import ActionSet
from viewer.ui.chips import divider
from viewer.ui.player import Player
from viewer.ui.timeline import Bar, Ruled, Timeline, bars_of
from viewer.ui.timeline_track import TrackLane
from viewer.ui.transport import TransportBar

COLORS = 3  # of one frame


class PlaybackPanel(QWidget):
    """Goes to frames and points; `player` plays them."""

    left = Signal()  # the hand is done here

    def __init__(
        self,
        session: Session,
        actions: ActionSet,
        player: Player,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._barred: Matches | None = None  # whose bars are known, and on which media
        self._barred_on: tuple[int | None, tuple[int, ...], Looks] = (None, (), ())
        self._known_bars: tuple[Bar, ...] = ()
        self.player = player
        self.transport = TransportBar(actions, player)
        self.timeline = Timeline()
        self.timeline.addActions([actions[id] for id in ("play.toggle", *STEPS)])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (divider(), self.transport, divider(), self.timeline):
            layout.addWidget(part)
        self.transport.wanted.connect(session.go_to_step)
        self.transport.left.connect(self.left)
        self.timeline.wanted.connect(session.go_to_step)

    @property
    def is_wanted(self) -> bool:
        """There is more than one frame or point."""
        return self._session.playable is not None

    def refresh(self) -> None:
        """Show what can be played of what is shown now, with its labels."""
        playable = self._session.playable
        if playable is None:
            return
        self.transport.show_playable(playable)
        self.transport.show_keys(self._has_tracks())
        self.timeline.show_ruled(
            Ruled(
                playable.count,
                playable.counted,
                playable.names,
                self._bars(),
                self._has_tracks(),
                self._track(),
            )
        )
        self.show_step()

    def show_track(self) -> None:
        """Show the key frames of the label that is selected now."""
        if self._session.playable is not None:
            self.timeline.show_track(self._track())

    def show_step(self) -> None:
        """Move field, words and playhead to the frame or point that is shown."""
        if self._session.playable is not None:
            step = self._session.step
            self.transport.show_at(step)
            self.timeline.show_at(step)

    def _bars(self) -> tuple[Bar, ...]:
        """The frames that have labels, worked out once for all who ask of the same matches."""
        viewing, matches = self._session.viewing, self._session.matches
        shown = (viewing.media_index, viewing.points, self._session.display.looks)
        if matches is not self._barred or shown != self._barred_on:
            self._barred, self._barred_on = matches, shown
            self._known_bars = self._found_bars()
        return self._known_bars

    def _found_bars(self) -> tuple[Bar, ...]:
        """The frames that have labels; of points, those that have any on any slice."""
        session, viewing = self._session, self._session.viewing
        shown = viewing.media_index
        if shown is None:
            return ()
        if len(viewing.points) > 1:
            marks: Mapping[int, tuple[ClassKey, ...]] = {
                step: tuple(key for keys in session.matches.marks(number).values() for key in keys)
                for step, number in enumerate(viewing.points)
            }
        else:
            marks = session.matches.marks(shown)
        colors = {keys: self._colors(keys) for keys in set(marks.values())}
        return bars_of({step: colors[keys] for step, keys in marks.items() if keys})

    def _has_tracks(self) -> bool:
        shown = self._session.viewing.media_index
        if shown is None or isinstance(self._session.current, Volume):
            return False
        return any(rows.has_tracks(shown) for rows in self._session.matches.rows.values())

    def _track(self) -> TrackLane | None:
        """The selected label on its frames, where it is on more than one."""
        session, shown = self._session, self._session.viewing.media_index
        chosen = session.selection
        if shown is None or len(chosen) != 1 or isinstance(session.current, Volume):
            return None
        (id,) = chosen
        frames = frames_of_track(session.matches, id, shown)
        if len(frames.slices) < 2:
            return None
        label = session.project.annotations[id].class_id
        keys = tuple(int(key) for key in frames.keys)
        return TrackLane(self._colors(((id.export, label),))[0], keys, frames.stretches)

    def _colors(self, keys: tuple[ClassKey, ...]) -> tuple[str, ...]:
        project, display = self._session.project, self._session.display
        return tuple(dict.fromkeys(display.color_of(project, *key) for key in keys))[:COLORS]


STEPS = ("frame.previous", "frame.next", "frame.back10", "frame.on10")
