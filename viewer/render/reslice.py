"""The picture of a plane: stored values and where they lie in plane mm.

A plane through equally spaced, untilted slices is a strided view of the volume, nothing copied.
Other stacks are laid out as they are in the patient: each slice's row at its own shift along p and
over its own interval of q, with nothing where no slice is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.space import pixel_from_voxel
from viewer.geometry.views import ViewPlane
from viewer.media.instance import Rescale
from viewer.media.volume import Pixels, Volume

Bitmap: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]

IDENTITY = Rescale()
_REGULAR = 0.03  # of a pixel or step: strips that stand this near to a grid are put on it
_FINEST = 16  # picture rows per nominal step where strips fit no coarser grid
_HIGHEST = 16384  # rows of a picture; beyond it slices may be thinner than a row


@dataclass(frozen=True, eq=False)
class Plate:
    """One plane's picture.

    Args:
        pixels: (h, w) stored values; row 0 is at the smallest q, column 0 at the smallest p.
        rect: (p0, q0, p1, q1) that the pixels fill, plane mm, edge to edge.
        valid: (h, w) where there is tissue; None where there is everywhere. Outside the slices,
            in gaps, where a slice is not decoded and in padding there is none.
        rescale: of these pixels; slices that each have their own meet as modality values.
    """

    pixels: Pixels
    rect: tuple[float, float, float, float]
    valid: Bitmap | None = None
    rescale: Rescale = IDENTITY


def picture_of(volume: Volume, view: ViewPlane, index: int) -> Plate:
    """Return the picture of plane `index` of a view of the volume.

    Raises:
        IndexError: no such plane.
    """
    if not 0 <= index < view.count:
        raise IndexError(f"the {view.name} plane has {view.count} slices, not {index}")
    if view.is_acquired:
        picture = volume.picture(index)
        if picture is None:
            shape = (volume.rows, volume.columns)
            nothing = np.zeros(shape, dtype=np.bool_)
            return Plate(np.zeros(shape, volume.pixels.dtype), view.bounds_mm, nothing)
        padding = volume.padding_in(picture)
        valid = None if padding is None or not padding.any() else ~padding
        return Plate(picture, view.bounds_mm, valid, volume.rescale_at(index))
    strips, rescale, tissue = _strips(volume, view, index)
    layout = _layout(view)
    pixels, valid = _sheared(strips, layout)
    if tissue is not None:
        here, inside = _sheared(tissue, layout)
        valid = here.astype(np.bool_) if inside is None else here.astype(np.bool_) & inside
    return _stacked(pixels, valid, layout, rescale)


def _strips(
    volume: Volume, view: ViewPlane, index: int
) -> tuple[Pixels, Rescale, NDArray[np.uint8] | None]:
    """The slices' rows of values on a reformat, their rescale, and 1 where there is tissue."""
    strips = volume.strips(view.axis, index)
    padding = volume.padding_in(strips)
    tissue: NDArray[np.uint8] | None = None
    if not volume.ready.all() or (padding is not None and padding.any()):
        here = np.broadcast_to(volume.ready[:, None], strips.shape)
        tissue = (here if padding is None else here & ~padding).astype(np.uint8)
    rescales = volume.presentation.rescales
    if not rescales:
        return strips, volume.rescale, tissue
    slopes = np.array([[each.slope] for each in rescales], np.float32)
    intercepts = np.array([[each.intercept] for each in rescales], np.float32)
    values = strips.astype(np.float32) * slopes + intercepts
    return values, Rescale(unit=volume.unit), tissue


@dataclass(frozen=True, eq=False)
class _Layout:
    """How the strips of a view stand on a regular grid; the same for all its planes.

    Args:
        offsets: (slices,) displacement in pixels along p against the grid, none negative; None
            where all strips stand in line.
        rows: (h,) the slice that each picture row shows, -1 for none; None where they are the
            slices themselves.
    """

    rect: tuple[float, float, float, float]
    offsets: Floats | None
    rows: NDArray[np.intp] | None


def _layout(view: ViewPlane) -> _Layout:
    p0, q0, p1, q1 = view.bounds_mm
    pixel_mm = view.pixel_mm
    offsets = (view.shifts - view.shifts.min()) / pixel_mm
    slanted: Floats | None = offsets
    if offsets.max() <= _REGULAR:
        slanted, p0 = None, 0.0
        p1 = view.cells * pixel_mm
    else:
        p1 = p0 + (view.cells + int(np.ceil(offsets.max()))) * pixel_mm
    height, is_plain = _picture_rows(view)
    if is_plain:
        return _Layout((p0, q0, p1, q1), slanted, None)
    step = (q1 - q0) / height
    middles = np.arange(height, dtype=np.float64) * step + (q0 + step / 2)
    rows = view.slices_at(middles)
    return _Layout((p0, q0, p1, q1), slanted, rows)


def _picture_rows(view: ViewPlane) -> tuple[int, bool]:
    """Number of picture rows, and whether they are the slices themselves.

    As few per nominal step as put every strip's ends on the grid, nearly.
    """
    low, high = view.strips_q[:, 0], view.strips_q[:, 1]
    extent = float(high[-1] - low[0])
    count = len(low)
    even = low[0] + np.arange(count + 1) * (extent / count)
    plain = max(float(np.abs(low - even[:-1]).max()), float(np.abs(high - even[1:]).max()))
    nominal = float(np.median(high - low))
    if plain <= _REGULAR * nominal:
        return count, True
    ends = np.concatenate([low, high]) - low[0]
    for finer in range(1, _FINEST + 1):
        height = max(round(extent / nominal * finer), 1)
        step = extent / height
        if height > _HIGHEST:
            break
        if np.abs(ends / step - np.rint(ends / step)).max() * step <= _REGULAR * nominal:
            return height, False
    return min(round(extent / nominal * _FINEST), _HIGHEST), False


def _sheared(strips: Pixels, layout: _Layout) -> tuple[Pixels, Bitmap | None]:
    """Displace each strip along p.

    Between pixels the values are mixed linearly, which keeps the centre of every bright point
    where it is in the patient.
    """
    if layout.offsets is None:
        return strips, None
    cells = strips.shape[1]
    width = cells + int(np.ceil(layout.offsets.max()))
    source: Floats = np.arange(width, dtype=np.float64) - layout.offsets[:, None]
    left: NDArray[np.intp] = np.floor(source).astype(np.intp)
    exact = np.result_type(strips.dtype, np.float32)
    share: NDArray[Any] = (source - left).astype(exact)
    first = np.take_along_axis(strips, np.clip(left, 0, cells - 1), axis=1)
    second = np.take_along_axis(strips, np.clip(left + 1, 0, cells - 1), axis=1)
    mixed: NDArray[Any] = first + (second.astype(exact) - first) * share
    if np.issubdtype(strips.dtype, np.integer):
        mixed = np.rint(mixed)
    at = pixel_from_voxel(source)
    valid: Bitmap = (at > 0) & (at < cells)
    return mixed.astype(strips.dtype), valid


def _stacked(pixels: Pixels, valid: Bitmap | None, layout: _Layout, rescale: Rescale) -> Plate:
    """Spread the strips over the picture's rows."""
    if layout.rows is None:
        return Plate(pixels, layout.rect, valid, rescale)
    spread: NDArray[Any] = pixels[layout.rows]
    here = np.broadcast_to((layout.rows >= 0)[:, None], spread.shape)
    if valid is not None:
        here = here & valid[layout.rows]
    return Plate(spread, layout.rect, None if here.all() else here, rescale)
