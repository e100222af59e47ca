"""What one view shows, as a value: layouts, groups and comparing differ by their panes alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from viewer.geometry.views import PlaneName
from viewer.model.annotation import AnnotationId
from viewer.review.media_groups import Cell, Spot

Turn = tuple[tuple[float, float], tuple[float, float]]
PLANES: tuple[PlaneName, ...] = ("axial", "sagittal", "coronal")
FOURTH = "fourth"  # id of the pane beside the three planes: a slab of its own
WHOLE = Cell(0, 0)


@dataclass(frozen=True)
class Pane:
    """One view of those that stand beside each other.

    Args:
        id: tells it from the others; of a plane of the media shown, the plane's name.
        plane: of a volume; frames have one, whatever the name.
        cell: where it stands.
        spot: the media, and the one picture of it that is meant; None for the media shown.
        exports: ids of those whose labels are drawn, None for all.
        title: what it is called on the picture, "" for nothing.
        note: what a person must know of it there, such as what it is linked by.
        has_cross: the lines through the linked position are drawn.
        turn: rows of a signed permutation by which the picture hangs; None as stored.
        hug: the edge of the view at which the picture ends, "" for none.
        is_alike: not zoomed, it is at one scale with the others of which this is said.
    """

    id: str
    plane: PlaneName
    cell: Cell = WHOLE
    spot: Spot | None = None
    exports: frozenset[str] | None = None
    title: str = ""
    note: str = ""
    has_cross: bool = True
    turn: Turn | None = None
    hug: Literal["", "left", "right"] = ""
    is_alike: bool = False

    @property
    def media(self) -> int | None:
        """Number of the media, None for the one shown."""
        return None if self.spot is None else self.spot[0]

    @property
    def picture(self) -> int | None:
        """The one picture of the media that is meant, None for the one at its crosshair."""
        return None if self.spot is None else self.spot[1]

    def has_labels_of(self, id: AnnotationId) -> bool:
        """Whether labels of this one's export are drawn."""
        return self.has_export(id.export)

    def has_export(self, id: str) -> bool:
        """Whether labels of an export are drawn."""
        return self.exports is None or id in self.exports


def pane_of(plane: PlaneName | Pane) -> Pane:
    """Return the pane itself, or that of a plane of the media shown."""
    return plane if isinstance(plane, Pane) else Pane(plane, plane)
