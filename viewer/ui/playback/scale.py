"""Where frames stand across the timeline and the lanes below it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

INSET_PX = 16
GUTTER_PX = 176  # for the names of tracks
PLAYHEAD_PX = 1.5


@dataclass(frozen=True)
class Scale:
    """Frames 0 to count - 1 in cells of one width.

    Args:
        count: at least 1 is taken.
        width: of the widget, in px.
        has_gutter: names of tracks stand at its left.
    """

    count: int
    width: int
    has_gutter: bool = False

    @cached_property
    def left(self) -> int:
        """Where the first cell begins."""
        return GUTTER_PX if self.has_gutter else INSET_PX

    @cached_property
    def cell_px(self) -> float:
        """Width of a frame."""
        return max(self.width - self.left - INSET_PX, 1) / max(self.count, 1)

    def x_of(self, index: float) -> float:
        """Return where the middle of a frame stands."""
        return self.left + index * self.cell_px + self.cell_px / 2

    def index_at(self, x: float) -> int:
        """Return the frame under a place; the nearest end beyond them."""
        index = int((x - self.left) // self.cell_px)
        return min(max(index, 0), self.count - 1)
