"""Shapes between an export's coordinates and a plane's pixel space, both ways."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shape_strategies import outlined, points

from viewer.geometry.mask import Mask
from viewer.geometry.measure import bounds, same_shape
from viewer.geometry.plane_frame import PLAIN, PlaneFrame
from viewer.geometry.shapes import Box, Ellipse, Point, Polygon, Polyline, Shape

SIZE = (40, 30)
frames = st.builds(
    PlaneFrame,
    st.booleans(),
    st.booleans(),
    st.sampled_from([1.0, 3.75, 0.5]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
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


@given(frames, st.floats(-9, 9), st.floats(-9, 9))
def test_a_moved_box_or_ellipse_keeps_its_lengths_to_the_last_digit(frame, dx, dy):
    box, ellipse = Box(3.94, 6.124, 2.394, 4.496), Ellipse(11.3, 12.7, 2.394, 1.1, 0.4)
    there = frame.shown(box, SIZE)
    moved = msgspec.structs.replace(there, x=there.x + dx, y=there.y + dy)
    back = frame.stored(moved, SIZE, box)
    assert (back.width, back.height) == (box.width, box.height)
    there = frame.shown(ellipse, SIZE)
    moved = msgspec.structs.replace(there, cx=there.cx + dx, cy=there.cy + dy)
    back = frame.stored(moved, SIZE, ellipse)
    assert (back.rx, back.ry, back.angle) == (ellipse.rx, ellipse.ry, ellipse.angle)


@given(frames, shapes)
def test_stored_is_the_inverse_of_shown(frame: PlaneFrame, shape: Shape):
    again = frame.shown(frame.stored(shape, SIZE), SIZE)
    assert type(again) is (type(shape) if frame.keeps(shape) else Polygon)
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


@given(frames, shapes)
def test_bounds_are_placed_where_their_shapes_are(frame: PlaneFrame, shape: Shape):
    if isinstance(shape, Ellipse) and frame.scale_y != 1:  # whose bounds are not scaled with it
        return
    boxes = frame.shown_boxes(np.array([bounds(shape)]), SIZE)
    np.testing.assert_allclose(boxes[0], bounds(frame.shown(shape, SIZE)), atol=1e-6)


def test_whole_numbers_are_the_centres_of_pixels_where_an_export_counts_so():
    frame = PlaneFrame(is_centred=True)
    assert frame.shown(Point(3, 4), SIZE) == Point(3.5, 4.5)
    assert frame.stored(Point(3.5, 4.5), SIZE) == Point(3, 4)
    assert frame.shown(Box(0, 1, 0.1, 5), SIZE) == Box(0.5, 1.5, 0.1, 5)
    mask = Mask.from_array(np.ones((2, 3), dtype=bool), 4, 5)
    assert same_shape(frame.shown(mask, SIZE), mask)
    assert PlaneFrame(flip_x=True, is_centred=True).shown(Point(0, 0), SIZE) == Point(39.5, 0.5)


# EXIF orientation: transposed, and then flipped; what the stored picture's first row and first
# column are on the picture as it is shown (EXIF 2.32, 4.6.4 A, Orientation).
STORED = np.arange(6).reshape(2, 3)
EXIF = {
    2: ((True, False, False), STORED[:, ::-1]),
    3: ((True, True, False), STORED[::-1, ::-1]),
    4: ((False, True, False), STORED[::-1]),
    5: ((False, False, True), STORED.T),
    6: ((True, False, True), np.rot90(STORED, -1)),
    7: ((True, True, True), np.rot90(STORED, 2).T),
    8: ((False, True, True), np.rot90(STORED)),
}


@pytest.mark.parametrize("orientation", EXIF)
def test_a_stored_picture_is_turned_pixel_by_pixel(orientation: int):
    (flip_x, flip_y, is_transposed), shown = EXIF[orientation]
    frame = PlaneFrame(flip_x, flip_y, is_transposed=is_transposed)
    size = (shown.shape[1], shown.shape[0])
    assert frame.export_size(size) == (3, 2)
    for value in range(6):
        row, column = np.argwhere(value == STORED)[0].tolist()
        y, x = np.argwhere(shown == value)[0].tolist()
        assert frame.shown(Box(column, row, 1, 1), size) == Box(x, y, 1, 1)
        mask = frame.shown(Mask.from_array(value == STORED), size)
        assert same_shape(mask, Mask.from_array(shown == value))
        assert same_shape(frame.stored(mask, size), Mask.from_array(value == STORED))


def test_an_ellipse_turned_against_the_clock_is_mirrored_and_keeps_its_other_numbers():
    frame = PlaneFrame(turns_back=True)
    held = Ellipse(10.1, 12, 7, 3, 0.3)
    assert frame.shown(held, SIZE) == Ellipse(10.1, 12, 7, 3, -0.3)
    moved = frame.stored(Ellipse(10.1, 13, 7, 3, -0.3), SIZE, held)
    assert moved == Ellipse(10.1, 13, 7, 3, 0.3)
    upright = PlaneFrame(turns_back=True, is_transposed=True).stored(Ellipse(1, 2, 3, 4), SIZE)
    assert str(upright.angle) == "0.0"  # type: ignore[union-attr]


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


@given(frames, st.sampled_from([0.0, np.pi / 2, np.pi, -np.pi / 2]), st.sampled_from(["rx", "ry"]))
def test_a_radius_that_is_dragged_of_an_ellipse_on_its_side_is_the_one_that_changes(
    frame: PlaneFrame, angle: float, name: str
):
    held = Ellipse(12, 9, 10, 2, angle)
    shown = frame.shown(held, SIZE)
    assert isinstance(shown, Ellipse)
    dragged = msgspec.structs.replace(shown, **{name: getattr(shown, name) + 1.5})
    again = frame.shown(frame.stored(dragged, SIZE, held), SIZE)
    np.testing.assert_allclose(bounds(again), bounds(dragged), atol=1e-6)
