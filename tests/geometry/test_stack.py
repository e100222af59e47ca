from __future__ import annotations

import numpy as np
import pytest
import SimpleITK
from hypothesis import given
from hypothesis import strategies as st
from stacks import COLUMNS, ODD, ROWS, STACKS, UNIFORM, H, L, P, built, oblique, turned

from viewer.errors import GeometryError
from viewer.geometry.space import SlicePlane
from viewer.geometry.stack import Stack, stack_of

steps = st.lists(st.floats(0.5, 40), min_size=1, max_size=12)
names = st.sampled_from(sorted(STACKS))


def stack_with_steps(sizes: list[float]) -> Stack:
    return built(L, P, steps=np.concatenate([[0], np.cumsum(sizes)]))


@given(steps)
def test_slabs_hold_their_slice_never_overlap_and_never_reach_past_half_a_nominal_step(sizes):
    stack = stack_with_steps(sizes)
    below, above = stack.slabs_mm.T
    assert (below > 0).all()
    assert (above > 0).all()
    ends = stack.positions_mm[:-1] + above[:-1]
    assert (ends <= stack.positions_mm[1:] - below[1:] + 1e-9).all()
    assert (above[:-1] <= stack.nominal_mm / 2 + 1e-12).all()
    assert (below[1:] <= stack.nominal_mm / 2 + 1e-12).all()


@given(steps)
def test_neighbours_without_a_wide_step_meet_half_way(sizes):
    stack = stack_with_steps(sizes)
    close = stack.steps_mm <= stack.nominal_mm
    np.testing.assert_allclose(stack.slabs_mm[:-1, 1][close], stack.steps_mm[close] / 2)
    np.testing.assert_allclose(stack.slabs_mm[1:, 0][close], stack.steps_mm[close] / 2)


@given(steps)
def test_strips_meet_half_way_but_beside_gaps_are_the_slabs(sizes):
    stack = stack_with_steps(sizes)
    gaps = {gap.after for gap in stack.gaps}
    for k, step in enumerate(stack.steps_mm):
        above, below = stack.strips_mm[k, 1], stack.strips_mm[k + 1, 0]
        if k in gaps:
            assert (above, below) == (stack.slabs_mm[k, 1], stack.slabs_mm[k + 1, 0])
        else:
            assert above == below == pytest.approx(step / 2)


@pytest.mark.parametrize("name", [name for name in STACKS if "gapped" in name])
def test_the_middle_of_a_gap_belongs_to_no_slice(name):
    stack = STACKS[name]
    assert [(gap.after, gap.missing) for gap in stack.gaps] == [(2, 2), (5, 1)]
    for gap in stack.gaps:
        for reach in (stack.slabs_mm, stack.strips_mm):
            assert reach[gap.after, 1] < gap.mm / 2
            assert reach[gap.after + 1, 0] < gap.mm / 2


@given(names, st.floats(-5, 20), st.floats(-5, 20), st.integers(0, 7))
def test_a_voxel_lies_where_the_plane_of_its_slice_has_it(name, i, j, k):
    stack = STACKS[name]
    k = min(k, stack.count - 1)
    (away,) = stack.patient_of_voxel([(i, j, k)]) - stack.origins[k]
    dx, dy = stack.spacing_mm
    expected = (i * dx, j * dy, 0)
    axes = np.stack([stack.row_direction, stack.column_direction, stack.normal])
    np.testing.assert_allclose(axes @ away, expected, atol=1e-9)


@given(st.integers(0, 7), st.sampled_from([-1, 1]))
def test_a_voxel_beyond_the_slices_is_refused(past, side):
    stack = STACKS["axial"]
    k = -1 - past if side < 0 else stack.count + past
    with pytest.raises(GeometryError, match="outside the"):
        stack.patient_of_voxel([(0, 0, k)])


@pytest.mark.parametrize("name", UNIFORM)
def test_uniform_stacks_agree_with_simpleitk(name):
    stack = UNIFORM[name]
    image = SimpleITK.Image([COLUMNS, ROWS, stack.count], SimpleITK.sitkInt16)
    image.SetOrigin(stack.origins[0].tolist())
    image.SetSpacing([*stack.spacing_mm, stack.step_mm])
    axes = np.stack([stack.row_direction, stack.column_direction, stack.normal], axis=1)
    image.SetDirection(axes.ravel().tolist())
    for voxel in [(0, 0, 0), (COLUMNS - 1, ROWS - 1, stack.count - 1), (2.5, 7.25, 0)]:
        expected = image.TransformContinuousIndexToPhysicalPoint(voxel)
        np.testing.assert_allclose(stack.patient_of_voxel([voxel])[0], expected, atol=1e-9)


@pytest.mark.parametrize("name", STACKS)
def test_slices_may_come_in_any_order(name):
    stack = STACKS[name]
    shuffled = np.random.default_rng(3).permutation(stack.count)
    again = stack_of([stack.planes[at] for at in shuffled])
    np.testing.assert_array_equal(again.origins, stack.origins)
    assert (np.diff(again.positions_mm) > 0).all()


def test_every_plain_stack_says_nothing():
    for name, stack in UNIFORM.items():
        assert not stack.is_tilted, name
        assert stack.oddities() == (), name


def test_every_odd_stack_says_so():
    for name, stack in ODD.items():
        assert stack.oddities(), name


def test_tilt_is_the_angle_of_the_gantry():
    stack = ODD["tilted"]
    assert stack.tilt_deg == pytest.approx(18.5)
    assert stack.oddities() == ("tilt 18.5 degrees: planes are drawn sheared, as acquired",)


def test_gaps_and_uneven_steps_are_told_with_numbers():
    gapped = built(L, P, steps=np.array([0, 5, 10, 20, 25, 30.0]))
    assert gapped.oddities() == (
        "1 of 7 slices is missing between 3 and 4 (10.0 mm instead of 5.0)",
    )
    assert ODD["uneven"].oddities() == ("uneven spacing 2.2 to 3.5 mm",)
    assert not ODD["uneven"].gaps


def test_a_stack_that_changes_to_wide_steps_has_no_slices_missing():
    head = stack_with_steps([4.0] * 13 + [7.0] * 13)
    assert head.gaps == ()
    assert head.oddities() == ("uneven spacing 4.0 to 7.0 mm",)
    np.testing.assert_allclose(head.slabs_mm[-1], 3.5)


def test_slices_pushed_aside_are_told():
    origins = 3.0 * np.arange(4)[:, None] * H + np.array([0, 0, 6.0, 0])[:, None] * L
    stack = stack_of([SlicePlane(o, L, P, (1, 1), 8, 8) for o in origins])
    assert stack.oddities() == ("slices are displaced in their planes by up to 6.0 mm",)


def test_one_slice_is_as_thick_as_it_says_or_one_mm():
    plane = STACKS["one slice"].planes[0]
    assert stack_of([plane], 2.5).step_mm == 2.5
    assert stack_of([plane], 0.0).step_mm == 1
    np.testing.assert_array_equal(stack_of([plane], 2.5).slabs_mm, [(1.25, 1.25)])


def test_rounded_positions_are_not_uneven_and_tear_no_holes():
    rounded = built(L, P, steps=np.round(0.625 * np.arange(40), 2))
    assert rounded.oddities() == ()
    upper = rounded.positions_mm[:-1] + rounded.strips_mm[:-1, 1]
    np.testing.assert_allclose(upper, rounded.positions_mm[1:] - rounded.strips_mm[1:, 0])


def plane(**changes: object) -> SlicePlane:
    values: dict[str, object] = {
        "origin_mm": np.array([0, 0, 3.0]),
        "row_direction": L,
        "column_direction": P,
        "spacing_mm": (1, 1),
        "columns": 8,
        "rows": 8,
    }
    return SlicePlane(**(values | changes))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (plane(origin_mm=np.zeros(3)), "at the same position"),
        (plane(origin_mm=np.array([40.0, 0, 0])), "at the same position"),
        (plane(row_direction=turned(1, H)[0]), "different orientations"),
        (plane(columns=9), "different sizes"),
        (plane(spacing_mm=(1, 1.1)), "different pixel spacings"),
        (plane(origin_mm=np.array([0, 0, 1e9])), "1e\\+09 mm apart"),
        (plane(origin_mm=np.array([1e7, 0, 3.0])), "1e\\+07 mm apart"),
    ],
)
def test_planes_that_are_no_stack_are_refused_in_words(other, words):
    with pytest.raises(GeometryError, match=words):
        stack_of([plane(origin_mm=np.zeros(3)), other])


def test_no_slice_and_wrong_order_are_refused():
    with pytest.raises(GeometryError, match="at least one slice"):
        stack_of([])
    with pytest.raises(GeometryError, match="at least one slice"):
        Stack(())
    with pytest.raises(GeometryError, match="slice 2 lies below slice 1"):
        Stack((plane(), plane(origin_mm=np.zeros(3))))


def test_a_voxel_of_no_slice_is_refused():
    with pytest.raises(GeometryError, match="outside the 8 slices"):
        oblique(20).patient_of_voxel([(0, 0, 8)])
