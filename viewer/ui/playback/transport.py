"""The transport: buttons to play and step, the frame as a number, time, dropped frames, speed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from viewer.session.playable import Playable, fps_words
from viewer.session.playback import SPEEDS, Repeat
from viewer.ui.actions.actions import ActionSet
from viewer.ui.playback.player import Player
from viewer.ui.widgets.icons import icon
from viewer.ui.widgets.pick_box import PickBox

BAR_PX = 40
STEPS = ("frame.first", "frame.previous", "frame.next", "frame.last", "play.loop")
KEYS = ("frame.previous_key", "frame.next_key")
PLAY_AT = 2  # between back and on
FIELD_PX = 48
MOST_DIGITS = 9
FPS = (0.1, 1000.0)  # least and most that can be typed
REPEATED: dict[Repeat, tuple[str, str]] = {  # words and icon
    "loop": ("Loop", "repeat"),
    "ping-pong": ("There and back", "arrows-left-right"),
    "once": ("Once", "arrow-right"),
}


class FrameField(QLineEdit):
    """The number of the frame, from 1; Enter goes there and leaves the field, Esc leaves it."""

    wanted = Signal(int)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._count = self._number = 1
        self.setObjectName("frame")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setToolTip("Type a number and press Enter to go there.")
        self.returnPressed.connect(self._go)

    def set_count(self, count: int) -> None:
        """Take numbers from 1 to `count`."""
        self._count = count
        widest = self.fontMetrics().horizontalAdvance("8" * len(str(count)))
        self.setFixedWidth(max(FIELD_PX, widest + 24))

    def show_number(self, number: int) -> None:
        """Show where one stands; what is being typed is left alone."""
        self._number = number
        if not (self.hasFocus() and self.isModified()):
            self.setText(str(number))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives up what was typed."""
        if event.key() == Qt.Key.Key_Escape:
            self.setText(str(self._number))
            self.left.emit()
        else:
            super().keyPressEvent(event)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()  # the field is left by it already, and Review would accept by it

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget what was typed and not entered."""
        super().focusOutEvent(event)
        self.setText(str(self._number))

    def _go(self) -> None:
        text = self.text().strip()
        self.setModified(False)
        if text.isdecimal():
            self.wanted.emit(min(max(int(text[:MOST_DIGITS]), 1), self._count) - 1)
        self.left.emit()


class RateField(QLineEdit):
    """Frames a second; Enter plays so from now on and leaves the field, Esc leaves it."""

    wanted = Signal(float)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._fps = 0.0
        self.setObjectName("frame")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(FIELD_PX + 8)
        self.setAccessibleName("Frames a second")
        self.returnPressed.connect(self._take)

    def show_rate(self, fps: float, native: float) -> None:
        """Show how many frames a second are played; what is being typed is left alone."""
        self._fps = fps
        is_native = abs(fps - native) < 1e-6 * native
        mark = "as recorded" if is_native else f"recorded at {fps_words(native)}"
        self.setToolTip(f"Frames a second, {mark}; type a number and press Enter.")
        if not (self.hasFocus() and self.isModified()):
            self.setText(fps_words(fps))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives up what was typed."""
        if event.key() == Qt.Key.Key_Escape:
            self.setText(fps_words(self._fps))
            self.left.emit()
        else:
            super().keyPressEvent(event)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()  # the field is left by it already, and Review would accept by it

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget what was typed and not entered."""
        super().focusOutEvent(event)
        self.setText(fps_words(self._fps))

    def _take(self) -> None:
        text = self.text().strip().replace(",", ".")
        self.setModified(False)
        least, most = FPS
        if text.replace(".", "", 1).isdecimal() and len(text) <= MOST_DIGITS:
            self.wanted.emit(min(max(float(text), least), most))
        self.left.emit()


class PlayButton(QToolButton):
    """The action's button in the colour of what is done first."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self.setObjectName("play")
        self.setIconSize(QSize(20, 20))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def show_playing(self, is_playing: bool) -> None:
        """Show what a press does."""
        self.setIcon(icon("pause" if is_playing else "play", filled=True, role="on-accent"))

    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(self._action.text())


class TransportBar(QWidget):
    """One line, 40 px; shows what the player does and what the session says."""

    wanted = Signal(int)  # a frame or point
    left = Signal()  # the hand is done here

    def __init__(self, actions: ActionSet, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._playable: Playable | None = None
        self.play = PlayButton(actions["play.toggle"])
        self.buttons = {id: _button(actions, id) for id in STEPS}
        self.keys = {id: _button(actions, id) for id in KEYS}
        self.field = FrameField()
        self.words = QLabel()
        self.words.setProperty("kind", "quiet")
        self.dropped = QLabel()
        self.dropped.setProperty("kind", "quiet")
        self.fps = RateField()
        self.rate = QLabel()
        self.rate.setProperty("kind", "quiet")
        self.speed = PickBox()
        self._build()
        self._action = actions["play.toggle"]
        self._loop = actions["play.loop"]
        self.field.wanted.connect(self.wanted)
        self.field.left.connect(self.left)
        self.fps.wanted.connect(self._rate_typed)
        self.fps.left.connect(self.left)
        self.speed.activated.connect(self._speed_chosen)
        player.changed.connect(self.refresh)
        player.dropped_changed.connect(self._say_dropped)
        self.refresh()

    def _build(self) -> None:
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(BAR_PX)
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:g} \N{MULTIPLICATION SIGN}", speed)
        self.speed.setAccessibleName("Speed")
        self.speed.setToolTip("How many times as fast it is played")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.setSpacing(4)
        for button in self.buttons.values():
            layout.addWidget(button)
        layout.insertWidget(PLAY_AT, self.play)
        for button in self.keys.values():
            layout.addWidget(button)
            button.hide()
        layout.addSpacing(8)
        layout.addWidget(self.field)
        layout.addSpacing(4)
        layout.addWidget(self.words)
        layout.addStretch(1)
        layout.addWidget(self.dropped)
        layout.addSpacing(12)
        layout.addWidget(self.fps)
        layout.addSpacing(4)
        layout.addWidget(self.rate)
        layout.addSpacing(8)
        layout.addWidget(self.speed)

    def show_playable(self, playable: Playable) -> None:
        """Show another media's number of frames, times and rate."""
        self._playable = playable
        self.field.set_count(playable.count)
        self.field.setAccessibleName(playable.counted.capitalize())
        self.rate.setText(f"native {playable.rate}" if playable.is_timed else playable.rate)
        self._show_rate()
        self.dropped.setVisible(not playable.is_of_points)

    def show_keys(self, has_tracks: bool) -> None:
        """Show the buttons that go to key frames, where there can be any."""
        for button in self.keys.values():
            button.setVisible(has_tracks)

    def show_at(self, index: int) -> None:
        """Show where one stands; a number that is being typed is left alone."""
        if self._playable is None:
            return
        words = self._playable.words(index)
        self.words.setText(words.partition(" ")[2])  # the field itself is the number before it
        self.field.show_number(index + 1)

    def refresh(self) -> None:
        """Show whether it plays, and how."""
        playing = self._player.is_playing
        self.play.show_playing(playing)
        self._action.setIcon(icon("pause" if playing else "play"))
        self._action.setText("Stop" if playing else "Play")
        words, name = REPEATED[self._player.repeat]
        self._loop.setText(words)
        self._loop.setIcon(icon(name))
        self._loop.setChecked(self._player.repeat != "once")
        speed = self._player.speed
        self.speed.setCurrentIndex(SPEEDS.index(speed) if speed in SPEEDS else -1)
        self.speed.setPlaceholderText(f"{speed:.3g} \N{MULTIPLICATION SIGN}")
        self._show_rate()
        self._say_dropped()

    def _say_dropped(self) -> None:
        count = self._player.dropped
        self.dropped.setText(f"{count:,} frame{'' if count == 1 else 's'} dropped")

    def _show_rate(self) -> None:
        if self._playable is not None:
            native = self._playable.fps
            self.fps.show_rate(native * self._player.speed, native)

    def _rate_typed(self, fps: float) -> None:
        if self._playable is not None:
            self._player.set_speed(fps / self._playable.fps)

    def _speed_chosen(self, row: int) -> None:
        self._player.set_speed(SPEEDS[row])
        self.left.emit()


def _button(actions: ActionSet, id: str) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(actions[id])
    button.setIconSize(QSize(20, 20))
    button.setAccessibleName(actions[id].text())
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
