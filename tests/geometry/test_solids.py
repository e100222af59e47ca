"""Solids: what they are on each plane, how an edit there changes them, and how large they are."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stacks import COLUMNS, COUNT, ROWS, STACKS, L, P, built

from viewer.errors import GeometryError
from viewer.geometry.flats import ACROSS, flat_of, flats_of, is_whole, raised
from viewer.geometry.mask import EMPTY, Mask
from viewer.geometry.measure import same_shape, translated
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Box, Point, Polyline
from viewer.geometry.solid_sizes import (
    angle_of,
    length_of,
    middle_of,
    spread_of,
    volume_mm3,
    voxels_of,
)
from viewer.geometry.solids import (
    Angle,
    ChangedMasks,
    Cuboid,
    Landmark,
    Length,
    MaskVolume,
    SliceMasks,
    changes_of,
    masks_of,
    reach_of,
)

SIZE = (COLUMNS, ROWS, COUNT)
axes = st.sampled_from([0, 1, 2])
whole = st.tuples(*(st.integers(0, limit - 1) for limit in SIZE))
places = st.tuples(*(st.floats(-0.49, limit - 0.51) for limit in SIZE))
cells = st.lists(st.booleans(), min_size=60, max_size=60).map(
    lambda bits: np.array(bits).reshape(3, 4, 5)
)
pointed = st.one_of(
    st.builds(Landmark, places),
    st.builds(Length, places, places),
    st.builds(Angle, places, places, places),
    st.builds(Cuboid, places, places),
)


def volume_of(bits: np.ndarray) -> tuple[MaskVolume, np.ndarray]:
    """A volume, and the same voxels as a (columns, rows, slices) array."""
    voxels = np.zeros(SIZE, dtype=bool)
    voxels[2:7, 1:5, 3:6] = bits.transpose(2, 1, 0)
    masks = {k: Mask.from_array(voxels[:, :, k].T) for k in range(COUNT)}
    return MaskVolume(masks_of(masks)), voxels


def on_plane(axis: int, index: int, voxels: np.ndarray) -> np.ndarray:
    """Voxels of one plane as a picture (y, x)."""
    return np.take(voxels, index, axis=axis).T


def picture(mask: Mask, axis: int) -> np.ndarray:
    x, y = (SIZE[other] for other in ACROSS[axis])
    drawn = np.zeros((y, x), dtype=bool)
    drawn[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    return drawn


@given(cells, axes)
def test_a_volume_is_its_voxels_on_every_plane(bits, axis):
    volume, voxels = volume_of(bits)
    for index in range(SIZE[axis]):
        flats = flats_of(volume, axis, index, SIZE)
        drawn = picture(flats[0] if flats else EMPTY, axis)
        np.testing.assert_array_equal(drawn, on_plane(axis, index, voxels))


@given(whole, whole, axes)
def test_a_cuboid_is_its_voxels_on_every_plane(one, other, axis):
    voxels = np.zeros(SIZE, dtype=bool)
    low, high = np.minimum(one, other), np.maximum(one, other)
    voxels[tuple(slice(a, b + 1) for a, b in zip(low, high, strict=True))] = True
    x, y = (SIZE[other] for other in ACROSS[axis])
    for index in range(SIZE[axis]):
        box = flat_of(Cuboid(one, other), axis, index, SIZE)
        mask = EMPTY if box is None else rasterised(box, x, y)
        np.testing.assert_array_equal(picture(mask, axis), on_plane(axis, index, voxels))
    assert sum(count for _, count in voxels_of(Cuboid(one, other), SIZE)) == voxels.sum()


@given(pointed, axes)
def test_a_solid_meets_the_slices_of_its_reach_and_no_others(solid, axis):
    first, last = reach_of(solid)[axis]
    met = [index for index in range(-3, 14) if flats_of(solid, axis, index, SIZE)]
    assert met == list(range(first, last + 1))


@given(places, places, axes)
def test_a_length_is_a_line_in_its_slice_and_a_point_where_it_goes_through(first, last, axis):
    solid = Length(first, last)
    start, end = reach_of(solid)[axis]
    for index in range(start, end + 1):
        (flat,) = flats_of(solid, axis, index, SIZE)
        if is_whole(solid, axis, index):
            ends = np.array([first, last])[:, list(ACROSS[axis])] + 0.5
            np.testing.assert_allclose(flat.vertices, ends)
            continue
        assert isinstance(flat, Point)
        share = np.clip((index - first[axis]) / (last[axis] - first[axis]), 0, 1)
        at = np.array(first) + share * (np.array(last) - first)
        assert (flat.x, flat.y) == pytest.approx(tuple(at[list(ACROSS[axis])] + 0.5))


def test_an_angle_goes_through_a_slice_twice_without_a_line_between():
    solid = Angle((1, 1, 0), (5, 1, 4), (9, 1, 0))
    assert flats_of(solid, 2, 2, SIZE) == (Point(3.5, 1.5), Point(7.5, 1.5))
    (line,) = flats_of(solid, 1, 1, SIZE)
    assert line.vertices.tolist() == [[1.5, 0.5], [5.5, 4.5], [9.5, 0.5]]
    assert flats_of(Angle((1, 1, 2), (5, 1, 2), (9, 1, 0)), 2, 2, SIZE)[0].vertices.tolist() == [
        [1.5, 1.5],
        [5.5, 1.5],
    ]


@given(pointed, axes)
def test_what_was_not_edited_stays_to_the_last_digit(solid, axis):
    index = reach_of(solid)[axis][0]
    flat = flat_of(solid, axis, index, SIZE)
    if is_whole(solid, axis, index):
        assert raised(solid, flat, axis, index) == solid


@given(pointed, axes, st.integers(-3, 3), st.integers(-3, 3))
def test_an_edit_on_a_plane_moves_along_that_plane_only(solid, axis, dx, dy):
    index = reach_of(solid)[axis][0]
    if not is_whole(solid, axis, index):
        return
    moved = raised(solid, translated(flat_of(solid, axis, index, SIZE), dx, dy), axis, index)
    steps = dict(zip(ACROSS[axis], (dx, dy), strict=True))
    pairs = zip(msgspec.structs.astuple(solid), msgspec.structs.astuple(moved), strict=True)
    for before, after in pairs:
        assert after[axis] == before[axis]
        for other, step in steps.items():
            snaps = isinstance(solid, Cuboid) or other == 2
            near = 1.0 if snaps else 1e-6
            assert after[other] - before[other] == pytest.approx(step, abs=near)
            if step and snaps:
                assert after[other] == round(after[other])


@given(whole, whole, axes)
def test_a_side_of_a_cuboid_moves_alone(one, other, axis):
    solid = Cuboid(one, other)
    low, high = solid.corners
    index = int(low[axis])
    box = flat_of(solid, axis, index, SIZE)
    wider = raised(solid, Box(box.x, box.y, box.width + 2.4, box.height), axis, index)
    x = ACROSS[axis][0]
    assert wider.corners[0] == low
    changed = [b - a for a, b in zip(high, wider.corners[1], strict=True)]
    assert changed == [2.0 if at == x else 0.0 for at in range(3)]
    order = [[a <= b for a, b in zip(c.low, c.high, strict=True)] for c in (solid, wider)]
    assert order[0] == order[1], "whichever corner was the lower stays the lower"


@given(cells, st.integers(0, COUNT - 1), st.booleans())
def test_a_changed_slice_leaves_the_others_and_the_file_as_they_were(bits, k, is_gone):
    volume, voxels = volume_of(bits)
    file = MaskVolume(ChangedMasks(volume.masks))
    mask = None if is_gone else Mask.from_array(np.ones((2, 2), dtype=bool), 1, 1)
    after = file.with_slice(k, mask)
    assert isinstance(after.masks, SliceMasks)
    for at in range(COUNT):
        expected = mask if at == k else volume.masks.mask(at)
        assert same_shape(after.masks.mask(at) or EMPTY, expected or EMPTY)
        assert same_shape(file.masks.mask(at), volume.masks.mask(at))
    assert list(changes_of(after)) == [k]
    assert (k in after.masks.slices()) == (not is_gone)
    assert list(after.masks.slices()) == sorted(after.masks.slices())
    voxels[:, :, k] = 0 if mask is None else picture(mask, 2).T
    for axis in (0, 1):
        for index in range(SIZE[axis]):
            drawn = flat_of(after, axis, index, SIZE) or EMPTY
            np.testing.assert_array_equal(picture(drawn, axis), on_plane(axis, index, voxels))


@given(cells)
def test_the_spread_of_a_volume_is_where_it_has_voxels(bits):
    volume, voxels = volume_of(bits)
    spread = spread_of(volume, COUNT)
    if spread is None:
        assert not voxels.any()
        return
    assert spread.count == voxels.sum()
    for axis in range(3):
        on = np.flatnonzero(voxels.any(axis=tuple(a for a in range(3) if a != axis)))
        assert spread.reach[axis] == (on[0], on[-1])
    k = middle_of(volume, spread)[2]
    assert voxels[:, :, int(k)].any()


@pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS)
def test_lengths_and_angles_are_those_of_the_patient(stack):
    last = stack.count - 1
    first, vertex, end = (1, 2, 0), (6, 4, last), (3, 7, last // 2)
    a, b, c = stack.patient_of_voxel([first, vertex, end])
    length = length_of(Length(first, vertex), stack, stack.spacing_mm)
    assert length == pytest.approx(np.linalg.norm(b - a))
    cosine = (a - b) @ (c - b) / np.linalg.norm(a - b) / np.linalg.norm(c - b)
    angle = angle_of(Angle(first, vertex, end), stack, stack.spacing_mm)
    assert angle == pytest.approx(np.degrees(np.arccos(np.clip(cosine, -1, 1))), abs=1e-4)


def test_between_two_slices_a_length_goes_in_proportion():
    stack = built(L, P, steps=np.array([0, 2, 6.0]), spacing=(1, 1))
    assert length_of(Length((0, 0, 0.5), (0, 0, 1.5)), stack, (1, 1)) == pytest.approx(3)
    assert length_of(Length((0, 0, 2), (0, 0, 2.5)), stack, (1, 1)) == pytest.approx(2)
    assert length_of(Length((0, 0, 0), (3, 4, 9)), None, (1, 1)) == pytest.approx(5)


def test_a_volume_is_measured_slice_by_slice_as_thick_as_their_slabs():
    stack = built(L, P, spacing=(0.5, 1.25))
    cuboid = Cuboid((1, 1, 2), (4, 2, 5))
    assert volume_mm3(voxels_of(cuboid, SIZE), stack) == pytest.approx(2 * 2.5 * 12)
    assert voxels_of(Cuboid((-9, 0, 0), (-5, 3, 3)), SIZE) == ()
    assert voxels_of(Cuboid((-1e9, -1e9, -1e9), (1e9, 1e9, 1e9)), SIZE)[-1] == (7, 99)


def test_an_angle_without_sides_has_no_size():
    assert angle_of(Angle((1, 1, 1), (1, 1, 1), (2, 2, 2)), None, (1, 1)) is None


@pytest.mark.parametrize("point", [(1, 2), (1, 2, float("nan")), (1, 2, 2e9), ("a", 1, 2), None])
def test_a_place_that_is_none_is_refused(point):
    with pytest.raises(GeometryError, match="voxel"):
        Landmark(point)


def test_masks_beyond_the_media_are_left_out():
    far = Mask.from_array(np.ones((2, 2), dtype=bool), 4, 4)
    volume = MaskVolume(masks_of({-3: far, 2: far, 10**9: far}))
    assert spread_of(volume, COUNT).voxels == ((2, 4),)
    assert flat_of(volume, 0, 4, SIZE).area == 2
    assert isinstance(flat_of(Length((1, 1, 1), (2, 2, 1)), 2, 1, SIZE), Polyline)
