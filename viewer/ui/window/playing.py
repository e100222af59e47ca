"""What the keys of playback do: frames, points, or the slices of a view."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from viewer.session.playable import Playable, fps_words, slices_of
from viewer.session.playback import REPEATS
from viewer.ui.view.port import ViewPort

if TYPE_CHECKING:
    from viewer.ui.window.window import MainWindow


class SlicesPlayed:
    """The slices of one view, acquired or reformatted, as the player plays them."""

    def __init__(self, port: ViewPort) -> None:
        self._port = port

    @property
    def playable(self) -> Playable | None:
        """All slices at one rate; None of a single one, or where nothing is shown."""
        shown = self._port.shown
        return None if shown is None else slices_of(shown.count)

    @property
    def step(self) -> int:
        """The slice shown."""
        return self._port.index

    def go_to_step(self, index: int) -> None:
        """Show another slice."""
        self._port.go_to(index)

    def has_step(self, index: int) -> bool:
        """Whether a slice is at hand, or known to be undecodable; reformats are made at once."""
        shown = self._port.shown
        if shown is None or not shown.is_acquired or index in shown.media.slice_errors:
            return True
        return shown.media.picture(index) is not None

    def want(self, index: int, ahead: int) -> None:
        """Ask for a slice of a series that does not fit into memory."""
        shown = self._port.shown
        if shown is not None and shown.is_acquired and shown.media.fetcher is not None:
            shown.media.fetcher.want(index, ahead)


def on_playing(window: MainWindow) -> dict[str, Callable[[], None]]:
    """Return what each action does."""
    return {
        "play.toggle": partial(_play, window),
        "play.cine": partial(_play_slices, window),
        "play.slower": partial(_change_speed, window, -1),
        "play.faster": partial(_change_speed, window, 1),
        "play.loop": partial(_repeat, window),
    }


def _play(window: MainWindow) -> None:
    """Play or stop; what is being drawn belongs to its frame, which stays."""
    if window.hands.is_busy:
        window.session.say("Finish the drawing, or give it up with Esc, to play.")
    else:
        window.player.toggle()


def _play_slices(window: MainWindow) -> None:
    """Play the slices of the view that keys act on; of what has no slices the frames."""
    session, player, port = window.session, window.player, window.views.active.port
    played = SlicesPlayed(port)
    is_volume = session.current is not None and session.current.kind == "volume"
    if player.is_playing or window.hands.is_busy or not is_volume:
        _play(window)
        return
    if played.playable is None:
        session.say("There is one slice only.")
        return
    player.play(played, played.want)
    fps = fps_words(player.fps)
    session.say(f"Slices are played at {fps} a second: C stops, < is slower, > is faster.")


def _change_speed(window: MainWindow, on: int) -> None:
    player = window.player
    player.step_speed(on)
    rate = f", {fps_words(player.fps)} fps" if player.fps else ""
    window.session.say(f"Played {player.speed:g} times as fast{rate}.")


def _repeat(window: MainWindow) -> None:
    """Loop, there and back, once."""
    player = window.player
    now = REPEATS[(REPEATS.index(player.repeat) + 1) % len(REPEATS)]
    player.set_repeat(now)
    said = {
        "loop": "After the last the first comes again.",
        "ping-pong": "It is played there and back.",
        "once": "It stops at the last.",
    }
    window.session.say(said[now])
