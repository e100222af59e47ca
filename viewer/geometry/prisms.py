"""Where a plane meets a prism: a flat figure that is some mm thick along its normal.

The figure lies in mm (a, b) along two perpendicular directions of the patient, its thickness in t
along the third. A plane that stands askew meets it in the part of the figure that lies in a strip;
one that stands upright on it in bands as high as the prism is thick; one that is parallel in the
whole figure or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.oblique import ObliquePlane
from viewer.geometry.shapes import Points
from viewer.geometry.space import Floats, Vector

PARALLEL = 1e-9  # sine of the angle between plane and figure
NARROW_MM = 1e-7  # a strip of the figure that is narrower is a line
_NO_SEGMENTS = np.empty((0, 4))


@dataclass(frozen=True, eq=False)
class Prism:
    """Where figures lie and how thick they are.

    Args:
        origin_mm: (3,) patient mm where a, b and t are 0.
        axes: (3, 3) unit patient vectors along a, b and t, one in each row.
        low, high: the thickness: from which t to which.
        pixel_mm: (2,) size of a pixel along a and b; a point stands for one of them.
        shut: whether a figure ends at `low` and at `high`, and does not go on in another prism.
    """

    origin_mm: Vector
    axes: Floats
    low: float
    high: float
    pixel_mm: tuple[float, float]
    shut: tuple[bool, bool] = (True, True)


class Areas(NamedTuple):
    """Where a plane meets filled figures, in plane mm.

    Args:
        rings: what they enclose, even-odd, is inside.
        edges: (n, 4) p0, q0, p1, q1: its border.
    """

    rings: tuple[Points, ...]
    edges: Floats


class Crossing:
    """A plane of an oblique family as a prism sees it."""

    def __init__(self, prism: Prism, plane: ObliquePlane, index: int) -> None:
        normal = prism.axes @ plane.e_n
        self._prism = prism
        is_upright = abs(normal[2]) * (prism.high - prism.low) < NARROW_MM
        self._way, self._rise = normal[:2], 0.0 if is_upright else float(normal[2])
        self._steep = float(np.hypot(*self._way))
        self._away = float((prism.origin_mm - plane.origin_mm(index)) @ plane.e_n)
        self._reach = float(np.abs(self._way) @ prism.pixel_mm) / 2
        self._origin_pq = plane.plane_of_patient(prism.origin_mm)[0]
        self._to_plane = prism.axes @ np.stack([plane.e_p, plane.e_q], axis=1)

    @property
    def is_flat(self) -> bool:
        """The plane lies rather along the figures than across them."""
        return abs(self._rise) >= self._steep

    def areas(self, rings: Sequence[Points]) -> Areas:
        """Return where the plane meets what rings of (n, 2) a, b enclose, even-odd."""
        rings = [ring for ring in rings if len(ring) > 2]
        if self._steep < PARALLEL:
            return self._whole(rings)
        along, at = self._way / self._steep, np.array([-self._way[1], self._way[0]]) / self._steep
        turned = [np.stack([ring @ at, ring @ along], axis=1) for ring in rings]
        sides = [self._level(t) for t in (self._prism.low, self._prism.high)]
        if not self._rise:
            return self._upright(turned, sides[0])
        ends = min(sides), max(sides)
        inside = [clipped_ring(ring, *ends) for ring in turned]
        parts = [clipped_edges(ring, *ends) for ring in turned]
        shut = [level for level, is_end in zip(sides, self._prism.shut, strict=True) if is_end]
        parts += [_level_edges(_spans(turned, level), level) for level in shut]
        edges = np.concatenate(parts) if parts else _NO_SEGMENTS
        placed = self._of_levels(edges.reshape(-1, 2)).reshape(-1, 4)
        return Areas(tuple(self._of_levels(ring) for ring in inside if len(ring) > 2), placed)

    def lines(self, segments: Floats) -> Floats:
        """Return (m, 4) where the plane meets lines of (n, 4) a0, b0, a1, b1.

        A line that stays within a pixel of the plane lies along it; others are met where they go
        through it, from one side of the prism to the other.
        """
        starts, ends = segments[:, :2], segments[:, 2:]
        first, last = self._distances(starts), self._distances(ends)
        (t0, near0), (t1, near1) = self._nearest(first), self._nearest(last)
        stays = near0 & near1
        lying = np.hstack([self._placed(starts, t0), self._placed(ends, t1)])[stays]
        through = self._through(segments[~stays], first[~stays], last[~stays])
        return np.concatenate([lying, through])

    def points(self, points: Points) -> Floats:
        """Return (m, 4) ticks where the plane meets the pixels of (n, 2) points, a and b."""
        away = self._distances(points)
        _, near = self._nearest(away)
        met, away = points[near], away[near]
        low, high = (np.full(len(met), t) for t in (self._prism.low, self._prism.high))
        if self._rise:
            edges = (np.array([[-self._reach], [self._reach]]) - away) / self._rise
            low, high = np.maximum(low, edges.min(axis=0)), np.minimum(high, edges.max(axis=0))
        return np.hstack([self._placed(met, low), self._placed(met, high)])

    def _whole(self, rings: Sequence[Points]) -> Areas:
        """The figure itself, where the parallel plane lies within the prism."""
        t = -self._away / self._rise
        if not self._prism.low <= t < self._prism.high:
            return Areas((), _NO_SEGMENTS)
        placed = tuple(self._placed(ring, np.full(len(ring), t)) for ring in rings)
        edges = [np.hstack([ring, np.roll(ring, -1, axis=0)]) for ring in placed]
        return Areas(placed, np.concatenate(edges) if edges else _NO_SEGMENTS)

    def _upright(self, turned: Sequence[Points], level: float) -> Areas:
        """Bands as high as the prism is thick."""
        spans = _spans(turned, level)
        if not len(spans):
            return Areas((), _NO_SEGMENTS)
        way = self._way / self._steep
        across = np.array([-way[1], way[0]])
        ends = spans.reshape(-1, 1) * across + level * way
        low, high = (
            self._placed(ends, np.full(len(ends), t)).reshape(-1, 2, 2)
            for t in (self._prism.low, self._prism.high)
        )
        rings = np.concatenate([low, high[:, ::-1]], axis=1)
        edges = np.concatenate([rings, np.roll(rings, -1, axis=1)], axis=2)
        is_drawn = [self._prism.shut[0], True, self._prism.shut[1], True]
        return Areas(tuple(rings), edges[:, is_drawn].reshape(-1, 4))

    def _level(self, t: float) -> float:
        """How far along its way up the figure the plane is met at t."""
        return -(self._rise * t + self._away) / self._steep

    def _of_levels(self, turned: Points) -> Points:
        """Return (n, 2) plane mm of (n, 2) places across and along the way up the figure."""
        way = self._way / self._steep
        figure = turned @ np.array([(-way[1], way[0]), way])
        t = -(self._steep * turned[:, 1] + self._away) / self._rise
        return self._placed(figure, np.clip(t, self._prism.low, self._prism.high))

    def _placed(self, figure: Points, t: NDArray[np.float64]) -> Points:
        return self._origin_pq + np.hstack([figure, t[:, None]]) @ self._to_plane

    def _distances(self, figure: Points) -> Floats:
        """(n,) distances of places of the figure, at t = 0, from the plane."""
        return self._away + figure @ self._way

    def _nearest(self, away: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """The t at which a place comes nearest to the plane, and whether a pixel there meets it."""
        if not self._rise:
            return np.zeros(len(away)), np.abs(away) <= self._reach
        t = np.clip(-away / self._rise, self._prism.low, self._prism.high)
        return t, np.abs(away + self._rise * t) <= self._reach + NARROW_MM

    def _through(self, segments: Floats, first: Floats, last: Floats) -> Floats:
        """(m, 4) where lines with ends on both sides go through, from side to side of the prism."""
        low, high = self._prism.low, self._prism.high
        run = np.where(first == last, np.nan, last - first)
        shares = np.stack([-(first + self._rise * t) / run for t in (low, high)])
        shares = np.clip(np.sort(shares, axis=0), 0, 1)
        is_met = (shares[1] > shares[0]) if self._rise else (first <= 0) != (last <= 0)
        segments, first, run, shares = (
            segments[is_met],
            first[is_met],
            run[is_met],
            shares[:, is_met],
        )
        ends: list[Points] = []
        for share, side in zip(shares, (low, high), strict=True):
            place = segments[:, :2] + share[:, None] * (segments[:, 2:] - segments[:, :2])
            away = first + share * run
            t = -away / self._rise if self._rise else np.full(len(place), side)
            ends.append(self._placed(place, t))
        return np.hstack(ends)


def clipped_ring(ring: Points, low: float, high: float) -> Points:
    """Return the part of a ring's inside whose second coordinate is between two bounds.

    Where it falls apart the parts hang together along a bound, which encloses nothing.

    Source: Sutherland and Hodgman, Reentrant polygon clipping, 1974.
    """
    for bound, sign in ((low, 1.0), (high, -1.0)):
        if not len(ring):
            return ring
        inside = (ring[:, 1] - bound) * sign >= 0
        following = np.roll(ring, -1, axis=0)
        leaves = inside != np.roll(inside, -1)
        run = np.where(leaves, following[:, 1] - ring[:, 1], 1.0)
        share = (bound - ring[:, 1]) / run
        met = ring + share[:, None] * (following - ring)
        met[:, 1] = bound
        both = np.stack([ring, met], axis=1)
        ring = both[np.stack([inside, leaves], axis=1)]
    return ring


def clipped_edges(ring: Points, low: float, high: float, *, closed: bool = True) -> Floats:
    """Return (m, 4) the parts of a line's edges whose second coordinate is between two bounds."""
    starts = ring if closed else ring[:-1]
    ends = np.roll(ring, -1, axis=0) if closed else ring[1:]
    run = ends - starts
    level = run[:, 1] == 0
    rise = np.where(level, 1.0, run[:, 1])
    shares = np.sort((np.array([[low], [high]]) - starts[:, 1]) / rise, axis=0)
    is_in = (starts[:, 1] >= low) & (starts[:, 1] <= high)
    shares = np.where(level, np.where(is_in, [[0.0], [1.0]], [[1.0], [0.0]]), shares)
    shares = np.clip(shares, 0, 1)
    kept = shares[1] > shares[0]
    parts = [starts[kept] + share[kept, None] * run[kept] for share in shares]
    return np.hstack(parts)


def _spans(rings: Sequence[Points], level: float) -> Floats:
    """(n, 2) intervals of the first coordinate inside rings where the second is `level`.

    Where a ring goes back along itself it encloses nothing, so no interval is narrower than a line.
    """
    found: list[NDArray[np.float64]] = [np.empty(0)]
    for ring in rings:
        following = np.roll(ring, -1, axis=0)
        meets = (ring[:, 1] <= level) != (following[:, 1] <= level)
        a, b = ring[meets], following[meets]
        found.append(a[:, 0] + (level - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0]))
    spans = np.sort(np.concatenate(found)).reshape(-1, 2)
    return spans[spans[:, 1] - spans[:, 0] > NARROW_MM]


def _level_edges(spans: Floats, level: float) -> Floats:
    return np.stack(
        [spans[:, 0], np.full(len(spans), level), spans[:, 1], np.full(len(spans), level)], axis=1
    )
