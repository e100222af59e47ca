from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from viewer.errors import GeometryError
from viewer.geometry.mask import EMPTY, Mask

bitmaps = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=9))
corners = st.integers(-5, 48)


def full(mask: Mask, columns: int = 64, rows: int = 64) -> np.ndarray:
    """The mask on a whole picture that begins at (-6, -6)."""
    picture = np.zeros((rows, columns), dtype=np.bool_)
    x, y = mask.x + 6, mask.y + 6
    picture[y : y + mask.height, x : x + mask.width] = mask.to_array()
    return picture


@given(bitmaps, corners, corners)
def test_a_bitmap_goes_into_a_mask_and_back(bitmap, x, y):
    mask = Mask.from_array(bitmap, x, y)
    picture = np.zeros((64, 64), dtype=np.bool_)
    picture[y + 6 : y + 6 + bitmap.shape[0], x + 6 : x + 6 + bitmap.shape[1]] = bitmap
    np.testing.assert_array_equal(full(mask), picture)
    assert mask.area == bitmap.sum()


@given(bitmaps)
def test_the_box_of_a_mask_is_the_smallest(bitmap):
    mask = Mask.from_array(bitmap)
    if not bitmap.any():
        assert (mask.width, mask.height) == (0, 0)
        return
    array = mask.to_array()
    assert array[0].any()
    assert array[-1].any()
    assert array[:, 0].any()
    assert array[:, -1].any()


@given(bitmaps, corners, corners)
def test_every_pixel_and_every_span_says_what_the_bitmap_says(bitmap, x, y):
    mask = Mask.from_array(bitmap, x, y)
    again = np.zeros_like(bitmap)
    for column in range(bitmap.shape[1]):
        for start, end in mask.column_spans(x + column):
            again[start - y : end - y, column] = True
    np.testing.assert_array_equal(again, bitmap)
    again[:] = False
    for row in range(bitmap.shape[0]):
        for start, end in mask.row_spans(y + row):
            again[row, start - x : end - x] = True
    np.testing.assert_array_equal(again, bitmap)


@given(bitmaps, corners, corners)
def test_outside_its_box_a_mask_has_nothing(bitmap, x, y):
    mask = Mask.from_array(bitmap, x, y)
    outside = [x - 1, x + bitmap.shape[1]], [y - 1, y + bitmap.shape[0]]
    for column in outside[0]:
        assert len(mask.column_spans(column)) == 0
    for row in outside[1]:
        assert len(mask.row_spans(row)) == 0


def enclosed(edges: np.ndarray, columns: int, rows: int) -> np.ndarray:
    """Which pixels have an odd number of upright edges to their left (even-odd rule)."""
    upright = edges[edges[:, 0] == edges[:, 2]]
    inside = np.zeros((rows, columns), dtype=np.bool_)
    for x, y0, _, y1 in upright:
        inside[int(y0) + 6 : int(y1) + 6, int(x) + 6 :] ^= True
    return inside


@given(bitmaps, corners, corners)
def test_edges_enclose_exactly_the_mask(bitmap, x, y):
    mask = Mask.from_array(bitmap, x, y)
    np.testing.assert_array_equal(enclosed(mask.edges(), 64, 64), full(mask))


@given(bitmaps)
def test_edges_are_as_many_pixels_long_as_neighbours_differ_and_straight_to_their_ends(bitmap):
    edges = Mask.from_array(bitmap).edges()
    padded = np.pad(bitmap, 1)
    around = (padded[1:] != padded[:-1]).sum() + (padded[:, 1:] != padded[:, :-1]).sum()
    lengths = np.abs(edges[:, 2:] - edges[:, :2])
    assert lengths.sum() == around
    assert (lengths.min(axis=1) == 0).all() if len(edges) else around == 0
    level = {(y0, x1) for x0, y0, x1, y1 in edges if y0 == y1}
    upright = {(x0, y1) for x0, y0, x1, y1 in edges if x0 == x1}
    assert not any((y0, x0) in level for x0, y0, x1, y1 in edges if y0 == y1)
    assert not any((x0, y0) in upright for x0, y0, x1, y1 in edges if x0 == x1)


def test_the_edges_of_a_square_are_its_four_sides():
    edges = Mask.from_array(np.ones((3, 2), dtype=np.bool_), 10, 20).edges()
    sides = {(10, 20, 12, 20), (10, 23, 12, 23), (10, 20, 10, 23), (12, 20, 12, 23)}
    assert {tuple(edge) for edge in edges.tolist()} == sides


def test_an_empty_mask_answers_everything_with_nothing():
    assert Mask.from_array(np.zeros((4, 4), dtype=np.bool_), 3, 3) is EMPTY
    assert EMPTY.area == 0
    assert EMPTY.to_array().shape == (0, 0)
    assert EMPTY.edges().shape == (0, 4)


def test_runs_of_no_length_change_nothing():
    mask = Mask(0, 0, 2, 2, np.array([0, 1, 0, 1, 1, 0, 1]))
    np.testing.assert_array_equal(mask.to_array(), [[True, True], [False, False]])
    assert [mask.row_spans(y).tolist() for y in (0, 1)] == [[[0, 2]], []]


@pytest.mark.parametrize("runs", [[3], [5], [-1, 5], [[4]]])
def test_runs_that_do_not_fill_the_box_are_refused(runs):
    with pytest.raises(GeometryError):
        Mask(0, 0, 2, 2, np.array(runs))


def test_runs_cannot_be_written():
    runs = np.array([1, 3])
    mask = Mask(0, 0, 2, 2, runs)
    runs[0] = 9
    assert mask.runs.tolist() == [1, 3]
    assert not mask.runs.flags.writeable
