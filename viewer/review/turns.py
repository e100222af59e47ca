"""How an export's coordinates on a plane are turned, as a person chose; kept as JSON."""

from __future__ import annotations

from typing import Annotated

import msgspec

from viewer.geometry.plane_frame import PlaneFrame

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

    @property
    def frame(self) -> PlaneFrame:
        """What turns shapes by it."""
        return PlaneFrame(self.flip_x, self.flip_y, self.scale_y)

    def export_rows(self, rows: int) -> int:
        """Return how many rows the export's plane has where `rows` are shown."""
        return round(rows * self.scale_y)

    def upended(self) -> Turn:
        """Return the turn with its rows counted from the other end."""
        return msgspec.structs.replace(self, flip_y=not self.flip_y)


PLAIN = Turn()
