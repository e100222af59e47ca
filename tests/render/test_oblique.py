from __future__ import annotations

import numpy as np
import pytest
import SimpleITK
from hypothesis import given
from hypothesis import strategies as st
from oblique_planes import planes
from stacks import COLUMNS, ROWS, STACKS, UNIFORM, volume_of

from viewer.geometry.oblique import ObliquePlane, oblique_of, rotation, voxel_between
from viewer.geometry.stack import Stack
from viewer.geometry.views import view_planes
from viewer.media.instance import Rescale
from viewer.media.volume import Volume
from viewer.render.oblique import mixed, nearest, oblique_picture, picture_grid, prepare_mixed
from viewer.render.reslice import Plate, picture_of

MOST = 400


def numbered(stack: Stack) -> Volume:
    """A volume in which every voxel holds a number of its own."""
    count = stack.count * ROWS * COLUMNS
    return volume_of(stack, np.arange(count, dtype=np.int16).reshape(stack.count, ROWS, COLUMNS))


def places_of(plate: Plate, plane: ObliquePlane, index: int):
    """Patient mm of the middles of a picture's pixels, (h, w, 3)."""
    p0, q0, p1, q1 = plate.rect
    height, width = plate.pixels.shape[:2]
    p = p0 + (np.arange(width) + 0.5) / width * (p1 - p0)
    q = q0 + (np.arange(height) + 0.5) / height * (q1 - q0)
    at = np.stack(np.meshgrid(p, q), axis=-1).reshape(-1, 2)
    return plane.patient_of_plane(index, at).reshape(height, width, 3)


@given(planes())
def test_while_it_turns_each_pixel_shows_the_voxel_that_its_middle_lies_in(where):
    plane, index = where
    stack = plane.stack
    volume = numbered(stack)
    plate = nearest(volume, plane, index, picture_grid(plane, index, MOST))
    places = places_of(plate, plane, index)
    reach = stack.strips_mm * (-1, 1) + stack.positions_mm[:, None]
    for row, column in np.ndindex(plate.pixels.shape):
        voxel = voxel_between(stack, places[row, column])
        if np.abs(places[row, column] @ stack.normal - reach).min() < 0.02 * stack.step_mm:
            continue  # slices that are not even are told apart as finely as this
        if voxel is not None and np.abs(np.array(voxel[:2]) % 1 - 0.5).min() > 1e-3:
            i, j, k = (int(np.floor(at + 0.5)) for at in voxel)
            assert plate.valid is None or plate.valid[row, column]
            assert plate.pixels[row, column] == volume.pixels[k, j, i]
        elif plate.valid is not None and plate.valid[row, column]:
            assert voxel is not None or is_at_a_border(stack, places[row, column])


@given(planes(), st.tuples(*[st.floats(-3, 3)] * 3))
def test_at_rest_a_value_that_grows_evenly_in_the_patient_is_met_exactly(where, slope):
    plane, index = where
    stack = plane.stack
    i, j, k = np.meshgrid(range(COLUMNS), range(ROWS), range(stack.count), indexing="ij")
    voxels = np.stack([i, j, k], axis=-1).reshape(-1, 3)
    values = (stack.patient_of_voxel(voxels) @ slope).reshape(COLUMNS, ROWS, stack.count)
    volume = volume_of(stack, np.ascontiguousarray(values.transpose(2, 1, 0)))
    plate = mixed(volume, plane, index, picture_grid(plane, index, MOST))
    places = places_of(plate, plane, index)
    for row, column in np.ndindex(plate.pixels.shape):
        voxel = voxel_between(stack, places[row, column])
        is_shown = plate.valid is None or plate.valid[row, column]
        assert is_shown == (voxel is not None) or is_at_a_border(stack, places[row, column])
        if voxel is None or not is_inside(stack, places[row, column], voxel):
            continue
        assert plate.pixels[row, column] == pytest.approx(places[row, column] @ slope, abs=2e-3)


def is_at_a_border(stack: Stack, place) -> bool:
    ways = 1e-3 * np.array([*np.eye(3), *-np.eye(3)])
    near = [voxel_between(stack, place + way) for way in ways]
    return None in near and any(near)


def is_inside(stack: Stack, place, voxel) -> bool:
    """It lies between the middles of voxels of both slices around it, and not beside a gap."""
    along = place @ stack.normal
    above = int(np.searchsorted(stack.positions_mm, along, side="right"))
    if not 0 < above < stack.count or any(gap.after == above - 1 for gap in stack.gaps):
        return False
    for k in (above - 1, above):
        away = place - stack.origins[k]
        i, j = (
            away @ stack.row_direction / stack.spacing_mm[0],
            away @ stack.column_direction / stack.spacing_mm[1],
        )
        if not (0 <= i <= COLUMNS - 1 and 0 <= j <= ROWS - 1):
            return False
    return True


@given(planes(UNIFORM).filter(lambda where: where[0].stack.count > 1))
def test_at_rest_the_picture_is_that_of_simpleitk(where):
    plane, index = where
    stack = plane.stack
    rng = np.random.default_rng(index)
    pixels = rng.integers(-1000, 3000, (stack.count, ROWS, COLUMNS), dtype=np.int16)
    grid = picture_grid(plane, index, MOST)
    plate = mixed(volume_of(stack, pixels), plane, index, grid)
    image = SimpleITK.GetImageFromArray(pixels)
    image.SetOrigin(stack.origins[0].tolist())
    image.SetSpacing((*stack.spacing_mm, stack.step_mm))
    ways = (stack.row_direction, stack.column_direction, stack.normal)
    image.SetDirection(np.stack(ways, axis=1).ravel().tolist())
    normal = np.cross(plane.e_p, plane.e_q)
    resample = SimpleITK.ResampleImageFilter()
    resample.SetOutputDirection(np.stack([plane.e_p, plane.e_q, normal], axis=1).ravel().tolist())
    resample.SetOutputSpacing((grid.pixel_mm, grid.pixel_mm, 1.0))
    resample.SetOutputOrigin(plane.patient_of_plane(index, (grid.p[0], grid.q[0]))[0].tolist())
    resample.SetSize((grid.width, grid.height, 1))
    resample.SetInterpolator(SimpleITK.sitkLinear)
    resample.SetOutputPixelType(SimpleITK.sitkFloat64)
    resample.SetDefaultPixelValue(-9999)
    expected = SimpleITK.GetArrayFromImage(resample.Execute(image))[0]
    both = (expected != -9999) & (True if plate.valid is None else plate.valid)
    np.testing.assert_allclose(plate.pixels[both], expected[both], atol=0.01)
    assert (expected != -9999).sum() - both.sum() <= 2 * (grid.width + grid.height)


@pytest.mark.parametrize("name", sorted(UNIFORM))
def test_a_plane_that_is_not_turned_shows_its_own_picture(name):
    stack = UNIFORM[name]
    view = next(view for view in view_planes(stack).values() if view.is_acquired)
    if stack.spacing_mm[0] != stack.spacing_mm[1]:
        return
    volume, k = numbered(stack), stack.count // 2
    plane = oblique_of(view, (4, 4, k))
    plate = oblique_picture(volume, plane, plane.index_of((4, 4, k)))
    own = picture_of(volume, view, k)
    np.testing.assert_allclose(plate.rect, own.rect, atol=1e-9)
    np.testing.assert_array_equal(plate.pixels, own.pixels)
    mixed_plate = prepare_mixed(volume, plane, plane.index_of((4, 4, k)))
    np.testing.assert_allclose(mixed_plate.pixels, own.pixels, atol=1e-3)
    assert oblique_picture(volume, plane, plane.index_of((4, 4, k))) is mixed_plate


def skew(stack: Stack) -> tuple[ObliquePlane, int]:
    view = view_planes(stack)["coronal"]
    plane = oblique_of(view, (5, 4, 3)).turned(rotation((0, 0, 1), 0.4), stack.origins.mean(axis=0))
    return plane, plane.index_of((5, 4, 3))


@pytest.mark.parametrize("sample", [nearest, mixed])
def test_padding_and_slices_that_are_not_decoded_are_nothing_and_mixed_into_nothing(sample):
    stack = STACKS["axial"]
    pixels = np.full((8, ROWS, COLUMNS), 100, np.int16)
    pixels[:, :, :5] = -2000
    volume = volume_of(stack, pixels)
    volume.padding = -2000
    volume.ready[6:] = False
    plane, index = skew(stack)
    plate = sample(volume, plane, index, picture_grid(plane, index, MOST))
    assert plate.valid is not None
    assert plate.valid.any()
    np.testing.assert_allclose(plate.pixels[plate.valid], 100, atol=1e-4)
    places = places_of(plate, plane, index)[plate.valid]
    assert (places @ stack.normal).max() <= stack.positions_mm[5] + stack.step_mm / 2 + 1e-6
    assert ((places - stack.origins[0]) @ stack.row_direction / 0.8).min() >= 4.5 - 1e-6


@pytest.mark.parametrize("sample", [nearest, mixed])
def test_slices_with_rescales_of_their_own_meet_in_output_units(sample):
    stack = STACKS["axial"]
    volume = volume_of(stack, np.ones((8, ROWS, COLUMNS), np.int16))
    rescales = tuple(Rescale(slope=2.0 + k, intercept=98.0 - k) for k in range(8))
    object.__setattr__(volume.presentation, "rescales", rescales)
    plane, index = skew(stack)
    plate = sample(volume, plane, index, picture_grid(plane, index, MOST))
    shown = plate.pixels if plate.valid is None else plate.pixels[plate.valid]
    np.testing.assert_allclose(shown, 100, atol=1e-4)


@pytest.mark.parametrize("sample", [nearest, mixed])
def test_colour_stays_colour(sample):
    stack = STACKS["tilted"]
    volume = volume_of(stack, np.zeros((8, ROWS, COLUMNS), np.int16))
    volume.pixels = np.tile(np.array([10, 20, 30], np.uint8), (8, ROWS, COLUMNS, 1))
    plane, index = skew(stack)
    plate = sample(volume, plane, index, picture_grid(plane, index, MOST))
    shown = plate.pixels if plate.valid is None else plate.pixels[plate.valid]
    np.testing.assert_array_equal(np.unique(shown.reshape(-1, 3), axis=0), [(10, 20, 30)])
