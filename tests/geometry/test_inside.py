"""Cells inside a shape, row by row."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from shape_strategies import near, rings, sizes

from viewer.geometry.inside import Area, cells_inside
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Box, Ellipse, Polygon

SIZE = 24
CENTRES = np.arange(SIZE) + 0.5
GRID = np.tile(CENTRES, (SIZE, 1))
areas = st.one_of(
    st.builds(Polygon, rings),
    st.builds(Box, near, near, sizes, sizes),
    st.builds(Ellipse, near, near, sizes, sizes),
)


@given(areas)
def test_on_a_grid_the_cells_inside_are_the_pixels_of_the_mask(area: Area) -> None:
    mask = rasterised(area, SIZE, SIZE)
    expected = np.zeros((SIZE, SIZE), dtype=np.bool_)
    expected[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    assert np.array_equal(cells_inside(area, GRID, CENTRES), expected)


@given(rings, st.lists(near, min_size=SIZE, max_size=SIZE))
def test_a_row_that_is_moved_along_is_told_where_it_stands(
    ring: list[tuple[float, float]], shifts: list[float]
) -> None:
    inside = cells_inside(Polygon(ring), GRID + np.array(shifts)[:, None], CENTRES)
    for row, shift in enumerate(shifts):
        moved = Polygon([(x - shift, y) for x, y in ring])
        # The same places up to rounding: a centre on the very edge may count to either side.
        alone = cells_inside(moved, GRID, CENTRES)[row]
        assert (inside[row] != alone).sum() <= 1


def test_an_ellipse_without_width_has_no_cells() -> None:
    assert not cells_inside(Ellipse(5.0, 5.0, 0.0, 3.0), GRID, CENTRES).any()
