from __future__ import annotations

import numpy as np
import pytest
import SimpleITK
from stacks import COLUMNS, COUNT, ODD, ROWS, STACKS, UNIFORM, H, L, P, built, volume_of

from viewer.geometry.cuts import cut_of
from viewer.geometry.shapes import Point
from viewer.geometry.space import SlicePlane
from viewer.geometry.stack import Stack, stack_of
from viewer.geometry.views import ViewPlane, view_planes
from viewer.render.reslice import Plate, picture_of

WITHIN = 0.05  # voxels
BRIGHT = 30000
AIR = -1000
VOXELS = [(5, 4, 3), (2, 6, 0), (8, 2, 7), (3, 3, 5), (7, 5, 2)]
each_plane = pytest.mark.parametrize("plane", ["axial", "sagittal", "coronal"])
each_stack = pytest.mark.parametrize("name", STACKS)


def dark(stack: Stack) -> np.ndarray:
    return np.zeros((stack.count, ROWS, COLUMNS), dtype=np.int16)


def noise(stack: Stack) -> np.ndarray:
    values = np.random.default_rng(7).integers(-1000, 3000, (stack.count, ROWS, COLUMNS))
    return values.astype(np.int16)


def pixel_mm(plate: Plate) -> tuple[float, float]:
    p0, q0, p1, q1 = plate.rect
    height, width = plate.pixels.shape
    return (p1 - p0) / width, (q1 - q0) / height


def bright_spot(plate: Plate) -> tuple[float, float, float, float]:
    """Centre (p, q) of the brightness in plane mm, and the q interval it covers."""
    step_p, step_q = pixel_mm(plate)
    shown = plate.pixels.astype(np.float64)
    if plate.valid is not None:
        shown = np.where(plate.valid, shown, 0)
    assert shown.sum() > 0
    rows, columns = np.nonzero(shown)
    weights = shown[rows, columns] / shown.sum()
    p = plate.rect[0] + ((columns + 0.5) * weights).sum() * step_p
    q = plate.rect[1] + ((rows + 0.5) * weights).sum() * step_q
    low, high = rows.min() * step_q, (rows.max() + 1) * step_q
    return p, q, plate.rect[1] + low, plate.rect[1] + high


@pytest.mark.some(120)
@each_stack
@each_plane
@pytest.mark.parametrize("voxel", VOXELS)
def test_a_bright_voxel_is_shown_where_it_is_in_the_patient(name, plane, voxel):
    stack = STACKS[name]
    i, j, k = voxel[0], voxel[1], min(voxel[2], stack.count - 1)
    view = view_planes(stack)[plane]
    pixels = dark(stack)
    pixels[k, j, i] = BRIGHT
    index = view.index_of((i, j, k))
    p, q, low, high = bright_spot(picture_of(volume_of(stack, pixels), view, index))
    step_q = stack.spacing_mm[1] if view.is_acquired else stack.step_mm
    expected = view.place([(i, j, k)])[0]
    if not view.is_acquired:
        # A strip reaches half-way to each neighbour, so its slice need not be in its middle.
        np.testing.assert_allclose((low, high), view.strips_q[k], atol=WITHIN * step_q)
        q += expected[1] - view.strips_q[k].mean()
    shown = view.patient_of_plane(index, [(p, q)])[0]
    apart = shown - stack.patient_of_voxel([(i, j, k)])[0]
    assert abs(apart @ view.e_p) <= WITHIN * view.pixel_mm
    assert abs(apart @ view.e_q) <= WITHIN * step_q
    assert abs(apart @ view.e_n) <= 1e-6


@pytest.mark.some(120)
@each_stack
@each_plane
@pytest.mark.parametrize("voxel", VOXELS)
def test_a_label_on_a_bright_voxel_lies_on_its_brightness(name, plane, voxel):
    stack = STACKS[name]
    i, j, k = voxel[0], voxel[1], min(voxel[2], stack.count - 1)
    view = view_planes(stack)[plane]
    if view.is_acquired:
        return
    pixels = dark(stack)
    pixels[k, j, i] = BRIGHT
    index = view.index_of((i, j, k))
    p, _, low, high = bright_spot(picture_of(volume_of(stack, pixels), view, index))
    ((p0, q0, p1, q1),) = cut_of(Point(i + 0.5, j + 0.5), k, view, index).ticks
    assert p0 == p1 == pytest.approx(p, abs=WITHIN * view.pixel_mm)
    assert (q0, q1) == tuple(view.q_spans[k])
    slack = WITHIN * stack.step_mm
    assert low - slack <= q0 < view.centres_q[k] < q1 <= high + slack


@each_stack
@each_plane
def test_every_pixel_shown_is_the_voxel_that_is_there(name, plane):
    stack = STACKS[name]
    view = view_planes(stack)[plane]
    pixels = noise(stack)
    index = view.count // 2
    plate = picture_of(volume_of(stack, pixels), view, index)
    step_p, step_q = pixel_mm(plate)
    for row, column in np.ndindex(plate.pixels.shape):
        p = plate.rect[0] + (column + 0.5) * step_p
        q = plate.rect[1] + (row + 0.5) * step_q
        voxel = view.voxel_at(index, p, q)
        assert (plate.valid is None or plate.valid[row, column]) == (voxel is not None)
        if voxel is not None:
            assert_between_neighbours(plate.pixels[row, column], pixels, voxel, view)


def assert_between_neighbours(shown, pixels, voxel, view: ViewPlane) -> None:
    """Shown values lie between the two nearest voxels along p, and are one where it is met."""
    along = 1 if view.axis == 0 else 0
    size = (COLUMNS, ROWS)[along]
    ends = []
    for at in (np.floor(voxel[along] + 1e-9), np.ceil(voxel[along] - 1e-9)):
        index = [round(axis) for axis in voxel]
        index[along] = int(np.clip(at, 0, size - 1))
        ends.append(int(pixels[index[2], index[1], index[0]]))
    assert min(ends) <= shown <= max(ends)


@pytest.mark.parametrize("name", [name for name in UNIFORM if name != "one slice"])
@each_plane
def test_plain_stacks_show_what_simpleitk_finds_there(name, plane):
    stack = UNIFORM[name]
    view = view_planes(stack)[plane]
    pixels = noise(stack)
    image = SimpleITK.GetImageFromArray(pixels)
    image.SetOrigin(stack.origins[0].tolist())
    image.SetSpacing([*stack.spacing_mm, stack.step_mm])
    axes = np.stack([stack.row_direction, stack.column_direction, stack.normal], axis=1)
    image.SetDirection(axes.ravel().tolist())
    for index in range(view.count):
        plate = picture_of(volume_of(stack, pixels), view, index)
        step_p, step_q = pixel_mm(plate)
        rows, columns = np.indices(plate.pixels.shape)
        p = plate.rect[0] + (columns.ravel() + 0.5) * step_p
        q = plate.rect[1] + (rows.ravel() + 0.5) * step_q
        places = view.patient_of_plane(index, np.stack([p, q], axis=1))
        found = [image[image.TransformPhysicalPointToIndex(place)] for place in places.tolist()]
        np.testing.assert_array_equal(plate.pixels.ravel(), found)


@pytest.mark.parametrize("name", UNIFORM)
@each_plane
def test_plain_stacks_are_shown_without_a_copy(name, plane):
    stack = UNIFORM[name]
    volume = volume_of(stack, noise(stack))
    view = view_planes(stack)[plane]
    plate = picture_of(volume, view, 1 if view.count > 1 else 0)
    assert np.shares_memory(plate.pixels, volume.pixels)
    assert plate.valid is None
    np.testing.assert_allclose(plate.rect, view.bounds_mm, atol=1e-6)


@each_stack
def test_the_acquired_slice_is_shown_as_it_is(name):
    stack = STACKS[name]
    volume = volume_of(stack, noise(stack))
    view = next(view for view in view_planes(stack).values() if view.is_acquired)
    plate = picture_of(volume, view, stack.count - 1)
    assert np.shares_memory(plate.pixels, volume.pixels)
    np.testing.assert_array_equal(plate.pixels, volume.pixels[-1])
    assert plate.rect == (0, 0, COLUMNS * stack.spacing_mm[0], ROWS * stack.spacing_mm[1])


@pytest.mark.parametrize("name", [name for name in ODD if "gapped" in name])
def test_a_gap_shows_nothing_and_is_as_wide_as_it_is(name):
    stack = STACKS[name]
    volume = volume_of(stack, np.full((COUNT, ROWS, COLUMNS), 50, dtype=np.int16))
    for view in view_planes(stack).values():
        if view.is_acquired:
            continue
        plate = picture_of(volume, view, 3)
        assert plate.valid is not None
        empty = ~plate.valid.any(axis=1)
        missing = sum(gap.missing for gap in stack.gaps)
        step_q = (view.q_spans[0, 1] - view.q_spans[0, 0]) * missing
        assert empty.sum() * pixel_mm(plate)[1] == pytest.approx(step_q, rel=0.03)


@each_stack
@each_plane
def test_slices_that_are_not_decoded_yet_are_not_shown(name, plane):
    stack = STACKS[name]
    volume = volume_of(stack, noise(stack))
    view = view_planes(stack)[plane]
    k = stack.count // 2
    volume.ready[k] = False
    plate = picture_of(volume, view, k if view.is_acquired else 2)
    assert plate.valid is not None
    step_q = pixel_mm(plate)[1]
    rows = plate.rect[1] + (np.arange(len(plate.pixels)) + 0.5) * step_q
    for q, shown in zip(rows, plate.valid.any(axis=1), strict=True):
        slice_shown = k if view.is_acquired else view.slice_at(q)
        assert shown == (slice_shown is not None and slice_shown != k)


def test_floating_point_pixels_keep_their_type_and_their_fractions():
    stack = STACKS["tilted"]
    values = (noise(stack) / 7).astype(np.float32)
    for view in view_planes(stack).values():
        plate = picture_of(volume_of(stack, values), view, 3)
        assert plate.pixels.dtype == np.float32
    flat = np.full_like(values, 0.3)
    plate = picture_of(volume_of(stack, flat), view_planes(stack)["sagittal"], 3)
    np.testing.assert_allclose(plate.pixels[plate.valid], 0.3, rtol=1e-6)


def test_large_integers_are_not_rounded_by_the_shear():
    stack = STACKS["tilted"]
    values = np.full((COUNT, ROWS, COLUMNS), 2**31 - 9, dtype=np.int32)
    plate = picture_of(volume_of(stack, values), view_planes(stack)["sagittal"], 3)
    assert (plate.pixels[plate.valid] == 2**31 - 9).all()


def test_a_plane_that_is_not_there_is_refused():
    stack = STACKS["axial"]
    with pytest.raises(IndexError, match="the sagittal plane has 11 slices, not 11"):
        picture_of(volume_of(stack, dark(stack)), view_planes(stack)["sagittal"], 11)


def test_rounded_positions_still_need_no_copy():
    stack = built(L, P, steps=np.round(0.625 * np.arange(COUNT), 2))
    volume = volume_of(stack, noise(stack))
    plate = picture_of(volume, view_planes(stack)["coronal"], 3)
    assert np.shares_memory(plate.pixels, volume.pixels)
    assert plate.valid is None


def test_slices_far_apart_make_no_endless_picture():
    far = [0.0, 0.001, 65.0]
    stack = stack_of([SlicePlane(z * H, L, P, (0.8, 0.8), COLUMNS, ROWS) for z in far], 1.0)
    close = stack_of([SlicePlane(z * H, L, P, (0.8, 0.8), COLUMNS, ROWS) for z in (0, 1, 2, 9e3)])
    for each in (stack, close):
        plate = picture_of(volume_of(each, dark(each)), view_planes(each)["coronal"], 3)
        assert plate.pixels.shape[0] <= 16384
