"""What a view of the session stands on: media, plane, slice and its turn on the screen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from viewer.geometry.oblique import AnyPlane
from viewer.geometry.space import Floats
from viewer.geometry.views import PlaneName
from viewer.media.volume import Media, Video, Volume
from viewer.paint.framing import Bounds, Fit
from viewer.render.planes import Section, planes_of
from viewer.render.slab import Slab, indices_in
from viewer.session.panes import Pane, pane_of
from viewer.session.session import Session


@dataclass(frozen=True, eq=False)
class Stage:
    """One view's plane.

    Args:
        media: what is shown.
        section: which slice of it.
        pane: what was asked for; the plane's name also where a FrameStack has no planes.
        bounds: the picture's extent in plane mm.
        to_screen: (2, 2) signed permutation, the person's turn included.
        fit: how it stands in its view while it is not zoomed; None in the middle.
        slab: how thick it is shown; None as thin as it is.
    """

    media: Media
    section: Section
    pane: Pane
    bounds: Bounds
    to_screen: Floats
    fit: Fit | None = None
    slab: Slab | None = None

    @property
    def extent_mm(self) -> tuple[float, float]:
        """Width and height of the picture on the screen."""
        p0, q0, p1, q1 = self.bounds
        wide, high = (np.abs(self.to_screen) @ (p1 - p0, q1 - q0)).tolist()
        return wide, high

    @property
    def is_read_only(self) -> bool:
        """It is oblique, or a slab: no shape is drawn on such a plane."""
        return self.slab is not None or self.section.own_axis is None

    @property
    def within(self) -> range:
        """The planes of the slab; without one the plane itself."""
        if self.slab is None or self.view is None:
            return range(self.index, self.index + 1)
        return indices_in(self.view, self.index, self.slab)

    @property
    def view(self) -> AnyPlane | None:
        """The plane; None for a FrameStack."""
        return self.section.view

    @property
    def index(self) -> int:
        """Slice along the plane's own axis, or the frame."""
        return self.section.index

    @property
    def count(self) -> int:
        """How many slices or frames the view goes through."""
        return self.media.count if self.view is None else self.view.count

    @property
    def is_first_on_top(self) -> bool:
        """Slice 0 is at the top of the strip: head is up, frames begin at the top."""
        return self.view is None or float(self.view.e_n[2]) < 0.5

    @property
    def acquired_slice(self) -> int | None:
        """The slice of the volume or the frame that is shown as acquired; None on a reformat."""
        return self.index if self.section.is_acquired else None


def stage_of(session: Session, plane: PlaneName | Pane, index: int | None = None) -> Stage | None:
    """Return what a view stands on; None without media.

    Args:
        session: its media and their crosshairs.
        plane: the pane, or a plane of the media shown; a FrameStack has one whatever the name.
        index: instead of the pane's own picture, clamped to the slices there are.
    """
    stage = _stage_of(session, pane_of(plane), index)
    if stage is None or not stage.pane.is_alike:
        return stage
    panes = (pane for pane in session.panes if pane.is_alike)
    extents = [one.extent_mm for pane in panes if (one := _stage_of(session, pane)) is not None]
    wide, high = (max(lengths) for lengths in zip(stage.extent_mm, *extents, strict=True))
    return replace(stage, fit=Fit((wide, high), stage.pane.hug))


def _stage_of(session: Session, pane: Pane, index: int | None = None) -> Stage | None:
    viewing = session.viewing
    number = viewing.media_index if pane.media is None else pane.media
    index = pane.picture if index is None else index
    if number is None or number >= len(session.media):
        return None
    media = session.media[number]
    turn, crosshair = viewing.turn(pane.plane, number), viewing.crosshair_of(number)
    turn = turn if pane.turn is None else turn @ np.array(pane.turn)
    dx, dy = media.spacing_mm
    if not isinstance(media, Volume):
        at = int(crosshair[2]) if index is None else index
        at = _at_hand(media, _clamped(at, media.count))
        section = Section.of_frame(number, media, at)
        bounds = (0.0, 0.0, media.columns * dx, media.rows * dy)
        return Stage(media, section, pane, bounds, turn)
    view = viewing.planes_shown(number)[pane.plane] if index is None else _own(media, pane)
    at = view.index_of(crosshair) if index is None else index
    at = _clamped(at, view.count)
    section = Section(number, _at_hand(media, at) if view.is_acquired else at, (dx, dy), view)
    # Volume files order their voxels by rules of their own: as stored, most stand on their head.
    to_screen = view.to_screen if media.instances else view.by_convention
    slab = viewing.slabs.shown(pane, media)
    return Stage(media, section, pane, view.bounds_mm, turn @ to_screen, slab=slab)


def _own(media: Volume, pane: Pane) -> AnyPlane:
    """The plane of the stack itself, whose slices are numbered: never an oblique one."""
    return planes_of(media.stack)[pane.plane]


def _at_hand(media: Media, index: int) -> int:
    """Return the picture that is drawn: the nearest one until the wanted one is brought.

    All that a view says goes with what it draws: number, time and labels.
    """
    fetcher = media.fetcher
    if fetcher is None or index in media.slice_errors or media.picture(index) is not None:
        return index
    if not isinstance(media, Video) and not media.ready[index]:
        return index  # it is loading, and nothing is drawn meanwhile
    near = fetcher.near(index)
    return index if near is None else near


def _clamped(index: int, count: int) -> int:
    return min(max(index, 0), max(count - 1, 0))
