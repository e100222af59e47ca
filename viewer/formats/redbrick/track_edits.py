"""Tracks that changed: which records change, come and go, and where stretches end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from viewer.geometry.measure import same_shape
from viewer.geometry.shapes import Shape
from viewer.geometry.solids import KeptMasks, MaskVolume, Solid, changes_of
from viewer.model.annotation import Annotation
from viewer.model.placement import Placement
from viewer.model.track import Track

_HELD = ("class_id", "group", "note", "parent")


@dataclass(frozen=True)
class TrackEdits:
    """What a changed track means for its records.

    Args:
        changed: (slot, placement) of records that hold something else now.
        gone: slots whose records go.
        added: (placement, whether its stretch ends there) of frames that are new.
        ends: (slot, whether its stretch ends there) of records for which that changed.
    """

    changed: tuple[tuple[int, Placement], ...]
    gone: tuple[int, ...]
    added: tuple[tuple[Placement, bool], ...]
    ends: tuple[tuple[int, bool], ...]


def track_edits(before: Sequence[Placement], after: Sequence[Placement]) -> TrackEdits:
    """Return what differs between two versions of the placements of one annotation.

    Placements that are no Track are numbered in their order.
    """
    if not isinstance(before, Track) or not isinstance(after, Track):
        common = min(len(before), len(after))
        return TrackEdits(
            changed=tuple(enumerate(after[:common])),
            gone=tuple(range(common, len(before))),
            added=tuple((placement, True) for placement in after[common:]),
            ends=(),
        )
    was_end, is_end = _ends(before), _ends(after)
    slots: list[int] = after.slots.tolist()
    kept = {slot for slot in slots if slot < after.opened}
    differing = set(after.differing())
    return TrackEdits(
        changed=tuple((slots[n], after[n]) for n in sorted(differing) if slots[n] in kept),
        gone=tuple(slot for slot in before.slots.tolist() if slot not in kept),
        added=tuple((after[n], is_end[slot]) for n, slot in enumerate(slots) if slot not in kept),
        ends=tuple(
            (slot, is_end[slot]) for slot in slots if slot in kept and was_end[slot] != is_end[slot]
        ),
    )


def _ends(track: Track) -> dict[int, bool]:
    """Return for each slot whether it is the last of its stretch."""
    slots: list[int] = track.slots.tolist()
    lasts = {last for _, last in track.stretches()}
    return {slot: number in lasts for number, slot in enumerate(slots)}


def differs(before: Annotation, after: Annotation, edits: TrackEdits) -> bool:
    """Whether anything that a file holds is another in `after`."""
    if edits.gone or edits.added or edits.ends or before.attributes != after.attributes:
        return True
    if any(getattr(before, name) != getattr(after, name) for name in _HELD):
        return True
    opened = before.placements
    return any(_is_other(opened[slot], placement) for slot, placement in edits.changed)


def _is_other(one: Placement, other: Placement) -> bool:
    same = (one.media, one.plane, one.index, one.is_key, one.attributes) == (
        other.media,
        other.plane,
        other.index,
        other.is_key,
        other.attributes,
    )
    return not (same and is_same(one.shape, other.shape))


def is_same(one: Shape | Solid | None, other: Shape | Solid | None) -> bool:
    """Whether two shapes have the very same numbers."""
    if isinstance(one, Solid) or isinstance(other, Solid):
        if isinstance(one, MaskVolume) and isinstance(other, MaskVolume):
            if isinstance(other.masks, KeptMasks):
                return isinstance(one.masks, KeptMasks) and one.masks.kept == other.masks.kept
            return not changes_of(other)
        return one == other
    return same_shape(one, other)
