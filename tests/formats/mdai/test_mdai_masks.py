"""Mask rings against OpenCV on the whole image, and back."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from viewer.formats.mdai.encode import rectangles_of, rings_of
from viewer.formats.mdai.shapes import mask_of_rings
from viewer.geometry.mask import Mask
from viewer.geometry.measure import same_shape

COLUMNS, ROWS = 24, 17
POINTS = st.tuples(st.integers(-6, COLUMNS + 6), st.integers(-6, ROWS + 6))
RINGS = st.lists(st.lists(POINTS, min_size=1, max_size=6), min_size=0, max_size=3)


def on_image(foreground, background):
    """What MD.ai's library does: every ring on the whole image, background last."""
    canvas = np.zeros((ROWS, COLUMNS), np.uint8)
    for rings, value in ((foreground, 1), (background, 0)):
        for ring in rings:
            cv2.fillPoly(canvas, [np.array(ring).astype(np.int32).reshape(-1, 2)], (value,))
    return canvas.astype(bool)


def placed(mask: Mask | None) -> np.ndarray:
    canvas = np.zeros((ROWS, COLUMNS), bool)
    if mask is not None:
        canvas[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width] = mask.to_array()
    return canvas


def arrays_of(rings):
    return [np.array(ring, dtype=np.float64) for ring in rings]


@given(RINGS, RINGS)
@example([[(1, 0)]], [[(0, 0), (2, 1)]])  # a line that is cut off where the others end
def test_rings_fill_the_pixels_that_opencv_fills_on_the_whole_image(foreground, background):
    mask = mask_of_rings(arrays_of(foreground), arrays_of(background), (COLUMNS, ROWS))
    assert np.array_equal(placed(mask), on_image(foreground, background))


@given(st.lists(st.lists(st.tuples(st.floats(0, 16), st.floats(0, 16)), min_size=3), min_size=1))
def test_fractions_of_rings_are_cut_off(rings):
    mask = mask_of_rings(arrays_of(rings), [], (COLUMNS, ROWS))
    assert np.array_equal(placed(mask), on_image(rings, []))


@given(arrays.arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_any_mask_survives_being_written_and_read(bitmap):
    mask = Mask.from_array(bitmap, 2, 3)
    foreground, background = rings_of(mask)
    again = mask_of_rings(arrays_of(foreground), arrays_of(background), None)
    assert same_shape(again or Mask.from_array(np.zeros((1, 1), bool)), mask) or not bitmap.any()
    rectangles = mask_of_rings(arrays_of(rectangles_of(mask)), [], None)
    assert not bitmap.any() or same_shape(rectangles, mask)


def test_a_hole_is_a_background_ring_and_an_island_in_it_makes_rectangles():
    bitmap = np.ones((9, 9), bool)
    bitmap[2:7, 2:7] = False
    foreground, background = rings_of(Mask.from_array(bitmap))
    assert len(foreground) == len(background) == 1
    bitmap[4, 4] = True
    foreground, background = rings_of(Mask.from_array(bitmap))
    assert background == []
    assert same_shape(mask_of_rings(arrays_of(foreground), [], None), Mask.from_array(bitmap))


def test_rings_far_outside_the_image_ask_for_no_memory():
    far = arrays_of([[(0, 0), (1e8, 0), (1e8, 1e8), (0, 1e8)]])
    mask = mask_of_rings(far, [], (COLUMNS, ROWS))
    assert mask is not None
    assert mask.to_array().all()
    assert (mask.width, mask.height) == (COLUMNS, ROWS)
