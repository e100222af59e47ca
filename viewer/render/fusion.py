"""A second volume on a plane of the first: values of a PET over a CT, or a map of labels.

Both are found through the patient: a pixel of the plane is a place, and the place a voxel of the
second volume, where its slices are. Voxel by voxel the second volume takes the first one's stack.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.oblique import AnyPlane, is_straight, slices_at
from viewer.geometry.space import pixel_from_voxel, voxel_from_pixel
from viewer.geometry.stack import Stack
from viewer.geometry.views import ViewPlane
from viewer.media.instance import Rescale
from viewer.media.volume import Volume, Window
from viewer.render.colormaps import colored
from viewer.render.palette import PALETTE
from viewer.render.window import grey
from viewer.review.kept import kept_for_views

Floats = NDArray[np.float64]
Bitmap = NDArray[np.bool_]
Levels = NDArray[np.uint8]
Rect = tuple[float, float, float, float]

MIXED_PIXELS = 40_000  # of a plane of mixed values: a frame's time
NEAREST_PIXELS = 270_000
EVEN = 1e-3  # of a step: slices that deviate less stand evenly
MOST_LABELS = 64  # different values; more are no label map


@dataclass(frozen=True, eq=False)
class Sampled:
    """Values of a second volume on a plane.

    Args:
        values: (h, w) in output units; of a label map its numbers.
        valid: (h, w) where the second volume has voxels.
        rect: p0, q0, p1, q1 that they fill, plane mm.
    """

    values: Floats
    valid: Bitmap
    rect: Rect


def is_label_map(volume: Volume) -> bool:
    """Whether its decoded values are numbers of labels: whole, none negative, few of them."""
    if volume.is_colour or volume.rescale != replace(Rescale(), unit=volume.rescale.unit):
        return False
    return not volume.presentation.rescales and _has_few(volume, int(volume.ready.sum()))


@kept_for_views(16)
def _has_few(volume: Volume, _ready: int) -> bool:
    ready = np.flatnonzero(volume.ready)
    chosen = ready[:: max(1, ready.size // 16)]
    found = [np.unique(volume.some_values(int(k), 2)) for k in chosen]
    values = np.unique(np.concatenate(found)) if found else np.zeros(0)
    is_whole = bool(np.all(values == np.round(values)))
    return 0 < values.size <= MOST_LABELS and is_whole and float(values.min()) >= 0


def sampled(
    over: Volume, plane: AnyPlane, index: int, *, by_voxel: bool = False, mixed: bool = True
) -> Sampled:
    """Return a second volume's values on a plane of the first.

    Args:
        over: the second volume; slices that are not decoded yet have no values.
        plane, index: of the first volume.
        by_voxel: voxels of the same numbers lie over each other; else the same places.
        mixed: on straight lines between the eight voxels around a place; else the nearest one's.
    """
    stack = plane.stack if by_voxel else over.stack
    p, q, rect = _grid(plane, stack, MIXED_PIXELS if mixed else NEAREST_PIXELS)
    start = plane.patient_of_plane(index, (0.0, 0.0))[0]
    across, down = p[:, None] * plane.e_p, start + q[:, None] * plane.e_q
    k, valid = (_even if _is_even(stack) else _uneven)(stack, across, down, mixed)
    i, j = (
        _along(across, down, way / side) - _start(stack, way, k) / side
        for way, side in zip(
            (stack.row_direction, stack.column_direction), stack.spacing_mm, strict=True
        )
    )
    valid = valid & _inside(i, stack.columns) & _inside(j, stack.rows)
    values, held = (_mixed if mixed else _nearest)(over, i, j, k)
    return Sampled(values, valid & held, rect)


def colors_of(
    found: Sampled, window: Window, color_map: str, opacity: float, *, inverted: bool = False
) -> Levels:
    """Return (h, w, 4) blue, green, red and cover, premultiplied; nothing up to the window's end.

    Args:
        found: values in output units.
        window: of the second volume.
        color_map: its name.
        opacity: 0 to 1, of all that is shown.
        inverted: the map goes from its other end.
    """
    levels = grey(found.values, window, Rescale())
    shown = colored(255 - levels if inverted else levels, color_map)
    rgb = np.repeat(shown[..., None], 3, axis=2) if shown.ndim == 2 else shown
    return _covered(rgb, found.valid & (levels > 0), opacity)


def label_colors_of(found: Sampled, opacity: float) -> Levels:
    """Return the colours of a label map as `colors_of` does: the palette's from 1 on, 0 none."""
    numbers = found.values.astype(np.int64)
    rgb = _palette().take((numbers - 1) % len(PALETTE), axis=0)
    return _covered(rgb, found.valid & (numbers > 0), opacity)


def value_at(over: Volume, stack: Stack, place_mm: Floats) -> tuple[int, int, int] | None:
    """Return the voxel (i, j, k) of the second volume at (3,) patient mm, None outside.

    Args:
        over: the second volume.
        stack: its own, or the first one's where voxels of the same numbers belong together.
        place_mm: of the patient, as that stack has it.
    """
    k = int(slices_at(stack, np.array([place_mm @ stack.normal]))[0])
    if k < 0:
        return None
    away, (dx, dy) = place_mm - stack.origins[k], stack.spacing_mm
    i, j = float(away @ stack.row_direction) / dx, float(away @ stack.column_direction) / dy
    x, y = (int(np.floor(pixel_from_voxel(at))) for at in (i, j))
    return (x, y, k) if 0 <= x < over.columns and 0 <= y < over.rows else None


def _grid(plane: AnyPlane, stack: Stack, most: int) -> tuple[Floats, Floats, Rect]:
    """The middles of even pixels over the whole plane, as fine as the first volume's.

    Each of its pixels holds whole ones, so that edges of labels lie where voxels end.
    """
    p0, q0, p1, q1 = plane.bounds_mm
    side = max(min(plane.stack.spacing_mm), min(*stack.spacing_mm, stack.step_mm) / 4)
    side = max(side, float(np.sqrt((p1 - p0) * (q1 - q0) / most)))
    wide, high = (
        max(round(length / side), 1) if length / side < own else own * round(length / side / own)
        for length, own in zip((p1 - p0, q1 - q0), _own_size(plane), strict=True)
    )
    p = p0 + pixel_from_voxel(np.arange(wide)) * ((p1 - p0) / wide)
    q = q0 + pixel_from_voxel(np.arange(high)) * ((q1 - q0) / high)
    return p, q, (p0, q0, p1, q1)


def _own_size(plane: AnyPlane) -> tuple[int, int]:
    """Width and height in pixels of the first volume; 1 where they stand on no grid."""
    return plane.size if isinstance(plane, ViewPlane) and plane.is_regular else (1, 1)


def _inside(at: Floats, count: int) -> Bitmap:
    low, high = voxel_from_pixel(0.0), voxel_from_pixel(float(count))
    return (at >= low) & (at < high)


def _along(across: Floats, down: Floats, way: Floats) -> Floats:
    """(h, w) how far the pixels lie along a way of the patient."""
    return (down @ way)[:, None] + (across @ way)[None]


def _start(stack: Stack, way: Floats, k: Floats) -> Floats:
    """How far the first voxels of slices lie along a way of the patient."""
    starts = stack.origins @ way
    return starts[:1] if is_straight(stack) else np.interp(k, np.arange(stack.count), starts)


def _is_even(stack: Stack) -> bool:
    """Slices stand above each other at one distance, and there are some."""
    steps = stack.steps_mm
    return bool(steps.size) and is_straight(stack) and float(np.ptp(steps)) <= EVEN * stack.step_mm


def _even(stack: Stack, across: Floats, down: Floats, mixed: bool) -> tuple[Floats, Bitmap]:
    """Numbers of slices, between two of them where values are mixed; and which there are."""
    k = _along(across, down, stack.normal / stack.step_mm)
    k -= stack.positions_mm[0] / stack.step_mm
    return (k if mixed else np.rint(k)), _inside(k, stack.count)


def _uneven(stack: Stack, across: Floats, down: Floats, mixed: bool) -> tuple[Floats, Bitmap]:
    """As `_even`; of slices on both sides of a gap none is mixed with the other."""
    along = _along(across, down, stack.normal)
    nearest = slices_at(stack, along.ravel()).reshape(along.shape)
    k = np.clip(nearest, 0, stack.count - 1).astype(np.float64)
    if mixed:
        between = np.interp(along, stack.positions_mm, np.arange(stack.count))
        is_gap = np.zeros(stack.count, np.bool_)
        is_gap[[gap.after for gap in stack.gaps]] = True
        k = np.where(is_gap[between.astype(np.intp)], k, between)
    return k, nearest >= 0


def _nearest(over: Volume, i: Floats, j: Floats, k: Floats) -> tuple[Floats, Bitmap]:
    column, row, number = (np.floor(pixel_from_voxel(at)).astype(np.intp) for at in (i, j, k))
    return _values(over, number, row, column)


def _mixed(over: Volume, i: Floats, j: Floats, k: Floats) -> tuple[Floats, Bitmap]:
    """Between voxels; what has no value is left out, and the others weigh more."""
    limits = (over.count, over.rows, over.columns)
    places = [np.clip(at, 0, count - 1) for at, count in zip((k, j, i), limits, strict=True)]
    lows = [np.floor(at).astype(np.intp) for at in places]
    shares = [at - low for at, low in zip(places, lows, strict=True)]
    total, weights = np.zeros(i.shape), np.zeros(i.shape)
    for corner in np.ndindex(2, 2, 2):
        at = [
            np.minimum(low + step, n - 1) for low, step, n in zip(lows, corner, limits, strict=True)
        ]
        weight = np.ones(i.shape)
        for share, step in zip(shares, corner, strict=True):
            weight = weight * (share if step else 1 - share)
        values, here = _values(over, *at)
        weight = weight * here
        total += np.where(here, values, 0.0) * weight
        weights += weight
    return total / np.where(weights > 0, weights, 1.0), weights > 0.5


def _values(
    over: Volume, k: NDArray[np.intp], row: NDArray[np.intp], column: NDArray[np.intp]
) -> tuple[Floats, Bitmap]:
    """Values in output units at voxels, clipped into the volume, and whether there are any."""
    cells, factor = over.cells
    _, high, wide = cells.shape[:3]
    k = np.clip(k, 0, over.count - 1)
    if factor > 1:
        row, column = row // factor, column // factor
    row, column = np.clip(row, 0, high - 1), np.clip(column, 0, wide - 1)
    stored = cells.reshape(-1).take((k * high + row) * wide + column)
    here = over.ready[k]
    padding = over.padding_in(stored)
    if padding is not None:
        here = here & ~padding
    rescales = over.presentation.rescales
    if not rescales:
        return over.in_units(stored), here
    slopes = np.array([each.slope for each in rescales])
    intercepts = np.array([each.intercept for each in rescales])
    return stored * slopes[k] + intercepts[k], here


def _covered(rgb: Levels, shown: Bitmap, opacity: float) -> Levels:
    import cv2

    cover = np.where(shown, np.uint8(round(255 * min(max(opacity, 0.0), 1.0))), np.uint8(0))
    made = np.empty((*shown.shape, 4), np.uint8)
    for at in range(3):
        made[..., at] = cv2.multiply(np.ascontiguousarray(rgb[..., 2 - at]), cover, scale=1 / 255)
    made[..., 3] = cover
    return made


@lru_cache(maxsize=1)
def _palette() -> Levels:
    """Colours of numbers from 1 on."""
    colors = [[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in PALETTE]
    return np.array(colors, np.uint8)
