"""Selecting, moving and reshaping with the pointer."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointing import SIZE, Hand, label

from viewer.geometry.mask import Mask
from viewer.geometry.measure import bounds, same_shape
from viewer.geometry.shapes import (
    Box,
    Ellipse,
    Point,
    Polygon,
    Polyline,
    Regions,
    RotatedBox,
    Skeleton,
)
from viewer.tools import SelectTool
from viewer.tools.hits import handles_of, rotation_of

BOX = Box(50.0, 20.0, 40.0, 30.0)
RING = Polygon([(20, 20), (60, 20), (60, 60), (20, 60)])
LINE = Polyline([(20, 20), (60, 20), (60, 60)])
MASK = Mask.from_array(np.ones((20, 30), np.bool_), 40, 30)
TURNED = [Ellipse(50, 40, 20, 10), RotatedBox(40, 30, 30, 30, np.pi / 4)]
SEVERAL = Regions((RING, Polygon([(25, 70), (55, 70), (40, 90)])))
NODES = Skeleton([(30, 30), (50, 20), (70, 50)], ("visible",) * 3, ((0, 1), (1, 2)))
EVERY = [BOX, RING, LINE, MASK, SEVERAL, NODES, Point(30, 30), *TURNED]
xs, ys = st.floats(-50, 250), st.floats(-50, 150)


def hand(*shapes, **how):
    return Hand(SelectTool(), *shapes, **how)


def test_a_click_selects_and_a_click_beside_selects_nothing():
    it = hand(BOX, Point(150, 80))
    it.click(70, 35)
    assert it.selection == {label(0)}
    it.click(153, 82)
    assert it.selection == {label(1)}
    it.click(5, 90)
    assert it.selection == frozenset()
    assert it.commands == []


def test_shift_adds_and_takes_away():
    it = hand(BOX, Point(150, 80))
    it.click(70, 35)
    it.click(150, 80, "shift")
    assert it.selection == {label(0), label(1)}
    it.click(70, 35, "shift")
    assert it.selection == {label(1)}
    it.press(5, 90, "shift")
    assert it.selection == {label(1)}


@given(st.sampled_from(EVERY), st.sampled_from(["shift", "ctrl"]), st.integers(0, 7), xs, ys)
def test_with_shift_or_ctrl_no_handle_is_taken_and_nothing_is_edited(shape, held, number, x, y):
    it = hand(shape, selected=0)
    points = handles_of(shape).points
    grip = tuple(points[number % len(points)]) if len(points) else (45, 45)
    it.tell("move", *grip, held)
    assert it.last.live is None
    it.press(*grip, held, "alt")
    it.tell("move", x, y, held)
    it.release(x, y)
    it.tell("double", *grip, held)
    assert it.commands == []
    assert not it.tool.is_busy


def test_a_shift_click_on_a_handle_is_one_on_its_label():
    it = hand(BOX, selected=0)
    it.click(90, 50, "shift")
    assert it.selection == frozenset()
    it.click(90, 50, "shift")
    assert it.selection == {label(0)}


def test_repeated_clicks_go_through_the_pile_smallest_first():
    it = hand(Box(0, 0, 100, 90), Box(40, 30, 20, 20), Box(20, 15, 60, 60))
    chosen = []
    for _ in range(4):
        it.click(50, 40)
        chosen.extend(id.ordinal for id in it.selection)
    assert chosen == [1, 2, 0, 1]
    it.click(55, 45)
    assert it.selection == {label(1)}


def test_an_edge_goes_before_an_inside():
    it = hand(Box(0, 0, 100, 90), Box(40, 30, 80, 60))
    it.click(41, 60)
    assert it.selection == {label(1)}
    it = hand(Box(0, 0, 41, 90), Box(30, 30, 20, 60))
    it.click(40, 70)
    assert it.selection == {label(0)}


@given(st.floats(9, 60), st.floats(9, 60), st.booleans())
def test_the_middle_of_a_selected_box_moves_it_and_its_corner_reshapes_it_at_any_size(
    width, height, is_ellipse
):
    shape = Ellipse(60, 40, width / 2, height / 2) if is_ellipse else Box(60, 40, width, height)
    x0, y0, x1, y1 = bounds(shape)
    it = hand(shape, selected=0)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    it.drag((x, y), (x + 10, y + 5))
    assert np.allclose(bounds(it.shapes[0]), np.add(bounds(shape), (10, 5, 10, 5)))
    it = hand(shape, selected=0)
    it.drag((x1 + 1, y1 + 1), (x1 + 11, y1 + 6))
    assert np.allclose(bounds(it.shapes[0])[:2], (x0, y0))
    assert bounds(it.shapes[0])[2] > x1


@pytest.mark.parametrize("shape", EVERY, ids=lambda shape: type(shape).__name__)
def test_a_drag_moves_the_label_once_by_what_the_pointer_went(shape):
    it = hand(shape)
    x0, y0, x1, y1 = bounds(shape)
    grip = ((x0 + x1) / 2, y0)
    it.drag(grip, (grip[0] + 5, grip[1] + 3), (grip[0] + 20, grip[1] + 10))
    assert len(it.commands) == 1
    assert np.allclose(bounds(it.shapes[0]), (x0 + 20, y0 + 10, x1 + 20, y1 + 10))
    assert it.selection == {label(0)}


def test_a_press_that_hardly_moves_changes_nothing():
    it = hand(BOX, selected=0)
    it.drag((70, 35), (72, 37))
    assert it.commands == []


def test_the_preview_stands_for_the_label_until_the_release():
    it = hand(BOX)
    it.press(70, 35)
    answer = it.tell("move", 90, 35)
    assert answer.preview == Box(70, 20, 40, 30)
    assert answer.replaces == (label(0), 0)
    assert answer.command is None
    assert it.tool.is_busy


def test_escape_gives_a_drag_up():
    it = hand(BOX)
    it.press(70, 35)
    it.tell("move", 90, 35)
    it.key("escape")
    it.release(90, 35)
    assert it.commands == []
    assert not it.tool.is_busy
    assert not it.key("escape").consumed


def test_a_drag_of_a_label_that_went_away_changes_nothing():
    it = hand(BOX)
    it.press(70, 35)
    it.tell("move", 90, 35)
    it.items = ()
    assert it.tell("move", 95, 35).cursor == "forbidden"
    it.release(95, 35)
    assert "no longer on this slice" in it.last.hint
    assert it.commands == []


@given(st.sampled_from(EVERY), xs, ys)
def test_no_drag_takes_a_label_out_of_the_image(shape, x, y):
    it = hand(shape)
    x0, y0, x1, _ = bounds(shape)
    it.drag(((x0 + x1) / 2, y0), (x, y))
    left, top, right, bottom = bounds(it.shapes[0])
    assert left >= 0
    assert top >= 0
    assert right <= SIZE[0]
    assert bottom <= SIZE[1]


def test_what_lies_outside_already_goes_no_further():
    outside = Box(-10.0, 20.0, 40.0, 30.0)
    it = hand(outside)
    it.drag((10, 35), (-40, 35))
    assert it.shapes == [outside]
    it.drag((10, 35), (15, 35))
    assert it.shapes == [Box(-5.0, 20.0, 40.0, 30.0)]


@given(st.sampled_from([BOX, Ellipse(50, 40, 20, 10)]), st.integers(0, 7), xs, ys)
def test_a_side_or_corner_goes_where_the_pointer_goes_and_the_others_stay(shape, number, x, y):
    it = hand(shape, selected=0)
    before = bounds(shape)
    grip = handles_of(shape).points[number]
    it.drag(tuple(grip), (x, y))
    after = bounds(it.shapes[0])
    assert after[0] <= after[2]
    assert after[1] <= after[3]
    fixed = {
        0: (2, 3),
        1: (0, 2, 3),
        2: (0, 3),
        3: (0, 1, 3),
        4: (0, 1),
        5: (0, 1, 2),
        6: (1, 2),
        7: (1, 2, 3),
    }[number]
    sides = [round(side, 6) for side in after]
    for side in fixed:
        assert round(before[side], 6) in sides
    assert after[0] >= 0
    assert after[2] <= SIZE[0]


def turned(is_box, angle):
    """What goes 30 and 15 pixels from its middle at (100, 50)."""
    return RotatedBox(70, 35, 60, 30, angle) if is_box else Ellipse(100, 50, 30, 15, angle)


@given(
    st.booleans(),
    st.floats(-4, 4),
    st.integers(0, 7),
    st.floats(0, SIZE[0]),
    st.floats(0, SIZE[1]),
)
def test_what_is_turned_is_stretched_along_its_own_axes(is_box, angle, number, x, y):
    before = turned(is_box, angle)
    it = hand(before, selected=0)
    grip = handles_of(before).points[number]
    it.drag(tuple(grip), (x, y))
    after = it.shapes[0]
    assert after.angle == angle
    fixed = handles_of(before).points[(number + 4) % 8]
    assert np.hypot(*(handles_of(after).points - fixed).T).min() < 1e-6
    if it.commands and number % 2 == 0:
        assert np.hypot(*(handles_of(after).points - (x, y)).T).min() < 1e-6


@given(st.booleans(), st.floats(-3, 3), xs, ys, st.floats(0.5, 3), st.floats(0.5, 3))
def test_the_dot_above_turns_it_towards_the_pointer_and_changes_nothing_else(
    is_box, angle, x, y, right, down
):
    before = turned(is_box, angle)
    it = hand(before, selected=0, scale=(right, down))
    dot = rotation_of(before, (right, down))
    top = handles_of(before).points[1]
    assert np.hypot(*((np.array(dot) - top) * (right, down))) == pytest.approx(24)
    it.drag(dot, (x, y))
    after = it.shapes[0]
    assert msgspec.structs.replace(after, angle=angle) == before
    if it.commands:
        away = np.array((x, y)) - (100, 50)
        up = after.turn @ (0, -1)
        assert up @ away == pytest.approx(np.hypot(*away))


def test_only_ellipses_and_rotated_boxes_can_be_turned():
    assert [shape for shape in EVERY if rotation_of(shape, (1, 1)) is not None] == TURNED


@given(st.sampled_from([RING, LINE]), st.integers(0, 2), xs, ys)
def test_a_vertex_goes_where_the_pointer_goes_and_the_others_stay(shape, number, x, y):
    it = hand(shape, selected=0)
    grip = tuple(shape.vertices[number])
    it.drag(grip, (x, y))
    after = it.shapes[0].vertices
    others = np.arange(len(after)) != number
    assert np.array_equal(after[others], shape.vertices[others])
    if it.commands:
        assert tuple(after[number]) == (min(max(x, 0), SIZE[0]), min(max(y, 0), SIZE[1]))


def test_dragging_a_middle_adds_a_vertex_there():
    it = hand(RING, selected=0)
    it.drag((40, 20), (42, 10))
    assert it.shapes[0].vertices.tolist() == [[20, 20], [42, 10], [60, 20], [60, 60], [20, 60]]
    it = hand(RING, selected=0)
    it.drag((20, 40), (10, 40))
    assert it.shapes[0].vertices[-1].tolist() == [10, 40]


def test_a_double_click_on_an_edge_adds_a_vertex_there():
    it = hand(RING, selected=0)
    it.tell("double", 30, 21)
    assert it.shapes[0].vertices.tolist() == [[20, 20], [30, 21], [60, 20], [60, 60], [20, 60]]
    assert not it.tell("double", 45, 45).consumed


def test_delete_or_alt_click_takes_a_vertex_away_but_never_too_many():
    it = hand(RING, selected=0)
    it.tell("move", 61, 21)
    it.key("delete")
    assert it.shapes[0].vertices.tolist() == [[20, 20], [60, 60], [20, 60]]
    it.tell("move", 61, 61)
    assert "Too few" in it.key("delete").hint
    it = hand(LINE, selected=0)
    it.click(60, 20, "alt")
    it.click(60, 60, "alt")
    assert it.shapes[0].vertices.tolist() == [[20, 20], [60, 60]]


def test_delete_away_from_a_vertex_is_left_to_the_window():
    it = hand(RING, selected=0)
    it.tell("move", 45, 45)
    assert not it.key("delete").consumed


def test_delete_takes_the_vertex_under_the_pointer_of_the_label_that_is_selected_now():
    it = hand(RING, selected=0)
    it.tell("move", 60, 20)
    it.items = hand(Polygon([(100, 20), (140, 20), (140, 60), (100, 60)])).items
    assert not it.key("delete").consumed  # another slice came under the resting pointer
    it = hand(RING, selected=0)
    it.drag((60, 20), (70, 10))
    it.key("delete")
    assert it.shapes[0].vertices.tolist() == [[20, 20], [60, 60], [20, 60]]
    it = hand(RING, selected=0)
    it.tell("move", 60, 20)
    it.tell("leave", 60, 20)
    assert not it.key("delete").consumed


def test_vertices_of_a_hole_are_handles_too_and_a_small_hole_goes_whole():
    hole = ((30, 30), (50, 30), (40, 50))
    it = hand(Polygon(RING.vertices, (np.array(hole),)), selected=0)
    it.drag((40, 50), (41, 55))
    assert it.shapes[0].holes[0].tolist() == [[30, 30], [50, 30], [41, 55]]
    assert np.array_equal(it.shapes[0].vertices, RING.vertices)
    it.drag((40, 30), (40, 25))
    assert it.shapes[0].holes[0].tolist() == [[30, 30], [40, 25], [50, 30], [41, 55]]
    it.click(40, 25, "alt")
    it.click(30, 30, "alt")
    assert it.shapes[0].holes == ()


def test_vertices_of_every_region_are_handles_and_the_smallest_region_goes_whole():
    hole = ((30, 30), (50, 30), (40, 50))
    it = hand(Regions((Polygon(RING.vertices, (np.array(hole),)), *SEVERAL.parts[1:])), selected=0)
    it.drag((40, 50), (41, 55))
    it.drag((40, 90), (40, 80))
    first, second = it.shapes[0].parts
    assert first.holes[0].tolist() == [[30, 30], [50, 30], [41, 55]]
    assert second.vertices.tolist() == [[25, 70], [55, 70], [40, 80]]
    it.drag((40, 70), (40, 65))
    assert it.shapes[0].parts[1].vertices.tolist() == [[25, 70], [40, 65], [55, 70], [40, 80]]
    it.click(40, 65, "alt")
    it.click(30, 30, "alt")
    assert [len(part.holes) for part in it.shapes[0].parts] == [0, 0]
    it.click(25, 70, "alt")
    only = it.shapes[0]
    assert np.array_equal(only.vertices, RING.vertices)
    it.click(20, 20, "alt")
    assert "Too few" in it.click(60, 20, "alt").hint or "Too few" in it.answers[-2].hint
    assert len(it.shapes[0].vertices) == 3


@given(st.integers(0, 2), xs, ys)
def test_a_node_goes_where_the_pointer_goes_and_the_others_stay(number, x, y):
    it = hand(NODES, selected=0)
    it.drag(tuple(NODES.points[number]), (x, y))
    after = it.shapes[0]
    others = np.arange(3) != number
    assert np.array_equal(after.points[others], NODES.points[others])
    assert (after.states, after.edges) == (NODES.states, NODES.edges)
    if it.commands:
        assert tuple(after.points[number]) == (min(max(x, 0), SIZE[0]), min(max(y, 0), SIZE[1]))


def test_no_node_is_added_to_a_skeleton_or_taken_away():
    it = hand(NODES, selected=0)
    it.tell("double", 40, 25)
    it.click(50, 20, "alt")
    assert it.answers[-2].hint == "A skeleton keeps all of its nodes."
    assert it.commands == []


@pytest.mark.parametrize(("key", "by"), [("left", (-1, 0)), ("down", (0, 1))])
def test_arrow_keys_nudge_by_one_pixel_and_with_shift_by_ten(key, by):
    it = hand(BOX, selected=0)
    it.key(key)
    assert bounds(it.shapes[0])[:2] == (50 + by[0], 20 + by[1])
    it.key(key, "shift")
    assert bounds(it.shapes[0])[:2] == (50 + 11 * by[0], 20 + 11 * by[1])
    assert not hand(BOX).key(key).consumed


def test_a_locked_label_is_selected_but_never_changed_and_says_why():
    it = hand(RING, selected=0, locked="its label is unknown")
    it.drag((60, 60), (80, 80))
    assert it.answers[1].hint == "its label is unknown"
    assert it.key("left").hint == "its label is unknown"
    it.tell("double", 30, 21)
    it.click(60, 20, "alt")
    assert it.commands == []
    assert it.selection == {label(0)}


def test_hits_are_measured_on_the_screen_also_where_pixels_are_not_square():
    tall = hand(RING, scale=(1.0, 10.0))
    tall.click(64, 40)
    assert tall.selection == {label(0)}
    tall.click(40, 62)
    assert tall.selection == frozenset()


def test_the_cursor_tells_what_a_press_would_do():
    it = hand(RING, selected=0)
    cursors = [it.tell("move", *at).cursor for at in ((60, 60), (40, 20), (45, 45))]
    assert cursors == ["grab", "add", "move"]
    assert it.tell("move", 60, 60, "alt").cursor == "remove"
    assert it.tell("move", 60, 60).live == 2
    assert not it.tell("move", 150, 80).consumed
    assert not it.tell("leave", 150, 80).consumed


@given(
    st.lists(
        st.tuples(st.sampled_from(["press", "move", "release", "double"]), xs, ys), max_size=15
    ),
    st.sampled_from(EVERY),
)
def test_whatever_the_pointer_does_the_commands_explain_the_shape(events, shape):
    it = hand(shape, selected=0)
    for kind, x, y in events:
        if kind == "press":
            it.press(x, y)
        elif kind == "release":
            it.release(x, y)
        else:
            it.tell(kind, x, y)
    last = it.commands[-1].shape if it.commands else shape
    assert same_shape(it.shapes[0], last)
