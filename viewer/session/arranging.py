"""From what a session says to the panes of the centre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from viewer.geometry.views import PlaneName
from viewer.model.export_words import export_words
from viewer.render.planes import acquired_plane, is_reformatted
from viewer.review.media_groups import Cell
from viewer.session.comparing import LEFT, RIGHT, Comparison
from viewer.session.linking import Link, apart_words
from viewer.session.panes import FOURTH, PLANES, WHOLE, Pane

if TYPE_CHECKING:
    from viewer.session.session import Session
    from viewer.session.viewing import Layout

# The large one takes three fifths of the width.
_LARGE, _UPPER, _LOWER = Cell(0, 0, 3, 2), Cell(3, 0, 2, 1), Cell(3, 1, 2, 1)
_ROW: Mapping[PlaneName, Cell] = {plane: Cell(column, 0) for column, plane in enumerate(PLANES)}
_FOUR: Mapping[PlaneName, Cell] = {
    "axial": Cell(0, 0),
    "sagittal": Cell(1, 0),
    "coronal": Cell(0, 1),
}
_INNER: Mapping[str, Literal["left", "right"]] = {LEFT: "right", RIGHT: "left"}


def panes_of(session: Session) -> tuple[Pane, ...]:
    """Return what the views show now, one at least; of frames and short stacks one plane.

    Parts of a group come before a layout; of any layout the pane in hand may stand alone.
    """
    viewing = session.viewing
    if session.are_parts_shown:
        return parts_of(session)
    several = compared_of(session) if viewing.is_comparing else ()
    several = several or _planes(session, viewing.several)
    if viewing.layout != "single":
        return several
    return (replace(active_of(session, several), cell=WHOLE),)


def active_of(session: Session, panes: Sequence[Pane]) -> Pane:
    """Return the one that keys act on: of those that show the media in hand the chosen one."""
    here = [pane for pane in panes if is_current(session, pane)]
    chosen = (pane for pane in here if pane.id == session.viewing.active)
    return next(chosen, (here or panes)[0])


def is_current(session: Session, pane: Pane) -> bool:
    """Whether a pane shows what keys and tools are about."""
    is_shown = pane.media in (None, session.viewing.media_index)
    return is_shown and pane.picture in (None, session.slice)


def parts_of(session: Session) -> tuple[Pane, ...]:
    """Return the panes of the group that is shown, whether they stand side by side now or not.

    Of the points of a series each shows the one that was seen last.
    """
    viewing = session.viewing
    found: list[Pane] = []
    for part in session.media_group:
        media, picture = part.spot
        plane = acquired_plane(session.media[media])
        spot = (viewing.point_of(media), picture)
        found.append(
            Pane(
                f"part {media} {picture}", plane, part.cell, spot, None, part.place, has_cross=False
            )
        )
    return tuple(found)


def compared_of(session: Session) -> tuple[Pane, ...]:
    """Return the two panes of what is compared, () for nothing."""
    compared, link = session.viewing.compared, session.linking.link
    if compared is None:
        return ()
    left = session.media[compared.left.media]
    own = compared.plane or acquired_plane(left)
    planes = (own, link.plane if link is not None else own)
    names = export_words(session.project)
    found: list[Pane] = []
    for id, side, plane in zip((LEFT, RIGHT), (compared.left, compared.right), planes, strict=True):
        exports = None if side.export is None else frozenset({side.export})
        title = side.title or names.get(side.export or "", "")
        words = _link_words(session, compared, link, is_right=id == RIGHT)
        note = " · ".join(filter(None, (side.note, words)))
        cell, spot = Cell(int(id == RIGHT), 0), (side.media, side.picture)
        pane = Pane(id, plane, cell, spot, exports, title, note, turn=side.turn)
        is_alike = compared.is_pair or (link is not None and link.kind == "position")
        hug = _INNER[id] if compared.is_pair else ""
        found.append(replace(pane, hug=hug, is_alike=is_alike))
    return tuple(found)


def _link_words(
    session: Session, compared: Comparison, link: Link | None, *, is_right: bool
) -> str:
    """Return what is said on a picture of how it goes together with the one beside it."""
    if link is None or link.kind == "none":
        return "" if link is None else link.words
    if not compared.is_linked:
        return "not linked (U links)"
    if not is_right:
        return link.words
    offset, view = compared.offset, session.linking.right_view(link)
    way = f"{offset:+d} {'slice' if abs(offset) == 1 else 'slices'}" if offset else ""
    left, right = (session.media[number] for number in compared.media)
    at, beside = (session.viewing.crosshair_of(number) for number in compared.media)
    is_apart = link.kind == "position" and not offset
    away = apart_words(left, right, at, beside, view) if is_apart and view is not None else ""
    return ", ".join(filter(None, (link.words, way.replace("-", "−"), away)))


def _planes(session: Session, layout: Layout) -> tuple[Pane, ...]:
    """Return the planes of the media shown."""
    media = session.current
    if media is None or not is_reformatted(media):
        plane = "axial" if media is None else acquired_plane(media)
        return (Pane(plane, plane),)
    match layout:
        case "row":
            return tuple(Pane(plane, plane, _ROW[plane]) for plane in PLANES)
        case "four":
            three = (Pane(plane, plane, _FOUR[plane]) for plane in PLANES)
            return (*three, Pane(FOURTH, acquired_plane(media), Cell(1, 1)))
        case _:
            return planes_around(session.viewing.large)


def planes_around(large: PlaneName) -> tuple[Pane, ...]:
    """Return the three planes of the media shown: a large one, the others above each other.

    The large one is the acquired plane at first, on which labels are drawn and edited; for most
    CT that is axial, with sagittal above coronal.
    """
    beside = iter((_UPPER, _LOWER))
    cells = (_LARGE if plane == large else next(beside) for plane in PLANES)
    return tuple(Pane(plane, plane, cell) for plane, cell in zip(PLANES, cells, strict=True))
