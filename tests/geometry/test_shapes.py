from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.errors import GeometryError
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline, points_of

NOWHERE = [math.nan, math.inf, -math.inf, 1e300, -2e9, 10**400]
coordinates = st.floats(-1e9, 1e9)


@pytest.mark.parametrize("number", NOWHERE)
def test_a_coordinate_that_is_nowhere_is_refused_by_every_shape(number):
    for make in (
        lambda: Point(number, 1),
        lambda: Point(1, number),
        lambda: Box(number, 1, 1, 1),
        lambda: Box(1, 1, 1, abs(number)),
        lambda: Ellipse(1, number, 1, 1),
        lambda: Polyline([(1, 1), (1, number)]),
        lambda: Polygon([(1, 1), (1, 2), (number, 3)]),
        lambda: Polygon([(1, 1), (1, 2), (2, 3)], ([(1, 1), (1, 2), (number, 3)],)),
    ):
        with pytest.raises(GeometryError, match="not a finite number of at most 1e9"):
            make()


def test_negative_sizes_are_refused():
    with pytest.raises(GeometryError, match="negative side"):
        Box(0, 0, -1, 1)
    with pytest.raises(GeometryError, match="negative radius"):
        Ellipse(0, 0, 1, -1)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([], "0 vertices where at least 1"),
        ([1, 2, 3], "pairs of numbers"),
        ([(1, 2), (3,)], "pairs of numbers"),
        ([(1, 2, 3)], "pairs of numbers"),
        ("north", "pairs of numbers"),
        (None, "pairs of numbers"),
        ([("a", "b")], "pairs of numbers"),
    ],
)
def test_vertices_must_be_pairs_of_numbers(values, words):
    with pytest.raises(GeometryError, match=words):
        points_of(values, 1)


def test_a_hole_needs_three_vertices():
    with pytest.raises(GeometryError, match="2 vertices where at least 3"):
        Polygon([(0, 0), (1, 0), (1, 1)], ([(0, 0), (1, 1)],))


@given(st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=5))
def test_vertices_are_a_copy_that_cannot_be_written(values):
    given_values = np.array(values)
    line = Polyline(given_values)
    given_values[0] = 7e8
    np.testing.assert_array_equal(line.vertices, values)
    assert not line.vertices.flags.writeable


def test_fields_cannot_be_set():
    with pytest.raises(AttributeError):
        Box(0, 0, 1, 1).x = 5  # pyright: ignore[reportAttributeAccessIssue]


def test_areas_are_those_of_the_school():
    assert Box(1, 1, 3, 4).area == 12
    assert Ellipse(0, 0, 2, 3).area == pytest.approx(math.pi * 6)
    triangle = Polygon([(0, 0), (4, 0), (0, 4)])
    assert triangle.area == 8
    assert msgspec.structs.replace(triangle, vertices=triangle.vertices * 2).area == 32
