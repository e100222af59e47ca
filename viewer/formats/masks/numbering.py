"""Which segments the numbers of a label volume stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from viewer.errors import CannotWrite
from viewer.formats.masks.volume import LabelVolume, Values
from viewer.geometry.mask import Bitmap, Mask

NUMBER_LIMIT = 65535  # of segments and overlaps: what 16 bits hold

Owners = frozenset[int]  # segments that a voxel belongs to


@dataclass(frozen=True)
class Numbering:
    """Segments by number, and the numbers of voxels that several segments share.

    A segment is made of the voxels that have its number, and of those of its overlaps. A number
    that nobody lists is a segment of its own. 0 is nothing.

    Args:
        segments: their numbers.
        overlaps: for each number that stands for an overlap, the segments that share it.
        may_overlap: new overlaps can be written; else painting over another segment is refused.
    """

    segments: frozenset[int]
    overlaps: Mapping[int, Owners] = field(default_factory=dict[int, Owners])
    may_overlap: bool = True

    def numbers_of(self, segment: int) -> frozenset[int]:
        """Return all numbers whose voxels belong to a segment."""
        shared = (number for number, owners in self.overlaps.items() if segment in owners)
        return frozenset((segment, *shared))

    def owners_of(self, number: int) -> Owners:
        """Return the segments that voxels of a number belong to."""
        owners = self.overlaps.get(number, frozenset())
        if number in self.segments or not owners:
            owners |= {number} - {0}
        return owners

    @cached_property
    def _overlap_of(self) -> Mapping[Owners, int]:
        """The smallest number of each set of owners."""
        ordered = sorted(self.overlaps, reverse=True)
        return {self.owners_of(number): number for number in ordered}

    def number_of(self, owners: Owners) -> int | None:
        """Return the number of voxels that belong to these segments; None where there is none."""
        if not owners:
            return 0
        alone = next(iter(owners))
        if len(owners) == 1 and self.owners_of(alone) == owners:
            return alone
        return self._overlap_of.get(owners)

    def with_overlap(self, owners: Owners, present: frozenset[int]) -> Numbering:
        """Return the numbering with a number for these segments: the smallest that is free.

        Args:
            present: numbers of voxels, which are not free.

        Raises:
            CannotWrite: no number up to 65535 is free.
        """
        taken = self.segments | self.overlaps.keys() | present
        number = next((one for one in range(1, NUMBER_LIMIT + 1) if one not in taken), None)
        if number is None:
            raise CannotWrite(
                f"no number up to {NUMBER_LIMIT} is free for the overlap of labels"
                f" {listed(owners)}; erase one of them there."
            )
        return replace(self, overlaps={**self.overlaps, number: owners})


def alone(volume: LabelVolume) -> tuple[int, Numbering]:
    """Return the one segment of a file in which every number but 0 means it, and its numbering."""
    present = volume.tally.present
    segment = min((one for one in present if 1 <= one <= NUMBER_LIMIT), default=1)
    others = {number: frozenset([segment]) for number in present - {segment}}
    return segment, Numbering(frozenset([segment]), others)


def runs_of(plane: Values, numbers: frozenset[int]) -> Mask | None:
    """Return the pixels of a plane that have one of the numbers, None where none has.

    Args:
        plane: (rows, columns); column and row of the mask are those of the plane.
    """
    mask = Mask.from_array(where(plane, numbers))
    return mask if mask.width else None


def where(plane: Values, numbers: frozenset[int]) -> Bitmap:
    """Return which pixels (rows, columns) of a plane have one of the numbers."""
    limits = np.iinfo(plane.dtype)
    held = [number for number in numbers if limits.min <= number <= limits.max]
    if len(held) == 1:
        return plane == held[0]
    return np.isin(plane, np.array(held, plane.dtype))


def listed(segments: Owners) -> str:
    """Return numbers in words: "3, 5"."""
    return ", ".join(str(segment) for segment in sorted(segments))
