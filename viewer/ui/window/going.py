"""What the keys do that jump: back and forward, and from slice to slice by what is on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from viewer.media.volume import Volume
from viewer.session.finding import (
    Slices,
    active_axis,
    bare_slices,
    labelled_slices,
    next_of,
    show_slice,
    slices_of_label,
)
from viewer.session.session import Session
from viewer.ui.window.frames import is_first_on_top, lone


def on_going(session: Session) -> dict[str, Callable[[], None]]:
    """Return what each action does."""
    return {
        "go.back": session.go_back,
        "go.forward": session.go_forward,
        "go.labelled_next": partial(_by_labels, session, 1),
        "go.labelled_previous": partial(_by_labels, session, -1),
        "go.bare_next": partial(_without_labels, session, 1),
        "go.bare_previous": partial(_without_labels, session, -1),
        "go.object_next": partial(_of_label, session, 1),
        "go.object_previous": partial(_of_label, session, -1),
    }


def _by_labels(session: Session, down: int) -> None:
    axis = active_axis(session)
    _jump(session, axis, labelled_slices(session, axis), (down, "with labels"))


def _without_labels(session: Session, down: int) -> None:
    axis = active_axis(session)
    _jump(session, axis, bare_slices(session, axis), (down, "without labels"))


def _of_label(session: Session, down: int) -> None:
    """Show the next slice or frame of the selected label, along the plane it was drawn on."""
    id = lone(session)
    if id is None:
        return
    first = session.matches.first_of(id)
    axis = 2 if first is None else first.axis
    _jump(session, axis, slices_of_label(session, id, axis), (down, "of this label"))


def _jump(session: Session, axis: int, slices: Slices, wanted: tuple[int, str]) -> None:
    """Show the next of some slices down the strip, up where the number is negative."""
    down, words = wanted
    on = down if is_first_on_top(session, axis) else -down
    found = next_of(slices, round(session.viewing.crosshair[axis]), on)
    if found is not None:
        show_slice(session, axis, found)
        return
    is_volume = isinstance(session.current, Volume)
    where = ("below" if down > 0 else "above") if is_volume else ("after" if on > 0 else "before")
    session.say(f"No {'slice' if is_volume else 'frame'} {words} {where} this one.")
