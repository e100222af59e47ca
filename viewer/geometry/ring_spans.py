"""Where a line of pixel space runs inside closed rings: of the rings of many shapes at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.shapes import Points
from viewer.geometry.space import Floats

NARROW = 1e-7  # of a pixel: rings that go back along themselves enclose no more, by rounding
NO_POINTS = np.empty((0, 2))


def spans_inside(
    shapes: Sequence[Sequence[Points]], axis: int, at: float
) -> tuple[Floats, NDArray[np.intp]]:
    """Return intervals of a line inside the rings of shapes, by the even-odd rule.

    Args:
        shapes: the closed rings of each; the last vertex of a ring joins its first.
        axis, at: as of `spans_of_rings`.

    Returns:
        (n, 2) low and high ends, rising within each shape, and (n,) the rising numbers of the
        shapes that they are of.
    """
    rings = [ring for shape in shapes for ring in shape]
    owners = np.repeat(np.arange(len(shapes)), [len(shape) for shape in shapes])
    counts = np.array([len(ring) for ring in rings], dtype=np.int64)
    return spans_of_rings(np.concatenate([NO_POINTS, *rings]), counts, owners, axis, at)


def spans_of_rings(
    points: Points, counts: NDArray[np.int64], owners: NDArray[np.intp], axis: int, at: float
) -> tuple[Floats, NDArray[np.intp]]:
    """Return the same of rings that stand one behind the other.

    Args:
        points: (n, 2) vertices.
        counts: (rings,) how many of them each has, at least one.
        owners: (rings,) rising numbers of the shapes that they are of.
        axis: coordinate that is `at` all along the line: 0 for x.
        at: an end of a side that lies on the line belongs to the side above it.
    """
    ends = np.cumsum(counts)
    following = np.arange(1, len(points) + 1)
    following[ends - 1] = ends - counts
    is_below = points[:, axis] <= at
    meets = np.flatnonzero(is_below != is_below[following])
    crossed = crossings(points[meets], points[following[meets]], axis, at)
    own = owners[np.searchsorted(ends, meets, side="right")]
    spans = crossed[np.lexsort((crossed, own))].reshape(-1, 2)  # each ring is crossed evenly
    is_wide = spans[:, 1] - spans[:, 0] > NARROW
    return spans[is_wide], own[::2][is_wide]


def crossings(starts: Points, ends: Points, axis: int, at: float) -> Floats:
    """(n,) other coordinate at which sides, whose ends lie on both sides of a line, cross it."""
    share = (at - starts[:, axis]) / (ends[:, axis] - starts[:, axis])
    return starts[:, 1 - axis] + share * (ends - starts)[:, 1 - axis]
