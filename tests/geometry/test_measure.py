from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shape_strategies import rings, shapes, sizes

from viewer.geometry import measure
from viewer.geometry.mask import EMPTY, Mask
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline

SQUARE = Polygon([(2, 2), (10, 2), (10, 10), (2, 10)], ([(4, 4), (6, 4), (6, 6), (4, 6)],))
CROSSED = Polygon([(0, 0), (4, 4), (4, 0), (0, 4)])  # two triangles of area 4
STAR = Polygon([(np.sin(a), np.cos(a)) for a in 2 * np.pi * np.arange(0, 10, 2) / 5])


def test_holes_are_taken_off_the_area_and_crossing_rings_count_even_odd():
    assert SQUARE.area == 60
    assert CROSSED.area == pytest.approx(8)
    covered = rasterised(Polygon(STAR.vertices * 500 + 500), 1000, 1000).area / 500**2
    assert STAR.area == pytest.approx(covered, rel=5e-3)
    assert Polygon([(1, 1)]).area == 0
    assert Polygon([(1, 1), (5, 5)]).area == 0


@given(rings, st.lists(rings, max_size=1).map(tuple))
def test_the_area_is_what_the_pixels_of_a_fine_picture_cover(ring, holes):
    fine = Polygon(np.array(ring) * 10 + 400, tuple(np.array(hole) * 10 + 400 for hole in holes))
    edge = sum(length for length in [measure.length_px(fine)] if length)
    assert abs(rasterised(fine, 800, 800).area - fine.area) <= edge + 1


@given(shapes, st.integers(-9, 9), st.integers(-9, 9))
def test_moving_a_shape_moves_all_that_is_said_of_it(shape, dx, dy):
    moved = measure.translated(shape, dx, dy)
    there = np.array(measure.bounds(shape)) + np.array([dx, dy, dx, dy])
    np.testing.assert_allclose(measure.bounds(moved), there, atol=1e-9)
    for size in (measure.area_px, measure.length_px):
        assert (size(moved) or 0) == pytest.approx(size(shape) or 0, rel=1e-6, abs=1e-6)
    assert measure.same_shape(moved, shape) == (dx == dy == 0 or shape == EMPTY)


@given(shapes)
def test_every_line_of_the_outline_lies_within_the_bounds(shape):
    x0, y0, x1, y1 = measure.bounds(shape)
    assert x0 <= x1
    assert y0 <= y1
    for ring, _ in measure.outline(shape):
        assert (ring >= np.array([x0, y0]) - 1e-9).all()
        assert (ring <= np.array([x1, y1]) + 1e-9).all()


@given(shapes, shapes)
def test_a_shape_is_the_same_as_itself_and_as_no_other(one, other):
    assert measure.same_shape(one, one)
    assert measure.same_shape(one, other) == measure.same_shape(other, one)
    assert not measure.same_shape(one, None)
    if type(one) is not type(other):
        assert not measure.same_shape(one, other)


def test_equal_numbers_make_the_same_shape():
    again = Polygon(SQUARE.vertices, SQUARE.holes)
    assert measure.same_shape(SQUARE, again)
    assert not measure.same_shape(SQUARE, Polygon(SQUARE.vertices))
    assert measure.same_shape(None, None)
    mask = Mask(0, 0, 2, 1, np.array([0, 1, 0, 1]))
    assert measure.same_shape(mask, Mask(0, 0, 2, 1, np.array([0, 2])))
    assert not measure.same_shape(mask, Mask(0, 1, 2, 1, np.array([0, 2])))


def test_outlines_say_which_rings_are_closed():
    assert [closed for _, closed in measure.outline(SQUARE)] == [True, True]
    assert [closed for _, closed in measure.outline(Polyline([(0, 0), (1, 1)]))] == [False]
    assert measure.outline(EMPTY) == ()
    (ring, closed), *_ = measure.outline(Ellipse(3, 4, 2, 1))
    assert closed
    np.testing.assert_allclose(((ring - (3, 4)) / (2, 1)) ** 2 @ (1, 1), 1)


def test_the_centre_is_the_middle_of_the_bounds():
    assert measure.centre(SQUARE) == (6, 6)
    assert measure.centre(Point(1, 2)) == (1, 2)


def test_sizes_in_mm_follow_the_pixel_spacing():
    box = measure.physical(Box(0, 0, 4, 3), (0.5, 2))
    assert box.size_mm == (2, 6)
    assert box.area_mm2 == 12
    assert box.length_mm == 16
    assert box.longest_mm == pytest.approx(np.hypot(2, 6))
    line = measure.physical(Polyline([(0, 0), (3, 4)]), (1, 1))
    assert (line.length_mm, line.area_mm2) == (5, None)
    point = measure.physical(Point(3, 4), (1, 1))
    assert (point.length_mm, point.area_mm2, point.longest_mm) == (None, None, None)
    mask = measure.physical(Mask(0, 0, 2, 2, np.array([1, 3])), (0.5, 2))
    assert (mask.area_mm2, mask.size_mm) == (3, (1, 4))


@given(sizes, sizes)
def test_an_ellipse_is_as_long_as_a_fine_ring_along_it(rx, ry):
    ellipse = measure.physical(Ellipse(0, 0, rx, ry), (1, 1))
    angles = np.linspace(0, 2 * np.pi, 20000)
    ring = np.stack([rx * np.cos(angles), ry * np.sin(angles)], axis=1)
    length = np.linalg.norm(np.diff(ring, axis=0), axis=1).sum()
    assert ellipse.length_mm == pytest.approx(length, rel=1e-3)
    assert ellipse.longest_mm == pytest.approx(2 * max(rx, ry))
    assert measure.physical(Ellipse(0, 0, 0, 0), (1, 1)).length_mm == 0
