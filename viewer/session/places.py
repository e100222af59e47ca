"""Where one has been: the places that one jumped away from, and the way back and on."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from psygnal import Signal

from viewer.media.volume import Media
from viewer.model.annotation import AnnotationId

MOST_PLACES = 100
Voxel = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Visited:
    """What one looked at: the media, the crosshair in its voxel space, and what was selected."""

    media: Media
    voxel: Voxel
    selection: frozenset[AnnotationId] = frozenset()

    def is_at(self, other: Visited) -> bool:
        """Whether both are one place, whatever is selected there."""
        return self.media is other.media and self.voxel == other.voxel


class Places:
    """The places behind and ahead of the one shown, which is kept when one jumps away from it.

    Going through slices one by one leaves no places behind.

    Args:
        here: the place shown, None while nothing is.
    """

    changed = Signal()

    def __init__(self, here: Callable[[], Visited | None]) -> None:
        self._here = here
        self._behind: list[Visited] = []
        self._ahead: list[Visited] = []

    @property
    def has_behind(self) -> bool:
        """There is a place to go back to."""
        return bool(self._behind)

    @property
    def has_ahead(self) -> bool:
        """One came back, and can go forward again."""
        return bool(self._ahead)

    def leave(self) -> None:
        """Keep the place shown, since a jump follows; what was ahead is given up."""
        here = self._here()
        if here is None:
            return
        self._ahead.clear()
        if not self._behind or not self._behind[-1].is_at(here):
            self._behind.append(here)
            del self._behind[:-MOST_PLACES]
        self.changed.emit()

    def back(self) -> Visited | None:
        """Step back; None where there is nothing behind but the place shown."""
        return self._stepped(self._behind, self._ahead)

    def forward(self) -> Visited | None:
        """Step forward again; None where there is nothing ahead."""
        return self._stepped(self._ahead, self._behind)

    def keep(self, media: Collection[Media], exports: Collection[str]) -> None:
        """Forget places of media that are not open any more, and labels of other exports.

        Nobody is told: whoever opens media tells of those.

        Args:
            exports: ids of the exports that stay open.
        """
        opened = {id(one) for one in media}
        for row in (self._behind, self._ahead):
            row[:] = [_without(place, exports) for place in row if id(place.media) in opened]

    def _stepped(self, source: list[Visited], other: list[Visited]) -> Visited | None:
        here = self._here()
        while source:
            place = source.pop()
            if here is not None and place.is_at(here):
                continue
            if here is not None:
                other.append(here)
                del other[:-MOST_PLACES]
            self.changed.emit()
            return place
        self.changed.emit()
        return None


def _without(place: Visited, exports: Collection[str]) -> Visited:
    kept = frozenset(id for id in place.selection if id.export in exports)
    return replace(place, selection=kept)
