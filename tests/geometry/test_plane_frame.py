"""Shapes between an export's coordinates and a plane's pixel space, both ways."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shape_strategies import outlined, points

from viewer.geometry.mask import Mask
from viewer.geometry.measure import bounds, same_shape
from viewer.geometry.plane_frame import PLAIN, PlaneFrame
from viewer.geometry.shapes import Box, Point, Polygon, Polyline, Shape

SIZE = (40, 30)
frames = st.builds(PlaneFrame, st.booleans(), st.booleans(), st.sampled_from([1.0, 3.75, 0.5]))
shapes = st.one_of(points, outlined)


@st.composite
def masks(draw: st.DrawFn) -> Mask:
    size = draw(st.tuples(st.integers(1, 30), st.integers(1, 40)))
    bits = draw(st.lists(st.booleans(), min_size=size[0] * size[1], max_size=size[0] * size[1]))
    return Mask.from_array(np.array(bits).reshape(size))


@given(frames, shapes)
def test_what_was_not_edited_comes_back_to_the_last_digit(frame: PlaneFrame, shape: Shape):
    shown = frame.shown(shape, SIZE)
    assert same_shape(frame.stored(shown, SIZE, shape), shape)


@given(frames, shapes)
def test_stored_is_the_inverse_of_shown(frame: PlaneFrame, shape: Shape):
    again = frame.shown(frame.stored(shape, SIZE), SIZE)
    assert type(again) is type(shape)
    np.testing.assert_allclose(bounds(again), bounds(shape), atol=1e-6)


@given(frames, st.lists(st.tuples(st.floats(0, 40), st.floats(0, 30)), min_size=4, max_size=9))
def test_of_an_edited_ring_the_other_vertices_keep_their_digits(frame: PlaneFrame, ring):
    before = Polygon(np.array(ring))
    vertices = frame.shown(before, SIZE).vertices.copy()  # type: ignore[union-attr]
    vertices[2] = (17.125, 3.0625)
    after = frame.stored(Polygon(vertices), SIZE, before)
    assert isinstance(after, Polygon)
    kept = [0, 1, *range(3, len(ring))]
    shown_after = frame.shown(after, SIZE)
    assert isinstance(shown_after, Polygon)
    np.testing.assert_allclose(shown_after.vertices, vertices, atol=1e-9)
    for at in kept:
        same = after.vertices[at] == before.vertices[at]
        ambiguous = np.isclose(after.vertices[at], before.vertices[at], rtol=1e-12, atol=1e-12)
        assert (same | ambiguous).all()


@given(frames, masks())
def test_a_mask_is_mirrored_pixel_by_pixel_and_back(frame: PlaneFrame, mask: Mask):
    flipped = PlaneFrame(frame.flip_x, frame.flip_y)
    width, height = SIZE
    whole = np.zeros((40, 40), dtype=bool)
    whole[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    whole = whole[:height, :width]
    inside = Mask.from_array(whole)
    expected = whole[:: -1 if frame.flip_y else 1, :: -1 if frame.flip_x else 1]
    assert same_shape(flipped.shown(inside, SIZE), Mask.from_array(expected))
    assert same_shape(flipped.stored(flipped.shown(inside, SIZE), SIZE), inside)


@given(st.booleans(), st.booleans(), masks())
def test_a_mask_drawn_in_taller_pixels_comes_back_from_the_export(flip_x, flip_y, mask):
    frame = PlaneFrame(flip_x, flip_y, 3.75)
    whole = np.zeros((40, 40), dtype=bool)
    whole[: mask.y + mask.height, : mask.x + mask.width][mask.y :, mask.x :] = mask.to_array()
    inside = Mask.from_array(whole[:30, :40])
    assert same_shape(frame.shown(frame.stored(inside, SIZE), SIZE), inside)


def test_flips_and_the_scale_put_places_where_they_were_drawn():
    frame = PlaneFrame(flip_x=True, flip_y=True, scale_y=2.0)
    assert frame.shown(Point(1, 10), SIZE) == Point(39, 25)
    assert frame.shown(Box(1, 10, 4, 6), SIZE) == Box(35, 22, 4, 3)
    line = frame.shown(Polyline(np.array([(0, 0), (40, 60)])), SIZE)
    assert isinstance(line, Polyline)
    assert line.vertices.tolist() == [[40, 30], [0, 0]]
    assert frame.shown_boxes(np.array([(1.0, 10, 5, 16)]), SIZE).tolist() == [[35, 22, 39, 25]]


def test_a_plain_frame_hands_on_the_very_shape():
    shape = Box(1, 2, 3, 4)
    assert PLAIN.shown(shape, SIZE) is shape
    assert PLAIN.stored(shape, SIZE) is shape


def test_a_scale_of_nothing_is_refused():
    for scale in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="cannot be scaled"):
            PlaneFrame(scale_y=scale)
