from __future__ import annotations

import numpy as np
import pytest
from stacks import COLUMNS, ROWS, STACKS, volume_of

from viewer.geometry.oblique import oblique_of, rotation
from viewer.geometry.views import view_planes
from viewer.media.instance import Rescale
from viewer.media.volume import Volume
from viewer.render.oblique import nearest, picture_grid
from viewer.render.reslice import Plate
from viewer.render.slab import Projection, Slab, indices_in, is_slab_at_hand, prepare_slab

BY_NUMPY = {"mip": np.max, "minip": np.min, "mean": np.mean}
PROJECTIONS: tuple[Projection, ...] = ("mip", "minip", "mean")


def noise(name: str) -> Volume:
    rng = np.random.default_rng(1)
    shape = (STACKS[name].count, ROWS, COLUMNS)
    return volume_of(STACKS[name], rng.integers(-1000, 3000, shape, dtype=np.int16))


def shown(plate: Plate):
    return np.ma.array(plate.pixels, mask=False if plate.valid is None else ~plate.valid)


@pytest.mark.parametrize("projection", PROJECTIONS)
@pytest.mark.parametrize(
    ("plane", "mm", "axis", "held"),
    [
        ("axial", 9.0, 0, slice(2, 5)),
        ("coronal", 2.4, 1, slice(2, 5)),
        ("sagittal", 4.0, 2, slice(1, 6)),
    ],
)
def test_a_slab_is_what_numpy_makes_of_the_planes_within(projection, plane, mm, axis, held):
    volume = noise("axial")
    view = view_planes(volume.stack)[plane]
    slab = Slab(projection, mm)
    assert indices_in(view, 3, slab) == range(held.start, held.stop)
    plate = prepare_slab(volume, view, 3, slab)
    block = volume.pixels[tuple(held if at == axis else slice(None) for at in range(3))]
    expected = BY_NUMPY[projection](block.astype(np.float64), axis=axis)
    np.testing.assert_allclose(plate.pixels, expected, rtol=1e-6)
    assert is_slab_at_hand(volume, view, 4, slab)  # so few pixels are projected in no time


def test_a_slab_thinner_than_a_step_is_the_plane_itself():
    volume = noise("axial")
    view = view_planes(volume.stack)["axial"]
    plate = prepare_slab(volume, view, 3, Slab("mip", 1.0))
    np.testing.assert_array_equal(plate.pixels, volume.pixels[3])


def test_a_slab_ends_where_the_slices_do_and_holds_none_beyond_its_mm_in_a_gap():
    view = view_planes(noise("gapped").stack)["axial"]
    assert indices_in(view, 0, Slab("mip", 12.5)) == range(0, 3)
    assert indices_in(view, 2, Slab("mip", 12.5)) == range(0, 3)
    assert indices_in(view, 3, Slab("mip", 18.5)) == range(2, 6)


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_tilted_slices_lie_above_each_other_where_they_are_in_the_patient(projection):
    volume = noise("tilted")
    stack = volume.stack
    view = next(view for view in view_planes(stack).values() if view.is_acquired)
    slab = Slab(projection, 2 * stack.step_mm)
    plate = prepare_slab(volume, view, 3, slab)
    for row in range(ROWS):
        for column in range(COLUMNS):
            place = stack.patient_of_voxel((column, row, 3))[0]
            values = []
            for k in indices_in(view, 3, slab):
                away = place - stack.origins[k]
                i = round(float(away @ stack.row_direction) / 0.8)
                j = round(float(away @ stack.column_direction) / 0.8)
                if 0 <= i < COLUMNS and 0 <= j < ROWS:
                    values.append(float(volume.pixels[k, j, i]))
            expected = BY_NUMPY[projection](values)
            assert plate.pixels[row, column] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_a_slab_of_an_oblique_plane_is_made_of_the_nearest_voxels_of_its_planes(projection):
    volume = noise("axial")
    plane = oblique_of(view_planes(volume.stack)["coronal"], (5, 4, 3))
    plane = plane.turned(rotation((0, 0, 1), 0.4), plane.through_mm)
    index, slab = plane.index_of((5, 4, 3)), Slab(projection, 2.2 * plane.step_mm)
    within = indices_in(plane, index, slab)
    assert within == range(index - 1, index + 2)
    grid = picture_grid(plane, index, 1 << 20)
    plates = np.ma.stack([shown(nearest(volume, plane, at, grid)) for at in within])
    by_numpy = {"mip": plates.max, "minip": plates.min, "mean": plates.mean}[projection](axis=0)
    assert not is_slab_at_hand(volume, plane, index, slab)
    plate = prepare_slab(volume, plane, index, slab)
    assert is_slab_at_hand(volume, plane, index, slab)
    np.testing.assert_array_equal(shown(plate).mask, np.ma.getmaskarray(by_numpy))
    np.testing.assert_allclose(shown(plate).compressed(), by_numpy.compressed(), rtol=1e-5)


@pytest.mark.parametrize("projection", PROJECTIONS)
def test_padding_counts_for_nothing_and_rescales_of_slices_are_applied(projection):
    volume = noise("axial")
    volume.pixels[:] = 10
    volume.pixels[3] = -2000
    volume.pixels[:, 0, 0] = -2000
    volume.padding = -2000
    rescales = tuple(Rescale(slope=1.0 + k, intercept=90.0 - 10 * k) for k in range(8))
    object.__setattr__(volume.presentation, "rescales", rescales)
    view = view_planes(volume.stack)["axial"]
    plate = prepare_slab(volume, view, 3, Slab(projection, 7.0))
    assert plate.valid is not None
    assert not plate.valid[0, 0]
    np.testing.assert_allclose(plate.pixels[plate.valid], 100.0)
    assert plate.rescale.slope == 1.0
