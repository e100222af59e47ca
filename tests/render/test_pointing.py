"""What lies under the pointer: lines before insides, small before large."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import new_id
from shape_strategies import masks, near, outlined, regions, rings, rotated_boxes
from shapely import LineString
from shapely import Point as Dot

from viewer.geometry.measure import outline
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Polygon, Shape, Skeleton
from viewer.model.annotation import AnnotationId
from viewer.render.lines import Lines, shape_lines
from viewer.render.overlay import Mark
from viewer.render.pointing import (
    EDGE_PX,
    POINT_PX,
    drawn_bounds,
    edge_distance_px,
    is_inside,
    marks_at,
    order_at,
)


def mark_of(ordinal: int, drawn: Lines) -> Mark:
    return Mark(new_id(ordinal), 0, "", "", drawn)


def ring(ordinal: int, x0: float, y0: float, x1: float, y1: float) -> Mark:
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    return mark_of(ordinal, Lines(rings=(corners,)))


def mark_at(
    marks: tuple[Mark, ...], p: float, q: float, px_per_mm: float = 3.0
) -> AnnotationId | None:
    return next(iter(marks_at(marks, (p, q), px_per_mm)), None)


BIG, SMALL = ring(0, 0, 0, 100, 100), ring(1, 40, 40, 60, 60)


def test_the_smaller_of_two_insides_comes_first_and_both_are_in_the_pile() -> None:
    assert marks_at((BIG, SMALL), (50, 50), 3) == (new_id(1), new_id(0))
    assert mark_at((BIG, SMALL), 20, 20) == new_id(0)


def test_a_line_comes_before_every_inside() -> None:
    around = ring(2, 49, 0, 200, 100)
    assert marks_at((SMALL, around), (50, 50), 3)[0] == new_id(2)


def test_a_point_comes_before_insides_and_a_line_before_a_point_that_is_only_near() -> None:
    point = mark_of(2, Lines(points=np.array([[50.0, 50.0]])))
    line = mark_of(3, Lines(lines=(np.array([[53.0, 0.0], [53.0, 99.0]]),)))
    assert marks_at((BIG, point), (53, 50), 3) == (new_id(2), new_id(0))
    assert marks_at((point, line), (53, 50), 3) == (new_id(3), new_id(2))
    assert marks_at((line, point), (51.5, 50), 3)[0] == new_id(2)


def test_nothing_is_hit_beyond_the_reach_of_a_line_or_a_point() -> None:
    assert mark_at((BIG,), 100 + EDGE_PX / 3 + 0.1, 50) is None
    assert mark_at((BIG,), 100 + EDGE_PX / 3 - 0.1, 50) == new_id(0)
    point = mark_of(1, Lines(points=np.array([[0.0, 0.0]])))
    assert mark_at((point,), POINT_PX / 3 + 0.1, 0) is None
    assert mark_at((point,), POINT_PX / 3 - 0.1, 0) == new_id(1)
    assert mark_at((), 0, 0) is None


def test_the_hole_of_a_ring_is_not_its_inside() -> None:
    hole = np.array([(20, 20), (80, 20), (80, 80), (20, 80)], dtype=float)
    holed = mark_of(3, Lines(rings=(BIG.drawn.rings[0], hole)))
    assert mark_at((holed,), 50, 50) is None
    assert mark_at((holed,), 10, 50) == new_id(3)


def test_points_lines_masks_and_cuts_are_hit_where_they_are_drawn() -> None:
    edges = np.array([[30.0, 0, 40, 0], [30, 10, 40, 10], [30, 0, 30, 10], [40, 0, 40, 10]])
    drawn = (
        Lines(points=np.array([[5.0, 5.0]])),
        Lines(lines=(np.array([[20.0, 0.0], [20.0, 9.0]]),)),
        Lines(edges=edges, fills=np.array([[30.0, 0, 40, 10]])),
        Lines(bands=np.array([[50.0, 0, 60, 3]])),
        Lines(ticks=np.array([[70.0, 0, 70, 3]])),
    )
    marks = tuple(mark_of(at, one) for at, one in enumerate(drawn))
    places = ((5.5, 5.5), (20.5, 4.0), (35.0, 5.0), (55.0, 1.5), (70.5, 1.0), (45.0, 5.0))
    found = [mark_at(marks, p, q, 6.0) for p, q in places]
    assert found == [*(new_id(at) for at in range(5)), None]


def test_a_mark_with_nothing_to_draw_is_never_hit() -> None:
    empty = mark_of(0, Lines())
    assert mark_at((empty,), 0, 0, 1e-6) is None
    assert drawn_bounds(empty.drawn)[0] > drawn_bounds(empty.drawn)[2]


def far_from_lines(shape: Shape, x: float, y: float) -> bool:
    """Whether a place is so far from every line that rounding does not decide its side."""
    lines = [np.vstack([ring, ring[:1]]) for ring, _ in outline(shape)]
    return all(LineString(line).distance(Dot(x, y)) > 1e-6 for line in lines)


@given(
    st.one_of(st.builds(Polygon, rings), masks, regions, rotated_boxes),
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_a_pixel_s_centre_is_inside_when_rasterising_sets_it(
    shape: Shape, column: int, row: int
) -> None:
    mask = rasterised(shape, 60, 60)
    bitmap = np.zeros((60, 60), dtype=np.bool_)
    bitmap[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    x, y = column + 0.5, row + 0.5
    if far_from_lines(shape, x, y):
        assert is_inside(shape_lines(shape, (1.0, 1.0)), (x, y)) == bitmap[row, column]


@given(outlined, near, near, st.floats(0.5, 9), st.floats(0.5, 9))
def test_distances_are_those_on_the_screen_also_where_pixels_are_not_square(
    shape: Shape, x: float, y: float, across: float, down: float
) -> None:
    scale = (across, down)
    lines = [
        LineString((np.vstack([ring, ring[:1]]) if closed else ring) * scale)
        for ring, closed in outline(shape)
    ]
    if isinstance(shape, Skeleton):
        lines += [Dot(node * scale) for node in shape.points]
    expected = min(line.distance(Dot(x * across, y * down)) for line in lines)
    found = edge_distance_px(shape_lines(shape, (1.0, 1.0)), (x, y), scale)
    assert found == pytest.approx(expected, abs=1e-6)


@given(outlined, near, near, st.floats(0.3, 3), st.floats(0.3, 3))
def test_the_unit_of_the_lines_changes_nothing(
    shape: Shape, x: float, y: float, dx: float, dy: float
) -> None:
    in_pixels = order_at(shape_lines(shape, (1.0, 1.0)), (x, y), (2.0, 2.0))
    in_mm = order_at(shape_lines(shape, (dx, dy)), (x * dx, y * dy), (2.0 / dx, 2.0 / dy))
    away = edge_distance_px(shape_lines(shape, (1.0, 1.0)), (x, y), (2.0, 2.0))
    if min(away, abs(away - EDGE_PX)) > 1e-6:
        assert (in_pixels and in_pixels[0]) == (in_mm and in_mm[0])
