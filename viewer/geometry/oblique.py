"""Planes through a stack in any direction, and how one is turned about a line of another.

An oblique plane has no pixel space of its own: nothing is drawn on it. Its plane coordinates (p, q)
are mm along two perpendicular directions in the patient. What lies at a place of it is what the
slice holds whose slab the place is in: each slice is a prism along the stack's normal, as far as
it is shown on reformats (`Stack.strips_mm`), at its own origin. So tilted stacks are met as they
were acquired, uneven ones show the nearest slice, and a gap holds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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
from viewer.geometry.views import Edges, PlaneName, ViewPlane

LEAST_TURN_DEG = 0.05  # less is the plane itself again
STRAIGHT = 1e-3  # of a pixel: slices that are displaced by less stand above each other
_EDGES = np.array(
    [(0, 1), (1, 3), (3, 2), (2, 0), (4, 5), (5, 7), (7, 6), (6, 4), (0, 4), (1, 5), (2, 6), (3, 7)]
)  # of a block, by the order of `corners_of`
NO_AXIS = 3  # beside the voxel axes 0, 1 and 2: none of them


@dataclass(frozen=True, eq=False)
class ObliquePlane:
    """Parallel planes, numbered along their normal; one of them goes through `through_mm`.

    Args:
        base: the plane of the stack that was turned; its name, size and screen directions stay.
        turn: (3, 3) rotation of its directions in the patient.
        through_mm: (3,) place that it was turned about.
        through_pq: (2,) plane mm of that place, so that it stays where it was on the screen.
    """

    base: ViewPlane
    turn: Floats
    through_mm: Vector
    through_pq: Floats

    def __post_init__(self) -> None:
        for name in ("turn", "through_mm", "through_pq"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    @property
    def stack(self) -> Stack:
        """The slices that it goes through."""
        return self.base.stack

    @property
    def name(self) -> PlaneName:
        """The plane that was turned."""
        return self.base.name

    @property
    def axis(self) -> int:
        """None of the voxel axes: no shape is drawn on such a plane."""
        return NO_AXIS

    @property
    def is_acquired(self) -> bool:
        """It is none of the stack's own planes."""
        return False

    @property
    def bounds_mm(self) -> tuple[float, float, float, float]:
        """(p0, q0, p1, q1) that a view shows: as large as the plane was before it was turned."""
        return self.base.bounds_mm

    @property
    def to_screen(self) -> Floats:
        """(2, 2) signed permutation, as of the plane before it was turned."""
        return self.base.to_screen

    @property
    def by_convention(self) -> Floats:
        """(2, 2) signed permutation that shows the plane as radiologists look at it."""
        return self.base.by_convention

    @cached_property
    def e_p(self) -> Vector:
        """Unit patient vector (3,) in which p grows."""
        return read_only(self.turn @ self.base.e_p)

    @cached_property
    def e_q(self) -> Vector:
        """Unit patient vector (3,) in which q grows; perpendicular to `e_p`."""
        return read_only(self.turn @ self.base.e_q)

    @cached_property
    def e_n(self) -> Vector:
        """Unit patient vector (3,) perpendicular to the plane."""
        return read_only(self.turn @ self.base.e_n)

    @cached_property
    def angle_deg(self) -> float:
        """Angle between its normal and that of the plane before it was turned."""
        across = float(np.linalg.norm(np.cross(self.e_n, self.base.e_n)))
        return float(np.degrees(np.arctan2(across, abs(float(self.e_n @ self.base.e_n)))))

    @cached_property
    def step_mm(self) -> float:
        """Distance between neighbouring planes: that of voxels along the normal."""
        stack = self.stack
        sides = np.array([*stack.spacing_mm, stack.step_mm])
        axes = np.stack([stack.row_direction, stack.column_direction, stack.normal])
        return float(1 / np.linalg.norm(axes @ self.e_n / sides))

    @cached_property
    def _reach(self) -> tuple[int, int]:
        """Number of planes that meet the stack before and behind the one in the middle."""
        away = (corners_of(self.stack) - self.through_mm) @ self.e_n
        slack = 1e-6
        before = max(int(np.floor(-away.min() / self.step_mm - slack)), 0)
        return before, max(int(np.floor(away.max() / self.step_mm - slack)), 0)

    @property
    def count(self) -> int:
        """How many planes there are."""
        return sum(self._reach) + 1

    def away_mm(self, index: int) -> float:
        """Return how far the plane of `index` lies along `e_n` from the one in the middle.

        Raises:
            GeometryError: no such plane.
        """
        if not 0 <= index < self.count:
            raise GeometryError(f"there are {self.count} such planes, not {index}")
        return (index - self._reach[0]) * self.step_mm

    def origin_mm(self, index: int) -> Vector:
        """Return (3,) patient mm where p and q are 0 on the plane of `index`."""
        back = self.through_pq @ np.stack([self.e_p, self.e_q])
        return self.through_mm - back + self.away_mm(index) * self.e_n

    def patient_of_plane(self, index: int, points_mm: ArrayLike) -> Floats:
        """Return (n, 3) patient mm of (n, 2) plane mm on the plane of `index`.

        Raises:
            GeometryError: no such plane.
        """
        points = np.asarray(points_mm, dtype=np.float64).reshape(-1, 2)
        return self.origin_mm(index) + points @ np.stack([self.e_p, self.e_q])

    def plane_of_patient(self, places_mm: ArrayLike) -> Floats:
        """Return (n, 2) plane mm of (n, 3) patient mm, projected onto the planes."""
        away = np.asarray(places_mm, dtype=np.float64).reshape(-1, 3) - self.through_mm
        return self.through_pq + away @ np.stack([self.e_p, self.e_q], axis=1)

    def place(self, voxels: ArrayLike) -> Floats:
        """Return (n, 2) plane mm of (n, 3) voxel coordinates, projected onto the planes."""
        return self.plane_of_patient(patient_between(self.stack, voxels))

    def index_of(self, voxel: ArrayLike) -> int:
        """Return the index of the plane nearest to voxel coordinates (i, j, k)."""
        away = float((patient_between(self.stack, voxel)[0] - self.through_mm) @ self.e_n)
        index = round(away / self.step_mm) + self._reach[0]
        return min(max(index, 0), self.count - 1)

    def voxel_at(self, index: int, p: float, q: float) -> tuple[float, float, float] | None:
        """Return voxel coordinates (i, j, k) at plane mm; None in a gap or outside the pixels.

        All three are fractional; `patient_between` leads back to the very place.
        """
        return voxel_between(self.stack, self.patient_of_plane(index, (p, q))[0])

    def moved_to(self, voxel: ArrayLike, index: int) -> tuple[float, float, float]:
        """Return a voxel place moved straight to the plane of `index`.

        Where it would leave the pixels: to the middle of what the plane meets of the stack.
        """
        place = patient_between(self.stack, voxel)[0]
        wanted = self.through_mm @ self.e_n + self.away_mm(index)
        straight = voxel_between(self.stack, place + (wanted - place @ self.e_n) * self.e_n)
        middle = straight or voxel_between(self.stack, self.section(index).mean(axis=0))
        if middle is not None:
            return middle
        i, j, k = np.asarray(voxel, dtype=np.float64).reshape(3).tolist()
        return i, j, k

    def section(self, index: int) -> Floats:
        """Return (n, 3) patient mm around what the plane of `index` meets of the stack.

        The corners of what it meets of a block of slices that stand above each other; else of all
        slices.
        """
        corners = corners_of(self.stack)
        if not is_straight(self.stack):
            return corners
        ends = corners.reshape(-1, 4, 3)[[0, -1]].reshape(8, 3)[_EDGES]
        away = (ends - self.origin_mm(index)) @ self.e_n
        crossed = (away[:, 0] <= 0) != (away[:, 1] <= 0)
        away, ends = away[crossed], ends[crossed]
        share = away[:, :1] / (away[:, :1] - away[:, 1:])
        found = ends[:, 0] + share * (ends[:, 1] - ends[:, 0])
        return found if len(found) else self.origin_mm(index)[None, :]

    def position_mm(self, index: int) -> float:
        """Return the plane's position along `e_n` from the patient's origin."""
        return float(self.origin_mm(index) @ self.e_n)

    def position_text(self, index: int) -> str:
        """Return the position as people read it, such as "LA 27.3 mm"."""
        position = self.position_mm(index)
        return f"{letters(self.e_n if position >= 0 else -self.e_n)} {abs(position):.1f} mm"

    def letters(self, to_screen: Floats) -> Edges:
        """Return the letters at the edges when (p, q) is shown through `to_screen` (2, 2)."""
        right, down = to_screen @ np.stack([self.e_p, self.e_q])
        return Edges(letters(-right), letters(right), letters(-down), letters(down))

    def turned(self, turn: Floats, through_mm: ArrayLike) -> ObliquePlane:
        """Return the plane turned further about a place of the patient.

        Args:
            turn: (3, 3) rotation in the patient.
            through_mm: (3,); where it is shown it stays.
        """
        at = self.plane_of_patient(through_mm)[0]
        return ObliquePlane(self.base, turn @ self.turn, np.asarray(through_mm), at)

    def on(self, base: ViewPlane) -> ObliquePlane:
        """Return the same plane in another stack of the same places in the patient."""
        return ObliquePlane(base, self.turn, self.through_mm, self.through_pq)

    @property
    def is_turned(self) -> bool:
        """It differs from the plane that it was made of."""
        cosine = (float(np.trace(self.turn)) - 1) / 2
        sines = self.turn - self.turn.T
        sine = float(np.linalg.norm([sines[2, 1], sines[0, 2], sines[1, 0]])) / 2
        return float(np.degrees(np.arctan2(sine, cosine))) >= LEAST_TURN_DEG


AnyPlane = ViewPlane | ObliquePlane


def oblique_of(view: AnyPlane, voxel: ArrayLike) -> ObliquePlane:
    """Return a plane of a stack as one that can be turned about a voxel place (i, j, k)."""
    through = patient_between(view.stack, voxel)[0]
    if isinstance(view, ObliquePlane):
        return view.turned(np.eye(3), through)
    return ObliquePlane(view, np.eye(3), through, view.place(voxel)[0])


def rotation(about: ArrayLike, angle: float) -> Floats:
    """Return the (3, 3) rotation by an angle in radians about a unit vector, right-handed.

    Source: Rodrigues' formula.
    """
    x, y, z = np.asarray(about, dtype=np.float64).tolist()
    cross = np.array([(0.0, -z, y), (z, 0.0, -x), (-y, x, 0.0)])
    return read_only(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)


def corners_of(stack: Stack) -> Floats:
    """Return (4 n, 3) patient mm of the corners of all slices, at the far sides of the outer ones.

    Corners count from the outside of the pixels.
    """
    sides = np.array([(0, 0), (1, 0), (0, 1), (1, 1)]) * (stack.columns, stack.rows)
    ways = voxel_from_pixel(sides) @ _steps_mm(stack)
    ends = np.zeros(stack.count)
    ends[0] -= stack.strips_mm[0, 0]
    starts = stack.origins + ends[:, None] * stack.normal
    over = stack.origins[-1] + stack.strips_mm[-1, 1] * stack.normal
    places = np.concatenate([starts, over[None, :]])
    return (places[:, None, :] + ways).reshape(-1, 3)


def is_straight(stack: Stack) -> bool:
    """Whether no slice is displaced in its own plane."""
    away = stack.origins - stack.origins[0]
    aside = np.abs(away @ np.stack([stack.row_direction, stack.column_direction], axis=1))
    return bool((aside.max(axis=0) <= STRAIGHT * np.array(stack.spacing_mm)).all())


def _knots(stack: Stack) -> tuple[Floats, Floats]:
    """Numbers of slices, with half a slice at both ends, and their positions along the normal."""
    numbers = np.arange(-1.0, stack.count + 1)
    numbers[[0, -1]] = voxel_from_pixel((0.0, stack.count))
    positions = stack.positions_mm
    low, high = positions[0] - stack.slabs_mm[0, 0], positions[-1] + stack.slabs_mm[-1, 1]
    return numbers, np.concatenate([[low], positions, [high]])


def patient_between(stack: Stack, voxels: ArrayLike) -> Floats:
    """Return (n, 3) patient mm of (n, 3) voxel coordinates whose k may lie between slices.

    A k stands for a position along the normal, evenly between those of its two slices; i and j
    count in the nearest slice.
    """
    ijk = np.asarray(voxels, dtype=np.float64).reshape(-1, 3)
    k = np.clip(np.floor(pixel_from_voxel(ijk[:, 2])), 0, stack.count - 1).astype(np.intp)
    away = np.interp(ijk[:, 2], *_knots(stack)) - stack.positions_mm[k]
    return stack.origins[k] + ijk[:, :2] @ _steps_mm(stack) + away[:, None] * stack.normal


def voxel_between(stack: Stack, place_mm: ArrayLike) -> tuple[float, float, float] | None:
    """Return (i, j, k) of a place, k between slices; None in a gap or outside the pixels."""
    place = np.asarray(place_mm, dtype=np.float64).reshape(3)
    along = float(place @ stack.normal)
    k = int(slices_at(stack, np.array([along]))[0])
    if k < 0:
        return None
    away = place - stack.origins[k]
    dx, dy = stack.spacing_mm
    i, j = float(away @ stack.row_direction) / dx, float(away @ stack.column_direction) / dy
    x, y = pixel_from_voxel((i, j)).tolist()
    if not (0 <= x < stack.columns and 0 <= y < stack.rows):
        return None
    numbers, positions = _knots(stack)
    return i, j, float(np.interp(along, positions, numbers))


def slices_at(stack: Stack, along_mm: Floats) -> NDArray[np.intp]:
    """Return the slice that is shown at each position along the normal; -1 where none is."""
    low = stack.positions_mm - stack.strips_mm[:, 0]
    high = stack.positions_mm + stack.strips_mm[:, 1]
    slices = np.clip(np.searchsorted(low, along_mm, side="right") - 1, 0, None)
    return np.where((along_mm >= low[slices]) & (along_mm <= high[slices]), slices, -1)


def _steps_mm(stack: Stack) -> Floats:
    """(2, 3): the way from one column, and from one row, to the next."""
    dx, dy = stack.spacing_mm
    return np.stack([stack.row_direction * dx, stack.column_direction * dy])
