"""How thick planes are shown: those of a volume alike, and the fourth view beside them."""

from __future__ import annotations

from psygnal import Signal

from viewer.media.volume import Media
from viewer.render.slab import Slab
from viewer.session.panes import FOURTH, Pane

AT_FIRST = Slab("mip", 20.0)  # of the fourth view


class Slabs:
    """Which slabs are wanted; one for all planes, and one for the fourth view."""

    changed = Signal()

    def __init__(self) -> None:
        self._planes: Slab | None = None
        self._fourth: Slab | None = AT_FIRST

    def wanted(self, pane: Pane) -> Slab | None:
        """Return how thick a pane is to be, None as thin as it is."""
        return self._fourth if pane.id == FOURTH else self._planes

    def shown(self, pane: Pane, media: Media) -> Slab | None:
        """Return how thick a media is shown in a pane.

        Pictures in colour have no slabs, nor has one that is named for itself.
        """
        return None if media.is_colour or pane.picture is not None else self.wanted(pane)

    def want(self, slab: Slab | None, pane: Pane) -> None:
        """Show the fourth view, or else all planes, as thick as this; None as thin as they are."""
        if slab == self.wanted(pane):
            return
        if pane.id == FOURTH:
            self._fourth = slab
        else:
            self._planes = slab
        self.changed.emit()
