"""Windowing: within one grey level of the standard's formula, for every type, slope and window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scenes import frames, phantom

from viewer.media.instance import Rescale
from viewer.media.pixel_data.luts import Table
from viewer.media.volume import VoiFunction, Window
from viewer.render.window import (
    CT_PRESETS,
    auto_window,
    dragged,
    grey,
    initial_window,
    sample_of,
    window_at,
)

TYPES = ("uint8", "int8", "uint16", "int16", "int32", "uint32", "float32", "float64")


def linear(values: NDArray[np.float64], window: Window) -> NDArray[np.float64]:
    """DICOM PS3.3 C.11.2.1.2.1 as it is written there, for 0 to 255."""
    center, width = window.center - 0.5, window.width - 1
    inside = ((values - center) / width + 0.5) * 255 if width > 0 else np.zeros_like(values)
    return np.select([values <= center - width / 2, values > center + width / 2], [0, 255], inside)


windows = st.builds(
    Window,
    st.floats(-3000, 3000).map(lambda value: round(value, 2)),
    st.one_of(st.just(1.0), st.floats(1.01, 5.0), st.floats(5.0, 70000.0)),
)
rescales = st.builds(
    Rescale,
    st.sampled_from([1.0, -1.0, 0.5, 2.5, -0.01, 12.0]),
    st.sampled_from([0.0, -1024.0, 100.5]),
)


@pytest.mark.parametrize("dtype", TYPES)
@given(window=windows, rescale=rescales, inverted=st.booleans(), seed=st.integers(0, 9))
def test_grey_is_within_one_level_of_the_standards_formula(
    dtype: str, window: Window, rescale: Rescale, inverted: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    kind = np.dtype(dtype)
    if kind.kind == "f":
        stored = rng.normal(0, 3000, (17, 23)).astype(kind)
    else:
        limits = np.iinfo(kind)
        low, high = max(limits.min, -(2**20)), min(limits.max, 2**20)
        stored = rng.integers(low, high, (17, 23), dtype=np.int64, endpoint=True).astype(kind)
        stored[0, :5] = [low, high, 0, 1, high // 2]
    values = stored.astype(np.float64) * rescale.slope + rescale.intercept
    truth = linear(values, window)
    shown = grey(stored, window, rescale, inverted=inverted)
    assert shown.dtype == np.uint8
    off = np.abs(shown - (255 - truth if inverted else truth))
    assert off.max() <= 1.0


def test_strided_and_read_only_slices_are_windowed_like_any_other() -> None:
    volume = np.arange(24_000, dtype=np.int16).reshape(20, 30, 40)
    volume.flags.writeable = False
    window = Window(9000.0, 4000.0)
    cut = grey(volume[:, :, 7], window, Rescale())
    assert np.array_equal(cut, grey(volume[:, :, 7].copy(), window, Rescale()))


def test_values_that_are_no_numbers_are_black() -> None:
    stored = np.array([[np.nan, -np.inf, np.inf, 0.0]], dtype=np.float32)
    assert grey(stored, Window(0.5, 2.0), Rescale())[0, :3].tolist() == [0, 0, 255]


def test_colour_passes_through_and_can_be_inverted() -> None:
    colour = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    window = Window(10.0, 3.0)
    assert np.array_equal(grey(colour, window, Rescale()), colour)
    assert np.array_equal(grey(colour, window, Rescale(), inverted=True), 255 - colour)


@given(st.lists(st.integers(-2000, 4000), min_size=1, max_size=400))
def test_the_automatic_window_shows_all_but_the_tails(values: list[int]) -> None:
    sample = np.array(values, dtype=np.float64)
    window = auto_window(sample)
    low, high = np.percentile(sample, [0.1, 99.9])
    if low == high:
        low, high = sample.min(), sample.max()
    half = (window.width - 1) / 2
    assert window.width > 1
    assert window.center - 0.5 - half <= low + 1e-6
    assert window.center - 0.5 + half >= high - 1e-6
    assert window.width - 1 <= max(high - low, 1.0) + 1e-6


def test_the_automatic_window_shows_the_few_marks_of_a_mask() -> None:
    mask = np.zeros(10_000)
    mask[5] = 1
    greys = grey(mask.reshape(100, 100), auto_window(mask), Rescale())
    assert (greys.flat[0], greys.flat[5]) == (0, 255)


@given(
    st.lists(st.floats(-1, 1), min_size=2, max_size=50).filter(lambda v: max(v) - min(v) > 1e-3),
    st.sampled_from([1e-6, 1e-3, 0.5, 7.3]),
)
def test_the_automatic_window_of_fractions_spans_them_however_small_they_are(
    values: list[float], scale: float
) -> None:
    sample = (np.array(values) + 0.1234567) * scale
    window = auto_window(sample)
    low, high = np.percentile(sample, [0.1, 99.9])
    assert grey(np.array([[low, high]]), window, Rescale()).tolist() == [[0, 255]]
    assert window.width == pytest.approx(high - low)


@given(dx=st.floats(-300, 300), dy=st.floats(-300, 300))
def test_a_drag_over_small_values_changes_their_greys_little_by_little(
    dx: float, dy: float
) -> None:
    values = np.linspace(0.0005, 0.003, 50)[None]
    window = Window(0.00175, 0.0025, "file", "LINEAR_EXACT")
    moved = dragged(window, dx, dy, 0.0025)
    assert 0 < moved.width <= 4 * 0.0025
    assert abs(moved.center - window.center) <= 0.0025 * 300 / 200 + 1e-9
    plain = dragged(Window(4.0, 9.0), 0, 0, 10.0)
    assert np.array_equal(
        grey(values * 3000, plain, Rescale()), grey(values * 3000, Window(4.0, 9.0), Rescale())
    )


def test_nothing_to_look_at_still_gives_a_window() -> None:
    assert auto_window(np.zeros(0)).width >= 1
    assert auto_window(np.array([np.nan])).width >= 1


def test_the_files_own_window_comes_first() -> None:
    volume = phantom()
    assert initial_window(volume) == volume.windows[0]


def test_without_a_window_in_the_file_padding_does_not_count() -> None:
    volume = phantom(value=-2000)
    volume.windows = (Window(5.0, 0.0),)
    volume.padding = -2000
    volume.pixels[2] = np.linspace(100, 200, volume.pixels[2].size).reshape(volume.pixels[2].shape)
    window = initial_window(volume)
    assert 100 < window.center < 200
    assert window.width < 120


def test_slices_that_are_not_decoded_do_not_count() -> None:
    volume = phantom(value=50)
    volume.ready[:] = False
    assert sample_of(volume).size == 0
    volume.ready[3] = True
    assert set(sample_of(volume)) == {50.0}


def test_colour_frames_need_no_window() -> None:
    assert sample_of(frames(np.zeros((2, 4, 5, 3), dtype=np.uint8))).size == 0


def test_presets_are_bound_by_id() -> None:
    found = {key: (preset.width, preset.center) for key, preset in CT_PRESETS.items()}
    assert found == {
        "soft-tissue": (400, 40),
        "lung": (1500, -600),
        "liver": (150, 90),
        "bone": (2500, 480),
        "brain": (80, 40),
    }


@given(window=windows, dx=st.floats(-500, 500), dy=st.floats(-500, 500))
def test_a_drag_right_widens_down_darkens_and_the_window_stays_a_window(
    window: Window, dx: float, dy: float
) -> None:
    moved = dragged(window, dx, dy, 4096.0)
    assert moved.width >= 1
    assert (moved.center - window.center) * dy >= 0
    if dx > 1 and window.width < 4096:
        assert moved.width > window.width
    assert dragged(window, 0, 0, 4096.0).center == window.center


@pytest.mark.parametrize("dtype", TYPES)
@given(
    center=st.floats(-300, 300),
    width=st.floats(0.5, 2000),
    rescale=rescales,
    inverted=st.booleans(),
    function=st.sampled_from(["SIGMOID", "LINEAR_EXACT"]),
)
def test_curves_are_within_one_level_of_the_standards_formula(
    dtype: str, center: float, width: float, rescale: Rescale, inverted: bool, function: VoiFunction
) -> None:
    stored = np.arange(-100, 156).reshape(16, 16).astype(dtype)
    values = stored.astype(np.float64) * rescale.slope + rescale.intercept
    if function == "SIGMOID":  # PS3.3 C.11.2.1.3.1
        with np.errstate(over="ignore"):
            truth = 255 / (1 + np.exp(-4 * (values - center) / width))
    else:  # PS3.3 C.11.2.1.3.2
        truth = np.clip(((values - center) / width + 0.5) * 255, 0, 255)
    found = grey(stored, Window(center, width, function=function), rescale, inverted=inverted)
    assert np.abs(found - (255 - truth if inverted else truth)).max() <= 1


@pytest.mark.parametrize("dtype", TYPES)
@given(
    first=st.integers(-50, 50),
    outputs=st.lists(st.integers(0, 1023), min_size=1, max_size=40),
    inverted=st.booleans(),
)
def test_a_table_gives_its_entry_and_beyond_its_ends_the_nearest(
    dtype: str, first: int, outputs: list[int], inverted: bool
) -> None:
    stored = np.arange(-60, 60).reshape(10, 12).astype(dtype)
    table = Table(first, np.array(outputs, np.uint16), bits=10)
    found = grey(stored, Window(0, 1, table=table), Rescale(2.0, -1.0), inverted=inverted)
    for value, level in zip(stored.ravel().tolist(), found.ravel().tolist(), strict=True):
        at = min(max(round(2 * value - 1) - first, 0), len(outputs) - 1)
        truth = outputs[at] / 1023 * 255
        assert abs(level - (255 - truth if inverted else truth)) <= 1


def test_a_drag_keeps_the_curve_and_leaves_the_table() -> None:
    table = Table(0, np.arange(9, dtype=np.uint16), bits=4)
    assert dragged(Window(4, 9, "HARDER", table=table), 1, 0, 100).table is None
    assert dragged(Window(4, 9, "soft", "SIGMOID"), 1, 0, 100).function == "SIGMOID"


def test_values_of_slices_with_rescales_of_their_own_are_sampled_in_units() -> None:
    volume = phantom()
    volume.pixels[:] = 1
    volume.ready[:] = True
    volume.presentation.rescales = tuple(Rescale(float(k), 0.0) for k in range(volume.count))
    assert set(sample_of(volume)) == {float(k) for k in range(volume.count)}


def test_a_range_of_padding_is_left_out_of_the_sample() -> None:
    volume = phantom()
    volume.pixels[:] = 7
    volume.pixels[:, 0] = -2
    volume.ready[:] = True
    volume.padding, volume.presentation.padding_limit = -3.0, -1.0
    assert set(sample_of(volume)) == set(volume.in_units(np.array([7])))


@given(st.lists(st.integers(0, 3), min_size=6, max_size=6), st.integers(1, 3))
def test_a_window_of_the_file_stands_for_that_of_each_frame(numbers: list[int], first: int) -> None:
    """Number 0 is a frame without window, which gets one from its values."""
    kinds = ((), *((Window(100.0 * n, 10.0, "own"), Window(n, 99.0)) for n in (1, 2, 3)))
    stack = frames(np.zeros((6, 5, 6), np.uint8))
    stack.windows = kinds[first]
    stack.frame_windows = tuple(kinds[number] for number in numbers)
    stack.pixels[:] = np.arange(stack.pixels[0].size).reshape(stack.pixels[0].shape) % 200
    stack.ready[:] = True
    for which, chosen in enumerate((*kinds[first], Window(50.0, 60.0, "a person's"))):
        for k, number in enumerate(numbers):
            found = window_at(stack, replace(chosen, name="File 1"), k)
            if which == 2:
                assert (found.center, found.width) == (50.0, 60.0)
            elif number:
                assert found == kinds[number][which]
            else:
                assert found == auto_window(stack.pixels[k])


def test_a_window_of_no_use_gives_way_to_another_of_its_frame() -> None:
    stack = frames(np.zeros((2, 5, 6), np.uint8))
    stack.windows = (Window(10.0, 20.0),)
    stack.frame_windows = (stack.windows, (Window(float("nan"), 1.0), Window(5.0, 6.0)))
    assert window_at(stack, stack.windows[0], 1) == Window(5.0, 6.0)
