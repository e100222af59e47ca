"""Drawing new boxes, polygons and polylines with the pointer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointing import KEY, MADE, SIZE, Hand

from viewer.geometry.measure import bounds
from viewer.geometry.shapes import Box, Polygon, Polyline
from viewer.model.subject import MediaKey
from viewer.tools import TOOLS, BoxTool, PolygonTool, PolylineTool

xs, ys = st.floats(0, 200), st.floats(0, 100)
CORNERS = ((20, 20), (60, 20), (60, 60))


def drawn(it):
    """Return the shapes that were added."""
    return [command.annotation.placements[0].shape for command in it.commands]


def boxes(**how):
    return Hand(BoxTool(), kind="box", **how)


def rings(**how):
    return Hand(PolygonTool(), kind="polygon", **how)


def lines(**how):
    return Hand(PolylineTool(), kind="polyline", **how)


@given(xs, ys, xs, ys)
def test_a_drag_draws_the_box_between_its_corners_or_says_it_is_too_small(x0, y0, x1, y1):
    it = boxes()
    it.drag((x0, y0), (x1, y1))
    if max(abs(x1 - x0), abs(y1 - y0)) < 4:
        assert it.tool.is_busy
    elif min(abs(x1 - x0), abs(y1 - y0)) < 2:
        assert drawn(it) == []
        assert "Smaller than 2 pixels" in it.last.hint
    else:
        (box,) = drawn(it)
        wanted = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        assert bounds(box) == pytest.approx(wanted)
        assert not it.tool.is_busy


def test_two_clicks_draw_a_box():
    it = boxes()
    it.click(20, 20)
    assert it.tell("move", 50, 40).preview == Box(20, 20, 30, 20)
    it.click(60, 50)
    assert drawn(it) == [Box(20, 20, 40, 30)]


def test_what_is_drawn_is_complete_and_selected():
    it = boxes()
    it.drag((20, 20), (60, 50))
    (command,) = it.commands
    made = command.annotation
    assert it.selection == {made.id}
    assert made.placements[0].media == KEY
    assert made.placements[0].size == SIZE
    assert (made.class_id, made.author, made.created) == ("L", MADE.author, MADE.time)


def test_a_box_is_held_inside_the_image_and_begins_inside():
    it = boxes()
    it.drag((20, 20), (300, 150))
    assert drawn(it) == [Box(20, 20, 180, 80)]
    it.press(-5, 20)
    assert "inside the image" in it.last.hint
    assert not it.tool.is_busy


@pytest.mark.parametrize("tool", [BoxTool(), PolygonTool(), PolylineTool()])
def test_escape_gives_the_drawing_up(tool):
    it = Hand(tool, kind=tool.name)
    it.click(20, 20)
    assert tool.is_busy
    it.key("escape")
    assert not tool.is_busy
    assert not it.key("escape").consumed
    assert it.commands == []


@pytest.mark.parametrize("ending", ["first vertex", "enter", "double click"])
def test_clicks_draw_a_polygon(ending):
    it = rings()
    for corner in CORNERS:
        it.click(*corner)
    if ending == "first vertex":
        it.click(23, 23)
    elif ending == "enter":
        it.key("enter")
    else:
        it.tell("double", 60, 60)
    assert [shape.vertices.tolist() for shape in drawn(it)] == [[list(c) for c in CORNERS]]
    assert not it.tool.is_busy


def test_the_preview_is_an_open_line_to_the_pointer():
    it = rings()
    it.click(20, 20)
    preview = it.tell("move", 30, 40).preview
    assert isinstance(preview, Polyline)
    assert preview.vertices.tolist() == [[20, 20], [30, 40]]


def test_backspace_takes_the_last_vertex_back():
    it = rings()
    for corner in (*CORNERS, (10, 90)):
        it.click(*corner)
    it.key("backspace")
    it.key("enter")
    assert [len(shape.vertices) for shape in drawn(it)] == [3]
    it.click(20, 20)
    it.key("backspace")
    assert not it.tool.is_busy


def test_a_polygon_needs_three_vertices():
    it = rings()
    it.click(20, 20)
    it.click(60, 20)
    assert "three vertices" in it.key("enter").hint
    assert it.tool.is_busy
    it.click(60, 60)
    it.key("enter")
    assert len(drawn(it)) == 1


def test_a_drag_draws_freehand():
    it = rings()
    it.drag((20, 20), (20.5, 20.5), (40, 20), (60, 40), (40, 60), (22, 30))
    (ring,) = drawn(it)
    assert isinstance(ring, Polygon)
    assert ring.vertices.tolist() == [[20, 20], [40, 20], [60, 40], [40, 60], [22, 30]]
    assert not it.tool.is_busy


def test_a_polygon_thinner_than_two_pixels_is_refused():
    it = rings()
    for corner in ((20, 20), (60, 20), (90, 21)):
        it.click(*corner)
    it.key("enter")
    assert drawn(it) == []
    assert "Smaller than 2 pixels" in it.last.hint


@pytest.mark.parametrize("tool", [BoxTool(), PolygonTool(), PolylineTool()])
def test_without_a_fitting_label_nothing_is_drawn_and_the_hint_says_why(tool):
    for kind, words in ((None, "Choose a label"), ("point", "drawn as point")):
        it = Hand(tool, kind=kind)
        it.drag((20, 20), (60, 60))
        assert words in it.answers[0].hint
        assert it.commands == []


@given(
    st.sampled_from([BoxTool, PolygonTool]),
    st.lists(
        st.tuples(st.sampled_from(["press", "move", "release", "double", "leave"]), xs, ys)
        | st.sampled_from(["enter", "backspace", "escape", "left"]),
        max_size=20,
    ),
)
def test_whatever_a_person_does_only_whole_shapes_inside_the_image_are_added(tool, acts):
    it = Hand(tool(), kind=tool.name)
    for act in acts:
        if isinstance(act, str):
            it.key(act)
        elif act[0] == "press":
            it.press(*act[1:])
        elif act[0] == "release":
            it.release(*act[1:])
        else:
            it.tell(*act)
    for shape in drawn(it):
        x0, y0, x1, y1 = bounds(shape)
        assert min(x1 - x0, y1 - y0) >= 2
        assert (x0, y0) >= (0, 0)
        assert x1 <= SIZE[0]
        assert y1 <= SIZE[1]


@pytest.mark.parametrize("tool", [BoxTool(), PolygonTool(), PolylineTool()])
def test_a_drawing_goes_on_only_where_it_began(tool):
    it = Hand(tool, kind=tool.name)
    it.click(20, 20)
    here = it.target
    it.target = replace(here, media=MediaKey("1.2", "1.2.3", "1.2.3.1"))
    it.click(60, 20)
    assert "another slice" in it.answers[-2].hint
    assert not it.key("enter").consumed
    it.target = here
    it.click(60, 60)
    it.click(20, 60)
    it.key("enter")
    assert len(drawn(it)) == 1
    assert it.commands[0].annotation.placements[0].media == KEY


def test_every_tool_has_a_name_of_its_own():
    assert len({tool.name for tool in TOOLS}) == len(TOOLS)


def test_a_line_ends_with_enter_and_may_come_back_to_its_first_vertex():
    it = lines()
    for corner in (*CORNERS, CORNERS[0]):
        it.click(*corner)
    assert it.tool.is_busy
    it.key("enter")
    (line,) = drawn(it)
    assert isinstance(line, Polyline)
    assert line.vertices.tolist() == [list(place) for place in (*CORNERS, CORNERS[0])]


def test_a_line_may_be_upright_or_level_and_needs_two_vertices():
    it = lines()
    it.click(20, 20)
    it.key("enter")
    assert drawn(it) == []
    assert "two vertices" in it.last.hint
    it.click(20, 60)
    it.key("enter")
    (line,) = drawn(it)
    assert line.vertices.tolist() == [[20, 20], [20, 60]]
