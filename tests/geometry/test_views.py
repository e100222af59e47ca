from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stacks import COLUMNS, COUNT, ROWS, STACKS, UNIFORM, H, L, P, built, oblique, turned

from viewer.errors import GeometryError
from viewer.geometry.stack import Stack
from viewer.geometry.views import SIGNED_PERMUTATIONS, Edges, ViewPlane, view_planes

VIEWS = [view for stack in STACKS.values() for view in view_planes(stack).values()]
views = st.sampled_from(VIEWS)
each_view = pytest.mark.parametrize(
    "view",
    VIEWS,
    ids=[f"{name}: {plane}" for name in STACKS for plane in view_planes(STACKS[name])],
)


@st.composite
def voxels(draw: st.DrawFn) -> tuple[ViewPlane, tuple[float, float, float]]:
    """A view, and a voxel location of its stack that lies on one of its planes."""
    view = draw(views)
    sizes = (COLUMNS, ROWS, view.stack.count)
    at = [draw(st.floats(-0.49, size - 0.51)) for size in sizes]
    at[view.axis] = float(draw(st.integers(0, sizes[view.axis] - 1)))
    return view, (at[0], at[1], float(round(at[2])))


@given(voxels())
def test_a_voxel_is_found_where_it_is_placed(found):
    view, voxel = found
    p, q = view.place([voxel])[0]
    at = view.voxel_at(view.index_of(voxel), p, q)
    assert at is not None
    np.testing.assert_allclose(at, voxel, atol=1e-9)


@given(voxels())
def test_plane_coordinates_are_mm_of_the_patient(found):
    view, voxel = found
    place = view.patient_of_plane(view.index_of(voxel), view.place([voxel]))
    np.testing.assert_allclose(place, view.stack.patient_of_voxel([voxel]), atol=1e-9)


@given(voxels(), st.floats(-50, 50), st.floats(-50, 50))
def test_a_plane_neither_stretches_nor_turns(found, dp, dq):
    view, voxel = found
    start = view.place([voxel])[0]
    here, there = view.patient_of_plane(view.index_of(voxel), start + np.array([(0, 0), (dp, dq)]))
    assert np.linalg.norm(there - here) == pytest.approx(np.hypot(dp, dq), abs=1e-9)


@each_view
def test_every_pixel_lies_within_the_bounds(view: ViewPlane):
    corners = [
        (i, j, k)
        for i in (-0.5, COLUMNS - 0.5)
        for j in (-0.5, ROWS - 0.5)
        for k in range(view.stack.count)
    ]
    p0, q0, p1, q1 = view.bounds_mm
    places = view.place(corners)
    assert (places >= np.array([p0, q0]) - 1e-9).all()
    assert (places <= np.array([p1, q1]) + 1e-9).all()
    assert places[:, 0].min() == pytest.approx(p0)
    assert places[:, 0].max() == pytest.approx(p1)


@each_view
def test_directions_are_perpendicular_units_and_indices_grow_along_the_normal(view: ViewPlane):
    axes = np.stack([view.e_p, view.e_q, view.e_n])
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-9)
    positions = [view.position_mm(index) for index in range(view.count)]
    assert (np.diff(positions) > 0).all()


@each_view
def test_strips_stand_one_above_the_other_and_hold_their_slice(view: ViewPlane):
    if view.is_acquired:
        return
    low, high = view.q_spans.T
    assert low[0] == pytest.approx(0)
    assert (low < view.centres_q).all()
    assert (view.centres_q < high).all()
    assert (high[:-1] <= low[1:] + 1e-9).all()
    for k, (q0, q1) in enumerate(view.q_spans):
        assert view.slice_at(q0 + 0.05) == k
        assert view.slice_at(q1 - 0.05) == k
    assert view.slice_at(-1.0) is None
    assert view.slice_at(high[-1] + 1.0) is None


@pytest.mark.parametrize("name", [name for name in STACKS if "gapped" in name])
def test_in_a_gap_there_is_no_voxel(name):
    for view in view_planes(STACKS[name]).values():
        if not view.is_acquired:
            q = (view.q_spans[2, 1] + view.q_spans[3, 0]) / 2
            assert view.voxel_at(3, view.shifts[2] + 1, q) is None


@each_view
def test_beside_the_pixels_there_is_no_voxel(view: ViewPlane):
    p0, q0, p1, q1 = view.bounds_mm
    middle = (q0 + q1) / 2
    for p, q in [(p0 - 0.1, middle), (p1 + 0.1, middle), (p0 + 1, q0 - 0.1), (p0 + 1, q1 + 0.1)]:
        assert view.voxel_at(0, p, q) is None


@each_view
def test_the_acquired_plane_is_shown_as_stored(view: ViewPlane):
    if view.is_acquired:
        np.testing.assert_array_equal(view.to_screen, np.eye(2))
        np.testing.assert_allclose(view.place([(0, 0, 0)])[0], np.array(view.stack.spacing_mm) / 2)


EXPECTED = {
    "axial": Edges("R", "L", "A", "P"),
    "sagittal": Edges("A", "P", "H", "F"),
    "coronal": Edges("R", "L", "H", "F"),
}


@pytest.mark.parametrize(
    "name", [name for name in UNIFORM if "oblique" not in name and name != "one slice"]
)
def test_straight_stacks_are_shown_the_way_radiologists_look(name):
    for plane, view in view_planes(UNIFORM[name]).items():
        if not view.is_acquired:
            assert view.letters(view.to_screen) == EXPECTED[plane]


def test_a_prone_slice_keeps_its_own_orientation_and_says_so():
    view = view_planes(UNIFORM["prone"])["axial"]
    assert view.letters(view.to_screen) == Edges("L", "R", "P", "A")


@each_view
def test_turning_the_picture_turns_the_letters_with_it(view: ViewPlane):
    left, right, top, bottom = view.letters(view.to_screen)
    quarter = np.array([[0, -1], [1, 0]])  # clockwise: screen right becomes screen down
    assert view.letters(quarter @ view.to_screen) == (bottom, top, left, right)
    mirrored = np.diag([-1, 1]) @ view.to_screen
    assert view.letters(mirrored) == (right, left, top, bottom)


@each_view
def test_no_other_signed_permutation_is_nearer_to_the_convention(view: ViewPlane):
    if view.is_acquired:
        return
    right, down = {
        "axial": (L, P),
        "sagittal": (P, -H),
        "coronal": (L, -H),
    }[view.name]
    axes = np.stack([view.e_p, view.e_q])

    def fit(turn: np.ndarray) -> float:
        on_screen = turn @ axes
        return float(on_screen[0] @ right + on_screen[1] @ down)

    assert fit(view.to_screen) == pytest.approx(max(map(fit, SIGNED_PERMUTATIONS)))


def test_the_signed_permutations_are_the_eight_of_a_square():
    assert len({turn.tobytes() for turn in SIGNED_PERMUTATIONS}) == 8
    for turn in SIGNED_PERMUTATIONS:
        np.testing.assert_array_equal(turn @ turn.T, np.eye(2))


@pytest.mark.parametrize(
    ("row", "column", "names"),
    [
        (L, P, ("sagittal", "coronal", "axial")),
        (P, -H, ("coronal", "axial", "sagittal")),
        (L, -H, ("sagittal", "axial", "coronal")),
        (H, P, ("axial", "coronal", "sagittal")),
    ],
)
def test_each_voxel_axis_is_cut_by_the_plane_that_fits(row, column, names):
    for degrees in (0, 20, -30):
        rotation = turned(degrees, (1, 1, 1))
        stack = built(row @ rotation, column @ rotation)
        planes = view_planes(stack)
        assert list(planes) == ["axial", "sagittal", "coronal"]
        assert tuple(sorted(planes, key=lambda name: planes[name].axis)) == names
        assert all(view.name == name for name, view in planes.items())


@given(
    st.floats(-180, 180),
    st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda axis: max(map(abs, axis)) > 1e-3),
)
def test_however_a_stack_lies_it_has_three_different_planes(degrees, about):
    row, column, _ = turned(degrees, about)
    assert {view.axis for view in view_planes(built(row, column)).values()} == {0, 1, 2}


def test_positions_are_read_as_letter_and_mm():
    planes = view_planes(built(L, P))  # first pixel at L -31.5, P 12.25, H -104
    assert planes["axial"].position_text(0) == "F 104.0 mm"
    assert planes["axial"].position_text(COUNT - 1) == "F 83.0 mm"
    assert planes["sagittal"].position_text(0) == "R 31.5 mm"
    assert planes["coronal"].position_text(1) == "P 13.1 mm"


def test_a_plane_that_is_not_there_has_no_place():
    view = view_planes(oblique(10))["coronal"]
    with pytest.raises(GeometryError, match="has 9 slices"):
        view.patient_of_plane(9, [(0, 0)])


@given(voxels())
def test_the_index_of_any_location_is_a_plane_of_the_view(found):
    view, voxel = found
    away = np.array(voxel) + 1e4
    assert view.index_of(voxel) == voxel[view.axis]
    assert view.index_of(away) == view.count - 1
    assert view.index_of(-away) == 0


def test_between_two_slices_a_voxel_is_placed_between_their_strips():
    view = view_planes(STACKS["tilted"])["sagittal"]
    low, middle, high = view.place([(2, 3, 1), (2, 3, 1.5), (2, 3, 2)])
    np.testing.assert_allclose(middle, (low + high) / 2)


def test_the_sagittal_plane_of_a_tilted_stack_is_sheared_by_the_tilt():
    stack: Stack = STACKS["tilted"]
    view = view_planes(stack)["sagittal"]
    along, up = np.diff(view.place([(0, 0, 0), (0, 0, 1)]), axis=0)[0]
    assert np.degrees(np.arctan2(abs(along), up)) == pytest.approx(18.5)
    assert up == pytest.approx(stack.step_mm)
