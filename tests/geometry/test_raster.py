from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.geometry.mask import EMPTY, Mask
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline, Shape

COLUMNS, ROWS = 17, 13

# Multiples of 1/8 off the centres, so that "inside" has one answer.
eighths = st.integers(-40, 200).map(lambda n: n / 8 + 1 / 16)
vertices = st.lists(st.tuples(eighths, eighths), min_size=3, max_size=9)
polygons = st.builds(Polygon, vertices, st.lists(vertices, max_size=2).map(tuple))


def picture(mask: Mask) -> np.ndarray:
    whole = np.zeros((ROWS, COLUMNS), dtype=np.bool_)
    whole[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    return whole


def truth(polygon: Polygon) -> np.ndarray:
    """Each pixel centre on its own: how many edges of all rings lie to its right."""
    inside = np.zeros((ROWS, COLUMNS), dtype=np.bool_)
    for row in range(ROWS):
        for column in range(COLUMNS):
            x, y, count = column + 0.5, row + 0.5, 0
            for ring in (polygon.vertices, *polygon.holes):
                for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
                    if (y0 <= y) != (y1 <= y):
                        # An exact side test: sign of the cross product, in multiples of 1/256.
                        side = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
                        count += (side > 0) if y1 > y0 else (side < 0)
            inside[row, column] = count % 2 == 1
    return inside


def on_an_edge(polygon: Polygon) -> np.ndarray:
    """Pixel centres that lie on an edge, where either answer is right."""
    y, x = np.mgrid[:ROWS, :COLUMNS] + 0.5
    touched = np.zeros((ROWS, COLUMNS), dtype=np.bool_)
    for ring in (polygon.vertices, *polygon.holes):
        for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            touched |= (x1 - x0) * (y - y0) == (y1 - y0) * (x - x0)
    return touched


@given(polygons)
def test_a_pixel_belongs_to_a_polygon_when_its_centre_is_inside(polygon):
    drawn, expected = picture(rasterised(polygon, COLUMNS, ROWS)), truth(polygon)
    assert ((drawn == expected) | on_an_edge(polygon)).all()


@given(polygons)
def test_a_rasterised_mask_has_the_smallest_box_and_proper_runs(polygon):
    mask = rasterised(polygon, COLUMNS, ROWS)
    again = Mask.from_array(mask.to_array(), mask.x, mask.y)
    assert (again.x, again.y, again.width, again.height) == (
        (mask.x, mask.y, mask.width, mask.height) if mask.area else (0, 0, 0, 0)
    )
    np.testing.assert_array_equal(again.runs, mask.runs)


@given(eighths, eighths, st.integers(0, 150), st.integers(0, 150))
def test_a_pixel_belongs_to_a_box_when_its_centre_is_inside(x, y, width, height):
    box = Box(x, y, width / 8, height / 8)
    column, row = np.arange(COLUMNS) + 0.5, np.arange(ROWS) + 0.5
    across = (column > x) & (column < x + box.width)
    down = (row > y) & (row < y + box.height)
    drawn = picture(rasterised(box, COLUMNS, ROWS))
    np.testing.assert_array_equal(drawn, down[:, None] & across)


@given(eighths, eighths, st.integers(1, 90), st.integers(1, 90))
def test_a_pixel_belongs_to_an_ellipse_when_its_centre_is_inside(cx, cy, rx, ry):
    ellipse = Ellipse(cx, cy, rx / 8, ry / 8)
    y, x = np.mgrid[:ROWS, :COLUMNS] + 0.5
    inside = ((x - cx) / ellipse.rx) ** 2 + ((y - cy) / ellipse.ry) ** 2 <= 1
    np.testing.assert_array_equal(picture(rasterised(ellipse, COLUMNS, ROWS)), inside)


def test_a_large_polygon_covers_its_area():
    angles = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    radii = 200 * (1 + 0.2 * np.sin(7 * angles))
    ring = 256 + radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    polygon = Polygon(ring)
    assert rasterised(polygon, 512, 512).area == pytest.approx(polygon.area, rel=1e-3)


def test_a_hole_and_what_crosses_itself_twice_are_left_out():
    square = Polygon([(0, 0), (8, 0), (8, 8), (0, 8)], ([(2, 2), (6, 2), (6, 6), (2, 6)],))
    assert rasterised(square, COLUMNS, ROWS).area == 64 - 16
    twice = Polygon([(0, 0), (8, 0), (8, 8), (0, 8)] * 2)
    assert rasterised(twice, COLUMNS, ROWS).area == 0


def test_a_point_is_the_pixel_it_lies_in_and_a_line_is_none():
    mask = rasterised(Point(3.9, 4.1), COLUMNS, ROWS)
    assert (mask.x, mask.y, mask.area) == (3, 4, 1)
    assert rasterised(Polyline([(0, 0), (9, 9)]), COLUMNS, ROWS).area == 0


@pytest.mark.parametrize(
    "shape",
    [
        Point(-0.1, 3),
        Point(3, 13),
        Box(20, 0, 5, 5),
        Box(3.6, 3.6, 0.3, 0.3),
        Ellipse(-9, 3, 5, 5),
        Ellipse(5, 5, 0, 3),
        Ellipse(40, 5, 3, 3),
        Polygon([(1, 1)]),
        Polygon([(1, 1), (9, 9)]),
        Polygon([(30, 30), (40, 30), (40, 40)]),
        EMPTY,
        Mask(-5, 0, 2, 1, np.array([0, 2])),
    ],
)
def test_what_covers_no_centre_of_the_picture_is_empty(shape: Shape):
    assert rasterised(shape, COLUMNS, ROWS).area == 0


def test_shapes_beyond_the_picture_are_cut_off_at_its_edge():
    assert rasterised(Box(-5e8, -5e8, 1e9, 1e9), COLUMNS, ROWS).area == COLUMNS * ROWS
    far = Polygon([(-1e9, -1e9), (1e9, -1e9), (1e9, 1e9), (-1e9, 1e9)])
    assert rasterised(far, COLUMNS, ROWS).area == COLUMNS * ROWS
    assert rasterised(Ellipse(8, 6, 1e9, 1e9), COLUMNS, ROWS).area == COLUMNS * ROWS
    mask = rasterised(Mask(-1, -1, 3, 3, np.array([0, 9])), COLUMNS, ROWS)
    assert (mask.x, mask.y, mask.area) == (0, 0, 4)


def test_a_mask_inside_the_picture_stays_as_it_is():
    mask = Mask(1, 1, 2, 2, np.array([1, 3]))
    assert rasterised(mask, COLUMNS, ROWS) is mask
