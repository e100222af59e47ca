"""Zoom and pan: the whole picture fits, and places go to the screen and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from viewer.geometry.views import SIGNED_PERMUTATIONS
from viewer.paint.framing import (
    FIT,
    MARGIN_PX,
    STRIP_PX,
    Framing,
    framed,
    on_plane,
    on_screen,
    px_per_mm,
)

sizes = st.tuples(st.floats(60, 2000), st.floats(60, 2000))
bounds = st.tuples(
    st.floats(-200, 200), st.floats(-200, 200), st.floats(1, 900), st.floats(1, 900)
).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))
turns = st.sampled_from(SIGNED_PERMUTATIONS)


@given(bounds, turns, sizes)
def test_the_whole_picture_fits_with_its_margin_and_the_strip_stays_free(
    box: tuple[float, float, float, float], turn: NDArray[np.float64], size: tuple[float, float]
) -> None:
    affine = framed(box, turn, size)
    corners = on_screen(affine, np.array(box).reshape(2, 2))
    low, high = corners.min(axis=0), corners.max(axis=0)
    room = np.array([size[0] - STRIP_PX, size[1]])
    assert (low >= MARGIN_PX - 1e-6).all()
    assert (high <= room - MARGIN_PX + 1e-6).all()
    assert np.isclose(low + high, room).all()
    assert np.isclose(high - low, room - 2 * MARGIN_PX).any()


@given(bounds, turns, sizes)
def test_without_a_strip_the_picture_fills_the_view(
    box: tuple[float, float, float, float], turn: NDArray[np.float64], size: tuple[float, float]
) -> None:
    affine = framed(box, turn, size, FIT, strip=False)
    corners = on_screen(affine, np.array(box).reshape(2, 2))
    assert np.isclose(np.ptp(corners, axis=0), size).any()


@given(bounds, turns, sizes, st.floats(0.05, 60), st.floats(0, 900), st.floats(0, 900))
def test_a_place_on_the_screen_comes_back_to_itself(
    box: tuple[float, float, float, float],
    turn: NDArray[np.float64],
    size: tuple[float, float],
    scale: float,
    x: float,
    y: float,
) -> None:
    affine = framed(box, turn, size, Framing(scale, (3.0, -4.0)))
    assert px_per_mm(affine) == pytest.approx(scale)
    assert np.allclose(on_screen(affine, np.array([on_plane(affine, x, y)])), [(x, y)], atol=1e-6)
    middle = on_screen(affine, np.array([[3.0, -4.0]]))[0]
    assert np.allclose(middle, [(size[0] - STRIP_PX) / 2, size[1] / 2])


def test_an_empty_picture_and_a_tiny_view_still_have_a_scale() -> None:
    assert px_per_mm(framed((0, 0, 0, 0), np.eye(2), (1.0, 1.0))) > 0
