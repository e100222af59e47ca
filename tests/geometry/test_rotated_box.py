"""A box turned about its own centre, held against an independent rotation and shapely."""

from __future__ import annotations

import cmath

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from stacks import COLUMNS, ROWS, L, P, built

from viewer.errors import GeometryError
from viewer.geometry import measure
from viewer.geometry.between import between
from viewer.geometry.cuts import cut_of
from viewer.geometry.plane_frame import PlaneFrame
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Box, Polygon, RotatedBox
from viewer.geometry.views import view_planes

near, sides, angles = st.floats(-20, 20), st.floats(0.5, 30), st.floats(-10, 10)
boxes = st.builds(RotatedBox, near, near, sides, sides, angles)
spacings = st.tuples(st.floats(0.2, 3), st.floats(0.2, 3))
PLAIN = view_planes(built(L, P, spacing=(1, 1)))


def ring(box: RotatedBox) -> np.ndarray:
    """Corners by complex numbers: multiplying by exp(i a) turns x towards y, down the screen."""
    middle = complex(box.x + box.width / 2, box.y + box.height / 2)
    turn = cmath.exp(1j * box.angle)
    corners = (
        complex(box.x, box.y),
        complex(box.x + box.width, box.y),
        complex(box.x + box.width, box.y + box.height),
        complex(box.x, box.y + box.height),
    )
    turned = [middle + (corner - middle) * turn for corner in corners]
    return np.array([(at.real, at.imag) for at in turned])


def far_from(one: RotatedBox, ring_of_other: np.ndarray) -> float:
    return shapely.Polygon(ring(one)).symmetric_difference(shapely.Polygon(ring_of_other)).area


@given(boxes)
def test_its_corners_are_those_of_the_box_turned_by_the_angle_from_x_towards_y(box):
    np.testing.assert_allclose(box.corners, ring(box), atol=1e-9)
    ((drawn, closed),) = measure.outline(box)
    assert closed
    np.testing.assert_array_equal(drawn, box.corners)


def test_a_quarter_turn_is_clockwise_on_the_screen():
    box = RotatedBox(10, 10, 4, 2, np.pi / 2)
    np.testing.assert_allclose(box.corners[0], (13, 9), atol=1e-12)  # its top left is now right
    np.testing.assert_allclose(box.corners[1], (13, 13), atol=1e-12)


@given(boxes, spacings)
def test_all_that_is_measured_is_that_of_its_corners(box, spacing):
    there = shapely.Polygon(ring(box))
    near = {"rel": 1e-9, "abs": 1e-9}
    assert measure.area_px(box) == pytest.approx(there.area, **near)
    assert measure.bounds(box) == pytest.approx(there.bounds, **near)
    assert measure.centre(box) == pytest.approx((there.centroid.x, there.centroid.y), abs=1e-6)
    stretched = shapely.Polygon(ring(box) * spacing)
    sizes = measure.physical(box, spacing)
    assert sizes.length_mm == pytest.approx(stretched.length, **near)
    assert sizes.area_mm2 == pytest.approx(stretched.area, **near)
    corners = ring(box) * spacing
    apart = max(np.hypot(*(a - b)) for a in corners for b in corners)
    assert sizes.longest_mm == pytest.approx(apart, **near)


@given(boxes, near, near)
def test_moved_and_moved_back_it_is_where_it_was(box, dx, dy):
    moved = measure.translated(box, dx, dy)
    np.testing.assert_allclose(moved.corners, ring(box) + np.array([dx, dy]), atol=1e-9)
    back = measure.translated(moved, -dx, -dy)
    np.testing.assert_allclose(back.corners, box.corners, atol=1e-9)


@given(boxes)
def test_a_pixel_belongs_to_it_when_its_centre_is_inside(box):
    moved = measure.translated(box, 25, 25)
    mask = rasterised(moved, 50, 50)
    drawn = np.zeros((50, 50), dtype=bool)
    drawn[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    y, x = np.mgrid[:50, :50] + 0.5
    edge = shapely.LinearRing(ring(moved))
    inside = shapely.contains_xy(shapely.Polygon(edge), x, y)
    doubtful = shapely.distance(edge, shapely.points(x, y)) < 1e-9
    assert ((drawn == inside) | doubtful).all()
    x0, y0, x1, y1 = measure.bounds(moved)
    if mask.area:
        low, high = np.array([mask.x, mask.y]), np.array([mask.width, mask.height])
        assert (low + 0.5 >= np.array([x0, y0]) - 1e-9).all()
        assert (low + high - 0.5 <= np.array([x1, y1]) + 1e-9).all()


@given(st.builds(Box, near, near, sides, sides))
def test_one_that_is_not_turned_covers_what_the_box_covers(box):
    straight = RotatedBox(box.x, box.y, box.width, box.height)
    assert measure.bounds(straight) == pytest.approx(measure.bounds(box))
    assert far_from(straight, box.corners) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("name", ["sagittal", "coronal"])
@given(box=boxes, index=st.integers(0, 8))
def test_a_cut_is_the_chord_through_its_corners(name, box, index):
    view = PLAIN[name]
    moved = measure.translated(box, COLUMNS / 2, ROWS / 2)
    at = index + 0.5
    ends = [(at, -99), (at, 99)] if view.axis == 0 else [(-99, at), (99, at)]
    chord = shapely.LineString(ends).intersection(shapely.Polygon(ring(moved)))
    x0, y0, x1, y1 = measure.bounds(moved)
    assume(min(abs(at - end) for end in ((x0, x1) if view.axis == 0 else (y0, y1))) > 1e-3)
    bands = cut_of(moved, 0, view, index).bands
    assert len(bands) == (not chord.is_empty)
    if len(bands):
        low, high = chord.bounds[1 - view.axis], chord.bounds[3 - view.axis]
        np.testing.assert_allclose(bands[0, [0, 2]], (low, high), atol=1e-6)


@given(boxes, boxes, st.floats(0, 1))
def test_between_two_key_frames_it_turns_the_shorter_way_about_its_moving_centre(
    first, last, share
):
    found = between(first, last, share)
    assert isinstance(found, RotatedBox)
    assert abs(found.angle - first.angle) <= np.pi / 2 * share + 1e-9
    middle = np.array(first.centre) * (1 - share) + np.array(last.centre) * share
    assert found.centre == pytest.approx(tuple(middle))
    assert far_from(between(first, last, 1.0), ring(last)) < 1e-6


@given(boxes, st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_on_a_flipped_plane_its_corners_are_the_flipped_corners(box, x, y, across, centred):
    frame, size = PlaneFrame(x, y, 1.0, across, centred), (40, 30)
    shown = frame.shown(box, size)
    assert isinstance(shown, RotatedBox)
    there = frame.shown(Polygon(ring(box)), size)
    assert far_from(shown, there.vertices) < 1e-6
    assert frame.stored(shown, size, box) is box
    back = frame.stored(shown, size)
    np.testing.assert_allclose(back.corners, ring(box), atol=1e-6)


@given(boxes, st.booleans(), st.booleans(), near, near)
def test_moved_on_a_flipped_plane_its_sides_and_its_angle_keep_every_digit(box, x, y, dx, dy):
    frame, size = PlaneFrame(x, y, is_centred=True), (40, 30)
    moved = measure.translated(frame.shown(box, size), dx, dy)
    stored = frame.stored(moved, size, box)
    assert (stored.width, stored.height) == (box.width, box.height)
    assert stored.angle == box.angle
    np.testing.assert_allclose(
        frame.shown(stored, size).corners,
        frame.shown(box, size).corners + np.array([dx, dy]),
        atol=1e-6,
    )


@given(boxes, st.booleans())
def test_one_turned_back_by_its_export_is_turned_the_other_way(box, flip):
    frame, size = PlaneFrame(flip, turns_back=True), (40, 30)
    mirrored = RotatedBox(box.x, box.y, box.width, box.height, -box.angle)
    there = PlaneFrame(flip).shown(mirrored, size)
    assert far_from(frame.shown(box, size), ring(there)) < 1e-6


@given(boxes, st.booleans(), st.booleans(), st.sampled_from([0.5, 2.5]), st.integers(-4, 4))
def test_an_upright_one_stays_one_where_rows_are_scaled(box, flip_x, flip_y, scale, quarters):
    frame, size = PlaneFrame(flip_x, flip_y, scale), (40, 30)
    upright = RotatedBox(box.x, box.y, box.width, box.height, quarters * np.pi / 2)
    shown = frame.shown(upright, size)
    assert frame.keeps(upright)
    assert isinstance(shown, RotatedBox)
    assert far_from(shown, frame.shown(Polygon(ring(upright)), size).vertices) < 1e-5
    np.testing.assert_allclose(frame.stored(shown, size).corners, ring(upright), atol=1e-6)


@given(boxes, st.sampled_from([0.5, 2.5]))
def test_one_that_stands_askew_is_its_outline_where_rows_are_scaled(box, scale):
    assume(abs(np.sin(2 * box.angle)) > 1e-3)
    frame, size = PlaneFrame(False, True, scale), (40, 30)
    shown = frame.shown(box, size)
    assert not frame.keeps(box)
    assert isinstance(shown, Polygon)
    np.testing.assert_allclose(
        shown.vertices, frame.shown(Polygon(ring(box)), size).vertices, atol=1e-9
    )
    assert frame.stored(shown, size, box) is box


@pytest.mark.parametrize(
    ("numbers", "words"),
    [((1, 1, -1, 1, 0), "negative"), ((1, 1, 1, 1, float("nan")), "angle"),
     ((float("inf"), 1, 1, 1, 0), "finite")],
)  # fmt: skip
def test_what_is_no_box_is_refused(numbers, words):
    with pytest.raises(GeometryError, match=words):
        RotatedBox(*numbers)
