"""The three planes of a stack: plane coordinates in mm, names, screen orientation and letters.

Plane coordinates (p, q) are mm inside the plane that is shown. On the acquired plane they are the
slice's own pixel space times the spacing. On a reformat p runs along the rows or columns of the
slices, and q from slice to slice; each slice's strip has its own q interval and its own shift
along p, so that tilted, uneven and gapped stacks are shown as they are in the patient.

Pixel space of a plane, in which shapes that are drawn on it have their numbers: x and y count from
the corner of its first pixel along the two voxel axes that the plane does not cut, in their order,
slices in the stack's own order.

| plane | x counts | y counts |
|---|---|---|
| axis 0, columns constant | rows j | slices k |
| axis 1, rows constant | columns i | slices k |
| axis 2, the acquired plane | columns i | rows j |

On a reformat a y from k to k + 1 lies in the strip of slice k, wherever that is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import permutations, product
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.errors import GeometryError
from viewer.geometry.space import (
    Floats,
    Vector,
    letters,
    pixel_from_voxel,
    read_only,
    voxel_from_pixel,
)
from viewer.geometry.stack import Stack

PlaneName: TypeAlias = Literal["axial", "sagittal", "coronal"]
Axis: TypeAlias = Literal[0, 1, 2]

REGULAR = 1e-3  # of a pixel, over all slices: what deviates less stands on a grid
_NAMES: tuple[PlaneName, ...] = ("sagittal", "coronal", "axial")  # by the patient axis they cut
# Directions of screen right and screen down, patient LPS.
_CONVENTION: dict[PlaneName, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "axial": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "sagittal": ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
    "coronal": ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
}


class Edges(NamedTuple):
    """Orientation letters at the four edges of a view."""

    left: str
    right: str
    top: str
    bottom: str


@dataclass(frozen=True, eq=False)
class ViewPlane:
    """One of the three planes in which a stack is shown.

    Args:
        stack: the slices.
        axis: voxel axis that the plane cuts: 0 columns, 1 rows, 2 slices (the acquired plane).
        name: the anatomical plane that fits best.
    """

    stack: Stack
    axis: Axis
    name: PlaneName

    @property
    def is_acquired(self) -> bool:
        """The plane is the stack's own."""
        return self.axis == 2

    @property
    def count(self) -> int:
        """How many planes there are along the axis."""
        return (self.stack.columns, self.stack.rows, self.stack.count)[self.axis]

    @property
    def pixel_mm(self) -> float:
        """Size of a pixel along p."""
        dx, dy = self.stack.spacing_mm
        return dy if self.axis == 0 else dx

    @property
    def cells(self) -> int:
        """Number of pixels along p, in one slice."""
        return self.stack.rows if self.axis == 0 else self.stack.columns

    @cached_property
    def e_p(self) -> Vector:
        """Unit patient vector (3,) in which p grows."""
        return self.stack.column_direction if self.axis == 0 else self.stack.row_direction

    @cached_property
    def e_q(self) -> Vector:
        """Unit patient vector (3,) in which q grows; perpendicular to `e_p`."""
        if self.is_acquired:
            return self.stack.column_direction
        run = self.stack.run
        across = run - (run @ self.e_p) * self.e_p
        return read_only(across / np.linalg.norm(across))

    @cached_property
    def e_n(self) -> Vector:
        """Unit patient vector (3,) perpendicular to the plane, to the side of growing indices."""
        normal = np.cross(self.e_p, self.e_q)
        grows = (self.stack.row_direction, self.stack.column_direction, self.stack.normal)
        return read_only(normal if normal @ grows[self.axis] > 0 else -normal)

    @cached_property
    def shifts(self) -> Floats:
        """(slices,) how far each slice's strip is displaced along p; 0 for the first."""
        away = self.stack.origins - self.stack.origins[0]
        return read_only(np.zeros(len(away)) if self.is_acquired else away @ self.e_p)

    @cached_property
    def _q_per_normal(self) -> float:
        """Mm along q for one mm along the stack's normal."""
        return 1 / float(self.e_q @ self.stack.normal)

    @cached_property
    def centres_q(self) -> Floats:
        """(slices,) q of each slice's own plane; on reformats only."""
        away = self.stack.origins - self.stack.origins[0]
        return read_only(away @ self.e_q + self.stack.slabs_mm[0, 0] * self._q_per_normal)

    @cached_property
    def q_spans(self) -> Floats:
        """(slices, 2) q interval of each slice's slab; the lowest begins at 0; reformats only."""
        return read_only(self.centres_q[:, None] + self._ends(self.stack.slabs_mm))

    @cached_property
    def strips_q(self) -> Floats:
        """(slices, 2) q interval in which each slice is shown (`Stack.strips_mm`)."""
        return read_only(self.centres_q[:, None] + self._ends(self.stack.strips_mm))

    def _ends(self, reach_mm: Floats) -> Floats:
        return reach_mm * (-self._q_per_normal, self._q_per_normal)

    @cached_property
    def bounds_mm(self) -> tuple[float, float, float, float]:
        """(p0, q0, p1, q1) around all pixels of the plane."""
        wide = self.cells * self.pixel_mm
        if self.is_acquired:
            return (0.0, 0.0, wide, self.stack.rows * self.stack.spacing_mm[1])
        low, high = float(self.shifts.min()), float(self.shifts.max())
        return (low, float(self.q_spans.min()), high + wide, float(self.q_spans.max()))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the plane in its own pixels."""
        return self.cells, self.stack.rows if self.is_acquired else self.stack.count

    @cached_property
    def is_regular(self) -> bool:
        """Its pixels stand on a plain grid: no tilt, no gap, one step between all slices."""
        if self.is_acquired:
            return True
        near = REGULAR * self.pixel_mm
        heights = np.diff(self.strips_q, axis=1)[:, 0]
        apart = self.strips_q[1:, 0] - self.strips_q[:-1, 1]
        deviations = (np.ptp(heights), np.abs(self.shifts).max(), np.abs(apart).max(initial=0))
        return bool(max(deviations) * self.stack.count <= near)

    def mm_of_pixels(self, pixels: ArrayLike, strips: ArrayLike | None = None) -> Floats:
        """Return (n, 2) plane mm of (n, 2) places in the plane's own pixel space.

        Args:
            pixels: x, y; beyond the slices the outermost strip goes on.
            strips: (n,) the slice in whose strip each is shown; by default the one that y is in.
                It matters where y is whole, and one slice ends and another begins.
        """
        x, y = np.asarray(pixels, dtype=np.float64).reshape(-1, 2).T
        if self.is_acquired:
            return np.stack([x, y], axis=1) * self.stack.spacing_mm
        rows = np.floor(y) if strips is None else np.asarray(strips)
        k = np.clip(rows, 0, self.stack.count - 1).astype(np.intp)
        low, high = self.strips_q[k].T
        p = x * self.pixel_mm + self.shifts[k]
        return np.stack([p, low + (y - k) * (high - low)], axis=1)

    def pixels_of_mm(self, points_mm: ArrayLike) -> Floats:
        """Return (n, 2) places in the plane's own pixel space of (n, 2) plane mm.

        A place in a gap counts to the nearer slice's end; beyond the slices the outermost strip
        goes on.
        """
        p, q = np.asarray(points_mm, dtype=np.float64).reshape(-1, 2).T
        if self.is_acquired:
            return np.stack([p, q], axis=1) / self.stack.spacing_mm
        last = self.stack.count - 1
        low, high = self.strips_q.T
        k = np.clip(np.searchsorted(low, q, side="right") - 1, 0, last)
        after = np.minimum(k + 1, last)
        k = np.where((q > high[k]) & (low[after] - q < q - high[k]) & (k < last), after, k)
        is_gap = ((q < low[k]) & (k > 0)) | ((q > high[k]) & (k < last))
        within = np.where(is_gap, np.clip(q, low[k], high[k]), q)
        y = k + (within - low[k]) / (high[k] - low[k])
        return np.stack([(p - self.shifts[k]) / self.pixel_mm, y], axis=1)

    def pixel_size_mm(self, y: float) -> tuple[float, float]:
        """Return how wide and how high the plane's pixels are at a height in its pixel space."""
        if self.is_acquired:
            return self.stack.spacing_mm
        low, high = self.strips_q[min(max(int(y), 0), self.stack.count - 1)].tolist()
        return self.pixel_mm, high - low

    def place(self, voxels: ArrayLike) -> Floats:
        """Return (n, 2) plane mm of (n, 3) voxel coordinates, projected onto the plane.

        A k between two slices lies between their strips.
        """
        ijk = np.asarray(voxels, dtype=np.float64).reshape(-1, 3)
        pixels = pixel_from_voxel(ijk[:, :2])
        if self.is_acquired:
            return pixels * self.stack.spacing_mm
        slices = np.arange(self.stack.count, dtype=np.float64)
        p = pixels[:, 1 - self.axis] * self.pixel_mm + np.interp(ijk[:, 2], slices, self.shifts)
        return np.stack([p, np.interp(ijk[:, 2], slices, self.centres_q)], axis=1)

    def voxel_at(self, index: int, p: float, q: float) -> tuple[float, float, float] | None:
        """Return voxel coordinates (i, j, k) at plane mm; None in a gap or outside the pixels.

        The two coordinates in the slice are fractional, k and the cut index are whole.
        """
        if self.is_acquired:
            x, y = p / self.pixel_mm, q / self.stack.spacing_mm[1]
            if not (0 <= x < self.stack.columns and 0 <= y < self.stack.rows):
                return None
            i, j = voxel_from_pixel((x, y)).tolist()
            return (i, j, float(index))
        k = self.slice_at(q)
        if k is None:
            return None
        along = (p - float(self.shifts[k])) / self.pixel_mm
        if not 0 <= along < self.cells:
            return None
        at = float(voxel_from_pixel(along))
        return (float(index), at, float(k)) if self.axis == 0 else (at, float(index), float(k))

    def slice_at(self, q: float) -> int | None:
        """Return the slice that a reformat shows at q, None in a gap or outside."""
        found = int(self.slices_at(np.array([q]))[0])
        return None if found < 0 else found

    def slices_at(self, q: Floats) -> NDArray[np.intp]:
        """Return the (n,) slices that a reformat shows at (n,) values of q; -1 where none."""
        low, high = self.strips_q.T
        slices = np.clip(np.searchsorted(low, q, side="right") - 1, 0, None)
        return np.where((q >= low[slices]) & (q <= high[slices]), slices, -1)

    def index_of(self, voxel: ArrayLike) -> int:
        """Return the index of the plane nearest to voxel coordinates (i, j, k)."""
        at = float(np.asarray(voxel, dtype=np.float64).reshape(3)[self.axis])
        return int(min(max(np.floor(pixel_from_voxel(at)), 0), self.count - 1))

    def patient_of_plane(self, index: int, points_mm: ArrayLike) -> Floats:
        """Return (n, 3) patient mm of (n, 2) plane mm on the plane of `index`.

        Raises:
            GeometryError: no such plane.
        """
        if not 0 <= index < self.count:
            raise GeometryError(f"the {self.name} plane has {self.count} slices, not {index}")
        points = np.asarray(points_mm, dtype=np.float64).reshape(-1, 2)
        if self.is_acquired:
            return self.stack.planes[index].patient_of_pixel(points / self.stack.spacing_mm)
        voxel = (index, 0, 0) if self.axis == 0 else (0, index, 0)
        away = points - self.place(voxel)
        return self.stack.patient_of_voxel(voxel) + away @ np.stack([self.e_p, self.e_q])

    def position_mm(self, index: int) -> float:
        """Return the plane's position along `e_n` from the patient's origin."""
        return float(self.patient_of_plane(index, (0.0, 0.0))[0] @ self.e_n)

    def position_text(self, index: int) -> str:
        """Return the position as people read it, such as "L 27.3 mm" or "H 24.7 mm"."""
        position = self.position_mm(index)
        towards = letters(self.e_n if position >= 0 else -self.e_n)
        return f"{towards[:1]} {abs(position):.1f} mm"

    @cached_property
    def to_screen(self) -> Floats:
        """(2, 2) signed permutation: rows screen right and down, columns p and q.

        The acquired plane is shown as stored; a reformat as radiologists look at its plane.
        """
        return read_only(np.eye(2)) if self.is_acquired else self.by_convention

    @cached_property
    def by_convention(self) -> Floats:
        """(2, 2) signed permutation that shows the plane as radiologists look at it."""
        cosines = np.array(_CONVENTION[self.name]) @ np.stack([self.e_p, self.e_q]).T
        return read_only(max(SIGNED_PERMUTATIONS, key=lambda turn: float((turn * cosines).sum())))

    def letters(self, to_screen: Floats) -> Edges:
        """Return the letters at the edges when (p, q) is shown through `to_screen` (2, 2)."""
        right, down = to_screen @ np.stack([self.e_p, self.e_q])
        return Edges(letters(-right), letters(right), letters(-down), letters(down))


SIGNED_PERMUTATIONS: tuple[Floats, ...] = tuple(
    read_only(np.array([(a, 0), (0, b)]) if straight else np.array([(0, a), (b, 0)]))
    for straight, a, b in product((True, False), (1.0, -1.0), (1.0, -1.0))
)


def view_planes(stack: Stack) -> dict[PlaneName, ViewPlane]:
    """Return the planes of a stack by name: axial, sagittal, coronal.

    Each voxel axis is cut by the plane that fits best: of all assignments the one with the
    largest sum of |cosines| between voxel axes and patient axes.
    """
    axes = np.abs(np.stack([stack.row_direction, stack.column_direction, stack.normal]))
    fits = [
        (round(float(axes[(0, 1, 2), order].sum()), 9), order) for order in permutations(range(3))
    ]
    best = max(fits, key=lambda fit: fit[0])[1]
    cut_by: tuple[Axis, ...] = (0, 1, 2)
    planes = {_NAMES[best[axis]]: ViewPlane(stack, axis, _NAMES[best[axis]]) for axis in cut_by}
    return {"axial": planes["axial"], "sagittal": planes["sagittal"], "coronal": planes["coronal"]}
