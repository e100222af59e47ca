"""Outlines of a mask's regions enclose its pixels and no others."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viewer.demo.regions import regions_of
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Polygon

SIDE = 9


@given(st.lists(st.booleans(), min_size=SIDE * SIDE, max_size=SIDE * SIDE))
def test_outlines_run_along_the_edges_of_pixels(bits: list[bool]) -> None:
    bitmap = np.array(bits, dtype=np.bool_).reshape(SIDE, SIDE)
    found = np.zeros((SIDE, SIDE), dtype=np.int64)
    for outer, *holes in regions_of(bitmap):
        for ring in (outer, *holes):
            steps = np.roll(ring, -1, axis=0) - ring
            assert ((steps != 0).sum(axis=1) == 1).all(), "a line that runs across pixels"
        mask = rasterised(Polygon(outer, tuple(holes)), SIDE, SIDE)
        there = np.s_[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width]
        found[there] += mask.to_array()
    assert (found == bitmap).all()
