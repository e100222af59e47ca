"""The transport: buttons to play and step, the frame as a number, time, dropped frames, speed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QToolButton, QWidget

from viewer.session.playable import Playable
from viewer.ui.actions import ActionSet
from viewer.ui.icons import icon
from viewer.ui.pick_box import PickBox
from viewer.ui.player import SPEEDS, Player

BAR_PX = 40
BUTTONS = ("frame.first", "frame.previous", "play.toggle", "frame.next", "frame.last")
FIELD_PX = 48


class FrameField(QSpinBox):
    """The number of the frame, from 1; Enter goes there and leaves the field."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("frame")
        self.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAccessibleName("Frame")
        self.setToolTip("Type a number and press Enter to go there.")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Enter and Esc."""
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.left.emit()


class TransportBar(QWidget):
    """One line, 40 px; shows what the player does and what the session says."""

    wanted = Signal(int)  # a frame or point
    left = Signal()  # the hand is done here

    def __init__(self, actions: ActionSet, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._playable: Playable | None = None
        self.buttons = {id: _button(actions, id) for id in (*BUTTONS, "play.loop")}
        self.buttons["play.toggle"].setObjectName("play")
        self.field = FrameField()
        self.words = QLabel()
        self.words.setProperty("kind", "quiet")
        self.dropped = QLabel()
        self.dropped.setProperty("kind", "quiet")
        self.rate = QLabel()
        self.rate.setProperty("kind", "quiet")
        self.speed = PickBox()
        self._build()
        self._action = actions["play.toggle"]
        self._loop = actions["play.loop"]
        self.field.valueChanged.connect(self._go)
        self.field.left.connect(self.left)
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
        for id in (*BUTTONS, "play.loop"):
            layout.addWidget(self.buttons[id])
        layout.addSpacing(8)
        layout.addWidget(self.field)
        layout.addSpacing(4)
        layout.addWidget(self.words)
        layout.addStretch(1)
        layout.addWidget(self.dropped)
        layout.addSpacing(12)
        layout.addWidget(self.rate)
        layout.addSpacing(8)
        layout.addWidget(self.speed)

    def show_playable(self, playable: Playable) -> None:
        """Show another media's number of frames, times and rate."""
        self._playable = playable
        self.field.blockSignals(True)
        self.field.setRange(1, playable.count)
        digits = self.field.fontMetrics().horizontalAdvance(str(playable.count))
        self.field.setFixedWidth(max(FIELD_PX, digits + 24))
        self.field.blockSignals(False)
        self.field.setAccessibleName(playable.counted.capitalize())
        self.rate.setText(playable.rate)
        self.dropped.setVisible(not playable.is_of_points)

    def show_at(self, index: int) -> None:
        """Show where one stands; a number that is being typed is left alone."""
        if self._playable is None:
            return
        words = self._playable.words(index)
        self.words.setText(words.partition(" ")[2])  # the field itself is the number before it
        if not self.field.lineEdit().isModified() or not self.field.hasFocus():
            self.field.blockSignals(True)
            self.field.setValue(index + 1)
            self.field.blockSignals(False)

    def refresh(self) -> None:
        """Show whether it plays, and how."""
        playing = self._player.is_playing
        self._action.setIcon(icon("pause" if playing else "play", filled=True, role="on-accent"))
        self._action.setText("Stop" if playing else "Play")
        self._loop.setChecked(self._player.is_looping)
        self.speed.setCurrentIndex(SPEEDS.index(self._player.speed))
        self._say_dropped()

    def _say_dropped(self) -> None:
        count = self._player.dropped
        self.dropped.setText(f"{count:,} frame{'' if count == 1 else 's'} dropped")

    def _go(self, number: int) -> None:
        self.wanted.emit(number - 1)

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
