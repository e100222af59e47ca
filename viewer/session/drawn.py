"""Which labels are drawn on a section: what filter and eyes leave in."""

from __future__ import annotations

from viewer.render.overlay import Mark, every_label, marks_on
from viewer.render.planes import Section
from viewer.render.slab_labels import marks_in
from viewer.session.session import Session


def drawn_on(
    session: Session, section: Section, exports: frozenset[str] | None, within: range = range(0)
) -> tuple[Mark, ...]:
    """Return the marks of a section that are drawn; the same ones until something changes.

    Args:
        exports: ids of those whose labels are shown there; None for all.
        within: the planes of a slab about it, if it is one.
    """
    display = session.display
    if display.held_hidden or not display.labels_on:
        return ()
    is_every = display.draws_all and exports is None
    is_drawn = every_label if is_every else display.drawn_of(exports)
    shown = (session.project, session.matches, section)
    if len(within) > 1:
        return marks_in(*shown, within, is_drawn)
    return marks_on(*shown, is_drawn, (display.version, exports, session.selection))
