"""The values of one plane of a media, row by row, each row where it lies in the patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.inside import Area, cells_inside
from viewer.geometry.measure import bounds
from viewer.geometry.space import pixel_from_voxel, voxel_from_pixel
from viewer.geometry.views import Axis, ViewPlane, view_planes
from viewer.media.volume import Media, Pixels, Stored, Video, Volume

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
NOT_HERE = "its pixels are not at hand: go to it"
LOADING = "its series is still loading"
GAP = 1e-6  # of a step: what lies nearer meets
PAGED = "the series does not fit into memory: values are read on its own slices alone"


@dataclass(frozen=True, eq=False)
class Sheet:
    """Stored values of a plane and where they lie, in plane mm; a reformat's rows are its slices.

    Args:
        media: whose pixels they are.
        stored: (rows, cells) values, or (rows, cells, 3) RGB.
        cell_mm: width of a cell.
        starts_p: (rows,) left edge of the first cell of each row.
        centres_q: (rows,) middle of each row, ascending.
        spans_q: (rows, 2) where each row is shown; between them lies nothing.
        first: the picture that row 0 is of, and whether the rows are of further ones.
    """

    media: Media
    stored: Pixels
    cell_mm: float
    starts_p: Floats
    centres_q: Floats
    spans_q: Floats
    picture: int | None

    @property
    def is_colour(self) -> bool:
        """Three values in a cell."""
        return self.stored.ndim == 3

    def values_in(self, area: Area) -> Floats:
        """Return (n,) or (n, 3) values of the cells whose centres lie inside; padding left out."""
        first, end, left, right = self._around(area)
        across = pixel_from_voxel(np.arange(left, right)) * self.cell_mm
        p = self.starts_p[first:end, None] + across
        inside = cells_inside(area, p, self.centres_q[first:end])
        stored = self.stored[first:end, left:right][inside]
        found = self._in_units(stored, first + np.nonzero(inside)[0])
        return found[~np.isnan(found)] if found.ndim == 1 else found

    def sampled(self, points: Floats) -> Floats:
        """Return (n,) or (n, 3) values at (n, 2) places, mixed linearly between cells' centres.

        NaN outside, in gaps and beside padding; the outermost half cell is as its centre, and
        beside a gap nothing is mixed across it.
        """
        p, q = points[:, 0], points[:, 1]
        last = len(self.centres_q) - 1
        below: Ints = np.searchsorted(self.centres_q, q, side="right") - 1
        low: Ints = np.clip(below, 0, max(last - 1, 0))
        high: Ints = np.minimum(low + 1, last)
        step = self.centres_q[high] - self.centres_q[low]
        share = np.clip((q - self.centres_q[low]) / np.where(step > 0, step, 1.0), 0.0, 1.0)
        is_gap = self.spans_q[high, 0] - self.spans_q[low, 1] > GAP * step
        share = np.where(is_gap, q > self.spans_q[low, 1], share)
        mixed = _mixed(self._along(low, p), self._along(high, p), share)
        return _where(self._rows_at(q) >= 0, mixed)

    def value_at(self, p: float, q: float) -> Floats | None:
        """Return the (1,) or (3,) value of the cell at a place; None outside, NaN for padding."""
        row = int(self._rows_at(np.array([q]))[0])
        if row < 0:
            return None
        cell = int(np.floor((p - self.starts_p[row]) / self.cell_mm))
        if not 0 <= cell < self.stored.shape[1]:
            return None
        return np.atleast_1d(self._in_units(self.stored[row, cell][None], np.array([row]))[0])

    def _along(self, rows: Ints, p: Floats) -> Floats:
        """Values in a row at p, mixed between its cells."""
        cells = self.stored.shape[1]
        pixel = (p - self.starts_p[rows]) / self.cell_mm
        x = np.clip(voxel_from_pixel(pixel), 0, cells - 1)
        left = np.minimum(np.floor(x).astype(np.intp), max(cells - 2, 0))
        right = np.minimum(left + 1, cells - 1)
        first, second = (self._in_units(self.stored[rows, at], rows) for at in (left, right))
        mixed = _mixed(first, second, x - left)
        return _where((pixel >= 0) & (pixel <= cells), mixed)

    def _rows_at(self, q: Floats) -> Ints:
        """The row that is shown at each q, -1 for none; between rows that meet there is no gap."""
        low, high = self.spans_q[:, 0], self.spans_q[:, 1]
        below: Ints = np.searchsorted(low, q, side="right") - 1
        near: Ints = np.clip(below, 0, None)
        slack = GAP * (high[near] - low[near])
        return np.where((q >= low[near] - slack) & (q <= high[near] + slack), near, -1)

    def _around(self, area: Area) -> tuple[int, int, int, int]:
        """Rows and cells [from, to) that may lie inside."""
        p0, q0, p1, q1 = bounds(area)
        first = int(np.searchsorted(self.centres_q, q0))
        end = int(np.searchsorted(self.centres_q, q1, side="right"))
        starts = self.starts_p[first:end]
        if not len(starts):
            return 0, 0, 0, 0
        cells = self.stored.shape[1]
        left = np.floor((p0 - float(starts.max())) / self.cell_mm)
        right = np.ceil((p1 - float(starts.min())) / self.cell_mm) + 1
        low, high = (int(np.clip(at, 0, cells)) for at in (left, right))
        return first, end, low, max(low, high)

    def _in_units(self, stored: Pixels, rows: Ints) -> Floats:
        """Modality values of (n,) stored ones, each of a row; NaN for padding."""
        media = self.media
        if isinstance(media, Video) or self.is_colour:
            return np.asarray(stored, dtype=np.float64)
        values = self._rescaled(media, stored, rows)
        padding = media.padding_in(stored)
        if padding is not None:
            values[padding] = np.nan
        return values

    def _rescaled(self, media: Stored, stored: Pixels, rows: Ints) -> Floats:
        if self.picture is not None or not media.presentation.rescales:
            return media.in_units(stored, self.picture)
        each = media.presentation.rescales
        slopes, intercepts = np.array([(one.slope, one.intercept) for one in each])[rows].T
        return stored.astype(np.float64) * slopes + intercepts


def sheet_of(media: Media, axis: Axis, index: int) -> Sheet | str:
    """Return the values of a plane, or why there are none; at once, nothing is computed.

    Args:
        media: whose.
        axis: voxel axis that the plane cuts; 2 for frames.
        index: slice along it, or frame.
    """
    if axis == 2:
        picture = media.picture(index)
        return NOT_HERE if picture is None else _of_picture(media, picture, index)
    if not isinstance(media, Volume):
        return NOT_HERE
    if media.pages is not None:
        return PAGED
    if not media.ready.all():
        return LOADING
    view = next(one for one in view_planes(media.stack).values() if one.axis == axis)
    return _of_reformat(media, view, index)


def _of_picture(media: Media, picture: Pixels, index: int) -> Sheet:
    dx, dy = media.spacing_mm
    edges: Floats = np.arange(media.rows + 1, dtype=np.float64) * dy
    return Sheet(
        media,
        picture,
        dx,
        np.zeros(media.rows),
        pixel_from_voxel(np.arange(media.rows)) * dy,
        np.stack([edges[:-1], edges[1:]], axis=1),
        index,
    )


def _of_reformat(media: Volume, view: ViewPlane, index: int) -> Sheet:
    stored = media.strips(view.axis, index)
    return Sheet(media, stored, view.pixel_mm, view.shifts, view.centres_q, view.strips_q, None)


def _mixed(first: Floats, second: Floats, share: Floats) -> Floats:
    """Between two values; of a share of nothing no NaN comes."""
    part = share if first.ndim == 1 else share[:, None]
    mixed = first + (second - first) * part
    return np.where(part == 0, first, np.where(part == 1, second, mixed))


def _where(held: NDArray[np.bool_], values: Floats) -> Floats:
    """(n,) or (n, 3) values, NaN where (n,) is not so."""
    return np.where(held if values.ndim == 1 else held[:, None], values, np.nan)
