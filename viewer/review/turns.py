"""How an export's coordinates on a plane are turned, as a person chose; kept as JSON."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Annotated

import msgspec

from viewer.geometry.plane_frame import PlaneFrame
from viewer.model.project import Reading
from viewer.model.subject import PLANES, Plane
from viewer.review.readings import TURNED

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
        return self == type(self)()

    def export_rows(self, rows: int) -> int:
        """Return how many rows the export's plane has where `rows` are shown."""
        return round(rows * self.scale_y)

    def upended(self) -> Turn:
        """Return the turn with its rows counted from the other end."""
        return msgspec.structs.replace(self, flip_y=not self.flip_y)


class Counting(Turn, frozen=True):
    """How an export counts on one plane, the readings that hold counted in.

    Args:
        is_transposed, is_centred, turns_back: as of a `PlaneFrame`.
    """

    is_transposed: bool = False
    is_centred: bool = False
    turns_back: bool = False

    def frame(self, rows: int) -> PlaneFrame:
        """Return what turns shapes by it on a plane that is shown with so many rows.

        The export's plane has whole rows too; scales that lead to the same ones are one scale.
        """
        return PlaneFrame(
            self.flip_x,
            self.flip_y,
            max(1, self.export_rows(rows)) / rows,
            self.is_transposed,
            self.is_centred,
            self.turns_back,
        )

    def export_size(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return width and height of a plane as the export counts."""
        width, height = size[0], max(1, self.export_rows(size[1]))
        return (height, width) if self.is_transposed else (width, height)


PLAIN = Turn()


def counting(turn: Turn, readings: Container[Reading], orientation: int) -> Counting:
    """Return how an export counts on a plane of its pictures.

    Args:
        turn: of the plane as it is shown.
        readings: that hold in place of what is taken.
        orientation: EXIF orientation of the picture as stored, 1 for none.
    """
    lies, flip_x, flip_y = False, False, False
    if "stored-picture" in readings:
        lies, flip_x, flip_y = TURNED[orientation]
    return Counting(
        turn.flip_x != flip_x,
        turn.flip_y != flip_y,
        turn.scale_y,
        lies,
        "pixel-centres" in readings,
        "counterclockwise" in readings,
    )


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
