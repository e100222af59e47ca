"""What the actions of the menu Slab do: which projection, and how thick."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from viewer.render.slab import NAMES, THICKNESSES_MM, USUAL_MM, Projection, Slab
from viewer.session.session import Session

KINDS: tuple[Projection | None, ...] = (None, *NAMES)


def slab_commands(session: Session) -> dict[str, Callable[[], None]]:
    """Return what to call for each of them."""
    return {
        "slab.off": partial(_take, session, None),
        **{f"slab.{kind}": partial(_take, session, kind) for kind in NAMES},
        "slab.cycle": partial(_cycle, session),
        "slab.thicker": partial(_step, session, 1),
        "slab.thinner": partial(_step, session, -1),
    }


def _take(session: Session, kind: Projection | None) -> None:
    """Show slabs of a kind, as thick as those before."""
    media, slab = session.current, session.viewing.slab
    if kind is not None and media is not None and media.is_colour:
        session.say("Pictures in colour have no slabs.")
        return
    mm = USUAL_MM if slab is None else slab.mm
    session.viewing.set_slab(None if kind is None else Slab(kind, mm))
    session.say("Planes are shown thin." if kind is None else _words(session))


def _cycle(session: Session) -> None:
    slab = session.viewing.slab
    at = KINDS.index(None if slab is None else slab.projection)
    _take(session, KINDS[(at + 1) % len(KINDS)])


def _step(session: Session, on: int) -> None:
    slab = session.viewing.slab
    if slab is None:
        session.say("Planes are shown thin; \\ shows slabs.")
        return
    at = min(range(len(THICKNESSES_MM)), key=lambda n: abs(THICKNESSES_MM[n] - slab.mm)) + on
    mm = THICKNESSES_MM[min(max(at, 0), len(THICKNESSES_MM) - 1)]
    session.viewing.set_slab(Slab(slab.projection, mm))
    session.say(_words(session))


def _words(session: Session) -> str:
    slab = session.viewing.slab
    return "" if slab is None else f"{slab.words}; Ctrl+] and Ctrl+[ change the thickness."
