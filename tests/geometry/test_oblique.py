from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oblique_planes import planes
from stacks import COLUMNS, ROWS, STACKS, UNIFORM

from viewer.errors import GeometryError
from viewer.geometry.oblique import oblique_of, patient_between, rotation, voxel_between
from viewer.geometry.views import view_planes

VIEWS = [view for stack in STACKS.values() for view in view_planes(stack).values()]
inside = st.tuples(st.floats(0, COLUMNS - 1), st.floats(0, ROWS - 1), st.floats(0, 1))
angles = st.floats(-3.1, 3.1)


@given(st.sampled_from(sorted(STACKS)), inside)
def test_a_voxel_place_between_slices_leads_to_the_patient_and_back(name, share):
    stack = STACKS[name]
    voxel = (*share[:2], share[2] * (stack.count - 1))
    place = patient_between(stack, voxel)[0]
    back = voxel_between(stack, place)
    if back is None:  # in a gap
        assert not stack.is_tilted or stack.gaps
        assert stack.gaps
    else:
        np.testing.assert_allclose(back, voxel, atol=1e-6)


@given(st.sampled_from(sorted(STACKS)), inside)
def test_at_a_slice_the_patient_place_is_that_of_the_slice(name, share):
    stack = STACKS[name]
    voxel = (*share[:2], float(round(share[2] * (stack.count - 1))))
    np.testing.assert_allclose(patient_between(stack, voxel), stack.patient_of_voxel(voxel))


@given(st.sampled_from(VIEWS), inside)
def test_a_plane_that_is_not_turned_shows_what_it_showed(view, share):
    voxel = (*share[:2], float(round(share[2] * (view.stack.count - 1))))
    plane = oblique_of(view, voxel)
    np.testing.assert_allclose(plane.place(voxel), view.place(voxel), atol=1e-9)
    np.testing.assert_allclose(plane.e_n, view.e_n, atol=1e-9)
    assert plane.letters(np.eye(2)) == view.letters(np.eye(2))
    assert not plane.is_turned
    assert plane.angle_deg == pytest.approx(0, abs=1e-6)


@given(st.sampled_from(VIEWS), inside, angles)
def test_turning_leaves_the_place_where_it_is_and_the_other_planes_contain_the_turned_line(
    view, share, angle
):
    voxel = (*share[:2], float(round(share[2] * (view.stack.count - 1))))
    others = [other for other in view_planes(view.stack).values() if other is not view]
    about = np.cross(view.e_p, view.e_q)
    place = patient_between(view.stack, voxel)[0]
    for other in others:
        turned = oblique_of(other, voxel).turned(rotation(about, angle), place)
        np.testing.assert_allclose(turned.place(voxel), other.place(voxel), atol=1e-9)
        line = np.cross(view.e_n, other.e_n)  # where both planes meet
        p, q = view.e_p @ line, view.e_q @ line
        swung = np.array(
            [np.cos(angle) * p - np.sin(angle) * q, np.sin(angle) * p + np.cos(angle) * q]
        )
        on_screen = swung @ np.stack([view.e_p, view.e_q])
        assert abs(on_screen @ turned.e_n) < 1e-9
        plane_index = turned.index_of(voxel)
        assert turned.away_mm(plane_index) == pytest.approx(0, abs=1e-9)


@given(planes())
def test_places_of_a_plane_lead_to_the_patient_and_back(where):
    plane, index = where
    at = np.array([(1.5, -2.25), (30.0, 4.0)])
    places = plane.patient_of_plane(index, at)
    np.testing.assert_allclose(plane.plane_of_patient(places), at, atol=1e-9)
    away = (places - plane.through_mm) @ plane.e_n
    np.testing.assert_allclose(away, plane.away_mm(index), atol=1e-9)


@given(planes(UNIFORM))
def test_every_voxel_lies_within_half_a_step_of_a_plane(where):
    plane, _ = where
    for voxel in ((0, 0, 0), (COLUMNS - 1, 0, 0), (0, ROWS - 1, plane.stack.count - 1)):
        away = (patient_between(plane.stack, voxel)[0] - plane.through_mm) @ plane.e_n
        nearest = plane.away_mm(plane.index_of(voxel))
        assert abs(away - nearest) <= plane.step_mm * 0.75


@given(planes())
def test_a_plane_beyond_the_last_is_refused(where):
    plane, _ = where
    with pytest.raises(GeometryError):
        plane.away_mm(plane.count)


def test_the_angle_is_that_between_the_normals():
    view = view_planes(UNIFORM["axial"])["coronal"]
    plane = oblique_of(view, (5, 4, 3)).turned(rotation((0, 0, 1), np.radians(12)), (0, 0, 0))
    assert plane.angle_deg == pytest.approx(12)
    assert plane.is_turned


def test_letters_name_the_smaller_component_too():
    view = view_planes(UNIFORM["axial"])["coronal"]
    plane = oblique_of(view, (5, 4, 3)).turned(rotation((0, 0, 1), np.radians(20)), (0, 0, 0))
    assert plane.letters(np.eye(2)).right == "LP"
    assert plane.letters(np.eye(2)).left == "RA"
