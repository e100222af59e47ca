"""The hand on eyes, stars and locks of the label list."""

from __future__ import annotations

from viewer.session.display import Hidden
from viewer.session.session import Session
from viewer.ui.labels.cells import Column


class StateHand:
    """Clicks a state, and paints it on: the lines below get what the first one got."""

    def __init__(self, session: Session) -> None:
        self._display = session.display
        self._is_on = False  # what is painted on

    def paint(self, subject: Hidden, column: Column, *, is_first: bool) -> None:
        """Turn the state of a label or class, or give it that of the first one."""
        display = self._display
        if column == Column.SOLO:
            display.set_solo(None if display.solo == subject else subject)
            return
        held = display.hidden if column == Column.EYE else display.locked
        if is_first:
            self._is_on = subject not in held
        if column == Column.EYE:
            display.set_hidden(subject, self._is_on)
        else:
            display.set_locked(subject, self._is_on)
