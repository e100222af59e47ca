"""The export's own words for a picture that one of its entries is shown on, for new labels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from viewer.model.subject import PLANES, MediaKey, Plane
from viewer.review.binding import Bindings
from viewer.review.entry_spots import EntrySpots, axes_of_planes
from viewer.review.lookup import Lookup


def entry_key_of(
    lookup: Lookup, export: str, media: int, axis: int, slice: int
) -> tuple[MediaKey, Plane] | None:
    """Return the key and plane by which an export names a slice; None where it cannot.

    The key leads back to that slice. Of several entries on it the first one counts.

    Args:
        export: id of the export.
        media: index of the media.
        axis: voxel axis that `slice` counts along.
    """
    bound = lookup.bindings.get(export)
    if bound is None:
        return None
    spots = lookup.entries_of(export)[1]
    for number in _entries_on(bound, spots, media, slice if axis == 2 else None):
        found = _on_entry(bound, spots, number, (media, axis, slice))
        if found is not None:
            return found
    return None


def frame_among_all(
    lookup: Lookup, export: str, key: MediaKey, media: int, slice: int
) -> int | None:
    """Return the frame of a slice among all pictures of the entry that a key names.

    None where the entry does not count its files through, or does not show the slice.
    """
    numbers, spots = lookup.entries_of(export)
    number = numbers.get(key.entry or "")
    found = None if number is None else _frame_key(spots, number, media, slice)
    return None if found is None else found[1]


def _entries_on(
    bound: Bindings, spots: EntrySpots, media: int, picture: int | None
) -> Iterator[int]:
    """Yield the entries that are shown on a media, those that are shown on all of it last.

    Args:
        picture: only those that may show it, since a stack may have an entry for each.
    """
    is_here = spots.media[:-1] == media
    if picture is not None:
        is_here &= np.isin(spots.whole[:-1], spots.lists.holding(media, picture)) | (
            spots.item_counts[:-1] > 1
        )
    here: list[int] = np.flatnonzero(is_here).tolist()
    yield from (n for n in here if bound.bindings[n].file is not None)
    yield from (n for n in here if bound.bindings[n].file is None)


def _on_entry(
    bound: Bindings, spots: EntrySpots, number: int, at: tuple[int, int, int]
) -> tuple[MediaKey, Plane] | None:
    media, axis, slice = at
    cut = axes_of_planes(bound.files.media[media])
    if any(spots.clashes[number, plane] for plane, along in enumerate(cut) if along == axis):
        return None
    id = bound.entries[number].id
    if axis == 2:
        key = _item_key(spots, number, media, slice) or _frame_key(spots, number, media, slice)
        return None if key is None else (MediaKey(entry=id, item=key[0], frame=key[1]), "acquired")
    shown = bound.files.media[media]
    axes = axes_of_planes(shown)
    planes: dict[int, Plane] = {cut: name for name, cut in zip(PLANES, axes, strict=True)}
    plane = planes.get(axis)
    frame = slice - int(spots.firsts[number])
    is_there = 0 <= slice < (shown.columns, shown.rows)[axis] and frame >= 0
    if plane is None or not is_there or bound.bindings[number].file is not None:
        return None
    return MediaKey(entry=id, frame=frame), plane


def _item_key(
    spots: EntrySpots, number: int, media: int, slice: int
) -> tuple[int, int | None] | None:
    """Return (item, frame in its file) of a slice that one of the entry's several files shows."""
    start, count = int(spots.item_starts[number]), int(spots.item_counts[number])
    for item in range(count) if count > 1 else ():
        own = int(spots.items[start + item])
        if own < 0 or own == int(spots.whole[number]):
            continue
        frame = _place_in(spots, own, media, slice)
        if frame is not None:
            is_lone = int(spots.lists.lengths(np.array([own], np.int32))[0]) == 1
            return item, None if is_lone else frame
    return None


def _frame_key(
    spots: EntrySpots, number: int, media: int, slice: int
) -> tuple[int | None, int | None] | None:
    """Return (no item, frame) of a slice among all pictures of an entry."""
    whole = int(spots.whole[number])
    found = _place_in(spots, whole, media, slice)
    if found is None:
        return None
    if int(spots.lists.lengths(np.array([whole], np.int32))[0]) == 1:
        return None, None
    frame = found - int(spots.firsts[number]) - int(spots.offsets[number])
    return None if frame < 0 else (None, frame)


def _place_in(spots: EntrySpots, own: int, media: int, slice: int) -> int | None:
    """Return where in a list of pictures a slice stands."""
    length = int(spots.lists.lengths(np.array([own], np.int32))[0])
    frames = np.arange(length)
    on, slices = spots.lists.spots(np.full(length, own, np.int32), frames)
    found = np.flatnonzero((on == media) & (slices == slice))
    return int(found[0]) if len(found) else None
