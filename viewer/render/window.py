"""Windowing: stored values to 8-bit grey (DICOM PS3.3 C.11.1 and C.11.2), and choosing a window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.media.instance import Rescale
from viewer.media.volume import FrameStack, Media, Pixels, Stored, Video, Window
from viewer.review.kept import kept_for_views

Grey: TypeAlias = NDArray[np.uint8]

# What a person picks by key or from the box; bound by id, since lists of presets get reordered.
CT_PRESETS: Mapping[str, Window] = MappingProxyType(
    {
        "soft-tissue": Window(40.0, 400.0, "Soft tissue"),
        "lung": Window(-600.0, 1500.0, "Lung"),
        "liver": Window(90.0, 150.0, "Liver"),
        "bone": Window(480.0, 2500.0, "Bone"),
        "brain": Window(40.0, 80.0, "Brain"),
    }
)
TAILS_PERCENT = (0.1, 99.9)
SAMPLE = 1_000_000  # values looked at to choose a window
LARGE = 1 << 19  # values from which a table of 65,536 is quicker than arithmetic on each
SHORT_TYPES = ("uint8", "int8", "uint16", "int16")


def grey(values: Pixels, window: Window, rescale: Rescale, *, inverted: bool = False) -> Grey:
    """Return stored values as 8-bit grey through rescale and window.

    Args:
        values: (h, w) stored values of any integer or float type; (h, w, 3) colour passes through.
        window: in output units of the rescale, with its function or table.
        rescale: stored to output units.
        inverted: black and white exchanged (MONOCHROME1, or by the person).

    Source: DICOM PS3.3 C.11.2.1.1 (VOI LUT), C.11.2.1.2 (LINEAR), C.11.2.1.3 (SIGMOID and
    LINEAR_EXACT).
    """
    if values.ndim == 3:
        colour = np.asarray(values, dtype=np.uint8)
        return 255 - colour if inverted else colour
    if window.table is not None or window.function == "SIGMOID":
        return _curved(values, window, rescale, inverted=inverted)
    gain, offset = _line(window, rescale)
    if inverted:
        gain, offset = -gain, 255.0 - offset
    if not np.isfinite(gain):
        return _step(values, window, rescale, inverted=inverted)
    return _scaled(np.ascontiguousarray(values), gain, offset)


def auto_window(values: Pixels) -> Window:
    """Return the window from the 0.1 to the 99.9 percentile of values in output units."""
    sample = np.asarray(values, dtype=np.float64).ravel()
    sample = sample[:: max(1, sample.size // SAMPLE)]
    sample = sample[np.isfinite(sample)]
    if sample.size == 0:
        return Window(0.5, 1.0)
    low, high = np.percentile(sample, TAILS_PERCENT)
    if low == high:  # nearly all values are the same one, as in a mask
        low, high = sample.min(), sample.max()
    width = float(high - low)
    middle = float(low + high) / 2
    if not np.all(sample == np.round(sample)):
        least = max(abs(float(low)), abs(float(high))) * 1e-6 or 1e-9
        return Window(middle, max(width, least), "auto", "LINEAR_EXACT")
    # LINEAR maps centre - 0.5 -+ (width - 1) / 2 to the ends, so both lie inside it.
    return Window(middle + 0.5, max(width, 1.0) + 1.0, "auto")


def initial_window(media: Media) -> Window:
    """Return the file's own first window, else one from the values that are decoded."""
    usable = () if isinstance(media, Video) else filter(_is_usable, media.windows)
    return next(iter(usable), None) or auto_window(sample_of(media))


def window_at(media: Media, chosen: Window, k: int) -> Window:
    """Return the window for picture k when one was chosen for its media.

    Where frames have windows of their own, as radiographs of one series do, a chosen window of the
    file stands for that of each frame, and a frame without any gets one from its values.
    """
    if not isinstance(media, FrameStack) or not media.frame_windows:
        return chosen
    nameless = replace(chosen, name="")
    number = next(
        (n for n, one in enumerate(media.windows) if replace(one, name="") == nameless), -1
    )
    if number < 0:
        return chosen
    own = media.frame_windows[k]
    usable = [window for window in (*own[number : number + 1], *own) if _is_usable(window)]
    if usable:
        return usable[0]
    return _auto_of(media, k) if media.ready[k] else chosen


@kept_for_views(64)
def _auto_of(media: Stored, k: int) -> Window:
    """The window from the values of a decoded picture."""
    tissue, every = _tissue(media, k, max(1, round((media.rows * media.columns / SAMPLE) ** 0.5)))
    return auto_window(tissue if tissue.size else every)


def _is_usable(window: Window) -> bool:
    least = 1.0 if window.function == "LINEAR" else 0.0
    return window.width >= least and bool(np.isfinite([window.center, window.width]).all())


def sample_of(media: Media) -> NDArray[np.float64]:
    """Return some of the decoded values in output units, without padding."""
    if isinstance(media, Video) or media.is_colour or not media.ready.any():
        return np.zeros(0)
    ready = np.flatnonzero(media.ready)
    chosen = ready[:: max(1, ready.size // 16)]
    step = max(1, int(np.sqrt(chosen.size * media.rows * media.columns / SAMPLE)))
    parts = [_tissue(media, int(k), step) for k in chosen]
    values = np.concatenate([tissue for tissue, _all in parts])
    return values if values.size else np.concatenate([every for _tissue, every in parts])


def _tissue(media: Stored, k: int, step: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Some values of a picture without padding, and with it."""
    stored = media.some_values(k, step)
    padding = media.padding_in(stored)
    every = media.in_units(stored.ravel(), k)
    return (every if padding is None else every[~padding.ravel()]), every


def dragged(window: Window, dx_px: float, dy_px: float, value_range: float) -> Window:
    """Return the window after a drag: right widens, down raises the centre (darker).

    The function stays; a table gives way to a linear window over its range.

    Args:
        window: as it was when the drag began.
        dx_px: to the right since then.
        dy_px: down since then.
        value_range: largest less smallest value of the media, in output units.
    """
    span = value_range if value_range > 0 else 1e-6
    if span <= 64 and window.function == "LINEAR":  # widths below 1 are its exact form's alone
        exact = max(window.width - 1.0, span / 1000)
        window = replace(window, center=window.center - 0.5, width=exact, function="LINEAR_EXACT")
    step = min(max(window.width / 200, span / 8192), span / 512)
    least = 1.0 if span > 64 else span / 1000
    width = min(max(window.width + dx_px * step, least), 4 * span)
    return replace(window, center=window.center + dy_px * step, width=width, name="", table=None)


def _line(window: Window, rescale: Rescale) -> tuple[float, float]:
    """Return gain and offset so that grey = gain * stored + offset before clipping."""
    if window.function == "LINEAR_EXACT":
        gain = 255.0 * rescale.slope / window.width if window.width > 0 else float("inf")
        return gain, 255.0 * ((rescale.intercept - window.center) / (window.width or 1.0) + 0.5)
    width = window.width - 1
    if width <= 0:
        return float("inf"), 0.0
    gain = 255.0 * rescale.slope / width
    offset = 255.0 * ((rescale.intercept - (window.center - 0.5)) / width + 0.5)
    return gain, offset


def _step(values: Pixels, window: Window, rescale: Rescale, *, inverted: bool) -> Grey:
    """A window of width 1 splits at centre - 0.5; without any width LINEAR_EXACT at its centre."""
    middle = window.center - (0.0 if window.function == "LINEAR_EXACT" else 0.5)
    above = values.astype(np.float64) * rescale.slope + rescale.intercept > middle
    return np.where(above != inverted, 255, 0).astype(np.uint8)


def _curved(values: Pixels, window: Window, rescale: Rescale, *, inverted: bool) -> Grey:
    """Levels by a curve: looked up by stored value for short types, else computed for each."""
    if values.dtype.name not in SHORT_TYPES:
        return _levels(values, window, rescale, inverted=inverted)
    levels = _levels(_every_value(values.dtype), window, rescale, inverted=inverted)
    return _looked_up(values, levels)


def _levels(stored: Pixels, window: Window, rescale: Rescale, *, inverted: bool) -> Grey:
    modality = stored.astype(np.float64) * rescale.slope + rescale.intercept
    if window.table is not None:
        levels = window.table.of(modality) * (255.0 / window.table.greatest)
    else:
        steepness = -4.0 * (modality - window.center) / max(window.width, 1e-9)
        levels = 255.0 / (1.0 + np.exp(np.clip(steepness, -700.0, 700.0)))
    return _rounded(255.0 - levels if inverted else levels)


def _scaled(values: Pixels, gain: float, offset: float) -> Grey:
    is_short = values.dtype.name in SHORT_TYPES
    is_mild = abs(gain) * 65536 < 2**21 and abs(offset) < 2**21  # single precision is enough
    if not is_short:
        return _rounded(values.astype(np.float64) * gain + offset)
    if not is_mild:
        levels = _every_value(values.dtype).astype(np.float64) * gain + offset
        return _looked_up(values, _rounded(levels))
    if values.size >= LARGE and values.dtype.itemsize == 2:
        return _looked_up(values, _mixed(_every_value(values.dtype), gain, offset))
    return _mixed(values, gain, offset)


def _mixed(values: Pixels, gain: float, offset: float) -> Grey:
    import cv2

    # addWeighted converts and saturates in one pass; convertScaleAbs would fold negatives up.
    return np.asarray(
        cv2.addWeighted(values, gain, values, 0.0, offset, dtype=cv2.CV_8U), dtype=np.uint8
    ).reshape(values.shape)


def _looked_up(values: Pixels, levels: Grey) -> Grey:
    """Return the levels of values of a short type, given the level of every bit pattern."""
    import cv2

    patterns = np.ascontiguousarray(values).view(f"u{values.dtype.itemsize}")
    return np.asarray(cv2.LUT(patterns, levels), dtype=np.uint8)


@lru_cache(maxsize=4)
def _every_value(dtype: np.dtype[np.generic]) -> Pixels:
    """Return all values of an 8 or 16 bit type, by bit pattern; not to be written to."""
    values = np.arange(2 ** (8 * dtype.itemsize), dtype=f"u{dtype.itemsize}").view(dtype)
    values.flags.writeable = False
    return values


def _rounded(levels: NDArray[Any]) -> Grey:
    np.nan_to_num(levels, copy=False, nan=0.0, posinf=255.0, neginf=0.0)
    return (np.clip(levels, 0.0, 255.0) + 0.5).astype(np.uint8)
