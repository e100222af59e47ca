"""What the actions of the menu Colour map do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from viewer.render.map_names import NAMES
from viewer.session.session import Session


def map_commands(session: Session) -> dict[str, Callable[[], None]]:
    """Return what to call for each of them."""
    return {f"map.{name}": partial(_take, session, name) for name in NAMES}


def _take(session: Session, name: str) -> None:
    media = session.current
    if media is not None and media.is_colour:
        session.say("Pictures in colour keep their own colours.")
        session.viewing.window_changed.emit()  # the menu says Grey again
        return
    session.viewing.set_color_map(name)
