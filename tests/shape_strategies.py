"""Shapes for Hypothesis, about one small picture."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline

near = st.floats(-40, 40)
sizes = st.floats(0.5, 30)
rings = st.lists(st.tuples(near, near), min_size=3, max_size=9)
masks = st.builds(
    lambda cells, x, y: Mask.from_array(np.array(cells).reshape(3, 4), x, y),
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.integers(0, 9),
    st.integers(0, 9),
)
points = st.builds(Point, near, near)
outlined = st.one_of(
    st.builds(Polygon, rings, st.lists(rings, max_size=1).map(tuple)),
    st.builds(Polyline, rings),
    st.builds(Box, near, near, sizes, sizes),
    st.builds(Ellipse, near, near, sizes, sizes, st.just(0.0) | st.floats(-7, 7)),
)
shapes = st.one_of(points, outlined, masks)
