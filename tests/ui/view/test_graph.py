"""Pan and zoom keep their promises whatever the size, turn and place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.geometry.views import SIGNED_PERMUTATIONS
from viewer.paint.framing import FIT, framed, free_area, on_plane, px_per_mm
from viewer.ui.view.graph import LEAST_PX_PER_MM, MOST_PX_PER_MM, Camera

BOUNDS = (0.0, 0.0, 200.0, 150.0)
sizes = st.tuples(st.floats(150, 2000), st.floats(100, 1500))
turns = st.sampled_from(SIGNED_PERMUTATIONS)
places = st.tuples(st.floats(1, 140), st.floats(1, 99))


@given(sizes, turns, places, st.floats(0.2, 5.0))
def test_zooming_keeps_what_is_under_the_pointer(
    size: tuple[float, float], turn: np.ndarray, at: tuple[float, float], factor: float
) -> None:
    camera = Camera()
    before = framed(BOUNDS, turn, size, camera.framing)
    camera.zoom(before, free_area(size, strip=True), factor, at)
    after = framed(BOUNDS, turn, size, camera.framing)
    assert on_plane(after, *at) == pytest.approx(on_plane(before, *at), abs=1e-6)
    assert px_per_mm(after) == pytest.approx(px_per_mm(before) * factor, rel=1e-9)


@given(sizes, turns, places, st.floats(-300, 300), st.floats(-300, 300))
def test_panning_moves_the_picture_by_just_so_many_pixels(
    size: tuple[float, float], turn: np.ndarray, at: tuple[float, float], dx: float, dy: float
) -> None:
    camera = Camera()
    before = framed(BOUNDS, turn, size, camera.framing)
    camera.pan(before, free_area(size, strip=True), dx, dy)
    after = framed(BOUNDS, turn, size, camera.framing)
    moved = on_plane(after, at[0] + dx, at[1] + dy)
    assert moved == pytest.approx(on_plane(before, *at), abs=1e-6)


@given(turns)
def test_a_flip_or_a_turn_keeps_what_is_in_the_middle(turn: np.ndarray) -> None:
    size = (614.0, 400.0)
    camera = Camera()
    straight = framed(BOUNDS, np.eye(2), size, camera.framing)
    camera.zoom(straight, free_area(size, strip=True), 3.0, (200.0, 120.0))
    middle = (300.0, 200.0)
    before = on_plane(framed(BOUNDS, np.eye(2), size, camera.framing), *middle)
    after = on_plane(framed(BOUNDS, turn, size, camera.framing), *middle)
    assert after == pytest.approx(before, abs=1e-6)


def test_zoom_has_ends_and_fit_takes_all_of_it_back() -> None:
    camera = Camera()
    size = (614.0, 400.0)
    for factor, end in ((1e9, MOST_PX_PER_MM), (1e-12, LEAST_PX_PER_MM)):
        affine = framed(BOUNDS, np.eye(2), size, camera.framing)
        camera.zoom(affine, free_area(size, strip=True), factor, (10.0, 10.0))
        assert px_per_mm(framed(BOUNDS, np.eye(2), size, camera.framing)) == pytest.approx(end)
    camera.fit()
    assert camera.framing == FIT
