"""Painting: what was painted is what is read, and no other label moves by a pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from viewer.errors import CannotWrite, GeometryError
from viewer.formats.masks import (
    LabelVolume,
    Numbering,
    Overlapping,
    Painting,
    alone,
    new_nifti,
    painted,
    read_nifti,
    runs_of,
    tally_of,
    write_nifti,
)
from viewer.geometry.mask import Bitmap, Mask

ROWS, COLUMNS, SLICES = 4, 5, 3
OVERLAPS = {7: frozenset({1, 2}), 9: frozenset({1, 2, 300}), 11: frozenset({2})}
NUMBERING = Numbering(frozenset({1, 2, 300}), OVERLAPS)
HELD = (0, 1, 2, 7, 9, 11, 40, 300)  # 40 is listed by nobody

bitmaps = st.lists(st.booleans(), min_size=ROWS * COLUMNS, max_size=ROWS * COLUMNS).map(
    lambda cells: np.array(cells).reshape(ROWS, COLUMNS)
)
volumes = st.lists(
    st.sampled_from(HELD), min_size=SLICES * ROWS * COLUMNS, max_size=SLICES * ROWS * COLUMNS
).map(lambda numbers: volume_of(np.array(numbers, "u2").reshape(SLICES, ROWS, COLUMNS)))
steps = st.lists(
    st.tuples(st.integers(0, SLICES - 1), st.sampled_from([1, 2, 300]), bitmaps), max_size=6
)


def volume_of(values: NDArray[Any]) -> LabelVolume:
    return LabelVolume("mask.nii", values, values, b"")


def bitmap_of(painting: Painting, slice: int, segment: int) -> Bitmap:
    """Where a segment is on a slice."""
    return whole(runs_of(painting.plane(slice), painting.numbering.numbers_of(segment)))


def whole(mask: Mask | None) -> Bitmap:
    bitmap = np.zeros((ROWS, COLUMNS), bool)
    if mask is not None:
        bitmap[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    return bitmap


def segments_there(painting: Painting) -> set[int]:
    return {*painting.numbering.segments, 40}


@given(volumes, st.integers(0, SLICES - 1), st.sampled_from([1, 2, 300]), bitmaps)
def test_what_was_painted_is_what_is_read_and_all_else_stays(
    volume: LabelVolume, slice: int, segment: int, bitmap: Bitmap
) -> None:
    before = Painting(volume, NUMBERING)
    after = painted(before, slice, segment, Mask.from_array(bitmap))
    np.testing.assert_array_equal(bitmap_of(after, slice, segment), bitmap)
    for other in segments_there(before):
        for k in range(SLICES):
            if (k, other) != (slice, segment):
                np.testing.assert_array_equal(
                    bitmap_of(after, k, other), bitmap_of(before, k, other)
                )


@given(volumes, steps)
def test_many_strokes_are_read_as_the_last_one_of_each_segment_and_slice(
    volume: LabelVolume, strokes: list[tuple[int, int, Bitmap]]
) -> None:
    painting = Painting(volume, NUMBERING)
    expected = {
        (k, segment): bitmap_of(painting, k, segment)
        for k in range(SLICES)
        for segment in segments_there(painting)
    }
    for slice, segment, bitmap in strokes:
        painting = painted(painting, slice, segment, Mask.from_array(bitmap))
        expected[slice, segment] = bitmap
    for (k, segment), bitmap in expected.items():
        np.testing.assert_array_equal(bitmap_of(painting, k, segment), bitmap)


@given(volumes, steps)
def test_no_number_ever_means_two_things(
    volume: LabelVolume, strokes: list[tuple[int, int, Bitmap]]
) -> None:
    painting = Painting(volume, NUMBERING)
    for slice, segment, bitmap in strokes:
        painting = painted(painting, slice, segment, Mask.from_array(bitmap))
    numbering = painting.numbering
    new = numbering.overlaps.keys() - OVERLAPS.keys()
    assert not new & {*numbering.segments, *volume.tally.present, 0}
    assert all(numbering.overlaps[number] == owners for number, owners in OVERLAPS.items())
    owners = [numbering.overlaps[number] for number in (*new, *OVERLAPS)]
    assert len(set(owners)) == len(owners)


@given(volumes)
def test_painting_a_segment_where_it_is_changes_nothing(volume: LabelVolume) -> None:
    painting = Painting(volume, NUMBERING)
    for segment in (1, 2, 300):
        there = runs_of(painting.plane(0), NUMBERING.numbers_of(segment))
        assert painted(painting, 0, segment, there) is painting


@given(st.lists(st.tuples(st.integers(0, 2), bitmaps), max_size=4))
def test_a_painted_volume_survives_its_file(strokes: list[tuple[int, Bitmap]]) -> None:
    empty = new_nifti("S.nii.gz", (SLICES, ROWS, COLUMNS), np.eye(4))
    painting = Painting(empty, Numbering(frozenset({250, 300})))
    for slice, bitmap in strokes:
        painting = painted(painting, slice, 250, Mask.from_array(bitmap))
        painting = painted(painting, slice, 300, Mask.from_array(bitmap[::-1]))
    content = write_nifti(empty, painting.planes)
    again = Painting(read_nifti("S.nii.gz", content, 1 << 20), painting.numbering)
    for k in range(SLICES):
        for segment in (250, 300):
            np.testing.assert_array_equal(
                bitmap_of(again, k, segment), bitmap_of(painting, k, segment)
            )


def full() -> Mask:
    return Mask.from_array(np.ones((ROWS, COLUMNS), bool))


def filled(number: int) -> LabelVolume:
    return volume_of(np.full((SLICES, ROWS, COLUMNS), number, "u1"))


def test_a_new_overlap_takes_the_smallest_number_that_is_free() -> None:
    values = np.full((SLICES, ROWS, COLUMNS), 1, "u1")
    values[2, 0, 0] = 3  # somewhere else in the volume, listed by nobody
    numbering = Numbering(frozenset({1, 2}), {4: frozenset({1, 9})})
    after = painted(Painting(volume_of(values), numbering), 0, 2, full())
    assert after.numbering.overlaps == {4: frozenset({1, 9}), 5: frozenset({1, 2})}
    assert (after.plane(0) == 5).all()


def test_an_overlap_that_is_there_is_used_again() -> None:
    after = painted(Painting(filled(1), NUMBERING), 0, 2, full())
    assert after.numbering == NUMBERING
    assert (after.plane(0) == 7).all()


def test_erasing_one_of_an_overlap_leaves_the_others() -> None:
    after = painted(Painting(filled(9), NUMBERING), 1, 300, None)
    assert (after.plane(1) == 7).all()
    after = painted(after, 1, 1, None)
    assert (after.plane(1) == 2).all()
    assert (after.plane(0) == 9).all()


def test_an_overlap_in_a_file_without_overlaps_is_refused_naming_both() -> None:
    numbering = Numbering(frozenset({3, 8}), may_overlap=False)
    with pytest.raises(Overlapping, match=r"labels 3, 8 overlap on slice 2") as caught:
        painted(Painting(filled(3), numbering), 1, 8, full())
    assert (caught.value.segments, caught.value.slice) == ({3, 8}, 1)


def test_painting_over_a_number_that_nobody_lists_is_an_overlap_with_it() -> None:
    numbering = Numbering(frozenset({8}), may_overlap=False)
    with pytest.raises(Overlapping, match="labels 8, 40 overlap"):
        painted(Painting(filled(40), numbering), 0, 8, full())


def test_a_number_that_is_a_label_and_an_overlap_as_well_is_not_written_alone() -> None:
    numbering = Numbering(frozenset({1, 2, 3}), {3: frozenset({1, 2})})
    with pytest.raises(CannotWrite, match="label 3 stands for an overlap"):
        painted(Painting(filled(0), numbering), 0, 3, full())


def test_no_free_number_is_said() -> None:
    numbering = Numbering(frozenset(range(1, 65536)))
    with pytest.raises(CannotWrite, match="no number up to 65535 is free"):
        painted(Painting(filled(1), numbering), 0, 2, full())


@pytest.mark.parametrize("segment", [0, -1, 65536])
def test_numbers_beyond_16_bits_are_not_painted(segment: int) -> None:
    with pytest.raises(CannotWrite, match="not within 1 and 65535"):
        painted(Painting(filled(0), Numbering(frozenset({segment}))), 0, segment, full())


def test_a_segment_that_is_not_in_the_numbering_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="not in the numbering"):
        painted(Painting(filled(0), NUMBERING), 0, 5, full())


@pytest.mark.parametrize(("x", "y"), [(-1, 0), (0, -1), (COLUMNS, 0), (0, ROWS)])
def test_a_mask_out_of_the_plane_is_refused(x: int, y: int) -> None:
    mask = Mask.from_array(np.ones((1, 1), bool), x, y)
    with pytest.raises(GeometryError, match="5 x 4 pixels"):
        painted(Painting(filled(0), NUMBERING), 0, 1, mask)


@given(volumes, st.integers(0, SLICES - 1), bitmaps)
def test_in_a_file_of_one_segment_every_number_is_it(
    volume: LabelVolume, slice: int, bitmap: Bitmap
) -> None:
    segment, numbering = alone(volume)
    painting = Painting(volume, numbering)
    np.testing.assert_array_equal(bitmap_of(painting, slice, segment), volume.values[slice] != 0)
    after = painted(painting, slice, segment, Mask.from_array(bitmap))
    np.testing.assert_array_equal(after.plane(slice) != 0, bitmap)
    kept = bitmap & (volume.values[slice] != 0)
    np.testing.assert_array_equal(after.plane(slice)[kept], volume.values[slice][kept])


def test_an_empty_file_of_one_segment_is_painted_with_ones() -> None:
    assert alone(filled(0))[0] == 1


@given(volumes, st.sets(st.sampled_from(HELD[1:])))
def test_the_tally_finds_each_slice_and_voxel_of_any_numbers(
    volume: LabelVolume, numbers: set[int]
) -> None:
    for values in (volume.values, volume.values.astype("i4")):
        tally = tally_of(values)
        there = np.isin(values, list(numbers)) if numbers else np.zeros_like(values, bool)
        expected = np.flatnonzero(there.any(axis=(1, 2)))
        np.testing.assert_array_equal(tally.slices_of(numbers), expected)
        assert tally.voxels_of(numbers) == there.sum()
        assert tally.present == set(np.unique(values).tolist()) - {0}
        left = tally.without((*numbers, 10**30))
        assert left.present == tally.present - set(numbers)
        assert left.voxels.sum() == np.count_nonzero(values) - tally.voxels_of(set(numbers) - {0})


def test_runs_of_numbers_that_are_not_there_are_none() -> None:
    assert runs_of(np.zeros((3, 3), "u1"), frozenset({1, 70000})) is None
