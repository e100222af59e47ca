"""Shapes for Hypothesis, about one small picture."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from viewer.geometry.mask import Mask
from viewer.geometry.shapes import (
    Box,
    Ellipse,
    Point,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Skeleton,
)

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
polygons = st.builds(Polygon, rings, st.lists(rings, max_size=1).map(tuple))
regions = st.builds(Regions, st.lists(polygons, min_size=1, max_size=3).map(tuple))
rotated_boxes = st.builds(RotatedBox, near, near, sizes, sizes, st.just(0.0) | st.floats(-7, 7))
states = st.sampled_from(["visible", "occluded", "invisible", "self-occluded"])


@st.composite
def skeletons(draw: st.DrawFn) -> Skeleton:
    """Nodes with some of the edges that they could have."""
    nodes = draw(st.lists(st.tuples(near, near), min_size=1, max_size=6))
    node = st.integers(0, len(nodes) - 1)
    edges = draw(st.lists(st.tuples(node, node), max_size=5))
    return Skeleton(nodes, tuple(draw(states) for _ in nodes), tuple(edges))


outlined = st.one_of(
    polygons,
    regions,
    rotated_boxes,
    skeletons(),
    st.builds(Polyline, rings),
    st.builds(Box, near, near, sizes, sizes),
    st.builds(Ellipse, near, near, sizes, sizes, st.just(0.0) | st.floats(-7, 7)),
)
shapes = st.one_of(points, outlined, masks)
