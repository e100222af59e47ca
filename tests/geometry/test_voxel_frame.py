"""An export's voxels are turned into those of the media and back, and digits are kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.geometry.mask import EMPTY
from viewer.geometry.solids import (
    Angle,
    Cuboid,
    Landmark,
    Length,
    MaskVolume,
    masks_of,
    points_of_solid,
)
from viewer.geometry.voxel_frame import AS_COUNTED, VoxelFrame

NUMBERS = st.floats(-1e4, 1e4, allow_subnormal=False)
VOXELS = st.tuples(NUMBERS, NUMBERS, NUMBERS)
SOLIDS = st.one_of(
    st.builds(Landmark, VOXELS),
    st.builds(Length, VOXELS, VOXELS),
    st.builds(Angle, VOXELS, VOXELS, VOXELS),
    st.builds(Cuboid, VOXELS, VOXELS),
)
SIGN = st.sampled_from([1, -1])
SHIFT = st.integers(-500, 500)
FRAMES = st.builds(
    VoxelFrame, st.tuples(SIGN, SIGN, SIGN), st.tuples(SHIFT, SHIFT, SHIFT), st.booleans()
)
WHOLE = st.integers(-99, 99).map(float)
CUBOIDS = st.builds(Cuboid, st.tuples(WHOLE, WHOLE, WHOLE), st.tuples(WHOLE, WHOLE, WHOLE))


@given(FRAMES, SOLIDS)
def test_what_was_not_edited_comes_back_to_the_last_digit(frame, solid):
    shown = frame.shown(solid)
    assert frame.stored(shown, solid) == solid
    assert type(shown) is type(solid)


@given(FRAMES, VOXELS, st.integers(0, 2), st.integers(-99, 99))
def test_one_number_is_edited_and_the_others_keep_their_digits(frame, voxel, axis, to):
    before = Landmark(voxel)
    shown = list(frame.shown(before).point)  # pyright: ignore[reportAttributeAccessIssue]
    shown[axis] = float(to)
    after = frame.stored(Landmark(tuple(shown)), before)  # pyright: ignore[reportArgumentType]
    (point,) = points_of_solid(after)  # pyright: ignore[reportArgumentType]
    assert [n for at, n in enumerate(point) if at != axis] == [
        n for at, n in enumerate(voxel) if at != axis
    ]
    again = frame.shown(after)
    assert again.point[axis] == to  # pyright: ignore[reportAttributeAccessIssue]


@given(FRAMES)
def test_whole_numbers_go_there_and_back(frame):
    solid = Cuboid((1, 2, 3), (4, 5, 6))
    other = Length((0, 0, 0), (1, 1, 1))
    assert frame.stored(frame.shown(solid), other) == solid


@given(FRAMES)
def test_masks_stay_as_their_file_has_them(frame):
    volume = MaskVolume(masks_of({1: EMPTY}))
    assert frame.shown(volume) is volume
    assert frame.stored(volume, volume) is volume
    assert AS_COUNTED.shown(Landmark((1, 2, 3))) == Landmark((1, 2, 3))


@given(
    FRAMES, VOXELS, st.lists(st.floats(-99, 99, allow_subnormal=False), min_size=12, max_size=12)
)
def test_an_affine_leads_from_either_count_to_the_same_place(frame, voxel, numbers):
    (shown,) = points_of_solid(frame.shown(Landmark(voxel)))
    here = np.array(numbers).reshape(3, 4) @ (*shown, 1)
    there = np.array(frame.counted(numbers)).reshape(3, 4) @ (*voxel, 1)
    assert there == pytest.approx(here, abs=1e-5)


@given(FRAMES, CUBOIDS, CUBOIDS)
def test_a_cuboid_that_was_edited_is_shown_again_as_it_was_drawn(frame, before, drawn):
    for held in (before, None):
        again = frame.shown(frame.stored(drawn, held))
        assert isinstance(again, Cuboid)
        assert again.corners == drawn.corners


def test_a_cuboid_counted_by_edges_ends_before_its_higher_numbers():
    frame = VoxelFrame(has_edges=True)
    held = Cuboid((1, 6, 3), (4.25, 2, 3))
    shown = Cuboid((1, 5, 3), (3.25, 2, 3))
    assert frame.shown(held) == shown
    assert frame.stored(shown, held) == held
    assert frame.shown(Landmark((1, 2, 3))) == Landmark((1, 2, 3))
    moved = Cuboid((0, 5, 3), (3.25, 2, 3))
    assert frame.stored(moved, held) == Cuboid((0, 6, 3), (4.25, 2, 3))
    assert frame.stored(Cuboid((1, 2, 3), (1, 2, 3))) == Cuboid((1, 2, 3), (2, 3, 4))
    assert frame.is_in_place
    assert not VoxelFrame(shifts=(0, 0, 1)).is_in_place
