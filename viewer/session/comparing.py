"""Two pictures compared: which, what is drawn on each, and how they go together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from viewer.media.volume import Volume
from viewer.render.planes import acquired_plane
from viewer.session.linking import (
    Link,
    Voxel,
    link_of,
    moved_on,
    place_in,
    steps_between,
    while_turned,
)
from viewer.session.panes import Turn

if TYPE_CHECKING:
    from viewer.geometry.oblique import AnyPlane
    from viewer.geometry.views import PlaneName
    from viewer.session.session import Session

LEFT, RIGHT = "left", "right"  # ids of the panes


@dataclass(frozen=True)
class Side:
    """One of two pictures compared.

    Args:
        media: its number.
        picture: the one picture of it that is meant, None for the one at its crosshair.
        export: id of the export whose labels are drawn, None for all of them.
        title: what it is called, "" for the name of its export.
        turn: by which it hangs, None as stored.
        note: what a person must know of how it hangs.
    """

    media: int
    picture: int | None = None
    export: str | None = None
    title: str = ""
    turn: Turn | None = None
    note: str = ""


@dataclass(frozen=True)
class Comparison:
    """Two pictures beside each other.

    Args:
        offset: slices that the right one is farther on than the link says.
        is_linked: they go on together where they can.
        shares_window: they have one window where their values are of one kind.
        is_pair: mammograms of both sides, hung back to back.
        plane: of the left one, None for the acquired one.
    """

    left: Side
    right: Side
    offset: int = 0
    is_linked: bool = True
    shares_window: bool = True
    is_pair: bool = False
    plane: PlaneName | None = None

    @property
    def media(self) -> tuple[int, int]:
        """The numbers of both media."""
        return self.left.media, self.right.media

    def other(self, media: int) -> int | None:
        """Return the media beside one of the two; None where both are the same, or it is none."""
        if media not in self.media or self.left.media == self.right.media:
            return None
        return self.right.media if media == self.left.media else self.left.media

    def with_media(self, id: str, media: int) -> Comparison:
        """Return the comparison with another media on a side; two exports go there together."""
        if self.left.export is not None and self.left.media == self.right.media:
            sides = (replace(side, media=media) for side in (self.left, self.right))
            left, right = sides
        else:
            chosen = Side(media)
            left, right = (self.left, chosen) if id == RIGHT else (chosen, self.right)
        return Comparison(left, right, 0, self.is_linked, self.shares_window)


class Linking:
    """Has the media that stands beside follow the one that is gone through.

    Args:
        session: whose crosshairs they are.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen: dict[int, Voxel] = {}  # where both were when they were in step
        self._is_moving = False
        session.viewing.crosshair_changed.connect(self._follow)

    def start(self, comparison: Comparison) -> None:
        """Show two media beside each other, the right one at the left one's place."""
        self._session.viewing.compare(comparison)
        self._bring(comparison.left.media)

    def align(self) -> None:
        """Take the offset back: the media beside goes to the place of the one in hand."""
        compared, shown = self._session.viewing.compared, self._session.viewing.media_index
        if compared is not None and shown is not None:
            self._session.viewing.compare(replace(compared, offset=0))
            self._bring(shown)

    def set_linked(self, is_linked: bool) -> None:
        """Link both where they stand now, or have each go on alone; nothing moves."""
        viewing = self._session.viewing
        if viewing.compared is not None:
            viewing.compare(replace(viewing.compared, is_linked=is_linked))
            self._take_offset()

    def move_alone(self, media: int, voxel: Voxel) -> None:
        """Move one of the two alone; how far they are apart then is kept."""
        self._set(media, voxel)
        self._take_offset()

    @property
    def offset(self) -> int:
        """Slices that the right one is farther on than the link says."""
        compared = self._session.viewing.compared
        return 0 if compared is None else compared.offset

    @property
    def link(self) -> Link | None:
        """What links the two media, None where nothing is compared or both are one."""
        session, compared = self._session, self._session.viewing.compared
        if compared is None or not self._are_two(compared):
            return None
        left, right = (session.media[number] for number in compared.media)
        own = compared.plane or acquired_plane(left)
        link = link_of(left, right, own)
        here, there = self._view(compared.left, own), self._view(compared.right, link.plane)
        return while_turned(link, left, right, here, there)

    def _view(self, side: Side, plane: PlaneName) -> AnyPlane | None:
        """The plane of a side as it is shown; None of frames."""
        is_volume = isinstance(self._session.media[side.media], Volume)
        return self._session.viewing.planes_shown(side.media)[plane] if is_volume else None

    def right_view(self, link: Link) -> AnyPlane | None:
        """The plane of the right one that is shown; None of frames."""
        compared = self._session.viewing.compared
        return None if compared is None else self._view(compared.right, link.plane)

    def _follow(self) -> None:
        compared = self._session.viewing.compared
        if self._is_moving or compared is None or not self._are_two(compared):
            return
        at = {number: self._session.viewing.crosshair_of(number) for number in compared.media}
        moved = [number for number in compared.media if at[number] != self._seen.get(number)]
        if not moved:
            return
        shown = self._session.viewing.media_index
        self._bring(next((number for number in moved if number == shown), moved[0]))

    def _are_two(self, compared: Comparison) -> bool:
        """Both have crosshairs of their own, which points of a series share."""
        left, right = (self._session.viewing.home_of(number) for number in compared.media)
        return left != right

    def _bring(self, leading: int) -> None:
        """Bring the media beside to the place of the leading one, with the offset between them."""
        session, compared = self._session, self._session.viewing.compared
        link, other = self.link, None if compared is None else compared.other(leading)
        if compared is None or link is None or other is None:
            return
        if compared.is_linked and link.kind != "none":
            here = session.viewing.crosshair_of(leading)
            right, is_right = self.right_view(link), leading == compared.right.media
            here = moved_on(right, here, -compared.offset if is_right else 0)
            own = compared.plane or acquired_plane(session.media[compared.left.media])
            view = self._view(compared.left, own) if is_right else right
            there = place_in(link, session.media[leading], session.media[other], here, view)
            self._set(other, moved_on(right, there, 0 if is_right else compared.offset))
        self._remember(compared)

    def _set(self, media: int, voxel: Voxel) -> None:
        self._is_moving = True
        try:
            self._session.viewing.set_crosshair(voxel, media)
        finally:
            self._is_moving = False

    def _take_offset(self) -> None:
        """Keep how far the right one is from where the link would have it."""
        session, compared, link = self._session, self._session.viewing.compared, self.link
        if compared is None or link is None or link.kind == "none":
            return
        left, right = (session.media[number] for number in compared.media)
        at, beside = (session.viewing.crosshair_of(number) for number in compared.media)
        view = self.right_view(link)
        offset = steps_between(view, place_in(link, left, right, at, view), beside)
        self._remember(compared)
        if offset != compared.offset:
            session.viewing.compare(replace(compared, offset=offset))

    def _remember(self, compared: Comparison) -> None:
        self._seen = {
            number: self._session.viewing.crosshair_of(number) for number in compared.media
        }
