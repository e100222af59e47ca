"""Transport and timeline together, under the views, while there is something to play."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.model.annotation import AnnotationId
from viewer.review.label_rows import rows_of
from viewer.review.marks import ClassKey
from viewer.review.matching import Matches
from viewer.session.playable import playable_of
from viewer.session.session import Session
from viewer.ui.actions.actions import ActionSet
from viewer.ui.playback.lanes import Lane, TrackLanes, lanes_height, lanes_of
from viewer.ui.playback.player import Player
from viewer.ui.playback.timeline import Bar, Ruled, Timeline, bars_of
from viewer.ui.playback.track import TrackLane
from viewer.ui.playback.transport import TransportBar
from viewer.ui.widgets.chips import divider, quiet

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
        self._barred_on: tuple[object, ...] = ()
        self._known_bars: tuple[Bar, ...] = ()
        self.player = player
        self.transport = TransportBar(actions, player)
        self.timeline = Timeline()
        self.lanes = TrackLanes()
        for part in (self.timeline, self.lanes):
            part.addActions([actions[id] for id in ("play.toggle", *STEPS)])
            part.wanted.connect(session.go_to_step)
        self.lanes.chosen.connect(self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._played = QWidget()
        self._unplayed = quiet("The selected part has no frames to play.")
        self._unplayed.setMargin(12)
        inside = QVBoxLayout(self._played)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        for part in (divider(), self.transport, divider(), self.timeline, self.lanes):
            inside.addWidget(part)
        inside.addStretch(1)
        layout.addWidget(self._played)
        layout.addWidget(self._unplayed, alignment=Qt.AlignmentFlag.AlignTop)
        self.transport.wanted.connect(session.go_to_step)
        self.transport.left.connect(self.left)

    @property
    def is_wanted(self) -> bool:
        """There is more than one frame or point, here or in a part beside."""
        return self._session.playable is not None or bool(self._played_beside())

    def refresh(self) -> None:
        """Show what can be played of what is shown now, with its labels."""
        playable = self._session.playable
        self._played.setVisible(playable is not None)
        self._unplayed.setVisible(playable is None)
        if playable is None:
            self._barred = None  # it holds what was closed
            self._fix_height()
            return
        self.transport.show_playable(playable)
        lanes, tracks = lanes_of(self._session)
        self.transport.show_keys(tracks > 0)
        self.timeline.show_ruled(
            Ruled(
                playable.count,
                playable.counted,
                playable.names,
                self._bars(),
                tracks,
                self._track(lanes),
            )
        )
        self.lanes.show_lanes(lanes, playable.count)
        self.lanes.show_selected(self._session.selection)
        self._fix_height()
        self.show_step()

    def _played_beside(self) -> list[int]:
        """The numbers of the media side by side that have frames to play."""
        session = self._session
        return [n for n in session.beside if playable_of(session.media, n, (n,)) is not None]

    def _fix_height(self) -> None:
        """Take what the lanes need.

        Of parts side by side those that need most: no picture is to move under the pointer when
        another part is chosen.
        """
        session, most = self._session, len(self.lanes.lanes)
        beside = self._played_beside()
        if beside:
            rows = rows_of(session.project, session.matches)
            most = max(most, *(len(rows.tracks_on(number)) for number in beside))
        own = self.transport.sizeHint().height() + self.timeline.sizeHint().height() + 2
        self.setFixedHeight(own + lanes_height(most))

    def show_track(self) -> None:
        """Show the key frames of the label that is selected now."""
        if self._session.playable is not None:
            selected = self._session.selection
            lanes = self.lanes.lanes
            if not selected <= {lane.id for lane in lanes}:  # beyond those that are listed
                lanes = lanes_of(self._session)[0]
                self.lanes.show_lanes(lanes, self._session.playable.count)
                self._fix_height()
            self.lanes.show_selected(selected)
            self.timeline.show_track(self._track(lanes))

    def show_step(self) -> None:
        """Move field, words and playhead to the frame or point that is shown."""
        if self._session.playable is not None:
            step = self._session.step
            self.transport.show_at(step)
            self.timeline.show_at(step)
            self.lanes.show_at(step)

    def _bars(self) -> tuple[Bar, ...]:
        """The frames that have labels, worked out once for all who ask of the same matches."""
        viewing, matches = self._session.viewing, self._session.matches
        display = self._session.display
        shown = (viewing.media_index, viewing.points, display.looks, display.filter)
        if matches is not self._barred or shown != self._barred_on:
            self._barred, self._barred_on = matches, shown
            self._known_bars = self._found_bars()
        return self._known_bars

    def _found_bars(self) -> tuple[Bar, ...]:
        """The frames that have listed labels; of points, those that have any on any slice."""
        viewing, matches = self._session.viewing, self._session.matches
        listed, shown = self._session.display.listed, viewing.media_index
        if shown is None:
            return ()
        if len(viewing.points) > 1:
            of_points = (matches.marks(number, fits=listed) for number in viewing.points)
            marks: Mapping[int, tuple[ClassKey, ...]] = {
                step: tuple(key for keys in one.values() for key in keys)
                for step, one in enumerate(of_points)
            }
        else:
            marks = matches.marks(shown, fits=listed)
        colors = {keys: self._colors(keys) for keys in set(marks.values())}
        return bars_of({step: colors[keys] for step, keys in marks.items() if keys})

    def _track(self, lanes: tuple[Lane, ...]) -> TrackLane | None:
        """The selected object's lane."""
        chosen = self._session.selection
        return next((lane.track for lane in lanes if chosen == frozenset({lane.id})), None)

    def _choose(self, id: AnnotationId, frame: int) -> None:
        """Select an object and show a frame."""
        self._session.select([id])
        self._session.go_to_step(frame)

    def _colors(self, keys: tuple[ClassKey, ...]) -> tuple[str, ...]:
        project, display = self._session.project, self._session.display
        return tuple(dict.fromkeys(display.color_of(project, *key) for key in keys))[:COLORS]


STEPS = ("frame.previous", "frame.next", "frame.back10", "frame.on10")
