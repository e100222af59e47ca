"""Points, ellipses, lengths and angles: what a hand draws is what is added, where it drew."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointing import KEY, MADE, SIZE, Hand

from viewer.geometry.shapes import Ellipse, Point, RotatedBox
from viewer.geometry.solids import Angle, Cuboid, Landmark, Length
from viewer.model.ontology import Template
from viewer.model.project import Project
from viewer.session.commands import AddAnnotation
from viewer.session.making import Target, annotation_made
from viewer.tools.draw import BoxTool, EllipseTool
from viewer.tools.points import AngleTool, LengthTool, PointTool

xs, ys = st.floats(0, SIZE[0]), st.floats(0, SIZE[1])
places = st.tuples(xs, ys)


def made(hand: Hand) -> object:
    (command,) = hand.commands
    assert isinstance(command, AddAnnotation)
    return command.annotation.placements[0].shape


@given(places, places)
def test_a_point_is_added_where_the_button_was_let_go_and_only_once(press, end):
    hand = Hand(PointTool(), kind="point")
    hand.press(*press)
    assert hand.tool.is_busy
    hand.tell("move", *end)
    hand.release(*end)
    assert not hand.tool.is_busy
    assert made(hand) == Point(*end)


@given(places)
def test_a_landmark_is_the_voxel_place_under_the_pointer(at):
    hand = Hand(PointTool(), kind="landmark")
    hand.click(*at)
    found = made(hand)
    assert isinstance(found, Landmark)
    assert found.point == pytest.approx((at[0] - 0.5, at[1] - 0.5, 0.0))


@given(places, places)
def test_an_ellipse_lies_inside_the_box_that_was_dragged(one, other):
    hand = Hand(EllipseTool(), kind="ellipse")
    hand.drag(one, other)
    size = np.abs(np.subtract(one, other))
    if hand.commands:
        found = made(hand)
        assert isinstance(found, Ellipse)
        assert (found.cx, found.cy) == pytest.approx(tuple(np.add(one, other) / 2))
        assert 2 * np.array([found.rx, found.ry]) == pytest.approx(size)
    else:
        assert size.min() < 4


@given(places, places)
def test_a_rotated_box_begins_upright_as_the_box_that_was_dragged(one, other):
    hand = Hand(BoxTool(), kind="rotated-box")
    hand.drag(one, other)
    low, size = np.minimum(one, other), np.abs(np.subtract(one, other))
    if hand.commands:
        assert made(hand) == RotatedBox(*low, *(np.maximum(one, other) - low))
    else:
        assert size.min() < 4


@given(places, places)
def test_a_skeleton_stands_in_its_box_as_its_class_says(one, other):
    template = Template(((0.5, 0.0), (0.0, 1.0), (1.0, 1.0)), ((0, 1), (0, 2)))
    hand = Hand(BoxTool(), kind="skeleton")
    hand.drag(one, other)
    assert not hand.commands
    assert "nodes of new skeletons" in hand.answers[0].hint
    hand.target = replace(hand.target, template=template)
    hand.drag(one, other)
    low, high = np.minimum(one, other), np.maximum(one, other)
    if hand.commands:
        found = made(hand)
        middle = (low[0] + high[0]) / 2
        wanted = [(middle, low[1]), (low[0], high[1]), (high[0], high[1])]
        np.testing.assert_allclose(found.points, wanted)
        assert found.edges == template.edges
        assert set(found.states) == {"visible"}
    else:
        assert (high - low).min() < 4


@given(places, places)
def test_a_cuboid_is_the_voxels_of_a_box_on_one_slice(one, other):
    hand = Hand(BoxTool(), kind="cuboid")
    hand.drag(one, other)
    if hand.commands:
        found = made(hand)
        assert isinstance(found, Cuboid)
        (i0, j0, k0), (i1, j1, k1) = found.corners
        assert (k0, k1) == (0.0, 0.0)
        for low, high, ends in ((i0, i1, (one[0], other[0])), (j0, j1, (one[1], other[1]))):
            assert abs(low - min(ends)) <= 0.5
            assert abs(high + 1 - max(ends)) <= 0.5
    else:
        assert np.abs(np.subtract(one, other)).min() < 4


def test_a_length_is_dragged_or_clicked_and_ends_with_its_second_place():
    dragged, clicked = Hand(LengthTool(), kind="length"), Hand(LengthTool(), kind="length")
    dragged.drag((10, 20), (30, 20), (60, 20))
    clicked.click(10, 20)
    assert clicked.tool.is_busy
    clicked.click(60, 20)
    for hand in (dragged, clicked):
        assert not hand.tool.is_busy
        assert made(hand) == Length((9.5, 19.5, 0.0), (59.5, 19.5, 0.0))


def test_an_angle_takes_three_places_dragging_the_first_leg_or_not():
    clicked, dragged = Hand(AngleTool(), kind="angle"), Hand(AngleTool(), kind="angle")
    for place in ((10, 20), (30, 20), (30, 60)):
        clicked.click(*place)
    dragged.drag((10, 20), (20, 20), (30, 20))
    dragged.click(30, 60)
    for hand in (clicked, dragged):
        found = made(hand)
        assert found == Angle((9.5, 19.5, 0.0), (29.5, 19.5, 0.0), (29.5, 59.5, 0.0))


def test_the_size_of_what_is_measured_is_told_while_drawing_in_mm_and_degrees():
    hand = Hand(LengthTool(), kind="length", spacing=(0.5, 2.0))
    hand.click(10, 20)
    assert hand.tell("move", 10, 25).hint == "10.0 mm"
    hand = Hand(AngleTool(), kind="angle", spacing=(1.0, 2.0))
    hand.click(10, 20)
    hand.click(30, 20)
    hand.tell("move", 10, 10)
    angle = math.degrees(math.atan2(20, 20))
    assert hand.last.hint == f"{angle:.1f}\N{DEGREE SIGN}"


@pytest.mark.parametrize("tool", [PointTool, LengthTool, AngleTool, EllipseTool])
def test_escape_gives_up_and_nothing_is_added(tool):
    hand = Hand(tool(), kind=next(iter(tool.kinds)))
    hand.press(50, 50)
    hand.key("escape")
    hand.release(60, 60)
    assert not hand.tool.is_busy
    assert hand.commands == []


@pytest.mark.parametrize("tool", [LengthTool, AngleTool])
def test_a_first_place_that_is_taken_back_before_the_button_is_let_go_is_no_place(tool):
    hand = Hand(tool(), kind=tool.name)
    hand.press(20, 20)
    hand.key("backspace")
    hand.tell("move", 40, 40)
    hand.release(40, 40)
    assert not hand.tool.is_busy
    assert not hand.commands


@pytest.mark.parametrize("tool", [PointTool, LengthTool, AngleTool, EllipseTool])
def test_a_class_of_another_kind_or_one_the_export_cannot_hold_is_refused_with_a_sentence(tool):
    hand = Hand(tool(), kind="polygon")
    assert "drawn as polygon" in hand.press(50, 50).hint
    hand = Hand(tool(), kind=next(iter(tool.kinds)))
    hand.target = Target("1", "L", next(iter(tool.kinds)), KEY, SIZE, refused="No such thing.")
    assert hand.press(50, 50).hint == "No such thing."
    assert hand.release(60, 60).command is None
    hand.target = None
    assert hand.press(50, 50).hint.endswith(".")
    assert hand.commands == []


@pytest.mark.parametrize("axis", [0, 1, 2])
@given(place=places)
def test_a_landmark_drawn_on_any_plane_lies_on_that_slice_and_on_a_whole_one(axis, place):
    target = Target("1", "L", "landmark", KEY, SIZE, axis=axis, slice=7)
    command = annotation_made(Project(), target, Point(*place), MADE)
    (placement,) = command.annotation.placements
    assert isinstance(placement.shape, Landmark)
    assert placement.shape.point[axis] == 7
    assert placement.shape.point[2] == round(placement.shape.point[2])
    assert (placement.index, placement.media.frame) == (None, None)
