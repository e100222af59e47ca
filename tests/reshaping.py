"""Other shapes of the kinds that exports hold, as Hypothesis draws them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from viewer.geometry.shapes import (
    Box,
    Ellipse,
    Point,
    Points,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Shape,
    Skeleton,
)
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length, Solid, points_of_solid

COORDINATES = st.one_of(
    st.integers(-50, 600).map(float),
    st.floats(-1e4, 1e4, allow_nan=False, allow_infinity=False),
    st.sampled_from([1e-7, 1e8, 0.1, 398.8]),
)
SIDES = COORDINATES.map(abs)
PAIRS = st.tuples(COORDINATES, COORDINATES)
_VOXEL = st.one_of(st.integers(-5, 70).map(float), st.floats(-5, 70))
VOXELS = st.tuples(_VOXEL, _VOXEL, _VOXEL)


ANGLES = st.floats(-7, 7)
STATES = st.sampled_from(["visible", "occluded", "invisible", "self-occluded"])


def _moved(draw: st.DrawFn, ring: Points) -> Points:
    at, pair = draw(st.integers(0, len(ring) - 1)), draw(PAIRS)
    return np.concatenate((ring[:at], [pair], ring[at + 1 :]))


def reshaped(draw: st.DrawFn, shape: Shape | Solid) -> Shape | Solid:
    """Return another shape of the same kind; a mask volume as it is."""
    match shape:
        case Landmark() | Length() | Angle() | Cuboid():
            return type(shape)(*(draw(VOXELS) for _ in points_of_solid(shape)))
        case Box():
            return Box(draw(COORDINATES), draw(COORDINATES), draw(SIDES), draw(SIDES))
        case Point():
            return Point(draw(COORDINATES), draw(COORDINATES))
        case Ellipse():
            return Ellipse(draw(COORDINATES), draw(COORDINATES), draw(SIDES), draw(SIDES))
        case RotatedBox():
            sides = (draw(COORDINATES), draw(COORDINATES), draw(SIDES), draw(SIDES))
            return RotatedBox(*sides, draw(ANGLES))
        case _:
            return _outlined(draw, shape)


def _outlined(draw: st.DrawFn, shape: Shape | Solid) -> Shape | Solid:
    """Return another shape of what has vertices, all else as it is."""
    match shape:
        case Regions():
            return shape.with_rings([_moved(draw, ring) for ring in shape.rings])
        case Skeleton():
            states = tuple(draw(STATES) for _ in shape.states)
            return Skeleton(_moved(draw, shape.points), states, shape.edges)
        case Polygon() | Polyline():
            vertices = [tuple(vertex) for vertex in shape.vertices.tolist()]
            for _ in range(draw(st.integers(1, 3))):
                at = draw(st.integers(0, len(vertices) - 1))
                vertices[at : at + draw(st.integers(0, 1))] = [draw(PAIRS)]
            return type(shape)(vertices)
        case _:
            return shape
