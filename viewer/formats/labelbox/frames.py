"""The frames of an annotation before and after an edit, without decoding those that stayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from viewer.formats.labelbox.agree import Frames
from viewer.geometry.measure import same_shape
from viewer.model.annotation import Annotation
from viewer.model.placement import Placement
from viewer.model.table import DERIVED, Columns
from viewer.model.track import Track


@dataclass(frozen=True, eq=False)
class FrameChanges:
    """What an edit did to an annotation that stands on frames; frames as the file counts them.

    Args:
        dropped: placements whose records go.
        altered: (before, after) of records that stay and differ.
        come: placements that get a record.
        frames: what segments and key-frame map must agree with; None where nothing of it changed.
    """

    dropped: tuple[Placement, ...]
    altered: tuple[tuple[Placement, Placement], ...]
    come: tuple[Placement, ...]
    frames: Frames | None


def number_of(placement: Placement, base: int) -> int:
    """Return a placement's frame as the file counts."""
    return (placement.index or 0) + base


def frame_changes(
    before: Annotation, after: Annotation, columns: Columns, base: int
) -> FrameChanges:
    """Return what differs between an annotation as opened and as it is now.

    Args:
        base: number of the first frame in the file.
    """
    old, new = before.placements, after.placements
    if isinstance(old, Track) and isinstance(new, Track) and new.opened == old.opened:
        return _of_tracks(old, new, _stored(before, columns), base)
    was = {placement.index: placement for placement in old}
    now = {placement.index: placement for placement in new}
    dropped = [one for index, one in was.items() if index not in now and one.stored]
    altered = [
        (was[index], one)
        for index, one in now.items()
        if index in was and was[index].stored and not _is_same(was[index], one)
    ]
    come = [
        one
        for index, one in now.items()
        if one.stored and (index not in was or not was[index].stored)
    ]
    stored = {number_of(one, base): one.is_key for one in now.values() if one.stored}
    left = frozenset(number_of(one, base) for index, one in was.items() if index not in now)
    arrived = frozenset(number_of(one, base) for index, one in now.items() if index not in was)
    turned = any(old_one.is_key != new_one.is_key for old_one, new_one in altered)
    frames = Frames(left, arrived, stored) if left or arrived or come or turned else None
    return FrameChanges(tuple(dropped), tuple(altered), tuple(come), frames)


def _of_tracks(old: Track, new: Track, stored: Mapping[int, bool], base: int) -> FrameChanges:
    every: list[int] = new.slots.tolist()
    slots = {slot: number for number, slot in enumerate(every)}
    gone: list[int] = [slot for slot in old.slots.tolist() if slot not in slots]
    dropped: list[Placement] = [old[slot] for slot in gone if stored[slot]]
    altered: list[tuple[Placement, Placement]] = []
    come: list[Placement] = []
    for number in new.differing():
        slot = int(new.slots[number])
        if stored.get(slot, False):
            if not _is_same(old[slot], new[number]):
                altered.append((old[slot], new[number]))
        elif slot in new.changed and new[number].stored:
            come.append(new[number])
    turned = any(one.is_key != other.is_key for one, other in altered)
    if not (gone or come or turned):
        return FrameChanges((), tuple(altered), (), None)
    has_record = {slot for slot in every if stored.get(slot, False) or slot in new.changed}
    frames = Frames(
        frozenset(int(old.frames[slot]) + base for slot in gone),
        frozenset(int(new.frames[slots[slot]]) + base for slot in every if slot >= old.opened),
        {
            int(new.frames[number]) + base: bool(new.keys[number])
            for slot, number in slots.items()
            if slot in has_record
        },
    )
    return FrameChanges(tuple(dropped), tuple(altered), tuple(come), frames)


def _stored(annotation: Annotation, columns: Columns) -> dict[int, bool]:
    """Return by slot whether the file has a record of a placement."""
    rows = columns.rows_of(annotation.id.ordinal)
    stored: list[bool] = (columns.roles[rows.start : rows.stop] != DERIVED).tolist()
    return dict(enumerate(stored))


def _is_same(one: Placement, other: Placement) -> bool:
    return (
        same_shape(one.flat, other.flat)
        and one.attributes == other.attributes
        and one.is_key == other.is_key
        and one.media == other.media
    )
