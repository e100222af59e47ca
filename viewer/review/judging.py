"""The rules of matching, over whole columns at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.review.by_entry import Spotted
from viewer.review.frame_table import SEVERAL, Codes
from viewer.review.lookup import Lookup
from viewer.review.reasons import (
    AMBIGUOUS,
    DAMAGED,
    MISSING,
    NO_CLASS,
    NO_FRAME,
    NO_IMAGE,
    NO_KEY,
    NOT_LOADED,
    SIZE,
    TURNED,
    TURNED_TWICE,
    UNLISTED,
)
from viewer.review.rows import UNKNOWN, Rows


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Where each row goes.

    Args:
        media, slices: -1 for none.
        axes: the voxel axis that `slices` counts along: 2 for the stack's own slices, 0 for its
            columns, 1 for its rows.
        reasons: code into REASONS.
        doubtful: matched, but the pixels' headers name another study or series.
        unsure: matched by size or order alone.
        astray: matched by its file, and its frame is another slice.
        kept_off: media that a row is not shown on for how the media is turned, else -1.
    """

    media: Codes
    slices: Codes
    axes: NDArray[np.int8]
    reasons: NDArray[np.int8]
    doubtful: NDArray[np.bool_]
    unsure: NDArray[np.bool_]
    astray: NDArray[np.bool_]
    kept_off: Codes

    def of(self, row: int) -> tuple[int, int, int, bool]:
        """Return media, slice, reason code and doubt of one row."""
        values = (self.media[row], self.slices[row], self.reasons[row])
        media, slice, reason = (int(value) for value in values)
        return media, slice, reason, bool(self.doubtful[row])

    def nearest(
        self, rows: slice, media: int, voxel: Sequence[float], may: NDArray[np.bool_] | None
    ) -> int | None:
        """Return which of some rows is on the slice of a media next to a voxel (i, j, k).

        Args:
            may: (rows,) those that are looked at; None for all.
        """
        here, slices, axes = self.media[rows], self.slices[rows], self.axes[rows]
        found = np.flatnonzero((here == media) & (slices >= 0) & (True if may is None else may))
        if not len(found):
            return None
        away = np.abs(slices[found] - np.asarray(voxel)[axes[found]])
        return int(found[np.argmin(away)])


def judged(rows: Rows, lookup: Lookup) -> Outcomes:
    """Return where each placement goes, or why it goes nowhere."""
    _, by_series, by_instance, named_entry = rows.named.T
    by_frame = by_series & ~by_instance & (rows.frames >= 0)
    media, slices = lookup.frames.spots(rows.instances, np.maximum(rows.frames, 0))
    by_entry = named_entry & ~(by_instance & (media >= 0))
    frame_media, frame_slices = lookup.series_frames.spots(rows.series, rows.frames)
    whole = np.where(by_series, rows.series, rows.studies)
    media = np.where(by_instance, media, np.where(by_frame, frame_media, whole))
    slices = np.where(by_instance, slices, np.where(by_frame, frame_slices, -1))
    axes = np.full(len(media), 2, dtype=np.int8)
    if (named := (rows.planes > 0) & ~by_entry).any():
        first, _ = lookup.frames.spots(rows.instances, np.zeros_like(rows.frames))
        whole = np.where(by_instance, first, rows.series)
        on_planes = lookup.on_planes(whole, rows.planes, rows.frames)
        media, slices, axes = (
            np.where(named, on_plane, usual)
            for on_plane, usual in zip(on_planes, (media, slices, axes), strict=True)
        )
    found = Spotted.of_uids(media, slices, axes, _reasons(rows, media, by_frame))
    if by_entry.any():
        found.take(np.flatnonzero(by_entry), rows, lookup)
    found.slices[rows.solid & (found.slices >= 0)] = -1
    reasons, lost = found.reasons, found.media < 0
    reasons[rows.drawn & ~rows.solid & ~lost & (found.slices < 0)] = NO_IMAGE
    reasons[_size_differs(rows, lookup, found, by_entry)] = SIZE
    odd = rows.kinds == UNKNOWN
    reasons[odd] = DAMAGED
    reasons[odd & ~rows.classed] = NO_CLASS
    bad = reasons > 0
    media = _without(found.media, bad)
    is_shown = media >= 0
    return Outcomes(
        media=media,
        slices=_without(found.slices, bad),
        axes=found.axes,
        reasons=reasons,
        doubtful=_is_doubtful(rows, lookup, media, by_entry),
        unsure=is_shown & by_entry & rows.bound.weak[rows.entries],
        astray=is_shown & found.astray & rows.drawn,
        kept_off=_without(
            rows.bound.media[rows.entries], (reasons != TURNED) & (reasons != TURNED_TWICE)
        ),
    )


def _reasons(rows: Rows, media: Codes, by_frame: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Why rows that name UIDs find no media."""
    _, by_series, by_instance, _ = rows.named.T
    reasons = np.zeros(len(media), dtype=np.int8)
    lost = media < 0
    reasons[lost] = NOT_LOADED
    parent_open = np.where(by_series, rows.series >= 0, rows.studies >= 0)
    reasons[lost & by_instance & parent_open] = MISSING
    reasons[lost & (reasons == NOT_LOADED) & ~rows.listed] = UNLISTED
    reasons[lost & by_instance & (rows.instances >= 0)] = NO_FRAME
    reasons[lost & by_frame & (rows.series >= 0)] = NO_FRAME
    reasons[media == SEVERAL] = AMBIGUOUS
    reasons[lost & ~rows.named.any(axis=1)] = NO_KEY
    return reasons


def _is_doubtful(
    rows: Rows, lookup: Lookup, media: Codes, by_entry: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """An image was found by its own key; study and series are checked against the headers."""
    by_study, by_series, by_instance, _ = rows.named.T
    series, studies = lookup.groups[media].T
    other = by_series & (series >= 0) & (rows.series != series)
    other |= by_study & (studies >= 0) & (rows.studies != studies)
    other |= by_entry & rows.bound.differs[rows.entries]
    return (by_instance | by_entry) & (media >= 0) & other


def _size_differs(
    rows: Rows, lookup: Lookup, found: Spotted, by_entry: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Compare sizes with the plane that a row is shown on; an entry's size stands for its own."""
    if not len(lookup.media):
        return np.zeros(len(found.media), dtype=np.bool_)
    sizes = rows.sizes
    if by_entry.any():
        is_own = (sizes > 0).all(axis=1) | ~by_entry | (found.axes != 2)
        sizes = np.where(is_own[:, None], sizes, rows.bound.sizes[rows.entries])
    placed = (found.slices >= 0) | (rows.solid & (found.media >= 0))
    stated = (sizes > 0).all(axis=1) & placed & rows.drawn & ((rows.planes == 0) | by_entry)
    sides = np.stack([lookup.columns, lookup.rows, lookup.counts], axis=1)[found.media]
    across = np.where(found.axes == 0, sides[:, 1], sides[:, 0])
    down = np.where(found.axes == 2, sides[:, 1], sides[:, 2])
    down = np.rint(down * rows.bound.scales[found.turns])
    differs = (sizes[:, 0] != across) | (sizes[:, 1] != down)
    lies = (sizes[:, 0] == down) & (sizes[:, 1] == across)
    is_free = by_entry & rows.bound.may_lie[rows.entries] & (found.axes == 2)
    return stated & differs & ~(lies & is_free)


def _without(values: Codes, bad: NDArray[np.bool_]) -> Codes:
    kept = np.where(bad, -1, values).astype(np.int32)
    kept.flags.writeable = False
    return kept
