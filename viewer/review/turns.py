"""How an export's coordinates on a plane are turned, as a person chose; kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from viewer.geometry.plane_frame import PlaneFrame
from viewer.model.subject import PLANES, Plane

SCALE_LIMIT = 100.0


class Turn(msgspec.Struct, frozen=True, omit_defaults=True):
    """What turns an export's pixels of one plane into those of the plane as it is shown.

    Args:
        flip_x, flip_y: the export counts from the other side.
        scale_y: rows of the export for one row shown; above 1 where it was drawn on a reformat
            of equal spacing, whose rows are more than the slices.
    """

    flip_x: bool = False
    flip_y: bool = False
    scale_y: Annotated[float, msgspec.Meta(gt=0, le=SCALE_LIMIT)] = 1.0

    @property
    def is_plain(self) -> bool:
        """Nothing is turned."""
        return self == PLAIN

    def frame(self, rows: int) -> PlaneFrame:
        """Return what turns shapes by it on a plane that is shown with so many rows.

        The export's plane has whole rows too; scales that lead to the same ones are one scale.
        """
        return PlaneFrame(self.flip_x, self.flip_y, max(1, self.export_rows(rows)) / rows)

    def export_rows(self, rows: int) -> int:
        """Return how many rows the export's plane has where `rows` are shown."""
        return round(rows * self.scale_y)

    def upended(self) -> Turn:
        """Return the turn with its rows counted from the other end."""
        return msgspec.structs.replace(self, flip_y=not self.flip_y)


PLAIN = Turn()


def chosen_turn(planes: Mapping[Plane, Turn], plane: int, axes: Sequence[int]) -> Turn:
    """Return how coordinates on a plane are turned as a person chose.

    Of two choices for the stack's own plane the one that names it as acquired holds.

    Args:
        plane: code into PLANES.
        axes: voxel axis that each of PLANES cuts.
    """
    names: list[Plane] = [PLANES[plane]]
    if axes[plane] == 2:
        names = [PLANES[at] for at, axis in enumerate(axes) if axis == 2]
    return next((planes[name] for name in names if name in planes), PLAIN)
