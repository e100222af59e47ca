"""Slabs: the largest, smallest or mean value over some mm along a plane's normal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.oblique import AnyPlane, ObliquePlane
from viewer.geometry.stack import Stack
from viewer.media.instance import Rescale
from viewer.media.volume import Volume
from viewer.render.oblique import RESTING_PIXELS, nearest, picture_grid
from viewer.render.reslice import Plate, picture_of
from viewer.review.kept import Kept

Projection = Literal["mip", "minip", "mean"]
NAMES: dict[Projection, str] = {"mip": "MIP", "minip": "MinIP", "mean": "Mean"}
THICKNESSES_MM = (2.0, 3.0, 5.0, 8.0, 10.0, 15.0, 20.0, 30.0, 40.0, 60.0, 80.0, 100.0)
USUAL_MM = 10.0
LEAST_MM, MOST_MM = 0.1, 500.0
NEARLY_MM = 1e-6
QUICK_PIXELS = 2_000_000  # that are projected within a frame; of reformats an eighth
Check = Callable[[], None]


@dataclass(frozen=True)
class Slab:
    """How thick a view is, and what stands for the thickness.

    Args:
        projection: the largest value, the smallest, or the mean.
        mm: along the normal; planes whose middles lie within half of it on each side count.
    """

    projection: Projection
    mm: float

    @property
    def words(self) -> str:
        """Such as "MIP 10.0 mm"."""
        return f"{NAMES[self.projection]} {self.mm:.1f} mm"


_plates: Kept[tuple[Volume, AnyPlane, int, Slab, int], Plate] = Kept(6, for_views=True)


def indices_in(view: AnyPlane, index: int, slab: Slab) -> range:
    """Return the planes of a view that a slab about one of them holds, that one among them."""
    here = view.position_mm(index)
    reach = slab.mm / 2 + NEARLY_MM

    def ends(step: int) -> int:
        at = index
        while 0 <= at + step < view.count and abs(view.position_mm(at + step) - here) <= reach:
            at += step
        return at

    return range(ends(-1), ends(1) + 1)


def is_slab_at_hand(volume: Volume, view: AnyPlane, index: int, slab: Slab) -> bool:
    """Whether a slab's picture was worked out of all that is decoded, or is in no time."""
    if (volume, view, index, slab, int(volume.ready.sum())) in _plates:
        return True
    if isinstance(view, ObliquePlane) or volume.pages is not None:
        return False
    width, height = view.size
    pixels = width * height * len(indices_in(view, index, slab))
    return pixels <= (QUICK_PIXELS if view.is_acquired else QUICK_PIXELS / 8)


def prepare_slab(
    volume: Volume, view: AnyPlane, index: int, slab: Slab, check: Check = lambda: None
) -> Plate:
    """Return a slab's picture, worked out unless it is kept; in a background job.

    Args:
        volume: what is shown.
        view: in which planes.
        index: the plane in the middle.
        slab: about it.
        check: called again and again; raises where the answer is no longer wanted.
    """
    key = (volume, view, index, slab, int(volume.ready.sum()))
    return _plates.get(key, lambda: projected(_plates_in(volume, view, index, slab, check), slab))


def _plates_in(
    volume: Volume, view: AnyPlane, index: int, slab: Slab, check: Check
) -> Iterator[Plate]:
    """Yield the pictures of a slab's planes, all of one size, their places above each other.

    Of oblique planes the nearest voxels: the largest value is then one that was measured.
    """
    within = indices_in(view, index, slab)
    if isinstance(view, ObliquePlane):
        grid = picture_grid(view, index, RESTING_PIXELS)
        for at in within:
            check()
            yield _in_units(volume, nearest(volume, view, at, grid))
        return
    for at in within:
        check()
        plate = _in_units(volume, picture_of(volume, view, at))
        yield _above(volume.stack, plate, at, index) if view.is_acquired else plate


def _in_units(volume: Volume, plate: Plate) -> Plate:
    """Return values that can be compared: rescales may differ from slice to slice, or fall."""
    rescale = plate.rescale
    if not volume.presentation.rescales and rescale.slope > 0:
        return plate
    values = plate.pixels.astype(np.float32) * np.float32(rescale.slope) + rescale.intercept
    return replace(plate, pixels=values.astype(np.float32), rescale=Rescale(unit=volume.unit))


def _above(stack: Stack, plate: Plate, at: int, index: int) -> Plate:
    """Return a slice's picture as it lies above another slice that it is displaced against.

    Each pixel shows the one that its middle lies in.
    """
    away = stack.origins[at] - stack.origins[index]
    dx, dy = stack.spacing_mm
    right = round(float(away @ stack.row_direction) / dx)
    down = round(float(away @ stack.column_direction) / dy)
    if not (right or down):
        return plate
    valid = np.ones(plate.pixels.shape[:2], np.bool_) if plate.valid is None else plate.valid
    pixels = np.zeros_like(plate.pixels)
    here = np.zeros_like(valid)
    height, width = plate.pixels.shape[:2]
    rows, columns = _overlap(down, height), _overlap(right, width)
    if rows is not None and columns is not None:
        pixels[rows[0], columns[0]] = plate.pixels[rows[1], columns[1]]
        here[rows[0], columns[0]] = valid[rows[1], columns[1]]
    return replace(plate, pixels=pixels, valid=here)


def _overlap(moved: int, count: int) -> tuple[slice, slice] | None:
    """Where a line of pixels comes to lie that is moved, and which of its pixels; None outside."""
    if abs(moved) >= count:
        return None
    return slice(max(moved, 0), count + min(moved, 0)), slice(max(-moved, 0), count - max(moved, 0))


def projected(plates: Iterator[Plate], slab: Slab) -> Plate:
    """Return one picture of several of one size; where none has tissue there is none.

    Raises:
        ValueError: no picture.
    """
    first = next(plates, None)
    if first is None:
        raise ValueError("a slab needs at least one plane")
    exact = np.float64 if slab.projection == "mean" else first.pixels.dtype
    values: NDArray[Any] = first.pixels.astype(exact)
    count = _tissue(first).astype(np.int32)
    values[count == 0] = 0
    for plate in plates:
        here = _tissue(plate)
        if slab.projection == "mean":
            values += np.where(here, plate.pixels, 0)
        else:
            beyond = np.greater if slab.projection == "mip" else np.less
            better = here & ((count == 0) | beyond(plate.pixels, values))
            np.copyto(values, plate.pixels, where=better, casting="same_kind")
        count += here
    if slab.projection == "mean":
        values = (values / np.maximum(count, 1)).astype(np.float32)
    valid = count > 0
    return replace(first, pixels=values, valid=None if valid.all() else valid)


def _tissue(plate: Plate) -> NDArray[np.bool_]:
    shape = plate.pixels.shape[:2]
    return np.ones(shape, np.bool_) if plate.valid is None else plate.valid
