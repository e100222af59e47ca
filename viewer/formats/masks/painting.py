"""Painting segments into the planes of a label volume, one segment and slice at a time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotWrite, GeometryError
from viewer.formats.masks.numbering import NUMBER_LIMIT, Numbering, Owners, listed, where
from viewer.formats.masks.volume import LabelVolume, Planes, Values, read_only
from viewer.geometry.mask import Bitmap, Mask


class Overlapping(CannotWrite):
    """Segments share pixels in a file that holds one number per voxel and no overlaps.

    Args:
        segments: those that share them, the painted one among them.
        slice: of the file, from 0.
    """

    def __init__(self, name: str, segments: Owners, slice: int) -> None:
        super().__init__(
            f"{name}: labels {listed(segments)} overlap on slice {slice + 1}, and the file holds"
            " one label per voxel; erase one of them there."
        )
        self.segments = segments
        self.slice = slice


@dataclass(frozen=True, eq=False)
class Painting:
    """A label volume with planes that are painted over.

    Args:
        planes: (rows, columns) by slice of the file, read-only; of a wider type than the volume's
            where their numbers need it.
    """

    volume: LabelVolume
    numbering: Numbering
    planes: Planes = field(default_factory=dict[int, Values])

    def plane(self, slice: int) -> Values:
        """Return the numbers (rows, columns) of a slice as they are now."""
        return self.planes.get(slice, self.volume.values[slice])


def painted(painting: Painting, slice: int, segment: int, mask: Mask | None) -> Painting:
    """Return the painting in which a segment is exactly `mask` on a slice; None erases it there.

    All other segments stay as they are, pixel by pixel: where the segment comes to lie over
    another, the pixel gets the number of their overlap, a new one if need be; where it is taken
    from an overlap, the pixel gets the number of what is left.

    Args:
        slice: of the file, from 0.
        segment: one of the numbering's.
        mask: columns and rows of the file.

    Raises:
        Overlapping: it would lie over another segment, which the numbering does not allow.
        CannotWrite: no number is free for an overlap, or the segment's own stands for something
            else, or is above 65535.
        GeometryError: the mask reaches out of the plane.
        ValueError: the numbering does not have the segment.
    """
    numbering = painting.numbering
    if segment not in numbering.segments:
        raise ValueError(f"segment {segment} is not in the numbering")
    if not 1 <= segment <= NUMBER_LIMIT:
        raise CannotWrite(f"label number {segment} is not within 1 and {NUMBER_LIMIT}.")
    plane = painting.plane(slice)
    wanted = _bitmap(mask, plane.shape)
    turned = wanted ^ where(plane, numbering.numbers_of(segment))
    found, places = np.unique(plane[turned], return_inverse=True)
    if not len(found):
        return painting
    numbers: list[int] = []
    for number in found.tolist():
        owners = numbering.owners_of(number) ^ {segment}
        numbering = _with_number(painting, numbering, owners, slice)
        known = numbering.number_of(owners)
        assert known is not None
        numbers.append(known)
    result = plane.astype(np.promote_types(plane.dtype, np.min_scalar_type(max(numbers))))
    result[turned] = np.array(numbers)[places]
    planes = {**painting.planes, slice: read_only(result)}
    return replace(painting, numbering=numbering, planes=planes)


def _with_number(painting: Painting, numbering: Numbering, owners: Owners, slice: int) -> Numbering:
    """The numbering in which there is a number for these owners."""
    if numbering.number_of(owners) is not None:
        return numbering
    if len(owners) == 1:
        raise CannotWrite(
            f"{painting.volume.name}: the number of label {listed(owners)} stands for an overlap,"
            " too, so that it cannot be written alone; give it another number."
        )
    if not numbering.may_overlap:
        raise Overlapping(painting.volume.name, owners, slice)
    return numbering.with_overlap(owners, painting.volume.tally.present)


def _bitmap(mask: Mask | None, shape: tuple[int, ...]) -> Bitmap:
    """The mask as a whole plane."""
    bitmap: NDArray[Any] = np.zeros(shape, np.bool_)
    if mask is None:
        return bitmap
    rows, columns = shape
    right, bottom = mask.x + mask.width, mask.y + mask.height
    if mask.x < 0 or mask.y < 0 or right > columns or bottom > rows:
        raise GeometryError(f"a mask reaches out of the slice of {columns} x {rows} pixels")
    bitmap[mask.y : bottom, mask.x : right] = mask.to_array()
    return bitmap
