"""A label volume: voxels that hold numbers, and what is needed to write them back as found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotWrite, Issue
from viewer.formats.masks.tally import Tally, tally_of
from viewer.geometry.space import Floats

Values: TypeAlias = NDArray[Any]  # whole numbers: (slices, rows, columns), or one (rows, columns)
Planes: TypeAlias = Mapping[int, Values]  # (rows, columns) by slice, of those that are changed

_SIGNED = np.dtype(np.int32)  # holds every number that a float is rounded to
_FRACTION = 0.01  # farther from a whole number is no rounding error


@dataclass(frozen=True, eq=False)
class LabelVolume:
    """Numbers of segments, voxel by voxel.

    Args:
        name: of the file, for sentences.
        values: (slices, rows, columns), read-only; 0 where nothing is labelled. Voxel (i, j, k) of
            voxel space, that is column, row, slice of the file, is values[k, j, i].
        stored: the same voxels in the file's own type and byte order, read-only.
        head: what stands before the voxels, unpacked: a NIfTI header with its extensions, the text
            of a MetaImage header.
        affine_ras: (4, 4) from (i, j, k) at voxel centres to mm in RAS (NIfTI's patient space);
            None where the file gives no place.
        content: the file that holds the voxels, as found; None for a volume that is new.
        is_packed: the voxels are deflated.
        tail: what stands behind the voxels, unpacked.
        issues: what is to be said of the file.
    """

    name: str
    values: Values
    stored: Values
    head: bytes
    affine_ras: Floats | None = None
    content: bytes | None = None
    is_packed: bool = False
    tail: bytes = b""
    issues: tuple[Issue, ...] = ()

    @cached_property
    def tally(self) -> Tally:
        """Which numbers there are, in which slices; worked out at the first call."""
        return tally_of(self.values)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(slices, rows, columns)."""
        slices, rows, columns = self.values.shape
        return slices, rows, columns

    def with_planes(self, planes: Planes) -> Planes:
        """Return those of `planes` that differ from the volume's own.

        Raises:
            ValueError: a slice that the volume does not have, or a plane of another size.
        """
        for number, plane in planes.items():
            if not 0 <= number < self.shape[0] or plane.shape != self.shape[1:]:
                raise ValueError(f"plane {number} of {plane.shape} is none of {self.shape}")
        return {k: plane for k, plane in planes.items() if (plane != self.values[k]).any()}


def labels_of(stored: Values) -> tuple[Values, str]:
    """Return the numbers that stored voxels mean, and what is to be said of it ("" for nothing).

    Fractions are rounded to the nearest whole number, what is no number becomes 0.

    Args:
        stored: (slices, rows, columns) of integers or floats in any byte order.

    Returns:
        a read-only array in the machine's byte order; `stored` itself where it is one.
    """
    if stored.dtype.kind != "f":
        values = stored.astype(stored.dtype.newbyteorder("="), copy=False)
        return read_only(values), ""
    limits = np.iinfo(_SIGNED)
    values = np.zeros(stored.shape, _SIGNED)
    is_rounded = False
    for number, plane in enumerate(stored):
        known = np.nan_to_num(plane.astype(np.float64), posinf=0.0, neginf=0.0)
        whole = np.rint(known)
        is_rounded |= bool((np.abs(known - whole) > _FRACTION).any())
        is_rounded |= not np.isfinite(plane).all()
        held = np.clip(whole, limits.min, limits.max)
        is_rounded |= bool((held != whole).any())
        values[number] = held
    words = "not all of its voxels are whole numbers, to which they are rounded"
    words += "; check what they stand for"
    return read_only(values), words if is_rounded else ""


def read_only(values: Values) -> Values:
    """Return the array, or a view of it, that cannot be written to."""
    view = values.view()
    view.flags.writeable = False
    return view


def dtype_for(volume: LabelVolume, planes: Planes, wider: Sequence[np.dtype[Any]]) -> np.dtype[Any]:
    """Return the type in which a volume can be written: its own if that holds all numbers.

    Else the first of `wider` that does: a new segment with a number above 255 in a file of 8 bits
    is no fault of the person who paints, and vendors' own writers take 16 bits there, too.

    Args:
        planes: the changed ones; the others are as the file has them.
        wider: types of whole numbers to take else, in the file's byte order.

    Raises:
        CannotWrite: none holds them.
    """
    most = max((int(plane.max()) for plane in planes.values()), default=0)
    least = min((int(plane.min()) for plane in planes.values()), default=0)
    own = volume.stored.dtype
    if _holds(own, least) and _holds(own, most):
        return own
    ends = (least, most)
    if own.kind != "f":
        ends = (least, most, int(volume.stored.min()), int(volume.stored.max()))
        for dtype in wider:
            if all(_holds(dtype, number) for number in ends):
                return dtype
    raise CannotWrite(
        f"{volume.name}: its voxels ({own.name}) cannot hold all numbers from {min(ends)} to"
        f" {max(ends)}; give the label a smaller number."
    )


def _holds(dtype: np.dtype[Any], number: int) -> bool:
    if dtype.kind == "f":
        return abs(number) <= 2 ** (np.finfo(dtype).nmant + 1)
    limits = np.iinfo(dtype)
    return int(limits.min) <= number <= int(limits.max)


def slices_written(volume: LabelVolume, planes: Planes, dtype: np.dtype[Any]) -> Iterator[bytes]:
    """Yield the bytes of each slice in order; voxels that are not changed stay as stored.

    Args:
        planes: the changed ones.
        dtype: of the file that is written, with its byte order.
    """
    for number, stored in enumerate(volume.stored):
        plane = stored.astype(dtype)
        if number in planes:
            changed = planes[number] != volume.values[number]
            plane[changed] = planes[number][changed].astype(dtype)
        yield plane.tobytes()
