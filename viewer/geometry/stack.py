"""Slices of one orientation, each with its own place: steps, tilt, gaps and slabs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.errors import GeometryError
from viewer.geometry.space import Floats, SlicePlane, Vector, pixel_from_voxel, read_only

DIRECTION_TOLERANCE = 1e-3  # of a unit vector's components: 0.06 degrees
SAME_PLACE_MM = 1e-3  # slices nearer to each other are at one place
GAP_FACTOR = 1.5  # of the nominal step: a wider one is a gap
UNEVEN_FACTOR = 0.02  # of the nominal step: steps that differ more are uneven
AROUND = 3  # neighbouring steps on each side that say what a step should be
FAR = 65536  # pixels or steps: origins farther apart belong to no one stack
TILT_DEG = 0.1  # less is rounding of the positions


@dataclass(frozen=True)
class Gap:
    """A step so wide that slices are missing.

    Args:
        after: index of the slice below the gap.
        mm: distance between the two slices.
        missing: how many slices of the nominal step would fit.
    """

    after: int
    mm: float
    missing: int


@dataclass(frozen=True, eq=False)
class Stack:
    """Planes of one orientation, size and spacing, ordered by position along their normal.

    Args:
        planes: at least one, positions ascending.
        thickness_mm: stands for the nominal step where there is one slice only; 1 if not given.

    Raises:
        GeometryError: no plane, another orientation, size or spacing among them, two at one
            place, positions that do not ascend, or more than 65536 pixels or steps apart.
    """

    planes: tuple[SlicePlane, ...]
    thickness_mm: float | None = None

    def __post_init__(self) -> None:
        if not self.planes:
            raise GeometryError("a stack needs at least one slice")
        _check_alike(self.planes)
        steps = np.diff(self.positions_mm)
        at = int(np.argmin(steps)) if len(steps) else 0
        if len(steps) and steps[at] < -SAME_PLACE_MM:
            raise GeometryError(f"slice {at + 2} lies below slice {at + 1}: they are not in order")
        if len(steps) and steps[at] < SAME_PLACE_MM:
            raise GeometryError(f"slices {at + 1} and {at + 2} are at the same position")
        self._check_extent()

    def _check_extent(self) -> None:
        away = np.linalg.norm(self.origins - self.origins[0], axis=1).max()
        if away > FAR * min(*self.spacing_mm, self.step_mm):
            raise GeometryError(f"slices of one stack lie up to {away:.4g} mm apart")

    @property
    def count(self) -> int:
        """Number of slices."""
        return len(self.planes)

    @property
    def columns(self) -> int:
        """Width of a slice in pixels."""
        return self.planes[0].columns

    @property
    def rows(self) -> int:
        """Height of a slice in pixels."""
        return self.planes[0].rows

    @property
    def spacing_mm(self) -> tuple[float, float]:
        """(dx, dy): distance between columns and between rows."""
        return self.planes[0].spacing_mm

    @property
    def row_direction(self) -> Vector:
        """Unit vector (3,) in which the column index grows."""
        return self.planes[0].row_direction

    @property
    def column_direction(self) -> Vector:
        """Unit vector (3,) in which the row index grows."""
        return self.planes[0].column_direction

    @property
    def normal(self) -> Vector:
        """Unit vector (3,) along which the slices are ordered."""
        return self.planes[0].normal

    @cached_property
    def origins(self) -> Floats:
        """(n, 3) centres of the first pixels, patient mm."""
        return read_only([plane.origin_mm for plane in self.planes])

    @cached_property
    def positions_mm(self) -> Floats:
        """(n,) positions along the normal."""
        return read_only(self.origins @ self.normal)

    @cached_property
    def steps_mm(self) -> Floats:
        """(n - 1,) distances between neighbours along the normal."""
        return read_only(np.diff(self.positions_mm))

    @cached_property
    def step_mm(self) -> float:
        """Nominal distance between slices: the median; the thickness where there is one slice."""
        if self.count > 1:
            return float(np.median(self.steps_mm))
        return self.thickness_mm if self.thickness_mm and self.thickness_mm > 0 else 1.0

    @cached_property
    def run(self) -> Vector:
        """(3,) mean way from one slice's origin to the next; the normal step for one slice."""
        if self.count == 1:
            return read_only(self.normal * self.step_mm)
        return read_only((self.origins[-1] - self.origins[0]) / (self.count - 1))

    @cached_property
    def tilt_deg(self) -> float:
        """Angle between the way from slice to slice and the normal; 0 for one slice."""
        along = float(self.run @ self.normal)
        aside = float(np.linalg.norm(self.run - along * self.normal))
        return float(np.degrees(np.arctan2(aside, along)))

    @property
    def is_tilted(self) -> bool:
        """The slices are displaced against each other, as with a tilted gantry."""
        return self.tilt_deg >= TILT_DEG

    @cached_property
    def nominal_mm(self) -> Floats:
        """(n - 1,) what each step should be: the median around it, at least the overall one.

        A series may change to wider steps on its way (heads are often scanned so); a few wide
        steps among narrow ones are missing slices.
        """
        if self.count == 1:
            return read_only([])
        around = np.pad(self.steps_mm, AROUND, constant_values=np.nan)
        windows = np.lib.stride_tricks.sliding_window_view(around, 2 * AROUND + 1)
        return read_only(np.maximum(np.nanmedian(windows, axis=1), self.step_mm))

    @cached_property
    def _is_gap(self) -> NDArray[np.bool_]:
        return self.steps_mm > GAP_FACTOR * self.nominal_mm

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Steps of more than 1.5 nominal ones."""
        sizes = self.steps_mm / self.nominal_mm
        return tuple(
            Gap(int(at), float(self.steps_mm[at]), round(float(sizes[at])) - 1)
            for at in np.flatnonzero(self._is_gap)
        )

    @property
    def _close_steps(self) -> Floats:
        return self.steps_mm[~self._is_gap]

    @cached_property
    def is_uneven(self) -> bool:
        """Steps, gaps aside, differ from the nominal one by more than 2 %."""
        return bool((np.abs(self._close_steps - self.step_mm) > UNEVEN_FACTOR * self.step_mm).any())

    @cached_property
    def displaced_mm(self) -> float:
        """How far an origin lies, within its slice, from the line through first and last."""
        along = (self.positions_mm - self.positions_mm[0]) / float(self.run @ self.normal)
        expected = self.origins[0] + along[:, None] * self.run
        return float(np.linalg.norm(self.origins - expected, axis=1).max())

    @cached_property
    def slabs_mm(self) -> Floats:
        """(n, 2): how far each slice reaches below and above its position along the normal.

        Half-way to its neighbours, at most half the nominal step; so slabs never overlap and
        never cross a gap.
        """
        if self.count == 1:
            return read_only([(self.step_mm / 2, self.step_mm / 2)])
        halves = np.minimum(self.steps_mm, self.nominal_mm) / 2
        first, last = self.nominal_mm[:1] / 2, self.nominal_mm[-1:] / 2
        return read_only(np.stack([np.append(first, halves), np.append(halves, last)], axis=1))

    @cached_property
    def strips_mm(self) -> Floats:
        """(n, 2): how far below and above its position each slice is shown on a reformat.

        Half-way to its neighbours, so that the nearest slice is shown, but beside a gap no
        farther than its slab.
        """
        slabs = np.array(self.slabs_mm)
        halves = np.where(self._is_gap, 0.0, self.steps_mm / 2)
        slabs[:-1, 1] = np.maximum(slabs[:-1, 1], halves)
        slabs[1:, 0] = np.maximum(slabs[1:, 0], halves)
        return read_only(slabs)

    def patient_of_voxel(self, voxels: ArrayLike) -> Floats:
        """Return (n, 3) patient mm of (n, 3) voxel coordinates; k is rounded to its slice.

        Raises:
            GeometryError: a k outside the stack.
        """
        ijk = np.asarray(voxels, dtype=np.float64).reshape(-1, 3)
        slices = np.rint(ijk[:, 2]).astype(np.intp)
        if len(slices) and (slices.min() < 0 or slices.max() >= self.count):
            raise GeometryError(f"a voxel lies outside the {self.count} slices")
        places = np.empty_like(ijk)
        for k in np.unique(slices):
            chosen = slices == k
            plane = self.planes[int(k)]
            places[chosen] = plane.patient_of_pixel(pixel_from_voxel(ijk[chosen, :2]))
        return places

    def oddities(self) -> tuple[str, ...]:
        """Return a sentence with numbers for each way in which the stack is not plain."""
        said: list[str] = []
        if self.is_tilted:
            said.append(f"tilt {self.tilt_deg:.1f} degrees: planes are drawn sheared, as acquired")
        if self.displaced_mm > max(self.spacing_mm) / 2:
            said.append(f"slices are displaced in their planes by up to {self.displaced_mm:.1f} mm")
        if self.is_uneven:
            close = self._close_steps
            said.append(f"uneven spacing {close.min():.1f} to {close.max():.1f} mm")
        missing = sum(gap.missing for gap in self.gaps)
        for gap in self.gaps:
            verb = "is" if gap.missing == 1 else "are"
            said.append(
                f"{gap.missing} of {self.count + missing} slices {verb} missing between"
                f" {gap.after + 1} and {gap.after + 2} ({gap.mm:.1f} mm instead of"
                f" {self.nominal_mm[gap.after]:.1f})"
            )
        return tuple(said)


def stack_of(planes: Iterable[SlicePlane], thickness_mm: float | None = None) -> Stack:
    """Return the stack of `planes`, ordered by position along the normal of the first.

    Raises:
        GeometryError: as for Stack.
    """
    given = tuple(planes)
    if not given:
        raise GeometryError("a stack needs at least one slice")
    normal = given[0].normal
    ordered = sorted(given, key=lambda plane: float(plane.origin_mm @ normal))
    return Stack(tuple(ordered), thickness_mm)


def _check_alike(planes: tuple[SlicePlane, ...]) -> None:
    first = planes[0]
    rows = np.stack([plane.row_direction for plane in planes])
    columns = np.stack([plane.column_direction for plane in planes])
    turned = max(
        float(np.abs(rows - first.row_direction).max()),
        float(np.abs(columns - first.column_direction).max()),
    )
    if turned > DIRECTION_TOLERANCE:
        raise GeometryError("slices of one stack have different orientations")
    if any((plane.columns, plane.rows) != (first.columns, first.rows) for plane in planes):
        raise GeometryError("slices of one stack have different sizes")
    spacings = np.array([plane.spacing_mm for plane in planes])
    if not np.allclose(spacings, spacings[0], rtol=1e-3, atol=0):
        raise GeometryError("slices of one stack have different pixel spacings")
