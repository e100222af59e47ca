"""Rows that name an entry of their export: to media, axis and slice, over whole columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.review.frame_table import Codes
from viewer.review.lookup import Lookup
from viewer.review.reasons import (
    AMBIGUOUS,
    MISSING,
    NO_FRAME,
    NO_PLANE,
    NOT_FOUND,
    TURNED,
    TURNED_TWICE,
)
from viewer.review.rows import VOLUME, Rows

Ints = NDArray[np.int64]
_BEYOND = 1 << 40  # a frame that no list has


@dataclass(frozen=True, eq=False)
class Spotted:
    """Where rows are shown, as far as their keys say; all arrays are filled in place.

    Args:
        media, slices: -1 for none.
        axes: the voxel axis that `slices` counts along.
        turns: code into `EntrySpots.turned`, -1 for none.
        reasons: code into REASONS.
        astray: the file that is named and the frame are not the same slice; the file counts.
    """

    media: Codes
    slices: Codes
    axes: NDArray[np.int8]
    turns: NDArray[np.int16]
    reasons: NDArray[np.int8]
    astray: NDArray[np.bool_]

    @classmethod
    def of_uids(
        cls, media: Codes, slices: Codes, axes: NDArray[np.int8], reasons: NDArray[np.int8]
    ) -> Spotted:
        """Return rows that were found by their UIDs, in coordinates as they are shown."""
        count = len(media)
        turns, astray = np.full(count, -1, dtype=np.int16), np.zeros(count, dtype=np.bool_)
        return cls(media, slices, axes, turns, reasons, astray)

    def take(self, at: Ints, rows: Rows, lookup: Lookup) -> None:
        """Place the rows `at` by their entries."""
        spots = rows.bound
        entries, planes = rows.entries[at], rows.planes[at]
        axes = spots.axes[entries, planes]
        lists, frames, is_item = _pictures(at, rows)
        media, slices = spots.lists.spots(lists, np.maximum(frames, 0))
        media = np.where(frames < 0, np.maximum(media, spots.media[entries]), media)
        slices = np.where(frames < 0, -1, slices)
        across = (axes == 0) | (axes == 1)
        media = np.where(across, spots.media[entries], media)
        slices = np.where(across, _cuts(at, rows, axes, lookup), slices)
        is_out = (media < 0) | (across & (frames >= 0) & (slices < 0))
        reasons = np.zeros(len(at), dtype=np.int8)
        reasons[is_out] = NO_FRAME
        reasons[is_item & (lists < 0)] = MISSING
        reasons[axes < 0] = NO_PLANE
        reasons[_is_clashing(at, rows)] = TURNED_TWICE
        reasons[_is_bent(at, rows)] = TURNED
        reasons[spots.media[entries] < 0] = NOT_FOUND
        reasons[spots.ambiguous[entries]] = AMBIGUOUS
        self.media[at] = np.where(reasons > 0, -1, media)
        self.slices[at] = np.where(reasons > 0, -1, slices)
        self.axes[at] = np.where(across, axes, 2)
        self.turns[at] = spots.turns[entries, planes]
        self.reasons[at] = reasons
        self.astray[at] = is_item & (reasons == 0) & _is_astray(at, rows, media, slices)


def _is_astray(at: Ints, rows: Rows, media: Codes, slices: Codes) -> NDArray[np.bool_]:
    """Whether the frame of a row, counted through all of its entry, is another slice than these."""
    spots, entries = rows.bound, rows.entries[at]
    lists, items = spots.whole[entries], rows.items[at]
    is_listed = (items >= 0) & (items < spots.item_counts[entries])
    own = spots.items[np.where(is_listed, spots.item_starts[entries] + items, -1)]
    frames = rows.frames[at] + spots.firsts[entries] + spots.offsets[entries]
    on, there = spots.lists.spots(lists, frames)
    is_lone = (spots.lists.lengths(own) == 1) & (rows.frames[at] >= 0)
    return is_lone & (own != lists) & ((on != media) | (there != slices))


def _is_clashing(at: Ints, rows: Rows) -> NDArray[np.bool_]:
    """Flat shapes that are turned otherwise than what else is shown on their media."""
    is_flat = rows.drawn[at] & ~rows.solid[at]
    return is_flat & rows.bound.clashes[rows.entries[at], rows.planes[at]]


def _is_bent(at: Ints, rows: Rows) -> NDArray[np.bool_]:
    """Shapes in voxels on media that do not show the voxels as the export counts them."""
    of_kind = (rows.kinds[at] == VOLUME).astype(np.int8)
    return rows.solid[at] & rows.bound.refused[rows.entries[at], of_kind]


def _pictures(at: Ints, rows: Rows) -> tuple[Codes, Ints, NDArray[np.bool_]]:
    """Return the list of pictures of each row, the picture in it, and whether it is an item's.

    A list of one picture needs no number; a row without number in a longer one has picture -1.
    """
    spots, entries = rows.bound, rows.entries[at]
    items, stated = rows.items[at], rows.frames[at]
    own = spots.whole[entries]
    is_item = (items >= 0) & (spots.axes[entries, rows.planes[at]] == 2)
    is_listed = is_item & (items < spots.item_counts[entries])
    chosen = spots.items[np.where(is_listed, spots.item_starts[entries] + items, -1)]
    lists = np.where(is_item, chosen, own)
    shift = np.where(lists == own, spots.firsts[entries] + spots.offsets[entries], 0)
    frames = np.where(stated + shift < 0, _BEYOND, stated + shift)
    frames = np.where(stated < 0, -1, frames)
    is_lone = (spots.lists.lengths(lists) == 1) & (is_item | (stated < 0))
    return lists.astype(np.int32), np.where(is_lone, 0, frames), is_item


def _cuts(at: Ints, rows: Rows, axes: NDArray[np.int8], lookup: Lookup) -> Codes:
    """Return the column or row of the volume that a row's frame is; -1 where there is none."""
    spots, entries = rows.bound, rows.entries[at]
    if not len(lookup.media):
        return np.full(len(at), -1, dtype=np.int32)
    media = spots.media[entries]
    sides = np.where(axes == 0, lookup.columns[media], lookup.rows[media])
    frames = rows.frames[at] + spots.firsts[entries]
    fits = (rows.frames[at] >= 0) & (frames >= 0) & (frames < sides) & (media >= 0)
    return np.where(fits, frames, -1).astype(np.int32)
