"""One plane of the shown media, volume or frames alike: indices, places and voxels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from viewer.geometry.mask import Mask
from viewer.geometry.measure import outline
from viewer.geometry.oblique import AnyPlane, ObliquePlane, patient_between
from viewer.geometry.shapes import Points, Shape
from viewer.geometry.space import Floats, letters, pixel_from_voxel, voxel_from_pixel
from viewer.geometry.tracing import mask_lines, traced
from viewer.geometry.views import ViewPlane
from viewer.media.volume import Media, Video, Volume
from viewer.render.fusion import value_at
from viewer.render.lines import Lines, lines_of_mask
from viewer.session.viewing import Voxel

_EXACT = 1e15  # beyond, not every whole number is one of double precision


@dataclass(frozen=True, eq=False)
class ShownPlane:
    """A plane of a media; frames have one, in pixel space times their spacing.

    Args:
        view: the plane of a volume, None for frames.
    """

    media: Media
    view: AnyPlane | None

    @property
    def _drawn_on(self) -> ViewPlane | None:
        """In whose pixels shapes are drawn: of an oblique plane that which was turned.

        Nothing is drawn on the oblique one itself.
        """
        return self.view.base if isinstance(self.view, ObliquePlane) else self.view

    @property
    def axis(self) -> int:
        """The voxel axis that the plane cuts."""
        return 2 if self.view is None else self.view.axis

    @property
    def is_acquired(self) -> bool:
        """The plane is the media's own."""
        return self.axis == 2

    @property
    def count(self) -> int:
        """Number of slices or frames along the axis."""
        return self.media.count if self.view is None else self.view.count

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the plane in its own pixels."""
        view = self._drawn_on
        return (self.media.columns, self.media.rows) if view is None else view.size

    def index_of(self, voxel: Voxel) -> int:
        """Return the slice that holds a voxel place."""
        if self.view is not None:
            return self.view.index_of(voxel)
        return int(np.clip(round(voxel[2]), 0, self.media.count - 1))

    def with_index(self, voxel: Voxel, index: int) -> Voxel:
        """Return the voxel place moved to another slice of this plane."""
        if isinstance(self.view, ObliquePlane):
            return self.view.moved_to(voxel, min(max(index, 0), self.count - 1))
        wanted = float(min(max(index, 0), self.count - 1))
        i, j, k = (wanted if axis == self.axis else at for axis, at in enumerate(voxel))
        return (i, j, k)

    def voxel_at(self, index: int, p: float, q: float) -> Voxel | None:
        """Return the voxel place at plane mm, None outside the pixels."""
        if self.view is not None:
            return self.view.voxel_at(index, p, q)
        dx, dy = self.media.spacing_mm
        x, y = p / dx, q / dy
        if not (0 <= x < self.media.columns and 0 <= y < self.media.rows):
            return None
        i, j = voxel_from_pixel((x, y)).tolist()
        return (i, j, float(index))

    def mm_of_pixels(self, points: ArrayLike) -> Floats:
        """Return (n, 2) plane mm of (n, 2) places in the plane's pixel space."""
        if self._drawn_on is not None:
            return self._drawn_on.mm_of_pixels(points)
        return np.asarray(points, dtype=np.float64).reshape(-1, 2) * self.media.spacing_mm

    def pixel_at(self, p: float, q: float) -> tuple[float, float]:
        """Return the place in the plane's pixel space at plane mm."""
        if self._drawn_on is not None:
            x, y = self._drawn_on.pixels_of_mm([(p, q)])[0].tolist()
            return x, y
        return p / self.media.spacing_mm[0], q / self.media.spacing_mm[1]

    def pixel_size_mm(self, y: float) -> tuple[float, float]:
        """Return how wide and high pixels are at a height in the plane's pixel space."""
        return self.media.spacing_mm if self._drawn_on is None else self._drawn_on.pixel_size_mm(y)

    def rings_of(self, shape: Shape) -> tuple[tuple[Points, bool], ...]:
        """Return the lines of a shape of this plane in plane mm, and whether they are closed."""
        view = self._drawn_on
        return tuple(
            (self.mm_of_pixels(ring) if view is None else traced(ring, view, closed=closed), closed)
            for ring, closed in outline(shape)
        )

    def lines_of_mask(self, mask: Mask) -> Lines:
        """Return the lines of a mask of this plane, not kept."""
        view = self._drawn_on
        if view is None or view.is_regular:
            return lines_of_mask(mask, self.pixel_size_mm(0))
        edges, fills = mask_lines(mask, view)
        return Lines(edges=edges, fills=fills)

    def place_of(self, voxel: Voxel) -> tuple[float, float]:
        """Return the plane mm of a voxel place."""
        if self.view is not None:
            p, q = self.view.place(voxel)[0].tolist()
            return (p, q)
        x, y = pixel_from_voxel(voxel[:2]).tolist()
        return (x * self.media.spacing_mm[0], y * self.media.spacing_mm[1])


def probe_text(media: Media, voxel: Voxel) -> str:
    """Return the status line's words for the pixel at a voxel place: x, y, value, patient mm."""
    x, y = pixel_from_voxel(voxel[:2]).tolist()
    words = [f"x {x:.1f}  y {y:.1f}", _value_text(media, voxel)]
    if isinstance(media, Volume) and media.is_calibrated:
        at = patient_between(media.stack, voxel)[0]
        words.append("  ".join(_along(axis, float(at[axis])) for axis in range(3)) + " mm")
    return "  ·  ".join(word for word in words if word)


def laid_text(base: Media, voxel: Voxel, over: Media, *, by_voxel: bool) -> str:
    """Return the value of what is laid over a media at one of its voxel places, "" without one."""
    if not isinstance(base, Volume) or not isinstance(over, Volume):
        return ""
    stack = base.stack if by_voxel else over.stack
    found = value_at(over, stack, patient_between(base.stack, voxel)[0])
    words = "" if found is None else _value_text(over, found)
    return f"over it: {words}" if words else ""


def _along(axis: int, value: float) -> str:
    direction = np.zeros(3)
    direction[axis] = 1.0 if value >= 0 else -1.0
    return f"{letters(direction)} {abs(value):.1f}"


def _value_text(media: Media, voxel: Voxel) -> str:
    i, j, k = (int(at) for at in np.floor(pixel_from_voxel(voxel)))
    inside = 0 <= i < media.columns and 0 <= j < media.rows and 0 <= k < media.count
    picture = media.picture(k) if inside else None
    if picture is None:
        return ""
    stored = picture[j, i]
    if isinstance(media, Video) or media.is_colour:
        return "RGB " + " ".join(str(int(part)) for part in stored)
    value = float(media.in_units(stored, k))
    words = f"{_figure(value)} {media.unit}".strip().replace("-", "\N{MINUS SIGN}", 1)
    uptake = media.in_suv(stored, k)
    suv = math.nan if uptake is None else float(uptake)
    return f"{words}  SUV {suv:.2f}" if math.isfinite(suv) else words


def _figure(value: float) -> str:
    """Return a value in words: whole numbers whole, others with two places or three digits."""
    if not math.isfinite(value):
        return "no number" if math.isnan(value) else "infinite" if value > 0 else "-infinite"
    if value == round(value) and abs(value) < _EXACT:
        return f"{value:.0f}"
    return f"{value:.2f}" if 1 <= abs(value) < _EXACT else f"{value:.3g}"
