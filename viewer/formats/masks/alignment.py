"""Where the voxels of a label volume lie in the pictures that they were drawn on.

RedBrick's volumes share the voxels of their series: axis 0 counts DICOM columns, axis 1 rows, axis
2 slices by ascending position along row direction x column direction, which is a Stack's order.
Its own converters go by that order and do not look at the affine, and files made with its SDK
carry a placeholder for one. So the order counts wherever the sizes agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from viewer.errors import GeometryError, Issue
from viewer.formats.masks.volume import LabelVolume, Values
from viewer.geometry.space import Floats, pixel_from_voxel, read_only
from viewer.geometry.stack import Stack

By = Literal["voxels", "affine"]

_RAS_OF_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])  # and LPS of RAS
_PLACEHOLDER = np.diag([-1.0, -1.0, 1.0, 1.0])  # what the vendor's SDK writes for no place
_THIN = 1e-6  # of the product of its axes' lengths: a smaller volume is flat
_FAR_MM = 1e7
_DIGITS = 6  # of voxel coordinates that are more than rounding errors
_ROUNDING = 10.0**-_DIGITS


@dataclass(frozen=True, eq=False)
class Resampling:
    """The nearest voxel of a file for each pixel of a stack.

    Args:
        stack: in patient mm, LPS.
        voxel_of_ras: (4, 4) from mm in RAS to (i, j, k) of the file, at voxel centres.
    """

    stack: Stack
    voxel_of_ras: Floats

    def plane(self, values: Values, slice: int) -> Values:
        """Return the numbers (rows, columns) on a slice of the stack, 0 outside of the file.

        Args:
            values: (slices, rows, columns) of the file.
        """
        plane = self.stack.planes[slice]
        corners = plane.patient_of_pixel(pixel_from_voxel([(0, 0), (1, 0), (0, 1)]))
        first, right, down = _mapped(corners, self.voxel_of_ras @ _RAS_OF_LPS)
        columns, rows = np.arange(plane.columns)[None], np.arange(plane.rows)[:, None]
        places: list[NDArray[np.int64]] = []
        inside = np.ones((plane.rows, plane.columns), np.bool_)
        for axis, size in enumerate(values.shape[::-1]):
            along, across = right[axis] - first[axis], down[axis] - first[axis]
            place = _nearest(first[axis] + _ways(columns, along) + _ways(rows, across))
            inside &= (place >= 0) & (place < size)
            places.append(place.clip(0, size - 1))
        i, j, k = places
        return np.where(inside, values[k, j, i], 0).astype(values.dtype)


def _ways(counts: NDArray[np.int64], step: float) -> Floats:
    """Voxels from the first pixel to each; a single 0 where they all lie on one way across."""
    return (
        np.zeros((1, 1))
        if abs(step) * counts.size < _ROUNDING
        else counts.astype(np.float64) * step
    )


def _nearest(voxels: Floats) -> NDArray[np.int64]:
    """The voxel that each place lies in; half-way between two always the same one."""
    return np.floor(pixel_from_voxel(voxels.round(_DIGITS))).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Alignment:
    """What each slice of a media shows of a label volume.

    Args:
        order: the file's slice for each slice of the media, where voxels lie one on one.
        issue: what is to be said of it; None for nothing.
        resampling: instead of `order` where they do not; what is seen then must not be painted.
    """

    order: Sequence[int]
    issue: Issue | None = None
    resampling: Resampling | None = None

    @property
    def is_voxel_for_voxel(self) -> bool:
        """Each pixel of the media is one voxel of the file, and may be painted."""
        return self.resampling is None

    def plane(self, values: Values, slice: int) -> Values:
        """Return the numbers (rows, columns) that a slice of the media shows.

        Args:
            values: (slices, rows, columns) of the file.
            slice: of the media, from 0.
        """
        if self.resampling is not None:
            return self.resampling.plane(values, slice)
        return values[self.order[slice]]


def aligned(
    volume: LabelVolume, stack: Stack, order: Sequence[int] | None = None, by: By | None = None
) -> Alignment:
    """Return where a label volume lies in a stack.

    Where it has the stack's columns, rows and slices, voxel by voxel, whatever its affine says;
    else by the affine. A person may choose.

    Args:
        order: for each slice of the stack its number in the image file, where the stack comes from
            one with an order of its own (NIfTI); None for ascending positions, as of DICOM.
        by: which of the two a person chose; None for the rule above.

    Raises:
        GeometryError: neither fits, or the chosen one does not; a whole sentence.
    """
    order = range(stack.count) if order is None else order
    fits = volume.shape == (stack.count, stack.rows, stack.columns)
    if fits and by != "affine":
        return Alignment(order, _disagreement(volume, stack, order))
    if by == "voxels":
        raise GeometryError(_unfit(volume, (stack.columns, stack.rows, stack.count)))
    why = _without_place(volume, stack)
    if why and fits:
        raise GeometryError(f"{volume.name}: {why}, so that it can only be shown voxel by voxel.")
    if why:
        size = (stack.columns, stack.rows, stack.count)
        raise GeometryError(_unfit(volume, size, f", and {why}"))
    assert volume.affine_ras is not None
    sentence = (
        f"{volume.name}: placed by its affine, with the nearest voxel for each pixel"
        f" ({_sides(volume)} voxels on {stack.columns} x {stack.rows} x {stack.count}); check its"
        " place. It cannot be painted."
    )
    issue = Issue("warning", "mask-resampled", sentence, volume.name)
    return Alignment((), issue, Resampling(stack, read_only(np.linalg.inv(volume.affine_ras))))


def aligned_with_frames(volume: LabelVolume, columns: int, rows: int, count: int) -> Alignment:
    """Return where a label volume lies in frames without a place: voxel by voxel, in their order.

    Raises:
        GeometryError: the sizes differ; a whole sentence.
    """
    if volume.shape != (count, rows, columns):
        raise GeometryError(_unfit(volume, (columns, rows, count)))
    return Alignment(range(count))


def ras_of(stack: Stack) -> Floats:
    """Return the (4, 4) affine from voxel (i, j, k) at centres to mm, RAS, of a stack's slices.

    Uneven slices are placed by their mean step.
    """
    affine = np.eye(4)
    dx, dy = stack.spacing_mm
    affine[:3, 0], affine[:3, 1] = stack.row_direction * dx, stack.column_direction * dy
    affine[:3, 2], affine[:3, 3] = stack.run, stack.origins[0]
    return read_only(_RAS_OF_LPS @ affine)


def _disagreement(volume: LabelVolume, stack: Stack, order: Sequence[int]) -> Issue | None:
    """What is to be said where the affine places the voxels elsewhere than they are shown.

    Less than half a voxel is no disagreement: the nearest voxels are the same ones.
    """
    affine = volume.affine_ras
    shown = "shown voxel by voxel"
    if affine is None or np.array_equal(affine, _PLACEHOLDER):
        words = f"it gives no place in the patient; {shown}"
        return Issue("note", "mask-without-place", f"{volume.name}: {words}.", volume.name)
    away = _away_mm(affine, stack, order)
    if away <= min(*stack.spacing_mm, stack.step_mm) / 2:
        return None
    words = f"its affine places it up to {away:.4g} mm away from the series"
    if _away_mm(affine, stack, order[::-1]) <= min(*stack.spacing_mm, stack.step_mm) / 2:
        words = "its affine runs through the slices of the series from the other end"
    words += f"; it is {shown}, as its vendor does. Check its place"
    return Issue("warning", "mask-affine-differs", f"{volume.name}: {words}.", volume.name)


def _away_mm(affine: Floats, stack: Stack, order: Sequence[int]) -> float:
    """The largest distance between the places that stack and affine give to the corners."""
    ends = product((0, stack.columns - 1), (0, stack.rows - 1), (0, stack.count - 1))
    corners = np.array(list(ends), np.float64)
    in_file = corners.copy()
    in_file[:, 2] = [order[int(k)] for k in corners[:, 2]]
    there = _mapped(in_file, _RAS_OF_LPS @ affine)
    return float(np.linalg.norm(there - stack.patient_of_voxel(corners), axis=1).max())


def _without_place(volume: LabelVolume, stack: Stack) -> str:
    """Why a volume cannot be placed by its affine; "" where it can."""
    affine = volume.affine_ras
    if affine is None or np.array_equal(affine, _PLACEHOLDER):
        return "it gives no place in the patient"
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    if np.abs(affine).max() > _FAR_MM or lengths.min() <= 0:
        return "its affine is damaged"
    if abs(float(np.linalg.det(affine[:3, :3] / lengths))) < _THIN:
        return "its affine is damaged"
    return "" if _meets(volume, affine, stack) else "its affine places it outside of the series"


def _meets(volume: LabelVolume, affine: Floats, stack: Stack) -> bool:
    """Whether boxes around both, along the axes of the stack, overlap."""
    slices, rows, columns = volume.shape
    ends = product((0, columns - 1), (0, rows - 1), (0, slices - 1))
    corners = _mapped(np.array(list(ends), np.float64), _RAS_OF_LPS @ affine)
    last = stack.patient_of_voxel([(stack.columns - 1, stack.rows - 1, stack.count - 1)])
    axes = np.stack([stack.row_direction, stack.column_direction, stack.normal])
    own = np.concatenate([stack.origins, stack.origins + (last[0] - stack.origins[-1])]) @ axes.T
    other = corners @ axes.T
    margin = np.array([*stack.spacing_mm, stack.step_mm])
    low, high = own.min(axis=0) - margin, own.max(axis=0) + margin
    return bool(((other.max(axis=0) >= low) & (other.min(axis=0) <= high)).all())


def _unfit(volume: LabelVolume, size: tuple[int, int, int], why: str = "") -> str:
    """The sentence that a volume has another size than (columns, rows, slices)."""
    columns, rows, slices = size
    if volume.shape == (slices, columns, rows):
        why += "; its columns and rows are exchanged"
    return (
        f"{volume.name}: its {_sides(volume)} voxels do not fit {columns} x {rows} pixels on"
        f" {slices} slices{why}. It is not shown; choose another series, or export it again."
    )


def _sides(volume: LabelVolume) -> str:
    return " x ".join(str(side) for side in volume.shape[::-1])


def _mapped(points: Floats, affine: Floats) -> Floats:
    """(n, 3) points through a (4, 4) affine."""
    return points @ affine[:3, :3].T + affine[:3, 3]
