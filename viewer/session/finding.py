"""The way from slice to slice by what is on it: labels, none, or the selected label."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from viewer.media.volume import Volume
from viewer.model.annotation import AnnotationId
from viewer.render.planes import planes_of
from viewer.review.extents import slices_of_extents
from viewer.review.tracks import frames_of_track
from viewer.session.session import Session

Slices = NDArray[np.int64]  # (n,) rising numbers of slices or frames


def active_axis(session: Session) -> int:
    """Return the voxel axis that the active view goes along; 2 of frames and side by side."""
    media = session.current
    if not isinstance(media, Volume):
        return 2
    return planes_of(media.stack)[session.active_pane.plane].axis


def count_along(session: Session, axis: int) -> int:
    """Return how many slices the media shown has along a voxel axis; 0 without one."""
    media = session.current
    return 0 if media is None else (media.columns, media.rows, media.count)[axis]


def labelled_slices(session: Session, axis: int) -> Slices:
    """Return the slices of the media shown on which something listed was drawn.

    Args:
        axis: along which the slices are counted.
    """
    number = session.viewing.media_index
    if number is None:
        return _sorted(())
    return _sorted(session.matches.marks(number, axis, session.display.listed))


def bare_slices(session: Session, axis: int) -> Slices:
    """Return the slices of the media shown on which nothing listed was drawn."""
    return np.setdiff1d(np.arange(count_along(session, axis)), labelled_slices(session, axis))


def slices_of_label(session: Session, id: AnnotationId, axis: int) -> Slices:
    """Return the slices of the media shown on which one label is seen as drawn, or a solid lies."""
    number = session.viewing.media_index
    if number is None or id not in session.project.annotations:
        return _sorted(())
    solid = [one for one in session.matches.extents_of(id) if one.media == number]
    if solid:
        return _sorted(slices_of_extents(solid, axis))
    first = session.matches.first_of(id)
    if first is None or first.axis != axis:
        return _sorted(())
    return np.unique(frames_of_track(session.matches, id, number).slices)


def go_to_track(session: Session, id: AnnotationId) -> bool:
    """Go to where a track is nearest to what is shown; on another media to its first place."""
    first = session.matches.first_of(id)
    if first is None or first.media is None or first.media != session.viewing.media_index:
        return session.go_to(id)
    frames = frames_of_track(session.matches, id, first.media)
    if not len(frames.slices):
        return session.go_to(id)
    away = np.abs(frames.slices - round(session.viewing.crosshair[first.axis]))
    return session.go_to(id, int(frames.numbers[np.argmin(away)]))


def next_of(slices: Slices, at: int, on: int) -> int | None:
    """Return the slice after `at`, or before it where `on` is negative; None beyond the ends."""
    found = slices[slices > at] if on > 0 else slices[slices < at]
    if not len(found):
        return None
    return int(found[0] if on > 0 else found[-1])


def show_slice(session: Session, axis: int, slice: int) -> None:
    """Jump to a slice along an axis of the media shown; the place left is kept."""
    session.places.leave()
    at = list(session.viewing.crosshair)
    at[axis] = float(slice)
    i, j, k = at
    session.viewing.set_crosshair((i, j, k))


def _sorted(slices: Iterable[int]) -> Slices:
    return np.array(sorted(slices), dtype=np.int64)
