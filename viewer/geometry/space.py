"""Spaces and units: pixel, voxel and patient space, the plane of one slice, orientation letters.

Patient space is in mm, LPS: x grows to the patient's left, y to the back, z to the head
(DICOM PS3.3 C.7.6.2.1.1). This is the one place that adds or subtracts half a pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.errors import GeometryError

Floats: TypeAlias = NDArray[np.float64]
Vector: TypeAlias = NDArray[np.float64]  # (3,) patient LPS

UNIT_TOLERANCE = 1e-4
LETTER_LIMIT = 0.2588  # sin 15 degrees: smaller components are not named
_LETTERS = (("L", "R"), ("P", "A"), ("H", "F"))


def voxel_from_pixel(points: ArrayLike) -> Floats:
    """Return voxel coordinates (i, j), at centres, of pixel-space points (x, y), from corners."""
    return np.asarray(points, dtype=np.float64) - 0.5


def pixel_from_voxel(points: ArrayLike) -> Floats:
    """Return pixel-space points (x, y), from corners, of voxel coordinates (i, j), at centres."""
    return np.asarray(points, dtype=np.float64) + 0.5


@dataclass(frozen=True, eq=False)
class SlicePlane:
    """Where the pixels of one slice are in the patient.

    Args:
        origin_mm: (3,) centre of the first pixel (Image Position (Patient)).
        row_direction: (3,) unit vector in which the column index grows.
        column_direction: (3,) unit vector in which the row index grows.
        spacing_mm: (dx, dy), distances between neighbouring columns and rows. DICOM's Pixel
            Spacing has them the other way round.
        columns, rows: size of the slice in pixels.
    """

    origin_mm: Vector
    row_direction: Vector
    column_direction: Vector
    spacing_mm: tuple[float, float]
    columns: int
    rows: int

    def __post_init__(self) -> None:
        for name in ("origin_mm", "row_direction", "column_direction"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    def moved_to(self, origin_mm: ArrayLike) -> SlicePlane:
        """Return the same plane at another origin (3,); both share their directions."""
        plane = object.__new__(SlicePlane)
        plane.__dict__.update(self.__dict__, origin_mm=read_only(origin_mm))
        return plane

    @cached_property
    def normal(self) -> Vector:
        """Unit vector (3,) perpendicular to the slice: row direction x column direction."""
        return read_only(np.cross(self.row_direction, self.column_direction))

    @cached_property
    def _steps_mm(self) -> Floats:
        """(2, 3): the way from one column, and from one row, to the next."""
        dx, dy = self.spacing_mm
        return np.stack([self.row_direction * dx, self.column_direction * dy])

    def patient_of_pixel(self, points: ArrayLike) -> Floats:
        """Return (n, 3) patient mm of (n, 2) pixel-space points.

        Source: DICOM PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1.
        """
        voxels = voxel_from_pixel(points).reshape(-1, 2)
        return self.origin_mm + voxels @ self._steps_mm


def plane_of(
    orientation: Sequence[float],
    position_mm: Sequence[float],
    pixel_spacing_mm: Sequence[float],
    columns: int,
    rows: int,
) -> SlicePlane:
    """Return the plane that DICOM's Image Plane Module describes.

    Args:
        orientation: six numbers of Image Orientation (Patient), row direction first.
        position_mm: Image Position (Patient), the centre of the first pixel.
        pixel_spacing_mm: Pixel Spacing: the distance between rows, then between columns.
        columns: width in pixels.
        rows: height in pixels.

    Raises:
        GeometryError: a number is missing or not finite, a direction is no unit vector or the two
            are not perpendicular (within 1e-4), or a spacing or size is not positive.

    Source: DICOM PS3.3 C.7.6.2, 10.7.1.3.
    """
    directions = _numbers(orientation, 6, "image orientation").reshape(2, 3)
    origin = _numbers(position_mm, 3, "image position")
    dy, dx = _numbers(pixel_spacing_mm, 2, "pixel spacing").tolist()
    lengths = np.linalg.norm(directions, axis=1)
    if np.abs(lengths - 1).max() > UNIT_TOLERANCE:
        raise GeometryError(
            f"image orientation vectors are {lengths[0]:.4f} and {lengths[1]:.4f} long, not 1"
        )
    cosine = float(directions[0] @ directions[1])
    if abs(cosine) > UNIT_TOLERANCE:
        raise GeometryError(
            f"image orientation vectors are not perpendicular (their product is {cosine:.4f})"
        )
    if dx <= 0 or dy <= 0:
        raise GeometryError(f"pixel spacing {dy:g} x {dx:g} mm is not positive")
    if columns < 1 or rows < 1:
        raise GeometryError(f"an image of {columns} x {rows} pixels has no plane")
    return SlicePlane(origin, directions[0], directions[1], (dx, dy), columns, rows)


def letters(direction: ArrayLike) -> str:
    """Return the orientation letters of a patient direction, main one first, such as "A" or "AH".

    Components below sin 15 degrees of the vector are left out. L/R left/right, P/A back/front,
    H/F head/foot; "" for a vector without length.
    """
    vector = np.asarray(direction, dtype=np.float64)
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or length == 0:
        return ""
    parts = vector / length
    order = sorted(range(3), key=lambda axis: -round(abs(float(parts[axis])), 6))
    named = [axis for axis in order if abs(parts[axis]) >= LETTER_LIMIT]
    return "".join(_LETTERS[axis][0 if parts[axis] > 0 else 1] for axis in named)


def read_only(values: ArrayLike) -> Floats:
    """Return a read-only float copy."""
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


def _numbers(values: Sequence[float], count: int, what: str) -> Floats:
    try:
        numbers = np.array([float(value) for value in values], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise GeometryError(f"{what} is not a list of numbers") from error
    if len(numbers) != count:
        raise GeometryError(f"{what} has {len(numbers)} numbers where {count} are needed")
    if not np.isfinite(numbers).all():
        raise GeometryError(f"{what} has a number that is not finite")
    return numbers
