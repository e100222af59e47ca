"""Laws of what is laid over a plane: the right voxel at the right place, and nothing elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from stacks import COLUMNS, ROWS, STACKS, volume_of

from viewer.geometry.oblique import oblique_of, rotation
from viewer.geometry.stack import Stack
from viewer.geometry.views import view_planes
from viewer.media.volume import Volume, Window
from viewer.render.colormaps import table_of
from viewer.render.fusion import (
    Sampled,
    colors_of,
    is_label_map,
    label_colors_of,
    sampled,
    value_at,
)
from viewer.render.palette import PALETTE

SLOPE = np.array([3.0, -2.0, 5.0])  # of a field that runs evenly through the patient
PLANES = ("axial", "sagittal", "coronal")


def field(stack: Stack) -> Volume:
    """A volume whose values are those of the field at the middles of its voxels."""
    k, j, i = np.mgrid[: stack.count, :ROWS, :COLUMNS]
    places = stack.patient_of_voxel(np.stack([i, j, k], axis=-1).reshape(-1, 3))
    return volume_of(stack, (places @ SLOPE).reshape(k.shape))


def places_of(plane, index: int, found: Sampled):
    p0, q0, p1, q1 = found.rect
    high, wide = found.values.shape
    p = p0 + (np.arange(wide) + 0.5) * (p1 - p0) / wide
    q = q0 + (np.arange(high) + 0.5) * (q1 - q0) / high
    pq = np.stack(np.meshgrid(p, q), axis=-1).reshape(-1, 2)
    return plane.patient_of_plane(index, pq).reshape(high, wide, 3)


@pytest.mark.parametrize("over", ["axial", "sagittal", "oblique", "oblique, not square", "tilted"])
@pytest.mark.parametrize("base", ["axial", "coronal", "double oblique", "uneven"])
@pytest.mark.parametrize("name", PLANES)
def test_values_are_those_of_the_place_in_the_patient(base, over, name):
    plane, volume = view_planes(STACKS[base])[name], field(STACKS[over])
    index = plane.count // 2
    mixed = sampled(volume, plane, index)
    truth = places_of(plane, index, mixed) @ SLOPE
    inner = mixed.valid & _is_inner(volume.stack, places_of(plane, index, mixed))
    np.testing.assert_allclose(mixed.values[inner], truth[inner], atol=1e-6)
    near = sampled(volume, plane, index, mixed=False)
    stack = volume.stack
    half = np.abs([stack.row_direction @ SLOPE * stack.spacing_mm[0],
                   stack.column_direction @ SLOPE * stack.spacing_mm[1],
                   stack.normal @ SLOPE * stack.step_mm]).sum() / 2  # fmt: skip
    off = np.abs(near.values - places_of(plane, index, near) @ SLOPE)[near.valid]
    assert off.max(initial=0) <= half + np.abs(SLOPE).max() * 1e-6


def _is_inner(stack: Stack, places):
    """Between the middles of the outermost voxels, where there are eight around."""
    along = places @ stack.normal
    k = np.interp(along, stack.positions_mm, np.arange(stack.count))
    origin = [np.interp(k, np.arange(stack.count), stack.origins[:, axis]) for axis in range(3)]
    away = places - np.stack(origin, axis=-1)
    i = away @ stack.row_direction / stack.spacing_mm[0]
    j = away @ stack.column_direction / stack.spacing_mm[1]
    within = (along >= stack.positions_mm[0]) & (along <= stack.positions_mm[-1])
    return within & (i >= 0) & (i <= COLUMNS - 1) & (j >= 0) & (j <= ROWS - 1)


def test_a_volume_over_itself_is_its_own_picture_on_each_plane():
    rng = np.random.default_rng(3)
    stack = STACKS["axial"]
    volume = volume_of(stack, rng.integers(0, 9, (stack.count, ROWS, COLUMNS), dtype=np.int16))
    plane = view_planes(stack)["axial"]
    for found in (sampled(volume, plane, 3), sampled(volume, plane, 3, mixed=False)):
        np.testing.assert_allclose(found.values, volume.pixels[3], atol=1e-9)
        assert found.valid.all()


def test_nothing_is_shown_beyond_the_volume_in_gaps_and_where_nothing_is_decoded():
    gapped = field(STACKS["gapped"])
    plane = view_planes(STACKS["axial"])["coronal"]
    found = sampled(gapped, plane, 4)
    heights = places_of(plane, 4, found)[..., 2]
    gap = gapped.stack.gaps[0]
    low, high = np.sort(gapped.stack.positions_mm[[gap.after, gap.after + 1]])
    middle = (heights > low + 1.6) & (heights < high - 1.6)
    assert middle.any()
    assert not found.valid[middle].any()
    gapped.ready[:] = False
    assert not sampled(gapped, plane, 4).valid.any()


def test_voxel_by_voxel_the_numbers_belong_together_wherever_the_volume_lies():
    rng = np.random.default_rng(4)
    values = rng.integers(0, 99, (STACKS["axial"].count, ROWS, COLUMNS), dtype=np.int16)
    away = volume_of(STACKS["double oblique"], values)
    plane = view_planes(STACKS["axial"])["axial"]
    found = sampled(away, plane, 5, by_voxel=True, mixed=False)
    np.testing.assert_array_equal(found.values, values[5])
    place = STACKS["axial"].patient_of_voxel([[2.0, 3.0, 5.0]])[0]
    assert value_at(away, STACKS["axial"], place) == (2, 3, 5)


def test_an_oblique_plane_is_covered_too():
    volume = field(STACKS["axial"])
    view = view_planes(STACKS["axial"])["axial"]
    plane = oblique_of(view, (5, 4, 3)).turned(
        rotation((1.0, 0.2, 0.0), 0.4), STACKS["axial"].patient_of_voxel([[5, 4, 3]])[0]
    )
    found = sampled(volume, plane, plane.count // 2)
    places = places_of(plane, plane.count // 2, found)
    inner = found.valid & _is_inner(volume.stack, places)
    assert inner.sum() > 20
    np.testing.assert_allclose(found.values[inner], (places @ SLOPE)[inner], atol=1e-6)


def test_colours_are_the_maps_at_the_opacity_and_nothing_stands_at_the_windows_low_end():
    found = Sampled(np.array([[0.0, 50.0, 100.0, 100.0]]), np.array([[True, True, True, False]]),
                    (0, 0, 4, 1))  # fmt: skip
    made = colors_of(found, Window(50.0, 100.0, "", "LINEAR_EXACT"), "pet", 0.5)
    assert made[0, :, 3].tolist() == [0, 128, 128, 0]
    assert made[0, 2, 2::-1].tolist() == np.rint(table_of("pet")[255] * 0.5).tolist()


def test_labels_have_the_palettes_colours_and_0_has_none():
    found = Sampled(np.array([[0.0, 1.0, 2.0]]), np.ones((1, 3), np.bool_), (0, 0, 3, 1))
    made = label_colors_of(found, 1.0)
    assert made[0, :, 3].tolist() == [0, 255, 255]
    shown = ["#" + bytes(pixel).hex().upper() for pixel in made[0, 1:, 2::-1]]
    assert shown == list(PALETTE[:2])


@pytest.mark.parametrize(
    ("values", "is_map"), [([0, 1, 5], True), ([0.5, 1], False), ([-1, 3], False)]
)
def test_a_label_map_holds_few_whole_numbers_from_0_on(values, is_map):
    stack = STACKS["axial"]
    pixels = np.resize(np.array(values), (stack.count, ROWS, COLUMNS)).astype(np.float32)
    volume = volume_of(stack, pixels)
    volume = replace(volume, rescale=type(volume.rescale)())
    assert is_label_map(volume) is is_map
