from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stacks import STACKS, turned

from viewer.errors import GeometryError
from viewer.geometry.space import (
    SlicePlane,
    letters,
    pixel_from_voxel,
    plane_of,
    voxel_from_pixel,
)

coordinates = st.floats(-1e4, 1e4)
spacings = st.floats(0.05, 20)
vectors = st.tuples(coordinates, coordinates, coordinates)
axes = vectors.filter(lambda v: np.linalg.norm(v) > 1e-3)


@st.composite
def planes(draw: st.DrawFn) -> SlicePlane:
    row, column, _ = turned(draw(st.floats(-180, 180)), draw(axes))
    return plane_of((*row, *column), draw(vectors), (draw(spacings), draw(spacings)), 512, 256)


@given(planes(), st.tuples(coordinates, coordinates), st.tuples(coordinates, coordinates))
def test_the_way_between_two_pixels_is_columns_and_rows_times_spacing(plane, one, other):
    here, there = plane.patient_of_pixel([one, other])
    dx, dy = plane.spacing_mm
    x, y = np.subtract(other, one)
    axes = np.stack([plane.row_direction, plane.column_direction, plane.normal])
    np.testing.assert_allclose(axes @ (there - here), (x * dx, y * dy, 0), atol=1e-5)


def test_the_first_pixel_s_centre_is_the_image_position():
    plane = plane_of((0, 1, 0, 0, 0, -1), (5, 6, 7), (2, 0.5), 4, 3)
    np.testing.assert_array_equal(plane.patient_of_pixel([(0.5, 0.5)]), [(5, 6, 7)])


def test_pixel_spacing_names_the_distance_of_rows_first():
    plane = plane_of((1, 0, 0, 0, 1, 0), (0, 0, 0), (2, 0.5), 4, 3)
    assert plane.spacing_mm == (0.5, 2)
    np.testing.assert_allclose(plane.patient_of_pixel([(1.5, 1.5)]), [(0.5, 2, 0)])


def test_a_pixel_s_centre_is_a_whole_voxel_coordinate():
    np.testing.assert_array_equal(voxel_from_pixel((0.5, 3.5)), (0, 3))
    np.testing.assert_array_equal(pixel_from_voxel((0, 3)), (0.5, 3.5))


@pytest.mark.parametrize("name", STACKS)
def test_values_of_a_plane_cannot_be_written(name):
    plane = STACKS[name].planes[0]
    assert not plane.origin_mm.flags.writeable
    assert not plane.normal.flags.writeable


AXIAL = (1, 0, 0, 0, 1, 0)


@pytest.mark.parametrize(
    ("orientation", "position", "spacing", "columns", "words"),
    [
        ((1, 0, 0, 0, 1.001, 0), (0, 0, 0), (1, 1), 4, "1.0010 long"),
        ((0, 0, 0, 0, 0, 0), (0, 0, 0), (1, 1), 4, "0.0000 and 0.0000 long"),
        ((1, 0, 0, 0.001, 1, 0), (0, 0, 0), (1, 1), 4, "not perpendicular"),
        ((1, 0, 0, 0, 1), (0, 0, 0), (1, 1), 4, "5 numbers where 6 are needed"),
        (AXIAL, (0, 0), (1, 1), 4, "image position has 2 numbers"),
        (AXIAL, (0, float("nan"), 0), (1, 1), 4, "position has a number that is not finite"),
        (AXIAL, (0, 0, 0), (1, 0), 4, "spacing 1 x 0 mm is not positive"),
        (AXIAL, (0, 0, 0), (-1, 1), 4, "not positive"),
        (AXIAL, (0, 0, 0), (1, float("inf")), 4, "not finite"),
        (AXIAL, (0, 0, "north"), (1, 1), 4, "not a list of numbers"),
        (AXIAL, (0, 0, 0), (1, 1), 0, "0 x 4 pixels"),
    ],
)
def test_an_impossible_plane_is_refused_in_words(orientation, position, spacing, columns, words):
    with pytest.raises(GeometryError, match=words):
        plane_of(orientation, position, spacing, columns, 4)


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ((1, 0, 0), "L"),
        ((-1, 0, 0), "R"),
        ((0, 1, 0), "P"),
        ((0, -1, 0), "A"),
        ((0, 0, 5), "H"),
        ((0, 0, -5), "F"),
        ((0, -0.9, 0.4), "AH"),
        ((0, -0.97, 0.2), "A"),
        ((0.6, 0.5, -0.62), "FLP"),
        ((0, 0, 0), ""),
        ((float("nan"), 0, 0), ""),
    ],
)
def test_letters_name_the_main_direction_first_and_drop_small_ones(direction, expected):
    assert letters(direction) == expected


@given(axes)
def test_the_opposite_direction_has_the_opposite_letters(direction):
    opposite = str.maketrans("LRPAHF", "RLAPFH")
    assert letters(-np.array(direction)) == letters(direction).translate(opposite)
