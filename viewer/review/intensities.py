"""The values under shapes and masks, summed up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.mask import Mask
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Shape
from viewer.geometry.solids import MaskVolume
from viewer.geometry.views import ViewPlane
from viewer.media.volume import Media, Pixels, Stored, Video, Volume

BINS = 48
MOST_VALUES = 1 << 25  # of a mask volume: a quarter of a gigabyte


@dataclass(frozen=True, eq=False)
class Intensity:
    """Values under a shape.

    Args:
        counts, edges: histogram, (BINS,) and (BINS + 1,).
        suv: what one unit of the values is in SUV by body weight; None where that is not known.
    """

    count: int
    mean: float
    deviation: float
    low: float
    high: float
    median: float
    unit: str
    counts: NDArray[np.int64] = field(repr=False)
    edges: NDArray[np.float64] = field(repr=False)
    suv: float | None = None


def intensity(shape: Shape, media: Stored, picture: Pixels, k: int) -> Intensity | None:
    """Return the values of picture k whose pixel centres are inside a shape; None without any.

    Padding is left out.
    """
    mask = rasterised(shape, media.columns, media.rows)
    return summed_up(_values(mask, media, picture, k), media)


def intensity_across(shape: Shape, media: Volume, view: ViewPlane, index: int) -> Intensity | None:
    """Return the values on a reformat whose pixel centres are inside a shape; None without any.

    Args:
        shape: in the pixel space of the plane, row k of which is slice k.
        media: has all its pixels.
        view: the plane.
        index: along the axis that the plane cuts.
    """
    mask = rasterised(shape, *view.size)
    stored, inside = _under(mask, media.strips(view.axis, index), media)
    rows = zip(stored, inside, strict=True)
    return summed_up(
        _joined(media.in_units(r[i], mask.y + n) for n, (r, i) in enumerate(rows)), media
    )


def intensity_within(
    volume: MaskVolume, media: Volume, check: Callable[[], None] = lambda: None
) -> Intensity | None:
    """Return the values of all voxels of a mask volume; None without any, or with too many.

    Args:
        volume: in voxel space of the media.
        media: has all its pixels.
        check: called for each slice; may raise to stop.
    """
    found: list[NDArray[np.float64]] = []
    count = 0
    for k in volume.masks.slices():
        check()
        mask = volume.masks.mask(k) if 0 <= k < media.count else None
        picture = None if mask is None else media.picture(k)
        if mask is None or picture is None:
            continue
        count += mask.area
        if count > MOST_VALUES:
            return None
        found.append(_values(rasterised(mask, media.columns, media.rows), media, picture, k))
    return summed_up(_joined(found), media)


def summed_up(values: NDArray[np.floating], media: Media) -> Intensity | None:
    """Return mean, spread, extremes, median and histogram of values of a media; None without any.

    Args:
        values: modality values; what is not finite is left out.
        media: whose.
    """
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    low, high = float(values.min()), float(values.max())
    counts, edges = np.histogram(values, bins=BINS, range=(low, high if high > low else low + 1))
    suv = None if isinstance(media, Video) else media.presentation.suv
    return Intensity(
        count=len(values),
        mean=float(values.mean()),
        deviation=float(values.std()),
        low=low,
        high=high,
        median=float(np.median(values)),
        unit=media.unit,
        counts=counts,
        edges=edges,
        suv=None if suv is None else suv.factor,
    )


def _values(mask: Mask, media: Stored, picture: Pixels, k: int) -> NDArray[np.float64]:
    stored, inside = _under(mask, picture, media)
    return media.in_units(stored[inside], k)


def _under(mask: Mask, picture: Pixels, media: Stored) -> tuple[Pixels, NDArray[np.bool_]]:
    """Return the part of a picture round a mask, and which of it counts; padding does not."""
    inside = mask.to_array()
    stored = picture[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width]
    padding = media.padding_in(stored)
    return stored, inside if padding is None else inside & ~padding


def _joined(parts: Iterable[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.concatenate([np.zeros(0), *parts])
