"""The values under a shape, on its own slice, frame or reformat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from viewer.geometry.mask import Mask
from viewer.geometry.raster import rasterised
from viewer.geometry.shapes import Polyline, Shape, Skeleton
from viewer.geometry.views import ViewPlane
from viewer.media.volume import Pixels, Stored, Video, Volume
from viewer.ui.labels.facts import THIN, Rows, Subject, signed

BINS = 48


@dataclass(frozen=True, eq=False)
class Intensity:
    """Values under a shape.

    Args:
        counts, edges: histogram, (BINS,) and (BINS + 1,).
    """

    count: int
    mean: float
    deviation: float
    low: float
    high: float
    unit: str
    counts: NDArray[np.int64] = field(repr=False)
    edges: NDArray[np.float64] = field(repr=False)


def intensity_work(subject: Subject) -> Callable[[], Intensity | None] | None:
    """Return what computes the values under a shape, for another thread; None without pixels.

    Of a reformat of slices that do not fit into memory none are computed.
    """
    shape, media, place = subject.shape, subject.media, subject.place
    if shape is None or media is None or place is None or place.slice is None:
        return None
    if isinstance(shape, Polyline | Skeleton) or isinstance(media, Video) or media.is_colour:
        return None
    at, view = place.slice, subject.view
    if isinstance(media, Volume) and view is not None and not view.is_acquired:
        if media.pages is not None or not media.ready.all():
            return None
        return lambda: intensity_across(shape, media, view, at)
    picture = media.picture(at)
    if picture is None:
        return None
    return lambda: intensity(shape, media, picture, at)


def intensity(shape: Shape, media: Stored, picture: Pixels, k: int) -> Intensity | None:
    """Return the values of picture k whose pixel centres are inside a shape; None without any.

    Padding is left out.
    """
    mask = rasterised(shape, media.columns, media.rows)
    stored, inside = _under(mask, picture, media)
    return summed_up(media.in_units(stored[inside], k), media.unit) if inside.any() else None


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
    values = [media.in_units(row[held], mask.y + n) for n, (row, held) in enumerate(rows)]
    return summed_up(np.concatenate(values), media.unit) if inside.any() else None


def _under(mask: Mask, picture: Pixels, media: Stored) -> tuple[Pixels, NDArray[np.bool_]]:
    """Return the part of a picture round a mask, and which of it counts; padding does not."""
    inside = mask.to_array()
    stored = picture[mask.y : mask.y + mask.height, mask.x : mask.x + mask.width]
    padding = media.padding_in(stored)
    return stored, inside if padding is None else inside & ~padding


def summed_up(values: NDArray[np.floating], unit: str) -> Intensity:
    """Return mean, spread, extremes and histogram of values, at least one."""
    low, high = float(values.min()), float(values.max())
    counts, edges = np.histogram(values, bins=BINS, range=(low, high if high > low else low + 1))
    return Intensity(
        count=len(values),
        mean=float(values.mean()),
        deviation=float(values.std()),
        low=low,
        high=high,
        unit=unit,
        counts=counts,
        edges=edges,
    )


def intensity_rows(found: Intensity) -> Rows:
    """Return mean, spread, extremes and the number of pixels."""
    unit = f"{THIN}{found.unit}" if found.unit else ""
    digits = 0 if max(abs(found.low), abs(found.high)) >= 10_000 else 1
    return (
        ("Mean ± SD", f"{signed(found.mean, digits)} ± {found.deviation:,.{digits}f}{unit}"),
        ("Min … max", f"{signed(found.low)} … {signed(found.high)}{unit}"),
        ("Pixels", f"{found.count:,}"),
    )
