from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from oblique_planes import planes
from stacks import COLUMNS, COUNT, ROWS, STACKS, UNIFORM

from viewer.geometry.cuts import coordinate_of, cut_of
from viewer.geometry.mask import Mask
from viewer.geometry.measure import ELLIPSE_SIDES, outline
from viewer.geometry.oblique import ObliquePlane, oblique_of, patient_between
from viewer.geometry.oblique_cuts import ObliqueCut, oblique_cut_of, solid_cut_of
from viewer.geometry.oblique_masks import as_slices, masks_on
from viewer.geometry.rings import is_in
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline, Shape
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length
from viewer.geometry.stack import Stack
from viewer.geometry.views import Axis, ViewPlane, view_planes

xs, ys = st.floats(-2, COLUMNS + 2), st.floats(-2, ROWS + 2)
sizes = st.floats(0.3, 9)
rings = st.lists(st.tuples(xs, ys), min_size=3, max_size=8)
areas = st.one_of(
    st.builds(Polygon, rings, st.lists(rings, max_size=1).map(tuple)),
    st.builds(Box, xs, ys, sizes, sizes),
    st.builds(Ellipse, xs, ys, sizes, sizes, st.floats(-4, 4)),
)
axes: st.SearchStrategy[Axis] = st.sampled_from((0, 1, 2))


def unturned(view: ViewPlane, index: int) -> tuple[ObliquePlane, int]:
    """The plane of a view as an oblique one that was not turned."""
    middle = [0.0, 0.0, float(view.stack.count // 2)]  # of a slice: between two, tilt is mixed
    middle[view.axis] = float(index)
    plane = oblique_of(view, middle)
    return plane, plane.index_of(middle)


def brute(
    shape: Shape, k: int, axis: Axis, stack: Stack, places: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which places, patient mm, lie inside a shape's slab: from the slices' own equations."""
    inside = np.zeros(len(places), dtype=np.bool_)
    reach = stack.slabs_mm if axis == 2 else stack.strips_mm
    ends = reach.copy()
    if axis != 2 and not isinstance(shape, Mask):  # beyond the slices the outermost strip goes on
        ends[0, 0] = ends[-1, 1] = 1e6
    for number, place in enumerate(places):
        along = place @ stack.normal - stack.positions_mm
        for s in np.flatnonzero((along >= -ends[:, 0]) & (along < ends[:, 1])):
            away = place - stack.origins[s]
            i = away @ stack.row_direction / stack.spacing_mm[0] + 0.5
            j = away @ stack.column_direction / stack.spacing_mm[1] + 0.5
            share = (along[s] + reach[s, 0]) / reach[s].sum()
            voxel = (i, j, s + share)
            x, y = (voxel[other] for other in range(3) if other != axis)
            if int(np.floor(voxel[axis])) == k and is_inside(shape, x, y):
                inside[number] = True
    return inside


def is_inside(shape: Shape, x: float, y: float) -> bool:
    match shape:
        case Box(x0, y0, width, height):
            return x0 <= x < x0 + width and y0 <= y < y0 + height
        case Polygon():
            return is_in(shape.rings, x, y)
        case Mask():
            column, row = int(np.floor(x)) - shape.x, int(np.floor(y)) - shape.y
            fits = 0 <= column < shape.width and 0 <= row < shape.height
            return fits and bool(shape.to_array()[row, column])
        case _:
            raise AssertionError(shape)


def places_on(plane: ObliquePlane, count: int = 60) -> NDArray[np.float64]:
    p0, q0, p1, q1 = plane.bounds_mm
    rng = np.random.default_rng(1)
    return rng.uniform((p0 - 3, q0 - 3), (p1 + 3, q1 + 3), (count, 2))


@given(
    planes(),
    st.one_of(st.builds(Box, xs, ys, sizes, sizes), st.builds(Polygon, rings)),
    axes,
    st.data(),
)
def test_a_cut_holds_the_places_that_lie_in_the_slab_of_the_shape(where, shape, axis, data):
    plane, index = where
    k = data.draw(st.integers(0, (COLUMNS, ROWS, plane.stack.count)[axis] - 1))
    cut = oblique_cut_of(shape, k, plane, index, axis)
    at = places_on(plane)
    expected = brute(shape, k, axis, plane.stack, plane.patient_of_plane(index, at))
    found = np.array([is_in(cut.areas, *place) for place in at.tolist()])
    for place in at[found != expected]:  # none but within a rounding of the border
        assert distance(cut, place) < 1e-6


def distance(cut: ObliqueCut, place: NDArray[np.float64]) -> float:
    start, end = cut.edges[:, :2], cut.edges[:, 2:]
    run = end - start
    length = (run**2).sum(axis=1)
    share = np.clip(((place - start) * run).sum(axis=1) / np.where(length, length, 1), 0, 1)
    return float(np.linalg.norm(place - start - share[:, None] * run, axis=1).min(initial=np.inf))


UPRIGHT = [
    view
    for stack in STACKS.values()
    for view in view_planes(stack).values()
    if not view.is_acquired and abs(view.e_q @ stack.normal) > 1 - 1e-9
]


@st.composite
def reformats(draw: st.DrawFn) -> tuple[ViewPlane, int, int, Axis]:
    """A reformat that stands upright on its slices, one of its planes, and another plane."""
    view = draw(st.sampled_from(UPRIGHT))
    axis = draw(axes.filter(lambda axis: axis != view.axis))
    sides = (COLUMNS, ROWS, view.stack.count)
    return (
        view,
        draw(st.integers(0, sides[view.axis] - 1)),
        draw(st.integers(0, sides[axis] - 1)),
        axis,
    )


NARROW = 1e-6  # what is narrower is a line, that one may find by rounding and the other not


def lies_along(shape: Shape, axis: int, at: float) -> bool:
    """Whether the line `at` across a coordinate runs along an edge: it is inside by rounding."""
    return not isinstance(shape, Ellipse) and any(
        bool((near & np.roll(near, -1)).any())
        for near in (np.abs(ring[:, axis] - at) < 1e-7 for ring, _ in outline(shape))
    )


def inscribed(shape: Shape) -> Shape:
    """What a shape's outline has in it: an ellipse is met as a ring of many sides."""
    if not isinstance(shape, Ellipse):
        return shape
    share = float(np.cos(np.pi / ELLIPSE_SIDES))
    return Ellipse(shape.cx, shape.cy, shape.rx * share, shape.ry * share, shape.angle)


def wide_boxes(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return boxes[(boxes[:, 2:] - boxes[:, :2] > NARROW).all(axis=1)]


def area_of(boxes: NDArray[np.float64]) -> float:
    return float(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1).sum())


@given(reformats(), areas)
def test_on_a_plane_of_the_stack_the_cut_is_that_of_the_three_planes(where, shape):
    view, at, k, axis = where
    assume(not lies_along(shape, coordinate_of(axis, view.axis), at + 0.5))
    plane, index = unturned(view, at)
    cut = oblique_cut_of(shape, k, plane, index, axis)
    boxes = wide_boxes(
        np.array([[*ring.min(axis=0), *ring.max(axis=0)] for ring in cut.areas]).reshape(-1, 4)
    )
    known = [cut_of(one, k, view, at, axis) for one in (inscribed(shape), shape)]
    inner, outer = (wide_boxes(np.concatenate([one.bands, one.columns])) for one in known)
    slack = 1e-6 * (1 + area_of(outer))
    assert area_of(inner) - slack <= area_of(boxes) <= area_of(outer) + slack
    for held, holder in ((inner, boxes), (boxes, outer)):
        if len(held) and len(holder):
            assert (held.min(axis=0)[:2] >= holder.min(axis=0)[:2] - 2e-5).all()
            assert (held.max(axis=0)[2:] <= holder.max(axis=0)[2:] + 2e-5).all()


@pytest.mark.some(20)
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("name", sorted(STACKS))
def test_a_shape_of_a_reformat_lies_in_its_own_pixels_of_every_slice(name, axis):
    stack = STACKS[name]
    view = next(view for view in view_planes(stack).values() if view.is_acquired)
    own = Box(4, 2, 1, 3) if axis == 0 else Box(2, 4, 3, 1)
    for k in range(stack.count):
        plane, index = unturned(view, k)
        (ring,) = oblique_cut_of(Box(2, 0, 3, stack.count), 4, plane, index, axis).areas
        for found, wanted in zip(
            (ring.min(axis=0), ring.max(axis=0)), box_mm(own, view), strict=True
        ):
            np.testing.assert_allclose(found, wanted, atol=1e-6)


def box_mm(box: Box, view: ViewPlane) -> NDArray[np.float64]:
    """Its first and last corner."""
    return view.mm_of_pixels(box.corners)[[0, 2]]


@pytest.mark.parametrize("view", [view for view in UPRIGHT if view.axis == 1])
def test_where_a_ring_goes_back_along_itself_nothing_is_cut(view):
    spiked = Polygon([(2, 2), (6, 2), (6, 6), (4, 6), (5.1, 8.3), (4, 6), (2, 6)])
    plane, index = unturned(view, 7)
    assert cut_of(spiked, 0, view, 7).is_empty
    assert oblique_cut_of(spiked, 0, plane, index).is_empty


parts = st.sampled_from((0.1, 0.2, 0.35, 0.45, 0.55, 0.7, 0.9))  # neither edges nor middles
insides = st.tuples(
    st.builds(float.__add__, parts, st.integers(0, COLUMNS - 1).map(float)),
    st.builds(float.__add__, parts, st.integers(0, ROWS - 1).map(float)),
)


@given(reformats().filter(lambda where: where[3] == 2), st.lists(insides, min_size=1, max_size=4))
def test_on_a_plane_of_the_stack_lines_and_points_are_the_ticks_of_the_three_planes(where, places):
    view, at, k, axis = where
    plane, index = unturned(view, at)
    shape = Polyline(places) if len(places) > 1 else Point(*places[0])
    known, cut = cut_of(shape, k, view, at, axis), oblique_cut_of(shape, k, plane, index, axis)
    assert len(cut.points) == 0

    def sorted_ends(ticks):
        both = np.sort(ticks.reshape(-1, 2, 2), axis=1).reshape(-1, 4)
        return both[np.lexsort(np.round(both, 6).T)]

    np.testing.assert_allclose(sorted_ends(cut.ticks), sorted_ends(known.ticks), atol=1e-6)


@given(st.sampled_from(sorted(STACKS)), areas, st.integers(0, COUNT - 1))
def test_on_its_own_slice_a_shape_is_whole(name, shape, k):
    stack = STACKS[name]
    view = next(view for view in view_planes(stack).values() if view.is_acquired)
    k = min(k, stack.count - 1)
    plane, _ = unturned(view, k)
    index = plane.index_of((0, 0, k))
    cut = oblique_cut_of(shape, k, plane, index)
    if abs(plane.away_mm(index)) < 1e-9:
        for ring, (vertices, _) in zip(cut.areas, outline(shape), strict=True):
            np.testing.assert_allclose(ring, view.mm_of_pixels(vertices), atol=1e-6)


ALL_WAYS = np.array([way for way in product((-1, 0, 1), repeat=3) if any(way)])


@given(planes(), st.integers(0, COUNT - 1), axes, st.integers(0, 2**12 - 1))
def test_a_mask_is_met_where_the_middles_of_pixels_lie_in_its_voxels(where, k, axis, bits):
    plane, index = where
    bitmap = np.array([bits >> at & 1 for at in range(12)], dtype=np.bool_).reshape(3, 4)
    mask = Mask.from_array(bitmap, 2, 1)
    pieces = [(k, mask)] if axis == 2 else as_slices(mask, k, axis)
    reach = plane.stack.slabs_mm if axis == 2 else plane.stack.strips_mm
    found, grid = masks_on(pieces, plane, index, reach)
    cells = found.to_array()
    rng = np.random.default_rng(bits)
    rows = rng.integers(0, max(grid.height, 1), 30)
    columns = rng.integers(0, max(grid.width, 1), 30)
    if grid.width:
        at = np.stack([grid.p[columns], grid.q[rows]], axis=1)
        places = plane.patient_of_plane(index, at)
        expected = brute(mask, k, axis, plane.stack, places)
        for row, column, place, inside in zip(rows, columns, places, expected, strict=True):
            y, x = row - found.y, column - found.x
            is_set = 0 <= y < found.height and 0 <= x < found.width and cells[y, x]
            if is_set != inside:  # none but within a rounding of a voxel's side
                around = brute(mask, k, axis, plane.stack, place + ALL_WAYS * 1e-9)
                assert around.any()
                assert not around.all()


voxels = st.tuples(st.floats(0, COLUMNS - 1), st.floats(0, ROWS - 1), st.floats(0, COUNT - 1))


@given(planes(UNIFORM), voxels, voxels)
def test_a_cuboid_is_met_where_its_voxels_are(where, low, high):
    plane, index = where
    cut = solid_cut_of(Cuboid(low, high), plane, index)
    low, high = np.minimum(low, high), np.maximum(low, high)
    for place in places_on(plane):
        mm = plane.patient_of_plane(index, place)[0]
        away = mm - plane.stack.origins[0]
        sides = (*plane.stack.spacing_mm, plane.stack.step_mm)
        ways = (plane.stack.row_direction, plane.stack.column_direction, plane.stack.normal)
        voxel = np.array([away @ way / side for way, side in zip(ways, sides, strict=True)])
        first, last = low - 0.5, high + 0.5
        first[2], last[2] = np.floor(low[2] + 0.5) - 0.5, np.floor(high[2] + 0.5) + 0.5
        last[2] = min(last[2], plane.stack.count - 0.5)
        is_in_box = bool((voxel >= first).all() and (voxel < last).all())
        assert is_in(cut.areas, *place) == is_in_box or distance(cut, place) < 1e-6


@given(planes(), voxels)
def test_a_landmark_is_a_point_on_the_planes_through_its_voxel(where, voxel):
    plane, _ = where
    voxel = (*voxel[:2], min(voxel[2], plane.stack.count - 1.0))
    index = plane.index_of(voxel)
    cut = solid_cut_of(Landmark(voxel), plane, index)
    np.testing.assert_allclose(cut.points, plane.place(voxel), atol=1e-9)


@given(planes(), voxels, voxels, voxels)
def test_a_length_that_goes_through_a_plane_is_a_point_of_both(where, first, vertex, last):
    plane, index = where
    count = plane.stack.count - 1.0
    ends = np.array([(*end[:2], min(end[2], count)) for end in (first, vertex, last)])
    places = patient_between(plane.stack, ends)
    away = (places - plane.origin_mm(index)) @ plane.e_n
    cut = solid_cut_of(Length(tuple(ends[0]), tuple(ends[1])), plane, index)
    if away[0] * away[1] < 0:
        shown = np.concatenate([cut.points, cut.ticks.reshape(-1, 2)])
        share = away[0] / (away[0] - away[1])
        through = plane.plane_of_patient(places[0] + share * (places[1] - places[0]))[0]
        nearest = np.linalg.norm(shown - through, axis=1).min()
        assert len(cut.ticks) or nearest < 1e-9
    both = solid_cut_of(Angle(*map(tuple, ends)), plane, index)
    assert both.is_empty <= cut.is_empty
