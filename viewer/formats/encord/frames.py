"""The placements of an annotation before and after an edit, without decoding those that stayed."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.geometry.measure import same_shape
from viewer.model.annotation import Annotation
from viewer.model.placement import Placement
from viewer.model.subject import MediaKey
from viewer.model.track import Track


@dataclass(frozen=True, eq=False)
class FrameChanges:
    """What an edit did to the placements of an annotation.

    Args:
        dropped: those whose records go.
        altered: (before, after) of those that stay and differ.
        come: those that get a record.
    """

    dropped: tuple[Placement, ...]
    altered: tuple[tuple[Placement, Placement], ...]
    come: tuple[Placement, ...]


def frame_changes(before: Annotation, after: Annotation) -> FrameChanges:
    """Return what differs between an annotation as opened and as it is now."""
    old, new = before.placements, after.placements
    if isinstance(old, Track) and isinstance(new, Track) and new.opened == old.opened:
        return _of_tracks(old, new)
    was = {_key(one): one for one in old}
    now = {_key(one): one for one in new}
    return FrameChanges(
        tuple(one for key, one in was.items() if key not in now),
        tuple(
            (was[key], one)
            for key, one in now.items()
            if key in was and not _is_same(was[key], one)
        ),
        tuple(one for key, one in now.items() if key not in was),
    )


def _of_tracks(old: Track, new: Track) -> FrameChanges:
    slots: list[int] = new.slots.tolist()
    left: set[int] = set(old.slots.tolist()) - set(slots)
    numbers = {slot: number for number, slot in enumerate(slots)}
    changed = [slot for slot in slots if slot in new.changed and slot < old.opened]
    pairs = [(old[slot], new[numbers[slot]]) for slot in changed]
    return FrameChanges(
        tuple(old[slot] for slot in sorted(left)),
        tuple(pair for pair in pairs if not _is_same(*pair)),
        tuple(new[numbers[slot]] for slot in slots if slot >= old.opened),
    )


def place_of(placement: Placement) -> int:
    """Return the number of a placement's frame or picture, -1 of a single one."""
    media = placement.media
    if media.item is not None:
        return media.item
    return -1 if media.frame is None else media.frame


def _key(placement: Placement) -> MediaKey:
    return placement.media


def _is_same(one: Placement, other: Placement) -> bool:
    return same_shape(one.flat, other.flat) and one.attributes == other.attributes
