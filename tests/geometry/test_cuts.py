from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shape_strategies import shapes
from stacks import COLUMNS, ROWS, STACKS, L, P, built

from viewer.geometry.cuts import cut_of, cuts_of
from viewer.geometry.mask import EMPTY, Mask
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline, Shape
from viewer.geometry.views import ViewPlane, view_planes

REFORMATS = [
    view
    for stack in STACKS.values()
    for view in view_planes(stack).values()
    if not view.is_acquired
]
PLAIN = view_planes(built(L, P, spacing=(1, 1)))
columns_cut, rows_cut = PLAIN["sagittal"], PLAIN["coronal"]

xs = st.floats(-2, COLUMNS + 2)
ys = st.floats(-2, ROWS + 2)
rings = st.lists(st.tuples(xs, ys), min_size=3, max_size=8)
sides = st.just(0.0) | st.floats(1e-6, 9)  # thinner ones have area or none by rounding
areas = st.one_of(
    st.builds(Polygon, rings, st.lists(rings, max_size=1).map(tuple)),
    st.builds(Box, xs, ys, sides, sides),
    st.builds(Ellipse, xs, ys, sides, sides, st.floats(-4, 4)),
)


@st.composite
def cuts(draw: st.DrawFn) -> tuple[ViewPlane, int, int]:
    """A reformat, the index of one of its planes, and a slice."""
    view = draw(st.sampled_from(REFORMATS))
    index = draw(st.integers(0, view.count - 1))
    return view, index, draw(st.integers(0, view.stack.count - 1))


@given(cuts(), xs, ys, st.floats(0.1, 9), st.floats(0.1, 9))
def test_the_cut_of_a_box_is_its_side_times_the_slab(where, x, y, width, height):
    view, index, k = where
    cut = cut_of(Box(x, y, width, height), k, view, index)
    assert len(cut.ticks) == 0
    start, size = ((x, width), (y, height))[view.axis]
    if not start <= index + 0.5 <= start + size:
        assert cut.is_empty
    elif start < index + 0.5 < start + size:
        other, length = ((y, height), (x, width))[view.axis]
        p = np.array([other, other + length]) * view.pixel_mm + view.shifts[k]
        q0, q1 = view.q_spans[k]
        np.testing.assert_allclose(cut.bands, [(p[0], q0, p[1], q1)])


@given(cuts(), areas)
def test_the_cut_of_a_shape_agrees_with_its_pixels_within_a_pixel(where, shape):
    view, index, k = where
    mask = rasterised(shape, COLUMNS, ROWS)
    covered = np.zeros(view.cells, dtype=np.bool_)
    for start, end in mask.column_spans(index) if view.axis == 0 else mask.row_spans(index):
        covered[start:end] = True
    along = (np.arange(view.cells) + 0.5) * view.pixel_mm + view.shifts[k]
    bands = cut_of(shape, k, view, index).bands
    in_band = np.zeros_like(covered)
    near_end = np.zeros_like(covered)
    for p0, _, p1, _ in bands:
        in_band |= (along > p0) & (along < p1)
        near_end |= np.minimum(abs(along - p0), abs(along - p1)) < 1e-6
    assert ((in_band == covered) | near_end).all()


@given(cuts(), areas)
def test_the_cut_of_a_shape_s_mask_is_the_shape_s_within_a_pixel(where, shape):
    view, index, k = where
    mask = rasterised(shape, COLUMNS, ROWS)
    exact, pixels = cut_of(shape, k, view, index).bands, cut_of(mask, k, view, index).bands
    for p0, _, p1, _ in pixels:
        middles = np.arange(round((p1 - p0) / view.pixel_mm)) * view.pixel_mm
        for middle in middles + p0 + view.pixel_mm / 2:
            assert any(a - 1e-6 <= middle <= b + 1e-6 for a, _, b, _ in exact)


@given(cuts(), xs, ys)
def test_a_point_is_a_tick_at_its_place_in_its_own_pixel_column_only(where, x, y):
    view, index, k = where
    cut = cut_of(Point(x, y), k, view, index)
    assert len(cut.bands) == 0
    here = np.floor((x, y)[view.axis]) == index
    assert len(cut.ticks) == here
    if here:
        p, _ = view.place([(x - 0.5, y - 0.5, k)])[0]
        q0, q1 = view.q_spans[k]
        np.testing.assert_allclose(cut.ticks, [(p, q0, p, q1)], atol=1e-9)


@given(cuts(), areas)
def test_on_another_slice_the_band_is_that_slice_s(where, shape):
    view, index, k = where
    bands = cut_of(shape, k, view, index).bands
    other = (k + 1) % view.stack.count
    moved = cut_of(shape, other, view, index).bands
    shift = view.shifts[other] - view.shifts[k]
    np.testing.assert_allclose(moved[:, 0::2], bands[:, 0::2] + shift, atol=1e-9)
    assert all((band[1], band[3]) == tuple(view.q_spans[other]) for band in moved)


@given(st.lists(st.tuples(shapes, st.integers(0, 7)), max_size=6), st.data())
def test_together_shapes_are_cut_as_each_alone(placed, data):
    stack = data.draw(st.sampled_from([stack for stack in STACKS.values() if stack.count == 8]))
    views = view_planes(stack)
    axis = data.draw(st.integers(0, 2))
    view = data.draw(st.sampled_from([view for view in views.values() if view.axis != axis]))
    index = data.draw(st.integers(0, view.count - 1))
    together = cuts_of(*zip(*placed, strict=True), view, index, axis) if placed else []
    assert len(together) == len(placed)
    for cut, (shape, k) in zip(together, placed, strict=True):
        alone = cut_of(shape, k, view, index, axis)
        for part in ("bands", "columns", "ticks"):
            np.testing.assert_array_equal(getattr(cut, part), getattr(alone, part))


def spans(shape: Shape, view: ViewPlane, index: int) -> list[tuple[float, float]]:
    return [(float(p0), float(p1)) for p0, _, p1, _ in cut_of(shape, 0, view, index).bands]


def test_holes_and_bays_part_the_band():
    ring = Polygon([(1, 1), (9, 1), (9, 8), (1, 8)], ([(3, 3), (6, 3), (6, 6), (3, 6)],))
    assert spans(ring, columns_cut, 4) == [(1, 3), (6, 8)]
    assert spans(ring, columns_cut, 1) == [(1, 8)]
    assert spans(ring, rows_cut, 4) == [(1, 3), (6, 9)]
    bay = Polygon([(0, 0), (8, 0), (8, 2), (2, 2), (2, 5), (8, 5), (8, 8), (0, 8)])
    assert spans(bay, columns_cut, 4) == [(0, 2), (5, 8)]


def test_an_ellipse_is_widest_through_its_middle():
    ellipse = Ellipse(5.5, 4.5, 4, 2)
    assert spans(ellipse, columns_cut, 5) == [(2.5, 6.5)]
    assert spans(ellipse, rows_cut, 4) == [(1.5, 9.5)]
    half = np.sqrt(1 - (2 / 4) ** 2) * 2
    assert spans(ellipse, columns_cut, 7) == [pytest.approx((4.5 - half, 4.5 + half))]


def test_a_mask_is_cut_pixel_by_pixel():
    mask = Mask.from_array(np.array([[1, 0, 1], [1, 1, 0], [0, 0, 0], [1, 0, 0]], bool), 2, 3)
    assert spans(mask, columns_cut, 2) == [(3, 5), (6, 7)]
    assert spans(mask, rows_cut, 3) == [(2, 3), (4, 5)]
    assert spans(mask, columns_cut, 5) == []
    assert spans(EMPTY, columns_cut, 5) == []


def test_a_line_is_a_tick_wherever_it_crosses_the_plane():
    line = Polyline([(0, 0), (10, 5), (0, 8)])
    cut = cut_of(line, 1, columns_cut, 4)
    np.testing.assert_allclose(cut.ticks[:, 0], [2.25, 5 + 0.55 * 3])
    np.testing.assert_allclose(cut.ticks[:, 0], cut.ticks[:, 2])
    np.testing.assert_allclose(cut.ticks[:, 1::2], [view_span(1)] * 2)
    assert cut_of(line, 1, columns_cut, 10).is_empty


def view_span(k: int) -> tuple[float, float]:
    low, high = columns_cut.q_spans[k]
    return float(low), float(high)


def test_a_line_that_stays_in_the_plane_s_pixels_is_seen_lengthwise():
    upright = Polyline([(4.1, 2), (4.3, 7)])
    q = columns_cut.centres_q[2]
    np.testing.assert_allclose(cut_of(upright, 2, columns_cut, 4).ticks, [(2, q, 7, q)])
    assert cut_of(upright, 2, columns_cut, 5).is_empty


def test_rings_too_short_to_enclose_anything_are_points_and_lines():
    assert len(cut_of(Polygon([(4.2, 3)]), 0, columns_cut, 4).ticks) == 1
    cut = cut_of(Polygon([(2, 3), (8, 3)]), 0, columns_cut, 4)
    np.testing.assert_allclose(cut.ticks[:, 0], [3])


def test_shapes_without_extent_are_not_cut():
    for shape in (Box(4.5, 1, 0, 5), Ellipse(4.5, 4, 0, 3), Box(1, 4, 8, 0)):
        assert cut_of(shape, 0, columns_cut, 4).is_empty


def test_on_the_acquired_plane_there_is_nothing_to_cut():
    assert cut_of(Box(1, 1, 5, 5), 3, PLAIN["axial"], 3).is_empty
