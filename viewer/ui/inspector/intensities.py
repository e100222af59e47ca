"""The values under a label, on its own slice, frame or reformat, or in all of a volume."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from viewer.geometry.shapes import Polyline, Skeleton
from viewer.geometry.solids import MaskVolume
from viewer.media.volume import Video, Volume
from viewer.review.intensities import Intensity, intensity, intensity_across, intensity_within
from viewer.ui.labels.facts import THIN, Rows, Subject, signed

Check: TypeAlias = Callable[[], None]


def intensity_work(subject: Subject) -> Callable[[Check], Intensity | None] | None:
    """Return what computes the values under a label, for another thread; None without pixels.

    What is not drawn on a slice of its own needs all slices in memory. The work asks whether to
    go on.
    """
    media, place = subject.media, subject.place
    if media is None or place is None or isinstance(media, Video) or media.is_colour:
        return None
    if isinstance(subject.solid, MaskVolume):
        return _within_work(subject.solid, media) if isinstance(media, Volume) else None
    return _flat_work(subject)


def _within_work(solid: MaskVolume, media: Volume) -> Callable[[Check], Intensity | None] | None:
    if not _is_whole(media):
        return None
    return lambda check: intensity_within(solid, media, check)


def _flat_work(subject: Subject) -> Callable[[Check], Intensity | None] | None:
    shape, media, place, view = subject.shape, subject.media, subject.place, subject.view
    if media is None or isinstance(media, Video) or place is None or place.slice is None:
        return None
    if shape is None or isinstance(shape, Polyline | Skeleton):
        return None
    at = place.slice
    if isinstance(media, Volume) and view is not None and not view.is_acquired:
        return (
            (lambda _check: intensity_across(shape, media, view, at)) if _is_whole(media) else None
        )
    picture = media.picture(at)
    return None if picture is None else lambda _check: intensity(shape, media, picture, at)


def _is_whole(media: Volume) -> bool:
    return media.pages is None and bool(media.ready.all())


def intensity_rows(found: Intensity) -> Rows:
    """Return mean, spread, extremes, median, SUV where it is known, and the number of pixels."""
    unit = f"{THIN}{found.unit}" if found.unit else ""
    digits = 0 if max(abs(found.low), abs(found.high)) >= 10_000 else 1
    rows = [
        ("Mean ± SD", f"{signed(found.mean, digits)} ± {found.deviation:,.{digits}f}{unit}"),
        ("Min … max", f"{signed(found.low)} … {signed(found.high)}{unit}"),
        ("Median", f"{signed(found.median)}{unit}"),
    ]
    if found.suv is not None:
        mean, high = found.mean * found.suv, found.high * found.suv
        rows.append(("SUV", f"mean {signed(mean, 2)}, max {signed(high, 2)}"))
    rows.append(("Pixels", f"{found.count:,}"))
    return tuple(rows)
