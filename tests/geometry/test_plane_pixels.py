"""The pixel space of a plane, and its lines in the strips of the slices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LinearRing
from shapely import Point as Dot
from stacks import COUNT, STACKS, built, turned

from viewer.geometry.cuts import coordinate_of, cut_of
from viewer.geometry.mask import Mask
from viewer.geometry.shapes import Box, Point, Polyline
from viewer.geometry.tracing import mask_lines, traced
from viewer.geometry.views import ViewPlane, view_planes

VIEWS = [view for stack in STACKS.values() for view in view_planes(stack).values()]
REFORMATS = [view for view in VIEWS if not view.is_acquired]
by_axis = {view.axis: view for view in view_planes(STACKS["axial"]).values()}
tilted = {view.axis: view for view in view_planes(STACKS["tilted and gapped"]).values()}


@st.composite
def places(draw: st.DrawFn) -> tuple[ViewPlane, tuple[float, float]]:
    """A view and a place inside one of its pixels."""
    view = draw(st.sampled_from(VIEWS))
    width, height = view.size
    inside = st.floats(0.01, 0.99)
    x = draw(st.integers(0, width - 1)) + draw(inside)
    return view, (x, draw(st.integers(0, height - 1)) + draw(inside))


@given(places())
def test_a_place_lies_in_the_pixel_that_the_view_shows_there(where):
    view, (x, y) = where
    p, q = view.mm_of_pixels([(x, y)])[0].tolist()
    voxel = view.voxel_at(0, p, q)
    assert voxel is not None
    along = [axis for axis in range(3) if axis != view.axis]
    assert [round(voxel[axis]) for axis in along] == [int(x), int(y)]


@given(places())
def test_places_come_back_from_plane_mm(where):
    view, place = where
    np.testing.assert_allclose(view.pixels_of_mm(view.mm_of_pixels([place])), [place], atol=1e-9)


@given(st.sampled_from(REFORMATS), st.floats(-50, 80))
def test_beyond_the_slices_and_in_gaps_a_place_counts_to_the_nearest_end(view, q):
    (_, y) = view.pixels_of_mm([(0.0, q)])[0].tolist()
    k = view.slice_at(q)
    if k is not None:
        assert k <= y <= k + 1
    elif 0 < y < view.stack.count:
        assert y == round(y)
        ends = view.strips_q.ravel()
        near = view.strips_q[:, 0][int(y)], view.strips_q[:, 1][int(y) - 1]
        assert min(abs(q - end) for end in near) == pytest.approx(np.abs(ends - q).min())


rings = st.lists(st.tuples(st.floats(0, 11), st.floats(-1, 9)), min_size=3, max_size=7)


@given(st.sampled_from(REFORMATS), rings, st.floats(0, 1))
def test_every_place_of_a_line_lies_on_its_trace(view, ring, share):
    points = np.array(ring)
    if np.ptp(points, axis=0).max() < 0.01:
        return
    drawn = traced(points, view, closed=True)
    near = LinearRing(drawn)
    for start, end in zip(points, np.roll(points, -1, axis=0), strict=True):
        place = start + share * (end - start)
        if abs(place[1] - round(place[1])) > 1e-6:
            assert near.distance(Dot(view.mm_of_pixels([place])[0])) < 1e-6


def test_a_box_around_a_pixel_beside_a_gap_stays_in_its_strip():
    view = tilted[0]
    ring = np.array([(3.0, 2.0), (4, 2), (4, 3), (3, 3)])
    drawn = traced(ring, view, closed=True)
    low, high = view.strips_q[2]
    assert drawn[:, 1].min() == pytest.approx(low)
    assert drawn[:, 1].max() == pytest.approx(high)
    shift = view.shifts[2]
    assert drawn[:, 0].min() == pytest.approx(3 * view.pixel_mm + shift)
    assert drawn[:, 0].max() == pytest.approx(4 * view.pixel_mm + shift)


def test_on_a_plain_stack_a_line_has_no_more_places_than_vertices():
    ring = np.array([(1.0, 0.5), (7, 3.2), (2, 7)])
    assert len(traced(ring, by_axis[0], closed=True)) == 3
    assert by_axis[0].is_regular
    assert not tilted[0].is_regular


def test_hardly_anything_is_done_for_a_line_that_goes_far_beyond_the_slices():
    line = np.array([(0.0, -1e9), (5, 1e9)])
    assert len(traced(line, tilted[0], closed=False)) <= 2 * COUNT
    cut = cut_of(Box(2, -4e8, 3, 8e8), 4, tilted[0], 3, axis=1)
    assert 1 <= len(cut.columns) <= COUNT


@pytest.mark.parametrize("view", REFORMATS)
def test_a_masks_rectangles_lie_on_its_pixels_row_by_row(view):
    rows = min(3, view.stack.count)
    bitmap = np.array([[1, 0, 1], [1, 1, 0], [0, 0, 1]], dtype=bool)[:rows]
    mask = Mask.from_array(bitmap, 2, 0)
    edges, rects = mask_lines(mask, view)
    assert len(rects) == sum(len(mask.row_spans(row)) for row in range(rows))
    for p0, q0, p1, q1 in rects.tolist():
        voxel = view.voxel_at(0, p0 + (p1 - p0) / 2, (q0 + q1) / 2)
        assert voxel is not None
        k = round(voxel[2])
        assert (q0, q1) == pytest.approx(tuple(view.strips_q[k]))
    length = np.abs(edges[:, 2:] - edges[:, :2]).sum()
    assert length > 0


def cover(view: ViewPlane, rects: np.ndarray) -> set[tuple[int, int]]:
    """The pixels of a view whose middles lie in rectangles."""
    width, height = view.size
    y, x = np.mgrid[0:height, 0:width] + 0.5
    places = view.mm_of_pixels(np.stack([x.ravel(), y.ravel()], axis=1))
    found = set()
    for p0, q0, p1, q1 in rects.tolist():
        inside = (places >= (p0, q0)) & (places <= (p1, q1))
        hits = np.flatnonzero(inside.all(axis=1))
        found |= {(int(n % width), int(n // width)) for n in hits.tolist()}
    return found


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize("axis", [0, 1])
def test_a_mask_of_a_reformat_is_cut_voxel_by_voxel_on_the_other_planes(name, axis):
    views = {view.axis: view for view in view_planes(STACKS[name]).values()}
    own = views[axis]
    rng = np.random.default_rng(5)
    bitmap = rng.random((own.size[1], own.size[0])) < 0.5
    mask = Mask.from_array(bitmap)
    slab = 4
    for view in (views[1 - axis], views[2]):
        side = coordinate_of(axis, view.axis)
        for index in range(view.count):
            cut = cut_of(mask, slab, view, index, axis)
            line = bitmap[index] if side == 1 else bitmap[:, index]
            along = np.flatnonzero(line).tolist()
            is_upright = coordinate_of(view.axis, axis) == 0
            expected = {(slab, at) if is_upright else (at, slab) for at in along}
            assert cover(view, np.concatenate([cut.bands, cut.columns])) == expected


def test_a_point_and_a_line_of_a_reformat_are_ticks_across_its_column():
    point = cut_of(Point(3.5, 2.25), 5, by_axis[2], 2, axis=0)
    assert point.ticks.tolist() == [pytest.approx([5 * 0.8, 3.5 * 0.8, 6 * 0.8, 3.5 * 0.8])]
    assert cut_of(Point(3.5, 2.25), 5, by_axis[2], 3, axis=0).is_empty
    line = Polyline(np.array([(1.0, 2.2), (6.0, 2.8)]))
    along = cut_of(line, 5, by_axis[2], 2, axis=0)
    assert along.ticks.tolist() == [pytest.approx([5.5 * 0.8, 0.8, 5.5 * 0.8, 4.8])]
    assert not len(along.columns)
    across = cut_of(line, 5, by_axis[1], 3, axis=0)
    assert across.ticks.tolist() == [pytest.approx([4.0, 7.5, 4.8, 7.5])]


def test_a_band_is_in_one_piece_where_strips_meet_and_parted_at_a_gap():
    whole = cut_of(Box(1, 0, 5, 8), 4, by_axis[1], 3, axis=0)
    assert len(whole.columns) == 1
    stack = built(np.eye(3)[0], np.eye(3)[1], steps=3.0 * np.array([0, 1, 2, 6, 7, 8]))
    gapped = {view.axis: view for view in view_planes(stack).values()}
    parted = cut_of(Box(1, 0, 5, 6), 4, gapped[1], 3, axis=0)
    assert len(parted.columns) == 2
    leaning = built(np.eye(3)[0], turned(18.5, (1, 0, 0))[1], along=np.eye(3)[2])
    sheared = {view.axis: view for view in view_planes(leaning).values()}
    assert len(cut_of(Box(1, 0, 5, 8), 4, sheared[0], 3, axis=1).columns) == 8
