"""What lies under the pointer: lines before insides, small before large."""

from __future__ import annotations

import numpy as np
from scenes import new_id

from viewer.model.annotation import AnnotationId
from viewer.render.overlay import Mark
from viewer.render.pointing import mark_bounds, marks_at


def ring(ordinal: int, x0: float, y0: float, x1: float, y1: float) -> Mark:
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    return Mark(new_id(ordinal), 0, "", "", rings=(corners,))


def mark_at(marks: tuple[Mark, ...], p: float, q: float, tolerance: float) -> AnnotationId | None:
    return next(iter(marks_at(marks, p, q, tolerance)), None)


BIG, SMALL = ring(0, 0, 0, 100, 100), ring(1, 40, 40, 60, 60)


def test_the_smaller_of_two_insides_comes_first_and_both_are_in_the_pile() -> None:
    assert marks_at((BIG, SMALL), 50, 50, 2) == (new_id(1), new_id(0))
    assert mark_at((BIG, SMALL), 20, 20, 2) == new_id(0)


def test_a_line_comes_before_every_inside() -> None:
    around = ring(2, 49, 0, 200, 100)
    assert marks_at((SMALL, around), 50, 50, 2)[0] == new_id(2)


def test_nothing_is_hit_beyond_the_tolerance() -> None:
    assert mark_at((BIG,), 103, 50, 2) is None
    assert mark_at((BIG,), 101.9, 50, 2) == new_id(0)
    assert mark_at((), 0, 0, 2) is None


def test_the_hole_of_a_ring_is_not_its_inside() -> None:
    hole = np.array([(20, 20), (80, 20), (80, 80), (20, 80)], dtype=float)
    holed = Mark(new_id(3), 0, "", "", rings=(BIG.rings[0], hole))
    assert mark_at((holed,), 50, 50, 2) is None
    assert mark_at((holed,), 10, 50, 2) == new_id(3)


def test_points_lines_masks_and_cuts_are_hit_where_they_are_drawn() -> None:
    point = Mark(new_id(0), 0, "", "", points=np.array([[5.0, 5.0]]))
    line = Mark(new_id(1), 0, "", "", lines=(np.array([[20.0, 0.0], [20.0, 9.0]]),))
    mask = Mark(
        new_id(2),
        0,
        "",
        "",
        edges=np.array([[30.0, 0, 40, 0], [30, 10, 40, 10], [30, 0, 30, 10], [40, 0, 40, 10]]),
        fills=np.array([[30.0, 0, 40, 10]]),
    )
    cut = Mark(new_id(3), 0, "", "", bands=np.array([[50.0, 0, 60, 3]]))
    tick = Mark(new_id(4), 0, "", "", ticks=np.array([[70.0, 0, 70, 3]]))
    marks = (point, line, mask, cut, tick)
    places = ((5.5, 5.5), (20.5, 4.0), (35.0, 5.0), (55.0, 1.5), (70.5, 1.0), (45.0, 5.0))
    found = [mark_at(marks, p, q, 1.0) for p, q in places]
    assert found == [*(new_id(at) for at in range(5)), None]


def test_a_mark_with_nothing_to_draw_is_never_hit() -> None:
    empty = Mark(new_id(0), 0, "", "")
    assert mark_at((empty,), 0, 0, 1e6) is None
    assert mark_bounds(empty)[0] > mark_bounds(empty)[2]
