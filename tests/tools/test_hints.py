"""The size that is told while a shape is drawn or dragged: mm by the pixel spacing."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointing import SIZE, Hand

from viewer.geometry.mask import Mask
from viewer.geometry.measure import bounds
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline, RotatedBox, Shape
from viewer.tools import SelectTool
from viewer.tools.draw import BoxTool
from viewer.tools.hits import rotation_of

BOX = Box(50.0, 20.0, 40.0, 30.0)
SIZED = [
    BOX,
    Ellipse(50.0, 40.0, 20.0, 10.0),
    Polygon([(20, 20), (60, 20), (60, 60), (20, 60)]),
    Polyline([(20, 20), (60, 20), (60, 60)]),
]
xs, ys = st.floats(0, SIZE[0]), st.floats(0, SIZE[1])
spacings = st.tuples(st.floats(0.05, 5), st.floats(0.05, 5))  # columns and rows apart, not square
PIXELS = re.compile(r"([\d.]+) \u00d7 ([\d.]+) px")
BOTH = re.compile(r"([\d.]+) \u00d7 ([\d.]+) mm \(([\d.]+) \u00d7 ([\d.]+) px\)")


def told_mm(hint: str) -> tuple[float, float]:
    """Width and height in mm of a hint that gives them, and the pixels behind them."""
    found = BOTH.fullmatch(hint)
    assert found, hint
    return float(found[1]), float(found[2])


def size_px(shape: Shape | None) -> tuple[float, float]:
    assert shape is not None
    x0, y0, x1, y1 = bounds(shape)
    return x1 - x0, y1 - y0


def is_size(told: tuple[float, float], px: tuple[float, float], by: tuple[float, float]) -> bool:
    return float(np.abs(np.array(told) - np.multiply(px, by)).max()) <= 0.051


@given(xs, ys, xs, ys, spacings)
def test_a_box_that_is_drawn_tells_its_size_in_mm_by_columns_and_rows(x0, y0, x1, y1, spacing):
    it = Hand(BoxTool(), kind="box", spacing=spacing)
    it.press(x0, y0)
    answer = it.tell("move", x1, y1)
    assert size_px(answer.preview) == pytest.approx((abs(x1 - x0), abs(y1 - y0)))
    assert is_size(told_mm(answer.hint), (abs(x1 - x0), abs(y1 - y0)), spacing)


def test_pixels_twice_as_high_as_wide_make_a_square_of_pixels_twice_as_high():
    it = Hand(BoxTool(), kind="box", spacing=(0.5, 1.0))
    it.press(10, 10)
    assert it.tell("move", 30, 30).hint == "10.0 \u00d7 20.0 mm (20.0 \u00d7 20.0 px)"


@given(st.sampled_from(SIZED), xs, ys, spacings)
def test_a_handle_that_is_dragged_tells_the_size_that_would_be(shape, x, y, spacing):
    it = Hand(SelectTool(), shape, selected=0, spacing=spacing)
    at = (bounds(shape)[2], bounds(shape)[3])  # the lower right corner is a handle of each
    it.press(*at)
    answer = it.tell("move", x, y)
    if max(abs(x - at[0]), abs(y - at[1])) >= 4:
        assert is_size(told_mm(answer.hint), size_px(answer.preview), spacing)


@given(st.sampled_from(SIZED), spacings)
def test_a_label_that_is_moved_tells_the_size_that_it_keeps(shape, spacing):
    it = Hand(SelectTool(), shape, spacing=spacing)
    x0, y0, _, _ = bounds(shape)
    start = (x0 + 20, y0) if not isinstance(shape, Ellipse) else (shape.cx, shape.cy)
    it.press(*start)
    answer = it.tell("move", start[0] + 9, start[1] + 7)
    assert answer.preview is not None
    assert is_size(told_mm(answer.hint), size_px(shape), spacing)


@given(st.floats(-3, 3), spacings)
def test_a_rotated_box_tells_its_own_sides_and_its_turn(angle, spacing):
    box = RotatedBox(60, 30, 60, 30, angle)
    it = Hand(SelectTool(), box, selected=0, spacing=spacing)
    it.press(90, 45)
    x, y = np.diff(box.corners[:3], axis=0) * spacing
    told = told_mm(it.tell("move", 95, 45).hint)
    assert told == pytest.approx((np.hypot(*x), np.hypot(*y)), abs=0.051)
    at = rotation_of(box, (1, 1))
    it = Hand(SelectTool(), box, selected=0)
    it.press(*at)
    middle = np.array(box.centre)
    turned = middle + (np.array(at) - middle)[::-1] * (-1, 1)
    hint = it.tell("move", *turned).hint
    wanted = math.remainder(math.degrees(angle) + 90, 360)
    told = float(hint.split()[2].rstrip("\N{DEGREE SIGN}"))
    assert math.remainder(told - wanted, 360) == pytest.approx(0, abs=0.051)


def test_a_point_that_is_moved_tells_no_size():
    it = Hand(SelectTool(), Point(50.0, 50.0))
    it.press(50, 50)
    answer = it.tell("move", 70, 60)
    assert answer.preview is not None
    assert answer.hint == ""


def test_without_a_calibrated_spacing_only_pixels_are_told():
    drawn = Hand(BoxTool(), kind="box")
    drawn.press(10, 10)
    dragged = Hand(SelectTool(), BOX)
    dragged.press(70, 35)
    for it in (drawn, dragged):
        assert PIXELS.fullmatch(it.tell("move", 30, 31).hint)
        assert "mm" not in it.last.hint


def test_a_mask_that_is_moved_tells_no_size_since_its_box_is_none_of_its_own():
    it = Hand(SelectTool(), Mask.from_array(np.ones((20, 30), np.bool_), 40, 30), spacing=(1, 1))
    it.press(50, 40)
    assert it.tell("move", 60, 50).hint == ""
